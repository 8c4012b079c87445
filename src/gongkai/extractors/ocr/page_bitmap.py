"""A page as a bitmap: rendered, rotated, with the transform to the displayed page.

Ink is dark on light. The grey value of a pixel is its brightest channel: this fades coloured
ink, such as a red stamp, and leaves black ink black.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.extractors.pdf.pdfium_api import PageFrame
from gongkai.model import Box

DPI = 200  # enough for every font size seen in reports; a second reading uses 300
_MAX_SIDE = 6000  # pixels: a page of poster size must not exhaust the memory
_SAMPLE_STEP = 5  # the shade of the paper comes from one in this many pixels of each direction
_BLOCK_ROWS = 64  # rows whose channels fit into the cache of a core
_MIN_COLOUR = 60  # difference between the channels of a pixel of coloured ink

Pixels = Any  # a numpy array of 8-bit values: grey, or 0 and 1
Transform = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class PageBitmap:
    """The bitmap of one page (from 1), and its transform to the displayed page."""

    number: int
    width: float  # of the displayed page, in points
    height: float
    grey: Pixels
    coloured: Pixels  # 1 on coloured ink, which makes the ink below it uncertain
    dpi: float
    matrix: Any  # 2 x 3: pixels to points of the displayed page

    @cached_property
    def ink(self) -> Pixels:
        """1 where a pixel is darker than its surroundings."""
        return ink_mask(self.grey, self.dpi)

    @cached_property
    def half_ink(self) -> Pixels:
        """The same at half the resolution."""
        half = cv2.resize(self.grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return ink_mask(half, self.dpi / 2)

    def size(self) -> tuple[float, float]:
        """Width and height of the bitmap in points."""
        rows, columns = self.grey.shape
        return columns * 72 / self.dpi, rows * 72 / self.dpi

    def to_displayed(self) -> Transform:
        """The transform from points of the bitmap to points of the displayed page."""
        scaled = self.matrix[:, :2] * (self.dpi / 72)
        a, b, c, d = (float(v) for v in scaled.ravel())
        return a, b, float(self.matrix[0, 2]), c, d, float(self.matrix[1, 2])


def render_bitmap(
    document: pdfium.PdfDocument, number: int, dpi: float = DPI, part: Box | None = None
) -> PageBitmap:
    """Render one page (from 1) as it is displayed.

    If a part is given, in points, its pixels alone are rendered; the matrix is that of the page.
    """
    page = document[number - 1]
    try:
        frame = PageFrame(page.raw)
        scale = min(dpi / 72, _MAX_SIDE / max(frame.width, frame.height))
        zoomed = scale * frame.zoom  # pixels a point of the file
        cut = _outside(part, page, scale, zoomed) if part else (0.0, 0.0, 0.0, 0.0)
        # images in grey are drawn in two thirds of the time on a bitmap in grey
        form = raw.FPDFBitmap_Gray if _has_only_grey_images(page) else raw.FPDFBitmap_BGR
        drawn = page.render(scale=zoomed, crop=cut, rev_byteorder=True, force_bitmap_format=form)
        pixels = drawn.to_numpy()
    finally:
        page.close()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        grey = np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))
        coloured = np.zeros_like(grey)
    else:
        grey, coloured = _grey_and_coloured(pixels)
    matrix = np.array([[1 / zoomed, 0, 0], [0, 1 / zoomed, 0]], np.float64)
    width, height = frame.width / frame.zoom, frame.height / frame.zoom
    return PageBitmap(number, width, height, grey, coloured, scale * 72, matrix)


def _has_only_grey_images(page: pdfium.PdfPage) -> bool:
    """Is nothing on a page but images in grey, as on most scans?"""
    if raw.FPDFPage_GetAnnotCount(page):
        return False
    found = raw.FPDF_IMAGEOBJ_METADATA()
    for k in range(raw.FPDFPage_CountObjects(page)):
        shown = raw.FPDFPage_GetObject(page, k)
        if (
            raw.FPDFPageObj_GetType(shown) != raw.FPDF_PAGEOBJ_IMAGE
            or not raw.FPDFImageObj_GetImageMetadata(shown, page, found)
            or found.colorspace != raw.FPDF_COLORSPACE_DEVICEGRAY
        ):
            return False
    return True


def _grey_and_coloured(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """The brightest channel of each pixel, and a mask that is 1 on coloured ink."""
    grey, coloured = np.empty((2, *pixels.shape[:2]), np.uint8)
    for top in range(0, len(pixels), _BLOCK_ROWS):
        rows = np.s_[top : top + _BLOCK_ROWS]
        red, green, blue = cv2.split(pixels[rows, :, :3])
        brightest = cv2.max(cv2.max(red, green), blue, dst=grey[rows])
        darkest = cv2.min(cv2.min(red, green), blue)
        difference = cv2.subtract(brightest, darkest)
        cv2.threshold(difference, _MIN_COLOUR, 1, cv2.THRESH_BINARY, dst=coloured[rows])
    return grey, coloured


def _outside(
    part: Box, page: Any, scale: float, zoomed: float
) -> tuple[float, float, float, float]:
    """What pdfium must cut off a page to render a part of it: left, bottom, right and top.

    In points of the file, from which pdfium computes pixels and rounds them up.
    """
    width, height = (math.ceil(side * zoomed) for side in page.get_size())
    x0, top, x1, bottom = (max(0, round(edge * scale)) for edge in part)
    pixels = x0, max(0, height - bottom), max(0, width - x1), top
    left, below, right, above = (max(0.0, (each - 0.5) / zoomed) for each in pixels)
    return left, below, right, above


def ink_mask(grey: Pixels, dpi: float, contrast: int = 18) -> Pixels:
    """1 where a pixel is darker than its surroundings."""
    block = int(dpi / 5) | 1
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    # as cv2.adaptiveThreshold, which compares pixels one by one
    around = cv2.blur(smooth, (block, block), borderType=cv2.BORDER_REPLICATE)
    _, mask = cv2.threshold(cv2.subtract(around, smooth), contrast - 1, 1, cv2.THRESH_BINARY)
    return mask


def paper_shade(grey: Pixels) -> float:
    """The grey value of the paper: the median of a sample of pixels."""
    return float(np.median(grey[::_SAMPLE_STEP, ::_SAMPLE_STEP]))


def rotate(bitmap: PageBitmap, quarter_turns: int) -> PageBitmap:
    """The bitmap rotated clockwise by quarter turns."""
    quarter_turns %= 4
    if not quarter_turns:
        return bitmap
    rows, columns = bitmap.grey.shape
    # maps (x, y) of the rotated bitmap to (x, y) of the bitmap before
    back = {
        1: [[0, 1, 0], [-1, 0, rows - 1]],
        2: [[-1, 0, columns - 1], [0, -1, rows - 1]],
        3: [[0, -1, columns - 1], [1, 0, 0]],
    }[quarter_turns]
    return replace(
        bitmap,
        grey=np.ascontiguousarray(np.rot90(bitmap.grey, -quarter_turns)),
        coloured=np.ascontiguousarray(np.rot90(bitmap.coloured, -quarter_turns)),
        matrix=compose_matrices(np.array(back, np.float64), bitmap.matrix),
    )


def shift_rows(bitmap: PageBitmap, shift: Any) -> PageBitmap:
    """The bitmap with each pixel taken from ``shift`` pixels (rows x columns) below it.

    The matrix stays: a curve of a few pixels does not matter on the displayed page.
    """
    rows, columns = bitmap.grey.shape
    xs, ys = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    grey = cv2.remap(bitmap.grey, xs, ys + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return replace(bitmap, grey=grey)


def compose_matrices(first: Any, second: Any) -> Any:
    """The 2 x 3 matrix that applies ``first``, then ``second``."""
    return (np.vstack([second, [0, 0, 1]]) @ np.vstack([first, [0, 0, 1]]))[:2]
