"""The drawn objects of a page: rules, images, clips, and text that is not displayed.

A person sees a line; a PDF may hold a stroke, a thin filled rectangle, the outline of a
cell, a ring of two rectangles, a row of dots, or an image one point high. A person does not see
text in the paper's colour, transparent text, or text outside its clip.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import pypdfium2.raw as raw

from gongkai.extractors.pdf import page_pictures, pdfium_api, visibility
from gongkai.extractors.pdf.drawn_paths import (
    MAX_RULE_WIDTH,
    MAX_SEGMENTS,
    displayed_point,
    rules_and_areas,
)
from gongkai.extractors.pdf.pdfium_api import (
    Matrix,
    PageFrame,
    compose,
    displayed_bounds,
)
from gongkai.model import Box, Rule

_WHITE = 250  # of 255: a colour with all components above this is invisible on white paper
_DARK = 128  # of 255: text with less red is legible on white paper, whatever its green and blue
_MAX_FORM_DEPTH = 12  # nested form XObjects, counting the page
_MID = 188  # the grey of luminance 0.5; every darker colour has a component below it
_HIDING = 230  # least alpha of an area that hides the text under it
_GREY = 25  # of 255: most difference between the components of a colour that counts as grey
_RECTANGLE = 5  # segments of a rectangle, with or without a closing line
_SAME_PLACE = 0.01  # points
_MAX_RULES = 100_000  # of one page, more than any has: a million of them take 250 MB
# One set of out-parameters for the whole process, as in pdfium_api.
_RED, _GREEN, _BLUE, _ALPHA = pdfium_api.COLOUR
_HAS_FILL, _HAS_STROKE = ctypes.c_int(), ctypes.c_int()
_FILL_OUT, _STROKE_OUT = pdfium_api.out(_HAS_FILL), pdfium_api.out(_HAS_STROKE)
_MATRIX, (_MATRIX_OUT, *_) = pdfium_api.out_array(ctypes.c_float, 6)
_ORIGIN, _ORIGIN_OUT = pdfium_api.out_array(ctypes.c_double, 2)

_EVERYWHERE = Box(-math.inf, -math.inf, math.inf, math.inf)


class _Level(NamedTuple):
    """A page or a form XObject whose objects are being read."""

    get: Callable[[int], Any]
    indices: Iterator[int]  # of the objects that are not read yet
    outer: Matrix  # to displayed points
    clip: Box | None  # of the forms that contain this one
    is_doubted: bool  # a layer or transparency may hide all of its text


class _ReplacedText(NamedTuple):
    """A text object in a form for which the file gives another text (/ActualText)."""

    origin: tuple[float, float]  # in the form
    outer: Matrix  # from the form to displayed points


class PageObjects:
    """Reads the objects of a page in one pass. All places are in displayed points.

    ``rules`` are the ruled lines, ``image_area`` is the area of all images in square points.
    ``texts`` are text objects that are displayed unless a cover in ``grounds`` hides them.
    ``doubted`` are text objects for which ``visibility`` needs a rendered picture. Text objects
    without a visible mark are removed from the page; ``hidden`` holds their boxes. ``replaced``
    are text objects that may need ``outer_of_replaced``, by their address.
    """

    def __init__(self, frame: PageFrame, *, has_layers: bool) -> None:
        self.rules: list[Rule] = []
        self.image_area = 0.0
        self.texts = visibility.Texts()
        self.doubted: list[visibility.TextInDoubt] = []
        self.hidden: list[Box] = []
        self.replaced: dict[int, _ReplacedText] = {}
        self.frame = frame
        self._has_layers = has_layers
        self.grounds = visibility.Grounds()
        self._clips: dict[int, Box] = {}  # by the address of the last path's first segment

    def read(self, page: Any) -> None:
        """Read the objects of a page, those of its forms included, in the order of painting."""
        text_mode, fill_colour = pdfium_api.text_mode, pdfium_api.fill_colour
        draw_mode, draw_out = pdfium_api.draw_mode, (_FILL_OUT, _STROKE_OUT)
        count_marks = pdfium_api.count_marks
        clip_path, count_clip_paths = pdfium_api.clip_path, pdfium_api.count_clip_paths
        has_transparency = pdfium_api.has_transparency
        red, alpha = _RED, _ALPHA
        fill_modes, colour_out = visibility.FILL_MODES, pdfium_api.COLOUR_OUT
        dark, see = self.grounds.dark, self.texts.items.append
        handle = pdfium_api.handle(page)
        get: Callable[[int], Any] = partial(pdfium_api.page_object, handle)
        # the page, and the forms that contain the next object
        indices = iter(range(pdfium_api.count_objects(handle)))
        nested = [_Level(get, indices, self.frame.matrix, None, False)]
        while nested:
            level = nested[-1]
            get, indices, outer, clip, is_doubted = level
            is_plain = clip is None and not is_doubted
            # marks may name a layer, or give another text
            may_have_marks = self._has_layers or outer != self.frame.matrix
            is_path = False  # the object before is one, and the next is mostly of the same kind
            self.texts.runs.append((len(self.texts.items), outer))
            for k in indices:
                item = get(k)
                if is_path and draw_mode(item, *draw_out):  # it fails for all but paths
                    self._read_path(item, level)
                    continue
                is_path = False
                if text_mode(item) in fill_modes:
                    # nearly all text is dark, and neither clipped nor transparent
                    if (
                        is_plain
                        and fill_colour(item, *colour_out)
                        and red.value < _DARK
                        and alpha.value == visibility.OPAQUE
                        and count_clip_paths(clip_path(item)) < 1
                        and not has_transparency(item)
                        and not dark
                        and not (may_have_marks and count_marks(item))
                    ):
                        see(item)
                    else:
                        self._read_text(item, level)
                elif draw_mode(item, *draw_out):
                    is_path = True
                    self._read_path(item, level)
                elif (kind := pdfium_api.object_type(item)) == raw.FPDF_PAGEOBJ_TEXT:
                    self._read_text(item, level)
                elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                    self._read_image(item, level)
                elif kind == raw.FPDF_PAGEOBJ_SHADING:
                    box = displayed_bounds(item, outer)
                    self._paint(Box(*box) if box else _EVERYWHERE, None, len(self.texts.items))
                elif kind == raw.FPDF_PAGEOBJ_FORM and len(nested) < _MAX_FORM_DEPTH:
                    nested.append(self._form(item, level))
                    break
            else:
                nested.pop()

    def outer_of_replaced(self, characters: Any, index: int) -> Matrix | None:
        """Return the matrix to displayed points for a character whose place is that in its form.

        pdfium gives such places for text objects in ``replaced``. Returns None for a character
        whose place is that on the page.
        """
        text = self.replaced.get(pdfium_api.char_object(characters, index).value)
        if text is None:
            return None
        pdfium_api.char_origin(characters, index, *_ORIGIN_OUT)
        return text.outer if math.dist(_ORIGIN, text.origin) < _SAME_PLACE else None

    def _form(self, item: Any, level: _Level) -> _Level:
        """The objects of a form. A layer or transparency of the form may hide all of its text."""
        return _Level(
            partial(pdfium_api.form_object, item),
            iter(range(pdfium_api.count_form_objects(item))),
            compose(_own_matrix(item), level.outer),
            self._clip(item, level),
            level.is_doubted or pdfium_api.has_transparency(item) or self._has_layers,
        )

    def _read_path(self, item: Any, level: _Level) -> None:
        """Read a path, whose draw mode is known."""
        is_filled = _HAS_FILL.value != 0
        is_stroked = _HAS_STROKE.value != 0 and _is_visible(item, pdfium_api.stroke_colour)
        is_seen = is_stroked or (is_filled and _is_visible(item, pdfium_api.fill_colour))
        if not (is_seen or (is_filled and (self.texts.items or self.grounds.painted))):
            return  # white on white paper
        # most paths are one line or one plain rectangle: the bounds are enough for these
        box = displayed_bounds(item, level.outer)
        if box and (box[2] - box[0] <= MAX_RULE_WIDTH or box[3] - box[1] <= MAX_RULE_WIDTH):
            if is_seen:
                self._add_rules((Rule(*box),), self._clip(item, level))
            return
        is_plain = not is_stroked and pdfium_api.count_segments(item) <= _RECTANGLE
        if box and is_plain:
            rules: list[Rule] = []
            areas = [Box(*box)]
            clip = level.clip  # browsers clip each background to itself
        else:
            matrix = compose(_own_matrix(item), level.outer)
            rules, areas = rules_and_areas(item, matrix, is_filled, is_stroked)
            if not areas and not (rules and is_seen):
                return
            clip = self._clip(item, level)
        if areas:
            # several areas may form a frame around another background
            colour = pdfium_api.colour_of(item, pdfium_api.fill_colour) if len(areas) == 1 else None
            is_plain = pdfium_api.count_segments(item) <= _RECTANGLE
            earlier = len(self.texts.items) if _may_hide(colour, is_plain) else 0
            for area in areas:
                self._paint(area.intersection(clip) if clip else area, colour, earlier)
        if is_seen:
            self._add_rules(rules, clip)

    def _add_rules(self, rules: Sequence[Rule], clip: Box | None) -> None:
        if len(self.rules) < _MAX_RULES:
            self.rules += rules if clip is None else _clipped_rules(rules, clip)

    def _paint(
        self, area: Box, colour: visibility.Colour | None, earlier: int, picture: Any = None
    ) -> None:
        """Record a painted area and its colour, which is None for a picture or pattern.

        ``earlier`` is the number of text objects painted before it, which it may hide.
        """
        x0, top, x1, bottom = area
        if x1 - x0 < MAX_RULE_WIDTH or bottom - top < MAX_RULE_WIDTH:
            return
        grounds = self.grounds
        if earlier:
            grounds.covers.append(visibility.Cover(earlier, area, picture))
        darkest = 0 if colour is None else min(colour)
        if grounds.painted or darkest < visibility.OPAQUE:  # not white
            grounds.painted.append((area, colour))
            if colour and darkest < _MID and visibility.is_dark(colour):
                grounds.dark.append(area)

    def _read_text(self, item: Any, level: _Level) -> None:
        bounds = displayed_bounds(item, level.outer)
        if bounds is None:
            return
        box = Box(*bounds)
        if level.outer != self.frame.matrix and _has_other_text(item):
            *_, x, y = _own_matrix(item)
            self.replaced[item.value] = _ReplacedText((x, y), level.outer)
        clip = self._clip(item, level)
        state = visibility.state_of(item, box, clip, self.grounds, has_layers=self._has_layers)
        if state == "hidden":
            pdfium_api.set_active(item, False)
            self.hidden.append(box)
        elif state == "doubted" or level.is_doubted:
            self.doubted.append(visibility.TextInDoubt(item, box))
        else:
            self.texts.items.append(item)

    def _read_image(self, item: Any, level: _Level) -> None:
        page_pictures.refuse_huge_picture(item)
        a, b, c, d, e, f = compose(_own_matrix(item), level.outer)  # of the unit square
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        x0, top, x1, bottom = box = Box(min(xs), min(ys), max(xs), max(ys))
        thickness, length = sorted((x1 - x0, bottom - top))
        if thickness <= MAX_RULE_WIDTH < length:
            self.rules.append(Rule(*box))
        width = min(x1, self.frame.width) - max(x0, 0)
        height = min(bottom, self.frame.height) - max(top, 0)
        self.image_area += max(0.0, width) * max(0.0, height)
        clip = self._clip(item, level)
        self._paint(box.intersection(clip) if clip else box, None, len(self.texts.items), item)

    def _clip(self, item: Any, level: _Level) -> Box | None:
        """The displayed bounding box of the clips of an object and of the forms that contain it.

        None if the object is not clipped. Browsers draw a whole table on each page that
        shows a part of it, and clip the rest away.
        """
        path = pdfium_api.clip_path(item)
        count = pdfium_api.count_clip_paths(path)
        if count < 1:
            return level.clip
        key = pdfium_api.clip_segment(path, count - 1, 0).value
        clip = self._clips.get(key)
        if clip is None:
            clip = _clip_box(path, count, level.outer)
            if level.clip:
                clip = clip.intersection(level.clip)
            self._clips[key] = clip
        return clip


def _is_visible(item: Any, get_colour: Any) -> bool:
    """Does an object's fill or stroke colour leave a visible mark on white paper?"""
    if not get_colour(item, *pdfium_api.COLOUR_OUT):
        return True  # a pattern or shading, which pdfium does not describe
    return _ALPHA.value > 0 and (
        _RED.value < _WHITE or _GREEN.value < _WHITE or _BLUE.value < _WHITE
    )


def _may_hide(colour: visibility.Colour | None, is_plain: bool) -> bool:
    """May an area of a colour hide the text under it?

    A transparent area does not. A coloured area does only if it is a plain rectangle: other
    coloured shapes belong to drawn stamps, under which text stays legible.
    """
    if colour is None:  # a picture or pattern
        return True
    return colour[3] >= _HIDING and (is_plain or max(colour[:3]) - min(colour[:3]) <= _GREY)


def _has_other_text(item: Any) -> bool:
    """Does the file give another text for a text object, as browsers do for some characters?"""
    for k in range(pdfium_api.count_marks(item)):
        kind = pdfium_api.mark_value_type(pdfium_api.mark(item, k), b"ActualText")
        if kind == raw.FPDF_OBJECT_STRING:
            return True
    return False


def _own_matrix(item: Any) -> Matrix:
    """A page object's own matrix, which maps it to its page or form."""
    pdfium_api.object_matrix(item, _MATRIX_OUT)
    a, b, c, d, e, f = _MATRIX
    return a, b, c, d, e, f


# --------------------------------------------------------------------------- clips


def _clip_box(path: Any, count: int, outer: Matrix) -> Box:
    """The displayed bounding box of the intersection of ``count`` clip paths."""
    visible = _EVERYWHERE
    for k in range(count):
        xs, ys = [], []
        for i in range(min(pdfium_api.count_clip_segments(path, k), MAX_SEGMENTS)):
            x, y = displayed_point(pdfium_api.clip_segment(path, k, i), outer)
            xs.append(x)
            ys.append(y)
        if xs:
            visible = visible.intersection(Box(min(xs), min(ys), max(xs), max(ys)))
    return visible


def _clipped_rules(rules: Sequence[Rule], clip: Box) -> Iterator[Rule]:
    """The parts of rules that lie in ``clip``."""
    left, high, right, low = clip
    for rule in rules:
        x0, top, x1, bottom = rule
        if left <= x0 and high <= top and x1 <= right and bottom <= low:  # nearly all
            yield rule
        elif x0 <= right and x1 >= left and top <= low and bottom >= high:
            yield Rule(*clip.intersection(Box(*rule)))
