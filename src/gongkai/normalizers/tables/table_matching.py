"""Finds the official table of each grid, and joins the grids of a table over page breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from gongkai.model import Grid
from gongkai.normalizers.tables.labels import LabelFolder
from gongkai.normalizers.tables.table_labels import TableLabels
from gongkai.normalizers.tables.values import CellReader

_MAX_CONTINUATION_LENGTH = 20  # characters: a longer text is prose in a frame
_MIN_DISTINCTIVE_LENGTH = 3  # characters: shorter labels (其他, 总计) are in too many tables
_SAME_WIDTH = 6.0  # points by which the widths of two parts of a table may differ


class TableGrids(Struct, frozen=True):
    """The grids of one official table, in reading order."""

    table: str
    grids: tuple[Grid, ...]


class TableMatcher:
    """Matches grids to tables by their labels; ``labels`` are by table id, in order."""

    def __init__(
        self, labels: Mapping[str, TableLabels], fold: LabelFolder, cells: CellReader
    ) -> None:
        self._labels = labels
        self._fold = fold
        self._cells = cells

    def table_of(self, grid: Grid) -> str | None:
        """The id of the table whose labels a grid has; None if it has none."""
        best, best_score = None, 0
        cores = {core for text in {c.text for c in grid.cells} if (core := self._fold(text).core)}
        for table_id, labels in self._labels.items():
            hits = cores & labels.all_cores
            distinctive = {core for core in hits if len(core) >= _MIN_DISTINCTIVE_LENGTH}
            articles = cores & labels.articles
            score = len(hits) + len(articles) if distinctive or articles else 0
            if score > best_score:
                best, best_score = table_id, score
        return best

    def sort_grids(self, grids: Sequence[Grid]) -> tuple[list[TableGrids], list[Grid]]:
        """Sort the grids of one report into official tables and others.

        A grid without labels belongs to the table before it if that table may continue in it.
        """
        tables: dict[str, list[Grid]] = {}
        others: list[Grid] = []
        last: str | None = None  # the table that began last
        for grid in sorted(grids, key=lambda g: (g.page, g.box.top)):
            table = self.table_of(grid)
            if table is None and last is not None and self._continues(grid, tables[last][-1]):
                table = last
            if table is None:
                if any(cell.text for cell in grid.cells):
                    others.append(grid)
                continue
            if table not in tables:
                last = table
            tables.setdefault(table, []).append(grid)
        return [TableGrids(table, tuple(own)) for table, own in tables.items()], others

    def _continues(self, grid: Grid, last: Grid) -> bool:
        """Does a grid without labels continue the table whose last grid is ``last``?"""
        if grid.page - last.page not in (0, 1):
            return False
        filled = [cell for cell in grid.cells if cell.text.strip()]
        values = [cell for cell in filled if self._cells.is_value(cell.text)]
        width, last_width = grid.box.x1 - grid.box.x0, last.box.x1 - last.box.x0
        same_width = abs(width - last_width) <= _SAME_WIDTH
        mostly_values = 2 * len(values) >= len(filled) and len(values) > 1
        if mostly_values and (same_width or grid.columns == last.columns):
            return True
        # the end of a row that the page break cuts: a piece of its label, and no number
        is_cut_row = same_width and grid.rows == 1 and 2 < grid.columns <= last.columns
        one_text = len(filled) == 1 and len(filled[0].text) <= _MAX_CONTINUATION_LENGTH
        return is_cut_row and grid.page > last.page and one_text
