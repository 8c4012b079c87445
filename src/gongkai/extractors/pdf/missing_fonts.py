"""Pages with a font that is neither in the file nor on this machine.

pdfium then reports characters without height, and drops a character that is alone on its
line. pdfplumber needs no font to report characters and their places, so it reads these pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber
from gongkai.model import Page

_MIN_HEIGHT = 0.01  # font sizes: the ink of every character but 一 is higher
_SAMPLE_STEP = 8  # one in this many characters of a page is tested
_MAX_FLAT_SHARE = 0.1  # of the characters; the share of 一 and of ruled blanks is lower


def reread_missing_fonts(pages: Sequence[Page], path: Path) -> list[Page]:
    """Replace the characters of pages with missing fonts by those that pdfplumber reads.

    A page that pdfplumber cannot read stays as it is.
    """
    affected = [page.number for page in pages if _has_missing_font(page)]
    readings = {r.number: r for r in read_with_pdfplumber(path, affected)} if affected else {}
    return [
        replace(page, chars=readings[page.number].chars, reader="pdfplumber")
        if page.number in readings
        else page
        for page in pages
    ]


def _has_missing_font(page: Page) -> bool:
    sample = page.chars[::_SAMPLE_STEP]
    flat = sum([c.bottom - c.top < _MIN_HEIGHT * c.size for c in sample])
    return flat > _MAX_FLAT_SHARE * len(sample)
