"""Characters into text: the lines of a cell, and the lines of prose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from gongkai.model import Char, Line, around

_baseline, _left = attrgetter("baseline"), attrgetter("x0")

SAME_LINE = 0.5  # of the font size: baselines closer than this share a line
TWICE = 0.2  # of the font size: the same character this close is drawn twice (fake bold)
WORD_GAP = 0.25  # of the font size between two Latin letters or digits: a space
CELL_GAP = 0.8  # of the font size between characters of one cell: a space


def cell_text(chars: Sequence[Char]) -> str:
    """The text of one cell, printed lines joined by a newline."""
    if len(chars) < 2:  # most cells hold a single digit
        return chars[0].text if chars else ""
    if 2 * len([char for char in chars if char.upright]) < len(chars):
        # turned letters run up or down the page: the order they were set in is theirs
        return "".join(char.text for char in chars)
    return "\n".join(line_text(line, CELL_GAP) for line in in_lines(chars))


def in_lines(chars: Iterable[Char]) -> list[list[Char]]:
    """Characters by line, top to bottom, each line left to right, drawn-twice ones once."""
    lines: list[list[Char]] = []
    first, size = float("-inf"), 0.0  # baseline and size of the line's first character
    for char in sorted(chars, key=_baseline):
        # against the line's first: labels centred beside each other stand half a line apart
        below = char.baseline - first
        if below == 0 or below <= SAME_LINE * min(char.size, size):
            lines[-1].append(char)
        else:
            first, size = char.baseline, char.size
            lines.append([char])
    return [_once(sorted(line, key=_left)) for line in lines]


def line_text(chars: Sequence[Char], gap: float = WORD_GAP) -> str:
    """One line's text; a space where two characters stand apart.

    Only for Latin letters and digits: Chinese is set with all kinds of gaps and has
    no spaces.
    """
    parts: list[str] = []
    before: Char | None = None  # where it is Latin
    for char in chars:
        text = char.text
        if not text.isascii():
            before = None
        else:
            if before and char.x0 - before.x1 > gap * min(char.size, before.size):
                parts.append(" ")
            before = char
        parts.append(text)
    return "".join(parts)


def prose_lines(page: int, chars: Iterable[Char]) -> list[Line]:
    """The printed lines of a page, top to bottom."""
    return [
        Line(line_text(line), page, around(line), max([c.size for c in line]))
        for line in in_lines(chars)
    ]


def _once(line: list[Char]) -> list[Char]:
    end = float("-inf")
    for char in line:
        x = char.x0
        if x - end <= TWICE * char.size:
            break
        end = x
    else:
        return line
    kept: list[Char] = []
    for char in line:
        near = char.x0 - TWICE * char.size
        # between a character and its double at most one other is drawn
        if not any(before.x0 >= near and before.text == char.text for before in kept[-2:]):
            kept.append(char)
    return kept
