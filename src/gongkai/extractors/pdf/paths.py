"""Ruled lines and filled areas from drawn paths.

A person sees a line; a PDF may hold a stroke, a thin filled rectangle, the outline of a
cell, a ring of two rectangles, a row of dots, or an image one point high.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdfium2.raw as raw

from gongkai.extractors.pdf import pdfium_calls
from gongkai.extractors.pdf.page_frame import Matrix, compose
from gongkai.model import Box, Rule

Point = tuple[float, float]
Drawn = tuple[list[Rule], list[Box]]  # the rules of a path, and areas too wide for a rule

MAX_RULE_WIDTH = 3.0  # points: a wider rectangle is an area
MAX_LEAN = 1.0  # points between the ends of a rule, across its direction
_RECTANGLE = 5  # segments of a rectangle, with or without a closing line
_MAX_SEGMENTS = 4000  # more than any table outline has; longer drawings and maps are cut off

# One set of out-parameters for the whole process, as in the reader of characters.
_MATRIX, (_MATRIX_OUT, *_) = pdfium_calls.out_array(ctypes.c_float, 6)
_BOUNDS, _BOUNDS_OUT = pdfium_calls.out_array(ctypes.c_float, 4)
_POINT, _POINT_OUT = pdfium_calls.out_array(ctypes.c_float, 2)


def rules_and_areas(item: Any, outer: Matrix, *, is_filled: bool, is_stroked: bool) -> Drawn:
    """Horizontal and vertical rules, and filled areas, of one path object.

    ``outer`` maps the path's page or form to displayed points. For most
    paths, which are one line or one plain rectangle, the bounds are enough; the others are
    read by segment.
    """
    bounds = displayed_bounds(item, outer)
    if bounds is not None:
        x0, top, x1, bottom = bounds
        if x1 - x0 <= MAX_RULE_WIDTH or bottom - top <= MAX_RULE_WIDTH:
            return [Rule(x0, top, x1, bottom)], []
        if not is_stroked and pdfium_calls.count_segments(item) <= _RECTANGLE:
            return [], [Box(x0, top, x1, bottom)]
    return _read_segments(item, compose(own_matrix(item), outer), is_filled, is_stroked)


def _read_segments(item: Any, matrix: Matrix, is_filled: bool, is_stroked: bool) -> Drawn:
    rules: list[Rule] = []
    areas: list[Box] = []
    half_width = _half_stroke_width(item, matrix) if is_stroked else 0.0
    for points in _subpaths(item, matrix):
        if is_stroked:
            for start, end in pairwise(points):
                rule = _segment_rule(start, end, half_width)
                if rule is not None:
                    rules.append(rule)
        if is_filled:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            box = Box(min(xs), min(ys), max(xs), max(ys))
            if min(box.x1 - box.x0, box.bottom - box.top) > MAX_RULE_WIDTH:
                areas.append(box)
            elif not is_stroked:
                rules.append(Rule(*box))
    if len(areas) > 1 and not is_stroked:
        rules += _ring_rules(areas)
    return rules, areas


def _half_stroke_width(item: Any, matrix: Matrix) -> float:
    width = ctypes.c_float()
    pdfium_calls.stroke_width(item, pdfium_calls.out(width))
    return min(0.5 * width.value * (abs(matrix[0]) + abs(matrix[1])), MAX_RULE_WIDTH / 2)


def image_rule(box: Box) -> Rule | None:
    """An image as a rule, if it is thin enough to be one; else None."""
    width, height = box.x1 - box.x0, box.bottom - box.top
    return Rule(*box) if min(width, height) <= MAX_RULE_WIDTH < max(width, height) else None


def _segment_rule(start: Point, end: Point, half_width: float) -> Rule | None:
    (x0, y0), (x1, y1) = start, end
    if abs(y1 - y0) <= MAX_LEAN:
        y = (y0 + y1) / 2
        return Rule(min(x0, x1), y - half_width, max(x0, x1), y + half_width)
    if abs(x1 - x0) <= MAX_LEAN:
        x = (x0 + x1) / 2
        return Rule(x - half_width, min(y0, y1), x + half_width, max(y0, y1))
    return None


def _ring_rules(areas: list[Box]) -> Iterator[Rule]:
    """The four sides of a border that is filled as the ring between two rectangles."""
    outer = max(areas, key=lambda b: (b.x1 - b.x0) * (b.bottom - b.top))
    for inner in areas:
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


def _subpaths(item: Any, matrix: Matrix) -> Iterator[list[Point]]:
    """The displayed points of each subpath of at least two; closed ones end at their start."""
    a, b, c, d, e, f = matrix
    points: list[Point] = []
    for k in range(min(pdfium_calls.count_segments(item), _MAX_SEGMENTS)):
        segment = pdfium_calls.path_segment(item, k)
        kind = pdfium_calls.segment_type(segment)
        pdfium_calls.segment_point(segment, *_POINT_OUT)
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


def displayed_bounds(item: Any, matrix: Matrix) -> tuple[float, float, float, float] | None:
    """The displayed bounds of a page object: left, top, right, bottom; None for no bounds.

    ``matrix`` maps the object's page or form to displayed points.
    """
    if not pdfium_calls.object_bounds(item, *_BOUNDS_OUT):
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


def own_matrix(item: Any) -> Matrix:
    """A page object's own matrix, which maps it to its page or form."""
    pdfium_calls.object_matrix(item, _MATRIX_OUT)
    a, b, c, d, e, f = _MATRIX
    return a, b, c, d, e, f
