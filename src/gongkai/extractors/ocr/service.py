"""Reads pages and cells of one file by OCR.

The modules that load OpenCV and the model are imported on first use: a digital report does
not need them.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from gongkai.extractors.layout.sheets import on_sheet, sheets_of
from gongkai.extractors.ocr.digit_places import DigitPlace
from gongkai.extractors.ocr.recogniser import is_installed, load_recogniser
from gongkai.extractors.pdf.page_pictures import draw_grey
from gongkai.extractors.pdf.pdfium_api import PageFrame, open_document, opened
from gongkai.model import Box, Page, ReadOptions, Rule

_SECOND_DPI = 300.0  # resolution of a second reading, finer than that of the first
_INK_SCALE = 0.5  # pixels a point in the picture that is searched for ink
_INK_GREY = 200  # of 255: darker pixels are ink
_THIN = 3.0  # points: a wider rule is a filled area
_MIN_INK_SHARE = 0.01  # of the page; a page of text has 0.03 and more
_PUNCTUATION = ".,+-/—"  # in number cells, besides digits and the marks of the family


@dataclass(frozen=True)
class FileOcr:
    """OCR of the pages of one file."""

    path: Path
    options: ReadOptions
    alphabet: str  # the characters that a number cell may hold, see ``number_alphabet``
    # the pages by number, needed if some are parts of a page of the file
    by_number: Mapping[int, Page] = field(default_factory=dict)
    words: tuple[str, ...] = ()  # that show that a page is upright, see ``load_recogniser``
    bitmaps: dict[int, Any] = field(default_factory=dict, compare=False)  # see ``CleanBitmaps``

    @property
    def available(self) -> bool:
        """Do the options allow OCR, and is it installed?"""
        return self.options.ocr != "never" and is_installed()

    def read_pages(self, pages: Sequence[Page]) -> list[Page]:
        """Read the given pages by OCR. Raises OcrMissing where it is not installed."""
        return list(self.iterate_pages(pages))

    def iterate_pages(self, pages: Sequence[Page]) -> Generator[Page]:
        """Read the given pages by OCR, one by one; close the generator to stop early.

        Raises OcrMissing where OCR is not installed.
        """
        from gongkai.extractors.ocr.cleaning import CleanBitmaps
        from gongkai.extractors.ocr.page import PageOcrOptions, quarter_turns, read_page

        reader = load_recogniser(self.alphabet, self.words)
        sheets = _Sheets()
        with self._document() as document:
            bitmaps = CleanBitmaps(document, self.bitmaps)
            for page in pages:
                options = PageOcrOptions(
                    want_text=self.options.ocr_text,
                    image_share=page.image_share,
                    expected_turns=sheets.expected_turns(page),
                )
                read = read_page(bitmaps, page.number, reader, options)
                sheets.add(page, quarter_turns(read))
                yield read

    def inked_pages(self, pages: Sequence[Page]) -> set[int]:
        """Return the numbers of pages with more unread ink than a few lines of text.

        The ink of their characters and rules does not count: that of a cover, or an empty table.
        """
        inked = set()
        with opened(self.path) as pdf:
            for read in pages:
                with pdf.page(read.number) as page:
                    frame = PageFrame(page)
                    whole = Box(0, 0, frame.width, frame.height)
                    picture = draw_grey(page, frame, whole, _INK_SCALE)
                is_ink = picture < _INK_GREY
                known = [(c.x0, c.top, c.x1, c.bottom) for c in read.chars]
                for box in [*known, *filter(_is_thin, read.rules)]:
                    x0, top, x1, bottom = (int(edge * _INK_SCALE) for edge in box)
                    is_ink[max(top - 1, 0) : bottom + 2, max(x0 - 1, 0) : x1 + 2] = False
                if is_ink.mean() > _MIN_INK_SHARE:
                    inked.add(read.number)
        return inked

    def reread_pages(self, pages: Iterable[Page]) -> list[Page]:
        """Read pages that were read by OCR a second time, at a finer resolution.

        Raises OcrMissing where OCR is not installed.
        """
        from gongkai.extractors.ocr.cleaning import CleanBitmaps
        from gongkai.extractors.ocr.page import PageOcrOptions, quarter_turns, read_page

        reader = load_recogniser(self.alphabet, self.words)
        readings = []
        with self._document() as document:
            bitmaps = CleanBitmaps(document)
            for first in pages:
                options = PageOcrOptions(
                    want_text=False, dpi=_SECOND_DPI, expected_turns=quarter_turns(first)
                )
                readings.append(read_page(bitmaps, first.number, reader, options))
        return readings

    def read_cells(
        self, places: Sequence[tuple[int, Box]], texts: Sequence[str]
    ) -> list[tuple[str, float]]:
        """Read number cells of pages with a text layer; return each text with its confidence.

        ``places`` gives the page (from 1) and the box in points of each cell, ``texts`` its text
        in the text layer. Confidences are from 0 to 1. Raises OcrMissing where OCR is not
        installed.
        """
        from gongkai.extractors.ocr.digital_cells import read_digital_cells
        from gongkai.extractors.ocr.page import quarter_turns

        places = [
            on_sheet(self.by_number[number], box) if number in self.by_number else (number, box)
            for number, box in places
        ]
        with self._document() as document:
            for page in sheets_of(self.by_number.values()):
                if page.reader != "ocr" and (turns := quarter_turns(page)):
                    turned = document[page.number - 1]
                    turned.set_rotation((turned.get_rotation() + 90 * turns) % 360)
            return read_digital_cells(
                document, places, texts, load_recogniser(self.alphabet, self.words)
            )

    def cut_digits(self, places: Sequence[DigitPlace]) -> dict[int, list[Any]]:
        """Cut out the digits at each place, left to right, by the index of the place.

        Each digit is an array of the contrast of its ink, see ``cell_digits.cut_digits``. A place
        is left out if its ink does not have one piece for each character of its text.
        """
        from gongkai.extractors.ocr.cell_digits import cut_digits
        from gongkai.extractors.ocr.cleaning import CleanBitmaps

        with self._document() as document:
            return cut_digits(CleanBitmaps(document, self.bitmaps), places)

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


def _is_thin(rule: Rule) -> bool:
    """Return whether a rule is a line, not a filled area with characters drawn on it."""
    return min(rule.x1 - rule.x0, rule.bottom - rule.top) < _THIN


class _Sheets:
    """Remembers how pages of a scan were turned: pages of one shape mostly need the same turn."""

    def __init__(self) -> None:
        self._turns: dict[bool, int | None] = {}  # by "is wider than high"

    def add(self, page: Page, quarter_turns: int) -> None:
        """Record that a displayed page is upright after this number of clockwise quarter turns."""
        is_wide = page.width > page.height
        known = self._turns.get(is_wide, quarter_turns)
        self._turns[is_wide] = quarter_turns if known == quarter_turns else None

    def expected_turns(self, page: Page) -> int | None:
        """Return the quarter turns of earlier pages of this shape; None if unknown or differing."""
        return self._turns.get(page.width > page.height)


def number_alphabet(marks: Collection[str]) -> str:
    """Return the characters that a number cell may hold.

    ``marks`` are the signs that the family prints where there is no number.
    """
    single = {mark for mark in marks if len(mark) == 1 and not mark.isspace()}
    chinese = sorted(m for m in single if m not in _PUNCTUATION and "\u4e00" < m <= "\u9fff")
    return f"0123456789{_PUNCTUATION}{''.join(chinese)}"
