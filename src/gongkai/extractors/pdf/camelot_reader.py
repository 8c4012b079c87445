"""Grids that camelot finds on the rendered page: lines that are only pictures of lines."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.pdf.parser_errors import PARSER_ERRORS
from gongkai.extractors.pdf.pdfium import is_plain, open_document
from gongkai.model import Grid, Page, Rule

_log = logging.getLogger(__name__)


def camelot_grids(path: Path, pages: Sequence[Page]) -> Iterator[Grid]:
    """Grids of the given pages: camelot's lines, the first reader's characters.

    Loaded only when asked for: camelot brings OpenCV, which takes a while. It does not
    keep to the displayed page where that is turned or cropped: such pages are passed over.
    """
    import cv2
    from camelot.io import read_pdf
    from playa.exceptions import PDFException

    pages = [page for page in pages if is_plain(path, page.number)]
    if not pages:
        return
    numbers = ",".join(str(page.number) for page in pages)
    stumbles: tuple[type[Exception], ...] = (*PARSER_ERRORS, cv2.error, PDFException)
    try:
        tables = read_pdf(
            str(path), pages=numbers, flavor="lattice", suppress_stdout=True, backend=_Grey()
        )
    except stumbles as error:
        _log.info("%s: camelot cannot read it: %r", path, error)
        return
    rules: dict[int, list[Rule]] = {page.number: [] for page in pages}
    for table in tables:
        page = next(p for p in pages if p.number == table.page)
        rules[table.page] += _rules(table, page.height)
    for page in pages:
        yield from find_grids(replace(page, rules=tuple(rules[page.number]), reader="camelot"))


class _Grey:
    """Renders pages for camelot: it asks for no colour, whose copies would take 110 MB."""

    _scale = 150 / 72  # dots a point; camelot's own 300 to the inch take 100 MB and find no more

    def to_array(self, path: str, page: int) -> Any:
        """The picture of a page (from 1), rows by columns by three channels."""
        import cv2

        document = open_document(Path(path))
        try:
            picture = document[page - 1].render(scale=self._scale, grayscale=True).to_numpy()
            return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
        finally:
            document.close()

    def convert(self, path: str, png_path: str, page: int) -> None:
        """The same as a file, which camelot asks for only where it has no array."""
        import cv2

        cv2.imwrite(png_path, self.to_array(path, page))


def _rules(table: Any, height: float) -> Iterator[Rule]:
    """The drawn edges of camelot's cells; its y runs upwards from the page's foot."""
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
