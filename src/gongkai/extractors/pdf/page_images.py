"""Pages and parts of pages as PNG images, for people to look at."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from gongkai.errors import UsageError
from gongkai.extractors.pdf.pdfium_api import PageFrame, open_document
from gongkai.model import Box

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage

_MAX_SIDE = 6000  # pixels: a page of poster size must not exhaust the memory
_FRAME_WIDTH = 1.5  # points
_RED = (207, 34, 46)
_COLOURS = 64  # of an image: enough for print and stamps, at a third of the bytes


class Margins(NamedTuple):
    """What is shown around a box, in points; on pages of another scale, in points of A4."""

    above: float = 0.0
    below: float = 0.0
    beside: float = 0.0


NO_MARGINS = Margins()


@dataclass(frozen=True, slots=True)
class PageImage:
    """An image of a page, or of a part of one."""

    png: bytes
    box: Box  # the part of the displayed page that the image shows, in points
    zoom: float = 1.0  # the factor that brings a page of another scale to the size of A4


class PageRenderer:
    """Renders the pages of one PDF; a context manager that closes the file."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises UnreadableFile where that is not possible."""
        self._document = open_document(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._document.close()

    def __len__(self) -> int:
        """How many pages the file has."""
        return len(self._document)

    def size(self, number: int) -> tuple[float, float]:
        """Return width and height of a page (from 1) as displayed, in points.

        Raises UsageError where the file has no such page.
        """
        page = self._page(number)
        try:
            width, height = page.get_size()
            return float(width), float(height)
        finally:
            page.close()

    def page(self, number: int, dpi: float = 110.0) -> PageImage:
        """Render a whole page (from 1). Raises UsageError where the file has no such page."""
        return self.crop(number, None, dpi=dpi)

    def crop(
        self,
        number: int,
        box: Box | None,
        *,
        dpi: float = 200.0,
        margins: Margins = NO_MARGINS,
        mark: Box | None = None,
    ) -> PageImage:
        """Render ``box`` of a page (from 1), in displayed points, with ``margins`` around it.

        None for ``box`` renders the whole page. Draws a red frame around the box ``mark``.
        Raises UsageError where the file has no such page.
        """
        page = self._page(number)
        try:
            width, height = page.get_size()
            zoom = PageFrame(page.raw).zoom
            shown = Box(0.0, 0.0, width, height)
            if box is not None:
                above, below, beside = (margin / zoom for margin in margins)
                least = 1 / zoom
                shown = Box(
                    max(0.0, min(box.x0 - beside, width - least)),
                    max(0.0, min(box.top - above, height - least)),
                    min(width, max(box.x1 + beside, least)),
                    min(height, max(box.bottom + below, least)),
                )
            longest = zoom * max(shown.x1 - shown.x0, shown.bottom - shown.top)
            bitmap = page.render(
                scale=zoom * min(dpi / 72, _MAX_SIDE / max(longest, 1.0)),
                crop=(shown.x0, height - shown.bottom, width - shown.x1, shown.top),
            )
            image = bitmap.to_pil().convert("RGB")
            if mark is not None:
                _draw_frame(image, mark, shown, _FRAME_WIDTH / zoom)
            return PageImage(_png(image), shown, zoom)
        finally:
            page.close()

    def _page(self, number: int) -> PdfPage:
        if not 1 <= number <= len(self):
            raise UsageError(f"no page {number}: the file has pages 1 to {len(self)}")
        return self._document[number - 1]


def _draw_frame(image: Image, box: Box, shown: Box, thickness: float) -> None:
    from PIL import ImageDraw

    scale = image.width / (shown.x1 - shown.x0)
    width = max(2, round(thickness * scale))
    outline = (
        (box.x0 - shown.x0) * scale - width,
        (box.top - shown.top) * scale - width,
        (box.x1 - shown.x0) * scale + width,
        (box.bottom - shown.top) * scale + width,
    )
    ImageDraw.Draw(image).rectangle(outline, outline=_RED, width=width)


def _png(image: Image) -> bytes:
    from PIL.Image import Dither

    data = io.BytesIO()
    reduced = image.quantize(_COLOURS, dither=Dither.NONE)
    reduced.save(data, "PNG", optimize=True)
    return data.getvalue()
