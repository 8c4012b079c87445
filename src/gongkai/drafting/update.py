"""Drafts a family again and keeps what a person has changed since.

The folder ``drafted`` inside the family's folder holds the files as they were drafted last. What
differs from them now was changed by a person: ids that were renamed, cells that were edited, lines
that were added or deleted.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gongkai.drafting.lines import (
    FIELDS,
    FORMS,
    HEADERS,
    IDENTITIES,
    LABELS,
    NAMES,
    TABLES,
    Line,
    as_csv,
)
from gongkai.families.files import read_utf8
from gongkai.families.folders import SETTINGS

DRAFTED = "drafted"  # the folder of the files as they were drafted last
_KEYS: Mapping[str, tuple[str, ...]] = {
    FORMS: ("form",),
    TABLES: ("table_id",),
    FIELDS: ("table_id", "row_id", "column_id", "row_label_zh"),
    LABELS: ("kind", "table_id", "spelling"),
    IDENTITIES: ("table_id", "identity", "group", "member"),
    NAMES: ("table_id", "kind", "id"),
}
_CODE_KEY = ("code",)
Row = dict[str, str]
Rows = dict[str, list[Row]]  # of each CSV file


def updated_files(folder: Path, drafted: Mapping[str, str]) -> dict[str, str]:
    """The files of a folder after a new draft, with what a person has changed.

    Raises FamilyError if a file is not UTF-8 text.
    """
    old = _texts(folder / DRAFTED)
    now = _texts(folder)
    renames = _Renames(_rows(old), _rows(now))
    current = _rows(now)
    base = renames.applied(_with_form(_rows(old), current))
    new = renames.applied(_with_form(_rows(drafted), current))
    found = {}
    for name, text in drafted.items():
        if not name.endswith(".csv"):
            is_changed = name in now and now[name] != old.get(name)
            found[name] = now[name] if is_changed else text
        elif name not in now:
            found[name] = text
        else:
            header, *_ = csv.reader(io.StringIO(now[name]))
            merged = _merged(name, base.get(name, []), current[name], new[name])
            columns = list(dict.fromkeys([*HEADERS.get(name, ()), *header]))
            lines: Iterable[Line] = (tuple(row.get(c, "") for c in columns) for row in merged)
            found[name] = as_csv(columns, lines)
    return found


def _texts(folder: Path) -> dict[str, str]:
    """The CSV files and the settings of a folder; none if there is no such folder."""
    paths = [*folder.glob("*.csv"), *folder.glob(SETTINGS)]
    return {path.name: read_utf8(path) for path in sorted(paths)}


def _rows(texts: Mapping[str, str]) -> Rows:
    return {
        name: list(csv.DictReader(io.StringIO(text)))
        for name, text in texts.items()
        if name.endswith(".csv")
    }


def _with_form(files: Rows, now: Rows) -> Rows:
    """The lines of a draft, which has one form, with the id of the form that a person keeps."""
    forms = [row["form"] for row in now.get(FORMS, [])]
    drafted = [row["form"] for row in files.get(FORMS, [])]
    if len(forms) != 1 or len(drafted) != 1:
        return files
    return {
        name: [
            {c: forms[0] if c in ("form", "forms") and v == drafted[0] else v for c, v in r.items()}
            for r in rows
        ]
        for name, rows in files.items()
    }


class _Renames:
    """The ids that a person has renamed, found by the labels beside them."""

    def __init__(self, base: Rows, now: Rows) -> None:
        self._tables = _renamed(
            [((row["title_zh"], row["side"]), row["table_id"]) for row in base.get(TABLES, [])],
            [((row["title_zh"], row["side"]), row["table_id"]) for row in now.get(TABLES, [])],
        )
        self._rows = self._of_fields(base, now, "row_id", "row_label_zh")
        self._columns = self._of_fields(base, now, "column_id", "column_label_zh")
        self._identities = _renamed(
            _signatures(self._with_ids(base.get(IDENTITIES, []))),
            _signatures(now.get(IDENTITIES, [])),
        )

    def _of_fields(
        self, base: Rows, now: Rows, column: str, label: str
    ) -> dict[tuple[str, str], str]:
        """New ids of rows or columns, by the new id of their table and their old id."""
        old: dict[str, list[tuple[object, str]]] = defaultdict(list)
        new: dict[str, list[tuple[object, str]]] = defaultdict(list)
        for row in base.get(FIELDS, []):
            table = self._tables.get(row["table_id"], row["table_id"])
            old[table].append((row[label], row[column]))
        for row in now.get(FIELDS, []):
            new[row["table_id"]].append((row[label], row[column]))
        return {
            (table, before): after
            for table, pairs in old.items()
            for before, after in _renamed(pairs, new.get(table, [])).items()
        }

    def applied(self, files: Rows) -> Rows:
        """The lines of files with the new ids."""
        found = {name: self._with_ids(rows) for name, rows in files.items()}
        for row in found.get(IDENTITIES, []):
            key = f"{row['table_id']}.{row['identity']}"
            row["identity"] = self._identities.get(key, key).partition(".")[2]
        return found

    def _with_ids(self, rows: Sequence[Row]) -> list[Row]:
        return [self._with_new_ids(row) for row in rows]

    def _with_new_ids(self, row: Row) -> Row:
        table = self._tables.get(row.get("table_id", ""), row.get("table_id", ""))
        changed = dict(row)
        if table:
            changed["table_id"] = table
        for column, known in (("row_id", self._rows), ("column_id", self._columns)):
            if column in row:
                changed[column] = known.get((table, row[column]), row[column])
        if "id" in row:
            known = self._columns if row["kind"] == "column" else self._rows
            is_table = row["kind"] in ("table", "caption")
            changed["id"] = table if is_table else known.get((table, row["id"]), row["id"])
        if "member" in row:
            changed["member"] = self._member(row["over"], table, row["member"])
        return changed

    def _member(self, over: str, table: str, member: str) -> str:
        if over != "cells":
            known = self._columns if over == "row" else self._rows
            return known.get((table, member), member)
        old, _, place = member.partition(".")
        row, _, column = place.rpartition(".")
        own = self._tables.get(old, old)
        return ".".join(
            (own, self._rows.get((own, row), row), self._columns.get((own, column), column))
        )


def _renamed(
    old: Sequence[tuple[object, str]], new: Sequence[tuple[object, str]]
) -> dict[str, str]:
    """Ids that are gone, with the new ids that stand beside the same labels, in order."""
    old_ids, new_ids = [i for _, i in old], [i for _, i in new]
    gone: dict[object, list[str]] = defaultdict(list)
    come: dict[object, list[str]] = defaultdict(list)
    for label, each in dict.fromkeys(old):
        if each not in new_ids:
            gone[label].append(each)
    for label, each in dict.fromkeys(new):
        if each not in old_ids:
            come[label].append(each)
    return {
        before: after
        for label, ids in gone.items()
        for before, after in zip(ids, come.get(label, []), strict=False)
    }


def _signatures(rows: Sequence[Row]) -> list[tuple[object, str]]:
    """What each identity adds up, with its table and name."""
    terms: dict[str, set[tuple[str, str]]] = defaultdict(set)
    kinds: dict[str, tuple[str, str]] = {}
    for row in rows:
        name = f"{row['table_id']}.{row['identity']}"
        terms[name].add((row["member"], row["sign"]))
        kinds[name] = (row["over"], row["relation"])
    return [
        ((name.partition(".")[0], kinds[name], frozenset(own)), name) for name, own in terms.items()
    ]


def _merged(
    name: str, base: Sequence[Row], current: Sequence[Row], new: Sequence[Row]
) -> list[Row]:
    """The lines of one file: those drafted now, with the changes of a person; then their own."""
    columns = _KEYS.get(name, _CODE_KEY)

    def by_key(rows: Sequence[Row]) -> dict[tuple[str, ...], Row]:
        return {tuple(row.get(column) or "" for column in columns): row for row in rows}

    before, now, after = by_key(base), by_key(current), by_key(new)
    merged = []
    for key, row in after.items():
        if key in now:
            merged.append(_with_changes(before.get(key), now[key], row))
        elif key not in before:
            merged.append(row)
    for key, row in now.items():
        if key not in after and row != before.get(key):
            merged.append(row)
    return merged


def _with_changes(base: Row | None, current: Row, new: Row) -> Row:
    """A drafted line with the cells that a person has changed; all of a line they added."""
    if base is None:
        return current
    return {
        column: (current.get(column) or "") if current.get(column) != base.get(column) else value
        for column, value in {**dict.fromkeys(current, ""), **new}.items()
    }
