"""Checks of lines that were read at a part of their width, where letters can be lost.

Their digits are read a second time, cut out of the line. Chinese letters must be evenly spaced.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from gongkai.extractors.ocr.line_model import Glyph

_BEFORE, _AFTER = 1, 2  # glyphs of a piece beside its digits
_DIGITS = re.compile(rf"\d(?:.*\d)?.{{0,{_AFTER}}}")  # with what follows, such as a unit

# multiples of the distance between Chinese letters
_MAX_GAP = 1.5  # between two of them: a wider one shows that a letter was lost
_MIN_GAP = 0.6  # between two equal letters: closer ones are one letter
_MIN_STEPS = 3  # distances between Chinese letters, to know the usual one


class DigitPiece(NamedTuple):
    """The part of a line around some digits: its edges in the width of the line, and its text."""

    left: float
    right: float
    text: str

    def cut(self, image: Any) -> Any:
        """The piece of the image of the line."""
        width = image.shape[1]
        return image[:, int(self.left * width) : max(int(self.right * width), 1)]

    def agrees(self, other: str) -> bool:
        """Does another reading of the piece have the same digits and the same text after them?"""
        own, found = (_DIGITS.search(_folded(text)) for text in (self.text, other))
        if own is None or found is None:
            return False
        shorter, longer = sorted((own[0], found[0]), key=len)
        # edges of the piece may cut a letter
        return longer.startswith(shorter) and not any(map(str.isdigit, longer[len(shorter) :]))


def digit_pieces(glyphs: Sequence[Glyph]) -> list[DigitPiece]:
    """The pieces of a line around its digits; digits near each other share one."""
    places = [k for k, glyph in enumerate(glyphs) if glyph.text.isdigit()]
    spans: list[tuple[int, int]] = []  # first and last glyph
    for k in places:
        first, last = max(0, k - _BEFORE), min(len(glyphs) - 1, k + _AFTER)
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = spans[-1][0], last
        else:
            spans.append((first, last))
    edges = [0.0, *((a.position + b.position) / 2 for a, b in pairwise(glyphs)), 1.0]
    return [
        DigitPiece(edges[first], edges[last + 1], "".join(g.text for g in glyphs[first : last + 1]))
        for first, last in spans
    ]


def is_uneven(glyphs: Sequence[Glyph]) -> bool:
    """Do the distances between letters show that one was lost or read twice?"""
    steps = [
        (a.text, b.text, b.position - a.position)
        for a, b in pairwise(glyphs)
        if not (a.text + b.text).isascii()
    ]
    between = [step for a, b, step in steps if _is_chinese(a) and _is_chinese(b)]
    if len(between) < _MIN_STEPS:
        return False
    usual = statistics.median(between)
    return max(between) > _MAX_GAP * usual or any(
        _folded(a) == _folded(b) and step < _MIN_GAP * usual for a, b, step in steps
    )


def _is_chinese(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"


def _folded(text: str) -> str:
    """The text without spaces, full-width characters as ASCII."""
    return "".join(unicodedata.normalize("NFKC", text).split())
