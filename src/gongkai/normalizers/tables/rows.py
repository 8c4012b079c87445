"""Grids of one table, over page breaks, as one run of printed rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from gongkai.model import Cell, Grid, ReaderName

CHANCE = 2  # edges that may meet by chance
SAME_ROW = 0.7  # of a band's cells that also cover the band above: they are one row
SAME_EDGE = 2.0  # points two cell edges may lie apart and still be one


class Row(Struct):
    """One printed row: the cells that cover it, left to right.

    ``shift`` and ``scale`` carry x of this part of the table onto x of its first part.
    """

    cells: list[Cell]
    page: int
    reader: ReaderName
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
        own = list(_grid_rows(grid, part, *_onto(grids[0], grid)))
        if own:
            own[0].first_of_part = own[-1].last_of_part = True
        rows += own
    return rows


def _onto(first: Grid, grid: Grid) -> tuple[float, float]:
    """The shift and scale under which most cell edges of a part meet those of the first.

    Parts of one table mostly stand at the same x; margins may be mirrored, a side may be
    left open at the break, or the next page be turned and set wider.
    """
    if grid is first:
        return 0.0, 1.0
    wanted = sorted({edge for cell in first.cells for edge in (cell.box.x0, cell.box.x1)})
    edges = sorted({edge for cell in grid.cells for edge in (cell.box.x0, cell.box.x1)})
    scale = (first.box.x1 - first.box.x0) / (grid.box.x1 - grid.box.x0)
    ways = [
        (0.0, 1.0),
        (first.box.x1 - grid.box.x1, 1.0),
        (first.box.x0 - grid.box.x0, 1.0),
        (first.box.x0 - grid.box.x0 * scale, scale),
    ]

    def met(way: tuple[float, float]) -> int:
        moved = (edge * way[1] + way[0] for edge in edges)
        return sum(_close(edge, wanted) for edge in moved)

    # tables without rules have edges of no great precision: where they stand, they stand
    enough = met(ways[0]) + CHANCE
    if enough >= len(edges):
        return ways[0]
    best = max(ways, key=met)
    return best if met(best) > enough else ways[0]


def _close(edge: float, wanted: Sequence[float]) -> bool:
    k = bisect_left(wanted, edge)
    return any(abs(edge - near) <= SAME_EDGE for near in wanted[max(0, k - 1) : k + 1])


def _grid_rows(grid: Grid, part: int, shift: float, scale: float) -> Iterator[Row]:
    by_row: list[list[Cell]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, grid.rows)):
            by_row[r].append(cell)
    previous: set[int] = set()
    for cells in by_row:
        cells.sort(key=lambda c: c.box.x0)
        same = sum([id(cell) in previous for cell in cells])
        if not cells or same >= SAME_ROW * len(cells):
            continue
        previous = {id(cell) for cell in cells}
        top, bottom = max([c.box.top for c in cells]), min([c.box.bottom for c in cells])
        yield Row(cells, grid.page, grid.reader, top, bottom, part, shift, scale)


def distinct(cells: Iterable[Cell]) -> list[Cell]:
    """Cells once each, in the order met (a spanning cell covers several rows)."""
    seen: dict[int, Cell] = {}
    for cell in cells:
        seen.setdefault(id(cell), cell)
    return list(seen.values())
