"""Pages drawn by hand, with what is read from them and what is seen on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.extractors.pdf.page_pictures import PagePictures
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.pdfium_api import open_document
from gongkai.model import Box, Char, Page
from helpers.pdfs import PdfPage, write_pdf


@contextmanager
def seen(folder: Path, *pages: PdfPage | str) -> Iterator[tuple[list[Page], PagePictures]]:
    """The pages of a PDF with this content, and their pictures."""
    path = write_pdf(folder / "page.pdf", *pages)
    document = open_document(path)
    pictures = PagePictures(document)
    try:
        yield read_pages(path), pictures
    finally:
        pictures.close()
        document.close()


def chars_in(page: Page, box: Box) -> tuple[Char, ...]:
    """The characters with their middle in a box."""
    return tuple(
        char
        for char in page.chars
        if box.contains((char.x0 + char.x1) / 2, (char.top + char.bottom) / 2)
    )
