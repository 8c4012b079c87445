"""Finds the columns of tables without rules, and the labels over them.

Values below each other form a column. A header label with nothing below it forms a blank column.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import structs

from gongkai.extractors.layout.lines import cell_text
from gongkai.extractors.layout.text_segments import (
    CELL_GAP_WIDTH,
    TextLine,
    TextSegment,
    split_words,
)
from gongkai.model import Box, Cell

_EDGE_TOLERANCE = 1.0  # points that a header word may extend into the next column
_OWN_SHARE = 0.7  # least share of a header word's width that is over its column
_HEADER_REACH = 1.2  # font sizes between a column edge and the gap between two header words
_SIDE_MARGIN = 2.0  # points from values aligned to a side to the edge of their column
_DEFAULT_MARGIN = 6.0  # points left of the only column of a table without labels

Stripe = tuple[float, float]  # left and right x of a column, in points


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


def _head_stripes(words: Sequence[TextSegment]) -> list[Stripe]:
    """The x ranges of header words, which are ordered from the lowest line up.

    A word centred above another is part of the same label; other words above are outer labels.
    """
    found: list[list[float]] = []
    for word in words:
        x0, x1 = word.box.x0, word.box.x1
        met = [stripe for stripe in found if x0 <= stripe[1] and x1 >= stripe[0]]
        if not met:
            found.append([x0, x1])
        elif len(met) == 1 and abs(sum(met[0]) - x0 - x1) < word.size:
            met[0][:] = [min(met[0][0], x0), max(met[0][1], x1)]
    return sorted((x0, x1) for x0, x1 in found)


def blank_stripes(
    header: Sequence[TextLine], stripes: Sequence[Stripe], labels: Sequence[TextSegment]
) -> list[Stripe]:
    """The x ranges of header labels that have no values below them.

    Narrow labels come first. A label that extends over another label or over values gets no
    column.
    """
    taken = [*stripes, *((s.box.x0, s.box.x1) for s in labels)]
    found: list[Stripe] = []
    texts = [s for line in _without_titles(header) for s in line]
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


def _without_titles(header: Sequence[TextLine]) -> list[TextLine]:
    """A header without the titles of the table: lines of a single text at its top."""
    first = next((k for k, line in enumerate(header) if len(line) > 1), len(header) - 1)
    return list(header[max(first, 0) :])


def edge_options(
    left: float,
    stripes: Sequence[Stripe],
    header: Sequence[TextLine],
    labels: Sequence[TextSegment],
) -> Iterator[list[float]]:
    """The x of column edges that are possible for the ``stripes`` of values, by likelihood.

    Values are in the middle of their columns, or aligned to the left or right side of all
    columns. ``left`` is the left edge of the table. Every stripe is in a column of its own, and
    so are the labels left of them.
    """
    blank = blank_stripes(header, stripes, labels)
    columns = [sorted([*stripes, *blank]), *_paired_with_heads(stripes, header, labels)]
    options = [column_edges(left, each, labels) for each in columns]
    options += [_side_edges(left, stripes, labels, side) for side in (0, 1) if len(stripes) > 1]
    before = [(s.box.x0, s.box.x1) for s in labels if s.box.x1 <= stripes[0][0]]
    apart = [(left, max(x1 for _, x1 in before)), *stripes] if before else stripes
    found = [edges for edges in options if _are_apart(apart, edges)]
    if not found:  # then without columns for labels with nothing below
        plain = column_edges(left, stripes, labels)
        found = [plain] if _are_apart(apart, plain) else []
    yield from found


def _are_apart(stripes: Sequence[Stripe], edges: Sequence[float]) -> bool:
    """Is each stripe within a column of its own?"""
    columns = [bisect(edges, (x0 + x1) / 2) - 1 for x0, x1 in stripes]
    return len(set(columns)) == len(stripes) and all(
        0 <= k < len(edges) - 1
        and edges[k] - _EDGE_TOLERANCE <= x0
        and x1 <= edges[k + 1] + _EDGE_TOLERANCE
        for k, (x0, x1) in zip(columns, stripes, strict=True)
    )


def _side_edges(
    left: float, stripes: Sequence[Stripe], labels: Sequence[TextSegment], side: int
) -> list[float]:
    """The edges of columns whose values are aligned to their left (0) or right (1) side."""
    xs = [stripe[side] for stripe in stripes]
    width = min(b - a for a, b in pairwise(xs))
    if side:
        edges = [x + _SIDE_MARGIN for x in (xs[0] - width, *xs)]
    else:
        edges = [x - _SIDE_MARGIN for x in (*xs, xs[-1] + width)]
    before = [s.box.x1 for s in labels if s.box.x1 <= stripes[0][0]]
    if before:
        edges[:1] = [left, max(edges[0], *before)]
    return edges


def _paired_with_heads(
    stripes: Sequence[Stripe], header: Sequence[TextLine], labels: Sequence[TextSegment]
) -> Iterator[list[Stripe]]:
    """The columns that the words of the header make with the values that belong to them.

    Of values aligned to a side, the end at that side is beyond the middle of their own word only.
    """
    start = max((s.box.x1 for s in labels if s.box.x1 <= stripes[0][0]), default=0.0)
    segments = [s for line in reversed(_without_titles(header)) for s in line]
    for words in (segments, [word for s in segments for word in split_words(s)]):
        heads = _head_stripes([word for word in words if word.box.middle[0] > start])
        # the first may be the corner, centred in a wide column of labels
        for own in (heads, heads[1:]) if labels else (heads,):
            middles = [(x0 + x1) / 2 for x0, x1 in own]
            yield from (
                columns
                for places in (
                    range(len(stripes)),
                    [bisect(middles, x0) for x0, _ in stripes],
                    [bisect(middles, x1) - 1 for _, x1 in stripes],
                )
                if (columns := _joined(own, stripes, places))
            )


def _joined(
    heads: Sequence[Stripe], stripes: Sequence[Stripe], places: Sequence[int]
) -> list[Stripe]:
    """The heads, each joined with the stripe whose place it is; none where they overlap."""
    if len(heads) < len(stripes) or len({*places} & {*range(len(heads))}) < len(stripes):
        return []
    columns = list(heads)
    for k, (x0, x1) in zip(places, stripes, strict=True):
        columns[k] = (min(heads[k][0], x0), max(heads[k][1], x1))
    return columns if all(a[1] <= b[0] for a, b in pairwise(columns)) else []


def header_cells(
    header: Sequence[TextLine],
    edges: Sequence[float],
    y: tuple[float, float],
    is_header: Callable[[str], bool],
) -> Iterator[Cell]:
    """One cell for each column with its own header labels; none where no column has any.

    Text over several columns is left out: without rules its extent is unknown, and the order
    of the columns proves their names. Of the lines over a column, the lowest that together
    are a label of the form count, else those below the titles of the table.
    """
    below_titles = _without_titles(header)
    own: dict[int, list[tuple[TextSegment, bool]]] = {}
    for line in header:
        has_title = line not in below_titles
        for segment in (part for s in line for part in _header_words(s, edges)):
            column = _column_under(segment, edges)
            if column is not None:
                own.setdefault(column, []).append((segment, has_title))
    cells = []
    for column, (x0, x1) in enumerate(pairwise(edges)):
        parts = [segment for segment, _ in own.get(column, ())]
        label = (k for k in range(len(parts)) if is_header("".join(s.text for s in parts[k:])))
        first = next(label, None)
        if first is None:
            parts = [segment for segment, is_title in own.get(column, ()) if not is_title]
        cell = text_cell(0, column, Box(x0, y[0], x1, y[1]), parts[first or 0 :])
        on_page = tuple(c for c in cell.chars if c.bottom > y[0])  # not on the page before
        cells.append(structs.replace(cell, chars=on_page))
    if any(cell.text for cell in cells):
        yield from cells


def _column_under(segment: TextSegment, edges: Sequence[float]) -> int | None:
    """The column that a header word is over; None if it is over several."""
    x0, x1 = segment.box.x0, segment.box.x1
    shares = [min(x1, b) - max(x0, a) for a, b in pairwise(edges)]
    largest = max(shares)
    over_one = sum(share > _EDGE_TOLERANCE for share in shares) == 1
    return shares.index(largest) if over_one or largest >= _OWN_SHARE * (x1 - x0) else None


def _header_words(segment: TextSegment, edges: Sequence[float]) -> list[TextSegment]:
    """The words of a header segment that belong to neighbouring columns."""
    within = [x for x in edges if segment.box.x0 < x < segment.box.x1]
    return split_words(segment, within, _HEADER_REACH) if within else [segment]


def text_cell(row: int, column: int, box: Box, segments: Sequence[TextSegment]) -> Cell:
    """A cell with the text of some segments."""
    chars = tuple(c for s in sorted(segments, key=lambda s: s.baseline) for c in s.chars)
    return Cell(row, column, 1, 1, box, cell_text(chars), chars)
