"""A database in a folder in which nobody may write can be read."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gongkai.database import sqlite_file
from gongkai.errors import DatabaseError
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from made import report


@pytest.mark.parametrize("name", ["SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY"])
@pytest.mark.parametrize("has_log", [False, True])
def test_a_database_is_read_without_its_lock_file(
    tmp_path: Path, family: Family, monkeypatch: pytest.MonkeyPatch, name: str, has_log: bool
) -> None:
    db = tmp_path / "made.db"
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
    open_file = sqlite_file.connect

    def refused(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
        if mode == "ro":  # as SQLite says it, depending on its version and the folder's rights
            error = sqlite3.OperationalError("attempt to write a readonly database")
            error.sqlite_errorname = name
            raise error
        return open_file(path, mode, busy_timeout)

    monkeypatch.setattr(sqlite_file, "connect", refused)
    if has_log:  # what it has written is not in the database file
        db.with_name("made.db-wal").write_bytes(b"log")
        with pytest.raises(DatabaseError, match=r"made\.db"):
            sqlite_file.connect_read_only(db)
        return
    connection = sqlite_file.connect_read_only(db)
    assert connection.execute("SELECT COUNT(*) FROM reports").fetchone() == (1,)
    connection.close()
