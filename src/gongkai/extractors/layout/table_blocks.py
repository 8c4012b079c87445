"""Lines of unruled text grouped into blocks: the lines of one table under one header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gongkai.extractors.layout.text_segments import (
    TextLine,
    TextSegment,
    has_value,
    is_label_only,
)

_SENTENCE_ENDS = ("。", "：", ":")  # of the sentences before a table
_NOTE_STARTS = ("（", "(")  # of the note in the corner of a table
_MIN_ROW_DISTANCE = 0.9  # font sizes between the baselines of two rows
_CENTRE_TOLERANCE = 1.5  # font sizes between the middle of a centred text and of the table


def table_blocks(lines: Iterable[TextLine]) -> Iterator[list[TextLine]]:
    """The blocks of a page's lines, top to bottom, without the sentences before a table."""
    for block in _split_at_headers(_join_split_numbers(lines)):
        table = _without_prose(block)
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


def _is_centred(segment: TextSegment, left: float, right: float) -> bool:
    offset = abs(segment.box.middle[0] - (left + right) / 2)
    return offset < _CENTRE_TOLERANCE * segment.size
