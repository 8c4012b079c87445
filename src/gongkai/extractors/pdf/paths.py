"""Ruled lines out of drawn paths: strokes, thin filled rectangles, outlines.

A person sees a line; a PDF may hold a stroke, a filled sliver, a cell outline,
a ring of two rectangles, a row of dots, or a picture one point high.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdfium2.raw as raw

from gongkai.extractors.pdf import pdfium_calls
from gongkai.model import Box, Rule

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

THIN = 3.0  # points: what is thinner reads as a line, not as an area
STRAIGHT = 1.0  # points a line may lean over its whole length
_RECTANGLE = 5  # segments of a rectangle, closed by a line or not
_MAX_SEGMENTS = 4000  # more than any table outline; drawings and maps are cut short


# What a path leaves on the paper: lines, and areas too large to be lines.
Marks = tuple[list[Rule], list[Box]]


def path_marks(item: Any, outer: Matrix, filled: bool, stroked: bool) -> Marks:
    """Horizontal and vertical rules and filled areas of one path object, as displayed.

    ``outer`` carries the path's page or form onto displayed points. Most paths are one
    line or one plain rectangle, which their bounds tell; the others are walked.
    """
    box = bounds(item, outer)
    if box is not None:
        x0, top, x1, bottom = box
        if x1 - x0 <= THIN or bottom - top <= THIN:
            return [Rule(x0, top, x1, bottom)], []
        if not stroked and pdfium_calls.count_segments(item) <= _RECTANGLE:
            return [], [Box(x0, top, x1, bottom)]
    return _walked(item, compose(object_matrix(item), outer), filled, stroked)


def _walked(item: Any, matrix: Matrix, filled: bool, stroked: bool) -> Marks:
    rules: list[Rule] = []
    areas: list[Box] = []
    half = 0.0
    if stroked:
        width = ctypes.c_float()
        pdfium_calls.stroke_width(item, pdfium_calls.into(width))
        half = min(0.5 * width.value * (abs(matrix[0]) + abs(matrix[1])), THIN / 2)
    for points in _subpaths(item, matrix):
        if stroked:
            for start, end in pairwise(points):
                rule = _segment_rule(start, end, half)
                if rule is not None:
                    rules.append(rule)
        if filled:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            box = Box(min(xs), min(ys), max(xs), max(ys))
            if min(box.x1 - box.x0, box.bottom - box.top) > THIN:
                areas.append(box)
            elif not stroked:
                rules.append(Rule(*box))
    if len(areas) > 1 and not stroked:
        rules += _ring_rules(areas)
    return rules, areas


def clip_box(item: Any, outer: Matrix) -> Box | None:
    """What a page object's clip lets be seen of it, as a box; None where all of it is.

    Browsers draw a whole table on each page it stands on, and clip the rest away.
    """
    clip = pdfium_calls.clip_path(item)
    count = pdfium_calls.count_clip_paths(clip) if clip else 0
    if count < 1:
        return None
    a, b, c, d, e, f = outer
    seen: Box | None = None
    for k in range(count):
        xs, ys = [], []
        for i in range(min(pdfium_calls.count_clip_segments(clip, k), _MAX_SEGMENTS)):
            segment = pdfium_calls.clip_segment(clip, k, i)
            pdfium_calls.segment_point(segment, *_POINT_AT)
            x, y = _POINT
            xs.append(a * x + c * y + e)
            ys.append(b * x + d * y + f)
        if xs:
            box = Box(min(xs), min(ys), max(xs), max(ys))
            seen = _common(seen, box) if seen else box
    return seen


def _common(one: Box, other: Box) -> Box:
    return Box(
        max(one.x0, other.x0),
        max(one.top, other.top),
        min(one.x1, other.x1),
        min(one.bottom, other.bottom),
    )


def within(rules: list[Rule], box: Box | None) -> list[Rule]:
    """The parts of rules that lie in a box; all of them where there is none."""
    if box is None:
        return rules
    left, high, right, low = box
    kept = []
    for rule in rules:
        x0, top, x1, bottom = rule
        if left <= x0 and high <= top and x1 <= right and bottom <= low:  # nearly all
            kept.append(rule)
        elif x0 <= right and x1 >= left and top <= low and bottom >= high:
            kept.append(Rule(*_common(Box(*rule), box)))
    return kept


def picture_rule(box: Box) -> Rule | None:
    """A picture so thin that it is seen as a line."""
    width, height = box.x1 - box.x0, box.bottom - box.top
    return Rule(*box) if min(width, height) <= THIN < max(width, height) else None


def _segment_rule(start: Point, end: Point, half: float) -> Rule | None:
    (x0, y0), (x1, y1) = start, end
    if abs(y1 - y0) <= STRAIGHT:
        y = (y0 + y1) / 2
        return Rule(min(x0, x1), y - half, max(x0, x1), y + half)
    if abs(x1 - x0) <= STRAIGHT:
        x = (x0 + x1) / 2
        return Rule(x - half, min(y0, y1), x + half, max(y0, y1))
    return None


def _ring_rules(areas: list[Box]) -> Iterator[Rule]:
    """A border filled as the ring between two nested rectangles."""
    outer = max(areas, key=lambda b: (b.x1 - b.x0) * (b.bottom - b.top))
    for inner in areas:
        gaps = (
            inner.x0 - outer.x0,
            inner.top - outer.top,
            outer.x1 - inner.x1,
            outer.bottom - inner.bottom,
        )
        if inner is outer or not all(-0.1 <= gap <= THIN for gap in gaps):
            continue
        yield Rule(outer.x0, outer.top, inner.x0, outer.bottom)
        yield Rule(inner.x1, outer.top, outer.x1, outer.bottom)
        yield Rule(outer.x0, outer.top, outer.x1, inner.top)
        yield Rule(outer.x0, inner.bottom, outer.x1, outer.bottom)
        return


def _subpaths(item: Any, matrix: Matrix) -> Iterator[list[Point]]:
    a, b, c, d, e, f = matrix
    points: list[Point] = []
    for k in range(min(pdfium_calls.count_segments(item), _MAX_SEGMENTS)):
        segment = pdfium_calls.path_segment(item, k)
        kind = pdfium_calls.segment_type(segment)
        pdfium_calls.segment_point(segment, *_POINT_AT)
        x, y = _POINT
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = [point]
        else:
            points.append(point)
        if pdfium_calls.segment_closes(segment) and points and points[0] != points[-1]:
            points.append(points[0])
    if len(points) > 1:
        yield points


# One set of out-parameters for the whole process, as in the reader of characters.
_MATRIX, (_MATRIX_AT, *_) = pdfium_calls.numbers(ctypes.c_float, 6)
_BOUNDS, _BOUNDS_AT = pdfium_calls.numbers(ctypes.c_float, 4)
_POINT, _POINT_AT = pdfium_calls.numbers(ctypes.c_float, 2)


def bounds(item: Any, matrix: Matrix) -> tuple[float, float, float, float] | None:
    """The edges of a page object on the page as displayed: left, top, right, bottom."""
    if not pdfium_calls.object_bounds(item, *_BOUNDS_AT):
        return None
    x0, y0, x1, y1 = _BOUNDS
    a, b, c, d, e, f = matrix
    u0, v0 = a * x0 + c * y0 + e, b * x0 + d * y0 + f
    u1, v1 = a * x1 + c * y1 + e, b * x1 + d * y1 + f
    if u0 > u1:
        u0, u1 = u1, u0
    if v0 > v1:
        v0, v1 = v1, v0
    return u0, v0, u1, v1


def object_matrix(item: Any) -> Matrix:
    """A page object's own matrix."""
    pdfium_calls.object_matrix(item, _MATRIX_AT)
    a, b, c, d, e, f = _MATRIX
    return a, b, c, d, e, f


def compose(inner: Matrix, outer: Matrix) -> Matrix:
    """One matrix for two applied in order."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )
