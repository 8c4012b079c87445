"""Closes the header that a table repeats on its next page without a rule below it.

Then the header and the first row under it are one row of cells: 决算数 above 12.50. The first part
of the table has the same header with its rule, which shows where the row below begins.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from gongkai.model import Box, Cell, Grid

_MOST_ROWS = 6  # rows of a header
_LEAST_LABELS = 2  # labels that have to be repeated
_SAME_EDGE = 6.0  # points by which an edge may differ from the one in the first part


def with_closed_header(grid: Grid, first: Grid) -> Grid:
    """A further part of a table, with a rule below its header as in the first part.

    Returns the grid itself if it repeats no header, or one with a rule below it.
    """
    for row in range(min(_MOST_ROWS, grid.rows, first.rows)):
        ours, theirs = _ending(grid, row), _ending(first, row)
        if [_place(cell) for cell in ours] != [_place(cell) for cell in theirs]:
            return grid
        rests = [_rest(cell, head) for cell, head in zip(ours, theirs, strict=True)]
        if None in rests:
            return grid
        if any(rests):
            if not _is_repeated(theirs):
                return grid
            edge = grid.box.top + max(head.box.bottom for head in theirs) - first.box.top
            return _cut(grid, row, dict(zip(map(_place, ours), rests, strict=True)), edge)
    return grid


def _ending(grid: Grid, row: int) -> list[Cell]:
    """The cells that end with a row, from the left."""
    cells = [cell for cell in grid.cells if cell.row + cell.row_span - 1 == row]
    return sorted(cells, key=lambda cell: cell.column)


def _place(cell: Cell) -> tuple[int, int, int]:
    return cell.row, cell.column, cell.column_span


def _rest(cell: Cell, head: Cell) -> str | None:
    """The text of a cell below the label that it repeats; None if it does not."""
    if not head.text.strip():
        return cell.text
    if cell.text == head.text:
        return ""
    label = f"{head.text}\n"
    return cell.text.removeprefix(label) if cell.text.startswith(label) else None


def _is_repeated(heads: Sequence[Cell]) -> bool:
    return sum(bool(head.text.strip()) for head in heads) >= _LEAST_LABELS


def _cut(grid: Grid, row: int, rests: dict[tuple[int, int, int], str | None], edge: float) -> Grid:
    """The grid with one row more: the text below the labels of a row, from the edge on (points)."""
    cells: list[Cell] = []
    for cell in grid.cells:
        if cell.row > row:
            cells.append(replace(cell, row=cell.row + 1))
            continue
        box = cell.box
        if cell.row + cell.row_span - 1 != row:
            cells.append(cell)
            continue
        if not box.top < edge < box.bottom - _SAME_EDGE:
            return grid
        rest = rests[_place(cell)] or ""
        label = cell.text.removesuffix(rest).removesuffix("\n") if rest else cell.text
        above = tuple(char for char in cell.chars if char.top + char.bottom < 2 * edge)
        below = tuple(char for char in cell.chars if char.top + char.bottom >= 2 * edge)
        head, body = Box(box.x0, box.top, box.x1, edge), Box(box.x0, edge, box.x1, box.bottom)
        cells.append(replace(cell, box=head, text=label, chars=above))
        cells.append(replace(cell, row=row + 1, row_span=1, box=body, text=rest, chars=below))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return replace(grid, rows=grid.rows + 1, cells=tuple(cells))
