"""Databases of other programs, of other schema versions, and locked ones."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gongkai.database import connection as connections
from gongkai.database import migrations, sqlite_file
from gongkai.database.codes import READERS
from gongkai.database.connection import open_for_reading, open_for_writing
from gongkai.database.install_views import drop_wide_views
from gongkai.database.sqlite_file import connect_read_only
from gongkai.database.views import drop_views
from gongkai.errors import DatabaseBusy, DatabaseError, DatabaseTooNew, NotADatabase
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import FallbackAttempt
from gongkai.queries.findings import fallback_stats
from gongkai.queries.report_loader import show
from gongkai.reading.report import read_reports
from helpers.older_schemas import (
    UNDO_BODY_INDEX,
    UNDO_COUNTED,
    UNDO_FAMILIES,
    UNDO_MACHINE_TEXTS,
    UNDO_SCOPE,
    UNDO_SEQUENCE,
    UNDO_SLICES,
    UNDO_VOCABULARY,
)
from helpers.registry import ROOT
from helpers.stored import faults, rows
from made import report


@pytest.fixture
def db(tmp_path: Path, family: Family) -> Path:
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
    return path


@pytest.fixture
def whole(tmp_path: Path, family: Family) -> Path:
    """A database with every cell of a form, after a finished run."""
    path = tmp_path / "whole.db"
    with Writer(path, family) as writer:
        [read] = read_reports(ROOT / "samples" / "wuzhong-public-security-2019.pdf", family)
        writer.store("/r/a.pdf", "a", "loaded", None, [read])
        writer.finish()
    return path


@contextlib.contextmanager
def bare(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        yield connection


def test_documented_views_have_their_columns(db: Path) -> None:
    expected = {
        "reports": "id file_name file_sha256 page_first page_last title agency year form status",
        "observations": "report_id table_id row_id column_id value state raw_text row_label "
        "column_label label_match page x0 top x1 bottom reader confidence flagged",
        "sections": "report_id number title text page_first page_last",
        "checks": "report_id check_id status expected actual class cause message",
        "narrative_figures": "report_id section phrase metric_id value unit approximate "
        "sentence page",
        "files": "path file_name sha256 outcome reason",
        "fields": "table_id row_id column_id",
        "runs": "started_at code_version pipeline_digest schema_version libraries",
    }
    with bare(db) as connection:
        for name, columns in expected.items():
            there = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            assert set(columns.split()) <= there, name
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT * FROM observations WHERE report_id = 1", "PRIMARY KEY (report_id=?)"),
        ("SELECT * FROM observations WHERE flagged = 1", "cell_flagged"),
        ("SELECT * FROM checks WHERE status = 'fail'", "check_result_failed"),
        ("SELECT * FROM reports WHERE agency = '甲' AND year = 2019", "report_by_agency"),
    ],
)
def test_common_queries_use_an_index(db: Path, sql: str, index: str) -> None:
    assert index in plan(db, sql)


@pytest.mark.parametrize(
    ("sql", "search"),
    [
        (
            "SELECT value FROM observations WHERE table_id = 'applications' "
            "AND row_id = 'granted' AND column_id = 'total'",
            "PRIMARY KEY (ANY(report_id) AND field_id=?)",
        ),
        (
            "SELECT * FROM checks WHERE check_id = 'a.b.c'",
            "PRIMARY KEY (ANY(report_id) AND check_key_id=?)",
        ),
    ],
)
def test_one_field_of_all_reports_uses_a_skip_scan(whole: Path, sql: str, search: str) -> None:
    assert search in plan(whole, sql)


def plan(db: Path, sql: str) -> str:
    """SQLite's plan for a query."""
    with bare(db) as connection:
        return "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}"))


def test_an_older_database_is_migrated(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def add_level(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE report ADD COLUMN level TEXT"))

    monkeypatch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
    monkeypatch.setattr(migrations, "STEPS", {sqlite_file.SCHEMA_VERSION - 1: add_level})
    with bare(db) as connection:
        connection.execute("CREATE VIEW mine AS SELECT agency FROM reports")
    assert show(db, "清河").report == show(db, "1").report
    with bare(db) as connection:
        assert connection.execute("SELECT level FROM report").fetchall() == [(None,)]
        assert connection.execute("SELECT agency FROM mine").fetchall() == [("清河市公安局",)]
        [[version]] = connection.execute(
            "SELECT value FROM gongkai_meta WHERE name = 'schema_version'"
        )
        assert int(version) == sqlite_file.SCHEMA_VERSION


# What takes a database of today back to an older version, from the newest step to the oldest.
OLDER = {
    21: (
        "ALTER TABLE metrics RENAME COLUMN compared_with_zh TO compared_with",
        "ALTER TABLE metrics DROP COLUMN compared_with_en",
    ),
    20: UNDO_BODY_INDEX,
    19: UNDO_SLICES,
    18: UNDO_VOCABULARY,
    17: UNDO_COUNTED,
    16: (),  # only PostgreSQL's indexes changed
    15: UNDO_MACHINE_TEXTS,
    14: UNDO_SEQUENCE,
    13: ("ALTER TABLE cell DROP COLUMN text_value",),
    12: (),  # only values changed
    11: (),  # only views changed
    10: UNDO_SCOPE,
    9: UNDO_FAMILIES,
    8: tuple(f"ALTER TABLE cell DROP COLUMN {name}" for name in ("converted", "in_sum", "seen")),
    7: (
        "INSERT INTO term (text) SELECT check_id FROM check_key ORDER BY id",
        "CREATE TABLE kept AS SELECT check_result.*, term.id AS check_term FROM check_result "
        "JOIN check_key ON check_key.id = check_key_id JOIN term ON term.text = check_id",
        "DROP TABLE check_result",
        "CREATE TABLE check_result (report_id INTEGER NOT NULL REFERENCES report (id), "
        "position INTEGER NOT NULL, check_term INTEGER NOT NULL, status TEXT NOT NULL, "
        "expected NUMERIC, actual NUMERIC, class TEXT NOT NULL, cause TEXT, "
        "message TEXT NOT NULL, cells INTEGER, suspects INTEGER, "
        "PRIMARY KEY (report_id, check_term, position)) WITHOUT ROWID",
        "INSERT INTO check_result SELECT report_id, position, check_term, status, expected, "
        "actual, class, cause, message, cells, suspects FROM kept",
        "DROP TABLE kept",
        "DROP TABLE check_key",
        "CREATE TABLE climbs (report_id INTEGER NOT NULL REFERENCES report (id), "
        "position INTEGER NOT NULL, rung TEXT NOT NULL, table_id TEXT NOT NULL, "
        "settled TEXT NOT NULL, PRIMARY KEY (report_id, position)) WITHOUT ROWID",
        "INSERT INTO climbs SELECT * FROM fallback_attempts",
        "DROP TABLE fallback_attempts",
    ),
    6: ("CREATE INDEX figure_by_metric ON figure (metric_id)", "DROP TABLE index_due"),
    5: (
        "CREATE TABLE kept AS SELECT * FROM check_result",
        "DROP TABLE check_result",
        "CREATE TABLE check_result (report_id INTEGER NOT NULL REFERENCES report (id), "
        "position INTEGER NOT NULL, check_term INTEGER NOT NULL, status TEXT NOT NULL, "
        "expected NUMERIC, actual NUMERIC, class TEXT NOT NULL, cause TEXT, "
        "message TEXT NOT NULL, cells INTEGER, suspects INTEGER, "
        "PRIMARY KEY (report_id, position)) WITHOUT ROWID",
        "INSERT INTO check_result SELECT * FROM kept",
        "DROP TABLE kept",
        "CREATE INDEX check_result_by_check ON check_result (check_term, report_id)",
        "CREATE INDEX cell_by_field ON cell (field_id, report_id)",
    ),
    4: (
        "DROP TABLE machine_cell",
        "DROP TABLE machine_check",
        "DROP TABLE machine_report",
        "DROP TABLE decision_standing",
        "DROP TABLE decision",
        "DROP TABLE history_due",
        "ALTER TABLE source_path DROP COLUMN size",
        "ALTER TABLE source_path DROP COLUMN mtime_ns",
    ),
    3: (
        *(f"ALTER TABLE figure DROP COLUMN {name}"
          for name in ("raw_text", "part_of", "stated_as_none", "planned")),
        "DROP TABLE paragraph",
        "DROP TABLE paragraph_index",
    ),
    2: ("DROP TABLE rates", "DROP TABLE columns", "DROP TABLE climbs"),
    1: (
        "CREATE TABLE kept AS SELECT * FROM report",
        "DROP TABLE report",
        "CREATE TABLE report (id INTEGER NOT NULL PRIMARY KEY, source_id INTEGER NOT NULL "
        "REFERENCES source (id) ON DELETE CASCADE, page_first INTEGER NOT NULL, "
        "page_last INTEGER NOT NULL, title TEXT NOT NULL, agency TEXT NOT NULL, year INTEGER, "
        "form TEXT, status TEXT NOT NULL)",
        "INSERT INTO report SELECT id, source_id, page_first, page_last, title, agency, year, "
        "form, status FROM kept",
        "DROP TABLE kept",
        "CREATE INDEX report_by_source ON report (source_id)",
        "CREATE INDEX report_by_agency ON report (agency, year)",
        "CREATE INDEX report_by_year ON report (year)",
        "DROP TABLE agencies",
    ),
}  # fmt: skip


def go_back(db: Path, version: int) -> None:
    """Undo the steps of the schema down to a version."""
    engine = open_for_writing(db)
    with engine.begin() as connection:
        drop_wide_views(connection)
        drop_views(connection)
    engine.dispose()
    with bare(db) as connection:  # without foreign keys, so that tables can be replaced
        for older in range(sqlite_file.SCHEMA_VERSION - 1, version - 1, -1):
            for statement in OLDER[older]:
                connection.execute(statement)
        connection.execute(
            "UPDATE gongkai_meta SET value = ? WHERE name = 'schema_version'", [str(version)]
        )


def layout(db: Path) -> dict[str, set[tuple[str, ...]]]:
    """The columns of every table and view with types and place in the key, and the indexes."""
    with bare(db) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        found: dict[str, set[tuple[str, ...]]] = {
            name: {
                (row[1], row[2], str(row[5]))
                for row in connection.execute(f'PRAGMA table_info("{name}")')
            }
            for (name,) in names.fetchall()
        }
        indexes = connection.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'"
        )
        return found | {"indexes": set(indexes.fetchall())}


@pytest.mark.parametrize("version", OLDER)
def test_every_older_version_becomes_the_tables_of_today(db: Path, version: int) -> None:
    views = (
        "checks", "check_cells", "observations", "panel", "reports", "files", "sections",
        "narrative_figures",
    )  # fmt: skip
    today = layout(db)
    with bare(db) as connection:  # proofs come with the next run
        connection.execute("UPDATE cell SET in_sum = NULL, seen = NULL")
        connection.execute("UPDATE cell SET seen = 0 WHERE value <> 0 AND flagged = 0")
    before = {name: rows(db, f"SELECT * FROM {name}") for name in views}
    go_back(db, version)
    assert layout(db) != today
    assert show(db, "清河").report.agency == "清河市公安局"  # reading migrates
    assert layout(db) == today
    assert {name: rows(db, f"SELECT * FROM {name}") for name in views} == before
    assert faults(db) == []


def test_unproved_numbers_of_an_older_database_count_as_undecided(db: Path) -> None:
    with bare(db) as connection:
        connection.execute("UPDATE cell SET in_sum = 1, seen = NULL")
        ids = "SELECT field_id FROM cell WHERE value <> 0 AND flagged = 0 ORDER BY field_id LIMIT 2"
        (unproved,), (scanned,) = connection.execute(ids).fetchall()
        changes = "UPDATE cell SET in_sum = NULL, reader = ? WHERE field_id = ?"
        connection.execute(changes, (READERS["pdfium"], unproved))
        connection.execute(changes, (READERS["ocr"], scanned))
    go_back(db, 12)
    show(db, "清河")  # reading migrates
    assert rows(db, "SELECT field_id, seen FROM cell WHERE seen IS NOT NULL") == [(unproved, 0)]


def test_old_check_ids_are_split_into_table_rule_and_place(tmp_path: Path, family: Family) -> None:
    db = tmp_path / "gongkai.db"
    made = report()
    checks = [
        replace(made.checks[0], table=table, rule=rule, place=place)
        for table, rule, place in (
            ("applications", "row_total", "granted"),
            ("applications", "complete", ""),
            ("narrative", "parts", "a.b"),
        )
    ]
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [replace(made, checks=tuple(checks))])
    go_back(db, 7)
    assert show(db, "清河").report.checks == tuple(checks)
    assert rows(db, "SELECT check_id, table_id, rule, place FROM check_key ORDER BY id") == [
        ("applications.row_total.granted", "applications", "row_total", "granted"),
        ("applications.complete", "applications", "complete", ""),
        ("narrative.parts.a.b", "narrative", "parts", "a.b"),
    ]


def test_fallback_attempts_are_kept_by_the_migration(tmp_path: Path, family: Family) -> None:
    db = tmp_path / "gongkai.db"
    attempts = (FallbackAttempt("camelot", "applications", "better grid"),)
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report(fallback_attempts=attempts)])
    go_back(db, 7)
    assert fallback_stats(db) == [(1, "camelot", "applications", "better grid", 1)]


def test_a_migration_that_fails_changes_nothing(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE report ADD COLUMN level TEXT"))
        connection.execute(sa.text("ALTER TABLE nowhere ADD COLUMN level TEXT"))

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
        patch.setattr(migrations, "STEPS", {sqlite_file.SCHEMA_VERSION - 1: fail})
        with pytest.raises(DatabaseError, match="nowhere"):
            open_for_writing(db)
    assert show(db, "1").report.agency == "清河市公安局"
    with bare(db) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(report)")]
    assert "level" not in columns


def test_a_newer_database_is_refused(db: Path) -> None:
    with bare(db) as connection:
        connection.execute("UPDATE gongkai_meta SET value = '99' WHERE name = 'schema_version'")
    for opening in (open_for_writing, open_for_reading, connect_read_only):
        with pytest.raises(DatabaseTooNew, match=r"later gongkai \(schema 99.*update"):
            opening(db)


@pytest.mark.parametrize("opening", [open_for_writing, open_for_reading])
def test_other_files_are_refused_and_left_alone(tmp_path: Path, opening: object) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no database, " * 100, encoding="utf-8")
    other = tmp_path / "other.db"
    with bare(other) as connection:
        connection.execute("CREATE TABLE reports (id)")
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(NotADatabase, match=path.name):
            opening(path)  # type: ignore[operator]
        assert path.read_bytes() == before
        assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.txt", "other.db"]


def test_an_empty_file_becomes_a_database(tmp_path: Path, family: Family) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    Writer(path, family).close()
    connect_read_only(path).close()


def test_a_locked_database_is_refused_after_a_wait(db: Path, family: Family) -> None:
    with contextlib.closing(sqlite3.connect(db)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match="another process"):
            Writer(db, family, busy_timeout=0.05)
        connect_read_only(db).close()  # readers do not wait


def test_a_path_that_cannot_hold_a_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for path, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "missing" / "gongkai.db", "there is no folder"),
        (file / "gongkai.db", "there is no folder"),
    ):
        with pytest.raises(DatabaseError, match=words):
            open_for_writing(path)
    with pytest.raises(DatabaseError, match="does not exist"):
        open_for_reading(tmp_path / "missing.db")


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "c#d?e.db", "数据库.db"])
def test_file_names_may_have_special_characters(tmp_path: Path, family: Family, name: str) -> None:
    Writer(tmp_path / name, family).close()
    connect_read_only(tmp_path / name).close()
    made = {path.name for path in tmp_path.iterdir()}
    assert made - {f"{name}-wal", f"{name}-shm"} == {name}


def test_the_connection_that_is_checked_is_the_first_that_reads(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def connect(path: Path, **more: float) -> sqlite3.Connection:
        made.append(connect_read_only(path, **more))
        return made[-1]

    monkeypatch.setattr(connections, "connect_read_only", connect)
    engine = open_for_reading(db)
    with engine.connect() as one:
        assert one.connection.driver_connection is made[0]
        with engine.connect() as other:
            assert other.connection.driver_connection is made[1]
    assert len(made) == 2


def test_a_database_on_a_read_only_medium_is_read(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite_file.connect

    def refuse_lock_files(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
        if mode == "ro":
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorname = "SQLITE_CANTOPEN"
            raise error
        return connect(path, mode, busy_timeout)

    monkeypatch.setattr(sqlite_file, "connect", refuse_lock_files)
    with contextlib.closing(connect_read_only(db)) as connection:
        assert connection.execute("SELECT agency FROM reports").fetchall() == [("清河市公安局",)]
    db.with_name(db.name + "-wal").touch()  # a running writer: the file alone is incomplete
    with pytest.raises(DatabaseError, match="cannot be opened"):
        connect_read_only(db)


def test_decisions_keep_their_order_when_they_get_numbers(db: Path) -> None:
    with bare(db) as connection:
        connection.execute("UPDATE gongkai_meta SET value = 'x' WHERE name = 'database_id'")
        for place, time in enumerate(("2026-03", "2026-01", "2026-02")):
            connection.execute(
                "INSERT INTO decision (uid, who, at, file_sha256, file_name, report_number, kind, "
                "verdict, overrules) VALUES (?, '甲', ?, 'a', 'a.pdf', 1, 'year', 'set', 0)",
                (str(place), time),
            )
    go_back(db, 14)
    show(db, "清河")  # reading migrates
    numbered = rows(db, "SELECT at, sequence, database_id FROM decisions ORDER BY sequence")
    assert numbered == [("2026-01", 1, "none"), ("2026-02", 2, "none"), ("2026-03", 3, "none")]
    [(identity,)] = rows(db, "SELECT value FROM gongkai_meta WHERE name = 'database_id'")
    assert len(identity) == 32


def test_statistics_know_the_size_of_a_table_of_any_size(tmp_path: Path, family: Family) -> None:
    """SQLite's own estimate of its rows is less than a third for some numbers of reports."""
    path = tmp_path / "gongkai.db"
    Writer(path, family).close()
    engine = open_for_writing(path)
    row = "(%d, %d, 1, 'pass', 10, 10, 'must', NULL, '', NULL, NULL, NULL)"
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO check_key VALUES (1, 'id', 'table', 'rule', '')")
        connection.exec_driver_sql("INSERT INTO source VALUES (1, 'content', 1)")
        for report_id in range(1, 301):
            connection.exec_driver_sql(
                "INSERT INTO report (id, source_id, number, page_first, page_last, title, agency, "
                "status, family) VALUES (?, 1, ?, 1, 1, '', '', 'proved', '')",
                (report_id, report_id),
            )
            rows = ", ".join(row % (report_id, position) for position in range(77))
            connection.exec_driver_sql(f"INSERT INTO check_result VALUES {rows}")
            if report_id % 5:
                continue
            connections.gather_statistics(connection)
            statistics = connection.exec_driver_sql(
                "SELECT stat FROM sqlite_stat1 WHERE idx = 'check_result'"
            ).scalar_one()
            estimate = int(statistics.split()[0])
            assert 0.5 < estimate / (report_id * 77) < 2, report_id
    engine.dispose()
