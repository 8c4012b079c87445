"""Grids of cells from the ruled lines of a page.

Pieces of one line are joined to segments, and segments that touch are one table. They span a
lattice: where no rule covers the edge between two lattice cells, both belong to one merged
cell. The outline counts as closed, so that a table that is open at its sides, or cut by a page
break, keeps its outer cells.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from gongkai.extractors.layout.lines import add_overflow, add_overrun, cell_text
from gongkai.model import Box, Cell, Char, Grid, Page, ReaderName, Rule

_SNAP_TOLERANCE = 3.0  # points: closer lines are one line; ends closer than this touch
_JOIN_TOLERANCE = 4.0  # points between the dashes of one broken line
_MIN_LENGTH = 6.0  # points: a shorter mark is not a rule
_MIN_COVERAGE = 0.5  # share of a lattice edge that a rule must cover
MAX_RULES = 20_000  # a page with more is a drawing, not a table
_MAX_OFFSET = 1.0  # points across between the pieces of one line
_MIN_CELL_SIZE = 4.0  # points: no cell with text is narrower or lower

_Edges = Sequence[Sequence[bool]]  # by lattice line, then by piece along it: is it closed?


class Segment(Struct, frozen=True, gc=False):
    """A straight line: at ``at`` across its direction, from ``start`` to ``end`` along it."""

    at: float
    start: float
    end: float


class Segments(NamedTuple):
    """The line segments of a page or of one table, by direction."""

    horizontal: list[Segment]
    vertical: list[Segment]


def find_grids(page: Page) -> list[Grid]:
    """All grids of at least two cells on a page, top to bottom."""
    if page.grids is not None:
        return list(page.grids)
    if len(page.rules) < 2 or len(page.rules) > MAX_RULES:
        return []
    groups = connected_groups(join_rules(page.rules))
    tables = [(_outline(cells), cells) for group in groups if (cells := lattice_cells(group))]
    if not tables:
        return []
    # a character belongs to the innermost table around it, not to a frame around the page
    tables.sort(key=lambda table: _area(table[0]))
    owned, loose = _assign_chars(page.chars, [outline for outline, _ in tables])
    grids = [
        grid_from_boxes(page.number, page.reader, boxes, chars)
        for (_, boxes), chars in zip(tables, owned, strict=True)
    ]
    grids = add_overrun(add_overflow(grids, loose), loose)
    return sorted(grids, key=lambda g: (g.box.top, g.box.x0))


def _assign_chars(
    chars: Iterable[Char], outlines: Sequence[Box]
) -> tuple[list[list[Char]], list[Char]]:
    """The characters in each outline, and those in none; the first outline around one counts."""
    owned: list[list[Char]] = [[] for _ in outlines]
    loose: list[Char] = []
    pairs = list(zip(outlines, owned, strict=True))
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        for (x0, top, x1, bottom), inside in pairs:  # hot loop: no calls
            if x0 <= x <= x1 and top <= y <= bottom:
                inside.append(char)
                break
        else:
            loose.append(char)
    return owned, loose


def grid_from_boxes(
    page: int, reader: ReaderName, boxes: Sequence[Box], chars: Iterable[Char]
) -> Grid:
    """A grid from the boxes of its cells, in points, and the characters inside it."""
    xs = cluster([b.x0 for b in boxes] + [b.x1 for b in boxes])
    ys = cluster([b.top for b in boxes] + [b.bottom for b in boxes])
    column_of = {x: nearest(xs, x) for x in {x for box in boxes for x in (box.x0, box.x1)}}
    row_of = {y: nearest(ys, y) for y in {y for box in boxes for y in (box.top, box.bottom)}}
    owners: dict[tuple[int, int], int] = {}  # lattice place -> index of its box
    spans = []
    for k, (x0, top, x1, bottom) in enumerate(boxes):
        row, column, row_end, column_end = row_of[top], column_of[x0], row_of[bottom], column_of[x1]
        spans.append((row, column, max(1, row_end - row), max(1, column_end - column)))
        for r in range(row, row_end):
            for c in range(column, column_end):
                owners.setdefault((r, c), k)
    inside: list[list[Char]] = [[] for _ in boxes]
    add = inside[0].append
    x0 = x1 = top = bottom = 0.0  # the lattice place of the character before
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        if not (x0 <= x < x1 and top <= y < bottom):  # most are at the same place
            r, c = bisect_right(ys, y), bisect_right(xs, x)
            owner = owners.get((r - 1, c - 1))
            if owner is None:
                continue
            x0, x1, top, bottom = xs[c - 1], xs[c], ys[r - 1], ys[r]
            add = inside[owner].append
        add(char)
    cells = [
        Cell(*span, box, cell_text(held), tuple(held))
        for span, box, held in zip(spans, boxes, inside, strict=True)
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(page, _outline(boxes), len(ys) - 1, len(xs) - 1, tuple(cells), reader)


def transposed(grid: Grid) -> Grid:
    """The grid with rows and columns exchanged, and x and y of its boxes, but not of characters."""
    cells = [
        replace(
            cell,
            row=cell.column,
            column=cell.row,
            row_span=cell.column_span,
            column_span=cell.row_span,
            box=cell.box.transposed,
        )
        for cell in grid.cells
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return replace(
        grid,
        box=grid.box.transposed,
        rows=grid.columns,
        columns=grid.rows,
        cells=tuple(cells),
    )


def _outline(boxes: Iterable[Box]) -> Box:
    """The bounding box of cells, which are too many to ask each for its edges by name."""
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return Box(min(x0), min(top), max(x1), max(bottom))


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.bottom - box.top)


# ---------------------------------------------------------------------- lattice


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
    cells = [b for b in cells if min(b.x1 - b.x0, b.bottom - b.top) >= _MIN_CELL_SIZE]
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
            width = 1 if vertical[c + 1][r] else _open_width(r, c, taken[r], vertical)
            depth = 1 if horizontal[r + 1][c] else _open_depth(r, c, width, taken, horizontal)
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
    while end < len(taken) and not any(
        taken[end][k] or horizontal[end][k] for k in range(c, c + width)
    ):
        end += 1
    return end - r


# --------------------------------------------------------------------- segments


def join_rules(rules: Iterable[Rule]) -> Segments:
    """Join the rules of each line into segments, and drop those too short for a rule."""
    horizontal: dict[float, list[tuple[float, float]]] = defaultdict(list)
    vertical: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for x0, top, x1, bottom in rules:
        width, height = x1 - x0, bottom - top
        # a dot may belong to a dotted line in either direction
        if width >= height or width <= _SNAP_TOLERANCE:
            horizontal[(top + bottom) / 2].append((x0, x1))
        if height > width or height <= _SNAP_TOLERANCE:
            vertical[(x0 + x1) / 2].append((top, bottom))
    return Segments(_join(horizontal), _join(vertical))


def _join(marks: Mapping[float, list[tuple[float, float]]]) -> list[Segment]:
    """Join marks that are on one line: (start, end) along it, by their position across it."""
    lines: dict[int, list[tuple[float, float]]] = defaultdict(list)
    positions = cluster([at for at, spans in marks.items() for _ in spans], _MAX_OFFSET)
    for at, spans in marks.items():
        lines[nearest(positions, at)] += spans
    joined = []
    for k, pieces in lines.items():
        pieces.sort()
        first, reach = pieces[0]
        for start, end in pieces:
            if start <= reach + _JOIN_TOLERANCE:
                reach = end if end > reach else reach
            else:
                joined.append(Segment(positions[k], first, reach))
                first, reach = start, end
        joined.append(Segment(positions[k], first, reach))
    return [s for s in joined if s.end - s.start >= _MIN_LENGTH]


def connected_groups(segments: Segments) -> Iterable[Segments]:
    """Group segments that touch, directly or through others."""
    horizontal, vertical = segments
    parent = list(range(len(horizontal) + len(vertical)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    spans = [(v.at, v.start - _SNAP_TOLERANCE, v.end + _SNAP_TOLERANCE) for v in vertical]
    for i, h in enumerate(horizontal):
        at, start, end = h.at, h.start - _SNAP_TOLERANCE, h.end + _SNAP_TOLERANCE
        for j, (x, top, bottom) in enumerate(spans, len(horizontal)):
            if start <= x <= end and top <= at <= bottom and parent[i] != parent[j]:
                parent[root(i)] = root(j)
    groups: dict[int, Segments] = defaultdict(lambda: Segments([], []))
    for k, segment in enumerate((*horizontal, *vertical)):
        groups[root(k)][0 if k < len(horizontal) else 1].append(segment)
    return groups.values()


def full_width_levels(rules: Sequence[Rule], x0: float, x1: float) -> list[float]:
    """The y at which horizontal rules cover most of the way from ``x0`` to ``x1``."""
    if not 0 < len(rules) <= MAX_RULES:
        return []
    horizontal = join_rules(rules).horizontal
    levels = cluster([s.at for s in horizontal])
    covered = covered_edges(levels, [x0, x1], horizontal)
    return [at for at, [is_covered] in zip(levels, covered, strict=True) if is_covered]


def covered_edges(
    lines: list[float], stops: list[float], segments: list[Segment]
) -> list[list[bool]]:
    """For each lattice line and each piece of it between two stops: does a rule cover it?"""
    on_lines: list[list[Segment]] = [[] for _ in lines]
    for segment in segments:
        on_lines[nearest(lines, segment.at)].append(segment)
    edges = []
    first = (stops[0] + stops[1]) / 2
    last = (stops[-2] + stops[-1]) / 2 if len(stops) > 2 else math.inf
    for on_line in on_lines:
        spans = [(segment.start, segment.end) for segment in on_line]
        if any(start <= first and end >= last for start, end in spans):  # as most rules
            edges.append([True] * (len(stops) - 1))
            continue
        pieces = []
        for start, end in pairwise(stops):
            length = 0.0
            for low, high in spans:  # hot loop: no function calls
                if low < end and high > start:
                    length += (high if high < end else end) - (low if low > start else start)
            pieces.append(length >= _MIN_COVERAGE * (end - start))
        edges.append(pieces)
    return edges


def cluster(values: list[float], tolerance: float = _SNAP_TOLERANCE) -> list[float]:
    """The means of runs of values, each within ``tolerance`` of the first of its run."""
    if not values:
        return []
    means = []
    values = sorted(values)
    first = values[0]
    total, count = 0.0, 0
    for value in values:
        if value - first > tolerance:
            means.append(total / count)
            first, total, count = value, 0.0, 0
        total += value
        count += 1
    means.append(total / count)
    return means


def nearest(sorted_values: list[float], value: float) -> int:
    """The index of the value nearest to ``value``; of two, the lower one."""
    k = bisect_right(sorted_values, value)
    if k and (k == len(sorted_values) or value - sorted_values[k - 1] <= sorted_values[k] - value):
        k -= 1
    return k
