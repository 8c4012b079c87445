"""Read the contents of a database, to compare it with another."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from gongkai.queries.sql import query


def content(db: Path, *, runs: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables without times; with ``runs=False`` also without ids of runs."""
    with contextlib.closing(sqlite3.connect(db)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'"
        ).fetchall()
        found = {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables
        }
        counts = "SELECT id, files_offered, files_known, files_loaded, files_refused FROM runs"
        found["runs"] = connection.execute(counts).fetchall() if runs else []
        if not runs:
            found["source"] = [row[:-1] for row in found["source"]]  # the last one is run_id
            found["reading"] = [(*row[:4], *row[5:]) for row in found["reading"]]
    return found


def rows(db: Path, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with query(db, sql, parameters) as result:
        return list(result.rows)


def faults(db: Path) -> list[tuple[Any, ...]]:
    """The errors that SQLite finds in a database; empty if it is intact."""
    with contextlib.closing(sqlite3.connect(db)) as connection:
        errors = connection.execute("PRAGMA integrity_check").fetchall()
        return [row for row in errors if row != ("ok",)] + connection.execute(
            "PRAGMA foreign_key_check"
        ).fetchall()


def stored_files(db: Path) -> list[tuple[str, str, int, int]]:
    """Each file in the order of storage: name, outcome, run, and number of cells."""
    with contextlib.closing(sqlite3.connect(db)) as connection:
        return connection.execute(
            "SELECT file_name, outcome, reading.run_id, (SELECT COUNT(*) FROM cell JOIN report "
            "ON report.id = report_id WHERE report.source_id = source.id) "
            "FROM source JOIN source_path ON source_path.source_id = source.id "
            "JOIN reading ON reading.source_id = source.id "
            "ORDER BY source.id"
        ).fetchall()
