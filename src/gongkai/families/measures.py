"""What a family's views need: short names, rates, and numbers that must not be compared.

From names.csv, rates.csv and not_comparable.csv. A family without them has no rates, and its
rows and columns are named by their printed labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.files import DataLine, WordList, read_lines, read_optional_lines
from gongkai.families.lines import TableLine
from gongkai.families.rates import Rate, read_rates
from gongkai.families.tables import Table
from gongkai.model import CheckKey, Key

_NAMES, _TABLES = "names.csv", "tables.csv"
NameKind = Literal["table", "row", "column"]


class ShortName(DataLine):
    """A line of names.csv: the name of a table, row or column in the views."""

    table_id: str
    kind: NameKind
    id: str
    name_zh: str
    name_en: str
    panel: Literal["panel", ""]  # whether cells of this row and column are in the view panel


class SeriesBreak(DataLine):
    """A line of not_comparable.csv: columns that must not be compared with others."""

    table_id: str
    rows: WordList
    columns: WordList
    other_columns: WordList
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, eq=False)
class Measures:
    """Short names, rates and series breaks of one family."""

    family: Family
    names: Mapping[tuple[str, NameKind, str], ShortName]
    rates: tuple[Rate, ...]
    breaks: tuple[SeriesBreak, ...]

    def name_zh(self, table: str, kind: NameKind, identifier: str) -> str:
        """The short Chinese name; without one, the innermost printed label."""
        found = self.names.get((table, kind, identifier))
        if found is not None:
            return found.name_zh
        if kind == "table":
            return self.family.table(table).title
        for field in self.family.table(table).fields:
            if identifier == (field.row_id if kind == "row" else field.column_id):
                label = field.row_label if kind == "row" else field.column_label
                return label.rpartition("／")[2]
        return identifier

    def name_en(self, table: str, kind: NameKind, identifier: str) -> str:
        """The English name; without one, the id as words."""
        found = self.names.get((table, kind, identifier))
        return found.name_en if found else identifier.replace("_", " ").capitalize()

    @cached_property
    def keys(self) -> Mapping[str, tuple[Key, ...]]:
        """The cells of each table in the order of the form, each once."""
        return {table.id: table.keys for table in self.family.tables}

    def is_matrix(self, table_id: str) -> bool:
        """Whether all rows of a table have the same columns: its view has a line for each row."""
        table = self.family.table(table_id)
        return (
            len(table.rows) > 1
            and len(table.columns) > 1
            and len(table.keys) == len(table.rows) * len(table.columns)
            and table.layout in ("rows_and_columns", "two_sided")
        )

    def has_line_for_each_row(self, table_id: str) -> bool:
        """Has the view of a table a line for each report and row, not for each report?"""
        return self.family.table(table_id).is_open or self.is_matrix(table_id)

    @cached_property
    def panel(self) -> tuple[Key, ...]:
        """The cells that are in the view panel."""
        return tuple(
            key
            for keys in self.keys.values()
            for key in keys
            if self._in_panel(key.table, "row", key.row)
            and self._in_panel(key.table, "column", key.column)
        )

    def cell_name(self, key: Key) -> tuple[str, str]:
        """The name of a cell's column in a view with one line a report, and its Chinese name.

        If all rows of a table have the same columns, the cell in the column ``total`` has the
        name of its row; so has a cell of a table with one column.
        """
        row, row_zh = key.row.replace(".", "_"), self.name_zh(key.table, "row", key.row)
        if len(self.family.table(key.table).columns) == 1:
            return row, row_zh
        total = self.is_matrix(key.table) and key.column == "total"
        return (
            row if total else f"{row}_{key.column}",
            row_zh + self.name_zh(key.table, "column", key.column),
        )

    def _in_panel(self, table: str, kind: NameKind, identifier: str) -> bool:
        found = self.names.get((table, kind, identifier))
        return found is not None and found.panel == "panel"

    def is_in_alternative(self, key: Key) -> bool:
        """Whether the cell is in one of several ways to print the terms of an identity."""
        return any(
            (key.row if identity.over == "column" else key.column) == member
            for identity in self.family.table(key.table).identities
            for group, terms in identity.groups.items()
            if group
            for member, _ in terms
        )

    def covering_check(self, key: Key) -> CheckKey | None:
        """The check that proves a cell: the first ``must`` equation that contains it."""
        for identity in self.family.table(key.table).identities:
            if identity.relation != "eq" or identity.severity != "must":
                continue
            is_over_columns = identity.over == "column"
            member, place = (key.row, key.column) if is_over_columns else (key.column, key.row)
            if member in identity.members:
                return CheckKey(key.table, identity.name, place)
        return None


@lru_cache(maxsize=8)
def read_measures(family: Family) -> Measures:
    """Load names.csv, rates.csv and not_comparable.csv, once for a family.

    Raises FamilyError, naming file and line.
    """
    names = tuple(_names(family.folder / _NAMES, family))
    measures = Measures(
        family=family,
        names={(name.table_id, name.kind, name.id): name for _, name in names},
        rates=read_rates(family.folder / "rates.csv", family.fields_by_key),
        breaks=tuple(_breaks(family.folder / "not_comparable.csv", family)),
    )
    _refuse_shared_views(measures, {n.table_id: at for at, n in names if n.kind == "table"})
    return measures


def _refuse_shared_views(measures: Measures, lines: Mapping[str, int]) -> None:
    """Raise FamilyError if the views of two tables would have one Chinese name.

    ``lines`` are the line numbers of names.csv that name a table.
    """
    folder, taken = measures.family.folder, dict[str, str]()
    for table in measures.keys:
        name = measures.name_zh(table, "table", table)
        first = taken.setdefault(name.casefold(), table)
        if first != table:
            path, line = folder / _NAMES, lines.get(table)
            if line is None:
                path = folder / _TABLES
                line = next(at for at, each in read_lines(path, TableLine) if each.id == table)
            raise FamilyError(
                f"{path}:{line}: the views of {first!r} and {table!r} would both be named "
                f"{name!r}: give each table its own name_zh in {_NAMES}"
            )


def _names(path: Path, family: Family) -> Iterator[tuple[int, ShortName]]:
    tables = {table.id: table for table in family.tables}
    for number, name in read_optional_lines(path, ShortName):
        table = tables.get(name.table_id)
        if table is None or name.id not in _ids(table, name.kind):
            raise FamilyError(f"{path}:{number}: fields.csv has no {name.kind} {name.id!r}")
        yield number, name


def _breaks(path: Path, family: Family) -> Iterator[SeriesBreak]:
    tables = {table.id: table for table in family.tables}
    for number, line in read_optional_lines(path, SeriesBreak):
        table = tables.get(line.table_id)
        if table is None:
            raise FamilyError(f"{path}:{number}: tables.csv has no table {line.table_id!r}")
        unknown = set(line.rows) - set(table.rows)
        unknown |= {*line.columns, *line.other_columns} - set(table.columns)
        if unknown:
            raise FamilyError(f"{path}:{number}: fields.csv has no {min(unknown)!r}")
        yield line


def _ids(table: Table, kind: NameKind) -> tuple[str, ...]:
    if kind == "table":
        return (table.id,)
    return table.rows if kind == "row" else table.columns
