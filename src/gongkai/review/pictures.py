"""Pictures of the print for a person to decide by: few files open, each crop made once."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from pathlib import Path

from gongkai.errors import UnreadableFile
from gongkai.extractors.pdf.page_images import PageRenderer
from gongkai.ingestion.sources import stamp_of
from gongkai.model import Box
from gongkai.proof.originals import find_original
from gongkai.queries.origins import Origin

_FILES = 4  # open at a time
_CROPS = 300  # remembered: some ten megabytes
_ABOVE, _BELOW = 75.0, 45.0  # points shown over and under a cell, from side to side
_CLOSE = 8.0  # points around a cell seen from near
_WIDE_DPI, _CLOSE_DPI = 150.0, 300.0

Crop = tuple[int, Box | None, Box | None, float]  # page, what is shown, what is framed, dpi


def strip(page: int, box: Box) -> Crop:
    """The lines around a cell, which is framed."""
    return page, Box(0.0, box.top - _ABOVE, math.inf, box.bottom + _BELOW), box, _WIDE_DPI


def close(page: int, box: Box) -> Crop:
    """A cell from near."""
    around = Box(box.x0 - _CLOSE, box.top - _CLOSE, box.x1 + _CLOSE, box.bottom + _CLOSE)
    return page, around, None, _CLOSE_DPI


def area(page: int, box: Box) -> Crop:
    """What stands from the first of several cells to the last, from side to side."""
    return page, Box(0.0, box.top - _ABOVE, math.inf, box.bottom + _CLOSE), None, _WIDE_DPI


def head(page: int) -> Crop:
    """The upper part of a page, where its title stands."""
    return page, Box(0.0, 0.0, math.inf, 420.0), None, _WIDE_DPI


class Pictures:
    """Crops of files below one folder; nothing outside of it is opened."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()  # PDFium is for one thread at a time
        self._paths: dict[str, tuple[Path, tuple[int, int]]] = {}
        self._open: OrderedDict[str, PageRenderer] = OrderedDict()
        self._crops: OrderedDict[tuple[str, Crop], bytes] = OrderedDict()

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].__exit__(None, None, None)

    def find(self, origin: Origin) -> Path:
        """The file of this digest. Raises UsageError where it is not below the folder."""
        known = self._paths.get(origin.sha256)
        if known is not None:
            try:
                if stamp_of(known[0]) == known[1]:
                    return known[0]
            except UnreadableFile:
                del self._paths[origin.sha256]
        path = find_original(origin, self._root)
        self._paths[origin.sha256] = path, stamp_of(path)
        return path

    def png(self, origin: Origin, crop: Crop) -> bytes:
        """A picture. Raises UsageError (no such file or page) and UnreadableFile."""
        with self._lock:
            key = (origin.sha256, crop)
            if key in self._crops:
                self._crops.move_to_end(key)
                return self._crops[key]
            page, box, mark, dpi = crop
            made = self._prints(origin).crop(page, box, dpi=dpi, mark=mark).png
            self._crops[key] = made
            while len(self._crops) > _CROPS:
                self._crops.popitem(last=False)
            return made

    def _prints(self, origin: Origin) -> PageRenderer:
        path = self.find(origin)
        if origin.sha256 not in self._open:
            self._open[origin.sha256] = PageRenderer(path)
            while len(self._open) > _FILES:
                self._open.popitem(last=False)[1].__exit__(None, None, None)
        self._open.move_to_end(origin.sha256)
        return self._open[origin.sha256]
