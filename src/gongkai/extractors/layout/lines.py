"""Characters joined to text: the lines of a cell, and the lines of prose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from gongkai.model import Char, Line, bounding_box

_baseline, _left = attrgetter("baseline"), attrgetter("x0")

# All are multiples of the font size.
MAX_BASELINE_OFFSET = 0.5  # between characters of one line
MAX_DOUBLE_OFFSET = 0.2  # between a character and its double: fake bold is drawn twice
WORD_GAP = 0.25  # between Latin letters or digits of prose: a wider gap is a space
CELL_GAP = 0.8  # the same within one cell, where digits are often spaced out


def cell_text(chars: Sequence[Char]) -> str:
    """The text of one cell, its printed lines joined by a newline."""
    if len(chars) < 2:  # most cells have a single digit
        return chars[0].text if chars else ""
    if 2 * len([char for char in chars if char.upright]) < len(chars):
        # rotated letters run up or down the page: keep the order of the text layer
        return "".join(char.text for char in chars)
    return "\n".join(line_text(line, CELL_GAP) for line in in_lines(chars))


def in_lines(chars: Iterable[Char]) -> list[list[Char]]:
    """Group characters into lines, top to bottom, each left to right, without doubles."""
    lines: list[list[Char]] = []
    first, size = float("-inf"), 0.0  # baseline and size of the line's first character
    for char in sorted(chars, key=_baseline):
        # Compared with the line's first character, not the previous one: labels that are
        # centred beside each other may each be half a line lower than the one before.
        below = char.baseline - first
        if below == 0 or below <= MAX_BASELINE_OFFSET * min(char.size, size):
            lines[-1].append(char)
        else:
            first, size = char.baseline, char.size
            lines.append([char])
    return [_without_doubles(sorted(line, key=_left)) for line in lines]


def line_text(chars: Sequence[Char], gap: float = WORD_GAP) -> str:
    """The text of one line, with a space for a gap wider than ``gap`` font sizes.

    Only a gap between Latin letters or digits is a space: Chinese is set with gaps of all
    widths and has no spaces.
    """
    parts: list[str] = []
    before: Char | None = None  # the character before, if it is Latin
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
    """The printed lines of a page (from 1), top to bottom."""
    return [
        Line(line_text(line), page, bounding_box(line), max([c.size for c in line]))
        for line in in_lines(chars)
    ]


def _without_doubles(line: list[Char]) -> list[Char]:
    end = float("-inf")
    for char in line:
        x = char.x0
        if x - end <= MAX_DOUBLE_OFFSET * char.size:
            break
        end = x
    else:
        return line
    kept: list[Char] = []
    for char in line:
        near = char.x0 - MAX_DOUBLE_OFFSET * char.size
        # at most one other character is between a character and its double
        if not any(before.x0 >= near and before.text == char.text for before in kept[-2:]):
            kept.append(char)
    return kept
