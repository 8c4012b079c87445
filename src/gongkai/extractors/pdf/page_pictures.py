"""Pictures of parts of displayed pages as arrays: what a person sees, whatever the text says."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.model import Box

Pixels = npt.NDArray[np.uint8]

_MOST_PIXELS = 4_000_000  # of one picture: a page of poster size must not exhaust the memory
_WHITE = 255
_SMALLEST_SCALE = 1e-3  # pixels a point
_FINE = 1_000_000  # parts of a page's width and height, to turn points into user space
_FAINT = 60  # of 255: a picture with less contrast shows no ink


class Window(NamedTuple):
    """A part of a page (from 1) around the point (x, y), at ``scale`` pixels a point."""

    page: int
    x: float
    y: float
    scale: float


class PagePictures:
    """Renders parts of the pages of an open document, with annotations and form fields.

    Loads each page once and keeps it until ``close``. The caller closes the document.
    """

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._pages: dict[int, Any] = {}
        self._texts: dict[int, Any] = {}
        self._form: Any = None
        if raw.FPDF_GetFormType(document.raw) != raw.FORMTYPE_NONE:
            document.init_forms()
            self._form = document.formenv.raw if document.formenv else None

    def close(self) -> None:
        """Close the pages."""
        for text in self._texts.values():
            raw.FPDFText_ClosePage(text)
        self._texts.clear()
        for page in self._pages.values():
            raw.FPDF_ClosePage(page)
        self._pages.clear()

    def grey(self, page: int, box: Box, scale: float) -> tuple[Pixels, float]:
        """A part of a page (from 1) in grey, 0 black to 255 white, rows first.

        Returns it with its scale in pixels a point: ``scale``, or less for a very large box.
        """
        shape, scale = _shape(box, scale)
        pixels = np.full(shape, _WHITE, np.uint8)
        self._draw(page, pixels, raw.FPDFBitmap_Gray, (box.x0, box.top, scale))
        return pixels, scale

    def without_red(self, page: int, box: Box, scale: float) -> tuple[Pixels, float]:
        """As ``grey``, but in the red part of the colours, in which red stamps vanish.

        Black, grey and blue ink stays. A part without ink in red shows the darkest colour
        instead: red print.
        """
        shape, scale = _shape(box, scale)
        pixels = np.full((1, *shape, 4), _WHITE, np.uint8)
        self._draw(page, pixels[0], raw.FPDFBitmap_BGRx, (box.x0, box.top, scale))
        return _red(pixels)[0], scale

    def windows(self, windows: Sequence[Window], height: int, width: int) -> Pixels:
        """Small pictures of one size in pixels, as windows × height × width, without red."""
        shape = (len(windows), height, width, 4)
        pixels = np.full(shape, _WHITE, np.uint8)
        for (page, x, y, scale), each in zip(windows, pixels, strict=True):
            corner = x - width / 2 / scale, y - height / 2 / scale, scale
            self._draw(page, each, raw.FPDFBitmap_BGRx, corner)
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
        self, number: int, pixels: Pixels, kind: int, corner: tuple[float, float, float]
    ) -> None:
        """Draw a page over ``pixels``, whose top left corner is at x, y; with the scale."""
        page = self._page(number)
        x, y, scale = corner
        height, width = pixels.shape[:2]
        stride = pixels.strides[0]
        bitmap = raw.FPDFBitmap_CreateEx(width, height, kind, pixels.ctypes.data, stride)
        matrix = raw.FS_MATRIX(scale, 0, 0, scale, -x * scale, -y * scale)
        clip = raw.FS_RECTF(0, 0, width, height)
        raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, raw.FPDF_ANNOT)
        if self._form is not None:
            size = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
            whole = [round(part * scale) for part in (-x, -y, *size)]
            raw.FPDF_FFLDraw(self._form, bitmap, page, *whole, 0, raw.FPDF_ANNOT)
        raw.FPDFBitmap_Destroy(bitmap)

    def _page(self, number: int) -> Any:
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = raw.FPDF_LoadPage(self._document.raw, number - 1)
        return page


def _shape(box: Box, scale: float) -> tuple[tuple[int, int], float]:
    """The rows and columns of pixels for a box, and the scale that the memory allows."""
    width, height = box.x1 - box.x0, box.bottom - box.top
    most = (_MOST_PIXELS / max(width * height, _SMALLEST_SCALE)) ** 0.5
    scale = max(min(scale, most), _SMALLEST_SCALE)
    return (max(1, round(height * scale)), max(1, round(width * scale))), scale


def _red(pictures: Pixels) -> Pixels:
    """The red part of pictures × rows × columns × (blue, green, red, unused)."""
    red = pictures[..., 2].copy()
    faint = np.ptp(red, axis=(1, 2)) < _FAINT
    red[faint] = pictures[faint, :, :, :3].min(-1)
    return red
