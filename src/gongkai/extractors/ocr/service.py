"""Reads pages of one file by OCR, and decides which pages need it.

The modules that load OpenCV and the model are imported on first use: a digital report does
not need them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from gongkai.errors import UnreadableFile
from gongkai.extractors.ocr.recogniser import is_installed, load_recogniser
from gongkai.extractors.pdf.pdfium import open_document
from gongkai.extractors.text_layer import has_common_words, page_text, untrusted_pages
from gongkai.families.settings import Thresholds
from gongkai.model import Box, Page, ReadOptions
from gongkai.problems import message

_SECOND_DPI = 300.0  # of a second reading, which is finer than the first
_PUNCTUATION = ".,+-/—"  # of number cells, with the digits and the marks of the family
_MAX_PAGES = 120  # by OCR in one file: more pages take many minutes and are not one report


@dataclass(frozen=True)
class FileOcr:
    """OCR of the pages of one file."""

    path: Path
    options: ReadOptions
    alphabet: str  # the characters that a number cell may hold

    @property
    def available(self) -> bool:
        """Do the options allow OCR, and is it installed?"""
        return self.options.ocr != "never" and is_installed()

    def read_pages(self, pages: Sequence[Page]) -> list[Page]:
        """Read the given pages by OCR. Raises OcrMissing where it is not installed."""
        from gongkai.extractors.ocr.page import PageOcrOptions, quarter_turns, read_page

        reader = load_recogniser(self.alphabet)
        turns = 0  # the sheets of one scan mostly have the same orientation
        read = []
        with self._document() as document:
            for page in pages:
                options = PageOcrOptions(
                    want_text=self.options.ocr_text,
                    image_share=page.image_share,
                    expected_turns=turns,
                )
                read.append(read_page(document, page.number, reader, options))
                turns = quarter_turns(read[-1])
        return read

    def reread_pages(self, pages: Iterable[Page]) -> list[Page]:
        """Read pages that were read by OCR a second time, at a finer resolution.

        Raises OcrMissing where OCR is not installed.
        """
        from gongkai.extractors.ocr.page import PageOcrOptions, quarter_turns, read_page

        reader = load_recogniser(self.alphabet)
        readings = []
        with self._document() as document:
            for first in pages:
                options = PageOcrOptions(
                    want_text=False, dpi=_SECOND_DPI, expected_turns=quarter_turns(first)
                )
                readings.append(read_page(document, first.number, reader, options))
        return readings

    def read_cells(
        self, places: Sequence[tuple[int, Box]], texts: Sequence[str]
    ) -> list[tuple[str, float]]:
        """Read number cells of digital pages, each with the confidence of its reading, 0..1.

        ``places`` are the page (from 1) and the box of each cell in displayed points,
        ``texts`` its text in the text layer. Raises OcrMissing where OCR is not installed.
        """
        from gongkai.extractors.ocr.digital_cells import read_digital_cells

        with self._document() as document:
            return read_digital_cells(document, places, texts, load_recogniser(self.alphabet))

    @contextmanager
    def _document(self) -> Iterator[pdfium.PdfDocument]:
        import cv2

        document = open_document(self.path)
        try:
            yield document
        except cv2.error as error:
            # OpenCV has an error of its own for this, with a code or as a wrapped C++ exception.
            out_of_memory = getattr(error, "code", None) == cv2.Error.StsNoMem
            if out_of_memory or "bad_alloc" in str(error):
                raise MemoryError(str(error)) from error
            raise
        finally:
            document.close()


def file_ocr(path: Path, marks: Collection[str], options: ReadOptions) -> FileOcr:
    """OCR of one file; ``marks`` are the family's texts for cells without a number."""
    single = {mark for mark in marks if len(mark) == 1 and not mark.isspace()}
    chinese = sorted(m for m in single if m not in _PUNCTUATION and "\u4e00" < m <= "\u9fff")
    return FileOcr(path, options, f"0123456789{_PUNCTUATION}{''.join(chinese)}")


def with_ocr(pages: Sequence[Page], ocr: FileOcr, thresholds: Thresholds) -> list[Page]:
    """The pages, read by OCR where the text layer cannot be trusted or the options say so.

    Raises UnreadableFile where the file has no text, where a page needs OCR and the options
    forbid it, and where too many pages need it; OcrMissing where OCR is not installed.
    """
    mode = ocr.options.ocr
    reasons = untrusted_pages(pages, thresholds)
    wanted = [page for page in pages if mode == "always" or page.number in reasons]
    if wanted and mode == "never":
        first = wanted[0].number
        raise UnreadableFile(message("ocr_refused", page=first, reason=reasons[first]))
    if len(wanted) > _MAX_PAGES:
        raise UnreadableFile(message("ocr_too_many_pages", pages=len(wanted), most=_MAX_PAGES))
    if not wanted and _is_mismapped(pages, ocr):
        wanted = list(pages)
    if wanted:
        read = {page.number: page for page in ocr.read_pages(wanted)}
        pages = [read.get(page.number, page) for page in pages]
    if not any(page.chars for page in pages):
        raise UnreadableFile(message("no_text"))
    return list(pages)


def _is_mismapped(pages: Sequence[Page], ocr: FileOcr) -> bool:
    """Does no page have a common word, while the first page has one when read by OCR?"""
    first = next((page for page in pages if page.chars), None)
    if (
        first is None
        or len(pages) > _MAX_PAGES
        or any(has_common_words(page_text(page)) for page in pages)
        or not ocr.available
    ):
        return False
    return has_common_words(page_text(*ocr.read_pages([first])))
