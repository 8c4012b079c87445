"""Values that a column can have, in Chinese and English: metrics, codes, ids of checks.

The vocabulary names the codes, and the dictionary in the database the metrics and checks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import DatabaseLocation
from gongkai.database.vocabulary import folded, vocabulary, words_of
from gongkai.database.wide import CHINESE_COLUMNS
from gongkai.language import tr
from gongkai.queries.did_you_mean import KnownName, asked_tables, meant, nearest

Run = Callable[[str], Iterable[Sequence[Any]]]  # a SELECT on the open database

_MOST_NAMED = 20  # values in a message
_COLUMNS = "SELECT table_name, position, column_name, name_zh FROM columns"
_DESCRIBED = "SELECT DISTINCT table_name FROM columns"
# By column and table: each value with its titles. An older schema lacks some of the tables.
_DICTIONARIES: Mapping[str, Mapping[str, str]] = {
    "metric_id": {"metrics": "SELECT DISTINCT metric_id, title_zh, title_en FROM metrics"},
    "check_id": {
        "checks": "SELECT check_id FROM check_key",
        "check_rules": "SELECT DISTINCT check_id FROM check_rules",
    },
}
# column = 'value', or column IN ('value', …), in a statement
_COMPARED = re.compile(
    r"""["`]?(\w+)["`]?\s*(?:==?|\bIN\s*\()\s*((?:'(?:[^']|'')*'[\s,]*)+)""", re.IGNORECASE
)
_TEXT = re.compile(r"'((?:[^']|'')*)'")


def column_titles(run: Run) -> dict[str, dict[str, str]]:
    """The name in the other language of each column, by documented table or view."""
    columns: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for table, position, name, name_zh in run(_COLUMNS):
        columns[table][position] = name, name_zh
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for table, lines in columns.items():
        chinese = columns.get(lines[0][1], {})  # the view with Chinese names
        for position, (name, name_zh) in lines.items():
            if position and name != name_zh:
                found[table][name] = name_zh
                if position in chinese:
                    found[lines[0][1]][name_zh] = name
    return found


def known_values(run: Run, table: str, column: str) -> tuple[KnownName, ...] | None:
    """The values that a column can have; None if any value may occur."""
    words = words_of(table, column)
    if words is not None:
        return tuple(
            KnownName(code, (word.name_zh, word.name_en), word.others)
            for code, word in words.items()
        )
    if column in CHINESE_COLUMNS:
        return tuple(
            KnownName(word.name_zh, (code,), (word.name_en, *word.others))
            for code, word in vocabulary()[CHINESE_COLUMNS[column]].items()
        )
    if column not in _DICTIONARIES:
        return None
    there = {name for (name,) in run(_DESCRIBED)}
    return tuple(
        KnownName(name, tuple(titles))
        for source, statement in _DICTIONARIES[column].items()
        if source in there
        for name, *titles in run(statement)
    )


def value_of(text: str, known: Iterable[KnownName]) -> str | None:
    """The value that a text means, which may be a title of it; None if there is none."""
    wanted = folded(text)
    for each in known:
        if wanted in map(folded, (each.name, *each.titles, *each.others)):
            return each.name
    return None


def is_check(run: Run, check_id: str, known: Iterable[KnownName]) -> bool:
    """Whether an id is that of a rule at a row or column of its table, though no report has it."""
    table, _, rest = check_id.partition(".")
    rule, _, place = rest.partition(".")
    if f"{table}.{rule}" not in {each.name for each in known}:
        return False
    return any(
        table == line[0] and place in line[1:]
        for line in run("SELECT DISTINCT table_id, row_id, column_id FROM fields")
    )


def no_value(column: str, value: object, known: Sequence[KnownName]) -> str:
    """An error message for a value that a column cannot have: all values, or the nearest ones."""
    close = nearest(str(value), known)
    if len(known) <= _MOST_NAMED:
        hint = tr("there are {names}", names=", ".join(map(str, known)))
    elif close:
        hint = meant(close)
    else:
        hint = tr("`{command}` lists them", command="gongkai fields")
    return tr("no {name} {value!r}: {hint}", name=column, value=value, hint=hint)


def unknown_values(db: DatabaseLocation, sql: str) -> tuple[str, ...]:
    """What to say of texts in a statement that no row can have, such as a misspelt metric.

    Raises DatabaseError.
    """
    with database_errors(db), open_for_reading(db).connect() as connection:
        return tuple(dict.fromkeys(_unknown_values(connection.exec_driver_sql, sql)))


def _unknown_values(run: Run, sql: str) -> Iterator[str]:
    columns: dict[str, list[str]] = defaultdict(list)
    for table, _, column, _ in run(_COLUMNS):
        columns[table].append(column)
    for column, values in _COMPARED.findall(sql):
        known = {
            each.name: each
            for table in asked_tables(sql, columns)
            if column in columns[table]
            for each in known_values(run, table, column) or ()
        }
        for text in _TEXT.findall(values):
            value = text.replace("''", "'")
            if column == "check_id" and is_check(run, value, known.values()):
                continue
            if known and value not in known:
                meaning = value_of(value, known.values())
                yield no_value(column, value, [known[meaning]] if meaning else [*known.values()])
