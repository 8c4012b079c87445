"""Pictures of parts of displayed pages as arrays: what a person sees, whatever the text says."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as raw

from gongkai.errors import UnreadableFile
from gongkai.extractors.pdf.pdfium_api import OpenPdf, opened
from gongkai.model import Box

Pixels = npt.NDArray[np.uint8]

_MOST_PIXELS = 4_000_000  # of one picture: a page of poster size must not exhaust the memory
_WHITE = 255
_SMALLEST_SCALE = 1e-3  # pixels a point
_FINE = 1_000_000  # parts of a page's width and height, to turn points into user space
LEAST_INK = 60  # of 255: a pixel with less contrast to the paper is not ink


class Window(NamedTuple):
    """A part of a page (from 1) around the point (x, y), at ``scale`` pixels a point."""

    page: int
    x: float
    y: float
    scale: float


class _Canvas(NamedTuple):
    """The format of pdfium's pixels, rows and columns of them, and bytes of one."""

    kind: int
    height: int
    width: int
    size: int = 1


@contextmanager
def page_pictures(path: Path) -> Iterator[PagePictures | None]:
    """The pictures of the pages of a file; None for one that only other readers can open."""
    with ExitStack() as stack:
        try:
            pdf = stack.enter_context(opened(path))
        except UnreadableFile:
            yield None
        else:
            yield stack.enter_context(closing(PagePictures(pdf)))


class PagePictures:
    """Renders parts of the pages of an open PDF, with annotations and form fields."""

    def __init__(self, pdf: OpenPdf) -> None:
        self._pdf = pdf
        self._pages: dict[int, Any] = {}
        self._texts: dict[int, Any] = {}
        self._in_use = ExitStack()
        form = pdf.document.formenv
        self._form: Any = form.raw if form else None

    def close(self) -> None:
        """Release the pages. The caller closes the PDF."""
        for text in self._texts.values():
            raw.FPDFText_ClosePage(text)
        self._texts.clear()
        self._pages.clear()
        self._in_use.close()

    def grey(self, page: int, box: Box, scale: float) -> tuple[Pixels, float]:
        """A part of a page (from 1) in grey, 0 black to 255 white, rows first.

        Returns it with its scale in pixels a point: ``scale``, or less for a very large box.
        """
        shape, scale = _shape(box, scale)
        pixels = np.full(shape, _WHITE, np.uint8)
        self._draw(page, pixels.ctypes.data, _Canvas(raw.FPDFBitmap_Gray, *shape), box, scale)
        return pixels, scale

    def without_red(self, page: int, box: Box, scale: float) -> tuple[Pixels, float]:
        """As ``grey``, but in the red part of the colours, in which red stamps vanish.

        Black, grey and blue ink stays. A part without ink in red shows the darkest colour
        instead: red print.
        """
        shape, scale = _shape(box, scale)
        pixels = np.full((1, *shape, 4), _WHITE, np.uint8)
        self._draw(page, pixels.ctypes.data, _Canvas(raw.FPDFBitmap_BGRx, *shape, 4), box, scale)
        return _red(pixels)[0], scale

    def windows(self, windows: Sequence[Window], height: int, width: int) -> Pixels:
        """Small pictures of one size in pixels, as windows × height × width, without red."""
        shape = (len(windows), height, width, 4)
        pixels = np.full(shape, _WHITE, np.uint8)
        canvas, address = _Canvas(raw.FPDFBitmap_BGRx, height, width, 4), pixels.ctypes.data
        for page, x, y, scale in windows:
            self._draw(
                page, address, canvas, (x - width / 2 / scale, y - height / 2 / scale), scale
            )
            address += height * width * 4
        return _red(pixels)

    def font_at(self, page: int, x: float, y: float) -> int | None:
        """What identifies the font of the text at a point of a page (from 1) in this file.

        None if there is no text. Loads the text of the page, which costs as much as reading it.
        """
        handle = self._page(page)
        if page not in self._texts:
            self._texts[page] = raw.FPDFText_LoadPage(handle)
        left, top = ctypes.c_double(), ctypes.c_double()
        share = (
            round(x / raw.FPDF_GetPageWidthF(handle) * _FINE),
            round(y / raw.FPDF_GetPageHeightF(handle) * _FINE),
        )
        raw.FPDF_DeviceToPage(handle, 0, 0, _FINE, _FINE, 0, *share, left, top)
        index = raw.FPDFText_GetCharIndexAtPos(self._texts[page], left, top, 1, 1)
        if index < 0:
            return None
        item = raw.FPDFText_GetTextObject(self._texts[page], index)
        return ctypes.cast(raw.FPDFTextObj_GetFont(item), ctypes.c_void_p).value

    def _draw(
        self, number: int, address: int, canvas: _Canvas, corner: Sequence[float], scale: float
    ) -> None:
        """Draw a page over the pixels at an address; ``corner`` is the top left one, in points."""
        _draw(self._page(number), self._form, address, canvas, corner, scale)

    def _page(self, number: int) -> Any:
        if number not in self._pages:
            self._pages[number] = self._in_use.enter_context(self._pdf.page(number))
        return self._pages[number]


def draw_grey(page: Any, box: Box, scale: float) -> Pixels:
    """A part of a loaded page in grey, as ``PagePictures.grey``, without form fields."""
    shape, scale = _shape(box, scale)
    pixels = np.full(shape, _WHITE, np.uint8)
    _draw(page, None, pixels.ctypes.data, _Canvas(raw.FPDFBitmap_Gray, *shape), box, scale)
    return pixels


def _draw(
    page: Any, form: Any, address: int, canvas: _Canvas, corner: Sequence[float], scale: float
) -> None:
    x, y = -corner[0] * scale, -corner[1] * scale
    kind, height, width, size = canvas
    bitmap = raw.FPDFBitmap_CreateEx(width, height, kind, address, width * size)
    matrix = raw.FS_MATRIX(scale, 0, 0, scale, x, y)
    clip = raw.FS_RECTF(0, 0, width, height)
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, raw.FPDF_ANNOT)
    if form is not None:
        across = round(raw.FPDF_GetPageWidthF(page) * scale)
        down = round(raw.FPDF_GetPageHeightF(page) * scale)
        place = round(x), round(y), across, down
        raw.FPDF_FFLDraw(form, bitmap, page, *place, 0, raw.FPDF_ANNOT)
    raw.FPDFBitmap_Destroy(bitmap)


def _shape(box: Box, scale: float) -> tuple[tuple[int, int], float]:
    """The rows and columns of pixels for a box, and the scale that the memory allows."""
    width, height = box.x1 - box.x0, box.bottom - box.top
    most = (_MOST_PIXELS / max(width * height, _SMALLEST_SCALE)) ** 0.5
    scale = max(min(scale, most), _SMALLEST_SCALE)
    return (max(1, round(height * scale)), max(1, round(width * scale))), scale


def _red(pictures: Pixels) -> Pixels:
    """The red part of pictures × rows × columns × (blue, green, red, unused)."""
    red = pictures[..., 2].copy()
    faint = np.ptp(red, axis=(1, 2)) < LEAST_INK
    red[faint] = pictures[faint, :, :, :3].min(-1)
    return red
