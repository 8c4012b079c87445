"""The cells of one table from its line segments.

The lines of a table span a lattice. Where no rule covers the edge between two lattice
cells, both belong to one merged cell. The outline counts as closed, so that a table that is
open at its sides, or cut by a page break, keeps its outer cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gongkai.extractors.layout.rule_segments import Segment, Segments, cluster, covered_edges
from gongkai.model import Box

MIN_CELL_SIZE = 4.0  # points: no cell with text is narrower or lower

_Edges = Sequence[Sequence[bool]]  # by lattice line, then by piece along it: is it closed?


def lattice_cells(group: Segments) -> list[Box] | None:
    """The boxes of the cells of connected segments; None where they are not a table."""
    horizontal, vertical = group
    if not horizontal or not vertical:
        return None
    xs, ys = _lattice_lines(vertical, horizontal), _lattice_lines(horizontal, vertical)
    if (len(ys) - 1) * (len(xs) - 1) < 2:
        return None
    merged = merge_open_cells(
        covered_edges(ys, xs, horizontal),
        covered_edges(xs, ys, vertical),
    )
    cells = [
        Box(xs[column], ys[row], xs[column + width], ys[row + depth])
        for row, column, depth, width in merged
    ]
    cells = [b for b in cells if b.x1 - b.x0 >= MIN_CELL_SIZE and b.bottom - b.top >= MIN_CELL_SIZE]
    return cells if len(cells) > 1 else None


def _lattice_lines(lines: Sequence[Segment], crossing: Sequence[Segment]) -> list[float]:
    """Positions of the lines of one direction, and the outermost ends of those that cross."""
    first, last = min(c.start for c in crossing), max(c.end for c in crossing)
    return cluster([*(line.at for line in lines), first, last])


def merge_open_cells(horizontal: _Edges, vertical: _Edges) -> Iterator[tuple[int, int, int, int]]:
    """Merge lattice cells without a closed edge between them into rectangles.

    ``horizontal`` has a line above each row and one below the last; ``vertical`` has a line
    left of each column and one right of the last. Yields row, column, depth and width of
    each merged cell, by row, then column.
    """
    rows, columns = len(horizontal) - 1, len(vertical) - 1
    taken = [[False] * columns for _ in range(rows)]
    for r in range(rows):
        for c in range(columns):
            if taken[r][c]:
                continue
            # first the longest open run, then as many rows as stay open over the whole run
            width = _open_width(r, c, taken[r], vertical)
            depth = _open_depth(r, c, width, taken, horizontal)
            for row in range(r, r + depth):
                taken[row][c : c + width] = [True] * width
            yield r, c, depth, width


def _open_width(r: int, c: int, taken: Sequence[bool], vertical: _Edges) -> int:
    end = c + 1
    while end < len(taken) and not taken[end] and not vertical[end][r]:
        end += 1
    return end - c


def _open_depth(
    r: int, c: int, width: int, taken: Sequence[Sequence[bool]], horizontal: _Edges
) -> int:
    end = r + 1
    while (
        end < len(taken)
        and not horizontal[end][c]  # most cells end here: a cheap test first
        and not any(taken[end][k] or horizontal[end][k] for k in range(c, c + width))
    ):
        end += 1
    return end - r
