"""Blocks of a table that are printed side by side or as rows, and read one by one.

A two-sided table has two lists of rows with their numbers side by side, or three. Each has its
own labels and columns, and only the ruled lines in common. Some families have a table for each
half, others one table that goes on in the next block. A table whose header names all numbers can
be printed in blocks too: one of all budgets, one of all actual amounts. Or it is turned, and some
of the labels of its header are before rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec.structs import replace

from gongkai.families.lines import Side
from gongkai.families.tables import Table
from gongkai.model import Box, Cell, Grid, Key, Observation
from gongkai.normalizers.tables.labels import FoldedLabel
from gongkai.normalizers.tables.rows import shift_and_scale
from gongkai.normalizers.tables.values import TableReading, has_digit

_HEADER_ROWS = 6  # the rows of a grid that may belong to its header
_LONGEST_UNIT = 2  # characters: 万元
_SAME_EDGE = 6.0  # points: two parts of a table have the same edge where they differ by less


class TableParser(Protocol):
    """Reads one official table from its grids."""

    def read(self, grids: Sequence[Grid]) -> TableReading:
        """Read the table from its grids, which are in reading order."""


class TwoSided:
    """Reads one official table from one half, or both, of a two-sided print."""

    def __init__(self, side: Side, parser: TableParser, fold: Callable[[str], FoldedLabel]) -> None:
        self._side = side
        self._parser = parser
        self._fold = fold

    def read(self, grids: Sequence[Grid]) -> TableReading:
        """Read the table; if the print has no halves, all of its numbers are leftovers."""
        own = [_without_numbering(grid) for grid in grids]
        parts = [self._parser.read(half) for half in halves(own, self._side, self._fold)]
        return _joined(parts, grids) if parts else self._parser.read(grids).unread()


class Turned:
    """Reads one official table whose header names all numbers, with some of its labels before rows.

    The rows may be the groups of the header, 行政复议, or the columns of each, 结果维持.
    """

    def __init__(
        self, table: Table, parser: TableParser, fold: Callable[[str], FoldedLabel]
    ) -> None:
        self._columns = sorted(_columns(table, fold))
        self._has_groups = len({field.row_id for field in table.fields}) > 1
        self._parser = parser
        self._fold = fold

    def read(self, grids: Sequence[Grid]) -> TableReading | None:
        """Read the table, each row with its labels and those of its columns.

        Returns None if the table is not turned.
        """
        if not self._has_groups:
            return None
        blocks = self._rows_of_groups(grids) or self._rows_of_columns(grids)
        if not blocks:
            return None
        parts: list[TableReading] = []
        known: set[Key] = set()
        for block in blocks:
            part = self._parser.read([block])
            own = {cell.key for cell in part.observations}
            parts.append(part if known.isdisjoint(own) else part.unread())  # 合计, of all groups
            known |= own
        return _joined(parts, grids)

    def _rows_of_groups(self, grids: Sequence[Grid]) -> list[Grid]:
        """A grid for each row that is a group; empty if one is not, or the header is another."""
        heads: list[Cell] = []
        blocks: list[Grid] = []
        for grid, row in _rows(grids):
            cells = _cells_of(grid, row)
            columns = [c for c in cells if self._core(c) in self._columns]
            if sorted(map(self._core, columns)) == self._columns:
                heads = columns
                continue
            if not heads:
                if any(map(_is_number, cells)):
                    return []
                continue
            edge = heads[0].box.x0 + _SAME_EDGE
            numbers = [cell for cell in cells if cell.row == row and cell.box.x1 > edge]
            labels = [cell for cell in cells if cell.box.x1 <= edge and _has_letters(cell)]
            if labels and numbers:
                blocks.append(_below_labels(grid, labels, heads, numbers))
            elif any(map(_is_number, numbers)):
                return []
        return blocks

    def _rows_of_columns(self, grids: Sequence[Grid]) -> list[Grid]:
        """A grid for each row that is a column of all groups; empty if not all are there."""
        header: list[Cell] = []
        blocks: list[Grid] = []
        found: list[str] = []
        for grid, row in _rows(grids):
            cells = [cell for cell in _cells_of(grid, row) if cell.row == row]
            label = next((cell for cell in cells if self._core(cell) in self._columns), None)
            if label is None:
                if any(map(_is_number, cells)):
                    return []
                header += cells if not blocks else []
                continue
            numbers = [cell for cell in cells if cell.box.x0 >= label.box.x1 - _SAME_EDGE]
            above = [cell for cell in header if cell.box.x1 > label.box.x1 + _SAME_EDGE]
            found.append(self._core(label))
            blocks.append(_below_columns(grid, label, above, numbers))
        return blocks if sorted(found) == self._columns else []

    def _core(self, cell: Cell) -> str:
        return self._fold(cell.text).core


def _columns(table: Table, fold: Callable[[str], FoldedLabel]) -> list[str]:
    return list(dict.fromkeys(fold(field.column_label).core for field in table.fields))


def _rows(grids: Sequence[Grid]) -> Iterator[tuple[Grid, int]]:
    for grid in grids:
        for row in range(grid.rows):
            yield grid, row


def _cells_of(grid: Grid, row: int) -> list[Cell]:
    return sorted((c for c in grid.cells if c.row <= row < c.row + c.row_span), key=_left)


def _is_number(cell: Cell) -> bool:
    """Is a cell a number, perhaps with a unit, and no title or note?"""
    return has_digit(cell.text) and sum(map(str.isalpha, cell.text)) <= _LONGEST_UNIT


def _has_letters(cell: Cell) -> bool:
    return any(map(str.isalpha, cell.text))


def _below_columns(
    grid: Grid, label: Cell, header: Sequence[Cell], numbers: Sequence[Cell]
) -> Grid:
    """A grid of one row of numbers, each below the label of the row and the header."""
    end = max((cell.row + cell.row_span for cell in header), default=0)
    cells = [
        *header,
        *(replace(c, row=end, row_span=1, text=label.text, chars=()) for c in numbers),
        *(replace(c, row=end + 1, row_span=1) for c in numbers),
    ]
    return replace(grid, cells=tuple(cells), rows=end + 2)


def _below_labels(
    grid: Grid, labels: Sequence[Cell], heads: Sequence[Cell], numbers: Sequence[Cell]
) -> Grid:
    """A grid of one row of numbers below its columns, which are below the labels of the row."""
    x0, x1, width = heads[0].box.x0, heads[-1].box.x1, len(heads)
    cells = [
        replace(
            label,
            row=k, column=0, row_span=1, column_span=width,
            box=Box(x0, label.box.top, x1, label.box.bottom),
        )
        for k, label in enumerate(labels)
    ]  # fmt: skip
    cells += [
        replace(head, row=len(labels), column=k, row_span=1, column_span=1)
        for k, head in enumerate(heads)
    ]
    first = numbers[0].column
    cells += [
        replace(cell, row=len(labels) + 1, column=cell.column - first, row_span=1)
        for cell in numbers
    ]
    rows, columns = len(labels) + 2, max(width, numbers[-1].column - first + 1)
    box = Box(x0, numbers[0].box.top, x1, numbers[0].box.bottom)
    return replace(grid, cells=tuple(cells), rows=rows, columns=columns, box=box)


class ColumnBlocks:
    """Reads one official table whose header may name the columns above the rows, in blocks."""

    def __init__(
        self, table: Table, parser: TableParser, fold: Callable[[str], FoldedLabel]
    ) -> None:
        self._columns = _columns(table, fold)
        self._parser = parser
        self._fold = fold

    def read(self, grids: Sequence[Grid]) -> TableReading:
        """Read the table, each block with the label of its column below those of the rows."""
        blocks = self._blocks(_without_numbering(grids[0])) if len(grids) == 1 else []
        if not blocks:
            return self._parser.read(grids)
        return _joined([self._parser.read([block]) for block in blocks], grids)

    def _blocks(self, grid: Grid) -> list[Grid]:
        for row in range(min(_HEADER_ROWS, grid.rows)):
            heads = sorted((c for c in grid.cells if c.row == row and c.text.strip()), key=_left)
            cores = [self._fold(cell.text).core for cell in heads]
            if cores == self._columns and all(cell.column_span > 1 for cell in heads):
                return [_with_inner_label(grid, head) for head in heads]
        return []


def _with_inner_label(grid: Grid, head: Cell) -> Grid:
    """The block of a grid below a label, which is moved below the other labels of the header."""
    inside = [
        cell
        for cell in grid.cells
        if cell.row > head.row and head.box.x0 < cell.box.middle[0] < head.box.x1
    ]
    labels = list(filter(_has_letters, inside))
    end = max((cell.row + cell.row_span for cell in labels), default=head.row + 1)
    first = min((cell.row for cell in inside if cell.row >= end), default=end)
    cells = [
        replace(
            cell, row=cell.row - head.row - (cell.row < first), column=cell.column - head.column
        )
        for cell in inside
    ]
    cells += [
        replace(cell, row=first - head.row - 1, row_span=1, text=head.text, chars=())
        for cell in cells
        if cell.row == first - head.row
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    box = Box(head.box.x0, head.box.bottom, head.box.x1, grid.box.bottom)
    return replace(
        grid, cells=tuple(cells), rows=grid.rows - head.row, columns=head.column_span, box=box
    )


def _joined(parts: Sequence[TableReading], grids: Sequence[Grid]) -> TableReading:
    """The readings of the blocks of one table as one; of a cell read twice the first counts."""
    found: dict[Key, Observation] = {}
    for part in parts:
        found = {cell.key: cell for cell in part.observations} | found
    return replace(
        parts[0],
        grids=tuple(grids),
        observations=tuple(found.values()),
        leftovers=tuple(left for part in parts for left in part.leftovers),
        disorder=tuple(label for part in parts for label in part.disorder),
        new_codes=tuple(code for part in parts for code in part.new_codes),
    )


def halves(
    grids: Sequence[Grid], side: Side, fold: Callable[[str], FoldedLabel]
) -> list[list[Grid]]:
    """The grids of each wanted block, the left one first; empty if the print has no blocks.

    A block begins where the leftmost label of a header row is printed again, or where all labels
    are but those over the rows: 收入项目, 金额, 支出项目, 金额. There are two blocks, or more if
    both halves are wanted.
    """
    edges = next((found for grid in grids[:1] if (found := _further_starts(grid, fold))), [])
    blocks: list[list[Grid]] = []
    rest = list(grids)
    for edge in edges if side == "both" else edges[:1]:
        pairs = [
            _split(part, _edge_of(grid, edge, grids[0]))
            for part, grid in zip(rest, grids, strict=True)
        ]
        blocks.append([left for left, _ in pairs])
        rest = [right for _, right in pairs]
    if not blocks:
        return []
    return {"left": blocks, "right": [rest]}.get(side, [*blocks, rest])


def _further_starts(grid: Grid, fold: Callable[[str], FoldedLabel]) -> list[float]:
    """The x at each of which the labels of a header row are repeated."""
    unlike: list[float] = []
    for row in range(min(_HEADER_ROWS, grid.rows)):
        cells = sorted((c for c in grid.cells if c.row == row and c.text.strip()), key=_left)
        cores = [fold(cell.text).core for cell in cells]
        if cores and cores[0] in cores[1:]:
            return [cells[k].box.x0 for k in range(1, len(cores)) if cores[k] == cores[0]]
        if not unlike and (period := _period(cores)):
            unlike = [cells[k].box.x0 for k in range(period, len(cores), period)]
    return unlike


def _period(cores: Sequence[str]) -> int:
    """After how many labels all are repeated, but the first ones of the blocks; 0 if none are."""
    for period in range(2, len(cores) // 2 + 1):
        heads = cores[::period]
        rest = [cores[k : k + period][1:] for k in range(0, len(cores), period)]
        if all(heads) and all(each == rest[0] for each in rest):
            return period
    return 0


def _without_numbering(grid: Grid) -> Grid:
    """The grid without the row that numbers the columns of all blocks: 栏次 1 栏次 2."""
    for row in range(min(_HEADER_ROWS, grid.rows)):
        cells = sorted((c for c in grid.cells if c.row == row and c.text.strip()), key=_left)
        texts = ["".join(cell.text.split()) for cell in cells]
        numbers = [text for text in texts if text.isdecimal()]
        labels = [text for text in texts if not text.isdecimal()]
        counted = [str(k) for k in range(1, len(numbers) + 1)]
        enough = len(numbers) > 2 or (len(numbers) == len(labels) == 2)
        if numbers == counted and enough and len({*labels}) <= 1:
            return replace(grid, cells=tuple(cell for cell in grid.cells if cell.row != row))
    return grid


def _left(cell: Cell) -> float:
    return cell.box.x0


def _edge_of(grid: Grid, edge: float, first: Grid) -> float:
    """The cell edge of a grid that corresponds to an edge of the table's first grid."""
    shift, scale = shift_and_scale(first, grid)
    wanted = (edge - shift) / scale
    nearest = min((cell.box.x0 for cell in grid.cells), key=lambda x: abs(x - wanted))
    return nearest if abs(nearest - wanted) <= _SAME_EDGE else wanted


def _split(grid: Grid, edge: float) -> tuple[Grid, Grid]:
    # a label that reaches into the second part belongs to the numbers there: 公用经费合计
    left = [cell for cell in grid.cells if cell.box.x1 <= edge + _SAME_EDGE]
    right = [cell for cell in grid.cells if cell.box.x1 > edge + _SAME_EDGE]
    first = min((cell.column for cell in right), default=grid.columns)
    moved = [replace(cell, column=cell.column - first) for cell in right]
    box = grid.box
    return (
        replace(grid, cells=tuple(left), columns=first, box=Box(box.x0, box.top, edge, box.bottom)),
        replace(
            grid,
            cells=tuple(moved),
            columns=grid.columns - first,
            box=Box(edge, box.top, box.x1, box.bottom),
        ),
    )
