"""Joins the grids of one table, over page breaks, into one sequence of printed rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gongkai.model import Cell, Grid, ReaderName

_CHANCE = 2  # so many cell edges may agree by coincidence
# If this share of a grid row's cells also span the grid row above, both are one printed row.
_SAME_ROW = 0.7
_SAME_EDGE = 2.0  # points: two cell edges this close are the same edge


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

    def middle(self, cell: Cell) -> float:
        """The middle of a cell, in x of the table's first grid."""
        return (cell.box.x0 + cell.box.x1) / 2 * self.scale + self.shift

    def span(self, cell: Cell) -> tuple[float, float]:
        """The left and right edge of a cell, in x of the table's first grid."""
        return cell.box.x0 * self.scale + self.shift, cell.box.x1 * self.scale + self.shift

    def filled(self) -> Iterator[Cell]:
        """The cells with text."""
        return (cell for cell in self.cells if cell.text.strip())


def printed_rows(grids: Sequence[Grid]) -> list[PrintedRow]:
    """All printed rows of a table's grids, in order."""
    rows: list[PrintedRow] = []
    for grid in grids:
        own = list(_grid_rows(grid, *_shift_and_scale(grids[0], grid)))
        if own:
            own[0] = replace(own[0], is_first=True)
            own[-1] = replace(own[-1], is_last=True)
        rows += own
    return rows


def _shift_and_scale(first: Grid, grid: Grid) -> tuple[float, float]:
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
        mapped = (edge * candidate[1] + candidate[0] for edge in edges)
        return sum(_is_close(edge, wanted) for edge in mapped)

    # the edges of tables without rules are imprecise: do not move them for a small gain
    enough = agreeing(candidates[0]) + _CHANCE
    if enough >= len(edges):
        return candidates[0]
    best = max(candidates, key=agreeing)
    return best if agreeing(best) > enough else candidates[0]


def _is_close(edge: float, wanted: Sequence[float]) -> bool:
    k = bisect_left(wanted, edge)
    return any(abs(edge - near) <= _SAME_EDGE for near in wanted[max(0, k - 1) : k + 1])


def _grid_rows(grid: Grid, shift: float, scale: float) -> Iterator[PrintedRow]:
    by_row: list[list[Cell]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, grid.rows)):
            by_row[r].append(cell)
    previous: set[int] = set()
    for cells in by_row:
        cells.sort(key=lambda c: c.box.x0)
        same = sum([id(cell) in previous for cell in cells])
        if not cells or same >= _SAME_ROW * len(cells):
            continue
        previous = {id(cell) for cell in cells}
        yield PrintedRow(cells, grid.page, grid.reader, shift, scale)


def distinct(cells: Iterable[Cell]) -> list[Cell]:
    """The cells once each, in order: a spanning cell covers several rows."""
    found: dict[int, Cell] = {}
    for cell in cells:
        found.setdefault(id(cell), cell)
    return list(found.values())
