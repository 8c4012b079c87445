"""Which cells of a report were not read although its form has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.checks.table_checks import TableChecks
from gongkai.families.family import Family
from gongkai.model import Key, Report

_MAX_CELLS = 600  # of one table in one form


@dataclass(frozen=True, slots=True)
class MissingTable:
    """The cells of one table that were not read."""

    table_id: str
    title: str
    rows: tuple[tuple[str, tuple[Key | None, ...]], ...]  # label, and a cell for each column
    columns: tuple[str, ...]  # labels

    @property
    def keys(self) -> list[Key]:
        """The cells, row by row."""
        return [key for _, cells in self.rows for key in cells if key is not None]

    def label_of(self, key: Key) -> str:
        """The labels of a cell."""
        row = next(label for label, cells in self.rows if key in cells)
        column = next(self.columns[cells.index(key)] for _, cells in self.rows if key in cells)
        return f"{row}·{column}"

    @property
    def count(self) -> int:
        """How many cells there are."""
        return len(self.keys)


class MissingReader:
    """Finds what was not read in reports of some families. Built once from the families."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = {family.name: family for family in families}
        self._checks: dict[str, TableChecks] = {}  # built when first needed

    def tables(self, family: str, report: Report) -> list[MissingTable]:
        """Return the tables that lack cells, in the order of the form."""
        if family not in self._checks:
            self._checks[family] = TableChecks(self._families[family])
        checks = self._checks[family]
        known = dict(report.table_forms)
        due = checks.forms.due_tables(known, report.year)
        found = []
        for table in self._families[family].tables:
            form = known.get(table.id)
            if form is None and table.id in due:
                form = checks.forms.of_tables({**known, table.id: None}, report.year)[table.id]
            if form is None:
                continue
            printed = frozenset(o.key for o in report.observations if o.key.table == table.id)
            missing = checks.missing_cells(table.id, form, printed)
            if missing:
                found.append(self._table(family, table.id, table.title, missing))
        return found

    def _table(
        self, family: str, table_id: str, title: str, missing: Iterable[Key]
    ) -> MissingTable:
        order = {field.key: n for n, field in enumerate(self._families[family].fields)}
        keys = sorted(missing, key=lambda key: (order.get(key, len(order)), key))[:_MAX_CELLS]
        field = self._families[family].field
        columns = {key.column: _label(field(key).column_label) for key in keys}
        rows = {key.row: _label(field(key).row_label) for key in keys}
        known = set(keys)
        return MissingTable(
            table_id,
            title,
            tuple((rows[row], _cells(table_id, row, columns, known)) for row in rows),
            tuple(columns.values()),
        )


def _cells(table: str, row: str, columns: Iterable[str], known: set[Key]) -> tuple[Key | None, ...]:
    keys = (Key(table, row, column) for column in columns)
    return tuple(key if key in known else None for key in keys)


def _label(text: str) -> str:
    return text.replace("\n", "")


def fill(table: MissingTable, lines: Sequence[Sequence[str]]) -> dict[str, str] | None:
    """Return texts by the name of their cell, line by line; None where the numbers do not fit.

    They fit where there is a line for each row, with a text for each of its missing cells. Some
    tables print all rows side by side, in one line.
    """
    rows = [[key for key in cells if key is not None] for _, cells in table.rows]
    if len(lines) == 1 and len(lines[0]) == table.count:
        rows = [table.keys]
    if [len(keys) for keys in rows] != [len(texts) for texts in lines]:
        return None
    return {
        str(key): text
        for keys, texts in zip(rows, lines, strict=True)
        for key, text in zip(keys, texts, strict=True)
    }
