"""Text that overflows a cell at the edge of a table cut by a page break.

Browsers close a table at the foot of a page and print the remaining lines of a cell below
it, in the margin. These lines continue within the cell's x range and at its line spacing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise

from msgspec.structs import replace

from gongkai.extractors.layout.lines import cell_text, in_lines
from gongkai.model import Cell, Char, Grid

_EDGE_TOLERANCE = 2.0  # points between the edge of an outer cell and that of its grid
_MAX_DISTANCE = 60.0  # points beyond a grid's edge that overflow reaches
# multiples of the font size
_BASELINE_TOLERANCE = 0.3  # how far a line may be off the spacing of its cell
_DEFAULT_SPACING = 1.2  # for a cell of one line


def add_overflow(grids: Sequence[Grid], loose: Sequence[Char]) -> list[Grid]:
    """Add the characters that overflow the lowest and topmost cells of grids to these cells.

    ``loose`` are the characters of the page that are in none of its grids.
    """
    if not loose:
        return list(grids)
    by_cell: dict[int, list[Char]] = {}  # by id of the cell
    candidates: set[Char] = set()
    for grid in grids:
        near = {below: _near_edge(grid, loose, below) for below in (True, False)}
        for cell, below in _outer_cells(grid):
            own = [c for c in near[below] if cell.box.x0 < (c.x0 + c.x1) / 2 < cell.box.x1]
            if own and _is_full(cell, below):
                continuing = _continuing(cell, own, below)
                by_cell.setdefault(id(cell), []).extend(continuing)
                candidates.update(continuing)
    if not candidates:
        return list(grids)
    # a line of prose may cross the x range of a cell: it has characters beside the cell, too
    complete = [line for line in in_lines(loose) if candidates.issuperset(line)]
    overflow = {char for line in complete for char in line}
    return [_fill(grid, by_cell, overflow) for grid in grids] if overflow else list(grids)


def _near_edge(grid: Grid, loose: Iterable[Char], below: bool) -> list[Char]:
    """Loose characters in the x range of a grid, from its middle to a few lines beyond it."""
    x0, top, x1, bottom = grid.box
    middle = (top + bottom) / 2
    first, last = (middle, bottom + _MAX_DISTANCE) if below else (top - _MAX_DISTANCE, middle)
    return [c for c in loose if first < c.baseline < last and x0 < c.x0 < x1]


def _outer_cells(grid: Grid) -> list[tuple[Cell, bool]]:
    """The cells with text at the lower (True) and upper (False) edge of a grid."""
    top, bottom = grid.box.top + _EDGE_TOLERANCE, grid.box.bottom - _EDGE_TOLERANCE
    lowest = [(cell, True) for cell in grid.cells if cell.box.bottom >= bottom and cell.chars]
    return lowest + [(cell, False) for cell in grid.cells if cell.box.top <= top and cell.chars]


def _is_full(cell: Cell, below: bool) -> bool:
    """Does the text of a cell leave no room for another line below or above it?"""
    size = cell.chars[0].size
    if not below:
        return min(c.top for c in cell.chars) - cell.box.top < size
    baselines = _baselines(cell)
    return cell.box.bottom - baselines[-1] < _line_spacing(baselines, size)


def _baselines(cell: Cell) -> list[float]:
    return sorted({line[0].baseline for line in in_lines(cell.chars)})


def _line_spacing(baselines: Sequence[float], size: float) -> float:
    """The least distance between two lines of a cell, in points."""
    distances = (b - a for a, b in pairwise(baselines) if b - a > _BASELINE_TOLERANCE * size)
    return min(distances, default=_DEFAULT_SPACING * size)


def _continuing(cell: Cell, near: Iterable[Char], below: bool) -> list[Char]:
    """The characters below or above a cell that continue its lines at their spacing."""
    size = cell.chars[0].size
    baselines = _baselines(cell)
    spacing = _line_spacing(baselines, size) * (1 if below else -1)
    found: list[Char] = []
    # the edge may run through a line, with characters on both sides: begin with the last line
    expected = baselines[-1] if below else baselines[0]
    while True:
        line = [c for c in near if abs(c.baseline - expected) <= _BASELINE_TOLERANCE * size]
        if not line and expected not in (baselines[0], baselines[-1]):
            return found
        found += line
        expected = (line[0].baseline if line else expected) + spacing


def _fill(grid: Grid, by_cell: Mapping[int, Sequence[Char]], overflow: Set[Char]) -> Grid:
    """The grid with the characters of ``by_cell`` that are overflow in their cells."""
    cells = []
    for cell in grid.cells:
        added = tuple(c for c in by_cell.get(id(cell), ()) if c in overflow)
        chars = (*cell.chars, *added)
        cells.append(replace(cell, chars=chars, text=cell_text(chars)) if added else cell)
    return replace(grid, cells=tuple(cells))
