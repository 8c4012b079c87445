"""Reads the numbers inside a rectangle of a page again, by its text layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gongkai.extractors.readers import PdfiumReader
from gongkai.model import Box, Char, Page, ReadOptions

_MAX_CHARS = 20_000  # on a page
_SAME_LINE = 0.5  # of the font size, between the baselines of one line
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
        if char.text.strip() and box.contains(*_displayed(each, char))
    ]
    lines = (_numbers(line) for line in _lines(chars))
    return [numbers for numbers in lines if numbers]


def _displayed(page: Page, char: Char) -> tuple[float, float]:
    """Return the middle of a character on the displayed page."""
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    if page.to_displayed is None:
        return x, y
    a, b, c, d, e, f = page.to_displayed
    return a * x + b * y + c, d * x + e * y + f


def _lines(chars: Sequence[Char]) -> Iterator[list[Char]]:
    line: list[Char] = []
    for char in sorted(chars, key=lambda each: (each.baseline, each.x0)):
        if line and char.baseline - line[0].baseline > _SAME_LINE * char.size:
            yield line
            line = []
        line.append(char)
    if line:
        yield line


def _numbers(line: Sequence[Char]) -> list[str]:
    words: list[str] = []
    before: Char | None = None
    for char in sorted(line, key=lambda each: each.x0):
        if before is not None and char.x0 - before.x1 <= _SAME_WORD * char.size:
            words[-1] += char.text
        else:
            words.append(char.text)
        before = char
    return [word for word in words if _NUMBER.fullmatch(word)]
