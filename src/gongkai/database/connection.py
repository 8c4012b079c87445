"""Open a database for writing (creating or migrating it) or for reading only."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import NullPool, StaticPool

from gongkai.database import migrations, postgres, schema
from gongkai.database.locations import DatabaseLocation, Server, decisions_copy
from gongkai.errors import DatabaseBusy, DatabaseError, DatabaseTooNew, NotADatabase
from gongkai.whole_files import sync_folder

_SAMPLE_ROWS = 400  # of each index for ANALYZE: milliseconds at any size of database
_CHECKPOINT_PAGES = 4000  # of 4 KB, in the write-ahead log
BUSY_TIMEOUT = 30.0  # seconds to wait for a lock; transactions take milliseconds


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
        raise DatabaseError(f"{path} is a folder: name a database file, such as gongkai.db")
    if not path.parent.is_dir():
        raise DatabaseError(f"{path} cannot be created: there is no folder {path.parent}")
    if path.exists() and path.stat().st_size and not _is_empty(path, busy_timeout):
        # Check before any change: it may be another program's database.
        connect_read_only(path, busy_timeout=busy_timeout).close()

    def connect() -> sqlite3.Connection:
        connection = _connect(path, "rwc", busy_timeout)
        with _closed_on_error(connection):
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
        raise _unwritable(path, error) from error
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
    with contextlib.closing(connection):
        outdated = _version(path, connection) < schema.SCHEMA_VERSION
    if outdated:
        open_for_writing(path, busy_timeout=busy_timeout).dispose()

    def connect() -> sqlite3.Connection:
        return connect_read_only(path, busy_timeout=busy_timeout)

    return sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)


def connect_read_only(path: Path, *, busy_timeout: float = BUSY_TIMEOUT) -> sqlite3.Connection:
    """Open a connection of sqlite3 that no statement can use to write.

    Raises NotADatabase, DatabaseBusy, DatabaseTooNew, or DatabaseError if there is no file.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise DatabaseError(f"{path} {what}: name a database that `gongkai ingest` has made")
    with database_errors(path):
        try:
            return _read_only(path, "ro", busy_timeout)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_CANTOPEN" or _has_log(path):
                raise
        # A read-only medium: SQLite could not create its lock file there.
        return _read_only(path, "ro&immutable=1", busy_timeout)


def gather_statistics(connection: sa.Connection) -> None:
    """Run ANALYZE; SQLite's widest views then take a third less time."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {_SAMPLE_ROWS}")
        connection.exec_driver_sql("ANALYZE")
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
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseBusy(
            f"{path} is locked by another process: wait until it is done, try again"
        )
    if name.startswith("SQLITE_NOTADB"):
        return _not_a_database(path, f"{path} is not a SQLite database: name another file")
    if name.startswith("SQLITE_CORRUPT"):
        return _damaged(path)
    if name.startswith("SQLITE_FULL"):
        return DatabaseError(f"{path} cannot grow, the disk is full: make room and ingest again")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return _unwritable(path, error)
    return DatabaseError(f"{path}: {error}")


def connect_unchecked(path: Path) -> sqlite3.Connection:
    """Open a connection for reading only, without a look at what the file is.

    Raises sqlite3.Error.
    """
    return _connect(path, "ro", BUSY_TIMEOUT)


def _unwritable(path: Path, error: BaseException | None) -> DatabaseError:
    return DatabaseError(f"{path} cannot be opened or written ({error}): check the folder")


def _damaged(path: Path) -> DatabaseError:
    return DatabaseError(
        f"{path} is damaged: keep it, and save people's decisions with `gongkai decisions rescue "
        f"--db {path} --to decisions.csv`; then ingest the reports into a new file, and import "
        "decisions.csv there"
    )


def _not_a_database(path: Path, message: str) -> DatabaseError:
    """A file beside a copy of decisions was a database of gongkai."""
    return _damaged(path) if decisions_copy(path).exists() else NotADatabase(message)


def _read_only(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
    connection = _connect(path, mode, busy_timeout)
    with _closed_on_error(connection):
        _version(path, connection)
        connection.execute("PRAGMA query_only = ON")
    return connection


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _connect(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
    # A Windows path becomes file:///C:/…, and ?, # and % in a name stay part of the name.
    name = quote(path.absolute().as_posix(), safe="/:")
    return sqlite3.connect(
        f"file:{name if name.startswith('/') else '/' + name}?mode={mode}",
        uri=True,
        timeout=busy_timeout,
        check_same_thread=False,
    )


def _is_empty(path: Path, busy_timeout: float) -> bool:
    """Whether the database has no tables: another ingest is creating it, or died early."""
    with database_errors(path):
        try:
            with contextlib.closing(_connect(path, "ro", busy_timeout)) as connection:
                return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_CANTOPEN":
                raise
            return False


def _has_log(path: Path) -> bool:
    """Whether there is a write-ahead log, whose transactions are not in the file yet."""
    return path.with_name(path.name + "-wal").exists()


def _version(path: Path, connection: sqlite3.Connection) -> int:
    """The version of the schema; raises NotADatabase for other databases, or DatabaseTooNew."""
    meta = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'gongkai_meta'").fetchone()
    if meta is None:
        message = f"{path} is not a gongkai database: name one that `gongkai ingest` made"
        raise _not_a_database(path, message)
    query = "SELECT value FROM gongkai_meta WHERE name = 'schema_version'"
    found = connection.execute(query).fetchone()
    if found is None or not str(found[0]).isdecimal():
        raise _damaged(path)
    version = int(found[0])
    if version > schema.SCHEMA_VERSION:
        raise DatabaseTooNew(f"{path} was {migrations.too_new_message(version)}")
    return version
