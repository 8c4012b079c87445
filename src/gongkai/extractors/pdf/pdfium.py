"""The first reader: characters, rules and image area of each page, through pdfium.

It makes one pass over a page's objects and one over its text. It uses the least CPU of the
readers that were measured. The loop over characters calls pdfium as rarely as possible: a
character that continues a line gets the baseline and font size of that line.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
import unicodedata
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2.raw as raw
from msgspec import Struct

from gongkai.extractors.pdf import pdfium_api
from gongkai.extractors.pdf.page_objects import PageObjects
from gongkai.extractors.pdf.pdfium_api import UPRIGHT, Matrix, OpenPdf, PageFrame, opened
from gongkai.extractors.pdf.visibility import Glimpse, covered, look
from gongkai.model import Box, Char, Page

_LAYERS = b"/OCProperties"
_OBJECT_STREAM = re.compile(rb"/ObjStm\b[^\0]{0,200}?\bstream\r?\n")
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
_AFTER_ASCII = 127
_FIRST_CHINESE = 0x4E00

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
# A space, in font sizes: it is wider than what kerning and justification add between digits.
_MIN_SPACE = 0.14
# A page is turned if this share of its characters is. A sample of a few tells most pages apart.
_NEARLY_ALL = 0.8
_FEW_SAMPLES, _SAMPLES = 20, 200
_ABOVE = 0.5  # font sizes below the baseline: the ink of text that is upside down
_SPACING_WINDOW = 24  # characters on each side from which letter spacing is measured

# One set of out-parameters for the whole process, as in pdfium_api.
_MATRIX, (_MATRIX_OUT, *_) = pdfium_api.out_array(ctypes.c_float, 6)
_BOX, _BOX_OUT = pdfium_api.out_array(ctypes.c_double, 4)  # left, right, bottom, top
_BOX_VALUES = struct.Struct("4d")  # unpacks faster than the view
_ORIGIN, _ORIGIN_OUT = pdfium_api.out_array(ctypes.c_double, 2)
_ADVANCE, (_ADVANCE_OUT, *_) = pdfium_api.out_array(ctypes.c_float, 4)  # left, top, right, bottom


class _LineState(Struct, frozen=True, gc=False):
    """A line of text, from its first character, which the next characters may continue.

    The fields after ``upright`` are limits for the ink box of a character that continues it.
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

    Raises UnreadableFile for a damaged page, and for a file that ``open_document`` refuses.
    """
    with opened(path) as pdf:
        layers = may_have_layers(path)
        return [_read_page(pdf, number, has_layers=layers) for number in range(1, len(pdf) + 1)]


def may_have_layers(path: Path) -> bool:
    """Return whether a PDF has, or may have, layers (optional-content groups).

    A file with layers has the name /OCProperties in its plain bytes or in an object stream. If
    an object stream cannot be decompressed, as in encrypted files, the file may have layers.
    """
    data = path.read_bytes()
    if _LAYERS in data:
        return True
    view = memoryview(data)
    for stream in _OBJECT_STREAM.finditer(data):
        try:
            if _LAYERS in zlib.decompressobj().decompress(view[stream.end() :]):
                return True
        except zlib.error:
            return True
    return False


def _read_page(pdf: OpenPdf, number: int, *, has_layers: bool) -> Page:
    """Read a page; content that is drawn turned on it is read upright."""
    with pdf.page(number) as page:
        found = _read_loaded(pdf, number, page, has_layers=has_layers)
        if _may_be_turned(found.chars) and (turns := _turns(pdf, number, page)):
            pdf.turn(number, page, turns)
            found = _read_loaded(pdf, number, page, has_layers=has_layers)
        return found


def _read_loaded(pdf: OpenPdf, number: int, page: Any, *, has_layers: bool) -> Page:
    frame = pdf.frame(number, page)
    objects = PageObjects(frame, has_layers=has_layers)
    objects.read(page)
    glimpses = _look(pdf, page, frame, objects)  # before the text: no hidden text in it
    text = pdf.text(number, page)
    remains: list[Box] = []
    return Page(
        number=number,
        width=frame.width,
        height=frame.height,
        chars=tuple(_visible_chars(text, objects, glimpses, remains)) if text else (),
        rules=tuple(objects.rules),
        image_share=min(1.0, objects.image_area / (frame.width * frame.height)),
        reader="pdfium",
        to_displayed=frame.to_displayed,
        hidden=tuple(objects.hidden),
        remains=tuple(remains),
    )


def _may_be_turned(chars: Sequence[Char]) -> bool:
    """Are most characters of a sample on their side, or upside down?"""
    sample = chars[:: len(chars) // _FEW_SAMPLES + 1]
    upright = [c for c in sample if c.upright and c.bottom - c.baseline < _ABOVE * c.size]
    return 2 * len(upright) < len(sample)


def _turns(pdf: OpenPdf, number: int, page: Any) -> int:
    """The clockwise quarter turns, on the displayed page, of nearly all of its text; else 0."""
    text = pdf.text(number, page)
    handle = pdfium_api.handle(text)
    a, b, c, d, _, _ = pdf.frame(number, page).matrix
    counts = [0, 0, 0, 0]
    count = raw.FPDFText_CountChars(text)
    for k in range(0, count, count // _SAMPLES + 1):
        is_printed = not pdfium_api.is_generated(handle, k)
        if is_printed and pdfium_api.char_matrix(handle, k, _MATRIX_OUT) and any(_MATRIX[:2]):
            x, y = _MATRIX[:2]
            along = math.atan2(b * x + d * y, a * x + c * y)
            counts[round(along / (math.pi / 2)) % 4] += 1
    most = max(counts)
    return counts.index(most) if most > _NEARLY_ALL * sum(counts) else 0


def _look(pdf: OpenPdf, page: Any, frame: PageFrame, objects: PageObjects) -> dict[int, Glimpse]:
    """Render the text in doubt; return what is visible, by the address of the text object."""
    doubted = objects.doubted
    if objects.grounds.covers:
        doubted = doubted + covered(objects.texts, objects.grounds.covers, pdf.document.raw, page)
    if not doubted:
        return {}
    glimpses, hidden = look(page, frame, doubted)
    objects.hidden += hidden
    return glimpses


def _visible_chars(
    text: Any, drawn: PageObjects, glimpses: dict[int, Glimpse], remains: list[Box]
) -> list[Char]:
    """The characters of a text page that a person can see, in the order of the text page.

    ``glimpses`` holds what is visible of text that may be displayed in part. The boxes of digits
    of which only an edge is visible are added to ``remains``.
    """
    handle, frame = pdfium_api.handle(text), drawn.frame
    get_box, unpack = pdfium_api.char_box, _BOX_VALUES.unpack
    left_out, right_out, bottom_out, top_out = _BOX_OUT
    *turn, dx, dy = frame.matrix
    is_upright_page = tuple(turn) == UPRIGHT
    page, right_edge = Box(0, 0, frame.width, frame.height), frame.width
    found: list[Char] = []
    line, x_before, k_before = _NO_LINE, 0.0, 0
    codes = _visible_codes(text, handle)
    outer, may_move = None, bool(drawn.replaced)
    for k, code in enumerate(codes):
        if not code:
            continue
        get_box(handle, k, left_out, right_out, bottom_out, top_out)
        left, right, bottom, top = unpack(_BOX)
        if may_move and (outer := drawn.outer_of_replaced(handle, k)):
            codes[k] = _FIRST_CHINESE  # so that no space is measured beside it
        if is_upright_page and not outer:  # nearly all pages are; this halves the arithmetic
            x0, y0, x1, y1 = left + dx, dy - top, right + dx, dy - bottom
        else:
            matrix = outer or frame.matrix
            x0, y0, x1, y1 = pdfium_api.displayed_box(matrix, left, bottom, right, top)
        if glimpses:
            glimpse = glimpses.get(pdfium_api.char_object(handle, k).value)
            if glimpse and not glimpse.shows(box := Box(x0, y0, x1, y1)):
                if chr(code).isdecimal() and glimpse.shows_edge(box):
                    remains.append(box)
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
            line = _read_line(handle, k, frame, outer or frame.matrix)
            if line is _NO_LINE:
                continue
            if _is_misplaced(x0, y0, x1, y1, line):
                x0, y0, x1, y1 = _nominal_box(character, line)
        spaced = None
        if codes[k] < _AFTER_ASCII and x0 > x_before and codes[k_before] < _AFTER_ASCII:
            if k == k_before + 1:
                spaced = False
            elif x0 - x_before < line.max_advance:
                spaced = _is_spaced(handle, codes, (k_before, k), frame, line.size)
        x_before, k_before = x0, k
        found.append(
            Char(character, x0, y0, x1, y1, line.baseline, line.size, line.upright, None, spaced)
        )
    return found


def _visible_codes(text: Any, handle: Any) -> list[int]:
    """The code point of each character of a text page, 0 for a character without ink."""
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
        elif high:  # a second half without a first one, from a wrong font map, is dropped
            codes[k] = 0x10000 + ((high - 0xD800) << 10) + (code - _LOW_SURROGATES)
            high = 0
    return codes


def _is_spaced(
    handle: Any, codes: Sequence[int], pair: tuple[int, int], frame: PageFrame, size: float
) -> bool | None:
    """Is there a printed space between two Latin letters or digits that pdfium separates?

    The gap is measured from the end of the first one's advance width, not of its ink: in many
    fonts, half of the width of a 1 is blank. Unless the file has a space there, the letter
    spacing of the line is subtracted. Returns None if the font has no widths.
    """
    before, k = pair
    first, second = _advance(handle, before, frame), _advance(handle, k, frame)
    if first.x1 <= first.x0:
        return None
    space = second.x0 - first.x1
    if space > _MIN_SPACE * size and all(
        pdfium_api.is_generated(handle, j) for j in range(before + 1, k)
    ):
        space -= _letter_spacing(handle, codes, k, frame)
    return space > _MIN_SPACE * size


def _letter_spacing(handle: Any, codes: Sequence[int], k: int, frame: PageFrame) -> float:
    """The letter spacing, in points, of the Latin letters and digits near a character.

    It is that of the line's Chinese characters, unless two letters or digits are closer: then
    only the Chinese is stretched to justify the line.
    """
    window = range(max(0, k - _SPACING_WINDOW), min(len(codes), k + _SPACING_WINDOW))
    near = [(codes[j], _advance(handle, j, frame)) for j in window if codes[j]]
    middle = _advance(handle, k, frame).middle[1]
    line = [(code, box) for code, box in near if box.top < middle < box.bottom]
    latin, chinese = [], []
    for (code, box), (next_code, next_box) in pairwise(line):
        if max(code, next_code) < _AFTER_ASCII:
            latin.append(next_box.x0 - box.x1)
        elif min(code, next_code) >= _FIRST_CHINESE:
            chinese.append(next_box.x0 - box.x1)
    least = min(latin, default=0.0)
    if not chinese:
        return least if len(latin) > 1 else 0.0
    typical = median(chinese)
    return typical if least >= typical / 2 else 0.0


def _advance(handle: Any, k: int, frame: PageFrame) -> Box:
    """The displayed box as wide as a character's advance width and as high as its font."""
    pdfium_api.loose_char_box(handle, k, _ADVANCE_OUT)
    left, top, right, bottom = _ADVANCE
    return pdfium_api.displayed_box(frame.matrix, left, bottom, right, top)


def _code_units(text: Any) -> list[int]:
    """The code of each character, read in one call if each has a single UTF-16 unit."""
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


def _read_line(handle: Any, index: int, frame: PageFrame, outer: Matrix) -> _LineState:
    """The line that begins with a character; ``_NO_LINE`` for text to be ignored.

    Ignored are slanted watermarks and characters that are too small to see. ``outer`` maps the
    character's origin to displayed points.
    """
    a, b, c, d, e, f = outer
    size, upright = _DEFAULT_SIZE, True
    if pdfium_api.char_matrix(handle, index, _MATRIX_OUT):
        along_x, along_y, g, h, _, _ = _MATRIX
        along_x, along_y = abs(along_x), abs(along_y)
        if along_x and along_y and min(along_x, along_y) > _MAX_TILT * max(along_x, along_y):
            return _NO_LINE
        size = frame.zoom * pdfium_api.char_size(handle, index) * math.hypot(g, h)
        if not size > _SMALLEST:
            return _NO_LINE
        upright = (along_x >= along_y) == (frame.matrix[1] == 0)
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
    """A typical ink box for a line's first character, from its origin and font size."""
    x, baseline, size = line.origin, line.baseline, line.size
    is_wide = unicodedata.east_asian_width(character) in "WF"
    width = size if is_wide else 0.5 * size
    return Box(x, baseline - 0.8 * size, x + width, baseline + 0.1 * size)
