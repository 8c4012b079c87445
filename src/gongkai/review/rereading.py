"""Reads the numbers inside a rectangle of a page again, by its text layer or by OCR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from gongkai.extractors.layout.lines import in_lines
from gongkai.extractors.layout.sheets import displayed_box
from gongkai.extractors.layout.text_segments import runs_of
from gongkai.extractors.readers import OcrReader, PdfiumReader
from gongkai.model import Box, Char, Page, ReadOptions, bounding_box

_MAX_CHARS = 20_000  # on a page
_SAME_WORD = 0.5  # of the font size, between the characters of one number
_OPTIONS = ReadOptions()
_NUMBER = re.compile(r"[0-9０-９][0-9０-９.,，．]*|[/／—–-]+")


def read_numbers(path: Path, page: int, box: Box) -> list[list[str]]:
    """Return the numbers and marks inside a rectangle, line by line, from left to right.

    ``box`` is in points of the displayed page. A line is a list of texts as printed; a word that is
    not a number or a mark alone is left out. Where the page has no text inside the rectangle, as
    a scan, the page is read by OCR, which takes a second or two. The list is empty if that finds no
    number either. Raises UnreadableFile, and OcrMissing if OCR is not installed.
    """
    chars = _inside(PdfiumReader().read(path, [page], _OPTIONS), box)
    if not chars:
        chars = _inside(OcrReader().read(path, [page], _OPTIONS), box)
    lines = map(_numbers, in_lines(chars))
    return [numbers for numbers in lines if numbers]


def _inside(pages: Iterable[Page], box: Box) -> list[Char]:
    return [
        char
        for page in pages
        for char in page.chars[:_MAX_CHARS]
        if char.text.strip() and box.contains(*displayed_box(page, bounding_box([char])).middle)
    ]


def _numbers(line: Sequence[Char]) -> list[str]:
    words = ("".join(char.text for char in run) for run in runs_of(line, _SAME_WORD))
    return [word for word in words if _NUMBER.fullmatch(word)]
