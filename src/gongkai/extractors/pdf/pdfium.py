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

_MAX_PAGES = 3000  # the reports of a whole province for one year, bound in one file

_OPEN_ERRORS = {
    raw.FPDF_ERR_FILE: "文件打不开",
    raw.FPDF_ERR_FORMAT: "不是PDF文件，或已损坏、被截断",
    raw.FPDF_ERR_PASSWORD: "需要密码才能打开",
    raw.FPDF_ERR_SECURITY: "使用了不支持的加密方式",
    raw.FPDF_ERR_PAGE: "页面找不到或内容有误",
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
        raise UnreadableFile(f"文件读不出：{error.strerror}") from error
    if not data:
        raise UnreadableFile("文件是空的")
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile("不是PDF文件")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if b"/Pages" in data and re.search(rb"/Count\s+0\b", data) and b"%%EOF" in data:
            raise UnreadableFile("文件里没有页面") from error
        reason = _OPEN_ERRORS.get(getattr(error, "err_code", -1), "文件打不开，可能已损坏")
        raise UnreadableFile(reason) from error
    pages = len(document)
    if 0 < pages <= _MAX_PAGES:
        return document
    document.close()
    if pages == 0:
        raise UnreadableFile("文件里没有页面")
    raise UnreadableFile(f"有 {pages} 页，超过 {_MAX_PAGES} 页：不像年度报告，请拆分后再导入")


def shows_media_box(path: Path, number: int) -> bool:
    """Does a viewer show the whole media box of a page (from 1), upright or upside down?

    It does not where the page has a crop box of its own or is rotated by 90 or 270 degrees.
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
        raise UnreadableFile(f"第{number}页已损坏，读不出")
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
