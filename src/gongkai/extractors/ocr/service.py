"""What the pictures of a file's pages say. Nothing is loaded before it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import UnreadableFile
from gongkai.extractors.ocr.recogniser import is_installed, recogniser
from gongkai.extractors.pdf.pdfium import open_document
from gongkai.extractors.text_layer import has_common_words, page_text, untrusted_pages
from gongkai.families.settings import Thresholds
from gongkai.model import Box, Page, ReadOptions
from gongkai.problems import message

_AGAIN_DPI = 300.0  # of a second look: finer than the first
_PUNCTUATION = ".,+-/—"  # beside digits and the pipeline's own marks
_MOST_PAGES = 120  # pictures in one file: more is no report, and would take many minutes


@dataclass(frozen=True)
class FileOcr:
    """The pages of one file as pictures, and who may read them."""

    path: Path
    options: ReadOptions
    alphabet: str  # what a number cell may hold

    @property
    def available(self) -> bool:
        """May pictures be read, and is what reads them installed?"""
        return self.options.ocr != "never" and is_installed()

    def read_pages(self, pages: Sequence[Page]) -> list[Page]:
        """The given pages, read from their pictures instead.

        Raises OcrMissing where what reads pictures is not installed.
        """
        from gongkai.extractors.ocr.page import quarters, read_page

        reader = recogniser(self.alphabet)
        document = open_document(self.path)
        likely = 0  # sheets of one stack mostly lie alike
        read = []
        try:
            for page in pages:
                read.append(
                    read_page(
                        document,
                        page.number,
                        reader,
                        want_text=self.options.ocr_text,
                        image_share=page.image_share,
                        likely=likely,
                    )
                )
                likely = quarters(read[-1])
            return read
        finally:
            document.close()

    def reread_pages(self, pages: Iterable[Page]) -> list[Page]:
        """A second, finer look at pages that were read from their pictures."""
        from gongkai.extractors.ocr.page import quarters, read_page

        reader = recogniser(self.alphabet)
        document = open_document(self.path)
        try:
            return [
                read_page(
                    document,
                    first.number,
                    reader,
                    want_text=False,
                    dpi=_AGAIN_DPI,
                    likely=quarters(first),
                )
                for first in pages
            ]
        finally:
            document.close()

    def read_cells(
        self, places: Sequence[tuple[int, Box]], texts: Sequence[str]
    ) -> list[tuple[str, float]]:
        """What stands in number cells of digital pages as one sees them, each with the
        confidence of its reading; ``texts`` are what the text layer says."""
        from gongkai.extractors.ocr.digital_cells import read_digital_cells

        document = open_document(self.path)
        try:
            return read_digital_cells(document, places, texts, recogniser(self.alphabet))
        finally:
            document.close()


def file_ocr(path: Path, marks: Collection[str], options: ReadOptions) -> FileOcr:
    """The pictures of one file."""
    single = {mark for mark in marks if len(mark) == 1 and not mark.isspace()}
    others = sorted(m for m in single if m not in _PUNCTUATION and "\u4e00" < m <= "\u9fff")
    return FileOcr(path, options, f"0123456789{_PUNCTUATION}{''.join(others)}")


def with_ocr(pages: Sequence[Page], pictures: FileOcr, thresholds: Thresholds) -> list[Page]:
    """Pages as one may believe them: where the text layer is not honest, or where asked to,
    read from the picture.

    Raises UnreadableFile where no honest text is to be had.
    """
    mode = pictures.options.ocr
    reasons = untrusted_pages(pages, thresholds)
    wanted = [page for page in pages if mode == "always" or page.number in reasons]
    if wanted and mode == "never":
        first = wanted[0].number
        raise UnreadableFile(message("ocr_refused", page=first, reason=reasons[first]))
    if len(wanted) > _MOST_PAGES:
        raise UnreadableFile(message("ocr_too_many_pages", pages=len(wanted), most=_MOST_PAGES))
    if not wanted and _is_other_text(pages, pictures):
        wanted = list(pages)
    if wanted:
        read = {page.number: page for page in pictures.read_pages(wanted)}
        pages = [read.get(page.number, page) for page in pages]
    if not any(page.chars for page in pages):
        raise UnreadableFile(message("no_text"))
    return list(pages)


def _is_other_text(pages: Sequence[Page], pictures: FileOcr) -> bool:
    """Does a file say nothing of what such reports say, while its first page, seen, does?"""
    first = next((page for page in pages if page.chars), None)
    if (
        first is None
        or len(pages) > _MOST_PAGES
        or any(has_common_words(page_text(page)) for page in pages)
        or not pictures.available
    ):
        return False
    return has_common_words(page_text(*pictures.read_pages([first])))
