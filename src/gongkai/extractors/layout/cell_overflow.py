"""Text that hangs out of a cell cut by a page break.

Browsers close a table at the foot of a page and print the rest of a cell's lines below
it, in the margin. Such lines go on in the cell's own x and at its own line spacing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec.structs import replace

from gongkai.extractors.layout.lines import cell_text, in_lines
from gongkai.model import Cell, Char, Grid

_EDGE = 2.0  # points a cell's edge may lie off its grid's
_REACH = 60.0  # points beyond a grid's edge that text may hang
_OFF = 0.3  # of the font size a line may stand off its cell's spacing
_FIRST_SPACING = 1.2  # of the font size, where a cell has one line only


def with_hanging(grids: Sequence[Grid], loose: Sequence[Char]) -> list[Grid]:
    """The grids with the loose characters that hang out of their lowest or topmost cells."""
    if not loose:
        return list(grids)
    found: dict[int, list[Char]] = {}
    taken: set[Char] = set()
    for grid in grids:
        near = {down: _beside(grid, loose, down) for down in (True, False)}
        for cell, down in _outer(grid):
            own = [c for c in near[down] if cell.box.x0 < (c.x0 + c.x1) / 2 < cell.box.x1]
            if own and _is_full(cell, down):
                held = _hanging(cell, own, down)
                found.setdefault(id(cell), []).extend(held)
                taken.update(held)
    if not taken:
        return list(grids)
    # a line of prose may cross a cell's x too: then not all of it hangs
    whole = [line for line in in_lines(loose) if taken.issuperset(line)]
    hanging = {char for line in whole for char in line}
    return [_filled(grid, found, hanging) for grid in grids] if hanging else list(grids)


def _beside(grid: Grid, loose: Iterable[Char], down: bool) -> list[Char]:
    """Loose characters in the grid's x, a few lines below or above it."""
    x0, top, x1, bottom = grid.box
    middle = (top + bottom) / 2
    first, last = (middle, bottom + _REACH) if down else (top - _REACH, middle)
    return [c for c in loose if first < c.baseline < last and x0 < c.x0 < x1]


def _outer(grid: Grid) -> list[tuple[Cell, bool]]:
    """The cells with text at the grid's lower (True) and upper (False) edge."""
    top, bottom = grid.box.top + _EDGE, grid.box.bottom - _EDGE
    lowest = [(cell, True) for cell in grid.cells if cell.box.bottom >= bottom and cell.chars]
    return lowest + [(cell, False) for cell in grid.cells if cell.box.top <= top and cell.chars]


def _is_full(cell: Cell, down: bool) -> bool:
    """Does a cell's text leave no room for a further line below, or above it?"""
    size = cell.chars[0].size
    if not down:
        return min(c.top for c in cell.chars) - cell.box.top < size
    baselines = _baselines(cell)
    return cell.box.bottom - baselines[-1] < _spacing(baselines, size)


def _baselines(cell: Cell) -> list[float]:
    return sorted({line[0].baseline for line in in_lines(cell.chars)})


def _spacing(baselines: Sequence[float], size: float) -> float:
    """From line to line of a cell, in points; what stands closer is one line."""
    apart = (b - a for a, b in pairwise(baselines) if b - a > _OFF * size)
    return min(apart, default=_FIRST_SPACING * size)


def _hanging(cell: Cell, near: Iterable[Char], down: bool) -> list[Char]:
    """Those of the characters below or above a cell that go on with its lines."""
    size = cell.chars[0].size
    baselines = _baselines(cell)
    spacing = _spacing(baselines, size) * (1 if down else -1)
    held: list[Char] = []
    # the edge may run through a line: its characters fall on both sides
    expected = baselines[-1] if down else baselines[0]
    while True:
        line = [c for c in near if abs(c.baseline - expected) <= _OFF * size]
        if not line and expected not in (baselines[0], baselines[-1]):
            return held
        held += line
        expected = (line[0].baseline if line else expected) + spacing


def _filled(grid: Grid, found: dict[int, list[Char]], hanging: set[Char]) -> Grid:
    cells = []
    for cell in grid.cells:
        more = tuple(c for c in found.get(id(cell), ()) if c in hanging)
        if more:
            chars = (*cell.chars, *more)
            cell = replace(cell, chars=chars, text=cell_text(chars))  # noqa: PLW2901
        cells.append(cell)
    return replace(grid, cells=tuple(cells))
