"""Reads the numbers inside a rectangle of a page again, by its text layer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from gongkai.extractors.layout.lines import in_lines
from gongkai.extractors.layout.sheets import displayed_box
from gongkai.extractors.layout.text_segments import runs_of
from gongkai.extractors.readers import PdfiumReader
from gongkai.model import Box, Char, ReadOptions, bounding_box

_MAX_CHARS = 20_000  # on a page
_SAME_WORD = 0.5  # of the font size, between the characters of one number
_NUMBER = re.compile(r"[0-9０-９][0-9０-９.,，．]*|[/／—–-]+")


def read_numbers(path: Path, page: int, box: Box) -> list[list[str]]:
    """Return the numbers and marks inside a rectangle, line by line, from left to right.

    ``box`` is in points of the displayed page. A line is a list of texts as printed; a word that is
    not a number or a mark alone is left out. The list is empty where the page has no text there.
    Raises UnreadableFile.
    """
    pages = PdfiumReader().read(path, [page], ReadOptions(ocr="never"))
    chars = [
        char
        for each in pages
        for char in each.chars[:_MAX_CHARS]
        if char.text.strip() and box.contains(*displayed_box(each, bounding_box([char])).middle)
    ]
    lines = map(_numbers, in_lines(chars))
    return [numbers for numbers in lines if numbers]


def _numbers(line: Sequence[Char]) -> list[str]:
    words = ("".join(char.text for char in run) for run in runs_of(line, _SAME_WORD))
    return [word for word in words if _NUMBER.fullmatch(word)]
