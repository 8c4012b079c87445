"""The rules and areas of a drawn path: its straight lines, borders and filled shapes.

The outline of a round stamp has no rules, although the ends of its curves lie level with the points
that bend them.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as raw

from gongkai.extractors.pdf import pdfium_api
from gongkai.extractors.pdf.pdfium_api import Matrix
from gongkai.model import Box, Rule

MAX_RULE_WIDTH = 3.0  # points: a wider rectangle is an area
_MAX_LEAN = 1.0  # points between the ends of a rule, across its direction
# Segments of one path, more than any table outline has: longer drawings and maps are cut off.
MAX_SEGMENTS = 4000
_CURVE = 3  # points of a segment of a curve: two that bend it, and its end
_ENDS = 2  # of a subpath: its start, and the end of a line that closes it
_POINT, _POINT_OUT = pdfium_api.out_array(ctypes.c_float, 2)

_Point = tuple[float, float]


class _Subpath(NamedTuple):
    """Displayed points; the segment that ends at an index of ``curved`` is no straight line."""

    points: list[_Point]
    curved: set[int]

    def lines(self) -> Iterator[tuple[_Point, _Point]]:
        """The straight lines."""
        for end, line in enumerate(pairwise(self.points), 1):
            if end not in self.curved:
                yield line

    @property
    def is_round(self) -> bool:
        """Whether it has nothing but curves, and perhaps a line that closes it."""
        return len(self.points) - len(self.curved) <= _ENDS

    def bounds(self) -> Box:
        """The bounding box of all points."""
        xs, ys = zip(*self.points, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))


def displayed_point(segment: Any, matrix: Matrix) -> _Point:
    """Return the end of a segment of a path, which ``matrix`` maps to displayed points."""
    a, b, c, d, e, f = matrix
    pdfium_api.segment_point(segment, *_POINT_OUT)
    x, y = _POINT
    return a * x + c * y + e, b * x + d * y + f


def rules_and_areas(
    item: Any, matrix: Matrix, is_filled: bool, is_stroked: bool
) -> tuple[list[Rule], list[Box]]:
    """The rules of a path, and its filled areas that are too wide for a rule.

    ``matrix`` maps the path to displayed points.
    """
    rules: list[Rule] = []
    areas: list[Box] = []
    frames: list[Box] = []  # those of areas that may be the edges of a border
    half_width = _half_stroke_width(item, matrix) if is_stroked else 0.0
    for subpath in _subpaths(item, matrix):
        if is_stroked:
            found = (_line_rule(start, end, half_width) for start, end in subpath.lines())
            rules += (rule for rule in found if rule)
        if is_filled:
            box = subpath.bounds()
            if min(box.x1 - box.x0, box.bottom - box.top) > MAX_RULE_WIDTH:
                areas.append(box)
                if not subpath.is_round:
                    frames.append(box)
            elif not is_stroked:
                rules.append(Rule(*box))
    if len(frames) > 1 and not is_stroked:
        rules += _ring_rules(frames)
    return rules, areas


def _half_stroke_width(item: Any, matrix: Matrix) -> float:
    width = ctypes.c_float()
    pdfium_api.stroke_width(item, pdfium_api.out(width))
    return min(0.5 * width.value * (abs(matrix[0]) + abs(matrix[1])), MAX_RULE_WIDTH / 2)


def _line_rule(start: _Point, end: _Point, half_width: float) -> Rule | None:
    (x0, y0), (x1, y1) = start, end
    if abs(y1 - y0) <= _MAX_LEAN:
        y = (y0 + y1) / 2
        return Rule(min(x0, x1), y - half_width, max(x0, x1), y + half_width)
    if abs(x1 - x0) <= _MAX_LEAN:
        x = (x0 + x1) / 2
        return Rule(x - half_width, min(y0, y1), x + half_width, max(y0, y1))
    return None


def _ring_rules(frames: list[Box]) -> Iterator[Rule]:
    """The four sides of a border that is filled as the ring between two rectangles."""
    outer = max(frames, key=lambda b: (b.x1 - b.x0) * (b.bottom - b.top))
    for inner in frames:
        gaps = (
            inner.x0 - outer.x0,
            inner.top - outer.top,
            outer.x1 - inner.x1,
            outer.bottom - inner.bottom,
        )
        if inner is outer or not all(-0.1 <= gap <= MAX_RULE_WIDTH for gap in gaps):
            continue
        yield Rule(outer.x0, outer.top, inner.x0, outer.bottom)
        yield Rule(inner.x1, outer.top, outer.x1, outer.bottom)
        yield Rule(outer.x0, outer.top, outer.x1, inner.top)
        yield Rule(outer.x0, inner.bottom, outer.x1, outer.bottom)
        return


def _subpaths(item: Any, matrix: Matrix) -> Iterator[_Subpath]:
    """Each subpath with two or more points; closed ones end at their start."""
    points: list[_Point] = []
    curved: set[int] = set()
    bends = 0  # points of an unfinished curve
    for k in range(min(pdfium_api.count_segments(item), MAX_SEGMENTS)):
        segment = pdfium_api.path_segment(item, k)
        kind = pdfium_api.segment_type(segment)
        point = displayed_point(segment, matrix)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield _Subpath(points, curved)
            points, curved = [point], set()
        else:
            points.append(point)
        bends = bends + 1 if kind == raw.FPDF_SEGMENT_BEZIERTO else 0
        if bends == _CURVE:
            bends = 0
            if not _is_level(points[-1 - _CURVE :]):
                curved.update(range(len(points) - _CURVE, len(points)))
        if pdfium_api.segment_closes(segment) and points and points[0] != points[-1]:
            points.append(points[0])
    if len(points) > 1:
        yield _Subpath(points, curved)


def _is_level(points: list[_Point]) -> bool:
    """Whether points lie on a line across or down the page."""
    return any(max(values) - min(values) <= _MAX_LEAN for values in zip(*points, strict=True))
