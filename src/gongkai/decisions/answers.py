"""What a person says about a cell, check, agency or year, and how typed text is parsed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gongkai.decisions.records import Verdict
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.families.lines import TEXTS, Field
from gongkai.language import tr
from gongkai.model import Box, Key
from gongkai.normalizers.tables.texts import TextReader
from gongkai.normalizers.tables.values import CellReader

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class Place(NamedTuple):
    """A rectangle on a page that a person marked, in points of the displayed page."""

    page: int  # from 1
    box: Box


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer about one target. With the target it makes a decision."""

    who: str
    verdict: Verdict
    state: str | None = None  # of a cell, as printed
    value: str | None = None  # decimal digits; of an agency None
    text: str | None = None  # as typed; of a text cell normalised, as its field says
    why: str | None = None
    overrules: bool = False  # other people's decisions, which the person has seen
    place: Place | None = None  # of a cell that was not read, as the person marked it


class TypedCell(NamedTuple):
    """What a person typed as the printed content of a cell."""

    verdict: Verdict
    state: str | None
    value: str | None
    text: str


class AnswerParser:
    """Parses typed text by the rules of each family. Built once from the families."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = {family.name: family for family in families}
        self._cells = {name: CellReader(family) for name, family in self._families.items()}
        self._texts = {name: TextReader(family) for name, family in self._families.items()}

    @property
    def families(self) -> Collection[str]:
        """The names of the families."""
        return self._families.keys()

    def parse_cell(self, text: str, family: str, key: Key) -> TypedCell:
        """Parse the printed content of a cell in a report of a family.

        Raises UsageError where the text is neither a mark nor what the cell's field holds: a
        number, a text, an address, a code, a date or an option.
        """
        typed = text.strip()
        lines = self._families[family].fields_by_key.get(key)
        if lines and lines[0].value_type in TEXTS:
            return self._parse_text(typed, family, lines[0])
        reading = self._cells[family].read_number(typed)
        if reading.state == "blank":
            return TypedCell("blank", "blank", None, "")
        if reading.state == "unreadable":
            raise UsageError(
                tr(
                    "“{typed}” is neither a number nor a known mark: type what is printed",
                    typed=typed,
                )
            )
        value = None if reading.value is None else format(reading.value, "f")
        return TypedCell("typed", reading.state, value, typed)

    def _parse_text(self, typed: str, family: str, field: Field) -> TypedCell:
        reading = self._texts[family].read(typed, field)
        if reading.state == "blank":
            return TypedCell("blank", "blank", None, "")
        if reading.state == "unreadable":
            raise UsageError(
                reading.doubt or tr("“{typed}” is not valid in this cell", typed=typed)
            )
        return TypedCell("typed", reading.state, None, reading.text or typed)


def parse_year(text: str) -> str:
    """Parse a year, such as ``2023`` or ``2023年度``. Raises UsageError where it is none."""
    typed = text.strip().removesuffix("度").removesuffix("年")
    if not typed.isdecimal() or not _FIRST_YEAR <= int(typed) <= _LAST_YEAR:
        raise UsageError(
            tr("“{typed}” is not a year: type four digits, such as 2023", typed=text.strip())
        )
    return str(int(typed))
