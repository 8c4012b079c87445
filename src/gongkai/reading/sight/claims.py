"""What the text layer claims about cells: characters, their places, and digits that are known.

Nothing here renders the page. A digit is known if the form fixes it, as in the ordinals of row
labels (1. 2. 3.), or if a sum proves its cell.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, pairwise
from statistics import median
from typing import NamedTuple

from msgspec import Struct

from gongkai.extractors.layout.lines import in_lines
from gongkai.families.family import Family
from gongkai.model import Box, Cell, Char, Grid, Key, Observation, Observations, Page, Rule

DIGITS = frozenset("0123456789")
_ZERO = frozenset("0")
_SIGNS = str.maketrans("−–‐‑﹣－，．", "-----" + "-,.")
_ORDINAL = re.compile(r"([1-9])[.．、]")
_POINTS = frozenset(".．、")
_MOST_DISTANCES = 20  # distances of digits in proved cells, from which the usual one is taken

# In font sizes.
_MARGIN = 0.08  # inside a cell's edges, where its rules run
_DIGIT_HEIGHT = 0.68
_LEAST_HEIGHT = 0.3  # of the ink box of a digit; the font gives a wrong box if it is lower
_AROUND = 0.22  # rendered around the ink box that the text layer gives
_RAISED = 0.12  # most difference between the baselines of neighbouring characters
_OVERLAP = 0.3  # most share of the narrower of two characters that the other one covers
_GAP = 0.2  # most excess over the usual distance between two digits of a number
_GROUP_GAP = 0.45  # the same, between groups of three digits (1 234 567)
_EVEN = 0.12  # most difference between the distances of an evenly spaced number
_USUAL_PITCH = 0.5  # between the middles of two digits, if no number of the report has two
_WIDEST_PITCH = 0.65  # the same, in fonts with wide digits
_FULL_WIDTH = 1.0  # the same, of full-width digits
_TO_EDGE = 0.05  # least distance from a character to the edge of its cell
_TALL = 0.3  # least height of a character that a rule can strike out: signs are lower
_THIN = 0.3  # of a character's height: a thicker rule is a filled area
_MIDDLE = 0.2  # of a character's height: a rule so close to its top or foot strikes nothing out

Row = tuple[str, str]  # table id, row id


class PlacedChar(NamedTuple):
    """A character to compare with its picture. Boxes and lengths are in points."""

    text: str  # folded to ASCII: one of 0-9 , . - or another character
    char: Char
    page: int
    space: Box  # around its ink box, up to its neighbours and the edges of its cell
    size: float  # font size, computed from the height of the digits' ink boxes


class Sample(NamedTuple):
    """A character whose digit is known: from the form, or proved by a sum."""

    digit: str
    char: PlacedChar
    is_ordinal: bool  # known from the form; otherwise from a sum


class ClaimedCell(Struct, frozen=True, dict=True):
    """A cell with the characters that the text layer gives it; lengths in points."""

    page: int
    box: Box
    chars: tuple[Char, ...]

    @cached_property
    def lines(self) -> list[list[Char]]:
        """Return its characters by line, top to bottom, each left to right."""
        return [list(self.chars)] if len(self.chars) == 1 else in_lines(self.chars)

    def placed(self) -> Iterator[PlacedChar]:
        """Yield its characters, line by line, each with its own space."""
        return chain.from_iterable(placed(line, self.page, self.box) for line in self.lines)


@dataclass(frozen=True)
class ClaimedTables:
    """The tables of one report as the text layer gives them, to compare with the page.

    ``proved`` are the cells that sums other than 0 = 0 prove, ``zeros`` those in sums 0 = 0
    only. ``exchangeable`` are groups of digits that can replace each other without breaking any
    sum. ``asked`` are further cells to compare: those of sums that fail.
    """

    cells: Observations
    grids: Sequence[Grid]  # of all tables
    pages: Mapping[int, Page]
    proved: AbstractSet[Key]
    zeros: AbstractSet[Key]
    exchangeable: Sequence[AbstractSet[str]]
    asked: AbstractSet[Key] = frozenset()

    @cached_property
    def settled(self) -> AbstractSet[Key]:
        """The proved cells that need no comparison."""
        return self.proved - self.asked if self.asked else self.proved

    @cached_property
    def claimed(self) -> dict[Key, ClaimedCell]:
        """Return the cells with their characters, except those that OCR read."""
        chars: dict[int, dict[Box, tuple[Char, ...]]] = defaultdict(dict)
        for grid in self.grids:
            chars[grid.page].update([(cell.box, cell.chars) for cell in grid.cells])
        return {
            key: ClaimedCell(o.page, o.box, held)
            for key, o in self.cells.items()
            if o.reader != "ocr" and (held := chars[o.page].get(o.box)) is not None
        }

    @cached_property
    def proved_digits(self) -> AbstractSet[str]:
        """The digits in proved cells."""
        texts = [cell.raw_text for key, cell in self.cells.items() if key in self.proved]
        return {fold(text) for text in {*"".join(texts)}} & DIGITS


def fold(text: str) -> str:
    """Return a digit of any script as 0 to 9, and a sign as its ASCII form.

    >>> [fold(text) for text in ("３", "٣", "－", "件")]
    ['3', '3', '-', '件']
    """
    if text in DIGITS:  # fast path: nearly all are
        return text
    folded = text.translate(_SIGNS)
    return str(unicodedata.decimal(text, folded)) if len(text) == 1 else folded


def placed(line: Sequence[Char], page: int, cell: Box) -> Iterator[PlacedChar]:
    """Yield the characters of one line of a cell, left to right, each with its own space.

    ``line`` is sorted, ``cell`` the box of the cell. The font size comes from the ink boxes,
    because all digits of a font have one height: the text layer may give a character the size
    of the one before.
    """
    texts = [fold(char.text) for char in line]
    heights = [  # of digits
        height
        if (height := char.bottom - char.top) > _LEAST_HEIGHT * char.size and text in DIGITS
        else 0.0
        for char, text in zip(line, texts, strict=True)
    ]
    tallest = max(heights)
    left = cell.x0
    for k, char in enumerate(line):
        right = (char.x1 + line[k + 1].x0) / 2 if k + 1 < len(line) else cell.x1
        size = (heights[k] or tallest) / _DIGIT_HEIGHT or char.size
        margin, around = _MARGIN * size, _AROUND * size
        space = Box(
            max(left, char.x0 - around, min(cell.x0 + margin, char.x0)),
            max(char.top - around, min(cell.top + margin, char.top)),
            min(right, char.x1 + around, max(cell.x1 - margin, char.x1)),
            min(char.bottom + around, max(cell.bottom - margin, char.bottom)),
        )
        yield PlacedChar(texts[k], char, page, space, size)
        left = right


# --------------------------------------------------------------------------- places of characters


class StrikingRules:
    """The horizontal rules of a page, to find characters that one strikes out."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(
            [
                ((top + bottom) / 2, bottom - top, x0, x1)
                for x0, top, x1, bottom in rules
                if bottom - top < x1 - x0
            ]
        )

    def strike(self, char: Char) -> bool:
        """Return whether a rule runs through the middle of a character."""
        x, height = (char.x0 + char.x1) / 2, char.bottom - char.top
        if height < _TALL * char.size:
            return False
        first = bisect_right(self._rules, (char.top + _MIDDLE * height,))
        for y, thickness, x0, x1 in islice(self._rules, first, None):
            if y > char.bottom - _MIDDLE * height:
                return False
            if x0 < x < x1 and thickness < _THIN * height:
                return True
        return False


class DigitSpacing:
    """The distances between the middles of neighbouring digits in a report, in font sizes.

    ``numbers`` are proved numbers, which give the usual distance. ``others`` are unproved
    numbers. If one of them has three or more evenly spaced digits, its distance is normal too.
    """

    def __init__(self, numbers: Iterable[ClaimedCell], others: Iterable[ClaimedCell]) -> None:
        self._numbers = (cell for cell in numbers if len(cell.chars) > 1)
        rows = [_distances(cell) for cell in others if len(cell.chars) > 2]
        self._even = [sum(each) / len(each) for each in rows if len(each) > 1 and _is_even(each)]

    @cached_property
    def _usual(self) -> float | None:
        distances = chain.from_iterable(map(_distances, self._numbers))
        found = [*islice(distances, _MOST_DISTANCES)]
        return median(found) if found else None

    def has_gap(self, line: Sequence[Char]) -> bool:
        """Return whether a distance between digits is too wide for one number.

        Groups of three digits may be further apart than other digits.
        """
        is_digit = [fold(char.text) in DIGITS for char in line]
        pairs = [k for k in range(len(line) - 1) if is_digit[k] and is_digit[k + 1]]
        widths = [_distance(line[k], line[k + 1]) for k in pairs]
        if not widths or (_is_even(widths) and (len(widths) > 1 or self._is_known(widths[0]))):
            return False
        usual = min(*widths, self._widest(line)) if self._usual is None else self._usual
        between_groups = [sum(is_digit[k + 1 :]) % 3 == 0 for k in pairs]
        gaps = list(zip(between_groups, (width - usual for width in widths), strict=True))
        in_threes = all(gap > _GAP for is_group, gap in gaps if is_group)
        return any(gap > (_GROUP_GAP if is_group and in_threes else _GAP) for is_group, gap in gaps)

    def continues(self, left: Char, right: Char) -> bool:
        """Return whether digits of neighbouring cells are as close as those of one number."""
        return (
            right.x0 - left.x1 < left.size  # first: most are far apart
            and fold(left.text) in DIGITS
            and fold(right.text) in DIGITS
            and abs(left.baseline - right.baseline) < _RAISED * left.size
            and _distance(left, right) < (self._usual or _USUAL_PITCH) + _EVEN
        )

    def _is_known(self, width: float) -> bool:
        return any(abs(width - even) < _EVEN for even in self._even)

    def _widest(self, line: Sequence[Char]) -> float:
        """Return the usual distance, at most, if no proved number shows it."""
        return min(self._even, default=_WIDEST_PITCH if line[0].text.isascii() else _FULL_WIDTH)


def _distances(cell: ClaimedCell) -> list[float]:
    """Return the distances between neighbouring digits of a cell, in font sizes."""
    return [
        _distance(a, b)
        for line in cell.lines
        for a, b in pairwise(line)
        if fold(a.text) in DIGITS and fold(b.text) in DIGITS
    ]


def _distance(a: Char, b: Char) -> float:
    return (b.x0 + b.x1 - a.x0 - a.x1) / 2 / a.size


def _is_even(widths: Sequence[float]) -> bool:
    return max(widths) - min(widths) < _EVEN


def sharing_a_number(cells: Sequence[ClaimedCell], spacing: DigitSpacing) -> set[int]:
    """Return the indices of cells that share a number, printed across the rule between them.

    ``cells`` are those of one row, left to right.
    """
    found: set[int] = set()
    for k, (left, right) in enumerate(pairwise(cells)):
        if left.chars and right.chars:
            last = max(left.chars, key=lambda char: char.x1)
            first = min(right.chars, key=lambda char: char.x0)
            if spacing.continues(last, first):
                found |= {k, k + 1}
    return found


def layout_fault(cell: ClaimedCell, rules: StrikingRules, spacing: DigitSpacing) -> str:
    """Return what is wrong with the places of a number's characters, or "".

    ``rules`` are those of the cell's page. The result is a key of ``sightings.REASONS``.
    """
    for char in cell.chars:
        if min(char.x0 - cell.box.x0, cell.box.x1 - char.x1) < _TO_EDGE * char.size:
            return "edge"
        if rules.strike(char):
            return "struck"
    for line in cell.lines:
        for a, b in pairwise(line):
            if abs(a.baseline - b.baseline) > _RAISED * a.size:
                return "raised"
            narrower = min(a.x1 - a.x0, b.x1 - b.x0)
            if min(a.x1, b.x1) - max(a.x0, b.x0) > _OVERLAP * narrower:
                return "overlap"
        if len(line) > 1 and spacing.has_gap(line):
            return "gap"
    return ""


# --------------------------------------------------------------------------- known digits


class Ordinals:
    """Finds the ordinals that the form prints before row labels. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._known: dict[Row, tuple[str, str]] = {}  # label of the group of rows, digit
        for field in family.fields:
            group, _, label = field.row_label.rpartition("／")
            if found := _ORDINAL.match(label):
                self._known.setdefault((field.table_id, field.row_id), (group, found[1]))
        self.digits = frozenset(digit for _, digit in self._known.values())

    def samples(self, tables: ClaimedTables, digits: AbstractSet[str], most: int) -> list[Sample]:
        """Return at most ``most`` printed ordinals of each digit, from the labels in the grids.

        A row may be printed at another position in its group than in the form, with the ordinal
        of that position. So the digit is that of the form or of the position, whichever the text
        layer has. If it has neither, the ordinal is used only if form and position agree.
        """
        if not digits:
            return []
        labels = [
            (grid.page, cell) for grid in tables.grids for cell in grid.cells if _has_ordinal(cell)
        ]
        counts = Counter(dict.fromkeys(DIGITS - digits, most))
        found = []
        for places in self._groups(tables.cells).values():
            for place, (row, cell) in enumerate(places, 1):
                expected = self._known[row][1]
                if counts[expected] >= most and counts[str(place)] >= most:
                    continue
                beside = (c for page, c in labels if page == cell.page and _is_beside(c, cell))
                if (label := next(beside, None)) is None:
                    continue
                shown = next(placed(in_lines(label.chars)[0][:2], cell.page, label.box))
                if shown.text in (expected, str(place)):
                    expected = shown.text
                elif expected != str(place):
                    continue
                counts[expected] += 1
                found.append(Sample(expected, shown, is_ordinal=True))
        return found

    def _groups(self, cells: Observations) -> dict[Row, list[tuple[Row, Observation]]]:
        """Return one cell of each row with an ordinal, by group of rows, in printed order."""
        rows: dict[Row, Observation] = {}
        for key, cell in cells.items():
            row = key.table, key.row
            if row in self._known and row not in rows:
                rows[row] = cell
        groups = defaultdict(list)
        for row, cell in sorted(rows.items(), key=lambda each: (each[1].page, each[1].box.top)):
            groups[row[0], self._known[row][0]].append((row, cell))
        return groups


def _has_ordinal(cell: Cell) -> bool:
    text = cell.text
    return len(text) > 2 and text[1] in _POINTS and fold(text[0]) in DIGITS


def _is_beside(label: Cell, cell: Observation) -> bool:
    """Return whether a label is to the left of a cell, in its row."""
    y = (cell.box.top + cell.box.bottom) / 2
    return label.box.top < y < label.box.bottom and label.box.x1 < cell.box.x0 + 1


def proved_samples(tables: ClaimedTables, digits: AbstractSet[str], most: int) -> list[Sample]:
    """Return at most ``most`` characters of some digits from proved cells of each font size.

    Cells in sums 0 = 0 also show a 0, since any other digit would break the sum.
    """
    found: list[Sample] = []
    digits, zero = digits & (tables.proved_digits | _ZERO), digits & _ZERO
    missing: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(digits, most))
    for key, cell in tables.claimed.items():
        if not cell.chars or not (left := missing[round(cell.chars[0].size)]):
            continue
        wanted = digits if key in tables.proved else zero if key in tables.zeros else ()
        if not wanted or left.keys().isdisjoint([fold(char.text) for char in cell.chars]):
            continue
        for each in cell.placed():
            if each.text in left and each.text in wanted:
                left[each.text] -= 1
                if not left[each.text]:
                    del left[each.text]
                found.append(Sample(each.text, each, is_ordinal=False))
    return found
