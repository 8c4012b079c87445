"""The first reader: characters, rules and image area of each page, through pdfium.

It makes one pass over a page's objects and one over its text. Of the readers that were
measured it costs the least CPU. The loop over the characters of every report calls pdfium as
rarely as possible: a character that continues the line of the one before shares its baseline
and font size.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2.raw as raw
from msgspec import Struct

from gongkai.extractors.pdf import pdfium_api
from gongkai.extractors.pdf.page_objects import PageObjects
from gongkai.extractors.pdf.pdfium_api import UPRIGHT, Matrix, OpenPdf, PageFrame, opened
from gongkai.extractors.pdf.visibility import Glimpse, covered, has_layers, look
from gongkai.model import Box, Char, Page

_MAX_TILT = 0.17  # tangent of 10 degrees: text at a larger angle is a watermark or stamp

_UNKNOWN = 0xFFFD  # U+FFFD: a glyph that the font maps to no character
_SPACES = frozenset((9, 32, 0xA0, 0x3000, 0xFFFE))
_LAST_CONTROL = 32
_LOW_SURROGATES = 0xDC00
# Codes that are not visible characters: spaces, control characters, halves of UTF-16 pairs.
# Control characters are mostly pdfium's own line ends; a font without a character map
# numbers its glyphs from 1.
_SPECIAL = frozenset((*range(_LAST_CONTROL + 1), *_SPACES, *range(0xD800, 0xE000)))
_ZERO, _NINE = ord("0"), ord("9")

_SMALLEST = 0.1  # points: text with a smaller font size is invisible
_DEFAULT_SIZE = 10.0  # points, where pdfium has no matrix for the character
# Limits for a character that continues a line, in font sizes of the line.
_DESCENT = 0.3  # below the baseline
_MAX_ADVANCE = 2.0  # from the left edge of the character before
_MAX_WIDTH = 1.5
_MIN_DIGIT_HEIGHT = 0.5  # lower digits are footnote signs in a smaller font size
# An ink box beyond these limits, in font sizes, is an error of the font.
_MAX_OFFSET = 2.0  # from the character's origin
_MAX_INK_WIDTH = 4.0

# One set of out-parameters for the whole process, as in pdfium_api.
_MATRIX, (_MATRIX_OUT, *_) = pdfium_api.out_array(ctypes.c_float, 6)
_BOX, _BOX_OUT = pdfium_api.out_array(ctypes.c_double, 4)  # left, right, bottom, top
_ORIGIN, _ORIGIN_OUT = pdfium_api.out_array(ctypes.c_double, 2)


class _LineState(Struct, frozen=True):
    """The line of text that a character began, which the next characters may continue.

    The fields after ``upright`` bound the ink of a character that continues the line.
    """

    origin: float = 0.0  # x of the first character's origin
    baseline: float = 0.0
    size: float = 0.0  # font size in displayed points; 0 for invisible text
    upright: bool = True
    top: float = 0.0
    foot: float = 0.0
    max_advance: float = 0.0
    max_width: float = 0.0
    min_digit_height: float = 0.0


_NO_LINE = _LineState()  # no character continues it


def read_pages(path: Path) -> list[Page]:
    """Read every page of a PDF.

    Raises UnreadableFile for a file that ``open_document`` refuses, or for a damaged page.
    """
    layers = cache(lambda: has_layers(path))
    with opened(path) as pdf:
        return [_read_page(pdf, number, layers) for number in range(1, len(pdf) + 1)]


def _read_page(pdf: OpenPdf, number: int, layers: Callable[[], bool]) -> Page:
    with pdf.page(number) as page:
        frame = PageFrame(page)
        objects = PageObjects(frame, layers)
        objects.read(page)
        glimpses = _look(pdf, page, frame, objects)  # before the text: no hidden text in it
        text = raw.FPDFText_LoadPage(page)
        try:
            return Page(
                number=number,
                width=frame.width,
                height=frame.height,
                chars=tuple(_visible_chars(text, frame, glimpses)) if text else (),
                rules=tuple(objects.rules),
                image_share=min(1.0, objects.image_area / (frame.width * frame.height)),
                reader="pdfium",
                hidden=tuple(objects.hidden),
            )
        finally:
            if text:
                raw.FPDFText_ClosePage(text)


def _look(pdf: OpenPdf, page: Any, frame: PageFrame, objects: PageObjects) -> dict[int, Glimpse]:
    """What pictures show of the text in doubt, by the addresses of text objects."""
    doubted = objects.doubted
    if objects.grounds.covers:
        doubted = doubted + covered(objects.texts, objects.grounds.covers, pdf.document.raw, page)
    if not doubted:
        return {}
    glimpses, hidden = look(page, frame, doubted)
    objects.hidden += hidden
    return glimpses


def _visible_chars(text: Any, frame: PageFrame, glimpses: dict[int, Glimpse]) -> list[Char]:
    """The characters of a text page that a person can see, in the order of the text page.

    ``glimpses`` holds what shows of text that is perhaps displayed in part.
    """
    handle = pdfium_api.handle(text)
    get_box = pdfium_api.char_box
    left_out, right_out, bottom_out, top_out = _BOX_OUT
    *turn, dx, dy = frame.matrix
    is_upright_page = tuple(turn) == UPRIGHT
    page, right_edge = Box(0, 0, frame.width, frame.height), frame.width
    found: list[Char] = []
    line, x_before = _NO_LINE, 0.0
    for k, code in enumerate(_visible_codes(text, handle)):
        if not code:
            continue
        get_box(handle, k, left_out, right_out, bottom_out, top_out)
        left, right, bottom, top = _BOX
        if is_upright_page:  # nearly all pages are; this halves the arithmetic
            x0, y0, x1, y1 = left + dx, dy - top, right + dx, dy - bottom
        else:
            x0, y0, x1, y1 = frame.box(left, bottom, right, top)
        if glimpses:
            glimpse = glimpses.get(pdfium_api.char_object(handle, k).value)
            if glimpse and not glimpse.shows(Box(x0, y0, x1, y1)):
                continue
        character = chr(code)
        # The origin and size are read only for a character that does not continue the line,
        # which saves half of all calls.
        if not (
            0 < x0 - x_before < line.max_advance
            and x1 < right_edge
            and line.top < y0 <= y1 < line.foot
            and 0 < x1 - x0 < line.max_width
            and (code > _NINE or code < _ZERO or y1 - y0 > line.min_digit_height)
        ):
            if not page.contains((x0 + x1) / 2, (y0 + y1) / 2):
                continue
            line = _read_line(handle, k, frame.matrix)
            if line is _NO_LINE:
                continue
            if _is_misplaced(x0, y0, x1, y1, line):
                x0, y0, x1, y1 = _nominal_box(character, line)
        x_before = x0
        found.append(Char(character, x0, y0, x1, y1, line.baseline, line.size, line.upright))
    return found


def _visible_codes(text: Any, handle: Any) -> list[int]:
    """The code point of each character of a text page, 0 for those that leave no ink."""
    codes = _code_units(text)
    high = 0  # the first half of a surrogate pair, which pdfium returns on some platforms
    for k in [k for k, code in enumerate(codes) if code in _SPECIAL]:
        code = codes[k]
        codes[k] = 0
        if code in _SPACES:
            continue
        if code <= _LAST_CONTROL:
            if _is_drawn(handle, k):
                codes[k] = _UNKNOWN
        elif code < _LOW_SURROGATES:
            high = code
        elif high:  # a font may map a glyph to the second half alone: then it is dropped
            codes[k] = 0x10000 + ((high - 0xD800) << 10) + (code - _LOW_SURROGATES)
            high = 0
    return codes


def _code_units(text: Any) -> list[int]:
    """The code of each character, in one call where each character has one UTF-16 unit."""
    count = raw.FPDFText_CountChars(text)
    units = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(text, 0, count, units) == count + 1:
        codes: list[int] = units[:count]
        return codes
    return [raw.FPDFText_GetUnicode(text, k) for k in range(count)]


def _is_drawn(handle: Any, index: int) -> bool:
    """Is a control character a glyph on the page, in a font without a character map?

    pdfium adds line ends itself, and marks the hyphens before them.
    """
    return not pdfium_api.is_generated(handle, index) and not pdfium_api.is_hyphen(handle, index)


def _read_line(handle: Any, index: int, page_matrix: Matrix) -> _LineState:
    """The line that begins with a character; ``_NO_LINE`` for text not of the page.

    That is a slanted watermark, or characters too small to see.
    """
    a, b, c, d, e, f = page_matrix
    size, upright = _DEFAULT_SIZE, True
    if pdfium_api.char_matrix(handle, index, _MATRIX_OUT):
        along_x, along_y, g, h, _, _ = _MATRIX
        along_x, along_y = abs(along_x), abs(along_y)
        if min(along_x, along_y) > _MAX_TILT * max(along_x, along_y):
            return _NO_LINE
        size = pdfium_api.char_size(handle, index) * math.hypot(g, h)
        if not size > _SMALLEST:
            return _NO_LINE
        upright = (along_x >= along_y) == (b == 0)
    pdfium_api.char_origin(handle, index, *_ORIGIN_OUT)
    x, y = _ORIGIN
    baseline = b * x + d * y + f
    return _LineState(
        a * x + c * y + e,
        baseline,
        size,
        upright,
        baseline - size,
        baseline + _DESCENT * size,
        _MAX_ADVANCE * size,
        _MAX_WIDTH * size,
        _MIN_DIGIT_HEIGHT * size,
    )


def _is_misplaced(x0: float, y0: float, x1: float, y1: float, line: _LineState) -> bool:
    """Is the ink box of a line's first character empty, too wide, or far from its origin?

    Type 3 fonts may give boxes in glyph space, and some glyphs have no box.
    """
    farthest = _MAX_OFFSET * line.size
    return (
        x0 == x1
        or y0 == y1
        or abs(x0 - line.origin) > farthest
        or abs(y1 - line.baseline) > farthest
        or x1 - x0 > _MAX_INK_WIDTH * line.size
    )


def _nominal_box(character: str, line: _LineState) -> Box:
    """The usual ink box of a line's first character, from its origin and size."""
    x, baseline, size = line.origin, line.baseline, line.size
    is_wide = unicodedata.east_asian_width(character) in "WF"
    width = size if is_wide else 0.5 * size
    return Box(x, baseline - 0.8 * size, x + width, baseline + 0.1 * size)
