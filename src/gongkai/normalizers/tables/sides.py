"""Halves of a table that is printed two-sided: two lists of rows with their numbers side by side.

Each half has its own labels and columns, and only the ruled lines in common. Some families have
a table for each half, others one table that goes on in the second half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec.structs import replace

from gongkai.families.lines import Side
from gongkai.model import Box, Cell, Grid, Key, Observation
from gongkai.normalizers.tables.labels import FoldedLabel
from gongkai.normalizers.tables.rows import shift_and_scale
from gongkai.normalizers.tables.values import TableReading

_HEADER_ROWS = 6  # the rows of a grid that may belong to its header
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
        parts = [self._parser.read(half) for half in halves(grids, self._side, self._fold)]
        if not parts:
            return self._parser.read(grids).unread()
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
    """The grids of each wanted half, the left one first; empty if the print has no halves.

    The second half begins where the leftmost label of a header row is printed again.
    """
    edge = next((x for grid in grids[:1] if (x := _second_start(grid, fold)) is not None), None)
    if edge is None:
        return []
    pairs = [_split(grid, _edge_of(grid, edge, grids[0])) for grid in grids]
    left, right = [each for each, _ in pairs], [each for _, each in pairs]
    return {"left": [left], "right": [right]}.get(side, [left, right])


def _second_start(grid: Grid, fold: Callable[[str], FoldedLabel]) -> float | None:
    """The x at which the labels of a header row are repeated."""
    for row in range(min(_HEADER_ROWS, grid.rows)):
        cells = sorted((c for c in grid.cells if c.row == row and c.text.strip()), key=_left)
        cores = [fold(cell.text).core for cell in cells]
        if cores and cores[0] in cores[1:]:
            return cells[cores.index(cores[0], 1)].box.x0
    return None


def _left(cell: Cell) -> float:
    return cell.box.x0


def _edge_of(grid: Grid, edge: float, first: Grid) -> float:
    """The cell edge of a grid that corresponds to an edge of the table's first grid."""
    shift, scale = shift_and_scale(first, grid)
    wanted = (edge - shift) / scale
    nearest = min((cell.box.x0 for cell in grid.cells), key=lambda x: abs(x - wanted))
    return nearest if abs(nearest - wanted) <= _SAME_EDGE else wanted


def _split(grid: Grid, edge: float) -> tuple[Grid, Grid]:
    left = [cell for cell in grid.cells if cell.box.middle[0] < edge]
    right = [cell for cell in grid.cells if cell.box.middle[0] >= edge]
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
