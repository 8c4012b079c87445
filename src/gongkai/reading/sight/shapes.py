"""Learns what the digits of one report look like, and judges whether a glyph is its digit.

The samples of a digit are the ordinals of the row labels (1. 2. 3.), which the form fixes
whatever the text layer says, and the digits of cells that a sum proves.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

from gongkai.extractors.layout.lines import in_lines
from gongkai.families.family import Family
from gongkai.model import Cell, Grid, Observation, Observations
from gongkai.reading.sight.glyphs import (
    DIGITS,
    POINT,
    Flags,
    Floats,
    Glyphs,
    PlacedChar,
    fold,
    placed,
)

Verdict = Literal["agrees", "doubt", "unknown"]
FontOf = Callable[[PlacedChar], Hashable]  # equal for characters of the same font of the file

# The likeness of two pictures, at most 1.
_SAME = 0.96  # at least: the same digit in the same font
_CERTAINLY_SAME = 0.985  # at least: evidence against the ordinals that the form fixes
_UNLIKE = 0.90  # less: different digits, or different fonts
_SIMILAR = 0.70  # usual for the same digit in two fonts
_CLEARLY, _MARGIN = 0.2, 0.05  # excess over the next digit: summed over two pairs, of one pair
_RAISED = 0.1  # font sizes: most difference between the feet of digits on one baseline
_HEIGHTS = 0.08  # font sizes: most difference between the heights of digits of one font
_COMMA = ","

_ORDINAL = re.compile(r"([1-9])[.．、]")
_POINTS = ".．、"

Row = tuple[str, str]  # table id, row id


class Sample(NamedTuple):
    """A character whose digit is known: from the form, or proved by a sum."""

    digit: str
    char: PlacedChar
    is_ordinal: bool  # known from the form; otherwise from a sum


@dataclass(frozen=True)
class Judgement:
    """A verdict about a glyph, with a code for the reason.

    ``seen`` is the digit or sign that the glyph looks like, if not the claimed one.
    """

    verdict: Verdict
    reason: str = ""
    seen: str = ""


_AGREES = Judgement("agrees")
_UNLIKE_OWN = Judgement("unknown", "unlike")  # unlike the known glyphs of its digit
_NOT_KNOWN = Judgement("unknown", "not_known")  # no glyph of its digit is known


class Shapes:
    """The samples of one report with their glyphs, without glyphs of another size than a digit."""

    def __init__(self, samples: Sequence[Sample], glyphs: Glyphs) -> None:
        usable = glyphs.could_be_digits()
        self._samples = [each for each, fits in zip(samples, usable.tolist(), strict=True) if fits]
        self._glyphs = glyphs.select(usable)
        self._digits = np.array([each.digit for each in self._samples], "U1")

    def judge(self, texts: Sequence[str], glyphs: Glyphs) -> list[Judgement]:
        """Judge for each glyph whether it is the digit or sign that the text layer claims."""
        alike = self._alike(glyphs)
        own = np.array([*texts], "U1")[:, None] == self._digits
        mine = np.where(own, alike, -1).max(1, initial=-1)
        other = np.where(own, -1, alike)
        rival = other.max(1, initial=-1)
        rivals = self._digits[other.argmax(1)] if self._samples else self._digits
        rise = np.abs(glyphs.foot[:, None] - self._glyphs.foot)
        rise = np.where(own & (alike >= _SAME), rise, np.inf).min(1, initial=np.inf)
        signs = glyphs.signs()
        found = []
        for k, text in enumerate(texts):
            if not glyphs.has_ink[k]:
                found.append(Judgement("doubt", "no_ink"))
            elif signs[k] or text not in DIGITS:
                is_same = signs[k] == text.replace(_COMMA, POINT)
                found.append(_AGREES if is_same else Judgement("doubt", "other_sign", signs[k]))
            elif mine[k] >= _SAME and mine[k] > rival[k]:
                found.append(_AGREES if rise[k] <= _RAISED else Judgement("doubt", "raised"))
            elif rival[k] >= _SAME:
                found.append(Judgement("doubt", "other_digit", str(rivals[k])))
            else:
                found.append(_UNLIKE_OWN if mine[k] >= 0 else _NOT_KNOWN)
        return found

    def judge_in_font(self, char: PlacedChar, glyph: Glyphs, font_of: FontOf) -> Judgement:
        """Judge one glyph that resembles no sample, by the samples of its own font only.

        Within one font, a glyph unlike the sample of its claimed digit is another digit. A
        glyph unlike all nine other digits is the claimed one.
        """
        if char.text not in self._digits and len({*self._digits}) < len(DIGITS) - 1:
            return _NOT_KNOWN
        font = font_of(char)
        same_font = np.array([font_of(each.char) == font for each in self._samples], bool)
        known = self._glyphs.select(same_font)
        digits = self._digits[same_font]
        if not len(known) or abs(glyph.height[0] - np.median(known.height)) > _HEIGHTS:
            return _NOT_KNOWN
        alike = (glyph.pictures @ known.pictures.T)[0]
        mine = alike[digits == char.text].max(initial=-1)
        if mine >= 0:
            return Judgement("doubt", "unlike") if mine < _UNLIKE else _UNLIKE_OWN
        is_the_tenth = {*digits} == DIGITS - {char.text} and alike.max() < _UNLIKE
        return _AGREES if is_the_tenth else _NOT_KNOWN

    def exchanged(self, font_of: FontOf) -> frozenset[str]:
        """Return the digits whose ordinals look like other digits of proved cells.

        A character map that exchanges digits may leave sums such as 3 = 3 intact. It shows if
        an ordinal looks just like another digit of the cells, or if two ordinals look more
        like each other's digit than their own. In a font that labels and cells share, it also
        shows if an ordinal does not look like its own digit.
        """
        table = self._likeness
        own = table.diagonal()
        is_other = table > _CERTAINLY_SAME
        is_known = (own >= 0)[:, None] & (own >= 0)
        is_other |= is_known & (table + table.T > own[:, None] + own + _CLEARLY)
        np.fill_diagonal(is_other, val=False)
        found = {str(digit) for pair in np.argwhere(is_other) for digit in pair}
        if own.max() > _CERTAINLY_SAME and (own[own >= 0] < _UNLIKE).any():
            ordinals = [each for each in self._samples if each.is_ordinal]
            cells = [each for each in self._samples if not each.is_ordinal]
            found |= {
                one.digit
                for one, other in product(ordinals, cells)
                if one.digit == other.digit
                and own[int(one.digit)] < _UNLIKE
                and font_of(one.char) == font_of(other.char)
            }
        return frozenset(found)

    def uncertain(self) -> frozenset[str]:
        """Return the digits that a wrong character map may exchange unnoticed.

        A digit is certain if it has an ordinal, and the ordinals have the font of the cells or
        this ordinal looks more like its own digit in the cells than like any other.
        """
        table = self._likeness
        has_ordinal = np.isin(np.arange(len(DIGITS)), self._digits[self._is_ordinal].astype(int))
        if table.diagonal().max() >= _SAME:
            certain = has_ordinal
        else:
            second = np.sort(table, 1)[:, -2]
            certain = has_ordinal & (table.diagonal() > np.maximum(second + _MARGIN, _SIMILAR))
        return frozenset(str(digit) for digit in np.flatnonzero(~certain))

    def without(self, digits: AbstractSet[str]) -> Shapes:
        """Return the shapes without the samples of some digits from proved cells."""
        kept = [each.is_ordinal or each.digit not in digits for each in self._samples]
        samples = [each for each, keep in zip(self._samples, kept, strict=True) if keep]
        return Shapes(samples, self._glyphs.select(np.array(kept, bool)))

    @cached_property
    def _likeness(self) -> Floats:
        """The likeness of each ordinal (rows) to each digit of proved cells; -1 if not known."""
        table = np.full((len(DIGITS), len(DIGITS)), -1, np.float32)
        digits = self._digits.astype(int)
        alike = self._alike(self._glyphs)[self._is_ordinal][:, ~self._is_ordinal]
        np.maximum.at(table, (digits[self._is_ordinal][:, None], digits[~self._is_ordinal]), alike)
        return table

    @cached_property
    def _is_ordinal(self) -> Flags:
        return np.array([each.is_ordinal for each in self._samples], bool)

    def _alike(self, glyphs: Glyphs) -> Floats:
        return glyphs.pictures @ self._glyphs.pictures.T


class Ordinals:
    """Finds the ordinals that the form prints before row labels. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._known: dict[Row, tuple[str, str]] = {}  # label of the group of rows, digit
        for field in family.fields:
            group, _, label = field.row_label.rpartition("／")
            if found := _ORDINAL.match(label):
                self._known.setdefault((field.table_id, field.row_id), (group, found[1]))

    def samples(self, cells: Observations, grids: Iterable[Grid], most: int) -> Iterator[Sample]:
        """Yield at most ``most`` printed ordinals of each digit, from the labels in the grids.

        A row may be printed at another position in its group than the form has it, with the
        ordinal of that position. So the digit is the form's or the position's, whichever the
        text layer confirms. If it confirms neither, the ordinal counts only if both are the
        same.
        """
        labels = [(grid.page, cell) for grid in grids for cell in grid.cells if _has_ordinal(cell)]
        counts: Counter[str] = Counter()
        for places in self._groups(cells).values():
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
                yield Sample(expected, shown, is_ordinal=True)

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
    return len(cell.text) > 2 and cell.text[1] in _POINTS and fold(cell.text[0]) in DIGITS


def _is_beside(label: Cell, cell: Observation) -> bool:
    """Return whether a label is to the left of a cell, in its row."""
    y = (cell.box.top + cell.box.bottom) / 2
    return label.box.top < y < label.box.bottom and label.box.x1 < cell.box.x0 + 1
