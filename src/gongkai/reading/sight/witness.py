"""Compares numbers that no sum proves with their pictures on the page: proof by sight.

Each non-zero number that no sum proves is compared digit by digit. Other cells that no sum
proves are only searched for ink that no character claims. No neural network is involved: the
ordinals of the row labels, and the cells that sums prove, show what each digit looks like.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from gongkai.extractors.layout.lines import in_lines
from gongkai.extractors.pdf.page_pictures import PagePictures
from gongkai.families.family import Family
from gongkai.model import Grid, Key, Observation, Observations, Page
from gongkai.reading.sight.cells import (
    ClaimedCell,
    DigitSpacing,
    StrikingRules,
    ink_fault,
    layout_fault,
    spilt,
    suspects,
)
from gongkai.reading.sight.glyphs import DIGITS, PlacedChar, fold, look_at, placed
from gongkai.reading.sight.shapes import FontOf, Judgement, Ordinals, Sample, Shapes, Verdict

_JUDGED = DIGITS | {",", ".", "-"}
_ZERO, _NONE = frozenset("0"), frozenset[str]()
_SAMPLES = (1, 4)  # pictures learned of each digit: at first, and if that does not decide

# Why a cell is in doubt. {text} is the number in the text layer, {seen} the digit on the page.
REASONS = {
    "no_ink": "文字层作“{text}”，页面上看不到其中的字",
    "ink_in_blank": "文字层此格为空，页面上印有内容",
    "ink_beside": "文字层作“{text}”，页面上此格还印有别的内容",
    "struck": "“{text}”上有横线穿过",
    "raised": "“{text}”中的字高低不一",
    "overlap": "“{text}”中的字互相重叠",
    "gap": "“{text}”中的间隔不一，或不止一个数",
    "edge": "“{text}”紧贴或越过格线",
    "spilt": "“{text}”与邻格的数字连成一数，其间有格线",
    "other_digit": "文字层作“{text}”，其中一字页面上像“{seen}”",
    "other_sign": "文字层作“{text}”，其中一字与页面上的字形不符",
    "unlike": "文字层作“{text}”，其中一字与页面上的字形不符",
    "exchanged": "文字层作“{text}”，但同一数字在行标序号中是另一字形",
}


@dataclass(frozen=True)
class Sighting:
    """The result of comparing one cell with its picture.

    ``agrees``: the page shows the number of the text layer. ``doubt``: it shows something
    else; ``reason`` is a key of ``REASONS``, ``message`` one Chinese sentence. ``unknown``:
    the picture does not decide.
    """

    verdict: Verdict
    reason: str = ""
    message: str = ""


_UNKNOWN = Sighting("unknown")


@dataclass(frozen=True)
class SeenTables:
    """The tables of one report as the text layer gives them, to compare with the page.

    ``proved`` are the cells that sums other than 0 = 0 prove, ``zeros`` those in sums 0 = 0
    only. ``exchangeable`` returns those of some digits that can replace each other without
    breaking any sum.
    """

    cells: Observations
    grids: Sequence[Grid]  # of all tables
    pages: Mapping[int, Page]
    proved: AbstractSet[Key]
    zeros: AbstractSet[Key]
    exchangeable: Callable[[AbstractSet[str]], AbstractSet[str]]


class _Digits(NamedTuple):
    """Digits that a wrong character map exchanges.

    ``exchanged`` are those that the labels show to be exchanged. ``exchangeable`` are those
    that may be: neither the labels nor the sums would show it.
    """

    exchanged: AbstractSet[str] = frozenset()
    exchangeable: AbstractSet[str] = frozenset()


class SightWitness:
    """Compares the tables of reports with their pages. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._ordinals = Ordinals(family)

    def look(self, tables: SeenTables, pictures: PagePictures) -> dict[Key, Sighting]:
        """Compare the cells of one report that no sum proves with their pictures.

        Returns a sighting for each non-zero number among them, and for each other cell that
        is in doubt. A number that sums prove is ``unknown`` if its digits may be exchanged:
        3 = 3 also holds where the page shows 5 and 5, and only the labels can tell. Cells that
        OCR read are left out, since their text came from the picture.
        """
        cells = _claimed_cells(tables)
        wanted = [key for key, o in tables.cells.items() if o.value and key not in tables.proved]
        found = {key: _UNKNOWN for key in wanted if tables.cells[key].reader != "ocr"}
        look = [key for key in cells if key not in tables.proved]
        faults, odd_zeros = _ink_faults(look, cells, pictures)
        wanted = [key for key in wanted if key in cells and key not in faults]
        faults |= _layout_faults(wanted, tables, cells)
        asked = [key for key in dict.fromkeys([*wanted, *odd_zeros]) if key not in faults]
        judged, digits = self._judge(asked, tables, cells, pictures)
        for key, judgement in judged.items():
            if judgement.verdict == "unknown" and (fault := ink_fault(cells[key], pictures)):
                faults[key] = Judgement("doubt", fault)
        for key, judgement in [*judged.items(), *faults.items()]:
            if judgement.verdict == "doubt" or key in found:
                found[key] = _sighting(judgement, tables.cells[key])
        if digits.exchanged or digits.exchangeable:
            for key in cells:
                cell = tables.cells[key]
                shown = {*map(fold, cell.raw_text)} if cell.value else _NONE
                if shown & digits.exchanged:
                    found[key] = _sighting(Judgement("doubt", "exchanged"), cell)
                elif key in tables.proved and shown & digits.exchangeable:
                    found[key] = _UNKNOWN
        return found

    def _judge(
        self,
        keys: Sequence[Key],
        tables: SeenTables,
        cells: Mapping[Key, ClaimedCell],
        pictures: PagePictures,
    ) -> tuple[dict[Key, Judgement], _Digits]:
        """Return the weakest judgement of each cell's characters, and the exchanged digits.

        Learns one picture of each digit first, and more only if that does not decide.
        """
        asked = [
            (key, char)
            for key in keys
            for char in _placed_chars(cells[key])
            if char.text in _JUDGED
        ]
        font_of = _font_reader(pictures)
        known = _ZERO if tables.zeros else _NONE  # another digit would break 0 = 0 + 0
        judgements: list[Judgement] = []
        digits = _Digits()
        for most in _SAMPLES:
            samples = [
                *self._ordinals.samples(tables.cells, tables.grids, most),
                *_proved_samples(tables, cells, most),
            ]
            chars = [char for _, char in asked]
            if not chars and not (samples and tables.proved):
                break
            seen = look_at([*chars, *(sample.char for sample in samples)], pictures)
            glyphs = seen.select(slice(len(chars)))
            shapes = Shapes(samples, seen.select(slice(len(chars), None)))
            exchanged = shapes.exchanged(font_of)
            exchangeable: AbstractSet[str] = _NONE
            uncertain = shapes.uncertain() - known
            if len(uncertain) > 1:  # exchanging takes two digits
                exchangeable = tables.exchangeable(uncertain)
                shapes = shapes.without(exchangeable)
            digits = _Digits(exchanged, exchangeable)
            judgements = shapes.judge([char.text for char in chars], glyphs)
            judgements = [
                shapes.judge_in_font(char, glyphs.select(slice(k, k + 1)), font_of)
                if each.verdict == "unknown"
                else each
                for k, (char, each) in enumerate(zip(chars, judgements, strict=True))
            ]
            if not exchanged and all(each.verdict == "agrees" for each in judgements):
                break
        weakest: dict[Key, Judgement] = {}
        for (key, _), judgement in zip(asked, judgements, strict=True):
            weakest[key] = min(weakest.get(key, judgement), judgement, key=_weakness)
        return weakest, digits


def _font_reader(pictures: PagePictures) -> FontOf:
    """Return a function that returns the font of a character, and remembers it.

    Full-width digits (３) count as another font than 3.
    """

    @cache
    def font_of(char: PlacedChar) -> Hashable:
        x, y = (char.char.x0 + char.char.x1) / 2, (char.char.top + char.char.bottom) / 2
        return pictures.font_at(char.page, x, y), char.char.text.isascii()

    return font_of


def _weakness(judgement: Judgement) -> int:
    return ("doubt", "unknown", "agrees").index(judgement.verdict)


def _claimed_cells(tables: SeenTables) -> dict[Key, ClaimedCell]:
    """Return the cells with their characters, except those that OCR read."""
    chars = {(grid.page, cell.box): cell.chars for grid in tables.grids for cell in grid.cells}
    return {
        key: ClaimedCell(o.page, o.box, held)
        for key, o in tables.cells.items()
        if o.reader != "ocr" and (held := chars.get((o.page, o.box))) is not None
    }


def _ink_faults(
    keys: Sequence[Key], cells: Mapping[Key, ClaimedCell], pictures: PagePictures
) -> tuple[dict[Key, Judgement], list[Key]]:
    """Return the cells with ink faults, and those with a 0 unlike the other zeros."""
    groups = defaultdict(list)
    for key in keys:
        groups[cells[key].page, key.table].append(key)
    faults: dict[Key, Judgement] = {}
    odd: list[Key] = []
    for group in groups.values():
        found = suspects([cells[key] for key in group], pictures)
        for k in found.ink:
            if fault := ink_fault(cells[group[k]], pictures):
                faults[group[k]] = Judgement("doubt", fault)
        odd += [group[k] for k in found.zeros - found.ink]
    return faults, odd


def _layout_faults(
    wanted: Sequence[Key], tables: SeenTables, cells: Mapping[Key, ClaimedCell]
) -> dict[Key, Judgement]:
    """Return the wanted cells whose characters are not placed like those of one number."""
    spacing = DigitSpacing(
        (cells[key] for key in tables.proved if key in cells), (cells[key] for key in wanted)
    )
    numbers = {cells[key].page for key in wanted}
    rules = {number: StrikingRules(tables.pages[number].rules) for number in numbers}
    faults = {
        key: Judgement("doubt", fault)
        for key in wanted
        if (fault := layout_fault(cells[key], rules[cells[key].page], spacing))
    }
    rows = {(cells[key].page, key.table, key.row) for key in wanted}
    by_row = defaultdict(list)
    for key, cell in cells.items():
        if (cell.page, key.table, key.row) in rows:
            by_row[cell.page, key.table, key.row].append(key)
    for row in by_row.values():
        keys = sorted(row, key=lambda key: cells[key].box.x0)
        for k in spilt([cells[key] for key in keys], spacing):
            faults.setdefault(keys[k], Judgement("doubt", "spilt"))
    return faults


def _proved_samples(
    tables: SeenTables, cells: Mapping[Key, ClaimedCell], most: int
) -> list[Sample]:
    """Return at most ``most`` characters of each digit and font size from proved cells.

    Cells in sums 0 = 0 show what a 0 looks like: any other digit would break the sum.
    """
    found: list[Sample] = []
    counts: Counter[tuple[str, int]] = Counter()
    for key, cell in cells.items():
        digits = DIGITS if key in tables.proved else _ZERO if key in tables.zeros else None
        if digits is None:
            continue
        for char in cell.chars:
            digit = fold(char.text)
            if digit in digits and counts[digit, round(char.size)] < most:
                break
        else:
            continue
        for placed_char in _placed_chars(cell):
            kind = placed_char.text, round(placed_char.char.size)
            if placed_char.text in digits and counts[kind] < most:
                counts[kind] += 1
                found.append(Sample(placed_char.text, placed_char, is_ordinal=False))
    return found


def _placed_chars(cell: ClaimedCell) -> Iterator[PlacedChar]:
    for line in in_lines(cell.chars):
        yield from placed(line, cell.page, cell.box)


def _sighting(judgement: Judgement, cell: Observation) -> Sighting:
    if judgement.verdict != "doubt":
        return Sighting(judgement.verdict)
    text = REASONS[judgement.reason].format(text=cell.raw_text, seen=judgement.seen)
    return Sighting("doubt", judgement.reason, text)
