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
    if 2 * sum(char.upright for char in chars) < len(chars):
        # turned letters run up or down the page: the order they were set in is theirs
        return "".join(char.text for char in chars)
    return "\n".join(line_text(line, CELL_GAP) for line in in_lines(chars))


def in_lines(chars: Iterable[Char]) -> list[list[Char]]:
    """Characters by line, top to bottom, each line left to right, drawn-twice ones once."""
    lines: list[list[Char]] = []
    for char in sorted(chars, key=_baseline):
        # against the line's first: labels centred beside each other stand half a line apart
        if lines and char.baseline - lines[-1][0].baseline <= SAME_LINE * min(
            char.size, lines[-1][0].size
        ):
            lines[-1].append(char)
        else:
            lines.append([char])
    return [_once(sorted(line, key=_left)) for line in lines]


def line_text(chars: Sequence[Char], gap: float = WORD_GAP) -> str:
    """One line's text; a space where two characters stand apart.

    Only for Latin letters and digits: Chinese is set with all kinds of gaps and has
    no spaces.
    """
    parts: list[str] = []
    for k, char in enumerate(chars):
        if k:
            before = chars[k - 1]
            apart = char.x0 - before.x1 > gap * min(char.size, before.size)
            latin = before.text.isascii() and char.text.isascii()
            if apart and latin:
                parts.append(" ")
        parts.append(char.text)
    return "".join(parts)


def prose_lines(page: int, chars: Iterable[Char]) -> list[Line]:
    """The printed lines of a page, top to bottom."""
    return [
        Line(line_text(line), page, around(line), max(c.size for c in line))
        for line in in_lines(chars)
    ]


def _once(line: list[Char]) -> list[Char]:
    kept: list[Char] = []
    for char in line:
        # between a character and its double at most one other is drawn
        if kept and (
            (kept[-1].text == char.text and char.x0 - kept[-1].x0 <= TWICE * char.size)
            or (
                len(kept) > 1
                and kept[-2].text == char.text
                and char.x0 - kept[-2].x0 <= TWICE * char.size
            )
        ):
            continue
        kept.append(char)
    return kept
