"""Rules of a page as line segments: pieces of one line joined, lines that touch grouped."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from gongkai.model import Rule

SNAP_TOLERANCE = 3.0  # points: closer lines are one line; ends closer than this touch
JOIN_TOLERANCE = 4.0  # points between the dashes of one broken line
MIN_LENGTH = 6.0  # points: a shorter mark is not a rule
MIN_COVERAGE = 0.5  # share of a lattice edge that a rule must cover
MAX_RULES = 20_000  # a page with more is a drawing, not a table
_MAX_OFFSET = 1.0  # points across between the pieces of one line


class Segment(Struct, frozen=True):
    """A straight line: at ``at`` across its direction, from ``start`` to ``end`` along it."""

    at: float
    start: float
    end: float


class Segments(NamedTuple):
    """The line segments of a page or of one table, by direction."""

    horizontal: list[Segment]
    vertical: list[Segment]


def join_rules(rules: Iterable[Rule]) -> Segments:
    """Join the rules of each line into segments, and drop those too short for a rule."""
    horizontal: dict[float, list[tuple[float, float]]] = defaultdict(list)
    vertical: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for x0, top, x1, bottom in rules:
        width, height = x1 - x0, bottom - top
        # a dot may belong to a dotted line in either direction
        if width >= height or width <= SNAP_TOLERANCE:
            horizontal[(top + bottom) / 2].append((x0, x1))
        if height > width or height <= SNAP_TOLERANCE:
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
            if start <= reach + JOIN_TOLERANCE:
                reach = end if end > reach else reach
            else:
                joined.append(Segment(positions[k], first, reach))
                first, reach = start, end
        joined.append(Segment(positions[k], first, reach))
    return [s for s in joined if s.end - s.start >= MIN_LENGTH]


def connected_groups(segments: Segments) -> Iterable[Segments]:
    """Group segments that touch, directly or through others."""
    horizontal, vertical = segments
    parent = list(range(len(horizontal) + len(vertical)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    spans = [(v.at, v.start - SNAP_TOLERANCE, v.end + SNAP_TOLERANCE) for v in vertical]
    for i, h in enumerate(horizontal):
        at, start, end = h.at, h.start - SNAP_TOLERANCE, h.end + SNAP_TOLERANCE
        for j, (x, top, bottom) in enumerate(spans, len(horizontal)):
            if start <= x <= end and top <= at <= bottom:
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
    for on_line in on_lines:
        spans = [(segment.start, segment.end) for segment in on_line]
        pieces = []
        for start, end in pairwise(stops):
            length = 0.0
            for low, high in spans:  # hot loop: no function calls
                if low < end and high > start:
                    length += (high if high < end else end) - (low if low > start else start)
            pieces.append(length >= MIN_COVERAGE * (end - start))
        edges.append(pieces)
    return edges


def cluster(values: list[float], tolerance: float = SNAP_TOLERANCE) -> list[float]:
    """The means of runs of values, each within ``tolerance`` of the first of its run."""
    clusters: list[list[float]] = []
    for value in sorted(values):
        if clusters and value - clusters[-1][0] <= tolerance:
            clusters[-1].append(value)
        else:
            clusters.append([value])
    return [sum(c) / len(c) for c in clusters]


def nearest(sorted_values: list[float], value: float) -> int:
    """The index of the value nearest to ``value``; of two, the lower one."""
    k = bisect_right(sorted_values, value)
    if k and (k == len(sorted_values) or value - sorted_values[k - 1] <= sorted_values[k] - value):
        k -= 1
    return k
