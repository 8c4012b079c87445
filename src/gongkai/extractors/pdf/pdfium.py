"""The first reader: characters, rules and picture area of each page, through pdfium.

One pass over a page's text and one over its objects. Measured against the
alternatives in the design, it is the cheapest honest reader there is.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.errors import UnreadableFile
from gongkai.extractors.pdf import pdfium_calls
from gongkai.extractors.pdf.paths import (
    Matrix,
    bounds,
    clip_box,
    compose,
    object_matrix,
    path_marks,
    picture_rule,
    within,
)
from gongkai.model import Box, Char, Page, Rule

_UNKNOWN = 0xFFFD  # ink whose character nobody knows is no blank
# line ends are mostly pdfium's own; a font without a map numbers its letters from 1 on
_BLANK = frozenset((9, 32, 0xA0, 0x3000, 0xFFFE))
_ODD = frozenset((*range(33), *_BLANK, *range(0xD800, 0xE000)))  # the last are halves of UTF-16
_WHITE = 250  # fill components from here on count as white: nothing a person sees
_MAX_FORM_DEPTH = 12
_MOST_PAGES = 3000  # a year's reports of a whole province, bound in one
ASLANT = 0.17  # tangent of 10 degrees: text leaning more is a watermark or stamp
# text render modes that fill the letters or draw their outlines; the others leave no mark
_FILL = raw.FPDF_TEXTRENDERMODE_FILL
_FILLED = (
    _FILL,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
    raw.FPDF_TEXTRENDERMODE_FILL_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
)
_STROKED = (
    raw.FPDF_TEXTRENDERMODE_STROKE,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
    raw.FPDF_TEXTRENDERMODE_STROKE_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
)

_OPEN_ERRORS = {
    raw.FPDF_ERR_FILE: "文件打不开",
    raw.FPDF_ERR_FORMAT: "不是PDF文件，或已损坏、被截断",
    raw.FPDF_ERR_PASSWORD: "需要密码才能打开",
    raw.FPDF_ERR_SECURITY: "使用了不支持的加密方式",
    raw.FPDF_ERR_PAGE: "页面找不到或内容有误",
}


def read_pages(path: Path) -> list[Page]:
    """Read every page of a PDF.

    Raises UnreadableFile for a file that is empty, not a PDF, truncated,
    locked by a password, or without pages.
    """
    document = open_document(path)
    try:
        return [_read_page(document, number) for number in range(1, len(document) + 1)]
    finally:
        document.close()


def open_document(path: Path) -> pdfium.PdfDocument:
    """Open a PDF, or raise UnreadableFile with the reason in one sentence."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"文件读不出：{error.strerror}") from error
    if not data:
        raise UnreadableFile("文件是空的")
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile("不是PDF文件")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if b"/Pages" in data and re.search(rb"/Count\s+0\b", data) and b"%%EOF" in data:
            raise UnreadableFile("文件里没有页面") from error
        reason = _OPEN_ERRORS.get(getattr(error, "err_code", -1), "文件打不开，可能已损坏")
        raise UnreadableFile(reason) from error
    pages = len(document)
    if 0 < pages <= _MOST_PAGES:
        return document
    document.close()
    if pages == 0:
        raise UnreadableFile("文件里没有页面")
    raise UnreadableFile(f"有 {pages} 页，超过 {_MOST_PAGES} 页：不像年度报告，请拆分后再导入")


def is_plain(path: Path, number: int) -> bool:
    """Is a page (from 1) displayed as it is written: neither on its side nor cropped?"""
    document = open_document(path)
    try:
        page = document[number - 1]
        return bool(page.get_rotation() % 180 == 0 and page.get_cropbox() == page.get_mediabox())
    finally:
        document.close()


def _read_page(document: pdfium.PdfDocument, number: int) -> Page:
    handle = raw.FPDF_LoadPage(document.raw, number - 1)
    if not handle:
        raise UnreadableFile(f"第{number}页已损坏，读不出")
    try:
        frame = _Frame(handle)
        objects = _Objects(handle, frame)
        return Page(
            number=number,
            width=frame.width,
            height=frame.height,
            chars=_chars(handle, frame, objects),
            rules=tuple(objects.rules),
            image_share=min(1.0, objects.image_area / (frame.width * frame.height)),
            reader="pdfium",
        )
    finally:
        raw.FPDF_ClosePage(handle)


class _Frame:
    """Turns the PDF's user space into the page as displayed, origin top left."""

    def __init__(self, page: Any) -> None:
        rect = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, ctypes.byref(rect))
        left, right = sorted((rect.left, rect.right))
        bottom, top = sorted((rect.bottom, rect.top))
        # x' = a·x + c·y + e and y' = b·x + d·y + f, one case per quarter turn
        self.matrix: Matrix = (
            (1, 0, 0, -1, -left, top),
            (0, 1, 1, 0, -bottom, -left),
            (-1, 0, 0, 1, right, -bottom),
            (0, -1, -1, 0, top, right),
        )[raw.FPDFPage_GetRotation(page) % 4]
        # a damaged page may have no area: no division by it, please
        self.width = max(1.0, raw.FPDF_GetPageWidthF(page))
        self.height = max(1.0, raw.FPDF_GetPageHeightF(page))

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        a, b, c, d, e, f = self.matrix
        u0, v0 = a * x0 + c * y0 + e, b * x0 + d * y0 + f
        u1, v1 = a * x1 + c * y1 + e, b * x1 + d * y1 + f
        return Box(min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1))


# ---------------------------------------------------------------- characters


def _chars(page: Any, frame: _Frame, objects: _Objects) -> tuple[Char, ...]:
    """The characters a person can see."""
    hidden = objects.hidden
    # what browsers clip away of a table's text lies beyond what they clip its rules to
    top_of_clip, end_of_clip = objects.clip_top, objects.clip_bottom
    is_clipped = top_of_clip < end_of_clip
    text = raw.FPDFText_LoadPage(page)
    if not text:
        return ()
    found: list[Char] = []
    text_at = pdfium_calls.handle(text)
    get_box, get_origin = pdfium_calls.char_box, pdfium_calls.char_origin
    left_at, right_at, bottom_at, top_at = _BOX_AT
    a, b, c, d, e, f = frame.matrix
    turned = bool(b)  # the page is displayed with a quarter turn
    upright_page = (a, b, c, d) == (1, 0, 0, -1)
    upright = True
    x_before = baseline = size = 0.0  # of the character before; size 0 where it was unseen
    line_top = line_foot = reach = widest = lowest = 0.0  # what shares its line
    high = 0
    try:
        for k, unit in enumerate(_codes(text)):
            code = unit
            if code in _ODD:
                if code in _BLANK:
                    continue
                if code <= 32:
                    if not _is_drawn(text_at, k):
                        continue
                    code = _UNKNOWN
                elif code < 0xDC00:  # pdfium hands out UTF-16 halves on some platforms
                    high = code
                    continue
                elif not high:  # the second half of nothing: a font lies
                    continue
                else:
                    code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
            if hidden and pdfium_calls.char_object(text_at, k).value in hidden:
                continue
            get_box(text_at, k, left_at, right_at, bottom_at, top_at)
            left, right, bottom, top = _BOX
            if upright_page:  # nearly all are: half the arithmetic
                u0, v0, u1, v1 = left + e, f - top, right + e, f - bottom
            else:
                u0, v0, u1, v1 = frame.box(left, bottom, right, top)
            if is_clipped and not top_of_clip <= (v0 + v1) / 2 <= end_of_clip:
                clip = clip_box(pdfium_calls.char_object(text_at, k), frame.matrix)
                if clip is not None and not clip.top <= (v0 + v1) / 2 <= clip.bottom:
                    continue
            character = chr(code)
            # A character whose ink goes on where the one before left off shares its line;
            # any other is asked for its origin and size. Half of all calls are saved so.
            if not (
                0 < u0 - x_before < reach
                and line_top < v0 <= v1 < line_foot
                and 0 < u1 - u0 < widest
                and (code > 57 or code < 48 or v1 - v0 > lowest)  # a footnote's sign is low
            ):
                get_origin(text_at, k, *_ORIGIN_AT)
                x, y = _ORIGIN
                ox, baseline = a * x + c * y + e, b * x + d * y + f
                size, upright = _displayed_size(text_at, k, turned)
                line_top, line_foot = baseline - size, baseline + 0.3 * size
                reach, widest, lowest = 2 * size, 1.5 * size, 0.5 * size
                if size == 0:
                    continue
                # Type 3 fonts may give boxes in glyph space, and some glyphs have none
                if (
                    u0 == u1
                    or v0 == v1
                    or abs(u0 - ox) > 2 * size
                    or abs(v1 - baseline) > 2 * size
                    or u1 - u0 > 4 * size
                ):
                    u0, v0, u1, v1 = _nominal_box(character, ox, baseline, size)
            x_before = u0
            found.append(Char(character, u0, v0, u1, v1, baseline, size, upright))
        return tuple(found)
    finally:
        raw.FPDFText_ClosePage(text)


def _is_drawn(text: Any, index: int) -> bool:
    """Is a control character a letter of the page, its font without a map to characters?

    pdfium itself makes line ends, and marks hyphens at them.
    """
    return not pdfium_calls.is_generated(text, index) and not pdfium_calls.is_hyphen(text, index)


def _codes(text: Any) -> list[int]:
    """The code of each character: all in one call, where the text has one unit for each."""
    count = raw.FPDFText_CountChars(text)
    units = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(text, 0, count, units) == count + 1:
        return list(units[:count])
    return [raw.FPDFText_GetUnicode(text, k) for k in range(count)]


# One set of out-parameters for the whole process: a worker reads one page at a time,
# and making them anew for each call costs more than the call.
_MATRIX, (_MATRIX_AT, *_) = pdfium_calls.numbers(ctypes.c_float, 6)
_COLOUR = tuple(ctypes.c_uint() for _ in range(4))
_COLOUR_AT = tuple(pdfium_calls.into(part) for part in _COLOUR)
_HAS_FILL, _HAS_STROKE = ctypes.c_int(), ctypes.c_int()
_FILL_AT, _STROKE_AT = pdfium_calls.into(_HAS_FILL), pdfium_calls.into(_HAS_STROKE)
_BOX, _BOX_AT = pdfium_calls.numbers(ctypes.c_double, 4)  # left, right, bottom, top
_ORIGIN, _ORIGIN_AT = pdfium_calls.numbers(ctypes.c_double, 2)


def _displayed_size(text: Any, index: int, turned: bool) -> tuple[float, bool]:
    """Font size as displayed, and whether the letter stands upright.

    The size is 0 for text no reader of the page takes in: a watermark written aslant,
    or letters without size.
    """
    if not pdfium_calls.char_matrix(text, index, _MATRIX_AT):
        return 10.0, True
    a, b, c, d, _, _ = _MATRIX
    a, b = abs(a), abs(b)
    if min(a, b) > ASLANT * max(a, b):
        return 0.0, True
    size: float = pdfium_calls.char_size(text, index) * math.hypot(c, d)
    return size if size > 0.1 else 0.0, (a >= b) != turned


def _nominal_box(character: str, x: float, y: float, size: float) -> Box:
    wide = unicodedata.east_asian_width(character) in "WF"
    return Box(x, y - 0.8 * size, x + (size if wide else 0.5 * size), y + 0.1 * size)


# ------------------------------------------------------------------- objects


class _Objects:
    """Walks a page's objects once for rules, pictures and text nobody can see."""

    def __init__(self, page: Any, frame: _Frame) -> None:
        self.frame = frame
        self.rules: list[Rule] = []
        self.image_area = 0.0
        self.hidden: set[int] = set()
        # between which heights the page's rules are clipped; far apart where they are not
        self.clip_top, self.clip_bottom = math.inf, -math.inf
        self._shades: list[Box] = []  # areas on which white letters can be read
        self._walk(
            pdfium_calls.count_objects(pdfium_calls.handle(page)),
            partial(pdfium_calls.page_object, pdfium_calls.handle(page)),
            frame.matrix,
        )

    def _walk(self, count: int, get: Any, outer: Matrix, depth: int = 1) -> None:
        """Look at each of ``count`` objects; ``outer`` carries them onto displayed points."""
        text_mode, fill_colour = pdfium_calls.text_mode, pdfium_calls.fill_colour
        red, _, _, alpha = _COLOUR
        for k in range(count):
            item = get(k)
            # nearly all are text filled with a dark colour: told with the fewest calls
            if (
                text_mode(item) == _FILL
                and fill_colour(item, *_COLOUR_AT)
                and red.value < _WHITE
                and alpha.value > 0
            ):
                continue
            kind = pdfium_calls.object_type(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._text(item, outer)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(item, outer)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._image(compose(object_matrix(item), outer))
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
                self._walk(
                    pdfium_calls.count_form_objects(item),
                    partial(pdfium_calls.form_object, item),
                    compose(object_matrix(item), outer),
                    depth + 1,
                )

    def _path(self, item: Any, outer: Matrix) -> None:
        pdfium_calls.draw_mode(item, _FILL_AT, _STROKE_AT)
        filled = bool(_HAS_FILL.value) and _paints(item, pdfium_calls.fill_colour)
        stroked = bool(_HAS_STROKE.value) and _paints(item, pdfium_calls.stroke_colour)
        if not (filled or stroked):
            return
        rules, areas = path_marks(item, outer, filled, stroked)
        if rules:
            clip = clip_box(item, outer)
            self.rules += within(rules, clip)
            if clip is not None:
                self.clip_top = min(self.clip_top, clip.top)
                self.clip_bottom = max(self.clip_bottom, clip.bottom)
        self._shades += areas

    def _text(self, item: Any, outer: Matrix) -> None:
        mode = pdfium_calls.text_mode(item)
        seen = mode in _FILLED and (
            _paints(item, pdfium_calls.fill_colour) or self._shaded(item, outer)
        )
        if not seen and not (mode in _STROKED and _paints(item, pdfium_calls.stroke_colour)):
            self.hidden.add(item.value)

    def _shaded(self, item: Any, outer: Matrix) -> bool:
        """Does white text stand on an area painted before it, such as a table's dark header?"""
        box = bounds(item, outer)
        if box is None:
            return False
        x, y = Box(*box).middle
        return any(shade.holds(x, y) for shade in self._shades)

    def _image(self, matrix: Matrix) -> None:
        a, b, c, d, e, f = matrix  # a picture fills the unit square
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        box = Box(min(xs), min(ys), max(xs), max(ys))
        rule = picture_rule(box)
        if rule is not None:
            self.rules.append(rule)
        width = min(box.x1, self.frame.width) - max(box.x0, 0)
        height = min(box.bottom, self.frame.height) - max(box.top, 0)
        self.image_area += max(0.0, width) * max(0.0, height)


def _paints(item: Any, get_colour: Any) -> bool:
    """Does the colour leave a mark a person can see on white paper?"""
    if not get_colour(item, *_COLOUR_AT):
        return True  # a pattern or shading: visible as far as anybody knows
    red, green, blue, alpha = _COLOUR
    return alpha.value > 0 and (red.value < _WHITE or green.value < _WHITE or blue.value < _WHITE)
