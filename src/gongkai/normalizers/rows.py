"""Grids of one table, over page breaks, as one run of printed rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gongkai.model import Cell, Grid, Reader

SAME_WIDTH = 6.0  # points two parts of one table may differ in width and still share columns


@dataclass
class Row:
    """One printed row: the cells that cover it, left to right.

    ``shift`` and ``scale`` carry x of this part of the table onto x of its first part.
    """

    cells: list[Cell]
    page: int
    reader: Reader
    top: float
    bottom: float
    part: int  # which grid of the table
    shift: float = 0.0
    scale: float = 1.0
    last_of_part: bool = False
    first_of_part: bool = False
    merged: list[Row] = field(default_factory=list)  # the rest of a row cut by a page break

    def middle(self, cell: Cell) -> float:
        """The cell's middle in the x of the table's first part."""
        return (cell.box.x0 + cell.box.x1) / 2 * self.scale + self.shift

    def span(self, cell: Cell) -> tuple[float, float]:
        return cell.box.x0 * self.scale + self.shift, cell.box.x1 * self.scale + self.shift

    def filled(self) -> Iterator[Cell]:
        return (cell for cell in self.cells if cell.text.strip())


def rows_of(grids: Sequence[Grid]) -> list[Row]:
    """All printed rows of a table's grids, in order, in the x of the first grid."""
    rows: list[Row] = []
    for part, grid in enumerate(grids):
        first = grids[0].box
        width, first_width = grid.box.x1 - grid.box.x0, first.x1 - first.x0
        # the same table may be set wider on its next page (mirrored margins, a turned page)
        scale = 1.0 if abs(width - first_width) <= SAME_WIDTH else first_width / width
        shift = first.x0 - grid.box.x0 * scale
        own = list(_grid_rows(grid, part, shift, scale))
        if own:
            own[0].first_of_part = own[-1].last_of_part = True
        rows += own
    return rows


def _grid_rows(grid: Grid, part: int, shift: float, scale: float) -> Iterator[Row]:
    by_row: list[list[Cell]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, grid.rows)):
            by_row[r].append(cell)
    previous: list[Cell] = []
    for cells in by_row:
        cells.sort(key=lambda c: c.box.x0)
        if not cells or cells == previous:
            continue
        previous = cells
        top, bottom = max(c.box.top for c in cells), min(c.box.bottom for c in cells)
        yield Row(cells, grid.page, grid.reader, top, bottom, part, shift, scale)


def distinct(cells: Iterable[Cell]) -> list[Cell]:
    """Cells once each, in the order met (a spanning cell covers several rows)."""
    seen: dict[int, Cell] = {}
    for cell in cells:
        seen.setdefault(id(cell), cell)
    return list(seen.values())
