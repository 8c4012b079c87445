"""The drawn objects of a page: rules, images, clips and invisible text.

A person sees a line; a PDF may hold a stroke, a thin filled rectangle, the outline of a
cell, a ring of two rectangles, a row of dots, or an image one point high.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import pypdfium2.raw as raw

from gongkai.extractors.pdf import pdfium_api
from gongkai.extractors.pdf.pdfium_api import (
    Matrix,
    PageFrame,
    compose,
    displayed_bounds,
    own_matrix,
)
from gongkai.model import Box, Rule

_WHITE = 250  # colour components from here to 255 count as white, invisible on paper
_MAX_FORM_DEPTH = 12  # of forms in forms, counting the page
_MAX_RULE_WIDTH = 3.0  # points: a wider rectangle is an area
_MAX_LEAN = 1.0  # points between the ends of a rule, across its direction
_RECTANGLE = 5  # segments of a rectangle, with or without a closing line
# Segments of one path, more than any table outline has: longer drawings and maps are cut off.
_MAX_SEGMENTS = 4000
# Text render modes that fill or outline the glyphs. The others leave no mark.
_FILL = raw.FPDF_TEXTRENDERMODE_FILL
_FILL_MODES = (
    _FILL,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
    raw.FPDF_TEXTRENDERMODE_FILL_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
)
_STROKE_MODES = (
    raw.FPDF_TEXTRENDERMODE_STROKE,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
    raw.FPDF_TEXTRENDERMODE_STROKE_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
)

# One set of out-parameters for the whole process, as in pdfium_api.
_COLOUR = tuple(ctypes.c_uint() for _ in range(4))  # red, green, blue, alpha
_COLOUR_OUT = tuple(pdfium_api.out(part) for part in _COLOUR)
_HAS_FILL, _HAS_STROKE = ctypes.c_int(), ctypes.c_int()
_FILL_OUT, _STROKE_OUT = pdfium_api.out(_HAS_FILL), pdfium_api.out(_HAS_STROKE)
_POINT, _POINT_OUT = pdfium_api.out_array(ctypes.c_float, 2)

_Point = tuple[float, float]


class PageObjects:
    """What one pass over a page's objects finds, in displayed points.

    ``rules`` are the ruled lines, ``image_area`` is the area of all images in square points.
    ``hidden`` holds the addresses of text objects that leave no visible mark. ``clip_top``
    and ``clip_bottom`` bound the clips of all clipped rules; where no rule is clipped,
    ``clip_top`` is infinite and ``clip_bottom`` minus infinite.
    """

    def __init__(self, frame: PageFrame) -> None:
        self.rules: list[Rule] = []
        self.image_area = 0.0
        self.hidden: set[int] = set()
        self.clip_top, self.clip_bottom = math.inf, -math.inf
        self._frame = frame
        self._areas: list[Box] = []  # filled areas, on which white text is visible

    def read(self, page: Any) -> None:
        """Read the objects of a page, those of its forms included, in the order of painting."""
        text_mode, fill_colour = pdfium_api.text_mode, pdfium_api.fill_colour
        red, _, _, alpha = _COLOUR
        handle = pdfium_api.handle(page)
        get: Callable[[int], Any] = partial(pdfium_api.page_object, handle)
        # the page and the forms around the next object: how to get the objects of each, the
        # indices of those that are not read yet, and the matrix to displayed points
        nested = [(get, iter(range(pdfium_api.count_objects(handle))), self._frame.matrix)]
        while nested:
            get, indices, outer = nested[-1]
            for k in indices:
                item = get(k)
                # nearly all objects are text filled with a dark colour: two calls are enough
                if (
                    text_mode(item) == _FILL
                    and fill_colour(item, *_COLOUR_OUT)
                    and red.value < _WHITE
                    and alpha.value > 0
                ):
                    continue
                kind = pdfium_api.object_type(item)
                if kind == raw.FPDF_PAGEOBJ_TEXT:
                    self._read_text(item, outer)
                elif kind == raw.FPDF_PAGEOBJ_PATH:
                    self._read_path(item, outer)
                elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                    self._read_image(compose(own_matrix(item), outer))
                elif kind == raw.FPDF_PAGEOBJ_FORM and len(nested) < _MAX_FORM_DEPTH:
                    get = partial(pdfium_api.form_object, item)
                    inner = iter(range(pdfium_api.count_form_objects(item)))
                    nested.append((get, inner, compose(own_matrix(item), outer)))
                    break
            else:
                nested.pop()

    def _read_path(self, item: Any, outer: Matrix) -> None:
        pdfium_api.draw_mode(item, _FILL_OUT, _STROKE_OUT)
        is_filled = bool(_HAS_FILL.value) and _is_visible(item, pdfium_api.fill_colour)
        is_stroked = bool(_HAS_STROKE.value) and _is_visible(item, pdfium_api.stroke_colour)
        if not (is_filled or is_stroked):
            return
        # most paths are one line or one plain rectangle: the bounds are enough for these
        box = displayed_bounds(item, outer)
        if box and (box.x1 - box.x0 <= _MAX_RULE_WIDTH or box.bottom - box.top <= _MAX_RULE_WIDTH):
            rules = [Rule(*box)]
        elif box and not is_stroked and pdfium_api.count_segments(item) <= _RECTANGLE:
            self._areas.append(box)
            return
        else:
            matrix = compose(own_matrix(item), outer)
            rules, areas = _rules_and_areas(item, matrix, is_filled, is_stroked)
            self._areas += areas
        clip = clip_box(item, outer) if rules else None
        if clip is None:
            self.rules += rules
        else:
            self.rules += _clipped_rules(rules, clip)
            self.clip_top = min(self.clip_top, clip.top)
            self.clip_bottom = max(self.clip_bottom, clip.bottom)

    def _read_text(self, item: Any, outer: Matrix) -> None:
        mode = pdfium_api.text_mode(item)
        has_fill = mode in _FILL_MODES and (
            _is_visible(item, pdfium_api.fill_colour) or self._is_on_area(item, outer)
        )
        has_stroke = mode in _STROKE_MODES and _is_visible(item, pdfium_api.stroke_colour)
        if not has_fill and not has_stroke:
            self.hidden.add(item.value)

    def _is_on_area(self, item: Any, outer: Matrix) -> bool:
        """Does white text lie on an area painted before it, such as a dark table header?"""
        bounds = displayed_bounds(item, outer)
        if bounds is None:
            return False
        x, y = bounds.middle
        return any(area.contains(x, y) for area in self._areas)

    def _read_image(self, matrix: Matrix) -> None:
        a, b, c, d, e, f = matrix  # an image fills the unit square
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        x0, top, x1, bottom = min(xs), min(ys), max(xs), max(ys)
        thickness, length = sorted((x1 - x0, bottom - top))
        if thickness <= _MAX_RULE_WIDTH < length:
            self.rules.append(Rule(x0, top, x1, bottom))
        width = min(x1, self._frame.width) - max(x0, 0)
        height = min(bottom, self._frame.height) - max(top, 0)
        self.image_area += max(0.0, width) * max(0.0, height)


def _is_visible(item: Any, get_colour: Any) -> bool:
    """Does an object's fill or stroke colour leave a visible mark on white paper?"""
    if not get_colour(item, *_COLOUR_OUT):
        return True  # a pattern or shading, which pdfium does not describe
    red, green, blue, alpha = _COLOUR
    return alpha.value > 0 and (red.value < _WHITE or green.value < _WHITE or blue.value < _WHITE)


# --------------------------------------------------------------------------- clips


def clip_box(item: Any, outer: Matrix) -> Box | None:
    """The displayed bounding box of an object's clip; None where the object is not clipped.

    ``outer`` maps the object's page or form to displayed points. Browsers draw a whole
    table on each page that shows a part of it, and clip the rest away.
    """
    clip = pdfium_api.clip_path(item)
    count = pdfium_api.count_clip_paths(clip) if clip else 0
    if count < 1:
        return None
    a, b, c, d, e, f = outer
    visible: Box | None = None
    for k in range(count):
        xs, ys = [], []
        for i in range(min(pdfium_api.count_clip_segments(clip, k), _MAX_SEGMENTS)):
            segment = pdfium_api.clip_segment(clip, k, i)
            pdfium_api.segment_point(segment, *_POINT_OUT)
            x, y = _POINT
            xs.append(a * x + c * y + e)
            ys.append(b * x + d * y + f)
        if xs:
            box = Box(min(xs), min(ys), max(xs), max(ys))
            visible = _intersection(visible, box) if visible else box
    return visible


def _clipped_rules(rules: list[Rule], clip: Box) -> Iterator[Rule]:
    """The parts of rules that lie in ``clip``."""
    left, high, right, low = clip
    for rule in rules:
        x0, top, x1, bottom = rule
        if left <= x0 and high <= top and x1 <= right and bottom <= low:  # nearly all
            yield rule
        elif x0 <= right and x1 >= left and top <= low and bottom >= high:
            yield Rule(*_intersection(Box(*rule), clip))


def _intersection(one: Box, other: Box) -> Box:
    return Box(
        max(one.x0, other.x0),
        max(one.top, other.top),
        min(one.x1, other.x1),
        min(one.bottom, other.bottom),
    )


# --------------------------------------------------------------------------- paths


def _rules_and_areas(
    item: Any, matrix: Matrix, is_filled: bool, is_stroked: bool
) -> tuple[list[Rule], list[Box]]:
    """The rules of a path, and its filled areas too wide for a rule, from its segments.

    ``matrix`` maps the path to displayed points.
    """
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
            if min(box.x1 - box.x0, box.bottom - box.top) > _MAX_RULE_WIDTH:
                areas.append(box)
            elif not is_stroked:
                rules.append(Rule(*box))
    if len(areas) > 1 and not is_stroked:
        rules += _ring_rules(areas)
    return rules, areas


def _half_stroke_width(item: Any, matrix: Matrix) -> float:
    width = ctypes.c_float()
    pdfium_api.stroke_width(item, pdfium_api.out(width))
    return min(0.5 * width.value * (abs(matrix[0]) + abs(matrix[1])), _MAX_RULE_WIDTH / 2)


def _segment_rule(start: _Point, end: _Point, half_width: float) -> Rule | None:
    (x0, y0), (x1, y1) = start, end
    if abs(y1 - y0) <= _MAX_LEAN:
        y = (y0 + y1) / 2
        return Rule(min(x0, x1), y - half_width, max(x0, x1), y + half_width)
    if abs(x1 - x0) <= _MAX_LEAN:
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
        if inner is outer or not all(-0.1 <= gap <= _MAX_RULE_WIDTH for gap in gaps):
            continue
        yield Rule(outer.x0, outer.top, inner.x0, outer.bottom)
        yield Rule(inner.x1, outer.top, outer.x1, outer.bottom)
        yield Rule(outer.x0, outer.top, outer.x1, inner.top)
        yield Rule(outer.x0, inner.bottom, outer.x1, outer.bottom)
        return


def _subpaths(item: Any, matrix: Matrix) -> Iterator[list[_Point]]:
    """The displayed points of each subpath of at least two; closed ones end at their start."""
    a, b, c, d, e, f = matrix
    points: list[_Point] = []
    for k in range(min(pdfium_api.count_segments(item), _MAX_SEGMENTS)):
        segment = pdfium_api.path_segment(item, k)
        kind = pdfium_api.segment_type(segment)
        pdfium_api.segment_point(segment, *_POINT_OUT)
        x, y = _POINT
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = [point]
        else:
            points.append(point)
        if pdfium_api.segment_closes(segment) and points and points[0] != points[-1]:
            points.append(points[0])
    if len(points) > 1:
        yield points
