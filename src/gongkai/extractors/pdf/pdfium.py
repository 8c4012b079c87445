"""The first reader: characters, rules and image area of each page, through pdfium.

It makes one pass over a page's objects and one over its text. Of the readers that were
measured it costs the least CPU.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.errors import UnreadableFile
from gongkai.extractors.pdf.characters import visible_chars
from gongkai.extractors.pdf.page_frame import PageFrame
from gongkai.extractors.pdf.page_objects import PageObjects
from gongkai.model import Page
from gongkai.problems import message

_MAX_PAGES = 3000  # the reports of a whole province for one year, bound in one file

_OPEN_ERRORS = {
    raw.FPDF_ERR_FILE: "pdf_cannot_open",
    raw.FPDF_ERR_FORMAT: "pdf_damaged",
    raw.FPDF_ERR_PASSWORD: "pdf_password",
    raw.FPDF_ERR_SECURITY: "pdf_encryption",
    raw.FPDF_ERR_PAGE: "pdf_page_error",
}


def read_pages(path: Path) -> list[Page]:
    """Read every page of a PDF.

    Raises UnreadableFile for a file that is empty, not a PDF, truncated, locked by a
    password, without pages or with too many of them, or for a damaged page.
    """
    document = open_document(path)
    try:
        return [_read_page(document, number) for number in range(1, len(document) + 1)]
    finally:
        document.close()


def open_document(path: Path) -> pdfium.PdfDocument:
    """Open a PDF; the caller closes it.

    Raises UnreadableFile, with the reason in one sentence, as ``read_pages`` does.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(message("cannot_read", error=error.strerror)) from error
    if not data:
        raise UnreadableFile(message("empty"))
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile(message("not_a_pdf"))
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if b"/Pages" in data and re.search(rb"/Count\s+0\b", data) and b"%%EOF" in data:
            raise UnreadableFile(message("no_pages")) from error
        code = _OPEN_ERRORS.get(getattr(error, "err_code", -1), "pdf_perhaps_damaged")
        raise UnreadableFile(message(code)) from error
    pages = len(document)
    if 0 < pages <= _MAX_PAGES:
        return document
    document.close()
    if pages == 0:
        raise UnreadableFile(message("no_pages"))
    raise UnreadableFile(message("too_many_pages", pages=pages, most=_MAX_PAGES))


def shows_media_box(path: Path, number: int) -> bool:
    """Does a viewer show the whole media box of a page (from 1), upright or upside down?

    False where the crop box differs from the media box, or the page is rotated by 90 or 270
    degrees.
    Raises UnreadableFile as ``read_pages`` does.
    """
    document = open_document(path)
    try:
        page = document[number - 1]
        return bool(page.get_rotation() % 180 == 0 and page.get_cropbox() == page.get_mediabox())
    finally:
        document.close()


def _read_page(document: pdfium.PdfDocument, number: int) -> Page:
    page: Any = raw.FPDF_LoadPage(document.raw, number - 1)
    if not page:
        raise UnreadableFile(message("damaged_page", page=number))
    try:
        frame = PageFrame(page)
        objects = PageObjects(page, frame)
        return Page(
            number=number,
            width=frame.width,
            height=frame.height,
            chars=visible_chars(page, frame, objects),
            rules=tuple(objects.rules),
            image_share=min(1.0, objects.image_area / (frame.width * frame.height)),
            reader="pdfium",
        )
    finally:
        raw.FPDF_ClosePage(page)
