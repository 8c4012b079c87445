"""Read the contents of a database, to compare it with another."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gongkai.database.connection import open_for_reading
from gongkai.database.decision_tables import DATABASE_ID
from gongkai.database.locations import DatabaseLocation, Server
from gongkai.queries.sql import query
from gongkai.queries.table_query import table_names


def content(db: Path, *, runs: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables without times and identity; ``runs=False``: without ids of runs."""
    with contextlib.closing(sqlite3.connect(db)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'"
        ).fetchall()
        found = {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables
        }
        counts = "SELECT id, files_offered, files_known, files_loaded, files_refused FROM runs"
        found["gongkai_meta"] = [row for row in found["gongkai_meta"] if row[0] != DATABASE_ID]
        found["runs"] = connection.execute(counts).fetchall() if runs else []
        if not runs:
            found["source"] = [row[:-1] for row in found["source"]]  # the last one is run_id
            found["reading"] = [(*row[:4], *row[5:]) for row in found["reading"]]
    return found


def rows(db: DatabaseLocation, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
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


Database = Path | Server  # as `ingest` takes it
_REPORT = ("report_id", "报告", "duplicate_of")
_NO_DATA = ("runs", "decisions")  # of a run, or of people
_IDS = ("id", "run_id", "agency_id", "机关编号", "machine_agency_id")


def dump(db: Database, names: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of views and tables in an order of their own, without the database's ids.

    A report is named by its file, family, page and scope. Without ``names``: all that people read.
    """
    engine = open_for_reading(db)
    with engine.connect() as connection:
        heads = "SELECT id, file_sha256, family, page_first, scope FROM reports"
        reports = {key: tuple(rest) for key, *rest in connection.execute(sa.text(heads))}
        names = names or [n for n in table_names(connection) if n not in _NO_DATA]
        found = {name: _rows_by_value(connection, name, reports) for name in names}
    engine.dispose()
    return found


def _rows_by_value(
    connection: sa.Connection, name: str, reports: Mapping[Any, tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    result = connection.execute(sa.text(f'SELECT * FROM "{name}"'))
    columns = list(result.keys())
    own = {k for k, column in enumerate(columns) if column in _REPORT}
    kept = [k for k, column in enumerate(columns) if column not in _IDS]
    found = [
        tuple(reports.get(row[k]) if k in own else _plain(row[k]) for k in kept) for row in result
    ]
    return sorted(found, key=repr)


def _plain(value: Any) -> Any:
    """A value as SQLite stores it: exact numbers of a server as floats."""
    return float(value) if isinstance(value, Decimal) else value
