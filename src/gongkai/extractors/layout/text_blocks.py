"""Groups lines of text without rules into blocks of tables, and lines of a block into rows.

A block is the lines of one table under one header. A row group is the lines of one of its rows.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence

from gongkai.extractors.layout.text_segments import (
    ORDINAL,
    TextLine,
    TextSegment,
    has_value,
    is_label_only,
    mean_y,
    overlaps_vertically,
)

_SENTENCE_ENDS = ("。", "：", ":")  # of the sentences before a table
_FULL_STOP = "。"
_SENTENCE_SIGNS = ("，", _FULL_STOP, "；")
_SENTENCE = 10  # characters: least length of a line of a sentence with such a sign
_NOTE_STARTS = ("（", "(")  # of the note in the corner of a table
# 注1：, or the line of those who answer for a table: 审核人：
_NOTE_BELOW = re.compile(
    r"[（(]?(?:(?:备注|附注|说明|注)\s*[\d一二三四五]?|[\u4e00-\u9fff]{1,6}人)\s*[:：]"
)
_MAX_LINE_DISTANCE = 1.5  # font sizes between the lines of one label
_MAX_LABEL_DISTANCE = 2.5  # font sizes between the line of a label and that of its values
_MIN_ROW_DISTANCE = 0.9  # font sizes between the baselines of two rows
_MAX_PART_DISTANCE = 1.5  # font sizes between the baselines of two parts of a number
_CENTRE_TOLERANCE = 1.5  # font sizes between the middle of a centred text and of the table

RowGroup = list[TextLine]  # the lines of one row: those of its label, and that of its values


def table_blocks(
    lines: Iterable[TextLine], is_caption: Callable[[str], bool]
) -> Iterator[list[TextLine]]:
    """The blocks of a page's lines, top to bottom, without sentences before and notes below."""
    lines = _join_labels(_join_split_numbers(lines))
    for block in _split_at_headers(lines, is_caption):
        table = _without_prose(_without_notes(block))
        if table:
            yield table


def _join_split_numbers(lines: Iterable[TextLine]) -> list[TextLine]:
    """Join lines with values that are less than a line apart, and numbers of several lines.

    A number that wraps in a narrow cell has one part above and one part below the baseline
    of the numbers beside it, or of its label.
    """
    joined: list[TextLine] = []
    for line in lines:
        before = joined[-1] if joined else []
        are_parts = bool(before) and has_value(before) and has_value(line)
        if are_parts and _distance(before, line) < _MIN_ROW_DISTANCE * _value_size(line):
            joined[-1] = sorted([*before, *line], key=lambda s: s.box.x0)
        else:
            joined.append(line)
    return _join_stacks(joined)


def _join_stacks(lines: list[TextLine]) -> list[TextLine]:
    """Join each line of parts of numbers to the nearest line that has the other parts.

    One of the lines has the label of the row.
    """
    roots = list(range(len(lines)))
    starts = (s.box.x0 for line in lines if has_value(line) for s in line if not s.is_value)
    inner = max(starts, default=0.0)  # x: outer labels are left of it
    rows = [k for k, line in enumerate(lines) if has_value(line) or _is_label_from(inner, line)]
    for k, before, after in zip(rows, [None, *rows], [*rows[1:], None], strict=False):
        line = lines[k]
        if not has_value(line) or any(s.is_row_label for s in line):
            continue
        beside = [j for j in (before, after) if j is not None]
        j = min(beside, key=lambda j: _distance(lines[j], line), default=k)  # may be its own label
        is_near = _distance(lines[j], line) < _MAX_PART_DISTANCE * _value_size(line)
        if is_near and has_value(lines[j]) and _is_under(line, lines[j]):
            first, last = sorted((roots[j], roots[k]))
            roots = [first if root == last else root for root in roots]
    groups: dict[int, list[TextLine]] = {}
    for root, line in zip(roots, lines, strict=True):
        groups.setdefault(root, []).append(line)
    joined: list[TextLine] = []
    for parts in groups.values():
        whole = [s for part in parts for s in part]
        is_row = len(parts) > 1 and not all(s.is_value for s in whole)
        joined += [sorted(whole, key=lambda s: s.box.x0)] if is_row else parts
    return joined


def _is_label_from(x: float, line: TextLine) -> bool:
    """Does a line end in text that begins at ``x`` or right of it, or is it a row's label?"""
    return line[-1].is_row_label or line[-1].box.x0 > x - line[-1].size


def _is_under(line: TextLine, other: TextLine) -> bool:
    """Is every value of a line above or below a value of another line with more values?

    Other text of the line is an outer label, left of the label of the other line.
    """
    label = next((s.box.x0 for s in reversed(other) if not s.is_value), float("inf"))
    values = [o.box for o in other if o.is_value]
    return sum(s.is_value for s in line) < len(values) and all(
        any(s.box.x0 < box.x1 and s.box.x1 > box.x0 for box in values)
        if s.is_value
        else s.box.x1 < label
        for s in line
    )


def _distance(line: TextLine, other: TextLine) -> float:
    """The distance in points between the values of two lines; between all text where none has."""
    a, b = (
        [s.baseline for s in each if s.is_value or not has_value(each)] for each in (line, other)
    )
    return max(min(b) - max(a), min(a) - max(b))


def _value_size(line: TextLine) -> float:
    return max(s.size for s in line if s.is_value)


def _join_labels(lines: Sequence[TextLine]) -> list[TextLine]:
    """Join each line that holds only values to the row label that is nearest, above or below.

    Text of another script under the label moves the values away from the Chinese line.
    """
    joined: dict[int, TextLine] = {}  # by the index of the line
    for k, line in enumerate(lines):
        if all(s.is_value for s in line):
            near = [j for j in (k - 1, k + 1) if 0 <= j < len(lines) and not has_value(lines[j])]
            label = min(near, key=lambda j: abs(mean_y(lines[j]) - mean_y(line)), default=None)
            if label is not None and is_label_only(lines[label]):
                apart = abs(mean_y(lines[label]) - mean_y(line))
                if apart < _MAX_LABEL_DISTANCE * line[0].size and label not in joined:
                    joined[k] = [*lines[label], *line]
                    joined[label] = []
    every = (joined.get(k, line) for k, line in enumerate(lines))
    return [line for line in every if line]


def _split_at_headers(
    lines: Sequence[TextLine], is_caption: Callable[[str], bool]
) -> Iterator[list[TextLine]]:
    """Begin a new block where header text follows numbers."""
    block: list[TextLine] = []
    left_of_values = float("inf")
    left = min((s.box.x0 for line in lines for s in line), default=0.0)
    right = max((s.box.x1 for line in lines for s in line), default=0.0)

    def is_header(line: TextLine) -> bool:
        """Does text other than values extend over the values of the block?"""
        return not has_value(line) and any(s.box.x1 > left_of_values for s in line)

    def is_block_title(k: int, line: TextLine) -> bool:
        """Is a line a single text: a caption, centred in the table, or directly above a header?"""
        return (
            len(line) == 1
            and not line[0].is_value
            and not is_label_only(line)
            and (
                is_caption(line[0].text)
                or _is_centred(line[0], left, right)
                or (k + 1 < len(lines) and is_header(lines[k + 1]))
            )
        )

    for k, line in enumerate(lines):
        begins = (is_header(line) and not is_label_only(line)) or is_block_title(k, line)
        is_under_rows = left_of_values < float("inf") or (
            is_caption(line[0].text) and any(map(is_label_only, block))
        )
        if begins and is_under_rows:
            yield block
            block, left_of_values = [], float("inf")
        values = [s for s in line if s.is_value]
        if is_label_only(line) and not has_text_beside(
            lines, line
        ):  # a blank row: its values would be below the labels of the header
            values = [s for other in block for s in other if s.box.x0 > line[-1].box.x1]
        block.append(line)
        left_of_values = min([left_of_values, *(s.box.x0 for s in values)])
    if block:
        yield block


def has_text_beside(lines: Sequence[TextLine], line: TextLine) -> bool:
    """Is there other text to the right of a row label: its values, or the labels inside it?"""
    own = [line[-1]]
    for other in lines[lines.index(line) + 1 :]:  # the next lines of the same label
        below = next(
            (s for s in other if s.box.x0 < own[0].box.x1 and s.box.x1 > own[0].box.x0), None
        )
        if below is None or below.is_row_label or ORDINAL.match(below.text):
            break
        if below.baseline - own[-1].baseline > _MAX_LINE_DISTANCE * below.size:
            break
        own.append(below)
    edge = max(s.box.x1 for s in own)
    right = [s for other in lines for s in other if s.box.x0 > edge]
    return any(overlaps_vertically(part, right) for part in own)


def _without_prose(block: list[TextLine]) -> list[TextLine]:
    """A block without the sentences that introduce its table (…以表格形式报告。)."""
    first = next((k for k, line in enumerate(block) if len(line) > 1), len(block))
    ends = [k for k in range(first) if block[k][0].text.endswith(_SENTENCE_ENDS)]
    has_prose = ends and not block[0][0].text.startswith(_NOTE_STARTS)
    return block[ends[-1] + 1 :] if has_prose else block


def _without_notes(block: list[TextLine]) -> list[TextLine]:
    """A block without notes (注：以上数据截至12月31日。) and sentences below its last row.

    A block without rows is a header, unless a full stop shows that it is text.
    """
    has_full_stop = any(_FULL_STOP in s.text for line in block for s in line)
    without_rows = -1 if has_full_stop else len(block)
    # a row may be blank, and the label above it have commas: 计这一情形，不计其他情形）
    rows = (k for k, line in enumerate(block) if has_value(line) or line[-1].is_row_label)
    last = max(rows, default=without_rows)
    below = (k for k in range(last + 1, len(block)) if _is_below_tables(block[k]))
    return block[: next(below, len(block))]


def _is_below_tables(line: TextLine) -> bool:
    text = "".join(s.text for s in line)
    return bool(_NOTE_BELOW.match(text)) or is_sentence(text)


def is_sentence(text: str) -> bool:
    """Return whether a line is a part of a sentence: row labels have no comma or full stop."""
    return len(text) >= _SENTENCE and any(sign in text for sign in _SENTENCE_SIGNS)


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
    for group in groups:
        own = [line for line in group if line in rows]
        # a label on a line above or below its values is not a row of its own
        if (
            not own
            or sum(map(has_value, own)) > 1
            or (len(own) > 1 and not any(map(has_value, own)))
        ):
            return None
    return groups if levels else None


def _group_by_ordinal(lines: Sequence[TextLine], rows: Sequence[TextLine]) -> list[RowGroup] | None:
    """Begin a row at each printed ordinal; None where that gives a group several rows.

    A long label of many lines may be nearer to the values of its neighbour than to its own.
    An ordinal without values begins a row of blank cells.
    """
    label_starts = [max((s.box.x0 for s in line if not s.is_value), default=0.0) for line in rows]
    start = max(label_starts, default=0.0)
    innermost = [s for line in lines for s in line if not s.is_value and _is_inner(s, start)]

    def is_outer_row(label: TextSegment, line: TextLine) -> bool:
        is_row = line in rows and label.is_row_label
        return is_row and not overlaps_vertically(label, innermost)

    groups: list[RowGroup] = []
    for line in lines:
        label = next((s for s in reversed(line) if not s.is_value), None)
        begins = (
            label is not None
            and ORDINAL.match(label.text)
            and (_is_inner(label, start) or is_outer_row(label, line))
        )
        is_local = (  # a second row, with a label of its own that has no ordinal
            line in rows
            and label is not None
            and _is_inner(label, start)
            and bool(groups)
            and any(other in rows for other in groups[-1])
        )
        if begins or is_local or not groups:
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
