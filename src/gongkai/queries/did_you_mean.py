"""Suggest names where a table or column is misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Literal

from gongkai.database import schema

TableColumns = Mapping[str, Sequence[str]]  # names of tables and views -> columns, views first


def suggestion(wanted: str, what: Literal["table", "column"], names: TableColumns) -> str:
    """The end of an error message: similar names, else the names that exist."""
    columns = sorted({column for table in names.values() for column in table})
    candidates = list(names) if what == "table" else columns
    lower = {candidate.lower(): candidate for candidate in candidates}
    cutoff = 0.6 if len(wanted) > 2 else 0.5  # one character of two: 面版 for 面板
    similar = difflib.get_close_matches(wanted.lower(), lower, n=3, cutoff=cutoff)
    if similar:
        return f": did you mean {' or '.join(lower[name] for name in similar)}?"
    if what == "table":
        return f": there are {', '.join(_documented(names))}"
    return ': `gongkai query "SELECT table_name, column_name FROM columns"` lists columns'


def _documented(names: TableColumns) -> list[str]:
    """Views and documented tables, without the internal tables."""
    internal = {table.name for table in schema.metadata.tables.values()} - schema.DOCUMENTED_TABLES
    return [name for name in names if name not in internal and "_index" not in name]
