"""Page furniture: page numbers, running headers and footers, told from the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from gongkai.model import Line, Page

_MARGIN = 0.12  # of the page's height at its head and foot: where furniture stands
_PAGE_NUMBER = re.compile(
    r"[-－—–─·.\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/，,]?\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[-－—–─·.\s]*"
)
_ALIKE = 90.0  # likeness, 0 to 100, of two readings of one running header
_LONG = 10  # characters: a shorter text is like too many others
_DIGITS = re.compile(r"\d+")


def without_furniture(
    lines: Mapping[int, Sequence[Line]], pages: Mapping[int, Page]
) -> dict[int, list[Line]]:
    """The lines of each page (by page number) without its furniture.

    A line at the head or foot of a page is furniture where it is a page number, or
    where it stands, digits apart, on at least two pages and half of all.
    """
    repeated: Counter[str] = Counter()
    for number, page_lines in lines.items():
        repeated.update({_masked(line) for line in page_lines if _at_edge(line, pages[number])})
    enough = max(2, (len(pages) + 1) // 2)
    return {
        number: [
            line
            for line in page_lines
            if not (
                _at_edge(line, pages[number])
                and (_PAGE_NUMBER.fullmatch(line.text.strip()) or _repeats(line, repeated, enough))
            )
        ]
        for number, page_lines in lines.items()
    }


def _repeats(line: Line, repeated: Counter[str], enough: int) -> bool:
    """Is it a running header or footer? Numbers alone are not: rows of a table repeat too."""
    masked = _masked(line)
    if not any(c.isalpha() for c in masked):
        return False
    if repeated[masked] >= enough:
        return True
    # a picture is not read alike on every page
    alike = (n for other, n in repeated.items() if fuzz.ratio(masked, other) >= _ALIKE)
    return len(masked) >= _LONG and sum(alike) >= enough


def _masked(line: Line) -> str:
    return _DIGITS.sub("#", "".join(line.text.split()))


def _at_edge(line: Line, page: Page) -> bool:
    return line.box.bottom < _MARGIN * page.height or line.box.top > (1 - _MARGIN) * page.height
