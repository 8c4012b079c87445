"""Pages drawn in memory: ruled tables and lines of text as a reader would hand them over.

A table is a list of printed rows. Two marks stand for merged cells, so that a table
looks in the test as it looks on the page:

    LEFT  the cell to the left extends over this place
    UP    the cell above extends over this place
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from msgspec.structs import replace

from gongkai.model import Box, Char, Page, ReaderName, Rule

LEFT = "<"
UP = "^"
Style = Literal["strokes", "long", "slivers", "doubled", "dashes", "dots"]
STYLES: tuple[Style, ...] = ("strokes", "long", "slivers", "doubled", "dashes", "dots")
Place = tuple[int, int]


@dataclass(frozen=True)
class Slot:
    """One drawn cell: its place in the list of lists, its box and its text."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    text: str


@dataclass(frozen=True)
class Drawn:
    """A drawn table: its characters and rules, and the cells that they show."""

    chars: tuple[Char, ...]
    rules: tuple[Rule, ...]
    slots: tuple[Slot, ...]
    box: Box


@cache
def char_width(text: str, size: float) -> float:
    return size if unicodedata.east_asian_width(text) in "WF" else 0.5 * size


def write(text: str, x: float, baseline: float, size: float = 9.0) -> list[Char]:
    """One printed line; blanks leave a gap and no character."""
    chars = []
    for letter in text:
        width = char_width(letter, size)
        if not letter.isspace():
            ink = 0.08 * size
            chars.append(
                Char(
                    letter,
                    x + ink,
                    baseline - 0.75 * size,
                    x + width - ink,
                    baseline + 0.05 * size,
                    baseline,
                    size,
                )
            )
        x += width
    return chars


def text_width(text: str, size: float) -> float:
    return sum(char_width(letter, size) for letter in text)


def wrap(text: str, width: float, size: float) -> list[str]:
    """Lines no wider than ``width``; a line feed in the text breaks a line, too."""
    lines = []
    for part in text.split("\n"):
        line, length = "", 0.0
        for letter in part:
            longer = length + char_width(letter, size)
            if line and longer > width:
                lines.append(line)
                line, longer = "", char_width(letter, size)
            line += letter
            length = longer
        lines.append(line)
    return lines


def fill(text: str, box: Box, size: float = 9.0, padding: float = 2.0) -> list[Char]:
    """Text set in the middle of a box, broken where the box is too narrow."""
    if not text.strip():
        return []
    lines = wrap(text, box.x1 - box.x0 - 2 * padding, size)
    pitch = 1.2 * size
    top = (box.top + box.bottom) / 2 - pitch * len(lines) / 2
    chars = []
    for k, line in enumerate(lines):
        x = (box.x0 + box.x1) / 2 - text_width(line, size) / 2
        chars += write(line, x, top + pitch * k + 0.95 * size, size)
    return chars


def draw_table(
    rows: Sequence[Sequence[str]],
    *,
    x0: float = 60.0,
    top: float = 80.0,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
    size: float = 9.0,
    style: Style = "strokes",
    line_width: float = 0.5,
    open_top: bool = False,
    open_bottom: bool = False,
) -> Drawn:
    """A ruled table with its text; heights follow the text where none are given."""
    columns = len(rows[0])
    assert all(len(row) == columns for row in rows), "every printed row has all its places"
    widths = widths or [440.0 / columns] * columns
    spans = _spans(rows)
    heights = heights or _heights(rows, spans, widths, size)
    xs = _sums(x0, widths)
    ys = _sums(top, heights)
    slots = tuple(
        Slot(r, c, down, right, Box(xs[c], ys[r], xs[c + right], ys[r + down]), rows[r][c])
        for (r, c), (down, right) in sorted(spans.items())
    )
    outline = Box(xs[0], ys[0], xs[-1], ys[-1])
    rules = _rules(slots, style, line_width)
    if open_top:
        rules = [r for r in rules if r.bottom > outline.top + 1.5 or r.bottom - r.top > 3]
    if open_bottom:
        rules = [r for r in rules if r.top < outline.bottom - 1.5 or r.bottom - r.top > 3]
    chars = [char for slot in slots for char in fill(slot.text, slot.box, size)]
    return Drawn(tuple(chars), tuple(rules), slots, outline)


def make_page(
    *parts: Drawn | Sequence[Char],
    number: int = 1,
    width: float = 595.0,
    height: float = 842.0,
    rules: Sequence[Rule] = (),
    image_share: float = 0.0,
    reader: ReaderName = "pdfium",
) -> Page:
    chars: list[Char] = []
    ruled = list(rules)
    for part in parts:
        if isinstance(part, Drawn):
            chars += part.chars
            ruled += part.rules
        else:
            chars += part
    return Page(number, width, height, tuple(chars), tuple(ruled), image_share, reader)


def prose(
    lines: Iterable[str], top: float, *, x: float = 60.0, size: float = 14.0, pitch: float = 1.6
) -> list[Char]:
    """Lines of text one under the other; the first baseline is below ``top``."""
    return [
        char
        for k, line in enumerate(lines)
        for char in write(line, x, top + size + k * pitch * size, size)
    ]


def frame(box: Box, width: float = 0.5) -> list[Rule]:
    """Four rules around a box."""
    x0, top, x1, bottom = box
    return [
        Rule(x0, top, x1, top + width),
        Rule(x0, bottom - width, x1, bottom),
        Rule(x0, top, x0 + width, bottom),
        Rule(x1 - width, top, x1, bottom),
    ]


def moved(page: Page, number: int) -> Page:
    """The same page with another number."""
    return replace(page, number=number)


def cut(rows: Sequence[Sequence[str]], at: int) -> tuple[list[list[str]], list[list[str]]]:
    """A table cut between two rows by a page break.

    A merged cell that extends over the cut keeps its text above it and continues empty, as
    in word processors.
    """
    above = [list(row) for row in rows[:at]]
    below = [list(row) for row in rows[at:]]
    spans = _spans(rows)
    for (r, c), (down, _) in spans.items():
        if r < at < r + down:
            below[0][c] = ""
    return above, below


def place_of(slots: Iterable[Slot], text: str) -> Slot:
    """The one drawn cell with this text."""
    found = [slot for slot in slots if slot.text == text]
    assert len(found) == 1, f"{text!r} is drawn {len(found)} times"
    return found[0]


def _sums(start: float, steps: Sequence[float]) -> list[float]:
    sums = [start]
    for step in steps:
        sums.append(sums[-1] + step)
    return sums


def _spans(rows: Sequence[Sequence[str]]) -> dict[Place, Place]:
    """Rows and columns that each drawn cell covers."""
    spans: dict[Place, Place] = {}
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in (LEFT, UP):
                continue
            right = 1
            while c + right < len(row) and row[c + right] == LEFT:
                right += 1
            down = 1
            while r + down < len(rows) and rows[r + down][c] == UP:
                down += 1
            spans[r, c] = down, right
    return spans


def _heights(
    rows: Sequence[Sequence[str]], spans: dict[Place, Place], widths: Sequence[float], size: float
) -> list[float]:
    heights = [1.2 * size + 6.0] * len(rows)
    for (r, c), (down, right) in sorted(spans.items(), key=lambda item: item[1][0]):
        lines = wrap(rows[r][c], sum(widths[c : c + right]) - 4.0, size)
        missing = 1.2 * size * len(lines) + 6.0 - sum(heights[r : r + down])
        if missing > 0:
            for k in range(r, r + down):
                heights[k] += missing / down
    return heights


def _rules(slots: Sequence[Slot], style: Style, width: float) -> list[Rule]:
    edges = [edge for slot in slots for edge in _edges(slot.box)]
    if style == "doubled":  # every cell draws its own outline, a little inside
        inner = [Box(b.x0 + 0.6, b.top + 0.6, b.x1 - 0.6, b.bottom - 0.6) for b in _boxes(slots)]
        edges = [edge for box in inner for edge in _edges(box)]
    elif style == "long":
        edges = _joined(edges)
    else:
        edges = list(dict.fromkeys(edges))
    half = width / 2
    rules: list[Rule] = []
    for x0, top, x1, bottom in edges:
        upright = x1 - x0 < bottom - top
        if style in ("dashes", "dots"):
            on, off = (4.0, 2.0) if style == "dashes" else (0.8, 1.2)
            rules += _broken(x0, top, x1, bottom, on, off, half)
        elif style == "slivers" and upright:
            rules.append(Rule(x0, top - half, x0 + width, bottom + half))
        elif style == "slivers":
            rules.append(Rule(x0 - half, top, x1 + half, top + width))
        else:
            rules.append(Rule(x0 - half, top - half, x1 + half, bottom + half))
    return rules


def _boxes(slots: Iterable[Slot]) -> list[Box]:
    return [slot.box for slot in slots]


def _edges(box: Box) -> list[Box]:
    x0, top, x1, bottom = box
    return [
        Box(x0, top, x1, top),
        Box(x0, bottom, x1, bottom),
        Box(x0, top, x0, bottom),
        Box(x1, top, x1, bottom),
    ]


def _joined(edges: Iterable[Box]) -> list[Box]:
    """Edges that touch end to end drawn as one long line."""
    lines: dict[tuple[bool, float], list[tuple[float, float]]] = {}
    for x0, top, x1, bottom in edges:
        upright = x1 - x0 < bottom - top
        at, span = (x0, (top, bottom)) if upright else (top, (x0, x1))
        lines.setdefault((upright, round(at, 3)), []).append(span)
    joined = []
    for (upright, at), spans in lines.items():
        spans.sort()
        start, end = spans[0]
        pieces = []
        for begin, stop in spans[1:]:
            if begin <= end + 0.01:
                end = max(end, stop)
            else:
                pieces.append((start, end))
                start, end = begin, stop
        pieces.append((start, end))
        joined += [Box(at, a, at, b) if upright else Box(a, at, b, at) for a, b in pieces]
    return joined


def _broken(
    x0: float, top: float, x1: float, bottom: float, on: float, off: float, half: float
) -> list[Rule]:
    upright = x1 - x0 < bottom - top
    start, end = (top, bottom) if upright else (x0, x1)
    pieces = []
    while start < end:
        stop = min(end, start + on)
        pieces.append(
            Rule(x0 - half, start, x0 + half, stop)
            if upright
            else Rule(start, top - half, stop, top + half)
        )
        start = stop + off
    return pieces
