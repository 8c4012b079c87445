"""The drawn objects of a page: rules, images and invisible text."""

from __future__ import annotations

import ctypes
import math
from functools import partial
from typing import Any

import pypdfium2.raw as raw

from gongkai.extractors.pdf import pdfium_calls
from gongkai.extractors.pdf.clipping import clip_box, clip_rules
from gongkai.extractors.pdf.page_frame import Matrix, PageFrame, compose
from gongkai.extractors.pdf.paths import (
    displayed_bounds,
    image_rule,
    own_matrix,
    rules_and_areas,
)
from gongkai.model import Box, Rule

_WHITE = 250  # colour components from here to 255 count as white, invisible on paper
_MAX_FORM_DEPTH = 12
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

# One set of out-parameters for the whole process, as in the reader of characters.
_COLOUR = tuple(ctypes.c_uint() for _ in range(4))  # red, green, blue, alpha
_COLOUR_OUT = tuple(pdfium_calls.out(part) for part in _COLOUR)
_HAS_FILL, _HAS_STROKE = ctypes.c_int(), ctypes.c_int()
_FILL_OUT, _STROKE_OUT = pdfium_calls.out(_HAS_FILL), pdfium_calls.out(_HAS_STROKE)


class PageObjects:
    """What one pass over a page's objects finds, in displayed points.

    ``rules`` are the ruled lines, ``image_area`` is the area of all images in square points.
    ``hidden`` holds the addresses of text objects that leave no visible mark. ``clip_top``
    and ``clip_bottom`` bound the clips of all clipped rules; where no rule is clipped,
    ``clip_top`` is infinite and ``clip_bottom`` minus infinite.
    """

    def __init__(self, page: Any, frame: PageFrame) -> None:
        self.rules: list[Rule] = []
        self.image_area = 0.0
        self.hidden: set[int] = set()
        self.clip_top, self.clip_bottom = math.inf, -math.inf
        self._frame = frame
        self._areas: list[Box] = []  # filled areas, on which white text is visible
        handle = pdfium_calls.handle(page)
        self._read(
            pdfium_calls.count_objects(handle),
            partial(pdfium_calls.page_object, handle),
            frame.matrix,
        )

    def _read(self, count: int, get: Any, outer: Matrix, depth: int = 1) -> None:
        """Read ``count`` objects of a page or form; ``outer`` maps them to displayed points."""
        text_mode, fill_colour = pdfium_calls.text_mode, pdfium_calls.fill_colour
        red, _, _, alpha = _COLOUR
        for k in range(count):
            item = get(k)
            # nearly all objects are text filled with a dark colour, which needs only two calls
            if (
                text_mode(item) == _FILL
                and fill_colour(item, *_COLOUR_OUT)
                and red.value < _WHITE
                and alpha.value > 0
            ):
                continue
            kind = pdfium_calls.object_type(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._read_text(item, outer)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._read_path(item, outer)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._read_image(compose(own_matrix(item), outer))
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
                self._read(
                    pdfium_calls.count_form_objects(item),
                    partial(pdfium_calls.form_object, item),
                    compose(own_matrix(item), outer),
                    depth + 1,
                )

    def _read_path(self, item: Any, outer: Matrix) -> None:
        pdfium_calls.draw_mode(item, _FILL_OUT, _STROKE_OUT)
        is_filled = bool(_HAS_FILL.value) and _is_visible(item, pdfium_calls.fill_colour)
        is_stroked = bool(_HAS_STROKE.value) and _is_visible(item, pdfium_calls.stroke_colour)
        if not (is_filled or is_stroked):
            return
        rules, areas = rules_and_areas(item, outer, is_filled=is_filled, is_stroked=is_stroked)
        if rules:
            clip = clip_box(item, outer)
            self.rules += clip_rules(rules, clip)
            if clip is not None:
                self.clip_top = min(self.clip_top, clip.top)
                self.clip_bottom = max(self.clip_bottom, clip.bottom)
        self._areas += areas

    def _read_text(self, item: Any, outer: Matrix) -> None:
        mode = pdfium_calls.text_mode(item)
        has_fill = mode in _FILL_MODES and (
            _is_visible(item, pdfium_calls.fill_colour) or self._is_on_area(item, outer)
        )
        has_stroke = mode in _STROKE_MODES and _is_visible(item, pdfium_calls.stroke_colour)
        if not has_fill and not has_stroke:
            self.hidden.add(item.value)

    def _is_on_area(self, item: Any, outer: Matrix) -> bool:
        """Does white text lie on an area painted before it, such as a dark table header?"""
        bounds = displayed_bounds(item, outer)
        if bounds is None:
            return False
        x, y = Box(*bounds).middle
        return any(area.contains(x, y) for area in self._areas)

    def _read_image(self, matrix: Matrix) -> None:
        a, b, c, d, e, f = matrix  # an image fills the unit square
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        box = Box(min(xs), min(ys), max(xs), max(ys))
        rule = image_rule(box)
        if rule is not None:
            self.rules.append(rule)
        width = min(box.x1, self._frame.width) - max(box.x0, 0)
        height = min(box.bottom, self._frame.height) - max(box.top, 0)
        self.image_area += max(0.0, width) * max(0.0, height)


def _is_visible(item: Any, get_colour: Any) -> bool:
    """Does an object's fill or stroke colour leave a visible mark on white paper?"""
    if not get_colour(item, *_COLOUR_OUT):
        return True  # a pattern or shading, which pdfium does not describe
    red, green, blue, alpha = _COLOUR
    return alpha.value > 0 and (red.value < _WHITE or green.value < _WHITE or blue.value < _WHITE)
