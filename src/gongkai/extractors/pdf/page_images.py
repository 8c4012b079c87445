"""Pages and parts of pages as PNG pictures, for people to look at."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gongkai.errors import UsageError
from gongkai.extractors.pdf.pdfium import open_document
from gongkai.model import Box

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS = 6000  # along a side: a poster is no reason to die
_FRAME = 1.5  # points: the line of a frame
_RED = (207, 34, 46)
_SHADES = 64  # colours of a picture: enough for print and stamps, at a third of the bytes


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture of a page, or of a part of one."""

    png: bytes
    box: Box  # what is shown, in points of the page as displayed, origin top left


class PageRenderer:
    """The pictures of one file's pages. Raises UnreadableFile where it cannot be opened."""

    def __init__(self, path: Path) -> None:
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

    def page(self, number: int, dpi: float = 110.0) -> PageImage:
        """A whole page (from 1)."""
        return self.crop(number, None, dpi=dpi)

    def crop(
        self,
        number: int,
        box: Box | None,
        *,
        dpi: float = 200.0,
        margin: float = 0.0,
        mark: Box | None = None,
    ) -> PageImage:
        """What stands in ``box`` (points, as displayed) and ``margin`` points around it.

        A frame is drawn around what stands in ``mark``. Raises UsageError where the file has
        no such page.
        """
        if not 1 <= number <= len(self):
            raise UsageError(f"no page {number}: the file has pages 1 to {len(self)}")
        page = self._document[number - 1]
        try:
            width, height = page.get_size()
            shown = Box(0.0, 0.0, width, height)
            if box is not None:
                shown = Box(
                    max(0.0, min(box.x0 - margin, width - 1)),
                    max(0.0, min(box.top - margin, height - 1)),
                    min(width, max(box.x1 + margin, 1)),
                    min(height, max(box.bottom + margin, 1)),
                )
            longest = max(shown.x1 - shown.x0, shown.bottom - shown.top, 1.0)
            bitmap = page.render(
                scale=min(dpi / 72, _MOST_PIXELS / longest),
                crop=(shown.x0, height - shown.bottom, width - shown.x1, shown.top),
            )
            picture = bitmap.to_pil().convert("RGB")
            if mark is not None:
                _frame(picture, mark, shown)
            return PageImage(_png(picture), shown)
        finally:
            page.close()


def _frame(picture: Image, box: Box, shown: Box) -> None:
    from PIL import ImageDraw

    scale = picture.width / (shown.x1 - shown.x0)
    wide = max(2, round(_FRAME * scale))
    around = (
        (box.x0 - shown.x0) * scale - wide,
        (box.top - shown.top) * scale - wide,
        (box.x1 - shown.x0) * scale + wide,
        (box.bottom - shown.top) * scale + wide,
    )
    ImageDraw.Draw(picture).rectangle(around, outline=_RED, width=wide)


def _png(picture: Image) -> bytes:
    from PIL.Image import Dither

    out = io.BytesIO()
    few = picture.quantize(_SHADES, dither=Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
