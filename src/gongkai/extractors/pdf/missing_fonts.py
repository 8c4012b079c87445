"""Letters of a font that is neither in the file nor on this machine.

pdfium then measures letters without height, and drops those that stand alone on their
line. pdfplumber needs no font to tell letters and places, so such pages are its to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber
from gongkai.model import Page

_FLAT = 0.01  # of the font size: no letter's ink is lower, but for 一
_EVERY = 8  # of a page's letters one is looked at
_SHARE = 0.1  # of a page's letters: more than 一 and ruled blanks ever are


def reread_missing_fonts(pages: Sequence[Page], path: Path) -> list[Page]:
    """The pages, those with faceless letters as pdfplumber reads them, where it can."""
    lost = [page.number for page in pages if _is_faceless(page)]
    looks = {look.page: look for look in read_with_pdfplumber(path, lost)} if lost else {}
    return [
        replace(page, chars=looks[page.number].chars, reader="pdfplumber")
        if page.number in looks
        else page
        for page in pages
    ]


def _is_faceless(page: Page) -> bool:
    some = page.chars[::_EVERY]
    return sum([c.bottom - c.top < _FLAT * c.size for c in some]) > _SHARE * len(some)
