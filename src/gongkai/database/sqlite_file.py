"""Open a SQLite file for reading, by sqlite3 alone: a query needs nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from gongkai.database.locations import decisions_copy
from gongkai.errors import DatabaseBusy, DatabaseError, DatabaseTooNew, NotADatabase, NotWritable
from gongkai.language import tr

SCHEMA_VERSION = 22
BUSY_TIMEOUT = 30.0  # seconds to wait for a lock; transactions take milliseconds
_NO_LOCK_FILE = ("SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY")


def connect_read_only(path: Path, *, busy_timeout: float = BUSY_TIMEOUT) -> sqlite3.Connection:
    """Open a connection of sqlite3 that no statement can use to write.

    Raises NotADatabase, DatabaseBusy, DatabaseTooNew, or DatabaseError if there is no file.
    """
    if not path.is_file():
        what = tr("is a folder") if path.is_dir() else tr("does not exist")
        raise DatabaseError(
            tr(
                "{path} {what}: name a database that `gongkai ingest` has made",
                path=path,
                what=what,
            )
        )
    with file_errors(path):
        try:
            return _read_only(path, "ro", busy_timeout)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in _NO_LOCK_FILE or _has_log(path):
                raise
        # A read-only folder or medium: SQLite could not create its lock file there.
        return _read_only(path, "ro&immutable=1", busy_timeout)


def file_error(path: Path, error: BaseException | None) -> DatabaseError:
    """Convert an error of sqlite3 into a DatabaseError of one sentence."""
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseBusy(
            tr("{path} is locked by another process: wait until it is done, try again", path=path)
        )
    if name.startswith("SQLITE_NOTADB"):
        return _not_a_database(
            path, tr("{path} is not a SQLite database: name another file", path=path)
        )
    if name.startswith("SQLITE_CORRUPT"):
        return _damaged(path)
    if name.startswith("SQLITE_FULL"):
        return DatabaseError(
            tr("{path} cannot grow, the disk is full: make room and ingest again", path=path)
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return unwritable(path, error)
    return DatabaseError(f"{path}: {error}")


@contextlib.contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Convert errors of sqlite3 into DatabaseError, with advice what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise file_error(path, error) from error


def connect_unchecked(path: Path) -> sqlite3.Connection:
    """Open a connection for reading only, without a look at what the file is.

    Raises sqlite3.Error.
    """
    return connect(path, "ro", BUSY_TIMEOUT)


def unwritable(path: Path, error: BaseException | None) -> DatabaseError:
    """The error for a path that cannot be opened or written."""
    return NotWritable(
        tr(
            "{path} cannot be opened or written ({reason}): check the folder",
            path=path,
            reason=error,
        )
    )


def _damaged(path: Path) -> DatabaseError:
    return DatabaseError(
        tr(
            "{path} is damaged: keep it, and save people's decisions with `gongkai decisions "
            "rescue --db {path} --to decisions.csv`; then ingest the reports into a new file, and "
            "import decisions.csv there",
            path=path,
        )
    )


def _not_a_database(path: Path, message: str) -> DatabaseError:
    """A file beside a copy of decisions was a database of gongkai."""
    return _damaged(path) if decisions_copy(path).exists() else NotADatabase(message)


def _read_only(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
    connection = connect(path, mode, busy_timeout)
    with closed_on_error(connection):
        stored_schema_version(path, connection)
        connection.execute("PRAGMA query_only = ON")
    return connection


@contextlib.contextmanager
def closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Close a connection if the block raises."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def connect(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
    """Open a connection; ``mode`` is that of SQLite's URIs: ro, rwc."""
    # A Windows path becomes file:///C:/…, and ?, # and % in a name stay part of the name.
    name = quote(path.absolute().as_posix(), safe="/:")
    return sqlite3.connect(
        f"file:{name if name.startswith('/') else '/' + name}?mode={mode}",
        uri=True,
        timeout=busy_timeout,
        check_same_thread=False,
    )


def is_empty(path: Path, busy_timeout: float) -> bool:
    """Whether the database has no tables: another ingest is creating it, or died early."""
    with file_errors(path):
        try:
            with contextlib.closing(connect(path, "ro", busy_timeout)) as connection:
                return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_CANTOPEN":
                raise
            return False


def _has_log(path: Path) -> bool:
    """Whether there is a write-ahead log, whose transactions are not in the file yet."""
    return path.with_name(path.name + "-wal").exists()


def stored_schema_version(path: Path, connection: sqlite3.Connection) -> int:
    """The version of the schema; raises NotADatabase for other databases, or DatabaseTooNew."""
    meta = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'gongkai_meta'").fetchone()
    if meta is None:
        message = tr(
            "{path} is not a gongkai database: name one that `gongkai ingest` made", path=path
        )
        raise _not_a_database(path, message)
    query = "SELECT value FROM gongkai_meta WHERE name = 'schema_version'"
    found = connection.execute(query).fetchone()
    if found is None or not str(found[0]).isdecimal():
        raise _damaged(path)
    version = int(found[0])
    if version > SCHEMA_VERSION:
        raise DatabaseTooNew(tr("{db} was {what}", db=path, what=too_new_message(version)))
    return version


def too_new_message(version: int) -> str:
    """The end of an error message for a database of a later version."""
    return tr(
        "written by a later gongkai (schema {version}, this one knows {known}): update gongkai, "
        "or ingest into a new file",
        version=version,
        known=SCHEMA_VERSION,
    )
