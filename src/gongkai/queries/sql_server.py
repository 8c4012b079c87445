"""Run a user's SELECT on a PostgreSQL server in a read-only transaction.

A server-side cursor runs the statement: the server declares cursors for single queries only,
and sends the rows in batches. What functions may do depends on the user's rights there.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gongkai.database.locations import Server
from gongkai.database.postgres import open_server_for_reading, server_error
from gongkai.database.sqlite_file import BUSY_TIMEOUT
from gongkai.errors import DatabaseError, QueryRefused
from gongkai.language import tr
from gongkai.queries.did_you_mean import no_such_column, no_such_table
from gongkai.queries.known_names import column_titles

if TYPE_CHECKING:
    import psycopg

    _Cursor = psycopg.RawCursor[Any] | psycopg.RawServerCursor[Any]

RowIterator = Iterator[tuple[Any, ...]]

_BATCH = 2000  # rows per fetch
_BLANKS = re.compile(r"(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_WORD = re.compile(r"[a-zA-Z]+")
# Commands refused with a clear message; the server refuses everything else that is not a query.
_COMMANDS = frozenset(
    ("ALTER", "BEGIN", "CALL", "COMMIT", "COPY", "CREATE", "DELETE", "DO", "DROP", "GRANT",
     "INSERT", "LOCK", "MERGE", "REVOKE", "ROLLBACK", "SET", "TRUNCATE", "UPDATE", "VACUUM")
)  # fmt: skip
# A question mark for a parameter, or a literal, name or comment to skip.
_MARKS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|\?""", re.DOTALL
)
_NAMES = """
SELECT columns.table_name, column_name
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = ANY (current_schemas(false))
ORDER BY table_type = 'BASE TABLE', table_name, ordinal_position"""


@contextlib.contextmanager
def query_server(
    server: Server, sql: str, parameters: Sequence[Any], timeout: float | None = None
) -> Iterator[tuple[tuple[str, ...], RowIterator]]:
    """Columns and rows of one query within the ``with`` block; raises what sql.query raises."""
    engine = open_server_for_reading(server, busy_timeout=BUSY_TIMEOUT)
    from psycopg import Error

    statement = sql[_BLANKS.match(sql).end() :]  # type: ignore[union-attr]
    if not statement:
        raise QueryRefused(tr("nothing to run: give one SELECT statement"))
    first = _WORD.match(statement)
    command = first[0].upper() if first else ""
    if command in _COMMANDS:
        raise QueryRefused(tr("query only reads, not {command}", command=command))
    with contextlib.closing(engine.raw_connection()) as pooled:
        connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
        connection.read_only = True
        if timeout is not None:
            connection.execute(f"SET statement_timeout = {max(round(timeout * 1000), 1)}")
        try:
            with contextlib.closing(_cursor(connection, command)) as cursor:
                numbered = _numbered(sql) if parameters else sql
                _execute(cursor, numbered.encode(), parameters)
                assert cursor.description is not None, "a query returns rows"
                yield tuple(column.name for column in cursor.description), iter(cursor)
        except UnicodeEncodeError as error:
            raise QueryRefused(tr("the statement is wrong: it is not UTF-8 text")) from error
        except Error as error:
            connection.rollback()
            if timeout is not None and error.sqlstate == "57014":
                raise QueryRefused(
                    tr("the query took more than {timeout:g} s: add --timeout", timeout=timeout)
                ) from error
            raise _refusal(server, error, connection, sql) from error


def _cursor(connection: psycopg.Connection[Any], command: str) -> _Cursor:
    from psycopg import RawCursor, RawServerCursor

    if command in ("EXPLAIN", "SHOW"):  # read-only, but not allowed in a cursor
        return RawCursor(connection)
    cursor = RawServerCursor(connection, "gongkai")
    cursor.itersize = _BATCH
    return cursor


def _execute(cursor: _Cursor, statement: bytes, parameters: Sequence[Any]) -> None:
    from psycopg import RawServerCursor

    if isinstance(cursor, RawServerCursor):
        cursor.execute(statement, parameters)
    else:  # a prepared statement is a single one
        cursor.execute(statement, parameters, prepare=True)


def _numbered(sql: str) -> str:
    """Replace each ``?`` by ``$1``, ``$2`` …, the server's syntax for parameters."""
    count = 0

    def number(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] != "?":
            return found[0]
        count += 1
        return f"${count}"

    return _MARKS.sub(number, sql)


def _refusal(
    server: Server, error: psycopg.Error, connection: psycopg.Connection[Any], sql: str
) -> DatabaseError:
    state = error.sqlstate or ""
    message = error.diag.message_primary or str(error)
    if state == "25006" or "data-modifying" in message:
        return QueryRefused(tr("query only reads: {message}", message=message))
    if "multiple commands" in message:
        return QueryRefused(tr("query runs one statement: give a single SELECT"))
    missing = re.match(r'(relation|column) (?:.*\.)?"?([^"]+?)"? does not exist', message)
    if missing:
        names: dict[str, list[str]] = defaultdict(list)
        for table, column in connection.execute(_NAMES):
            names[table].append(column)
        if missing[1] == "relation":
            return QueryRefused(no_such_table(missing[2], names))
        titles = column_titles(connection.execute)
        return QueryRefused(no_such_column(missing[2], names, sql, titles))
    if state[:2] in ("42", "22", "0A", ""):
        return QueryRefused(tr("the statement is wrong: {message}", message=message))
    return server_error(server, error)
