"""Reads number cells: a number, a blank, a mark, or unreadable. Text is never guessed.

``TableReading`` is what the cells of one table give.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.lines import AMOUNTS, Field
from gongkai.model import Box, Cell, Char, Grid, Key, LabelMatch, Observation, State

_NUMBER = re.compile(
    r"""(?P<sign>[+-]?)
        (?P<digits>\d{1,3}(?:,\d{3})+|\d+)
        (?P<decimals>\.\d+)?
        \s*(?P<unit>[^\d\s.,+-]*)""",
    re.VERBOSE,
)
# A note after a number: （其中修订16件）, ①, [1], *. Brackets around a bare number are no note.
_NOTE = re.compile(
    r"""\s*(?: [（(][^（()）]*[\u4e00-\u9fff][^（()）]*[)）]
            | [\u2460-\u2473\u2776-\u277f]
            | [\[［〔【]\s*(?:注\s*)?\d{1,2}\s*[\]］〕】]
            | [*＊※†‡]
        )+\s*$""",
    re.VERBOSE,
)
# on two lines, with the break at the decimal point or a comma
_BROKEN_NUMBER = re.compile(r"[-+]?[\d,，]+(?:[.．]\n|\n[.．]|[,，]\n(?=\d{3}))\d[\d,，]*\D?\S*")
# a unit in a label: （单位：元）, （万元）
_LABEL_UNIT = re.compile(r"单位\s*[:：]\s*(\w+)|[（(]\s*(\w+)\s*[）)]")
_BEFORE_UNITS = re.compile(r"单位\s*[:：]")  # in a caption: 单位：件、万元
_BETWEEN_UNITS = re.compile(r"[\W和及]+")
# Glyphs that mean a minus or a comma, and that NFKC does not fold.
_FOLD = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "，": ",", "﹣": "-"})
_CACHE_SIZE = 4096  # most cells of most reports have one of a few texts
_HIGH = 1.5  # heights of the cell: no digit of it is so high, some readers give the font's height
_FOOTNOTE_SIZE = 0.8  # of the largest digit: a smaller digit is a footnote mark
_MATCHES: tuple[LabelMatch, ...] = ("exact", "alias", "near")  # the weakest last
WEAKER = {pair: max(pair, key=_MATCHES.index) for pair in product(_MATCHES, repeat=2)}


class CellValue(Struct, frozen=True, gc=False):
    """The content of a cell; ``doubt`` says in Chinese why a person must check it."""

    state: State
    value: Decimal | None = None
    unit: str | None = None
    doubt: str | None = None
    text: str | None = None  # of a cell that holds text, normalised


BLANK = CellValue("blank")


class CellReader:
    """Reads number cells with the marks and units of one family. Built once from the family.

    ``read_number`` reads a text, white space at the ends ignored, and caches results:

    >>> CellReader(family).read_number("９６，１７１.６万元").value   # doctest: +SKIP
    Decimal('96171.6')
    """

    def __init__(self, family: Family) -> None:
        self._marks = family.marks
        self._units = family.units
        self._fields = family.fields_by_key
        quantities = Counter(unit.quantity for unit in self._units.values())
        self._simple_units = {n for n, u in self._units.items() if quantities[u.quantity] == 1}
        self.read_number = lru_cache(maxsize=_CACHE_SIZE)(self._read_number)
        self.unit_in_label = lru_cache(maxsize=_CACHE_SIZE)(self._unit_in_label)

    def read_cell(self, cell: Cell) -> CellValue:
        """Read one number cell.

        A number on two lines is joined only if the first line has no room for another digit, or
        the line break is at a decimal point or a comma. A character much higher than the cell may
        be of a watermark.
        """
        most = _HIGH * (cell.box.bottom - cell.box.top)
        if any(char.bottom - char.top > most for char in cell.chars):
            doubt = f"有字比格高，可能是水印：{' '.join(cell.text.split())}"
            return CellValue("unreadable", doubt=doubt)
        if len(cell.chars) < 2:
            return self.read_number(cell.text)
        sizes = [char.size for char in cell.chars if char.text.isdigit()]
        if sizes and min(sizes) < _FOOTNOTE_SIZE * max(sizes):
            doubt = f"一格里的数字大小不一，或有脚注：{cell.text.strip()}"
            return CellValue("unreadable", doubt=doubt)
        if "\n" not in cell.text:
            return self.read_number(cell.text)
        lines, numbers = _lines(cell.text), _lines(_NOTE.sub("", cell.text))
        if len(numbers) > 1 and all(map(has_digit, numbers)):
            is_one = _is_first_line_full(cell) or _BROKEN_NUMBER.fullmatch("\n".join(numbers))
            if not is_one:
                return CellValue("unreadable", doubt=_several_numbers(lines))
        return self.read_number("".join(lines))

    def with_joined_lines(self, cell: Observation) -> Observation | None:
        """Join the lines of a cell that was read as several numbers; None for all other cells."""
        lines = _lines(cell.raw_text)
        if cell.state != "unreadable" or cell.doubt != _several_numbers(lines):
            return None
        number = self.read_number("".join(lines))
        if number.value is None or number.unit or self.unit_in_label(cell.column_label):
            return None
        return replace(cell, state="number", value=number.value, flagged=False, doubt=None)

    def in_unit(self, value: CellValue, unit: str, labels: str) -> tuple[Decimal | None, str]:
        """Convert a number to the unit of its field, if another unit is printed with it.

        The unit in the cell comes before the one in its ``labels``: （单位：元）, （万元）.

        Returns the converted value, None if the print uses the unit of the field or none, and
        the reason for a doubt, or an empty text.
        """
        printed = value.unit or self.unit_in_label(labels) or unit
        if value.value is None or printed == unit or unit not in self._units:
            return None, ""
        source, target = self._units.get(printed), self._units[unit]
        if source is None or source.quantity != target.quantity:
            return None, f"印出的单位“{printed}”与《表》的“{unit}”不合"
        return value.value * source.factor / target.factor, ""

    def printed_unit(self, value: CellValue, unit: str, label: str) -> str | None:
        """The unit printed with a number in its cell; or in the label of its column, if that
        is another one than that of its field.
        """
        if value.value is None or value.unit:
            return value.unit
        in_label = self.unit_in_label(label)
        return None if in_label == unit else in_label

    def _unit_in_label(self, labels: str) -> str | None:
        """The innermost unit that labels name: （单位：元）, or a known unit in brackets."""
        found = [
            in_words or in_brackets
            for in_words, in_brackets in _LABEL_UNIT.findall(labels)
            if in_words or in_brackets in self._units
        ]
        return found[-1] if found else None

    def with_row_unit(self, value: CellValue, printed: str, unit: str) -> tuple[CellValue, str]:
        """Give a number the unit that its row prints in a column of its own.

        A unit in the cell itself comes first. ``unit`` is that of the field. A count may be
        printed in another unit without multiples: 宗 for 件. Returns the value, and the reason
        for a doubt, or an empty text.
        """
        if value.value is None or self.read_number(printed).state == "mark":
            return value, ""
        known, own = self._units.get(printed), self._units.get(unit)
        is_same_kind = known is not None and own is not None and known.quantity == own.quantity
        if printed != unit and printed not in self._simple_units and not is_same_kind:
            return value, f"印出的单位“{printed}”与《表》的“{unit}”不合"
        return (value if value.unit else replace(value, unit=printed)), ""

    def with_caption_unit(self, cell: Observation, captions: Sequence[str]) -> Observation:
        """Convert an amount whose unit only the captions of its table give: 单位：件、元.

        A unit in the cell or in its labels comes first. An amount under captions with two
        units of its kind is flagged.
        """
        field = self._fields[cell.key][0]
        unit = field.unit
        if field.value_type not in AMOUNTS or unit not in self._units:
            return cell
        if cell.value is None or cell.unit:
            return cell
        if self.unit_in_label(f"{cell.row_label} {cell.column_label}"):
            return cell
        named = {
            word
            for caption in captions
            for words in _BEFORE_UNITS.split(caption)[1:]
            for word in _BETWEEN_UNITS.split(words)
            if word in self._units and self._units[word].quantity == self._units[unit].quantity
        }
        if len(named) > 1:
            doubt = f"表的上方印有不止一个单位：{'、'.join(sorted(named))}"
            return replace(cell, flagged=True, doubt="；".join(filter(None, (cell.doubt, doubt))))
        for word in named - {unit}:
            factor = self._units[word].factor / self._units[unit].factor
            return replace(cell, converted=cell.value * factor)
        return cell

    def is_value(self, text: str) -> bool:
        """Is a text a number, on one line or more, or a mark?"""
        return self.read_number(text.replace("\n", "")).state in ("number", "mark")

    def _read_number(self, text: str) -> CellValue:
        text = text.strip()
        if not text:
            return BLANK
        if text in self._marks:
            return CellValue("mark")
        folded = unicodedata.normalize("NFKC", text.translate(_FOLD)).strip()
        if folded in self._marks:
            return CellValue("mark")
        # a note is cut off first: its ① would fold into a digit of the number
        plain = _NOTE.sub("", text)
        has_footnote = any(unicodedata.category(c) in ("No", "Nl") for c in plain)
        if len(plain) < len(text):
            folded = unicodedata.normalize("NFKC", plain.translate(_FOLD)).strip()
        found = None if has_footnote else _NUMBER.fullmatch(folded)
        if found is None:
            return CellValue("unreadable", doubt=f"不是一个数：{text}")
        unit = found["unit"] or None
        if unit is not None and unit not in self._units:
            return CellValue("unreadable", doubt=f"数后的文字不是已知的单位：{text}")
        digits = found["digits"].replace(",", "")
        value = Decimal(f"{found['sign']}{digits}{found['decimals'] or ''}")
        return CellValue("number", value, unit)


def form_of_cells(
    observations: Iterable[Observation], fields: Mapping[Key, tuple[Field, ...]]
) -> str | None:
    """The form to which most of a table's rows must belong; None if every row fits several."""
    rows: dict[str, set[str]] = defaultdict(set)
    for cell in observations:
        lines = fields[cell.key]
        forms: Collection[str] = lines[0].forms
        if len(lines) > 1:  # the forms print different labels over the column
            printed = "".join(cell.column_label.split("／")[-1].split())
            forms = {form for line in lines if line.column_label == printed for form in line.forms}
        if len(forms) == 1:
            rows[next(iter(forms))].add(cell.key.row)
    return max(rows, key=lambda form: (len(rows[form]), form)) if rows else None


def confidence_of(cell: Cell) -> float | None:
    """The confidence of the cell's least certain character; None if it was not read by OCR."""
    if not cell.chars or cell.chars[0].confidence is None:
        return None
    return min((c.confidence for c in cell.chars if c.confidence is not None), default=None)


def has_digit(text: str) -> bool:
    """Does a text contain a digit?"""
    return any(c.isdigit() for c in text)


def is_in_columns(x: float, columns: Iterable[tuple[float, float]]) -> bool:
    """Is an x between the left and right edges of one of some columns?"""
    return any(x0 < x < x1 for x0, x1 in columns)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _several_numbers(lines: Sequence[str]) -> str:
    return f"一格里印有不止一个数：{' '.join(lines)}"


def _is_wide(char: Char) -> bool:
    """Is a character full-width? It takes as much room as two digits."""
    return unicodedata.east_asian_width(char.text[0]) in "WF"


def _is_first_line_full(cell: Cell) -> bool:
    """Does the first printed line leave less room than one more digit needs?"""
    if not cell.chars:
        return False
    first = min(c.baseline for c in cell.chars)
    line = [c for c in cell.chars if c.baseline - first <= 0.5 * c.size]
    if len(line) < 2 and not _is_wide(line[0]):
        return False  # a single digit over another may be a separate number
    ink = max(c.x1 for c in line) - min(c.x0 for c in line)
    # a digit is half as wide as the font size, or as wide; a cell has padding on both sides
    digit = 1.0 if _is_wide(line[0]) else 0.5
    return (cell.box.x1 - cell.box.x0) - ink < (1.5 + digit) * line[0].size


class Leftover(Struct, frozen=True):
    """A number that is printed inside an official table and belongs to no cell of the form.

    ``is_local``: its row or column has a label that the form does not have, such as 小计.
    """

    page: int
    box: Box
    text: str
    is_local: bool = False


class TableReading(Struct, frozen=True):
    """One official table, as one reader read it."""

    table: str
    grids: tuple[Grid, ...] = ()
    form: str | None = None  # None if every row fits several forms
    observations: tuple[Observation, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    disorder: tuple[str, ...] = ()  # labels out of the form's order
    new_codes: tuple[str, ...] = ()  # that the list of the table's codes does not have
    moved_totals: tuple[str, ...] = ()  # labels of totals at another place than in the form

    def with_leftovers(self, leftovers: Sequence[Leftover]) -> TableReading:
        """Return the reading with further leftovers.

        A leftover number may belong to any cell that was read as empty: if there are
        leftovers, blank and marked cells are flagged.
        """
        leftovers = (*self.leftovers, *leftovers)
        cells = tuple(map(_flagged, self.observations)) if leftovers else self.observations
        return replace(self, observations=cells, leftovers=leftovers)

    @property
    def is_doubtful(self) -> bool:
        """Are there numbers that belong to no cell, or cells in doubt?"""
        return bool(self.leftovers) or any(cell.flagged for cell in self.observations)

    def unread(self) -> TableReading:
        """Return the reading without cells, and with each number of its grids as a leftover."""
        cells = ((grid.page, cell) for grid in self.grids for cell in grid.cells)
        lost = [Leftover(page, c.box, c.text) for page, c in cells if has_digit(c.text)]
        return replace(self, observations=(), leftovers=tuple(lost))


def _flagged(cell: Observation) -> Observation:
    if cell.state not in ("blank", "mark") or cell.flagged:
        return cell
    return replace(cell, flagged=True, doubt="表内另有未能归入的数，此格未必为空")
