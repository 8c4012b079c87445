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

from gongkai.model import Box, Rule

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

THIN = 3.0  # points: what is thinner reads as a line, not as an area
STRAIGHT = 1.0  # points a line may lean over its whole length
_MAX_SEGMENTS = 4000  # more than any table outline; drawings and maps are cut short


def path_rules(
    item: Any, matrix: Matrix, filled: bool, stroked: bool, stroke_width: float
) -> list[Rule]:
    """Horizontal and vertical rules of one path object, on the page as displayed.

    ``matrix`` maps the path's own space to displayed points; ``stroke_width`` is in
    the path's own space.
    """
    rules: list[Rule] = []
    half = 0.5 * stroke_width * (abs(matrix[0]) + abs(matrix[1]))
    half = min(half, THIN / 2)
    areas: list[Box] = []
    for points in _subpaths(item, matrix):
        if stroked:
            for start, end in pairwise(points):
                rule = _segment_rule(start, end, half)
                if rule is not None:
                    rules.append(rule)
        elif filled:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            box = Box(min(xs), min(ys), max(xs), max(ys))
            if min(box.x1 - box.x0, box.bottom - box.top) <= THIN:
                rules.append(Rule(*box))
            else:
                areas.append(box)
    if len(areas) > 1:
        rules += _ring_rules(areas)
    return rules


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
    x, y = ctypes.c_float(), ctypes.c_float()
    x_ref, y_ref = ctypes.byref(x), ctypes.byref(y)
    points: list[Point] = []
    for k in range(min(raw.FPDFPath_CountSegments(item), _MAX_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(item, k)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x_ref, y_ref)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = [point]
        else:
            points.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and points and points[0] != points[-1]:
            points.append(points[0])
    if len(points) > 1:
        yield points
