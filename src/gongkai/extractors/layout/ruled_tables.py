"""Rules into grids of cells.

The rules of a page fall into connected groups. Each group spans a lattice; where a
piece of lattice line carries no rule, the cells on its two sides are one (a merged
cell). The outline of a group is always closed, so a table that is open at its sides,
or cut open by a page break, loses nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from gongkai.extractors.layout.cell_overflow import with_hanging
from gongkai.extractors.layout.lines import cell_text
from gongkai.model import Box, Cell, Char, Grid, Page, Reader, Rule, around

NEAR = 3.0  # points: lines closer than this are one line; ends closer than this touch
GAP = 4.0  # points between the dashes of one broken line
SHORTEST = 6.0  # points: a shorter mark is no rule
SLIVER = 4.0  # points: no cell with text is narrower or lower
COVERED = 0.5  # share of a lattice edge that must carry a rule
MAX_RULES = 20_000  # a page with more is a drawing, not a table


class Segment(Struct, frozen=True):
    """A straight line: ``at`` across, from ``start`` to ``end`` along."""

    at: float
    start: float
    end: float


def find_grids(page: Page) -> list[Grid]:
    """All grids of at least two cells on a page, top to bottom."""
    if len(page.rules) < 2 or len(page.rules) > MAX_RULES:
        return []
    across, upright = _segments(page.rules)
    lattices = [lattice for group in _groups(across, upright) if (lattice := _lattice(*group))]
    if not lattices:
        return []
    # the innermost lattice owns a character: a page frame does not take its tables' text
    lattices.sort(key=lambda cells: _area(around(cells)))
    owned: list[list[Char]] = [[] for _ in lattices]
    outlines = [around(cells) for cells in lattices]
    loose: list[Char] = []
    pairs = list(zip(outlines, owned, strict=True))
    for char in page.chars:
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        for (x0, top, x1, bottom), chars in pairs:  # for each character: no calls, please
            if x0 <= x <= x1 and top <= y <= bottom:
                chars.append(char)
                break
        else:
            loose.append(char)
    grids = [
        grid_of_cells(page.number, page.reader, boxes, chars)
        for boxes, chars in zip(lattices, owned, strict=True)
    ]
    return sorted(with_hanging(grids, loose), key=lambda g: (g.box.top, g.box.x0))


def grid_of_cells(page: int, reader: Reader, boxes: Sequence[Box], chars: Iterable[Char]) -> Grid:
    """A grid from the boxes of its cells, in points, and the characters inside it."""
    xs = _cluster([b.x0 for b in boxes] + [b.x1 for b in boxes])
    ys = _cluster([b.top for b in boxes] + [b.bottom for b in boxes])
    x_of = {x: _nearest(xs, x) for x in {x for box in boxes for x in (box.x0, box.x1)}}
    y_of = {y: _nearest(ys, y) for y in {y for box in boxes for y in (box.top, box.bottom)}}
    places: dict[tuple[int, int], int] = {}
    spans = []
    for k, (x0, top, x1, bottom) in enumerate(boxes):
        row, column, row_end, column_end = y_of[top], x_of[x0], y_of[bottom], x_of[x1]
        spans.append((row, column, max(1, row_end - row), max(1, column_end - column)))
        for r in range(row, row_end):
            for c in range(column, column_end):
                places.setdefault((r, c), k)
    inside: list[list[Char]] = [[] for _ in boxes]
    for char in chars:
        r = bisect_right(ys, (char.top + char.bottom) / 2) - 1
        c = bisect_right(xs, (char.x0 + char.x1) / 2) - 1
        owner = places.get((r, c))
        if owner is not None:
            inside[owner].append(char)
    cells = [
        Cell(*span, box, cell_text(held), tuple(held))
        for span, box, held in zip(spans, boxes, inside, strict=True)
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(page, around(boxes), len(ys) - 1, len(xs) - 1, tuple(cells), reader)


def level_lines(rules: Sequence[Rule], x0: float, x1: float) -> list[float]:
    """Heights, in points, at which level rules run over most of the way from x0 to x1."""
    if not 0 < len(rules) <= MAX_RULES:
        return []
    across, _ = _segments(rules)
    levels = _cluster([s.at for s in across])
    covers = _edges(levels, [x0, x1], across)
    return [at for at, [covered] in zip(levels, covers, strict=True) if covered]


# ------------------------------------------------------------------ segments


def _segments(rules: Iterable[Rule]) -> tuple[list[Segment], list[Segment]]:
    across: dict[float, list[tuple[float, float]]] = defaultdict(list)
    upright: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for x0, top, x1, bottom in rules:
        width, height = x1 - x0, bottom - top
        # a dot may belong to a dotted line in either direction
        if width >= height or width <= NEAR:
            across[(top + bottom) / 2].append((x0, x1))
        if height > width or height <= NEAR:
            upright[(x0 + x1) / 2].append((top, bottom))
    return _joined(across), _joined(upright)


def _joined(marks: Mapping[float, list[tuple[float, float]]]) -> list[Segment]:
    """Pieces of one line, by where it lies across, put together; marks too short to be a
    rule dropped."""
    lines: dict[int, list[tuple[float, float]]] = defaultdict(list)
    positions = _cluster([at for at, own in marks.items() for _ in own], 1.0)
    for at, own in marks.items():
        lines[_nearest(positions, at)] += own
    joined = []
    for k, pieces in lines.items():
        pieces.sort()
        first, reach = pieces[0]
        for start, end in pieces:
            if start <= reach + GAP:
                reach = end if end > reach else reach
            else:
                joined.append(Segment(positions[k], first, reach))
                first, reach = start, end
        joined.append(Segment(positions[k], first, reach))
    return [s for s in joined if s.end - s.start >= SHORTEST]


def _groups(
    across: list[Segment], upright: list[Segment]
) -> Iterable[tuple[list[Segment], list[Segment]]]:
    """Rules that touch, directly or through others, belong together."""
    parent = list(range(len(across) + len(upright)))

    def find(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    reaches = [(v.at, v.start - NEAR, v.end + NEAR) for v in upright]
    for i, h in enumerate(across):
        at, start, end = h.at, h.start - NEAR, h.end + NEAR
        for j, (x, top, bottom) in enumerate(reaches, len(across)):
            if start <= x <= end and top <= at <= bottom:
                parent[find(i)] = find(j)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = defaultdict(lambda: ([], []))
    for k in range(len(parent)):
        side = 0 if k < len(across) else 1
        groups[find(k)][side].append(across[k] if side == 0 else upright[k - len(across)])
    return groups.values()


# ------------------------------------------------------------------- lattice


def _lattice(across: list[Segment], upright: list[Segment]) -> list[Box] | None:
    """The cells of one group of rules, or None where it is no table."""
    if not across or not upright:
        return None
    xs = _cluster(
        _with_ends([v.at for v in upright], [h.start for h in across], [h.end for h in across])
    )
    ys = _cluster(
        _with_ends([h.at for h in across], [v.start for v in upright], [v.end for v in upright])
    )
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows * columns < 2:
        return None
    closed_below = _edges(ys, xs, across)  # [line][piece along it]
    closed_right = _edges(xs, ys, upright)
    region = [[-1] * columns for _ in range(rows)]
    cells: list[Box] = []
    for r in range(rows):
        for c in range(columns):
            if region[r][c] >= 0:
                continue
            # the widest open run, then as deep as the whole run stays open
            width = 1
            while (
                c + width < columns and region[r][c + width] < 0 and not closed_right[c + width][r]
            ):
                width += 1
            depth = 1
            while (
                r + depth < rows
                and not closed_below[r + depth][c]  # no further look at most of them
                and all(
                    region[r + depth][k] < 0 and not closed_below[r + depth][k]
                    for k in range(c, c + width)
                )
            ):
                depth += 1
            for i in range(r, r + depth):
                for k in range(c, c + width):
                    region[i][k] = len(cells)
            cells.append(Box(xs[c], ys[r], xs[c + width], ys[r + depth]))
    cells = [b for b in cells if b.x1 - b.x0 >= SLIVER and b.bottom - b.top >= SLIVER]
    return cells if len(cells) > 1 else None


def _with_ends(at: list[float], starts: list[float], ends: list[float]) -> list[float]:
    """Line positions, and the outermost ends of the lines that cross them."""
    return [*at, min(starts), max(ends)]


def _edges(lines: list[float], stops: list[float], segments: list[Segment]) -> list[list[bool]]:
    """For each lattice line and each piece between stops: does a rule run along it?"""
    covers: list[list[Segment]] = [[] for _ in lines]
    for segment in segments:
        covers[_nearest(lines, segment.at)].append(segment)
    edges = []
    for on_line in covers:
        spans = [(segment.start, segment.end) for segment in on_line]
        pieces = []
        for start, end in pairwise(stops):
            reach = 0.0
            for low, high in spans:  # for each piece of each line: no calls, please
                if low < end and high > start:
                    reach += (high if high < end else end) - (low if low > start else start)
            pieces.append(reach >= COVERED * (end - start))
        edges.append(pieces)
    return edges


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.bottom - box.top)


def _cluster(values: list[float], near: float = NEAR) -> list[float]:
    """Positions closer than ``near`` to the first of their run, each run by its mean."""
    clusters: list[list[float]] = []
    for value in sorted(values):
        if clusters and value - clusters[-1][0] <= near:
            clusters[-1].append(value)
        else:
            clusters.append([value])
    return [sum(c) / len(c) for c in clusters]


def _nearest(sorted_values: list[float], value: float) -> int:
    k = bisect_right(sorted_values, value)
    if k and (k == len(sorted_values) or value - sorted_values[k - 1] <= sorted_values[k] - value):
        k -= 1
    return k
