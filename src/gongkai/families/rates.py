"""Rates and sums of cells: rates.csv."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gongkai.errors import FamilyError
from gongkai.families.fields import parse_key
from gongkai.families.files import DataLine, read_optional_lines
from gongkai.model import Key

_TERM = re.compile(r"\s*([+-]?)\s*([\w.]+)")


class RateLine(DataLine):
    """A line of rates.csv; without a denominator it is a sum."""

    id: str
    name_zh: str
    name_en: str
    numerator: str
    denominator: str
    unit: str
    note_zh: str
    note_en: str


class RateTerm(NamedTuple):
    """A cell of the form, or the id of a sum, with its sign."""

    operand: Key | str
    sign: int


# Alternatives for the same number: the first one whose terms are all printed is used.
Formula = tuple[tuple[RateTerm, ...], ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate, or a sum if the denominator is empty."""

    line: RateLine
    numerator: Formula
    denominator: Formula

    @property
    def id(self) -> str:
        """Its name in the English views."""
        return self.line.id

    def cells(self) -> Iterator[Key]:
        """The cells of its formulas; not those of the sums that they refer to."""
        for alternatives in (self.numerator, self.denominator):
            for terms in alternatives:
                yield from (term.operand for term in terms if isinstance(term.operand, Key))


def read_rates(path: Path, cells: Collection[Key]) -> tuple[Rate, ...]:
    """Load rates.csv, if there is one.

    Raises FamilyError, naming file and line, if a formula is not a sum of cells and of sums
    defined above it.
    """
    rates: dict[str, Rate] = {}
    for number, line in read_optional_lines(path, RateLine):
        where = f"{path}:{number}"
        denominator = _formula(line.denominator, cells, rates, where) if line.denominator else ()
        rates[line.id] = Rate(line, _formula(line.numerator, cells, rates, where), denominator)
    return tuple(rates.values())


def _formula(text: str, cells: Collection[Key], above: Mapping[str, Rate], where: str) -> Formula:
    """``a.b.c + a.b.d | a.e.c`` as its alternatives and their terms."""
    return tuple(tuple(_terms(part, cells, above, where)) for part in text.split("|"))


def _terms(
    text: str, cells: Collection[Key], above: Mapping[str, Rate], where: str
) -> Iterator[RateTerm]:
    at = 0
    while at < len(text.rstrip()):
        found = _TERM.match(text, at)
        if found is None or (at and not found[1]):
            raise FamilyError(f"{where}: not a sum of cells: {text.strip()!r}")
        at = found.end()
        yield RateTerm(_target(found[2], cells, above, where), -1 if found[1] == "-" else 1)


def _target(name: str, cells: Collection[Key], above: Mapping[str, Rate], where: str) -> Key | str:
    if name.count(".") > 1 and (key := parse_key(name)) in cells:
        return key
    if name in above and not above[name].denominator:
        return name
    raise FamilyError(f"{where}: neither a cell of fields.csv nor a sum above: {name!r}")
