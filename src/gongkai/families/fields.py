"""The fields of one table: those that the form lists, and those of its rows with codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from gongkai.families.codes import CodeList
from gongkai.families.lines import OPEN_ROW, Field
from gongkai.model import Key


def parse_key(text: str) -> Key:
    """The key of ``table.row.column``, whose row may have dots; ValueError if there is none."""
    table, place = text.split(".", 1)
    row, column = place.rsplit(".", 1)
    return Key(table, row, column)


class FieldsByKey(Mapping[Key, tuple[Field, ...]]):
    """The lines of fields.csv for each cell; several where forms label it differently.

    The cells of rows with codes are found, but not iterated over: there is no end of them.
    """

    def __init__(self, tables: Mapping[str, TableFields]) -> None:
        self._tables = tables
        self._listed: dict[Key, tuple[Field, ...]] = {}
        for table in tables.values():
            self._listed.update(table.listed_by_key)
        self._coded: dict[Key, tuple[Field, ...]] = {}

    def __getitem__(self, key: Key) -> tuple[Field, ...]:
        found = self._listed.get(key) or self._coded.get(key)
        if found is None:
            found = self._coded[key] = self._tables[key.table].of_code(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


class TableFields:
    """The fields of one table. Built once from its lines of fields.csv and its code list."""

    def __init__(self, table: str, lines: Sequence[Field], codes: CodeList | None) -> None:
        self.table = table
        self.codes = codes
        self.lines = tuple(lines)
        self.listed = tuple(line for line in lines if line.row_id != OPEN_ROW)
        self.coded = tuple(line for line in lines if line.row_id == OPEN_ROW)
        self.columns = tuple(dict.fromkeys(line.column_id for line in lines))
        self._row_ids = dict.fromkeys(line.row_id for line in self.listed)
        self.rows = tuple(self._row_ids)
        found: dict[Key, list[Field]] = {}
        for line in self.listed:
            found.setdefault(line.key, []).append(line)
        self.listed_by_key = {key: tuple(same) for key, same in found.items()}

    def is_code(self, row_id: str) -> bool:
        """Is a row id a code, not a row that the form lists?"""
        return self.codes is not None and not self.lists_row(row_id) and self.codes.is_code(row_id)

    def lists_row(self, row_id: str) -> bool:
        """Does the form list a row?"""
        return row_id in self._row_ids

    def of_code(self, key: Key) -> tuple[Field, ...]:
        """The fields of a cell in a row with a code; raises KeyError if there is no such cell."""
        if self.codes is None or not self.is_code(key.row):
            raise KeyError(key)
        label = self.codes.label(key.row)
        lines = [line for line in self.coded if line.column_id == key.column]
        if not lines:
            raise KeyError(key)
        new = {"row_id": key.row, "row_label": label}
        return tuple(line.model_copy(update=new) for line in lines)

    @cached_property
    def optional(self) -> frozenset[Key]:
        """The listed cells that a form may leave out."""
        return frozenset(line.key for line in self.listed if line.printed == "sometimes")
