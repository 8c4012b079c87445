"""The right name where a table or column is misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Literal

from gongkai.database import schema

TableColumns = Mapping[str, Sequence[str]]  # tables and views with their columns, views first


def suggestion(wanted: str, what: Literal["table", "column"], names: TableColumns) -> str:
    """What may have been meant, as the end of a sentence: nothing is left to guess."""
    columns = sorted({column for table in names.values() for column in table})
    candidates = list(names) if what == "table" else columns
    lower = {candidate.lower(): candidate for candidate in candidates}
    least = 0.6 if len(wanted) > 2 else 0.5  # one character of two: 面版 for 面板
    close = difflib.get_close_matches(wanted.lower(), lower, n=3, cutoff=least)
    if close:
        return f": did you mean {' or '.join(lower[name] for name in close)}?"
    if what == "table":
        return f": there are {', '.join(_for_people(names))}"
    return ': `gongkai query "SELECT table_name, column_name FROM columns"` lists columns'


def _for_people(names: TableColumns) -> list[str]:
    """The views, and those tables that are read as they are, not what lies behind them."""
    behind = {table.name for table in schema.metadata.tables.values()} - schema.READ_AS_THEY_ARE
    return [name for name in names if name not in behind and "_index" not in name]
