"""Lines of text cut into segments at wide gaps: the cells of tables without rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gongkai.extractors.layout.lines import in_lines, line_text
from gongkai.model import Box, Char

CELL_GAP_WIDTH = 0.9  # of the font size: a wider gap separates two cells of one line


@dataclass(frozen=True)
class TextSegment:
    """Characters of one line without a wide gap: the text of one cell on this line."""

    chars: tuple[Char, ...]
    box: Box
    text: str
    is_value: bool  # the text can be the content of a number cell
    is_row_label: bool = False  # the text is the complete label of a row

    @property
    def size(self) -> float:
        """The font size of the first character, in points."""
        return self.chars[0].size

    @property
    def baseline(self) -> float:
        """The baseline of the first character."""
        return self.chars[0].baseline


TextLine = list[TextSegment]  # one line, left to right


def split_line(
    line: Sequence[Char],
    is_value: Callable[[str], bool],
    is_row_label: Callable[[str], bool] = lambda _: False,
) -> Iterator[TextSegment]:
    """The segments of a line of characters, left to right."""
    run: list[Char] = []
    runs = [run]
    for char in line:
        if run and char.x0 - run[-1].x1 > CELL_GAP_WIDTH * max(char.size, run[-1].size):
            run = []
            runs.append(run)
        run.append(char)
    for run in runs if line else ():
        box = Box(run[0].x0, min(c.top for c in run), run[-1].x1, max(c.bottom for c in run))
        text = line_text(run)
        yield TextSegment(tuple(run), box, text, is_value(text), is_row_label(text))


def count_isolated_values(chars: Sequence[Char], is_value: Callable[[str], bool]) -> int:
    """The number of values with a wide gap on both sides, as in a table, not in a sentence."""
    return sum(s.is_value for line in in_lines(chars) for s in split_line(line, is_value))


def has_value(line: TextLine) -> bool:
    """Does a line hold a value?"""
    return any(s.is_value for s in line)


def is_label_only(line: TextLine) -> bool:
    """Does a line end in the complete label of a row, without any value?"""
    return line[-1].is_row_label and not has_value(line)


def mean_y(line: TextLine) -> float:
    """The mean y of a line's segments, in points."""
    return sum(s.box.top + s.box.bottom for s in line) / (2 * len(line))


def overlaps_vertically(label: TextSegment, others: Iterable[TextSegment]) -> bool:
    """Is one of the other segments beside a label, at the same height?"""
    return any(s.box.top < label.box.bottom and s.box.bottom > label.box.top for s in others)
