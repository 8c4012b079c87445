"""Renders parts of displayed pages as pixel arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as raw

from gongkai.errors import UnreadableFile
from gongkai.extractors.pdf.pdfium_api import OpenPdf, PageFrame, opened
from gongkai.model import Box, Page
from gongkai.problems import message

Pixels = npt.NDArray[np.uint8]

_MOST_PIXELS = 4_000_000  # of one picture: a page of poster size must not exhaust the memory
# Of an image in a file. A2 at 600 dpi has 140 million, which take 140 MB in grey.
_MOST_IMAGE_PIXELS = 150_000_000
_SIZE = ctypes.c_uint(), ctypes.c_uint()  # width and height
_WHITE = 255
_COLOURS = 4  # bytes a pixel: blue, green, red, unused
# pdfium turns device pixels into user space: this many pixels across a page and down it.
_FINE = 1_000_000
_DIGIT = 9.0  # points: side of a square that holds a digit
_LEAST_AREA = 0.05  # of that square: the least ink of a digit
LEAST_INK = 60  # of 255: least contrast to the paper of a pixel that is ink


class Window(NamedTuple):
    """A place of a page (from 1), centred on (x, y) in points, at ``scale`` pixels a point."""

    page: int
    x: float
    y: float
    scale: float


class Part(NamedTuple):
    """A box of a page (from 1) in points, rendered at ``scale`` pixels a point."""

    page: int
    box: Box
    scale: float


class Column(NamedTuple):
    """Parts of pages in one picture, one below the other, each at the left edge.

    ``tops`` holds the first pixel row of each part, ``scales`` its pixels a point. The scales are
    smaller than those requested if the picture would be too large.
    """

    pixels: Pixels
    tops: list[int]
    scales: list[float]


class _Place(NamedTuple):
    """The top left corner of a picture in points, its pixels a point, and its size in pixels."""

    x: float
    y: float
    scale: float
    height: int
    width: int


class _FramedPage(NamedTuple):
    """A loaded page with its frame, and the left edge in points of the part that is read."""

    page: Any
    frame: PageFrame
    x0: float = 0.0


@contextmanager
def page_pictures(path: Path, pages: Sequence[Page] = ()) -> Iterator[PagePictures | None]:
    """Open a file to render its pages; yield None if pdfium cannot open it.

    ``pages`` are the pages as they were read. They are needed if some of them are parts of a
    page of the file.
    """
    with ExitStack() as stack:
        try:
            pdf = stack.enter_context(opened(path))
        except UnreadableFile:
            yield None
        else:
            yield stack.enter_context(closing(PagePictures(pdf, pages)))


class PagePictures:
    """Renders parts of the pages of an open PDF, with annotations and form fields."""

    def __init__(self, pdf: OpenPdf, pages: Sequence[Page] = ()) -> None:
        self._pdf = pdf
        self._parts = {page.number: page.part for page in pages if page.part}
        self._pages: dict[int, _FramedPage] = {}
        self._in_use = ExitStack()

    def close(self) -> None:
        """Release the pages. The caller closes the PDF."""
        self._pages.clear()
        self._in_use.close()

    def grey(self, parts: Sequence[Part], wanted: Sequence[npt.NDArray[np.float64]] = ()) -> Column:
        """Render one or more parts of pages in grey, from 0 (black) to 255 (white).

        ``wanted`` are boxes in each part, as rows of x0, top, x1, bottom in points. The rest of
        the parts stays white; without them, all is drawn.
        """
        places = _places([(box, scale) for _, box, scale in parts])
        height, width = sum(place.height for place in places), max(place.width for place in places)
        pixels = np.full((height, width), _WHITE, np.uint8)
        pages = [self._page(part.page) for part in parts]
        boxes = [_pixels(place, each) for place, each in zip(places, wanted, strict=False)]
        tops = _draw(pixels, pages, places, boxes)
        return Column(pixels, tops, [place.scale for place in places])

    def without_red(self, part: Part) -> tuple[Pixels, float]:
        """Render a part of a page without red stamps: only the red channel of its colours.

        Black, grey and blue ink is dark in that channel, red ink is not. If the channel shows no
        ink, the print itself is red, and the darkest channel of each pixel is used instead.
        Returns the pixels and their number a point, as in ``Column``.
        """
        [place] = _places([(part.box, part.scale)])
        pixels = np.full((place.height, place.width, _COLOURS), _WHITE, np.uint8)
        _draw(pixels, [self._page(part.page)], [place])
        return _red(pixels[None])[0], place.scale

    def has_ink(self, part: Part, outside: Iterable[Box]) -> bool:
        """Return whether a part of a page has ink outside the given boxes.

        Ink of less area than a digit is dust, and red ink a stamp.
        """
        pixels, scale = self.without_red(part)
        x0, top, x1, bottom = part.box
        ink = pixels < np.median(pixels[:: round(scale), :: round(scale)]) - LEAST_INK
        for box in outside:
            if box.x0 < x1 and box.x1 > x0 and box.top < bottom and box.bottom > top:
                left, high, right, low = box.relative_to(x0, top)
                rows = slice(max(0, int(high * scale)), int(low * scale) + 1)
                ink[rows, max(0, int(left * scale)) : int(right * scale) + 1] = False
        side = max(1, round(_DIGIT * scale))
        sums = np.pad(ink.cumsum(0, np.int32).cumsum(1), ((1, 0), (1, 0)))
        squares = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side]
        most = (squares + sums[:-side, :-side]).max(initial=0)
        return bool(most > _LEAST_AREA * side * side)

    def windows(
        self, windows: Sequence[Window], height: int, width: int, *, without_red: bool = False
    ) -> Pixels:
        """Render small pictures of one size, as an array of windows × height × width.

        ``height`` and ``width`` are in pixels. The pictures are grey, or rendered like those of
        the method ``without_red``.
        """
        colours = (_COLOURS,) if without_red else ()
        pixels = np.full((len(windows), height, width, *colours), _WHITE, np.uint8)
        places = [
            _Place(x - width / 2 / scale, y - height / 2 / scale, scale, height, width)
            for _, x, y, scale in windows
        ]
        pages = [self._page(window.page) for window in windows]
        _draw(pixels.reshape(-1, width, *colours), pages, places)
        return _red(pixels) if without_red else pixels

    def font_at(self, page: int, x: float, y: float) -> int | None:
        """Return an id, valid for this file, of the font at a point of a page (from 1).

        Returns None if there is no text.
        """
        handle, frame, x0 = self._page(page)
        sheet, _, _ = self._parts.get(page, (page, 0.0, 0.0))
        text = self._pdf.text(sheet, handle)
        left, top = ctypes.c_double(), ctypes.c_double()
        share = round((x + x0) / frame.width * _FINE), round(y / frame.height * _FINE)
        raw.FPDF_DeviceToPage(handle, 0, 0, _FINE, _FINE, 0, *share, left, top)
        index = raw.FPDFText_GetCharIndexAtPos(text, left, top, 1, 1)
        if index < 0:
            return None
        item = raw.FPDFText_GetTextObject(text, index)
        return ctypes.cast(raw.FPDFTextObj_GetFont(item), ctypes.c_void_p).value

    def _page(self, number: int) -> _FramedPage:
        if number not in self._pages:
            sheet, x0, _ = self._parts.get(number, (number, 0.0, 0.0))
            page = self._in_use.enter_context(self._pdf.page(sheet))
            self._pages[number] = _FramedPage(page, self._pdf.frame(sheet, page), x0)
        return self._pages[number]


def refuse_huge_picture(item: Any) -> None:
    """Raise UnreadableFile for an image object with more pixels than any scan has.

    Its dictionary says how many, so that nothing is unpacked: a file of 1 MB can hold a
    picture of 1,600 million.
    """
    picture = ctypes.cast(item, raw.FPDF_PAGEOBJECT)
    if raw.FPDFImageObj_GetImagePixelSize(picture, *_SIZE):
        width, height = _SIZE
        pixels = width.value * height.value
        if pixels > _MOST_IMAGE_PIXELS:
            most = _MOST_IMAGE_PIXELS // 10**6
            raise UnreadableFile(
                message("picture_too_large", millions=round(pixels / 1e6), most=most)
            )


def draw_grey(page: Any, frame: PageFrame, box: Box, scale: float) -> Pixels:
    """Render a part of a loaded page in grey, at ``scale`` pixels a point.

    ``box`` is in points of the frame. A very large part has fewer pixels a point.
    """
    [place] = _places([(box, scale)])
    pixels = np.full((place.height, place.width), _WHITE, np.uint8)
    _draw(pixels, [_FramedPage(page, frame)], [place])
    return pixels


def _places(boxes: Sequence[tuple[Box, float]]) -> list[_Place]:
    """Place boxes in one picture, at smaller scales if it would have too many pixels."""
    height = sum(scale * (box.bottom - box.top) for box, scale in boxes)
    width = max(scale * (box.x1 - box.x0) for box, scale in boxes)
    fit = min(1.0, (_MOST_PIXELS / max(height * width, 1.0)) ** 0.5)
    return [
        _Place(
            box.x0,
            box.top,
            scale * fit,
            max(1, round((box.bottom - box.top) * scale * fit)),
            max(1, round((box.x1 - box.x0) * scale * fit)),
        )
        for box, scale in boxes
    ]


def _pixels(place: _Place, boxes: npt.NDArray[np.float64]) -> list[list[int]]:
    """Return boxes of points in pixels of a picture, cut off at its edges."""
    pixels = (boxes - (place.x, place.y) * 2) * place.scale + (0, 0, 1, 1)
    found: list[list[int]] = pixels.clip(0, (place.width, place.height) * 2).astype(int).tolist()
    return found


def _draw(
    pixels: Pixels,
    pages: Sequence[_FramedPage],
    places: Sequence[_Place],
    wanted: Sequence[Sequence[Sequence[int]]] = (),
) -> list[int]:
    """Draw parts of loaded pages into a picture, one below the other; return their tops.

    ``wanted`` are the boxes of each part, in its pixels, that are drawn; without them, all is.
    """
    height, width, *colours = pixels.shape
    kind = raw.FPDFBitmap_BGRx if colours else raw.FPDFBitmap_Gray
    stride = pixels.strides[0]
    bitmap = raw.FPDFBitmap_CreateEx(width, height, kind, pixels.ctypes.data, stride)
    matrix, clip = raw.FS_MATRIX(), raw.FS_RECTF()
    tops, top = [], 0
    for k, (page, frame, x0) in enumerate(pages):
        x, y, scale, rows, columns = places[k]
        tops.append(top)
        matrix.a = matrix.d = scale * frame.zoom
        matrix.e, matrix.f = -(x0 + x) * scale, top - y * scale
        for left, upper, right, lower in wanted[k] if wanted else ((0, 0, columns, rows),):
            clip.left, clip.top, clip.right, clip.bottom = left, top + upper, right, top + lower
            raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, raw.FPDF_ANNOT)
        top += rows
    raw.FPDFBitmap_Destroy(bitmap)
    return tops


def _red(pictures: Pixels) -> Pixels:
    """Return the red channel of pictures × rows × columns × (blue, green, red, unused)."""
    red = pictures[..., 2].copy()
    faint = np.ptp(red, axis=(1, 2)) < LEAST_INK
    red[faint] = pictures[faint, :, :, :3].min(-1)
    return red
