"""The columns of an unruled table, from the x ranges of its texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from gongkai.extractors.layout.text_segments import CELL_GAP_WIDTH, TextLine, TextSegment

Stripe = tuple[float, float]  # left and right x, in points
_DEFAULT_MARGIN = 6.0  # points left of the only column of a table without labels


def find_stripes(segments: Iterable[TextSegment]) -> list[Stripe]:
    """The x ranges in which segments are below each other, left to right.

    A segment that extends over two ranges is not a column.
    """
    stripes: list[list[float]] = []
    for segment in sorted(segments, key=lambda s: s.box.x1 - s.box.x0):
        met = [s for s in stripes if segment.box.x0 <= s[1] and segment.box.x1 >= s[0]]
        if not met:
            stripes.append([segment.box.x0, segment.box.x1])
        elif len(met) == 1:
            met[0][:] = [min(met[0][0], segment.box.x0), max(met[0][1], segment.box.x1)]
    return sorted((x0, x1) for x0, x1 in stripes)


def blank_stripes(
    header: Sequence[TextLine], stripes: Sequence[Stripe], labels: Sequence[TextSegment]
) -> list[Stripe]:
    """The x ranges of header labels that have no values below them.

    Narrow labels come first. A label that extends over another label or over values gets no
    column.
    """
    taken = [*stripes, *((s.box.x0, s.box.x1) for s in labels)]
    found: list[Stripe] = []
    texts = [s for line in without_titles(header) for s in line]
    for segment in sorted(texts, key=lambda s: s.box.x1 - s.box.x0):
        x0, x1 = segment.box.x0, segment.box.x1
        room = CELL_GAP_WIDTH * segment.size
        if all(x1 + room < a or x0 - room > b for a, b in (*taken, *found)):
            found.append((x0, x1))
    return found


def column_edges(
    left: float, stripes: Sequence[Stripe], labels: Sequence[TextSegment]
) -> list[float]:
    """The x of column edges, half way between stripes; labels fill the first column.

    ``left`` is the left edge of the table.
    """
    between = [(a[1] + b[0]) / 2 for a, b in pairwise(stripes)]
    before = [s.box.x1 for s in labels if s.box.x1 <= stripes[0][0]]
    room = (stripes[0][0] - max(before)) / 2 if before else _DEFAULT_MARGIN
    half = min(((b[0] - a[1]) / 2 for a, b in pairwise(stripes)), default=room)
    start = stripes[0][0] - min(half, room)
    edges = [left, start] if before else [start]
    return [*edges, *between, stripes[-1][1] + half]


def without_titles(header: Sequence[TextLine]) -> list[TextLine]:
    """A header without the titles of the table: lines of a single text at its top."""
    first = next((k for k, line in enumerate(header) if len(line) > 1), len(header) - 1)
    return list(header[max(first, 0) :])
