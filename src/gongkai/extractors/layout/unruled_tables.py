"""Tables without rules: cells told from how the text stands.

Numbers that stand under each other make the columns, and so do header labels with nothing
under them; lines with numbers make the rows, and so do known labels with nothing beside
them. What stands left of the numbers and above them are their labels. Only structure is
guessed here, never text; the labels and the sums have to prove it.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongkai.extractors.layout.lines import in_lines, line_text
from gongkai.extractors.layout.rule_segments import full_width_levels
from gongkai.model import Box, Cell, Char, Grid, ReaderName, Rule

_ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]")
_APART = 0.9  # of the font size: a wider gap parts two cells of one line
_SENTENCE = ("。", "：", ":")  # how a sentence before a table ends
_HALF_LINE = 0.9  # of the font size: no two rows stand so near


@dataclass(frozen=True)
class _Segment:
    """A run of characters without a wide gap: the text of one cell on one line."""

    chars: tuple[Char, ...]
    box: Box
    text: str
    is_value: bool
    is_row: bool = False


_Line = list[_Segment]


def unruled_grids(
    page: int,
    reader: ReaderName,
    chars: Sequence[Char],
    is_value: Callable[[str], bool],
    is_row: Callable[[str], bool],
    rules: Sequence[Rule] = (),
) -> list[Grid]:
    """Grids read off text that no ruled cells hold, top to bottom.

    ``is_value`` tells whether a text is what a number cell holds, ``is_row`` whether it is
    the whole label of a row: such a row is there though all its cells are blank. Level
    ``rules`` of the page part the rows where they run under all numbers.
    """
    lines = [list(_segments(line, is_value, is_row)) for line in in_lines(chars)]
    blocks = (_without_prose(block) for block in _blocks(_level(lines)))
    grids = (_grid(page, reader, block, rules) for block in blocks if block)
    return [grid for grid in grids if grid is not None]


def count_isolated_values(chars: Sequence[Char], is_value: Callable[[str], bool]) -> int:
    """How many values stand by themselves on their lines, as in a table, not in a sentence."""
    return sum(s.is_value for line in in_lines(chars) for s in _segments(line, is_value))


def _segments(
    line: Sequence[Char],
    is_value: Callable[[str], bool],
    is_row: Callable[[str], bool] = lambda _: False,
) -> Iterator[_Segment]:
    run: list[Char] = []
    runs = [run]
    for char in line:
        if run and char.x0 - run[-1].x1 > _APART * max(char.size, run[-1].size):
            run = []
            runs.append(run)
        run.append(char)
    for run in runs if line else ():
        box = Box(run[0].x0, min(c.top for c in run), run[-1].x1, max(c.bottom for c in run))
        text = line_text(run)
        yield _Segment(tuple(run), box, text, is_value(text), is_row(text))


def _level(lines: Iterable[_Line]) -> list[_Line]:
    """Lines of numbers alone that stand less than a line apart are one row: a number cut
    in two by its narrow cell stands above and below the middle of the others."""
    joined: list[_Line] = []
    for line in lines:
        before = joined[-1] if joined else []
        if before and all(s.is_value for s in (*before, *line)):
            size = line[0].chars[0].size
            if line[0].chars[0].baseline - _lowest(before) < _HALF_LINE * size:
                joined[-1] = [*before, *line]
                continue
        joined.append(line)
    return joined


def _lowest(line: _Line) -> float:
    return max(s.chars[0].baseline for s in line)


def _is_blank_row(line: _Line) -> bool:
    """Does a line hold the whole label of a row, and no number?"""
    return line[-1].is_row and not any(s.is_value for s in line)


def _blocks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Lines that share a header: a new block begins where header text comes after numbers."""
    block: list[_Line] = []
    left_of_values = float("inf")
    left = min((s.box.x0 for line in lines for s in line), default=0.0)
    right = max((s.box.x1 for line in lines for s in line), default=0.0)

    def over(line: _Line) -> bool:
        """Header text: it reaches over the numbers, and is none."""
        return not any(s.is_value for s in line) and any(s.box.x1 > left_of_values for s in line)

    for k, line in enumerate(lines):
        blank_row = _is_blank_row(line)
        begins = (over(line) and not blank_row) or (
            # a lone line over the header names its block: in the middle, or right above it
            len(line) == 1
            and not line[0].is_value
            and not blank_row
            and (_is_centred(line[0], left, right) or (k + 1 < len(lines) and over(lines[k + 1])))
        )
        if begins and left_of_values < float("inf"):
            yield block
            block, left_of_values = [], float("inf")
        numbers = [s for s in line if s.is_value]
        if blank_row:  # its numbers would stand under the header's labels
            numbers = [s for other in block for s in other if s.box.x0 > line[-1].box.x1]
        block.append(line)
        left_of_values = min([left_of_values, *(s.box.x0 for s in numbers)])
    if block:
        yield block


def _grid(
    page: int, reader: ReaderName, block: Sequence[_Line], rules: Sequence[Rule]
) -> Grid | None:
    rows = [line for line in block if any(s.is_value for s in line)]
    rows = [line for line in block if line in rows or _stands_alone(line, rows)]
    header = _header(block, rows)
    body = block[len(header) :]
    stump = block[-1]
    if rows and stump is not rows[-1] and _ORDINAL.match(stump[0].text):
        rows.append(stump)  # a label whose numbers stand on the next page
    values = [s for line in rows for s in line if s.is_value]
    labels = [s for line in rows for s in line if not s.is_value]
    if not (rows or header) or not (labels or header or len(values) > 2):
        return None
    # the header's numbers may stand on the next page: its own labels make the columns then
    columns = _columns(values if rows else [s for line in header for s in line])
    columns = sorted([*columns, *_blank_columns(header, columns, labels)]) if rows else columns
    if not columns:
        return None
    edges = _edges(min(s.box.x0 for line in block for s in line), columns, labels)
    levels = full_width_levels(rules, columns[0][0], columns[-1][1])
    groups = _by_rules(body, rows, levels) or _by_ordinal(body, rows) or _by_nearness(body, rows)
    middles = [_row_middle(group, rows) for group in groups]
    tops = _tops(header, middles, block)
    cells = list(_header_cells(header, edges, tops[0], tops[1]))
    depth = max((cell.row + 1 for cell in cells), default=0)
    for k, group in enumerate(groups):
        for c, (x0, x1) in enumerate(pairwise(edges)):
            segments = [s for line in group for s in line]
            inside = [s for s in segments if x0 <= (s.box.x0 + s.box.x1) / 2 < x1]
            if c == 0 and labels:
                inside = _innermost(inside)
            box = Box(x0, tops[k + 1], x1, tops[k + 2])
            cells.append(_cell(depth + k, c, 1, box, inside))
    outline = Box(edges[0], tops[0], edges[-1], tops[-1])
    return Grid(page, outline, depth + len(groups), len(edges) - 1, tuple(cells), reader)


def _stands_alone(line: _Line, rows: Sequence[_Line]) -> bool:
    """Is it a row whose cells are all blank: no number stands as high as its label?"""
    numbers = (s for row in rows for s in row if s.is_value)
    return _is_blank_row(line) and not _beside(line[-1], numbers)


def _row_middle(group: Sequence[_Line], rows: Sequence[_Line]) -> float:
    """The height of a row: that of its numbers, else that of its label."""
    own = [_middle(line) for line in group if line in rows] or [_middle(line) for line in group]
    return sum(own) / len(own)


def _by_rules(
    lines: Sequence[_Line], rows: Sequence[_Line], levels: Sequence[float]
) -> list[list[_Line]] | None:
    """The lines of each row, where a level rule parts every two rows; None where not."""
    bands: dict[int, list[_Line]] = {}
    for line in lines:
        bands.setdefault(bisect(levels, _middle(line)), []).append(line)
    groups = [bands[k] for k in sorted(bands)]
    held = [sum(line in rows for line in group) for group in groups]
    return groups if levels and held == [1] * len(rows) else None


def _by_ordinal(lines: Sequence[_Line], rows: Sequence[_Line]) -> list[list[_Line]] | None:
    """The lines of each row, where each printed ordinal begins a row; None where they do not.

    A long label over many lines may come nearer to its neighbour's numbers than to its own.
    An ordinal without numbers begins a row whose cells are all blank.
    """
    inner = [max((s.box.x0 for s in line if not s.is_value), default=0.0) for line in rows]
    start = max(inner, default=0.0)
    texts = [s for line in lines for s in line if not s.is_value]
    inmost = [s for s in texts if _is_inner(s, start)]
    groups: list[list[_Line]] = []
    for line in lines:
        label = next((s for s in reversed(line) if not s.is_value), None)
        begins = (
            label is not None
            and _ORDINAL.match(label.text)
            and (_is_inner(label, start) or (line in rows and not _beside(label, inmost)))
        )
        if not begins and not groups:
            groups.append([])
        if begins:
            groups.append([])
        groups[-1].append(line)
    held = [sum(line in rows for line in group) for group in groups]
    return groups if rows and set(held) <= {0, 1} and sum(held) == len(rows) else None


def _beside(label: _Segment, others: Iterable[_Segment]) -> bool:
    """Does one of the other texts stand as high as a label?"""
    return any(s.box.top < label.box.bottom and s.box.bottom > label.box.top for s in others)


def _is_inner(label: _Segment, start: float) -> bool:
    """Is it a label next to the numbers: in the innermost column, or reaching into it?"""
    size = label.chars[0].size
    return label.box.x0 > start - size or label.box.x1 > start + 2 * size


def _by_nearness(lines: Sequence[_Line], rows: Sequence[_Line]) -> list[list[_Line]]:
    """The lines of each row: each line goes to the numbers it stands nearest to."""
    middles = [_middle(line) for line in rows]
    held: list[list[_Line]] = [[] for _ in rows]
    for line in lines if rows else ():
        nearest = min(range(len(rows)), key=lambda k: abs(middles[k] - _middle(line)))
        held[nearest].append(line)
    return held


def _without_prose(block: list[_Line]) -> list[_Line]:
    """A block without the sentences that lead in to its table (…以表格形式报告。)"""
    lone = next((k for k, line in enumerate(block) if len(line) > 1), len(block))
    ends = [k for k in range(lone) if block[k][0].text.endswith(_SENTENCE)]
    # the note in the corner of the table stands in brackets
    prose = ends and not block[0][0].text.startswith(("（", "("))
    return block[ends[-1] + 1 :] if prose else block


def _is_centred(segment: _Segment, left: float, right: float) -> bool:
    """Does a text stand in the middle of the table, as the lines above a block do?"""
    return abs(segment.box.middle[0] - (left + right) / 2) < 1.5 * segment.chars[0].size


def _header(block: Sequence[_Line], rows: Sequence[_Line]) -> list[_Line]:
    """The lines above the numbers, as far down as they reach over them; what stands
    lower is the first row's label."""
    if not rows:
        return list(block)
    above = list(block[: block.index(rows[0])])
    start = min((s.box.x0 for line in rows for s in line if s.is_value), default=0.0)
    while above and all(s.box.x1 <= start for s in above[-1]):
        above.pop()
    return above


def _middle(line: _Line) -> float:
    return sum(s.box.top + s.box.bottom for s in line) / (2 * len(line))


def _columns(segments: Sequence[_Segment]) -> list[tuple[float, float]]:
    """Stripes of x in which texts stand under each other; what lies over two is no column."""
    stripes: list[list[float]] = []
    for segment in sorted(segments, key=lambda s: s.box.x1 - s.box.x0):
        met = [s for s in stripes if segment.box.x0 <= s[1] and segment.box.x1 >= s[0]]
        if not met:
            stripes.append([segment.box.x0, segment.box.x1])
        elif len(met) == 1:
            met[0][:] = [min(met[0][0], segment.box.x0), max(met[0][1], segment.box.x1)]
    return sorted((x0, x1) for x0, x1 in stripes)


def _blank_columns(
    header: Sequence[_Line], columns: Sequence[tuple[float, float]], labels: Sequence[_Segment]
) -> list[tuple[float, float]]:
    """Stripes of x where the header has a label of its own, and no number stands under it.

    The narrowest texts first: what lies over one of them, or over numbers, has no column
    of its own.
    """
    taken = [*columns, *((s.box.x0, s.box.x1) for s in labels)]
    found: list[tuple[float, float]] = []
    texts = [s for line in _without_titles(header) for s in line]
    for segment in sorted(texts, key=lambda s: s.box.x1 - s.box.x0):
        x0, x1 = segment.box.x0, segment.box.x1
        room = _APART * segment.chars[0].size
        if all(x1 + room < a or x0 - room > b for a, b in (*taken, *found)):
            found.append((x0, x1))
    return found


def _without_titles(header: Sequence[_Line]) -> list[_Line]:
    """A header without the lone texts before its first line of several: they stand over
    the whole table."""
    first = next((k for k, line in enumerate(header) if len(line) > 1), len(header) - 1)
    return list(header[max(first, 0) :])


def _edges(
    left: float, columns: Sequence[tuple[float, float]], labels: Sequence[_Segment]
) -> list[float]:
    """Column edges: half way between stripes; the labels have the first column."""
    between = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    before = [s.box.x1 for s in labels if s.box.x1 <= columns[0][0]]
    room = (columns[0][0] - max(before)) / 2 if before else 6.0
    half = min(((b[0] - a[1]) / 2 for a, b in pairwise(columns)), default=room)
    start = columns[0][0] - min(half, room)
    edges = [left, start] if before else [start]
    return [*edges, *between, columns[-1][1] + half]


def _tops(header: Sequence[_Line], middles: Sequence[float], block: Sequence[_Line]) -> list[float]:
    """Top of the header, of each row (half way between rows), and the foot of the last."""
    top = min(s.box.top for line in block for s in line)
    foot = max(s.box.bottom for line in block for s in line)
    if not middles:
        return [top, foot]
    between = [(a + b) / 2 for a, b in pairwise(middles)]
    above = max((s.box.bottom for line in header for s in line), default=top)
    start = (above + middles[0]) / 2 if header else top
    return [top, start, *between, max(foot, middles[-1] + 1)]


def _innermost(segments: Sequence[_Segment]) -> list[_Segment]:
    """The label next to the numbers, all its lines; outer labels stand left of it."""
    if not segments:
        return []
    start = max(s.box.x0 for s in segments)
    size = segments[0].chars[0].size
    return [s for s in segments if s.box.x0 > start - 2 * size or s.box.x1 > start + 2 * size]


def _header_cells(
    header: Sequence[_Line], edges: Sequence[float], top: float, bottom: float
) -> Iterator[Cell]:
    """The columns' own labels. Text over several columns is left out: how far it reaches
    cannot be seen without rules, and the order of the columns proves their names."""
    own: dict[int, list[_Segment]] = {}
    for line in _without_titles(header):
        for segment in line:
            under = [
                c
                for c, (x0, x1) in enumerate(pairwise(edges))
                if segment.box.x0 < x1 - 1 and segment.box.x1 > x0 + 1
            ]
            if len(under) == 1:
                own.setdefault(under[0], []).append(segment)
    for column, (x0, x1) in enumerate(pairwise(edges)):
        if own:
            yield _cell(0, column, 1, Box(x0, top, x1, bottom), own.get(column, []))


def _cell(row: int, column: int, span: int, box: Box, segments: Sequence[_Segment]) -> Cell:
    ordered = sorted(segments, key=lambda s: s.chars[0].baseline)
    text = "\n".join(s.text for s in ordered)
    return Cell(row, column, 1, span, box, text, tuple(c for s in ordered for c in s.chars))
