"""Text without rules by its places: the segments of a line, and the lines of a table and a row.

A wide gap in a line separates two segments, which are cells. A block is the lines of one table
under one header, and a row group is the lines of one of its rows.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median_low

from gongkai.extractors.layout.lines import in_lines, line_text
from gongkai.model import Box, Char

CELL_GAP_WIDTH = 0.9  # of the font size: a wider gap separates two cells of one line
ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]")
_SAME_START = 0.05  # font sizes: texts that begin this close begin at the same x
_MIN_STARTS = 3  # texts that begin at the same x, in cells that align to the left
_WIDER_GAP = 0.15  # font sizes by which a gap between two words exceeds those in them
_SENTENCE_ENDS = ("。", "：", ":")  # of the sentences before a table
_NOTE_STARTS = ("（", "(")  # of the note in the corner of a table
_NOTE_BELOW = re.compile(r"[（(]?(?:备注|附注|说明|注)\s*[\d一二三四五]?\s*[:：]")
_MIN_ROW_DISTANCE = 0.9  # font sizes between the baselines of two rows
_CENTRE_TOLERANCE = 1.5  # font sizes between the middle of a centred text and of the table


@dataclass(frozen=True)
class TextSegment:
    """Characters of one line without a wide gap: the text of one cell on this line."""

    chars: tuple[Char, ...]
    box: Box
    text: str
    is_value: bool = False  # the text can be the content of a number cell
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
RowGroup = list[TextLine]  # the lines of one row: those of its label, and that of its values


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
        segment = _segment(run)
        text = segment.text
        yield replace(segment, is_value=is_value(text), is_row_label=is_row_label(text))


def split_at_starts(
    lines: Sequence[TextLine],
    is_value: Callable[[str], bool],
    is_row_label: Callable[[str], bool],
) -> list[TextLine]:
    """Lines with text split where cells that align to the left begin.

    These are labels with an ordinal, and values: the text before them may come closer than
    ``CELL_GAP_WIDTH``.
    """
    segments = [s for line in lines for s in line]
    ordinals = (s for s in segments if s.text[:1].isdigit() and ORDINAL.match(s.text))
    labels = _common_starts(s for s in ordinals if not s.is_value)
    starts = [*labels, *_common_starts(s for s in segments if s.is_value)]
    if not starts:
        return list(lines)

    def parts(segment: TextSegment) -> Iterator[TextSegment]:
        chars = segment.chars
        gaps = [b.x0 - a.x1 for a, b in pairwise(chars)]
        wide = max(0.0, median_low(gaps) + _WIDER_GAP * segment.size) if gaps else 0.0
        for k, gap in enumerate(gaps, 1):
            if gap < -_SAME_START * segment.size or not _starts_at(chars[k], starts):
                continue
            tail = line_text(chars[k:])
            if is_value(tail) or ORDINAL.match(tail) or gap > wide:
                yield from split_line(chars[:k], is_value, is_row_label)
                for rest in split_line(chars[k:], is_value, is_row_label):
                    yield from parts(rest)
                return
        yield segment

    first = next((k for k, line in enumerate(lines) if has_value(line)), len(lines))
    body = ([p for s in line for p in ([s] if s.is_value else parts(s))] for line in lines[first:])
    return [*lines[:first], *body]


def _common_starts(segments: Iterable[TextSegment]) -> list[float]:
    """The x at which several segments begin."""
    counts = Counter(round(s.box.x0, 1) for s in segments)
    return [x for x, count in counts.items() if count >= _MIN_STARTS]


def _starts_at(char: Char, starts: Sequence[float]) -> bool:
    return any(abs(char.x0 - x) <= _SAME_START * char.size for x in starts)


def _segment(chars: Sequence[Char]) -> TextSegment:
    """A segment of some characters of a line, as if its text were neither value nor label."""
    box = Box(chars[0].x0, min(c.top for c in chars), chars[-1].x1, max(c.bottom for c in chars))
    return TextSegment(tuple(chars), box, line_text(chars))


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
    starts = [0, *(k + 1 for k in sorted(near) if gaps[k] > wide), len(chars)]
    return [_segment(chars[start:end]) for start, end in pairwise(starts)]


def count_isolated_values(chars: Sequence[Char], is_value: Callable[[str], bool]) -> int:
    """The number of values with a wide gap on both sides, as in a table, not in a sentence."""
    return sum(s.is_value for line in in_lines(chars) for s in split_line(line, is_value))


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


# ----------------------------------------------------------------------- blocks


def table_blocks(lines: Iterable[TextLine]) -> Iterator[list[TextLine]]:
    """The blocks of a page's lines, top to bottom, without sentences before and notes below."""
    for block in _split_at_headers(_join_split_numbers(lines)):
        table = _without_prose(_without_notes(block))
        if table:
            yield table


def _join_split_numbers(lines: Iterable[TextLine]) -> list[TextLine]:
    """Join lines that hold only values and are less than a line apart.

    A number that wraps in a narrow cell has one part above and one part below the baseline
    of the numbers beside it.
    """
    joined: list[TextLine] = []
    for line in lines:
        before = joined[-1] if joined else []
        if before and all(s.is_value for s in (*before, *line)):
            lowest = max(s.baseline for s in before)
            if line[0].baseline - lowest < _MIN_ROW_DISTANCE * line[0].size:
                joined[-1] = [*before, *line]
                continue
        joined.append(line)
    return joined


def _split_at_headers(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """Begin a new block where header text follows numbers."""
    block: list[TextLine] = []
    left_of_values = float("inf")
    left = min((s.box.x0 for line in lines for s in line), default=0.0)
    right = max((s.box.x1 for line in lines for s in line), default=0.0)

    def is_header(line: TextLine) -> bool:
        """Does text other than values extend over the values of the block?"""
        return not has_value(line) and any(s.box.x1 > left_of_values for s in line)

    def is_block_title(k: int, line: TextLine) -> bool:
        """Is a line a single text, centred in the table or directly above a header?"""
        return (
            len(line) == 1
            and not line[0].is_value
            and not is_label_only(line)
            and (
                _is_centred(line[0], left, right)
                or (k + 1 < len(lines) and is_header(lines[k + 1]))
            )
        )

    for k, line in enumerate(lines):
        begins = (is_header(line) and not is_label_only(line)) or is_block_title(k, line)
        if begins and left_of_values < float("inf"):
            yield block
            block, left_of_values = [], float("inf")
        values = [s for s in line if s.is_value]
        if is_label_only(line):  # its values would be below the labels of the header
            values = [s for other in block for s in other if s.box.x0 > line[-1].box.x1]
        block.append(line)
        left_of_values = min([left_of_values, *(s.box.x0 for s in values)])
    if block:
        yield block


def _without_prose(block: list[TextLine]) -> list[TextLine]:
    """A block without the sentences that introduce its table (…以表格形式报告。)."""
    first = next((k for k, line in enumerate(block) if len(line) > 1), len(block))
    ends = [k for k in range(first) if block[k][0].text.endswith(_SENTENCE_ENDS)]
    has_prose = ends and not block[0][0].text.startswith(_NOTE_STARTS)
    return block[ends[-1] + 1 :] if has_prose else block


def _without_notes(block: list[TextLine]) -> list[TextLine]:
    """A block without the notes below its last values (注：以上数据截至12月31日。)."""
    last = max((k for k, line in enumerate(block) if has_value(line)), default=len(block))
    below = (k for k in range(last + 1, len(block)) if _NOTE_BELOW.match(block[k][0].text))
    return block[: next(below, len(block))]


def _is_centred(segment: TextSegment, left: float, right: float) -> bool:
    offset = abs(segment.box.middle[0] - (left + right) / 2)
    return offset < _CENTRE_TOLERANCE * segment.size


# ------------------------------------------------------------------------- rows


def group_rows(
    body: Sequence[TextLine], rows: Sequence[TextLine], levels: Sequence[float]
) -> list[RowGroup]:
    """The lines of each row of a table's ``body``, top to bottom.

    ``rows`` has one line of the body for each row: the line with its values, or the label of
    a blank row. ``levels`` are the y of horizontal rules that run below all columns. Lines are
    grouped by rules, else by ordinals, else by nearness: the first method is used that leaves
    exactly one line of ``rows`` in each group.
    """
    by_rules = _group_by_rules(body, rows, levels)
    return by_rules or _group_by_ordinal(body, rows) or _group_by_nearness(body, rows)


def _group_by_rules(
    lines: Sequence[TextLine], rows: Sequence[TextLine], levels: Sequence[float]
) -> list[RowGroup] | None:
    """Group the lines between rules; None where two rows have no rule between them."""
    bands: dict[int, RowGroup] = {}
    for line in lines:
        bands.setdefault(bisect(levels, mean_y(line)), []).append(line)
    groups = [bands[k] for k in sorted(bands)]
    counts = [sum(line in rows for line in group) for group in groups]
    return groups if levels and counts == [1] * len(rows) else None


def _group_by_ordinal(lines: Sequence[TextLine], rows: Sequence[TextLine]) -> list[RowGroup] | None:
    """Begin a row at each printed ordinal; None where that gives a group several rows.

    A long label of many lines may be nearer to the values of its neighbour than to its own.
    An ordinal without values begins a row of blank cells.
    """
    label_starts = [max((s.box.x0 for s in line if not s.is_value), default=0.0) for line in rows]
    start = max(label_starts, default=0.0)
    innermost = [s for line in lines for s in line if not s.is_value and _is_inner(s, start)]
    groups: list[RowGroup] = []
    for line in lines:
        label = next((s for s in reversed(line) if not s.is_value), None)
        begins = (
            label is not None
            and ORDINAL.match(label.text)
            and (
                _is_inner(label, start)
                or (line in rows and not overlaps_vertically(label, innermost))
            )
        )
        if begins or not groups:
            groups.append([])
        groups[-1].append(line)
    counts = [sum(line in rows for line in group) for group in groups]
    return groups if rows and set(counts) <= {0, 1} and sum(counts) == len(rows) else None


def _is_inner(label: TextSegment, start: float) -> bool:
    """Is a label in the column next to the values, which begins at ``start``, or over it?"""
    return label.box.x0 > start - label.size or label.box.x1 > start + 2 * label.size


def _group_by_nearness(lines: Sequence[TextLine], rows: Sequence[TextLine]) -> list[RowGroup]:
    """Assign each line to the row that is vertically nearest."""
    rows_y = [mean_y(line) for line in rows]
    groups: list[RowGroup] = [[] for _ in rows]
    for line in lines if rows else ():
        nearest = min(range(len(rows)), key=lambda k: abs(rows_y[k] - mean_y(line)))
        groups[nearest].append(line)
    return groups
