"""Builds grids of tables without rules from the positions of their text.

Values below each other form a column, and so does a header label with nothing below it. A line
with values is a row, and so is a known label with nothing beside it. Text to the left of the
values and above them is their labels. Only structure is inferred here, never text; the labels
and the identities of the form prove it afterwards.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from msgspec import structs

from gongkai.extractors.layout.lines import in_lines
from gongkai.extractors.layout.ruled_tables import full_width_levels
from gongkai.extractors.layout.text_blocks import (
    RowGroup,
    group_rows,
    has_text_beside,
    table_blocks,
)
from gongkai.extractors.layout.text_segments import (
    ORDINAL,
    LabelTests,
    TextLine,
    TextSegment,
    begins_row,
    has_value,
    is_label_only,
    mean_y,
    split_at_starts,
    split_line,
    split_numbers,
    without_upright_labels,
)
from gongkai.extractors.layout.unruled_columns import (
    Stripe,
    blank_stripes,
    column_edges,
    edge_options,
    find_stripes,
    header_cells,
    text_cell,
)
from gongkai.model import Box, Cell, Char, Grid, ReaderName, Rule, bounding_box


class TextPage(NamedTuple):
    """The text of a table on one page, and all rules of the page."""

    number: int  # from 1
    reader: ReaderName
    chars: Sequence[Char]
    rules: Sequence[Rule] = ()


def unruled_grids(pages: Iterable[TextPage], tests: LabelTests) -> list[Grid]:
    """Grids of the text of consecutive pages outside their ruled tables, top to bottom.

    ``tests`` distinguish values and labels of the form from other text. A row of the form counts
    even if all its cells are blank. Horizontal rules below all columns separate rows. Text of
    another script beside the Chinese does not affect the layout; it is added to the cells in
    which it is printed. If a page break separates header and rows, or cuts the header or the
    rows in two, both parts get the same columns.
    """
    parts = [part for page in pages for part in _parts_of(page, tests)]
    grids: list[Grid] = []
    above: Grid | None = None
    for k, part in enumerate(parts):
        before, after = parts[k - 1] if k else None, parts[k + 1] if k + 1 < len(parts) else None
        whole = part.table
        if after is not None and after.has_rest_of_header(part):
            grids.append(part.as_text())
            continue
        if before is not None and part.has_rest_of_header(before):
            whole = part.table.below(before.table.header)
        elif before is not None and part.table.continues(before.table):
            whole = replace(part.table, header=before.table.header)
        elif after is not None and after.table.continues(part.table):
            whole = replace(after.table, header=part.table.header)
        grid = part.grid(whole, tests, above)
        if grid is not None:
            grids.append(grid)
            above = grid
    return grids


@dataclass(frozen=True)
class _Part:
    """The part of a table that is on one page."""

    page: TextPage
    table: _UnruledTable
    foreign: Sequence[TextSegment]  # of the whole page

    def has_rest_of_header(self, before: _Part) -> bool:
        """Does a header without rows, at the foot of the page before, go on here?"""
        is_cut = before.page.number < self.page.number and not before.table.rows
        return bool(is_cut and before.table.header and self.table.header and self.table.rows)

    def as_text(self) -> Grid:
        """The text of the part in one cell; the other cell is empty."""
        segments = [s for line in self.table.block for s in line]
        box = bounding_box([s.box for s in segments])
        cells = (text_cell(0, 0, box, segments), text_cell(0, 1, box, ()))
        return Grid(self.page.number, box, 1, 2, cells, self.page.reader)

    def grid(self, whole: _UnruledTable, tests: LabelTests, above: Grid | None) -> Grid | None:
        """The part as a grid; None where it has no columns.

        ``whole`` is the table with the header or the rows that are on another page; ``above``
        is the grid that rows without a header may continue.
        """
        table = self.table
        stripes = whole.find_stripes()
        if not stripes:
            return None
        edges = whole.find_edges(min(table.left, whole.left), stripes, tests)
        if above is not None and not table.header:
            edges = _edges_above(above, stripes, table) or edges
        if not edges:
            return None
        levels = full_width_levels(self.page.rules, stripes[0][0], stripes[-1][1])
        groups = group_rows(table.body, table.rows, levels)
        under = [s.box for s in self.foreign if s.box.x0 > edges[bool(table.labels)]]
        tops = table.row_tops([table.row_y(group) for group in groups], under)
        header = whole.header if table.header else ()
        cells = list(header_cells(header, edges, (tops[0], tops[1]), tests.is_header))
        depth = max((cell.row + 1 for cell in cells), default=0)
        for k, group in enumerate(groups):
            cells += table.row_cells(depth + k, group, edges, (tops[k + 1], tops[k + 2]))
        outline = Box(edges[0], tops[0], edges[-1], tops[-1])
        number, reader = self.page.number, self.page.reader
        rows, columns = depth + len(groups), len(edges) - 1
        grid = Grid(number, outline, rows, columns, tuple(cells), reader)
        return _with_foreign(grid, self.foreign, tests)


def _parts_of(page: TextPage, tests: LabelTests) -> Iterator[_Part]:
    lines = [list(split_line(line, tests)) for line in in_lines(page.chars)]
    foreign = [s for line in lines for s in line if s.is_foreign]
    lines = [own for line in lines if (own := [s for s in line if not s.is_foreign])]
    lines = without_upright_labels(split_at_starts(split_numbers(lines, tests), tests))
    for block in table_blocks(lines, tests.is_caption):
        table = _UnruledTable.of_block(block, tests.is_header)
        if table.is_table:
            yield _Part(page, table, foreign)


def _with_foreign(grid: Grid, foreign: Sequence[TextSegment], tests: LabelTests) -> Grid:
    """The grid with text of another script added to the labels beside it."""
    added: dict[int, list[TextSegment]] = {}
    for segment in foreign:
        x, y = segment.box.middle
        for k, cell in enumerate(grid.cells):
            if cell.box.contains(x, y) and cell.chars and not tests.is_value(cell.text):
                if cell.chars[0].x0 - segment.size < x:  # not below an outer label left of it
                    added.setdefault(k, []).append(segment)
                break
    if not added:
        return grid
    cells = list(grid.cells)
    for k, segments in added.items():
        text = "\n".join((cells[k].text, *(s.text for s in segments)))
        chars = (*cells[k].chars, *(c for s in segments for c in s.chars))
        cells[k] = structs.replace(cells[k], text=text, chars=chars)
    return structs.replace(grid, cells=tuple(cells))


@dataclass(frozen=True)
class _UnruledTable:
    """The lines of one block by their role in the table."""

    block: list[TextLine]
    header: list[TextLine]
    body: list[TextLine]
    rows: list[TextLine]  # one line of the body for each row: its values, or its label
    values: list[TextSegment]
    labels: list[TextSegment]  # in the lines of the rows

    @classmethod
    def of_block(cls, block: list[TextLine], is_header: Callable[[str], bool]) -> _UnruledTable:
        """Find the rows and the header of a block."""
        with_values = [line for line in block if has_value(line)]
        rows = [
            line
            for line in block
            if line in with_values
            or (
                is_label_only(line)
                and not has_text_beside(block, line)
                and not _has_values_below(block, line)
            )
        ]
        header = _header(block, rows, is_header)
        last = block[-1]
        if rows and last is not rows[-1] and ORDINAL.match(last[0].text):
            rows.append(last)  # a label whose values are on the next page
        segments = [s for line in rows for s in line]
        return cls(
            block=block,
            header=header,
            body=block[len(header) :],
            rows=rows,
            values=[s for s in segments if s.is_value],
            labels=[s for s in segments if not s.is_value],
        )

    @property
    def is_table(self) -> bool:
        """Are there labels or a header, or at least three values?"""
        is_empty = not (self.rows or self.header)
        return not is_empty and bool(self.labels or self.header or len(self.values) > 2)

    @property
    def left(self) -> float:
        """The left edge of the text."""
        return min(s.box.x0 for line in self.block for s in line)

    def continues(self, before: _UnruledTable) -> bool:
        """Are these the rows of the header that ends the page before?"""
        return bool(self.rows and not self.header and before.header and not before.rows)

    def below(self, header: Sequence[TextLine]) -> _UnruledTable:
        """The table with the first lines of its header, which are on the page before."""
        foot = max(s.box.bottom for line in header for s in line)
        top = min(s.box.top for line in self.header for s in line)
        moved = [[s.moved(top - foot) for s in line] for line in header]
        return replace(self, header=[*moved, *self.header])

    def find_stripes(self) -> list[Stripe]:
        """The x ranges of the columns, left to right: of values, else of header labels."""
        if not self.rows:  # the values are on the next page
            return find_stripes([s for line in self.header for s in line])
        return find_stripes(self.values) or blank_stripes(self.header, (), self.labels)

    def find_edges(self, left: float, stripes: Sequence[Stripe], tests: LabelTests) -> list[float]:
        """The x of column edges: those with most labels of the form over columns of their own.

        Empty if no edges are between all of them.
        """

        def named_columns(edges: list[float]) -> tuple[int, int]:
            cells = list(header_cells(self.header, edges, (0.0, 0.0), tests.is_header))
            named = [
                cell
                for cell in cells
                if tests.is_header(cell.text)
                and tests.is_corner(cell.text) == (cell.column == 0 and bool(self.labels))
            ]
            return len(named), -sum(not cell.text for cell in cells)

        if not self.values:
            return column_edges(left, stripes, self.labels)
        options = edge_options(left, stripes, self.header, self.labels)
        return max(options, key=named_columns, default=[])

    def row_y(self, group: RowGroup) -> float:
        """The mean y of a row's values; of its label where it has none."""
        own = [mean_y(line) for line in group if line in self.rows]
        levels = own or [mean_y(line) for line in group]
        return sum(levels) / len(levels)

    def row_tops(self, rows_y: Sequence[float], foreign: Sequence[Box]) -> list[float]:
        """The top of the header, the top of each row, and the foot of the last row.

        ``rows_y`` has the y of each row; the edge between two rows is half way. ``foreign`` are
        texts of another script over values; those above the first row belong to the header.
        """
        top = min(s.box.top for line in self.block for s in line)
        foot = max(s.box.bottom for line in self.block for s in line)
        if not rows_y:
            return [top, foot]
        between = [(a + b) / 2 for a, b in pairwise(rows_y)]
        own = [s.box for line in self.header for s in line]
        above = max((box.bottom for box in (*own, *foreign) if box.bottom < rows_y[0]), default=top)
        start = (above + rows_y[0]) / 2 if self.header else top
        return [top, start, *between, max(foot, rows_y[-1] + 1)]

    def row_cells(
        self, row: int, group: RowGroup, edges: Sequence[float], y: tuple[float, float]
    ) -> Iterator[Cell]:
        """The cells of one row, from ``y[0]`` to ``y[1]``."""
        segments = [s for line in group for s in line]
        for column, (x0, x1) in enumerate(pairwise(edges)):
            inside = [s for s in segments if x0 <= (s.box.x0 + s.box.x1) / 2 < x1]
            if column == 0 and self.labels:
                inside = _innermost_label(inside)
            yield text_cell(row, column, Box(x0, y[0], x1, y[1]), inside)


def _has_values_below(block: Sequence[TextLine], line: TextLine) -> bool:
    """Are the next values below a label, before the next row begins?

    A label of several lines may begin with a line that is the whole label in other reports.
    """
    if not ORDINAL.match(line[-1].text):
        return False
    below = block[block.index(line) + 1 :]
    start = line[-1].box.x0 - line[-1].size  # outer labels are left of it
    begins = {id(other) for other in below if begins_row(other) and other[-1].box.x0 > start}
    after = next((other for other in below if has_value(other) or id(other) in begins), None)
    return after is not None and id(after) not in begins


def _header(
    block: Sequence[TextLine], rows: Sequence[TextLine], is_header: Callable[[str], bool]
) -> list[TextLine]:
    """The lines above the rows, down to the last that extends over the values.

    Lines below that one belong to the label of the first row.
    """
    if not rows:
        return list(block)
    above = list(block[: block.index(rows[0])])
    start = min((s.box.x0 for line in rows for s in line if s.is_value), default=0.0)
    labels = max((s.box.x1 for line in rows for s in line if s.box.x1 <= start), default=0.0)
    while above and all(s.box.x1 <= start for s in above[-1]):
        if len(above[-1]) > 1 and above[-1][-1].box.middle[0] > labels:
            break  # a corner and a word over values that align to the right
        if is_header(above[-1][-1].text):
            break  # a corner that is set lower than the words beside it
        above.pop()
    return above


def _innermost_label(segments: Sequence[TextSegment]) -> list[TextSegment]:
    """All lines of the label next to the values, without the outer labels left of it."""
    if not segments:
        return []
    start = max(s.box.x0 for s in segments)
    size = segments[0].size
    return [s for s in segments if s.box.x0 > start - 2 * size or s.box.x1 > start + 2 * size]


def _edges_above(
    above: Grid, stripes: Sequence[Stripe], table: _UnruledTable
) -> list[float] | None:
    """The column edges of the grid above, if each stripe of values is in a column of its own."""
    edges = sorted({x for cell in above.cells for x in (cell.box.x0, cell.box.x1)})
    columns = [bisect(edges, (x0 + x1) / 2) - 1 for x0, x1 in stripes]
    first = 1 if table.labels else 0
    if len(edges) - 1 - first <= len(stripes) or len(set(columns)) < len(stripes):
        return None
    if min(columns) < first or max(columns) > len(edges) - 2:
        return None
    own = zip(columns, stripes, strict=True)
    if any(x0 < edges[k] or x1 > edges[k + 1] for k, (x0, x1) in own):
        return None
    return [min(table.left, edges[0]), *edges[1:]]
