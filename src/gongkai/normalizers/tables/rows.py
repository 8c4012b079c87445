"""The rows of a table: printed rows over page breaks, the columns of their header, data rows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from gongkai.model import Cell, Grid, LabelMatch, ReaderName
from gongkai.normalizers.tables.label_alignment import LabelAligner, MatchedLabel
from gongkai.normalizers.tables.labels import TableLabels
from gongkai.normalizers.tables.values import CellReader, has_digit

RowKind = Literal["blank", "article", "header", "data"]

_CHANCE = 2  # so many cell edges may agree by coincidence
# If this share of a grid row's cells also span the grid row above, both are one printed row.
_SAME_ROW = 0.7
_SAME_EDGE = 2.0  # points: two cell edges of different grids this close are the same edge
_NARROW = 4.0  # points: two cell edges of a header this close are the same edge
_OVER_EDGE = 0.1  # font sizes by which a digit over an edge reaches into the next cell
_NUMBERED_COLUMNS = 3  # fewer numbers are no numbering
_ARTICLE_PREFIX = 3  # characters of an article's name that identify it


class PrintedRow(Struct, frozen=True):
    """One printed row: the cells that cover it, left to right.

    ``shift`` and ``scale`` map x of the row's grid to x of the table's first grid.
    """

    cells: list[Cell]
    page: int
    reader: ReaderName
    shift: float = 0.0
    scale: float = 1.0
    is_last: bool = False  # of its grid
    is_first: bool = False  # of its grid
    continuations: tuple[PrintedRow, ...] = ()  # its parts after page breaks
    is_data: bool = False  # numbers that were printed beside cells of the header

    def middle(self, cell: Cell) -> float:
        """The middle of a cell, in x of the table's first grid."""
        return (cell.box.x0 + cell.box.x1) / 2 * self.scale + self.shift

    def span(self, cell: Cell) -> tuple[float, float]:
        """The left and right edge of a cell, in x of the table's first grid."""
        return cell.box.x0 * self.scale + self.shift, cell.box.x1 * self.scale + self.shift


def printed_rows(grids: Sequence[Grid]) -> list[PrintedRow]:
    """All printed rows of a table's grids, in order."""
    rows: list[PrintedRow] = []
    for grid in grids:
        shift, scale = shift_and_scale(grids[0], grid)
        own = _rows_of_cells(grid)
        rows += [
            PrintedRow(cells, grid.page, grid.reader, shift, scale, k == len(own) - 1, k == 0)
            for k, cells in enumerate(own)
        ]
    return rows


def _rows_of_cells(grid: Grid) -> list[list[Cell]]:
    """The cells of each printed row, left to right, a spanning cell in each of its rows."""
    by_row: list[list[Cell]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, grid.rows)):
            by_row[r].append(cell)
    kept: list[int] = []
    for r, cells in enumerate(by_row):
        same = len([cell for cell in cells if kept and cell.row <= kept[-1]])
        if cells and same < _SAME_ROW * len(cells):
            kept.append(r)
    for cell in grid.cells if len(kept) < grid.rows else ():
        above = kept[bisect_left(kept, cell.row + cell.row_span) - 1]
        if above < cell.row and has_digit(cell.text):  # a number that would be lost
            by_row[above].append(cell)
    return [sorted(by_row[r], key=lambda cell: cell.box.x0) for r in kept]


def shift_and_scale(first: Grid, grid: Grid) -> tuple[float, float]:
    """The shift and scale that map most cell edges of a grid to those of the first grid.

    The grids of a table mostly have the same x. But margins may be mirrored, a side may be
    open at the page break, or the next page may be rotated and set wider.
    """
    if grid is first:
        return 0.0, 1.0
    wanted = sorted({edge for cell in first.cells for edge in (cell.box.x0, cell.box.x1)})
    edges = sorted({edge for cell in grid.cells for edge in (cell.box.x0, cell.box.x1)})
    scale = (first.box.x1 - first.box.x0) / (grid.box.x1 - grid.box.x0)
    candidates = [
        (0.0, 1.0),
        (first.box.x1 - grid.box.x1, 1.0),
        (first.box.x0 - grid.box.x0, 1.0),
        (first.box.x0 - grid.box.x0 * scale, scale),
    ]

    def agreeing(candidate: tuple[float, float]) -> int:
        count = 0
        for x in (edge * candidate[1] + candidate[0] for edge in edges):
            k = bisect_left(wanted, x)
            count += any(abs(x - near) <= _SAME_EDGE for near in wanted[max(0, k - 1) : k + 1])
        return count

    # the edges of tables without rules are imprecise: do not move them for a small gain
    enough = agreeing(candidates[0]) + _CHANCE
    if enough >= len(edges):
        return candidates[0]
    best = max(candidates, key=agreeing)
    return best if agreeing(best) > enough else candidates[0]


class TableColumn(Struct, frozen=True):
    """A named column: its edges, in x of the table's first grid, and its label."""

    x0: float
    x1: float
    id: str
    match: LabelMatch
    label: str  # as printed, outer to inner joined by ／; radicals as characters
    doubt: str | None

    @property
    def middle(self) -> float:
        """The x halfway between the edges."""
        return (self.x0 + self.x1) / 2


_Stripe = tuple[float, float, list[Cell]]  # left and right edge, and the cells over it


class HeaderReader:
    """Reads the header rows of one table. Built once from the table's labels."""

    def __init__(self, labels: TableLabels, aligner: LabelAligner, cells: CellReader) -> None:
        self._labels = labels
        self._aligner = aligner
        self._cells = cells
        self._articles = tuple(article[:_ARTICLE_PREFIX] for article in labels.articles)

    def row_kind(self, row: PrintedRow, columns: Sequence[TableColumn], in_header: bool) -> RowKind:
        """Classify a printed row.

        ``columns`` are those of the header above it, ``in_header`` says whether the row
        before it is a header. A row of kind ``article`` is the article of the law that is
        printed over a block of rows.
        """
        labels = self._labels
        filled = [cell for cell in row.cells if cell.text.strip()]
        if not filled:
            return "blank"
        if row.is_data:
            return "data"
        first = labels.fold(filled[0].text)
        if len(filled) == 1 and first.core.startswith(self._articles):
            return "article"
        if labels.is_row(filled[0].text):
            return "data"
        start = columns[0].x0 if columns else float("-inf")
        if any(row.middle(c) > start and self._cells.is_value(c.text) for c in filled):
            return "data"
        header = [
            cell
            for cell in filled
            if labels.is_header(core := labels.fold(cell.text).core)
            and (core in labels.corners or row.middle(cell) > start)
        ]
        if header and (
            not columns
            or in_header
            or len(header) > 1
            or header[0] is not filled[0]
            or first.core not in labels.row_cores
        ):
            return "header"
        # a header that a page break cuts continues with pieces that are not labels by themselves
        if in_header and row.is_first and len(filled) > 2:
            return "header"
        return "data"

    def is_numbering(self, row: PrintedRow) -> bool:
        """Does a row only number the columns, as 栏次 1 2 3 4 does? 规章 1 2 3 does not."""
        numbers = [cell.text.strip() for cell in row.cells if cell.text.strip()]
        if numbers and not numbers[0].isdecimal() and not self._labels.is_row(numbers[0]):
            numbers = numbers[1:]
        counted = [str(k) for k in range(1, len(numbers) + 1)]
        return len(numbers) >= _NUMBERED_COLUMNS and numbers == counted

    def columns(self, header: Sequence[PrintedRow]) -> tuple[TableColumn, ...]:
        """The named columns under a block of header rows, left to right.

        The cell edges cut the header into stripes, each with a path of header cells over it;
        adjacent stripes under the same innermost cell are one column. The paths are aligned
        to the labels of the form; columns that match none are left out.
        """
        stripes, readable = _stripes(header), self._labels.readable
        return tuple(
            TableColumn(
                x0,
                x1,
                match.id,
                match.match,
                readable("／".join("".join(cell.text.split()) for cell in path)),
                match.doubt,
            )
            for (x0, x1, path), match in zip(stripes, self._matches(stripes), strict=True)
            if match is not None
        )

    def local_columns(self, header: Sequence[PrintedRow]) -> list[tuple[float, float]]:
        """The left and right edges of columns whose labels the form does not have."""
        stripes = _stripes(header)
        known = self._labels.all_cores
        return [
            (x0, x1)
            for (x0, x1, path), match in zip(stripes, self._matches(stripes), strict=True)
            if match is None and path and self._labels.fold(path[-1].text).core not in known
        ]

    def _matches(self, stripes: Sequence[_Stripe]) -> list[MatchedLabel | None]:
        fold, same = self._labels.fold, self._labels.same_outer
        paths = [
            tuple(label for cell in path if (label := fold(cell.text)).core)
            for _, _, path in stripes
        ]
        if same:
            paths = [tuple(x._replace(core=same.get(x.core, x.core)) for x in p) for p in paths]
        return self._aligner.align(paths)


def _stripes(header: Sequence[PrintedRow]) -> list[_Stripe]:
    """The columns of a header: left and right edge, and the cells over them, outer to inner."""
    spans = [(*row.span(cell), cell) for row in header for cell in row.cells]
    edges = sorted({x for x0, x1, _ in spans for x in (x0, x1)})
    stripes: list[_Stripe] = []
    for x0, x1 in pairwise(edges):
        if x1 - x0 < _NARROW:
            continue
        middle = (x0 + x1) / 2
        over = {id(c): c for left, right, c in spans if left < middle < right and c.text.strip()}
        path = list(over.values())  # once each: a spanning cell is in several rows
        if stripes and _same_column(stripes[-1][2], path):
            before, _, known = stripes[-1]
            stripes[-1] = (before, x1, max(known, path, key=len))
        else:
            stripes.append((x0, x1, path))
    return stripes


def _same_column(path: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Do two stripes have the same innermost header cell, or both none?"""
    return path[-1] is other[-1] if path and other else not path and not other


class DataRow(Struct, frozen=True):
    """One row of numbers with the columns of the header over it."""

    row: PrintedRow
    columns: tuple[TableColumn, ...]
    labels: list[Cell]  # outer to inner
    body: list[Cell]  # the cells under the named columns
    middles: list[float]  # of those cells, in x of the table's first grid, left to right

    @classmethod
    def of(cls, row: PrintedRow, columns: tuple[TableColumn, ...]) -> DataRow:
        """Split a printed row at the left edge of the first named column."""
        start = columns[0].x0 if columns else float("-inf")
        cells = sorted([(row.middle(cell), cell) for cell in row.cells], key=itemgetter(0))
        labels = [cell for middle, cell in cells if middle < start and cell.text.strip()]
        body = [(middle, cell) for middle, cell in cells if middle >= start]
        return cls(row, columns, labels, [cell for _, cell in body], [x for x, _ in body])

    @property
    def continuations(self) -> list[DataRow]:
        """The parts of the row after page breaks."""
        return [DataRow.of(part, self.columns) for part in self.row.continuations]

    @property
    def is_blank(self) -> bool:
        """Is there no text under the named columns?"""
        return not any(cell.text.strip() for cell in self.body)

    def under(self, column: TableColumn) -> list[Cell]:
        """The cells under a column: those with their middle in it, else those that cover it."""
        first = bisect_right(self.middles, column.x0)
        if own := self.body[first : bisect_left(self.middles, column.x1, first)]:
            return own
        spans = ((self.row.span(cell), cell) for cell in self.body)
        return [cell for (x0, x1), cell in spans if x0 < column.middle < x1]

    def number_over_edge(self, blank: Cell) -> str:
        """The text of a cell whose digits are printed over its edge into a blank cell, or ""."""
        for cell in self.body:
            for char in cell.chars:
                reach = _OVER_EDGE * char.size
                if char.x0 < blank.box.x1 - reach and char.x1 > blank.box.x0 + reach:
                    return cell.text.strip() if cell is not blank and char.text.isdigit() else ""
        return ""

    def covers_columns(self, cell: Cell) -> bool:
        """Is a cell under more than one named column?"""
        x0, x1 = self.row.span(cell)
        return sum(x0 < column.middle < x1 for column in self.columns) > 1


class RowJoiner:
    """Joins the rows of one table that page breaks cut. Built once from the table's labels."""

    def __init__(
        self, labels: TableLabels, starts_row: Callable[[Sequence[str]], bool] | None = None
    ) -> None:
        self._fold = labels.fold
        self._starts_row = starts_row  # do its labels say that it is no part of another row?
        self._known = labels.row_cores | labels.group_row_cores
        self._parents = labels.rows.parents
        self._has_row_labels = bool(labels.rows.entries)

    def join(self, rows: Sequence[DataRow]) -> list[DataRow]:
        """Join the last row of a grid with the first row of the next one if both are one row.

        Rows without label and numbers are left out.
        """
        if not self._has_row_labels:
            filled = [row for row in rows if any(cell.text.strip() for cell in row.row.cells)]
            blank = [] if any(row.columns for row in filled) else [r for r in rows if r.columns][:1]
            return filled + blank or list(rows[:1])
        joined: list[DataRow] = []
        for row in rows:
            is_cut = row.row.is_first and joined and joined[-1].row.is_last
            if is_cut and not (self._starts_row and self._starts_row(self.label_texts(row))):
                before = joined[-1]
                inner = self._inner_label(row)
                if inner and before.is_blank and self._lacks_inner_label(before):
                    joined.pop()  # only the outer label of the first row after the break
                elif self._continues(before, row, inner):
                    parts = (*before.row.continuations, row.row)
                    joined[-1] = replace(before, row=replace(before.row, continuations=parts))
                    continue
            if row.labels or not row.is_blank:
                joined.append(row)
        return joined

    def label_texts(self, row: DataRow) -> list[str]:
        """The printed labels of a row, outer to inner, cut labels joined."""
        texts = [_text(cell) for cell in row.labels]
        for part in row.continuations:
            if not part.labels:
                continue
            if texts and not self._lacks_inner_label(row):
                texts[-1] += _text(part.labels[-1])
            else:
                texts += [_text(cell) for cell in part.labels]
        return texts

    def _continues(self, before: DataRow, row: DataRow, inner: Cell | None) -> bool:
        """Does the first row after a page break, with its inner label, continue the last one?"""
        before_inner = self._inner_label(before)
        if inner is None:
            return before_inner is not None and (row.is_blank or before.is_blank)
        if self._lacks_inner_label(before) and row.is_blank:
            return True
        if before_inner is None:
            return False
        first, rest = self._fold(before_inner.text), self._fold(inner.text)
        first_known, rest_known = first.core in self._known, rest.core in self._known
        together_known = self._fold(before_inner.text + inner.text).core in self._known
        if together_known and not first_known and row.is_blank != before.is_blank:
            return True
        if rest_known and (first_known or not before.is_blank):
            return False
        if together_known and not (first_known and rest_known):
            return True
        return not rest_known and not rest.ordinal and (row.is_blank or before.is_blank)

    def _inner_label(self, row: DataRow) -> Cell | None:
        """The row's inner label; None if there are only labels that span several rows."""
        labels = row.labels
        if not labels or labels[-1].row_span > 1 or self._lacks_inner_label(row):
            return None
        return labels[-1]

    def _lacks_inner_label(self, row: DataRow) -> bool:
        """Does a row have only an outer label, and an empty cell instead of its inner label?"""
        labels = row.labels
        if not labels or self._fold(labels[-1].text).core not in self._parents:
            return False
        start, last = row.columns[0].x0, row.row.middle(labels[-1])
        return any(last < row.row.middle(cell) < start for cell in row.row.cells)


def _text(cell: Cell) -> str:
    return "".join(cell.text.split())
