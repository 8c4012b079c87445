"""Splits lines of text without rules into segments: the text of one cell on one line.

A wide gap separates two segments. So does a narrow gap, if other lines show that two cells begin
there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median_low
from typing import NamedTuple

from msgspec import structs

from gongkai.extractors.layout.lines import in_lines, line_text
from gongkai.model import Box, Char, bounding_box

# Full-width marks between digits, and their least width in font sizes: most of it is blank.
_WIDE_MARKS, _MARK_WIDTH = ("．", "，"), 0.7
CELL_GAP_WIDTH = 0.9  # of the font size: a wider gap separates two cells of one line
ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,2} ?[）)、.．]")
_FIRST_OF_ORDINAL = frozenset("（(0123456789")
_HAN = re.compile("[\u3400-\u9fff]")
_SAME_START = 0.05  # font sizes: most difference between the x of texts that are aligned
_START_OF_ONE = 0.12  # the same for the digit 1, whose ink begins further right
_ALIGNED = 0.3  # font sizes: most difference between numbers in one column, aligned alike
_NUMBER_GAP = 0.3  # font sizes: excess over the usual digit distance between two numbers
_GAP_AMONG_DIGITS = 0.25  # the same where the text has digits of one number, too
_USUAL_PITCH = 0.55  # font sizes between the middles of two digits
_WIDEST_PITCH = 0.75  # in letter-spaced numbers; wider ones are those of neighbouring cells
_STACKED = 2.2  # font sizes between the baselines of two letters written below each other
_MIN_STACK = 3  # least number of letters in text written from top to bottom
_MIN_STARTS = 3  # least number of texts that show a left edge of cells
_LETTER_GAP = 0.2  # font sizes: least gap between letters of neighbouring columns
_WIDER_GAP = 0.15  # font sizes: excess of a gap between words over the gaps inside them


class LabelTests(NamedTuple):
    """What a table's form says about a text; each test takes the text of one cell."""

    is_value: Callable[[str], bool]  # can it be the content of a number cell?
    is_row: Callable[[str], bool]  # is it the complete label of a row?
    is_header: Callable[[str], bool]  # is it the complete label of a column, or the corner?
    is_corner: Callable[[str], bool]  # is it printed over the labels of the rows?
    is_caption: Callable[[str], bool]  # is it printed over a block of rows?


@dataclass(frozen=True)
class TextSegment:
    """Characters of one line without a wide gap: the text of one cell on this line."""

    chars: tuple[Char, ...]
    box: Box
    text: str
    is_value: bool = False  # the text can be the content of a number cell
    is_row_label: bool = False  # the text is the complete label of a row
    is_foreign: bool = False  # the text is of another script than the Chinese beside it

    @property
    def size(self) -> float:
        """The font size of the first character, in points."""
        return self.chars[0].size

    @property
    def baseline(self) -> float:
        """The baseline of the first character."""
        return self.chars[0].baseline

    def moved(self, y: float) -> TextSegment:
        """The segment ``y`` points further down."""
        chars = tuple(
            structs.replace(c, top=c.top + y, bottom=c.bottom + y, baseline=c.baseline + y)
            for c in self.chars
        )
        x0, top, x1, bottom = self.box
        return replace(self, chars=chars, box=Box(x0, top + y, x1, bottom + y))


TextLine = list[TextSegment]  # one line, left to right


def split_line(line: Sequence[Char], tests: LabelTests) -> Iterator[TextSegment]:
    """The segments of a line of characters, left to right."""
    return (_segment(run, tests) for run in runs_of(line, CELL_GAP_WIDTH))


def runs_of(line: Sequence[Char], gap: float) -> list[list[Char]]:
    """The characters of a line, parted at gaps wider than ``gap`` font sizes."""
    runs: list[list[Char]] = []
    for char in line:
        before = runs[-1][-1] if runs else char
        end = before.x0 + _MARK_WIDTH * before.size if before.text in _WIDE_MARKS else before.x1
        if runs and char.x0 - end <= gap * max(char.size, before.size):
            runs[-1].append(char)
        else:
            runs.append([char])
    return runs


def split_numbers(lines: Sequence[TextLine], tests: LabelTests) -> list[TextLine]:
    """Split numbers that are in neighbouring cells, however narrow the gap; return the lines.

    Two numbers stay together if another line has one number over the place of both: then they
    are in one cell.
    """
    numbers = [s for line in lines for s in line if s.text[0].isdigit()]
    pitches = [pitch for s in numbers if s.is_value for pitch in _pitches(s) if pitch]
    usual = min(median_low(pitches), _WIDEST_PITCH) if pitches else _USUAL_PITCH
    wide = usual + _NUMBER_GAP
    starts: dict[int, list[int]] = {}
    for s in numbers:
        own = _pitches(s)
        narrowest = min(filter(None, own), default=wide)
        limit = min(wide, narrowest + _GAP_AMONG_DIGITS)
        starts[id(s)] = [k for k, pitch in enumerate(own, 1) if pitch > limit]
    whole = [s.box for s in numbers if s.is_value and not starts[id(s)]]

    def parts(segment: TextSegment) -> list[TextSegment]:
        if not starts.get(id(segment)):
            return [segment]
        ends = [0, *starts[id(segment)], len(segment.chars)]
        split = [_segment(segment.chars[start:end], tests) for start, end in pairwise(ends)]
        gaps = [(a.box.x1, b.box.x0) for a, b in pairwise(split)]
        is_apart = all(part.is_value for part in split) and not any(
            box.x0 < x0 and box.x1 > x1 and _are_aligned(box, segment)
            for box in whole
            for x0, x1 in gaps
        )
        return split if is_apart else [segment]

    return [[part for segment in line for part in parts(segment)] for line in lines]


def _are_aligned(box: Box, segment: TextSegment) -> bool:
    """Are a box and a text aligned at a side or in the middle?"""
    left, right = box.x0 - segment.box.x0, box.x1 - segment.box.x1
    return min(abs(left), abs(right), abs(left + right) / 2) < _ALIGNED * segment.size


def _pitches(segment: TextSegment) -> list[float]:
    """The distances between neighbouring digits in font sizes; 0 where one is no digit."""
    return [
        (b.x0 + b.x1 - a.x0 - a.x1) / (2 * a.size) if a.text.isdigit() and b.text.isdigit() else 0.0
        for a, b in pairwise(segment.chars)
    ]


def split_at_starts(lines: Sequence[TextLine], tests: LabelTests) -> list[TextLine]:
    """Split text where left-aligned cells begin; return the lines.

    Such cells are labels with an ordinal, and values. The text before them may be closer than
    ``CELL_GAP_WIDTH``. The whole label of a row with its ordinal begins a cell also alone.
    """
    segments = [s for line in lines for s in line]
    ordinals = (s for s in segments if s.text[:1].isdigit() and ORDINAL.match(s.text))
    labels = _common_starts(s for s in ordinals if not s.is_value)
    starts = [*labels, *_common_starts(s for s in segments if s.is_value)]

    def parts(segment: TextSegment) -> Iterator[TextSegment]:
        chars = segment.chars
        gaps = [b.x0 - a.x1 for a, b in pairwise(chars)]
        wide = max(0.0, median_low(gaps) + _WIDER_GAP * segment.size) if gaps else 0.0
        for k, gap in enumerate(gaps, 1):
            is_start = gap >= -_SAME_START * segment.size and _starts_at(chars[k], starts)
            if not is_start and not (gap > wide and chars[k].text in _FIRST_OF_ORDINAL):
                continue
            tail = line_text(chars[k:])
            has_ordinal = ORDINAL.match(tail)
            if (
                tests.is_value(tail) or has_ordinal or gap > wide
                if is_start
                else has_ordinal and tests.is_row(tail)
            ):
                yield from split_line(chars[:k], tests)
                for rest in split_line(chars[k:], tests):
                    yield from parts(rest)
                return
        yield segment

    first = next((k for k, line in enumerate(lines) if has_value(line)), len(lines))
    body = ([p for s in line for p in ([s] if s.is_value else parts(s))] for line in lines[first:])
    return [*lines[:first], *body]


def _common_starts(segments: Iterable[TextSegment]) -> list[float]:
    """The x at which several segments begin."""
    runs: list[list[float]] = []
    for x, size in sorted((s.box.x0, s.size) for s in segments):
        if runs and x - runs[-1][0] <= 2 * _SAME_START * size:
            runs[-1].append(x)
        else:
            runs.append([x])
    return [fmean(run) for run in runs if len(run) >= _MIN_STARTS]


def _starts_at(char: Char, starts: Sequence[float]) -> bool:
    share = _START_OF_ONE if char.text == "1" else _SAME_START
    return any(abs(char.x0 - x) <= share * char.size for x in starts)


def _segment(chars: Sequence[Char], tests: LabelTests | None = None) -> TextSegment:
    """A segment of some characters of a line; without tests neither value nor label."""
    box = Box(chars[0].x0, min(c.top for c in chars), chars[-1].x1, max(c.bottom for c in chars))
    text = line_text(chars)
    if tests is None:
        return TextSegment(tuple(chars), box, text)
    # a digit may be further from a point than a letter from the next word
    is_value = tests.is_value(text) or (
        text[0].isdigit() and tests.is_value(line_text(chars, CELL_GAP_WIDTH))
    )
    is_foreign = not is_value and any(map(str.isalpha, text)) and not _HAN.search(text)
    return TextSegment(tuple(chars), box, text, is_value, tests.is_row(text), is_foreign)


def split_words(
    segment: TextSegment, edges: Sequence[float] | None = None, reach: float = 0.0
) -> list[TextSegment]:
    """Split a segment at the gaps that are wider than those inside its words.

    The words of neighbouring columns may be set closer together than ``CELL_GAP_WIDTH``. With
    ``edges``, the x of column edges, only the widest gap near each edge counts: at most
    ``reach`` font sizes away.
    """
    chars, size = segment.chars, segment.size
    gaps = [b.x0 - a.x1 for a, b in pairwise(chars)]
    near = set(range(len(gaps)))
    if edges is not None:
        middles = [(a.x1 + b.x0) / 2 for a, b in pairwise(chars)]
        at = [[k for k, x in enumerate(middles) if abs(x - e) <= reach * size] for e in edges]
        near = {max(found, key=gaps.__getitem__) for found in at if found}
    if not near:
        return [segment]
    wide = median_low(gaps) + _WIDER_GAP * size
    letters = _LETTER_GAP * size  # letters of neighbouring columns, one of each on the line
    parted = {
        k
        for k in near
        if gaps[k] > wide
        or (gaps[k] > letters and any(chars[k].x1 < e < chars[k + 1].x0 for e in edges or ()))
    }
    starts = [0, *(k + 1 for k in sorted(parted)), len(chars)]
    return [_segment(chars[start:end]) for start, end in pairwise(starts)]


def without_upright_labels(lines: Sequence[TextLine]) -> list[TextLine]:
    """Remove outer labels written from top to bottom, left of the labels of rows."""
    labels = [
        s
        for line in lines
        for s in line
        if s.is_row_label or (len(s.text) > 1 and not s.is_value and ORDINAL.match(s.text))
    ]
    stacks: list[list[TextSegment]] = []
    for letter in (s for line in lines for s in line if len(s.text) == 1 and not s.text.isdigit()):
        for stack in stacks:
            last = stack[-1]
            apart = abs(last.box.middle[0] - letter.box.middle[0])
            if letter.baseline - last.baseline < _STACKED * letter.size and apart < letter.size / 2:
                stack.append(letter)
                break
        else:
            stacks.append([letter])
    upright = {
        id(letter)
        for stack in stacks
        if len(stack) >= _MIN_STACK
        for top, foot in [(stack[0].box.top, stack[-1].box.bottom)]
        if any(s.box.x0 > stack[0].box.x1 and top < s.box.middle[1] < foot for s in labels)
        for letter in stack
    }
    kept = ([s for s in line if id(s) not in upright] for line in lines)
    return [line for line in kept if line]


def isolated_values(
    chars: Sequence[Char], is_value: Callable[[str], bool]
) -> list[tuple[Box, str]]:
    """The values with a wide gap on both sides, as in a table, not in a sentence."""
    runs = (run for line in in_lines(chars) for run in runs_of(line, CELL_GAP_WIDTH))
    return [(bounding_box(run), text) for run in runs if is_value(text := line_text(run))]


def has_value(line: TextLine) -> bool:
    """Does a line hold a value?"""
    return any(s.is_value for s in line)


def is_label_only(line: TextLine) -> bool:
    """Does a line end in the complete label of a row, without any value?"""
    return line[-1].is_row_label and not has_value(line)


def begins_row(line: TextLine) -> bool:
    """Does a line's innermost label begin with an ordinal, or is it the whole label of a row?"""
    label = next((s for s in reversed(line) if not s.is_value), None)
    return label is not None and (label.is_row_label or bool(ORDINAL.match(label.text)))


def mean_y(line: TextLine) -> float:
    """The mean y of a line's segments, in points."""
    return sum(s.box.top + s.box.bottom for s in line) / (2 * len(line))


def overlaps_vertically(label: TextSegment, others: Iterable[TextSegment]) -> bool:
    """Is one of the other segments beside a label, at the same height?"""
    return any(s.box.top < label.box.bottom and s.box.bottom > label.box.top for s in others)
