"""Run a user's SELECT on a connection that cannot write."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gongkai.database.connection import connect_read_only, database_error
from gongkai.database.locations import DatabaseLocation, Server
from gongkai.errors import DatabaseError, QueryRefused
from gongkai.queries.did_you_mean import suggestion

_READ_ACTIONS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
# PRAGMAs that describe the schema and cannot change anything.
_SCHEMA_PRAGMAS = {
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "foreign_key_list",
}
_PROGRESS_STEPS = 100_000  # virtual machine steps between checks for Ctrl-C: milliseconds


@dataclass(frozen=True)
class QueryResult:
    """Columns and rows of a query; iterating reads the rows from the database."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextlib.contextmanager
def query(db: DatabaseLocation, sql: str, parameters: Sequence[Any] = ()) -> Iterator[QueryResult]:
    """Run one SELECT (or WITH, VALUES, EXPLAIN); read the rows within the ``with`` block.

    Each ``?`` in the statement is replaced by the next parameter.

    Raises QueryRefused for a statement that would write or is wrong; the message suggests the
    right name of a misspelt table or column. Raises DatabaseError if the database cannot be
    read.
    """
    if isinstance(db, Server):
        from gongkai.queries.sql_server import query_server

        with query_server(db, sql, parameters) as (columns, rows):
            yield QueryResult(columns, rows)
    else:
        with _query_file(db, sql, parameters) as result:
            yield result


@contextlib.contextmanager
def _query_file(db: Path, sql: str, parameters: Sequence[Any]) -> Iterator[QueryResult]:
    guard = _ReadOnlyAuthorizer()
    with contextlib.closing(connect_read_only(db)) as connection:
        names = _names(connection)
        connection.set_authorizer(guard)
        # Lets Python handle Ctrl-C while SQLite runs the statement.
        connection.set_progress_handler(lambda: 0, _PROGRESS_STEPS)
        try:
            cursor = connection.execute(sql, parameters)
            if cursor.description is None:
                raise QueryRefused("nothing to run: give one SELECT statement")
            columns = tuple(column[0] for column in cursor.description)
            rows = _rows(db, cursor)
            with contextlib.closing(rows):  # before the connection, even if not exhausted
                yield QueryResult(columns, rows)
        except UnicodeEncodeError as error:
            raise QueryRefused("the statement is wrong: it is not UTF-8 text") from error
        except (sqlite3.Warning, sqlite3.Error) as error:
            raise _refusal(db, error, guard, names) from error


class _ReadOnlyAuthorizer:
    """SQLite calls it for each action of a statement; it denies all but reading."""

    def __init__(self) -> None:
        self.refused: str | None = None

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_FUNCTION and second == "load_extension":
            self.refused = "load an extension"
        elif action in _READ_ACTIONS:
            return sqlite3.SQLITE_OK
        elif action == sqlite3.SQLITE_PRAGMA:
            if first in _SCHEMA_PRAGMAS:
                return sqlite3.SQLITE_OK
            self.refused = f"run PRAGMA {first}"
        else:
            self.refused = _DENIED.get(action, "change the database")
        return sqlite3.SQLITE_DENY


_DENIED = {
    sqlite3.SQLITE_ATTACH: "attach another file",
    sqlite3.SQLITE_DETACH: "detach a database",
    sqlite3.SQLITE_TRANSACTION: "begin or end a transaction",
    sqlite3.SQLITE_SAVEPOINT: "set a savepoint",
    sqlite3.SQLITE_INSERT: "insert or create something",
    sqlite3.SQLITE_DELETE: "delete something",
    sqlite3.SQLITE_UPDATE: "update something",
}


def _rows(db: Path, cursor: sqlite3.Cursor) -> Generator[tuple[Any, ...]]:
    try:
        yield from cursor
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise KeyboardInterrupt from error
        raise database_error(db, error) from error


def _names(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Tables and views of the database with their columns, views first."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table', name"
    ).fetchall()
    return {
        name: [
            row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", [name])
        ]
        for (name,) in tables
    }


def _refusal(
    db: Path, error: Exception, guard: _ReadOnlyAuthorizer, names: dict[str, list[str]]
) -> DatabaseError:
    message = str(error)
    if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
        raise KeyboardInterrupt from error
    if guard.refused:
        return QueryRefused(f"query only reads, this statement would {guard.refused}")
    if "one statement at a time" in message:
        return QueryRefused("query runs one statement: give a single SELECT")
    missing = re.match(r"no such (table|column): (?:.*\.)?(.+)", message)
    if missing:
        what: Literal["table", "column"] = "table" if missing[1] == "table" else "column"
        return QueryRefused(f"{message}{suggestion(missing[2], what, names)}")
    if (
        isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError)
        and getattr(error, "sqlite_errorname", "SQLITE_ERROR") == "SQLITE_ERROR"
    ):
        return QueryRefused(f"the statement is wrong: {message}")
    return database_error(db, error)
