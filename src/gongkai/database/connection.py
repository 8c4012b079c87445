"""Open a database for writing (creating or migrating it) or for reading only."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import NullPool, StaticPool

from gongkai.database import migrations, postgres, schema, sqlite_file
from gongkai.database.locations import DatabaseLocation, Server
from gongkai.database.sqlite_file import BUSY_TIMEOUT, connect_read_only, file_error
from gongkai.errors import DatabaseError
from gongkai.language import tr
from gongkai.whole_files import sync_folder

_SAMPLE_ROWS = 400  # of each index for ANALYZE: milliseconds at any size of database
_CHECKPOINT_PAGES = 4000  # of 4 KB, in the write-ahead log
# Tables in the order of their reports, with rows for nearly every report.
_BY_REPORT = ["cell", "check_result", "figure", "report_tables", "sentence"]
# SQLite's statistics of a table are a text: its rows, then the rows for each value of its key.
_COUNT_BY_REPORTS = sa.text(
    "UPDATE sqlite_stat1 SET stat = ((SELECT MAX(id) FROM report) * "
    "CAST(substr(stat, instr(stat, ' ') + 1) AS INTEGER)) || substr(stat, instr(stat, ' ')) "
    "WHERE tbl = idx AND tbl IN :tables"
).bindparams(sa.bindparam("tables", expanding=True))


class ImmediateDialect(SQLiteDialect_pysqlite):
    """SQLite's dialect, but every transaction takes the write lock at its beginning.

    Two ingests then take turns instead of failing half way. A listener for the engine's event
    "begin" would do the same, but costs time at every statement.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute("BEGIN IMMEDIATE")


registry.register("sqlite.immediate", __name__, ImmediateDialect.__name__)


def open_for_writing(
    path: DatabaseLocation, *, busy_timeout: float = BUSY_TIMEOUT, durable: bool = False
) -> sa.Engine:
    """Open a database; create it if the file is missing or empty, migrate an older one.

    ``busy_timeout`` is the time in seconds to wait for other processes. With ``durable`` each
    transaction is on the disk when it ends; otherwise a power cut may undo the last ones, whole.
    Raises NotADatabase, DatabaseBusy, DatabaseTooNew, or DatabaseError if the path cannot be
    written.
    """
    if isinstance(path, Server):
        return postgres.open_server_for_writing(path, busy_timeout=busy_timeout, durable=durable)
    if path.is_dir():
        raise DatabaseError(
            tr("{path} is a folder: name a database file, such as gongkai.db", path=path)
        )
    if not path.parent.is_dir():
        raise DatabaseError(
            tr(
                "{path} cannot be created: there is no folder {parent}",
                path=path,
                parent=path.parent,
            )
        )
    if path.exists() and path.stat().st_size and not sqlite_file.is_empty(path, busy_timeout):
        # Check before any change: it may be another program's database.
        connect_read_only(path, busy_timeout=busy_timeout).close()

    def connect() -> sqlite3.Connection:
        connection = sqlite_file.connect(path, "rwc", busy_timeout)
        with sqlite_file.closed_on_error(connection):
            connection.isolation_level = None  # SQLAlchemy begins transactions
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")  # readers never wait for the writer
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            connection.execute(f"PRAGMA fullfsync = {int(durable)}")  # macOS: through its cache
            # writes pages that many reports change into the database less often
            connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        return connection

    engine = sa.create_engine("sqlite+immediate://", creator=connect, poolclass=StaticPool)
    try:
        with database_errors(path), engine.begin() as connection:
            migrations.create_or_migrate(connection)
        if durable:
            sync_folder(path.parent)  # the file may be new
    except OSError as error:
        engine.dispose()
        raise sqlite_file.unwritable(path, error) from error
    except DatabaseError:
        engine.dispose()
        raise
    return engine


def open_for_reading(path: DatabaseLocation, *, busy_timeout: float = BUSY_TIMEOUT) -> sa.Engine:
    """Open a database for reading; an older one is migrated first.

    Raises what open_for_writing raises, and DatabaseError if the file is missing.
    """
    if isinstance(path, Server):
        return postgres.open_server_for_reading(path, busy_timeout=busy_timeout)
    connection = connect_read_only(path, busy_timeout=busy_timeout)
    with sqlite_file.closed_on_error(connection):
        version = sqlite_file.stored_schema_version(path, connection)
    if version < sqlite_file.SCHEMA_VERSION:
        connection.close()
        open_for_writing(path, busy_timeout=busy_timeout).dispose()
        connection = connect_read_only(path, busy_timeout=busy_timeout)
    opened = [connection]  # the engine's first one: SQLite reads the schema for each, 5 ms

    def connect() -> sqlite3.Connection:
        with contextlib.suppress(IndexError):
            return opened.pop()
        return connect_read_only(path, busy_timeout=busy_timeout)

    return sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)


def gather_statistics(connection: sa.Connection) -> None:
    """Run ANALYZE; SQLite's widest views then take a third less time.

    From a sample SQLite estimates the rows for each report well, but not those of a large table:
    1 million for 77 million checks. It then read all of them to find the failed ones, and left
    their index aside.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {_SAMPLE_ROWS}")
        connection.exec_driver_sql("ANALYZE")
        connection.execute(_COUNT_BY_REPORTS, {"tables": _BY_REPORT})
    else:  # only gongkai's tables: the database may hold others
        quoted = connection.dialect.identifier_preparer
        names = ", ".join(map(quoted.format_table, schema.metadata.tables.values()))
        connection.exec_driver_sql(f"ANALYZE {names}")


@contextlib.contextmanager
def database_errors(path: DatabaseLocation) -> Iterator[None]:
    """Convert errors of SQLAlchemy and sqlite3 into DatabaseError, with advice what to do."""
    try:
        yield
    except exc.DBAPIError as error:
        raise database_error(path, error.orig) from error
    except sqlite3.Error as error:
        raise database_error(path, error) from error


def database_error(path: DatabaseLocation, error: BaseException | None) -> DatabaseError:
    """Convert an error of the database driver into a DatabaseError of one sentence."""
    if isinstance(path, Server):
        return postgres.server_error(path, error)
    return file_error(path, error)
