"""One SELECT of a user's own on a PostgreSQL server, in a transaction that only reads.

The statement becomes a cursor's, which the server allows for nothing but one query; the
rows come as they are taken. What a function may do is up to the user's rights there.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gongkai.database.connection import BUSY_TIMEOUT
from gongkai.database.locations import Server
from gongkai.database.postgres import open_server_for_reading, server_error
from gongkai.errors import DatabaseError, QueryRefused
from gongkai.queries.did_you_mean import suggestion

if TYPE_CHECKING:
    import psycopg

    _Cursor = psycopg.RawCursor[Any] | psycopg.RawServerCursor[Any]

RowIterator = Iterator[tuple[Any, ...]]

_AT_A_TIME = 2000  # rows
_NOTHING = re.compile(r"(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_WORD = re.compile(r"[a-zA-Z]+")
# Those that a person may try; what else the server would not take for a query is refused by it.
_COMMANDS = frozenset(
    ("ALTER", "BEGIN", "CALL", "COMMIT", "COPY", "CREATE", "DELETE", "DO", "DROP", "GRANT",
     "INSERT", "LOCK", "MERGE", "REVOKE", "ROLLBACK", "SET", "TRUNCATE", "UPDATE", "VACUUM")
)  # fmt: skip
# A question mark for a parameter; what stands in quotes and comments is passed over.
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
    server: Server, sql: str, parameters: Sequence[Any]
) -> Iterator[tuple[tuple[str, ...], RowIterator]]:
    """Columns and rows of one query, within the ``with`` block; raises as querying.query."""
    engine = open_server_for_reading(server, busy_timeout=BUSY_TIMEOUT)
    from psycopg import Error

    said = sql[_NOTHING.match(sql).end() :]  # type: ignore[union-attr]
    if not said:
        raise QueryRefused("nothing to run: give one SELECT statement")
    first = _WORD.match(said)
    command = first[0].upper() if first else ""
    if command in _COMMANDS:
        raise QueryRefused(f"query only reads, this statement would {command.lower()} something")
    with contextlib.closing(engine.raw_connection()) as pooled:
        connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
        connection.read_only = True
        try:
            with contextlib.closing(_cursor(connection, command)) as cursor:
                statement = _numbered(sql) if parameters else sql
                _execute(cursor, statement.encode(), parameters)
                assert cursor.description is not None, "whatever passed gives rows"
                yield tuple(column.name for column in cursor.description), iter(cursor)
        except UnicodeEncodeError as error:
            raise QueryRefused("the statement is wrong: it is no text in UTF-8") from error
        except Error as error:
            connection.rollback()
            raise _refusal(server, error, connection) from error


def _cursor(connection: psycopg.Connection[Any], command: str) -> _Cursor:
    from psycopg import RawCursor, RawServerCursor

    if command in ("EXPLAIN", "SHOW"):  # not queries to the server, and yet they only tell
        return RawCursor(connection)
    cursor = RawServerCursor(connection, "gongkai")
    cursor.itersize = _AT_A_TIME
    return cursor


def _execute(cursor: _Cursor, statement: bytes, parameters: Sequence[Any]) -> None:
    from psycopg import RawServerCursor

    if isinstance(cursor, RawServerCursor):
        cursor.execute(statement, parameters)
    else:  # prepared, since only then it takes but one statement
        cursor.execute(statement, parameters, prepare=True)


def _numbered(sql: str) -> str:
    """``?`` as ``$1``, ``$2`` …, which is how the server counts parameters."""
    count = 0

    def number(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] != "?":
            return found[0]
        count += 1
        return f"${count}"

    return _MARKS.sub(number, sql)


def _refusal(
    server: Server, error: psycopg.Error, connection: psycopg.Connection[Any]
) -> DatabaseError:
    state = error.sqlstate or ""
    message = error.diag.message_primary or str(error)
    if state == "25006" or "data-modifying" in message:
        return QueryRefused(f"query only reads: {message}")
    if "multiple commands" in message:
        return QueryRefused("query runs one statement: give a single SELECT")
    missing = re.match(r'(relation|column) (?:.*\.)?"?([^"]+?)"? does not exist', message)
    if missing:
        what = "table" if missing[1] == "relation" else "column"
        names: dict[str, list[str]] = defaultdict(list)
        for table, column in connection.execute(_NAMES):
            names[table].append(column)
        hint = suggestion(missing[2], "table" if what == "table" else "column", names)
        return QueryRefused(f"no such {what}: {missing[2]}{hint}")
    if state[:2] in ("42", "22", "0A", ""):
        return QueryRefused(f"the statement is wrong: {message}")
    return server_error(server, error)
