"""Grids of tables without rules, from the positions of their text.

Values below each other make the columns, and so does a header label with nothing below it.
A line with values is a row, and so is a known label with nothing beside it. Text left of
the values and above them is their labels. Only structure is inferred here, never text; the
labels and the identities of the form prove it afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongkai.extractors.layout.lines import in_lines
from gongkai.extractors.layout.ruled_tables import full_width_levels
from gongkai.extractors.layout.text_segments import (
    CELL_GAP_WIDTH,
    ORDINAL,
    RowGroup,
    TextLine,
    TextSegment,
    begins_row,
    group_rows,
    has_value,
    is_label_only,
    mean_y,
    overlaps_vertically,
    split_at_starts,
    split_line,
    split_words,
    table_blocks,
)
from gongkai.model import Box, Cell, Char, Grid, ReaderName, Rule

_EDGE_TOLERANCE = 1.0  # points that a header label may extend into the next column
_HEADER_REACH = 1.2  # font sizes between a column edge and the gap between two header words
_SIDE_OFFSET = 0.8  # font sizes from the middle of a header word to values aligned to a side
_DEFAULT_MARGIN = 6.0  # points left of the only column of a table without labels

_Stripe = tuple[float, float]  # left and right x of a column, in points


def unruled_grids(
    page: int,
    reader: ReaderName,
    chars: Sequence[Char],
    is_value: Callable[[str], bool],
    is_row: Callable[[str], bool],
    rules: Sequence[Rule] = (),
) -> list[Grid]:
    """Grids of the text of a page (from 1) outside its ruled tables, top to bottom.

    ``is_value`` tests whether a text can be the content of a number cell, ``is_row`` whether
    it is the complete label of a row, which is then a row even if all its cells are blank.
    Horizontal ``rules`` of the page separate rows where they run below all columns.
    """
    lines = [list(split_line(line, is_value, is_row)) for line in in_lines(chars)]
    lines = split_at_starts(lines, is_value, is_row)
    tables = (_UnruledTable.of_block(block) for block in table_blocks(lines))
    grids = (table.grid(page, reader, rules) for table in tables if table.is_table)
    return [grid for grid in grids if grid is not None]


@dataclass(frozen=True)
class _UnruledTable:
    """The lines of one block by their role in the table."""

    block: list[TextLine]
    header: list[TextLine]
    body: list[TextLine]
    rows: list[TextLine]  # one line of the body for each row: its values, or its label
    values: list[TextSegment]
    labels: list[TextSegment]  # in the lines of the rows

    @classmethod
    def of_block(cls, block: list[TextLine]) -> _UnruledTable:
        """Find the rows and the header of a block."""
        with_values = [line for line in block if has_value(line)]
        numbers = [s for line in with_values for s in line if s.is_value]
        rows = [
            line
            for line in block
            if line in with_values
            or (
                is_label_only(line)
                and not overlaps_vertically(line[-1], numbers)
                and not _has_values_below(block, line)
            )
        ]
        header = _header(block, rows)
        last = block[-1]
        if rows and last is not rows[-1] and ORDINAL.match(last[0].text):
            rows.append(last)  # a label whose values are on the next page
        segments = [s for line in rows for s in line]
        return cls(
            block=block,
            header=header,
            body=block[len(header) :],
            rows=rows,
            values=[s for s in segments if s.is_value],
            labels=[s for s in segments if not s.is_value],
        )

    @property
    def is_table(self) -> bool:
        """Are there labels or a header, or at least three values?"""
        is_empty = not (self.rows or self.header)
        return not is_empty and bool(self.labels or self.header or len(self.values) > 2)

    def grid(self, page: int, reader: ReaderName, rules: Sequence[Rule]) -> Grid | None:
        """The table as a grid; None where it has no columns."""
        stripes = self._find_columns()
        if not stripes:
            return None
        left = min(s.box.x0 for line in self.block for s in line)
        edges = _column_edges(left, stripes, self.labels)
        levels = full_width_levels(rules, stripes[0][0], stripes[-1][1])
        groups = group_rows(self.body, self.rows, levels)
        tops = self._row_tops([self._row_y(group) for group in groups])
        cells = list(_header_cells(self.header, edges, tops[0], tops[1]))
        depth = max((cell.row + 1 for cell in cells), default=0)
        for k, group in enumerate(groups):
            cells += self._row_cells(depth + k, group, edges, (tops[k + 1], tops[k + 2]))
        outline = Box(edges[0], tops[0], edges[-1], tops[-1])
        return Grid(page, outline, depth + len(groups), len(edges) - 1, tuple(cells), reader)

    def _find_columns(self) -> list[_Stripe]:
        if not self.rows:  # the values are on the next page: the header labels make the columns
            return _find_stripes([s for line in self.header for s in line])
        stripes = _find_stripes(self.values)
        paired = self._paired_with_header(stripes) if stripes else []
        if paired:
            return paired
        return sorted([*stripes, *_blank_stripes(self.header, stripes, self.labels)])

    def _paired_with_header(self, stripes: Sequence[_Stripe]) -> list[_Stripe]:
        """The columns of values that are not below their header words, since they align to a side.

        Words and columns are paired in order; none if their numbers differ, if no column
        needs it, or if the pairs overlap.
        """
        start = max((s.box.x1 for s in self.labels if s.box.x1 <= stripes[0][0]), default=0.0)
        segments = [s for line in reversed(_without_titles(self.header)) for s in line]
        for words in (segments, [word for s in segments for word in split_words(s)]):
            over_values = [word for word in words if word.box.middle[0] > start]
            heads = _head_stripes(over_values)
            if self.labels and len(over_values) == len(words) and len(heads) > len(stripes):
                heads = heads[1:]  # the first is the corner, centred in a wide column of labels
            if len(heads) == len(stripes):
                break
        else:
            return []
        pairs = list(zip(heads, stripes, strict=True))
        offsets = [(b[0] + b[1] - a[0] - a[1]) / 2 for a, b in pairs]
        size = segments[0].size
        limit = _SIDE_OFFSET * size
        if min(offsets) < limit and max(offsets) > -limit:  # not all to one side
            return []
        columns = [(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs]
        return columns if all(a[1] < b[0] + size / 2 for a, b in pairwise(columns)) else []

    def _row_y(self, group: RowGroup) -> float:
        """The mean y of a row's values; of its label where it has none."""
        own = [mean_y(line) for line in group if line in self.rows]
        levels = own or [mean_y(line) for line in group]
        return sum(levels) / len(levels)

    def _row_tops(self, rows_y: Sequence[float]) -> list[float]:
        """The top of the header, the top of each row, and the foot of the last row.

        ``rows_y`` has the y of each row; the edge between two rows is half way.
        """
        top = min(s.box.top for line in self.block for s in line)
        foot = max(s.box.bottom for line in self.block for s in line)
        if not rows_y:
            return [top, foot]
        between = [(a + b) / 2 for a, b in pairwise(rows_y)]
        above = max((s.box.bottom for line in self.header for s in line), default=top)
        start = (above + rows_y[0]) / 2 if self.header else top
        return [top, start, *between, max(foot, rows_y[-1] + 1)]

    def _row_cells(
        self, row: int, group: RowGroup, edges: Sequence[float], y: tuple[float, float]
    ) -> Iterator[Cell]:
        """The cells of one row, from ``y[0]`` to ``y[1]``."""
        segments = [s for line in group for s in line]
        for column, (x0, x1) in enumerate(pairwise(edges)):
            inside = [s for s in segments if x0 <= (s.box.x0 + s.box.x1) / 2 < x1]
            if column == 0 and self.labels:
                inside = _innermost_label(inside)
            yield _cell(row, column, Box(x0, y[0], x1, y[1]), inside)


def _has_values_below(block: Sequence[TextLine], line: TextLine) -> bool:
    """Are the next values below a label, before the next row begins?

    A label of several lines may begin with a line that is the whole label in other reports.
    """
    if not ORDINAL.match(line[-1].text):
        return False
    below = block[block.index(line) + 1 :]
    after = next((other for other in below if has_value(other) or begins_row(other)), None)
    return after is not None and not begins_row(after)


def _header(block: Sequence[TextLine], rows: Sequence[TextLine]) -> list[TextLine]:
    """The lines above the rows, down to the last that extends over the values.

    Lines below that one belong to the label of the first row.
    """
    if not rows:
        return list(block)
    above = list(block[: block.index(rows[0])])
    start = min((s.box.x0 for line in rows for s in line if s.is_value), default=0.0)
    labels = max((s.box.x1 for line in rows for s in line if s.box.x1 <= start), default=0.0)
    while above and all(s.box.x1 <= start for s in above[-1]):
        if len(above[-1]) > 1 and above[-1][-1].box.middle[0] > labels:
            break  # a corner and a word over values that align to the right
        above.pop()
    return above


def _innermost_label(segments: Sequence[TextSegment]) -> list[TextSegment]:
    """All lines of the label next to the values, without the outer labels left of it."""
    if not segments:
        return []
    start = max(s.box.x0 for s in segments)
    size = segments[0].size
    return [s for s in segments if s.box.x0 > start - 2 * size or s.box.x1 > start + 2 * size]


def _header_cells(
    header: Sequence[TextLine], edges: Sequence[float], top: float, bottom: float
) -> Iterator[Cell]:
    """One cell for each column with its own header labels; none where no column has any.

    Text over several columns is left out: without rules its extent is unknown, and the order
    of the columns proves their names.
    """
    own: dict[int, list[TextSegment]] = {}
    for line in _without_titles(header):
        for segment in (part for s in line for part in _header_words(s, edges)):
            below = [
                column
                for column, (x0, x1) in enumerate(pairwise(edges))
                if segment.box.x0 < x1 - _EDGE_TOLERANCE and segment.box.x1 > x0 + _EDGE_TOLERANCE
            ]
            if len(below) == 1:
                own.setdefault(below[0], []).append(segment)
    for column, (x0, x1) in enumerate(pairwise(edges)):
        if own:
            yield _cell(0, column, Box(x0, top, x1, bottom), own.get(column, []))


def _header_words(segment: TextSegment, edges: Sequence[float]) -> list[TextSegment]:
    """The words of a header segment that belong to neighbouring columns."""
    within = [x for x in edges if segment.box.x0 < x < segment.box.x1]
    return split_words(segment, within, _HEADER_REACH) if within else [segment]


def _cell(row: int, column: int, box: Box, segments: Sequence[TextSegment]) -> Cell:
    ordered = sorted(segments, key=lambda s: s.baseline)
    text = "\n".join(s.text for s in ordered)
    return Cell(row, column, 1, 1, box, text, tuple(c for s in ordered for c in s.chars))


# ---------------------------------------------------------------------- columns


def _find_stripes(segments: Iterable[TextSegment]) -> list[_Stripe]:
    """The x ranges in which segments are below each other, left to right.

    A segment that extends over two ranges is not a column.
    """
    stripes: list[list[float]] = []
    for segment in sorted(segments, key=lambda s: s.box.x1 - s.box.x0):
        met = [s for s in stripes if segment.box.x0 <= s[1] and segment.box.x1 >= s[0]]
        if not met:
            stripes.append([segment.box.x0, segment.box.x1])
        elif len(met) == 1:
            met[0][:] = [min(met[0][0], segment.box.x0), max(met[0][1], segment.box.x1)]
    return sorted((x0, x1) for x0, x1 in stripes)


def _head_stripes(words: Sequence[TextSegment]) -> list[_Stripe]:
    """The x ranges of header words, which are ordered from the lowest line up.

    A word centred above another is an earlier line of it; other words above are outer labels.
    """
    found: list[list[float]] = []
    for word in words:
        x0, x1 = word.box.x0, word.box.x1
        met = [stripe for stripe in found if x0 <= stripe[1] and x1 >= stripe[0]]
        if not met:
            found.append([x0, x1])
        elif len(met) == 1 and abs(sum(met[0]) - x0 - x1) < word.size:
            met[0][:] = [min(met[0][0], x0), max(met[0][1], x1)]
    return sorted((x0, x1) for x0, x1 in found)


def _blank_stripes(
    header: Sequence[TextLine], stripes: Sequence[_Stripe], labels: Sequence[TextSegment]
) -> list[_Stripe]:
    """The x ranges of header labels that have no values below them.

    Narrow labels come first. A label that extends over another label or over values gets no
    column.
    """
    taken = [*stripes, *((s.box.x0, s.box.x1) for s in labels)]
    found: list[_Stripe] = []
    texts = [s for line in _without_titles(header) for s in line]
    for segment in sorted(texts, key=lambda s: s.box.x1 - s.box.x0):
        x0, x1 = segment.box.x0, segment.box.x1
        room = CELL_GAP_WIDTH * segment.size
        if all(x1 + room < a or x0 - room > b for a, b in (*taken, *found)):
            found.append((x0, x1))
    return found


def _column_edges(
    left: float, stripes: Sequence[_Stripe], labels: Sequence[TextSegment]
) -> list[float]:
    """The x of column edges, half way between stripes; labels fill the first column.

    ``left`` is the left edge of the table.
    """
    between = [(a[1] + b[0]) / 2 for a, b in pairwise(stripes)]
    before = [s.box.x1 for s in labels if s.box.x1 <= stripes[0][0]]
    room = (stripes[0][0] - max(before)) / 2 if before else _DEFAULT_MARGIN
    half = min(((b[0] - a[1]) / 2 for a, b in pairwise(stripes)), default=room)
    start = stripes[0][0] - min(half, room)
    edges = [left, start] if before else [start]
    return [*edges, *between, stripes[-1][1] + half]


def _without_titles(header: Sequence[TextLine]) -> list[TextLine]:
    """A header without the titles of the table: lines of a single text at its top."""
    first = next((k for k, line in enumerate(header) if len(line) > 1), len(header) - 1)
    return list(header[max(first, 0) :])
