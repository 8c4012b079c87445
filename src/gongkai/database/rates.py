"""A family's measures: short names of its fields, rates, and breaks between series.

They come from names.csv, rates.csv and not_comparable.csv in the family's folder. A family
without these files has no rates, and its fields are named by their printed labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.files import DataLine, WordList, read_lines
from gongkai.model import CheckKey, Key

NameKind = Literal["table", "row", "column"]
_TERM = re.compile(r"\s*([+-]?)\s*([\w.]+)")


class ShortName(DataLine):
    """A line of names.csv: the name of a table, row or column in the wide views."""

    table_id: str
    kind: NameKind
    id: str
    name_zh: str
    name_en: str
    panel: Literal["panel", ""]  # whether the panel shows cells of this row or column


class RateLine(DataLine):
    """A line of rates.csv; a line without a denominator is a sum."""

    id: str
    name_zh: str
    name_en: str
    numerator: str
    denominator: str
    unit: str
    note_zh: str
    note_en: str


class SeriesBreak(DataLine):
    """A line of not_comparable.csv: columns of these rows that do not form one time series."""

    table_id: str
    rows: WordList
    columns: WordList
    other_columns: WordList
    reason_zh: str
    reason_en: str


class RateTerm(NamedTuple):
    """A signed term of a formula: a cell, or the id of an earlier sum in rates.csv."""

    of: Key | str
    sign: int


# Alternatives for the same number: the first one counts whose terms all have a value.
Formula = tuple[tuple[RateTerm, ...], ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate, or a sum if it has no denominator."""

    line: RateLine
    numerator: Formula
    denominator: Formula

    @property
    def id(self) -> str:
        """The id, which is also its column in the panel."""
        return self.line.id

    def cells(self) -> Iterator[Key]:
        """The cells of its formulas, without those of the sums that it refers to."""
        for formula in (self.numerator, self.denominator):
            yield from (term.of for terms in formula for term in terms if isinstance(term.of, Key))


@dataclass(frozen=True, eq=False)
class Measures:
    """Short names, rates and series breaks of one family."""

    family: Family
    names: Mapping[tuple[str, NameKind, str], ShortName]
    rates: tuple[Rate, ...]
    breaks: tuple[SeriesBreak, ...]

    def name_zh(self, table: str, kind: NameKind, identifier: str) -> str:
        """The short Chinese name; if there is none, the innermost printed label."""
        found = self.names.get((table, kind, identifier))
        if found is not None:
            return found.name_zh
        if kind == "table":
            return self.family.table(table).title
        for line in self.family.fields:
            if line.table_id == table and identifier == getattr(line, f"{kind}_id"):
                return str(getattr(line, f"{kind}_label")).rpartition("／")[2]
        return identifier

    def name_en(self, table: str, kind: NameKind, identifier: str) -> str:
        """The English name; if there is none, the id in words."""
        found = self.names.get((table, kind, identifier))
        return found.name_en if found else identifier.replace("_", " ").capitalize()

    @cached_property
    def keys(self) -> Mapping[str, tuple[Key, ...]]:
        """The distinct cells of each table, in the order of the form."""
        found: dict[str, dict[Key, None]] = {table.id: {} for table in self.family.tables}
        for line in self.family.fields:
            found[line.table_id].setdefault(line.key)
        return {table: tuple(keys) for table, keys in found.items()}

    def is_matrix(self, table: str) -> bool:
        """Whether all rows of a table have the same columns: its wide view has one row for each."""
        keys = self.keys[table]
        rows, columns = {key.row for key in keys}, {key.column for key in keys}
        return (
            len(rows) > 1
            and len(columns) > 1
            and len(keys) == len(rows) * len(columns)
            and (self.family.table(table).layout == "rows_and_columns")
        )

    @cached_property
    def panel(self) -> tuple[Key, ...]:
        """The cells that the panel shows."""
        return tuple(
            key
            for keys in self.keys.values()
            for key in keys
            if self._in_panel(key.table, "row", key.row)
            and self._in_panel(key.table, "column", key.column)
        )

    def cell_name(self, key: Key) -> tuple[str, str]:
        """The English and Chinese column name of a cell in a view with one row per report.

        In a matrix, the total of a row has the name of the row alone.
        """
        total = self.is_matrix(key.table) and key.column == "total"
        row = self.name_zh(key.table, "row", key.row)
        return (
            key.row if total else f"{key.row}_{key.column}",
            row + self.name_zh(key.table, "column", key.column),
        )

    def _in_panel(self, table: str, kind: NameKind, identifier: str) -> bool:
        found = self.names.get((table, kind, identifier))
        return found is not None and found.panel == "panel"

    def is_in_alternative(self, key: Key) -> bool:
        """Whether the cell belongs to one of several alternatives of an identity."""
        return any(
            (key.row if identity.over == "column" else key.column) == member
            for identity in self.family.identities
            if identity.table == key.table
            for name, terms in identity.groups.items()
            if name
            for member, _ in terms
        )

    def covering_check(self, key: Key) -> CheckKey | None:
        """The first ``must`` equation over a cell: if it passes, the cell is proved."""
        for identity in self.family.identities:
            if (
                identity.table != key.table
                or identity.relation != "eq"
                or identity.severity != "must"
            ):
                continue
            along, across = (
                (key.row, key.column) if identity.over == "column" else (key.column, key.row)
            )
            if any(along == member for terms in identity.groups.values() for member, _ in terms):
                return CheckKey(key.table, identity.name, across)
        return None


def read_measures(family: Family) -> Measures:
    """Read the measures from the family's folder; raises FamilyError with file and line."""
    names: dict[tuple[str, NameKind, str], ShortName] = {}
    for where, name in _lines(family.folder / "names.csv", ShortName):
        known = {"table": "table_id", "row": "row_id", "column": "column_id"}[name.kind]
        if not any(
            line.table_id == name.table_id and getattr(line, known) == name.id
            for line in family.fields
        ):
            raise FamilyError(f"{where}: fields.csv has no {name.kind} {name.id!r}")
        names[name.table_id, name.kind, name.id] = name
    rates: dict[str, Rate] = {}
    for where, line in _lines(family.folder / "rates.csv", RateLine):
        rates[line.id] = Rate(
            line,
            _formula(line.numerator, family, rates, where),
            _formula(line.denominator, family, rates, where) if line.denominator else (),
        )
    breaks = tuple(line for _, line in _lines(family.folder / "not_comparable.csv", SeriesBreak))
    return Measures(family, names, tuple(rates.values()), breaks)


_L = TypeVar("_L", bound=DataLine)


def _lines(path: Path, model: type[_L]) -> Iterator[tuple[str, _L]]:
    if path.is_file():
        for number, line in read_lines(path, model):
            yield f"{path}:{number}", line


def _formula(text: str, family: Family, sums: Mapping[str, Rate], where: str) -> Formula:
    """Parse ``a.b.c + a.b.d | a.e.c`` into alternatives of terms."""
    return tuple(_terms(part, family, sums, where) for part in text.split("|"))


def _terms(text: str, family: Family, sums: Mapping[str, Rate], where: str) -> tuple[RateTerm, ...]:
    terms: list[RateTerm] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TERM.match(text, at)
        if found is None or (terms and not found[1]):
            raise FamilyError(f"{where}: not a sum of cells: {text.strip()!r}")
        at = found.end()
        terms.append(RateTerm(_target(found[2], family, sums, where), -1 if found[1] == "-" else 1))
    return tuple(terms)


def _target(name: str, family: Family, sums: Mapping[str, Rate], where: str) -> Key | str:
    parts: Sequence[str] = name.split(".")
    if len(parts) == 3 and Key(*parts) in family.fields_by_key:
        return Key(*parts)
    if name in sums and not sums[name].denominator:
        return name
    raise FamilyError(f"{where}: neither a cell of fields.csv nor a sum above: {name!r}")
