"""Compares numbers that no sum proves with their pictures on the page: proof by sight.

Each non-zero number that no sum proves is compared digit by digit. Other cells that no sum
proves are only searched for ink outside their characters. No neural network is involved: the
ordinals of the row labels, and the cells that sums prove, show what each digit looks like.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from itertools import chain, product
from statistics import median
from typing import NamedTuple

import numpy as np

from gongkai.extractors.pdf.page_pictures import PagePictures
from gongkai.families.family import Family
from gongkai.model import Key, Observations
from gongkai.reading.sight.claims import (
    DIGITS,
    ClaimedTables,
    DigitSpacing,
    Ordinals,
    PlacedChar,
    Sample,
    StrikingRules,
    fold,
    layout_fault,
    proved_samples,
    sharing_a_number,
)
from gongkai.reading.sight.digit_shapes import cells_of_other_shape
from gongkai.reading.sight.edges import crossed_cells, cut_fault
from gongkai.reading.sight.ink import (
    POINT,
    Flags,
    Floats,
    Glyphs,
    ink_fault,
    look_at,
    unclear_cells,
)
from gongkai.reading.sight.sightings import Sighting, Verdict

FontOf = Callable[[PlacedChar], Hashable]  # equal for characters of the same font of the file

_JUDGED = DIGITS | {",", ".", "-"}
_COMMA, _ZERO = ",", "0"
_SAMPLES = (1, 4)  # pictures learned of each digit: at first, and if one does not decide

# The likeness of two pictures, at most 1.
_SAME = 0.96  # at least: the same digit in the same font
_CERTAINLY_SAME = 0.985  # at least: the same digit, even if the form says otherwise
_UNLIKE = 0.90  # less: different digits, or different fonts
_SIMILAR = 0.70  # usual for the same digit in two fonts
_CLEARLY, _MARGIN = 0.2, 0.05  # least excess over the next digit: of two pairs, of one pair
_RAISED = 0.1  # font sizes: most difference between the feet of digits on one baseline
_HEIGHTS = 0.08  # font sizes: most difference between the heights of digits of one font

_RANK: dict[Verdict, int] = {"doubt": 0, "unknown": 1, "agrees": 2}  # the weakest first
_AGREES, _UNKNOWN = Sighting("agrees"), Sighting("unknown")
_UNLIKE_OWN = Sighting("unknown", "unlike")  # unlike the known glyphs of its digit
_NOT_KNOWN = Sighting("unknown", "not_known")  # no glyph of its digit is known


def seen_and_doubted(
    sightings: Mapping[Key, Sighting], cells: Observations
) -> tuple[dict[Key, bool], dict[Key, str]]:
    """Return whether pictures confirm each value, and the reasons for doubt in other cells.

    A value is False where pictures do not decide.
    """
    doubted = [(key, each) for key, each in sightings.items() if each.verdict == "doubt"]
    doubts = {key: each.message(cells[key].raw_text) for key, each in doubted}
    judged = {k: s.verdict == "agrees" for k, s in sightings.items() if s.verdict != "doubt"}
    return judged, doubts


class Exchanges(NamedTuple):
    """Digits that a wrong character map exchanges, such as 3 and 5.

    Labels prove that ``exchanged`` digits are exchanged. ``exchangeable`` ones may be: neither
    labels nor sums would show it.
    """

    exchanged: AbstractSet[str] = frozenset()
    exchangeable: AbstractSet[str] = frozenset()


class Shapes:
    """The samples of one report with their glyphs; those of another size than a digit dropped."""

    def __init__(self, samples: Sequence[Sample], glyphs: Glyphs) -> None:
        usable = glyphs.could_be_digits()
        self._samples = [each for each, fits in zip(samples, usable.tolist(), strict=True) if fits]
        self._glyphs = glyphs.select(usable)
        self._digits = np.array([each.digit for each in self._samples], "U1")

    def judge(self, chars: Sequence[PlacedChar], glyphs: Glyphs, font_of: FontOf) -> list[Sighting]:
        """Judge for each glyph whether it is the digit or sign that the text layer claims.

        A glyph that resembles no sample is judged by the samples of its own font only.
        """
        texts = [char.text for char in chars]
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
                found.append(Sighting("doubt", "no_ink"))
            elif signs[k] or text not in DIGITS:
                is_same = signs[k] == text.replace(_COMMA, POINT)
                found.append(_AGREES if is_same else Sighting("doubt", "other_sign", signs[k]))
            elif mine[k] >= _SAME and mine[k] > rival[k]:
                found.append(_AGREES if rise[k] <= _RAISED else Sighting("doubt", "raised"))
            elif rival[k] >= _SAME:
                found.append(Sighting("doubt", "other_digit", str(rivals[k])))
            else:
                found.append(self._judge_in_font(chars[k], glyphs.select(slice(k, k + 1)), font_of))
        return found

    def _judge_in_font(self, char: PlacedChar, glyph: Glyphs, font_of: FontOf) -> Sighting:
        """Judge one glyph by the samples of its own font only.

        Within one font, a glyph unlike the sample of its claimed digit is another digit. A
        glyph unlike all nine other digits is the claimed one.
        """
        if char.text not in self._digits and len({*self._digits}) < len(DIGITS) - 1:
            return _NOT_KNOWN
        font = font_of(char)
        same_font = np.array([font_of(each.char) == font for each in self._samples], bool)
        known = self._glyphs.select(same_font)
        digits = self._digits[same_font]
        if not len(known) or abs(glyph.height[0] - median(known.height.tolist())) > _HEIGHTS:
            return _NOT_KNOWN
        alike = (glyph.pictures @ known.pictures.T)[0]
        mine = alike[digits == char.text].max(initial=-1)
        if mine >= 0:
            return Sighting("doubt", "unlike") if mine < _UNLIKE else _UNLIKE_OWN
        is_the_tenth = {*digits} == DIGITS - {char.text} and alike.max() < _UNLIKE
        return _AGREES if is_the_tenth else _NOT_KNOWN

    def exchanges(self, groups: Sequence[AbstractSet[str]], font_of: FontOf) -> Exchanges:
        """Find the digits that a wrong character map exchanges, and those that it may exchange.

        Only digits of one of the ``groups`` can be exchanged: sums show any other exchange.
        """
        uncertain = self._uncertain()
        pairs = [group & uncertain for group in groups]
        return Exchanges(
            self._exchanged(font_of).intersection(chain(*groups)),
            frozenset(chain(*[digits for digits in pairs if len(digits) > 1])),
        )

    def _exchanged(self, font_of: FontOf) -> frozenset[str]:
        """Return the digits whose ordinals look like other digits of proved cells.

        A character map that exchanges digits may leave sums such as 3 = 3 intact. It is detected
        if an ordinal looks just like another digit of the cells, or if two ordinals look more
        like each other's digit than their own. If labels and cells share a font, it is also
        detected if an ordinal does not look like its own digit.
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

    def _uncertain(self) -> frozenset[str]:
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


class SightWitness:
    """Compares the tables of reports with their pages. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._ordinals = Ordinals(family)

    def look(self, tables: ClaimedTables, pictures: PagePictures) -> dict[Key, Sighting]:
        """Compare the cells of one report that no sum proves with their pictures.

        Returns a sighting for each non-zero number among them, for each other cell that is in
        doubt, and for the cells that are asked for if pictures can decide. A number that sums
        prove is ``unknown`` if its digits may be exchanged: 3 = 3 also holds where the page shows
        5 and 5. Cells that OCR read are left out.
        """
        unproved = [(k, cell) for k, cell in tables.cells.items() if k not in tables.settled]
        numbers = [key for key, cell in unproved if cell.value and cell.reader != "ocr"]
        found = dict.fromkeys(numbers, _UNKNOWN)
        doubts, odd_zeros = _ink_doubts(tables, pictures)
        wanted = [key for key in numbers if key in tables.claimed and key not in doubts]
        doubts |= _layout_doubts(wanted, tables)
        further = sorted(tables.asked & tables.claimed.keys()) if tables.asked else []
        asked = [k for k in dict.fromkeys([*wanted, *odd_zeros, *further]) if k not in doubts]
        judged, exchanges = self._judge(asked, tables, pictures)
        if _ZERO in exchanges.exchanged or any(each.seen == _ZERO for each in judged.values()):
            # the text layer has another digit for some 0 on the page, and perhaps 0 for that digit
            rest = tables.claimed.keys() - tables.proved - judged.keys() - doubts.keys()
            zeros = sorted(key for key in rest if tables.cells[key].value == 0)
            judged |= self._judge(zeros, tables, pictures)[0]
        for key, each in judged.items():
            if each.verdict == "unknown" and (fault := ink_fault(tables.claimed[key], pictures)):
                doubts[key] = Sighting("doubt", fault)
        judged |= doubts | _of_exchanges(exchanges, tables)
        unknown = {k: tables.claimed[k] for k, s in judged.items() if s.verdict == "unknown"}
        unlike = cells_of_other_shape(unknown, pictures) if unknown else ()
        judged |= dict.fromkeys(unlike, Sighting("doubt", "unlike"))
        empty = {key: _AGREES for key in further if not tables.claimed[key].chars}
        judged = empty | judged
        kept = [
            key
            for key, each in judged.items()
            if each.verdict == "doubt" or tables.cells[key].value or key in tables.asked
        ]
        return found | {key: judged[key] for key in kept}

    def _judge(
        self, keys: Sequence[Key], tables: ClaimedTables, pictures: PagePictures
    ) -> tuple[dict[Key, Sighting], Exchanges]:
        """Return the weakest sighting of each cell's characters, and the exchanged digits.

        Learns one picture of each digit that is asked for, and more only if that does not decide.
        All digits are learned where sums would not show an exchange, and for a digit that only the
        likeness to all others tells.
        """
        placed = [(key, char) for key in keys for char in tables.claimed[key].placed()]
        owners = [(key, char) for key, char in placed if char.text in _JUDGED]
        chars, exchanges = [char for _, char in owners], Exchanges()
        asked, proved = DIGITS.intersection([c.text for c in chars]), tables.proved_digits
        is_open = not (asked | proved).isdisjoint(chain(*tables.exchangeable))
        if not chars and not is_open:
            return {}, exchanges
        needs_all = is_open or not asked <= proved | self._ordinals.digits
        font_of = _font_reader(pictures)
        found: list[Sighting] = []
        for most in _SAMPLES:
            wanted = DIGITS if needs_all or most > 1 else asked
            samples = proved_samples(tables, wanted, most)
            unseen = wanted if needs_all else wanted - {sample.digit for sample in samples}
            samples += self._ordinals.samples(tables, unseen, most)
            shown = [*chars, *[sample.char for sample in samples]]
            seen = look_at(shown, pictures, without_red=most > 1)
            glyphs = seen.select(slice(len(chars)))
            shapes = Shapes(samples, seen.select(slice(len(chars), None)))
            if is_open:
                exchanges = shapes.exchanges(tables.exchangeable, font_of)
                shapes = shapes.without(exchanges.exchangeable)
            found = shapes.judge(chars, glyphs, font_of)
            if not exchanges.exchanged and all(each.verdict == "agrees" for each in found):
                break
        weakest: dict[Key, Sighting] = {}
        for (key, _), each in zip(owners, found, strict=True):
            if key not in weakest or _RANK[each.verdict] < _RANK[weakest[key].verdict]:
                weakest[key] = each
        return weakest, exchanges


def _font_reader(pictures: PagePictures) -> FontOf:
    """Return a function that returns the font of a character, and remembers it.

    Full-width digits (３) count as another font than 3.
    """

    @cache
    def font_of(char: PlacedChar) -> Hashable:
        x, y = (char.char.x0 + char.char.x1) / 2, (char.char.top + char.char.bottom) / 2
        return pictures.font_at(char.page, x, y), char.char.text.isascii()

    return font_of


def _ink_doubts(
    tables: ClaimedTables, pictures: PagePictures
) -> tuple[dict[Key, Sighting], list[Key]]:
    """Return the unproved cells with ink faults, and cells with a 0 unlike the other zeros."""
    groups: dict[tuple[int, str], list[Key]] = defaultdict(list)
    for key, cell in tables.claimed.items():
        if key not in tables.settled:
            groups[cell.page, key.table].append(key)
    if not groups:
        return {}, []
    keys = [key for group in groups.values() for key in group]
    cells = [[tables.claimed[key] for key in group] for group in groups.values()]
    unclear = unclear_cells(cells, pictures)
    faults = {keys[k]: ink_fault(tables.claimed[keys[k]], pictures) for k in unclear.ink}
    if crossing := {keys[k]: "edge" for k in unclear.crossing}:
        faults |= dict.fromkeys(crossed_cells(crossing, tables), "crossed") | crossing
    if cut := {number: page.remains for number, page in tables.pages.items() if page.remains}:
        faults |= {key: fault for key in keys if (fault := cut_fault(tables.claimed[key], cut))}
    doubts = {key: Sighting("doubt", fault) for key, fault in faults.items() if fault}
    return doubts, [keys[k] for k in sorted(unclear.zeros)]


def _layout_doubts(wanted: Sequence[Key], tables: ClaimedTables) -> dict[Key, Sighting]:
    """Return the wanted cells whose characters are not placed like those of one number."""
    cells = tables.claimed
    spacing = DigitSpacing(
        (cells[key] for key in tables.proved if key in cells), (cells[key] for key in wanted)
    )
    rules = {
        page: StrikingRules(tables.pages[page].rules)
        for page in {cells[key].page for key in wanted}
    }
    faults = {key: layout_fault(cells[key], rules[cells[key].page], spacing) for key in wanted}
    rows: dict[tuple[int, str, str], list[Key]] = {
        (cells[key].page, key.table, key.row): [] for key in wanted
    }
    for key, cell in cells.items():
        if (row := (cell.page, key.table, key.row)) in rows:
            rows[row].append(key)
    for row_keys in rows.values():
        keys = sorted(row_keys, key=lambda key: cells[key].box.x0)
        for k in sharing_a_number([cells[key] for key in keys], spacing):
            faults[keys[k]] = faults.get(keys[k]) or "shared"
    return {key: Sighting("doubt", fault) for key, fault in faults.items() if fault}


def _of_exchanges(exchanges: Exchanges, tables: ClaimedTables) -> dict[Key, Sighting]:
    """Return the numbers with exchanged digits, and proved ones with exchangeable digits."""
    found: dict[Key, Sighting] = {}
    if exchanges.exchanged or exchanges.exchangeable:
        for key in tables.claimed:
            shown = {*map(fold, cell.raw_text)} if (cell := tables.cells[key]).value else set()
            if shown & exchanges.exchanged:
                found[key] = Sighting("doubt", "exchanged")
            elif key in tables.proved and shown & exchanges.exchangeable:
                found[key] = _UNKNOWN
    return found
