"""Run a user's SELECT on a connection that cannot write."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gongkai.database.locations import DatabaseLocation, Server
from gongkai.database.sqlite_file import SCHEMA_VERSION, connect_read_only, file_error
from gongkai.errors import DatabaseError, QueryRefused
from gongkai.language import tr, tr_noop

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
    "index_xinfo",
    "function_list",
    "collation_list",
    "compile_options",
}
_PROGRESS_STEPS = 100_000  # virtual machine steps between checks for Ctrl-C: milliseconds
_LONGEST_VALUE = 10_000_000  # bytes; SQLite's own limit is a gigabyte


@dataclass(frozen=True)
class QueryResult:
    """Columns and rows of a query; iterating reads the rows from the database."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextlib.contextmanager
def query(
    db: DatabaseLocation,
    sql: str,
    parameters: Sequence[Any] = (),
    *,
    timeout: float | None = None,
    max_rows: int | None = None,
) -> Iterator[QueryResult]:
    """Run one SELECT (or WITH, VALUES, EXPLAIN); read the rows within the ``with`` block.

    Each ``?`` in the statement is replaced by the next parameter. ``timeout`` is in seconds of
    the database's work. If it passes, or if there are more than ``max_rows`` rows, reading them
    raises QueryRefused.

    Raises QueryRefused for a statement that would write or is wrong; the message suggests the
    right name of a misspelt table or column. Raises DatabaseError if the database cannot be
    read.
    """
    if isinstance(db, Server):
        from gongkai.queries.sql_server import query_server

        with query_server(db, sql, parameters, timeout) as (columns, rows):
            yield QueryResult(columns, _at_most(rows, max_rows))
    else:
        with _query_file(db, sql, parameters, timeout) as result:
            yield QueryResult(result.columns, _at_most(result.rows, max_rows))


def _at_most(rows: Iterator[tuple[Any, ...]], limit: int | None) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows):
        if number == limit:
            raise QueryRefused(
                tr(
                    "there {limit:|is|are} more than {limit} {limit:|row|rows}: add LIMIT, or "
                    "--max-rows",
                    limit=limit,
                )
            )
        yield row


def query_rows(
    db: DatabaseLocation, sql: str, parameters: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """Return all rows of one SELECT. Raises what ``query`` raises."""
    with query(db, sql, parameters) as result:
        return list(result.rows)


class _Clock:
    """Adds up the time that the database works, without that of the reader of its rows."""

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._spent = self._since = 0.0

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._spent += time.monotonic() - self._since

    def is_over(self) -> bool:
        """Whether the time is up, asked while the database works."""
        now = self._spent + time.monotonic() - self._since
        return self._limit is not None and now > self._limit

    def interruption(self) -> BaseException:
        """The error of a statement that SQLite has interrupted."""
        if self._limit is not None and self._spent > self._limit:
            return QueryRefused(
                tr("the query took more than {limit:g} s: add --timeout", limit=self._limit)
            )
        return KeyboardInterrupt()


@contextlib.contextmanager
def _query_file(
    db: Path, sql: str, parameters: Sequence[Any], timeout: float | None
) -> Iterator[QueryResult]:
    guard, clock = _ReadOnlyAuthorizer(), _Clock(timeout)
    with contextlib.closing(connect_read_only(db)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.set_authorizer(guard)
        # Lets Python handle Ctrl-C while SQLite runs the statement.
        connection.set_progress_handler(clock.is_over, _PROGRESS_STEPS)
        try:
            with clock:
                cursor = connection.execute(sql, parameters)
            if cursor.description is None:
                raise QueryRefused(tr("nothing to run: give one SELECT statement"))
            columns = tuple(column[0] for column in cursor.description)
            rows = _rows(db, cursor, clock)
            with contextlib.closing(rows):  # before the connection, even if not exhausted
                yield QueryResult(columns, rows)
        except UnicodeEncodeError as error:
            raise QueryRefused(tr("the statement is wrong: it is not UTF-8 text")) from error
        except (sqlite3.Warning, sqlite3.Error) as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise clock.interruption() from error
            raise _refusal(db, error, guard, sql) from error


class _ReadOnlyAuthorizer:
    """SQLite calls it for each action of a statement; it denies all but reading."""

    def __init__(self) -> None:
        self.refused: str | None = None

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_FUNCTION and second == "load_extension":
            self.refused = tr("load an extension")
        elif action in _READ_ACTIONS:
            return sqlite3.SQLITE_OK
        elif action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
            # Asked when json_each is first used. SQLite itself refuses to update this table.
            return sqlite3.SQLITE_OK
        elif action == sqlite3.SQLITE_PRAGMA:
            if first in _SCHEMA_PRAGMAS:
                return sqlite3.SQLITE_OK
            self.refused = tr("run PRAGMA {name}", name=first)
        else:
            self.refused = tr(_DENIED.get(action, _CHANGE))
        return sqlite3.SQLITE_DENY


_CHANGE = tr_noop("change the database")
_DENIED = {
    sqlite3.SQLITE_ATTACH: tr_noop("attach another file"),
    sqlite3.SQLITE_DETACH: tr_noop("detach a database"),
    sqlite3.SQLITE_TRANSACTION: tr_noop("begin or end a transaction"),
    sqlite3.SQLITE_SAVEPOINT: tr_noop("set a savepoint"),
    sqlite3.SQLITE_INSERT: tr_noop("insert or create something"),
    sqlite3.SQLITE_DELETE: tr_noop("delete something"),
    sqlite3.SQLITE_UPDATE: tr_noop("update something"),
}


def _rows(db: Path, cursor: sqlite3.Cursor, clock: _Clock) -> Generator[tuple[Any, ...]]:
    try:
        while True:
            with clock:
                row = cursor.fetchone()
            if row is None:
                return
            yield row
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise clock.interruption() from error
        raise file_error(db, error) from error


def _missing(db: Path, wanted: str, what: Literal["table", "column"], sql: str) -> str:
    """What to say of a name that is not in the database, and what may be meant."""
    # needs SQLAlchemy, unlike a right query
    from gongkai.queries.did_you_mean import no_such_column, no_such_table
    from gongkai.queries.known_names import column_titles

    with contextlib.closing(connect_read_only(db)) as connection:
        names = _names(connection)
        if what == "table":
            text = no_such_table(wanted, names)
        else:
            titles = column_titles(connection.execute) if "columns" in names else {}
            text = no_such_column(wanted, names, sql, titles)
        return f"{text}{_outdated_text(db, connection)}"


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


def _outdated_text(db: Path, connection: sqlite3.Connection) -> str:
    """What to do about names that an older schema does not have; empty for today's schema."""
    stored = "SELECT value FROM gongkai_meta WHERE name = 'schema_version'"
    version = int(connection.execute(stored).fetchone()[0])
    if version == SCHEMA_VERSION:
        return ""
    return tr(
        "; {db} has the older schema {version}, and this gongkai writes {current}: `gongkai check "
        "--db {db}` updates it",
        db=db,
        version=version,
        current=SCHEMA_VERSION,
    )


def _refusal(
    db: Path,
    error: Exception,
    guard: _ReadOnlyAuthorizer,
    sql: str,
) -> DatabaseError:
    message = str(error)
    if guard.refused:
        return QueryRefused(
            tr("query only reads, this statement would {action}", action=guard.refused)
        )
    if "one statement at a time" in message:
        return QueryRefused(tr("query runs one statement: give a single SELECT"))
    missing = re.match(r"no such (table|column): (?:.*\.)?(.+)", message)
    if missing:
        what: Literal["table", "column"] = "table" if missing[1] == "table" else "column"
        return QueryRefused(_missing(db, missing[2], what, sql))
    if (
        isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError)
        and getattr(error, "sqlite_errorname", "SQLITE_ERROR") == "SQLITE_ERROR"
    ):
        return QueryRefused(tr("the statement is wrong: {message}", message=message))
    return file_error(db, error)
