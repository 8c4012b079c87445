"""The camelot reader: grids from the ruled lines of the rendered page.

It finds lines that are images, which pdfium does not report as rules.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.pdf.parser_errors import PARSER_ERRORS
from gongkai.extractors.pdf.pdfium_api import open_document
from gongkai.model import Grid, Page, Rule

_MOST_PIXELS = 40_000_000  # of a rendered page: A0 at 150 dpi

_log = logging.getLogger(__name__)


def camelot_grids(path: Path, pages: Sequence[Page]) -> Iterator[Grid]:
    """The grids of the given pages of a file: camelot's rules, the characters of ``pages``.

    Skips pages without pictures of which the rules are known: camelot finds no others there. Also
    skips pages that are rotated sideways or cropped, where camelot's coordinates are not
    those of the displayed page. Yields nothing where camelot cannot read the file. Imports
    camelot on the first call, since OpenCV takes a while to load.
    """
    pages = [
        page
        for page in pages
        if (page.image_share or not page.rules) and _shows_media_box(path, page.number)
    ]
    if not pages:
        return
    import cv2
    from camelot.io import read_pdf
    from playa.exceptions import PDFException

    numbers = ",".join(str(page.number) for page in pages)
    errors: tuple[type[Exception], ...] = (*PARSER_ERRORS, cv2.error, PDFException)
    try:
        tables = read_pdf(
            str(path), pages=numbers, flavor="lattice", suppress_stdout=True, backend=_GreyBackend()
        )
    except errors as error:
        _log.info("%s: camelot cannot read it: %r", path, error)
        return
    rules: dict[int, list[Rule]] = {page.number: [] for page in pages}
    for table in tables:
        page = next(p for p in pages if p.number == table.page)
        rules[table.page] += _rules(table, page.height)
    for page in pages:
        yield from find_grids(
            replace(page, rules=tuple(rules[page.number]), reader="camelot", grids=None)
        )


def _shows_media_box(path: Path, number: int) -> bool:
    """Does a viewer show the whole media box of a page (from 1), upright or upside down?

    False where the crop box differs from the media box, or the page is rotated by 90 or 270
    degrees.
    """
    document = open_document(path)
    try:
        page = document[number - 1]
        return bool(page.get_rotation() % 180 == 0 and page.get_cropbox() == page.get_mediabox())
    finally:
        document.close()


class _GreyBackend:
    """Renders pages for camelot in grey: the copies of a page in colour take 110 MB."""

    _scale = 150 / 72  # pixels a point; camelot's own 300 dpi take 100 MB and find no more

    def to_array(self, path: str, page: int) -> Any:
        """The image of a page (from 1): rows by columns by three channels."""
        import cv2

        document = open_document(Path(path))
        try:
            shown = document[page - 1]
            width, height = shown.get_size()
            scale = min(self._scale, math.sqrt(_MOST_PIXELS / (width * height)))
            grey = shown.render(scale=scale, grayscale=True).to_numpy()
            return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
        finally:
            document.close()

    def convert(self, path: str, png_path: str, page: int) -> None:
        """Write the image to a file; camelot calls this only where it has no array."""
        import cv2

        cv2.imwrite(png_path, self.to_array(path, page))


def _rules(table: Any, height: float) -> Iterator[Rule]:
    """The drawn edges of camelot's cells, whose y runs upwards from the foot of the page."""
    for row in table.cells:
        for cell in row:
            top, bottom = height - cell.y2, height - cell.y1
            if cell.top:
                yield Rule(cell.x1, top, cell.x2, top)
            if cell.bottom:
                yield Rule(cell.x1, bottom, cell.x2, bottom)
            if cell.left:
                yield Rule(cell.x1, top, cell.x1, bottom)
            if cell.right:
                yield Rule(cell.x2, top, cell.x2, bottom)
