"""pdfium as gongkai uses it: opened files, the displayed frame of a page, and fast calls.

pypdfium2's own bindings check the type of every argument and release the interpreter's lock
on every call, and a page needs thousands of calls. The functions at the end of this module
check nothing and keep the lock, at less than half the cost. Each argument must be an int in
C's range, a Handle, or a result of ``handle`` or ``out``; anything else crashes the process.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ctypes import c_double, c_float, c_int, c_uint, c_void_p
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.errors import UnreadableFile
from gongkai.model import Box
from gongkai.problems import message

# (a, b, c, d, e, f) as in a PDF: x' = a·x + c·y + e and y' = b·x + d·y + f
Matrix = tuple[float, float, float, float, float, float]
UPRIGHT = (1, 0, 0, -1)  # a to d of a page that is not rotated: only y changes its direction

# Pages whose shorter side is outside these limits, in points, may have another scale.
_SHORTEST_SIDE, _LONGEST_SIDE = 300.0, 1000.0
_TINY = 200.0  # points: a page without text is enlarged only if both sides are shorter
_USUAL_SIDE = 595.0  # points: the shorter side of A4
_USUAL_SIZE = 10.5  # points: the font size of most text in reports
_SIZE_SAMPLES = 100  # characters whose font size is looked at

_WRITTEN_ANNOTATIONS = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP)
_MOST_LOADED = 30  # pages of a file kept loaded: more than a report has, to limit memory
_MAX_PAGES = 3000  # of a file: enough for all reports of a province for one year

_kept: ContextVar[dict[Path, OpenPdf] | None] = ContextVar("_kept", default=None)

_OPEN_ERRORS = {
    raw.FPDF_ERR_FILE: "pdf_cannot_open",
    raw.FPDF_ERR_FORMAT: "pdf_damaged",
    raw.FPDF_ERR_PASSWORD: "pdf_password",
    raw.FPDF_ERR_SECURITY: "pdf_encryption",
    raw.FPDF_ERR_PAGE: "pdf_page_error",
}


def open_document(path: Path) -> pdfium.PdfDocument:
    """Open a PDF; the caller closes it.

    Raises UnreadableFile, with the reason in one sentence, for a file that is empty, not a
    PDF, truncated, locked by a password, without pages or with too many of them.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(message("cannot_read", error=error.strerror)) from error
    if not data:
        raise UnreadableFile(message("empty"))
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile(message("not_a_pdf"))
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if b"/Pages" in data and re.search(rb"/Count\s+0\b", data) and b"%%EOF" in data:
            raise UnreadableFile(message("no_pages")) from error
        code = _OPEN_ERRORS.get(getattr(error, "err_code", -1), "pdf_perhaps_damaged")
        raise UnreadableFile(message(code)) from error
    pages = len(document)
    if 0 < pages <= _MAX_PAGES:
        document.init_forms()  # so that every rendering draws form fields
        return document
    document.close()
    if pages == 0:
        raise UnreadableFile(message("no_pages"))
    raise UnreadableFile(message("too_many_pages", pages=pages, most=_MAX_PAGES))


class OpenPdf:
    """An open PDF. Its first pages stay loaded until it is closed."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self.document = document
        self._loaded: dict[int, Any] = {}
        self._texts: dict[int, Any] = {}
        self._turns: dict[int, int] = {}

    def __len__(self) -> int:
        """Return the number of pages."""
        return len(self.document)

    @contextmanager
    def page(self, number: int) -> Iterator[Any]:
        """Load a page (from 1), with its annotations and form fields as page objects.

        Raises UnreadableFile for a damaged page.
        """
        page = self._loaded.get(number) or self._load(number)
        if not page:
            raise UnreadableFile(message("damaged_page", page=number))
        if len(self._loaded) < _MOST_LOADED:
            self._loaded[number] = page
        try:
            yield page
        finally:
            if number not in self._loaded:
                self._close(number, page)

    def text(self, number: int, page: Any) -> Any:
        """Load the text of a page (from 1) for as long as the page is loaded; None if damaged."""
        if number not in self._texts:
            self._texts[number] = raw.FPDFText_LoadPage(page)
        return self._texts[number]

    def turn(self, number: int, page: Any, turns: int) -> None:
        """Show a page (from 1) upright from now on, whose content is drawn turned clockwise."""
        raw.FPDFPage_SetRotation(page, (raw.FPDFPage_GetRotation(page) - turns) % 4)
        self._turns[number] = turns
        if text := self._texts.pop(number, None):
            raw.FPDFText_ClosePage(text)

    def frame(self, number: int, page: Any) -> PageFrame:
        """Return the frame of a loaded page (from 1)."""
        return PageFrame(page, self._turns.get(number, 0))

    def _load(self, number: int) -> Any:
        page = raw.FPDF_LoadPage(self.document.raw, number - 1)
        if page and _has_written_annotations(page):
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            raw.FPDF_ClosePage(page)  # only a page that is loaded again has the new objects
            page = raw.FPDF_LoadPage(self.document.raw, number - 1)
        return page

    def close(self) -> None:
        """Close the PDF and its pages."""
        for number, page in self._loaded.items():
            self._close(number, page)
        self._loaded.clear()
        self.document.close()

    def _close(self, number: int, page: Any) -> None:
        if text := self._texts.pop(number, None):
            raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)


def _has_written_annotations(page: Any) -> bool:
    """Does a page have annotations that may show text: form fields, typed notes or stamps?"""
    for k in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, k)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in _WRITTEN_ANNOTATIONS:
            return True
    return False


@contextmanager
def opened(path: Path) -> Iterator[OpenPdf]:
    """Open a PDF; inside ``files_kept_open``, reuse it if it is open already.

    Raises UnreadableFile as ``open_document`` does.
    """
    kept = _kept.get()
    if kept is None:
        pdf = OpenPdf(open_document(path))
        try:
            yield pdf
        finally:
            pdf.close()
    else:
        if path not in kept:
            kept[path] = OpenPdf(open_document(path))
        yield kept[path]


@contextmanager
def files_kept_open() -> Iterator[None]:
    """Keep every file that is ``opened`` inside the block open, with its pages, until the end.

    Loading a page again costs as much CPU as comparing it with its text.
    """
    kept: dict[Path, OpenPdf] = {}
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        for pdf in kept.values():
            pdf.close()


class PageFrame:
    """How a page is displayed: cropped, rotated, origin at the top left.

    ``matrix`` maps PDF user space to displayed points; ``width`` and ``height`` are in points.
    A page of another scale is enlarged or reduced to about the size of A4: its points are
    ``zoom`` times those of the file. This includes pages with /UserUnit, which pdfium ignores.
    ``turns`` says by how many clockwise quarter turns its content is turned where it is displayed,
    see ``OpenPdf.turn``.
    """

    def __init__(self, page: Any, turns: int = 0) -> None:
        self._turns = turns
        rect = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, ctypes.byref(rect))
        left, right = sorted((rect.left, rect.right))
        bottom, top = sorted((rect.bottom, rect.top))
        width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
        is_usual = _SHORTEST_SIDE < min(width, height) < _LONGEST_SIDE
        self.zoom = zoom = 1.0 if is_usual else _zoom(page, width, height)
        matrix: Matrix = (  # one for each quarter turn
            (*UPRIGHT, -left, top),
            (0, 1, 1, 0, -bottom, -left),
            (-1, 0, 0, 1, right, -bottom),
            (0, -1, -1, 0, top, right),
        )[raw.FPDFPage_GetRotation(page) % 4]
        self.matrix = matrix if is_usual else compose(matrix, (zoom, 0, 0, zoom, 0, 0))
        # a damaged page may have no area, and callers divide by it
        self.width = max(1.0, zoom * width)
        self.height = max(1.0, zoom * height)

    @property
    def to_displayed(self) -> Matrix | None:
        """The transform to points of the file, as in ``Page.to_displayed``; None if no change."""
        if self.zoom == 1.0 and not self._turns:
            return None
        point = 1 / self.zoom
        width, height = point * self.width, point * self.height
        return (
            (point, 0, 0, 0, point, 0),
            (0, -point, height, point, 0, 0),
            (-point, 0, width, 0, -point, height),
            (0, point, 0, -point, 0, width),
        )[self._turns]


def displayed_box(outer: Matrix, x0: float, y0: float, x1: float, y1: float) -> Box:
    """Return the displayed box of a rectangle given by two opposite corners, by its matrix."""
    a, b, c, d, e, f = outer
    xs, ys = (a * x0 + c * y0 + e, a * x1 + c * y1 + e), (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _zoom(page: Any, width: float, height: float) -> float:
    """The factor that enlarges or reduces a page of this size (points) to the size of A4.

    It is 1 if the page's font size is closer to the usual one without it. The factor depends on
    the page size alone, so that a table has the same width on all pages of a file.
    """
    zoom = _USUAL_SIDE / max(min(width, height), 1.0)
    size = _usual_font_size(page)
    if size is None:
        return zoom if max(width, height) < _TINY else 1.0
    unlike = abs(math.log(size / _USUAL_SIZE))
    return zoom if abs(math.log(zoom * size / _USUAL_SIZE)) < unlike else 1.0


def _usual_font_size(page: Any) -> float | None:
    """The median font size of a page's text in points; None if it has no text."""
    text = raw.FPDFText_LoadPage(page)
    if not text:
        return None
    characters = handle(text)
    sizes = []
    count = raw.FPDFText_CountChars(text)
    for k in range(0, count, count // _SIZE_SAMPLES + 1):
        if char_matrix(characters, k, _MATRIX_OUT):
            size = char_size(characters, k) * math.hypot(_MATRIX[2], _MATRIX[3])
            if size > 0:
                sizes.append(size)
    raw.FPDFText_ClosePage(text)
    return median(sizes) if sizes else None


def compose(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that applies ``inner`` first and ``outer`` second."""
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


class Handle(c_void_p):
    """A pointer to an object of pdfium; false if it is null."""


def _unchecked(function: Any, result: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, c_void_p).value
    call: Callable[..., Any] = ctypes.PYFUNCTYPE(result)(address or 0)
    return call


def handle(pointer: Any) -> Any:
    """Return a pypdfium2 handle as an argument for the unchecked functions of this module."""
    return c_void_p.from_param(ctypes.cast(pointer, c_void_p).value)


def out(value: Any) -> Any:
    """Return a ctypes value as an out-parameter for the unchecked functions of this module."""
    return ctypes.byref(value)


def out_array(kind: type[c_double] | type[c_float], count: int) -> tuple[memoryview[float], Any]:
    """Return an array of out-parameters: a view of its numbers, and an argument for each.

    A function that fills a structure of all these numbers takes only the first argument.
    """
    array = (kind * count)()
    size = ctypes.sizeof(kind)
    view = memoryview(array).cast("B").cast("d" if kind is c_double else "f")
    return view, tuple(ctypes.byref(array, k * size) for k in range(count))


char_box = _unchecked(raw.FPDFText_GetCharBox, c_int)
loose_char_box = _unchecked(raw.FPDFText_GetLooseCharBox, c_int)
char_origin = _unchecked(raw.FPDFText_GetCharOrigin, c_int)
char_matrix = _unchecked(raw.FPDFText_GetMatrix, c_int)
char_size = _unchecked(raw.FPDFText_GetFontSize, c_double)
is_generated = _unchecked(raw.FPDFText_IsGenerated, c_int)
is_hyphen = _unchecked(raw.FPDFText_IsHyphen, c_int)
char_object = _unchecked(raw.FPDFText_GetTextObject, Handle)

count_objects = _unchecked(raw.FPDFPage_CountObjects, c_int)
page_object = _unchecked(raw.FPDFPage_GetObject, Handle)
count_form_objects = _unchecked(raw.FPDFFormObj_CountObjects, c_int)
form_object = _unchecked(raw.FPDFFormObj_GetObject, Handle)
object_type = _unchecked(raw.FPDFPageObj_GetType, c_int)
object_matrix = _unchecked(raw.FPDFPageObj_GetMatrix, c_int)
object_bounds = _unchecked(raw.FPDFPageObj_GetBounds, c_int)
fill_colour = _unchecked(raw.FPDFPageObj_GetFillColor, c_int)
stroke_colour = _unchecked(raw.FPDFPageObj_GetStrokeColor, c_int)
stroke_width = _unchecked(raw.FPDFPageObj_GetStrokeWidth, c_int)
text_mode = _unchecked(raw.FPDFTextObj_GetTextRenderMode, c_int)
has_transparency = _unchecked(raw.FPDFPageObj_HasTransparency, c_int)
set_active = _unchecked(raw.FPDFPageObj_SetIsActive, c_int)
count_marks = _unchecked(raw.FPDFPageObj_CountMarks, c_int)
mark = _unchecked(raw.FPDFPageObj_GetMark, Handle)
mark_name = _unchecked(raw.FPDFPageObjMark_GetName, c_int)
mark_value_type = _unchecked(raw.FPDFPageObjMark_GetParamValueType, c_int)

draw_mode = _unchecked(raw.FPDFPath_GetDrawMode, c_int)
count_segments = _unchecked(raw.FPDFPath_CountSegments, c_int)
path_segment = _unchecked(raw.FPDFPath_GetPathSegment, Handle)
segment_type = _unchecked(raw.FPDFPathSegment_GetType, c_int)
segment_point = _unchecked(raw.FPDFPathSegment_GetPoint, c_int)
segment_closes = _unchecked(raw.FPDFPathSegment_GetClose, c_int)

clip_path = _unchecked(raw.FPDFPageObj_GetClipPath, Handle)
count_clip_paths = _unchecked(raw.FPDFClipPath_CountPaths, c_int)
count_clip_segments = _unchecked(raw.FPDFClipPath_CountPathSegments, c_int)
clip_segment = _unchecked(raw.FPDFClipPath_GetPathSegment, Handle)

# One set of out-parameters for the whole process: a new one costs more than a call.
_MATRIX, (_MATRIX_OUT, *_) = out_array(c_float, 6)
BOUNDS, BOUNDS_OUT = out_array(c_float, 4)
COLOUR = tuple(c_uint() for _ in range(4))  # red, green, blue, alpha; each 0 to 255
COLOUR_OUT = tuple(map(out, COLOUR))


def displayed_bounds(item: Any, outer: Matrix) -> tuple[float, float, float, float] | None:
    """Return x0, top, x1, bottom of a page object as displayed; None if it has no bounds.

    ``outer`` maps the object's page or form to displayed points.
    """
    if not object_bounds(item, *BOUNDS_OUT):
        return None
    x0, y0, x1, y1 = BOUNDS
    a, b, c, d, e, f = outer
    u0, v0, u1, v1 = a * x0 + e, d * y0 + f, a * x1 + e, d * y1 + f
    if b or c:  # on few pages
        u0, v0, u1, v1 = u0 + c * y0, v0 + b * x0, u1 + c * y1, v1 + b * x1
    if u0 > u1:
        u0, u1 = u1, u0
    if v0 > v1:
        v0, v1 = v1, v0
    return u0, v0, u1, v1


def colour_of(item: Any, get_colour: Callable[..., Any]) -> tuple[int, ...] | None:
    """Return a page object's fill or stroke colour as red, green, blue, alpha (0 to 255 each).

    Returns None for a pattern or shading, whose colour pdfium does not report.
    """
    return tuple([part.value for part in COLOUR]) if get_colour(item, *COLOUR_OUT) else None
