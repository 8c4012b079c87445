"""Suggest names where a table, column or value is misspelt, in Chinese and English."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gongkai.database import schema
from gongkai.database.dictionary_tables import DOCUMENTED_TABLES
from gongkai.database.stored_panel import COMPUTED_SUFFIX
from gongkai.language import tr

_MOST_COLUMNS = 20  # of a table that a message lists
_FEW = 3  # similar names in a message

TableColumns = Mapping[str, Sequence[str]]  # names of tables and views -> columns, views first


class KnownName(NamedTuple):
    """A name in the database, what it is called, and other spellings that people may write."""

    name: str
    titles: tuple[str, ...] = ()  # in Chinese and English
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The name with its titles: county (县级)."""
        titles = [title for title in self.titles if title and title != self.name]
        return f"{self.name} ({', '.join(titles)})" if titles else self.name


def no_such_table(wanted: str, names: TableColumns) -> str:
    """An error message: similar names, else the names that exist."""
    close = nearest(wanted, map(KnownName, names))
    hint = meant(close) if close else tr("there are {names}", names=", ".join(_documented(names)))
    return tr("no such table: {name}: {hint}", name=wanted, hint=hint)


def no_such_column(
    wanted: str, names: TableColumns, sql: str, titles: Mapping[str, Mapping[str, str]]
) -> str:
    """An error message: similar columns of the tables and views that a statement names.

    ``titles`` has the name in the other language of each column of each table.
    """
    asked = asked_tables(sql, names)
    known = {
        column: KnownName(column, (titles.get(table, {}).get(column, ""),))
        for table in asked
        for column in names[table]
        if column.lower() != wanted.lower()  # another table of the statement has it
    }
    close = nearest(wanted, known.values())
    hint = meant(close) if close else _columns_hint(asked, names)
    return tr("no such column: {name}: {hint}", name=wanted, hint=hint)


def _columns_hint(asked: Sequence[str], names: TableColumns) -> str:
    columns = {column for name in asked for column in names[name]}
    if len(asked) == 1 and len(columns) <= _MOST_COLUMNS:
        return tr("{table} has {names}", table=asked[0], names=", ".join(names[asked[0]]))
    which = f" WHERE table_name = '{asked[0]}'" if len(asked) == 1 else ""
    statement = f'gongkai query "SELECT table_name, column_name FROM columns{which}"'
    return tr("`{statement}` lists columns", statement=statement)


def nearest(wanted: str, known: Iterable[KnownName]) -> list[KnownName]:
    """The names that are spelled like a wrong guess: those that contain it, then similar ones."""
    spellings = {
        spelling.lower(): each
        for each in known
        for spelling in (*each.others, *each.titles, each.name)
        if spelling
    }
    guess = wanted.strip().lower()
    as_id = guess.replace(" ", "_")
    within = [s for s in spellings if len(guess) > 1 and (guess in s or as_id in s)]
    cutoff = 0.6 if len(guess) > 2 else 0.5  # one character of two: 面版 for 面板
    similar = difflib.get_close_matches(guess, spellings, n=_FEW, cutoff=cutoff)
    found = (spellings[each] for each in (*sorted(within, key=len), *similar))
    return list({each.name: each for each in found}.values())[:_FEW]


def meant(names: Iterable[object]) -> str:
    """The question whether one of these names was meant."""
    return tr("did you mean {names}?", names=tr(" or ").join(map(str, names)))


def asked_tables(sql: str, names: TableColumns) -> list[str]:
    """The tables and views that occur as words in a statement."""
    words = set(re.findall(r"\w+", sql.lower()))
    return [name for name in names if name.lower() in words]


def _documented(names: TableColumns) -> list[str]:
    """Views and documented tables, without the internal tables."""
    internal = {table.name for table in schema.metadata.tables.values()} - DOCUMENTED_TABLES
    parts = ("_index", COMPUTED_SUFFIX)
    return [n for n in names if n not in internal and not any(part in n for part in parts)]
