"""Pages drawn by hand, with what is read from them and what is seen on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.extractors.pdf.page_pictures import PagePictures, page_pictures
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.model import Box, Char, Page
from helpers.pdfs import PdfPage, write_pdf


@contextmanager
def seen(folder: Path, *pages: PdfPage | str) -> Iterator[tuple[list[Page], PagePictures]]:
    """The pages of a PDF with this content, and their pictures."""
    path = write_pdf(folder / "page.pdf", *pages)
    with page_pictures(path) as pictures:
        assert pictures is not None
        yield read_pages(path), pictures


def chars_in(page: Page, box: Box) -> tuple[Char, ...]:
    """The characters with their middle in a box."""
    return tuple(
        char
        for char in page.chars
        if box.contains((char.x0 + char.x1) / 2, (char.top + char.bottom) / 2)
    )
