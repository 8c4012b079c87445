"""Suggest names where a table or column is misspelt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from gongkai.database import schema
from gongkai.database.dictionary_tables import DOCUMENTED_TABLES
from gongkai.database.stored_panel import COMPUTED_SUFFIX
from gongkai.language import tr

_FEW = 20  # columns of a table that a message lists

TableColumns = Mapping[str, Sequence[str]]  # names of tables and views -> columns, views first


def no_such(wanted: str, what: Literal["table", "column"], names: TableColumns, sql: str) -> str:
    """An error message: similar names, else the names that exist.

    Columns are those of the tables and views that the statement ``sql`` names.
    """
    if what == "table":
        return tr(
            "no such table: {name}: {hint}", name=wanted, hint=_hint(wanted, what, names, sql)
        )
    return tr("no such column: {name}: {hint}", name=wanted, hint=_hint(wanted, what, names, sql))


def _hint(wanted: str, what: Literal["table", "column"], names: TableColumns, sql: str) -> str:
    asked = _asked(sql, names)
    columns = sorted({column for name in asked for column in names[name]})
    candidates = list(names) if what == "table" else columns
    lower = {candidate.lower(): candidate for candidate in candidates}
    if what == "column":
        lower.pop(wanted.lower(), None)  # another table of the statement has it
    cutoff = 0.6 if len(wanted) > 2 else 0.5  # one character of two: 面版 for 面板
    similar = difflib.get_close_matches(wanted.lower(), lower, n=3, cutoff=cutoff)
    if similar:
        return meant([lower[name] for name in similar])
    if what == "table":
        return tr("there are {names}", names=", ".join(_documented(names)))
    if len(asked) == 1 and len(columns) <= _FEW:
        return tr("{table} has {names}", table=asked[0], names=", ".join(names[asked[0]]))
    which = f" WHERE table_name = '{asked[0]}'" if len(asked) == 1 else ""
    statement = f'gongkai query "SELECT table_name, column_name FROM columns{which}"'
    return tr("`{statement}` lists columns", statement=statement)


def meant(names: Sequence[str]) -> str:
    """The question whether one of these names was meant."""
    return tr("did you mean {names}?", names=tr(" or ").join(names))


def _asked(sql: str, names: TableColumns) -> list[str]:
    """The tables and views that occur as words in a statement."""
    words = set(re.findall(r"\w+", sql.lower()))
    return [name for name in names if name.lower() in words]


def _documented(names: TableColumns) -> list[str]:
    """Views and documented tables, without the internal tables."""
    internal = {table.name for table in schema.metadata.tables.values()} - DOCUMENTED_TABLES
    parts = ("_index", COMPUTED_SUFFIX)
    return [n for n in names if n not in internal and not any(part in n for part in parts)]
