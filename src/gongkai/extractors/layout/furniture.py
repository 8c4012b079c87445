"""Page furniture: page numbers, running headers and running footers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from gongkai.model import Line, Page

_MARGIN = 0.12  # share of the page's height, at its head and foot, that may be furniture
_MIN_LIKENESS = 90.0  # of 100, between two OCR readings of one running header
_MIN_LENGTH = 10  # characters: a shorter text resembles too many others
_DIGITS = re.compile(r"\d+")


def without_furniture(
    lines: Mapping[int, Sequence[Line]],
    pages: Mapping[int, Page],
    page_number: re.Pattern[str],
) -> dict[int, list[Line]]:
    """The lines of each page, by page number, without page furniture.

    A line at the head or foot of a page is furniture if ``page_number`` matches it, or if it
    appears, digits aside, on at least two pages and on half of all pages.
    """
    repeated: Counter[str] = Counter()
    for number, page_lines in lines.items():
        repeated.update({_mask(line) for line in page_lines if _is_in_margin(line, pages[number])})
    min_count = max(2, (len(pages) + 1) // 2)
    return {
        number: [
            line
            for line in page_lines
            if not (
                _is_in_margin(line, pages[number])
                and (
                    page_number.fullmatch(line.text.strip())
                    or _is_running(line, repeated, min_count)
                )
            )
        ]
        for number, page_lines in lines.items()
    }


def _is_running(line: Line, repeated: Counter[str], min_count: int) -> bool:
    """Is a line a running header or footer?

    A line of numbers only is not one, since the rows of a table repeat, too.
    """
    masked = _mask(line)
    if not any(c.isalpha() for c in masked):
        return False
    if repeated[masked] >= min_count:
        return True
    # OCR does not read the same header alike on every page
    counts = (n for other, n in repeated.items() if fuzz.ratio(masked, other) >= _MIN_LIKENESS)
    return len(masked) >= _MIN_LENGTH and sum(counts) >= min_count


def _mask(line: Line) -> str:
    return _DIGITS.sub("#", "".join(line.text.split()))


def _is_in_margin(line: Line, page: Page) -> bool:
    return line.box.bottom < _MARGIN * page.height or line.box.top > (1 - _MARGIN) * page.height
