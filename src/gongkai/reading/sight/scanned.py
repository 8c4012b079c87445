"""Compares digits that OCR read with the pictures of digits that sums prove: proof by sight.

On one scan, the digits of proved cells show what each digit looks like, noise included. A number
that no sum proves is proved by sight if each of its digits clearly resembles the pictures of this
digit, and no other. The OCR model has no part in this.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from gongkai.extractors.layout.sheets import file_page
from gongkai.extractors.ocr.digit_places import DigitPlace
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.page_pictures import Pixels
from gongkai.families.family import Family
from gongkai.model import Box, Key, Observation, Page
from gongkai.reading.sight.claims import DIGITS, ClaimedTables, Ordinals, Sample, fold
from gongkai.reading.sight.ink import PICTURE_SIZE, Floats, unit_pictures
from gongkai.reading.sight.sightings import Sighting

_LEAST_SAMPLES, _MOST_SAMPLES = 2, 12  # of each digit
# The likeness of a digit to the mean picture of a kind of digit, at most 1.
_SAME = (0.90, 0.93)  # at least, on poor scans and on good ones
_USUAL = 0.03  # subtracted from the likeness that 19 of 20 proved digits exceed
_MARGIN = 0.12  # least excess of the likeness to one kind over that to the next
_UNLIKE = 0.82  # with less likeness to all nine other kinds, a digit is the tenth

_MOST_ORDINALS = 3  # of each digit
_SHARED = 3  # least number of digits that show that two groups have the same font

# In font sizes.
_AROUND = 0.25  # around an ordinal
_TO_LABEL = 0.6  # from the right edge of an ordinal to the text of the label

_NO_PICTURE = np.zeros((0, PICTURE_SIZE), np.float32)
_AGREES, _UNKNOWN = Sighting("agrees"), Sighting("unknown")
_TENTH = Sighting("unknown", "tenth")  # unlike all nine other kinds
_UNLIKE_OWN = Sighting("unknown", "unlike")  # its own kind is known, and looks different


class ScanWitness:
    """Compares numbers that OCR read with proved ones. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._ordinals = Ordinals(family)

    def look(self, tables: ClaimedTables, ocr: FileOcr) -> dict[Key, Sighting]:
        """Compare the numbers that OCR read, and that no sum proves, with proved ones.

        Returns a sighting for each of them, zeros included, except flagged cells. Raises
        OcrMissing where OCR is not installed.
        """
        asked = {
            key: cell
            for key, cell in tables.cells.items()
            if cell.reader == "ocr"
            and _is_certain_number(cell)
            and key not in tables.proved
            and (cell.value or key not in tables.zeros)
        }
        if not asked:
            return {}
        known = list(_proved_cells(tables))
        ordinals = self._ordinals.samples(tables, DIGITS, _MOST_ORDINALS)
        places = [
            *(_place(cell, tables.pages[cell.page]) for cell in (*asked.values(), *known)),
            *(_ordinal_place(each, tables.pages[each.char.page]) for each in ordinals),
        ]
        pictures = _pictures(ocr.cut_digits(places))
        first = len(asked) + len(known)
        proved = _by_digit(places, pictures, range(len(asked), first))
        kinds = Kinds(proved, _by_digit(places, pictures, range(first, len(places))))
        found = dict.fromkeys(asked, _UNKNOWN)
        for table in {key.table for key in asked}:
            numbers = {
                key: (_digits(places[k].text), pictures[k])
                for k, key in enumerate(asked)
                if key.table == table and k in pictures
            }
            found |= kinds.judge(numbers)
        return found


class Kinds:
    """What each digit looks like on one scan: the mean of its pictures.

    ``proved`` and ``ordinals`` hold pictures by digit, of proved cells and of row labels. The
    ordinals are used for digits that no proved cell has, if labels and cells have the same font.
    """

    def __init__(self, proved: Mapping[str, Floats], ordinals: Mapping[str, Floats]) -> None:
        enough = {d: known for d, known in proved.items() if len(known) >= _LEAST_SAMPLES}
        means = {digit: _mean(known) for digit, known in enough.items()}
        own = [likeness for d, known in enough.items() for likeness in known @ means[d]]
        usual = float(np.percentile(own, 5)) if own else 1.0
        self._same = min(max(usual - _USUAL, _SAME[0]), _SAME[1])
        shared = [likeness for d in means for likeness in ordinals.get(d, _NO_PICTURE) @ means[d]]
        if len(shared) >= _SHARED and min(shared) >= self._same:
            means = {digit: _mean(known) for digit, known in ordinals.items()} | means
        self._digits = [*means]
        self._means = np.array([*means.values()], np.float32).reshape(-1, _NO_PICTURE.shape[1])

    def judge(self, numbers: Mapping[Key, tuple[Sequence[str], Floats]]) -> dict[Key, Sighting]:
        """Judge the numbers of one table, given their digits and the pictures of these."""
        judged = {
            key: [
                self._judge(digit, dict(zip(self._digits, row, strict=True)))
                for digit, row in zip(digits, (pictures @ self._means.T).tolist(), strict=True)
            ]
            for key, (digits, pictures) in numbers.items()
        }
        digits = [each for number in judged.values() for each in number]
        in_font = digits.count(_AGREES) >= _SHARED and _UNLIKE_OWN not in digits
        return {key: _sighting(number, in_font=in_font) for key, number in judged.items()}

    def _judge(self, digit: str, alike: dict[str, float]) -> Sighting:
        """Judge one digit by its likeness to each kind."""
        own = alike.pop(digit, None)
        rival = max(alike, key=alike.__getitem__, default="")
        other = alike.get(rival, 0.0)
        if other >= self._same and other - (own or 0.0) >= _MARGIN:
            return Sighting("doubt", "misread", rival)
        if own is None:
            is_tenth = len(alike) == len(DIGITS) - 1 and other < _UNLIKE
            return _TENTH if is_tenth else _UNKNOWN
        return _AGREES if own >= self._same and own - other >= _MARGIN else _UNLIKE_OWN


def _sighting(digits: Sequence[Sighting], *, in_font: bool) -> Sighting:
    """Return the sighting of a number, from those of its digits.

    A digit unlike the nine other kinds is accepted only if the table has the font of the kinds:
    in another font, every digit is unlike all of them.
    """
    for each in digits:
        if each.verdict == "doubt":
            return each
    accepted = (_AGREES, _TENTH) if in_font else (_AGREES,)
    return _AGREES if all(each in accepted for each in digits) else _UNKNOWN


def _is_certain_number(cell: Observation) -> bool:
    return cell.value is not None and not cell.flagged


def _proved_cells(tables: ClaimedTables) -> Iterator[Observation]:
    """Yield proved cells until each digit occurs a few times; sums 0 = 0 give zeros."""
    counts: Counter[str] = Counter()
    for key, cell in tables.cells.items():
        is_shown = key in tables.proved or (key in tables.zeros and not cell.value)
        if is_shown and _is_certain_number(cell):
            digits = _digits(cell.raw_text)
            if any(counts[digit] < _MOST_SAMPLES for digit in digits):
                counts.update(digits)
                yield cell


def _digits(text: str) -> list[str]:
    return [c for c in map(fold, text) if c in DIGITS]


def _place(cell: Observation, page: Page) -> DigitPlace:
    text = "".join(map(fold, cell.raw_text))
    return DigitPlace(file_page(page), cell.box, text, cell.key.table, page.to_displayed)


def _ordinal_place(sample: Sample, page: Page) -> DigitPlace:
    """Return the place of an ordinal with its point, up to where the label's text begins."""
    char = sample.char.char
    room = _AROUND * char.size
    box = Box(char.x0 - room, char.top - room, char.x1 + _TO_LABEL * char.size, char.bottom + room)
    return DigitPlace(file_page(page), box, f"{sample.digit}.", "ordinals", page.to_displayed)


def _pictures(windows: Mapping[int, Sequence[Pixels]]) -> dict[int, Floats]:
    """Return the pictures of the digits of each place, by its index."""
    if not windows:
        return {}
    stacked = unit_pictures(np.array([w for each in windows.values() for w in each], np.float32))
    ends = np.cumsum([len(each) for each in windows.values()])[:-1]
    return dict(zip(windows, np.split(stacked, ends), strict=True))


def _by_digit(
    places: Sequence[DigitPlace], pictures: Mapping[int, Floats], chosen: Iterable[int]
) -> dict[str, Floats]:
    """Return the pictures of the chosen places by their digit."""
    found = defaultdict(list)
    for k in chosen:
        if k in pictures:
            for digit, picture in zip(_digits(places[k].text), pictures[k], strict=True):
                found[digit].append(picture)
    return {digit: np.array(each) for digit, each in found.items()}


def _mean(pictures: Floats) -> Floats:
    mean = pictures.mean(0)
    unit: Floats = mean / np.linalg.norm(mean)
    return unit
