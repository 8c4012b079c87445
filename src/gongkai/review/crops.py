"""Renders crops of PDF pages, and caches open files and rendered images."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from gongkai.errors import UnreadableFile
from gongkai.extractors.pdf.page_images import Margins, PageRenderer
from gongkai.ingestion.sources import Content, content_of, stamp_of
from gongkai.model import Box
from gongkai.proof.originals import find_original
from gongkai.queries.origins import Origin
from gongkai.review.rereading import read_numbers

_MAX_OPEN_FILES = 4
_MAX_CACHED_CROPS = 300  # some 10 MB of PNG
_ABOVE, _BELOW = 75.0, 45.0  # points shown above and below a cell, over the page's width
_MARGIN = 8.0  # points around a close-up of a cell
_TITLE_HEIGHT = 420.0  # points from the top of a page that show its title
_PAGE_DPI, _CONTEXT_DPI, _CLOSE_UP_DPI = 110.0, 150.0, 300.0


class Crop(NamedTuple):
    """A part of a page to render. Boxes are in points of the displayed page."""

    page: int  # from 1
    box: Box
    frame: Box | None  # outlined in the image
    dpi: float
    margins: Margins  # around the box


def cell_context(page: int, box: Box) -> Crop:
    """Return a crop of the lines around a cell, with the cell outlined."""
    return Crop(page, _lines(box), box, _CONTEXT_DPI, Margins(_ABOVE, _BELOW))


def cell_close_up(page: int, box: Box) -> Crop:
    """Return a crop of one cell in high resolution."""
    return Crop(page, box, None, _CLOSE_UP_DPI, Margins(_MARGIN, _MARGIN, _MARGIN))


def cells_area(page: int, box: Box) -> Crop:
    """Return a crop of the lines of several cells; ``box`` is their bounding box."""
    return Crop(page, _lines(box), None, _CONTEXT_DPI, Margins(_ABOVE, _MARGIN))


def page_top(page: int) -> Crop:
    """Return a crop of the upper part of a page, where the title is."""
    top = Box(0.0, 0.0, math.inf, 0.0)
    return Crop(page, top, None, _CONTEXT_DPI, Margins(below=_TITLE_HEIGHT))


def whole_page(page: int) -> Crop:
    """Return a crop of a whole page."""
    return Crop(page, Box(0.0, 0.0, math.inf, math.inf), None, _PAGE_DPI, Margins())


def _lines(box: Box) -> Box:
    return Box(0.0, box.top, math.inf, box.bottom)


class CropRenderer:
    """Renders crops of the PDFs below one folder. Opens no file outside it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()  # PDFium works in one thread at a time
        self._paths: dict[str, tuple[Path, tuple[int, int]]] = {}  # path and stamp by digest
        self._contents: dict[Path, Content] = {}  # of files that were searched
        self._open: OrderedDict[str, PageRenderer] = OrderedDict()
        self._cache: OrderedDict[tuple[str, Crop], bytes] = OrderedDict()

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].__exit__(None, None, None)

    def find_file(self, origin: Origin) -> Path:
        """Return the PDF of a report. Raises UsageError if it is not below the folder."""
        known = self._paths.get(origin.sha256)
        if known is not None:
            path, stamp = known
            try:
                if stamp_of(path) == stamp:
                    return path
            except UnreadableFile:
                del self._paths[origin.sha256]
        path = find_original(origin, self._root, digest_of=self._digest)
        self._paths[origin.sha256] = path, stamp_of(path)
        return path

    def _digest(self, path: Path) -> str:
        known = self._contents.get(path)
        if known is None or known.stamp != stamp_of(path):
            known = self._contents[path] = content_of(path)
        return known.sha256

    def render(self, origin: Origin, crop: Crop) -> bytes:
        """Return a crop as PNG. Raises UsageError (no such file or page) or UnreadableFile."""
        with self._lock:
            key = (origin.sha256, crop)
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
            pages = self._opened(origin)
            image = pages.crop(
                crop.page, crop.box, dpi=crop.dpi, margins=crop.margins, mark=crop.frame
            )
            png = image.png
            self._cache[key] = png
            while len(self._cache) > _MAX_CACHED_CROPS:
                self._cache.popitem(last=False)
            return png

    def page_size(self, origin: Origin, page: int) -> tuple[float, float]:
        """Return width and height of a page in points. Raises UsageError and UnreadableFile."""
        with self._lock:
            return self._opened(origin).size(page)

    def read_numbers(self, origin: Origin, page: int, box: Box) -> list[list[str]]:
        """Read the numbers inside a rectangle of a page again, line by line.

        Raises UsageError (no such file) or UnreadableFile.
        """
        with self._lock:
            return read_numbers(self.find_file(origin), page, box)

    def _opened(self, origin: Origin) -> PageRenderer:
        path = self.find_file(origin)
        if origin.sha256 not in self._open:
            self._open[origin.sha256] = PageRenderer(path)
            while len(self._open) > _MAX_OPEN_FILES:
                self._open.popitem(last=False)[1].__exit__(None, None, None)
        self._open.move_to_end(origin.sha256)
        return self._open[origin.sha256]
