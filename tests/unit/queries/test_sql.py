"""A user's SELECT can read every table and cannot write."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.errors import DatabaseError, QueryRefused
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.queries.sql import query
from made import report


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    path = tmp_path_factory.mktemp("query") / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
    return path


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT agency FROM reports", [("清河市公安局",)]),
        ("SELECT agency FROM reports;", [("清河市公安局",)]),
        ("WITH a(n) AS (VALUES (1), (2)) SELECT SUM(n) FROM a", [(3,)]),
        ("SELECT name FROM pragma_table_info('reports') LIMIT 1", [("id",)]),
        (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) "
            "SELECT MAX(i) FROM n",
            [(3,)],
        ),
    ],
)
def test_reads(db: Path, sql: str, rows: list[tuple[object, ...]]) -> None:
    with query(db, sql) as result:
        assert list(result.rows) == rows


def test_names_the_columns(db: Path) -> None:
    with query(db, "SELECT id, agency AS 机关 FROM reports") as result:
        assert result.columns == ("id", "机关")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM report",
        "INSERT INTO report (id) VALUES (9)",
        "UPDATE report SET agency = ''",
        "DROP VIEW reports",
        "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "CREATE TEMP VIEW v AS SELECT 1",
        "ALTER TABLE report ADD COLUMN a",
        "ATTACH 'other.db' AS other",
        "DETACH main",
        "PRAGMA user_version = 3",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = OFF",
        "PRAGMA journal_mode = DELETE",
        "VACUUM",
        "VACUUM INTO 'copy.db'",
        "REINDEX",
        "ANALYZE",
        "BEGIN IMMEDIATE",
        "SAVEPOINT a",
        "SELECT load_extension('x')",
        "WITH a AS (SELECT 1) DELETE FROM report",
        "REPLACE INTO report (id) VALUES (1)",
    ],
)
def test_refuses_to_write(db: Path, sql: str) -> None:
    before = _stored(db)
    with pytest.raises(QueryRefused, match="only reads"), query(db, sql):
        pass
    assert _stored(db) == before


def _stored(db: Path) -> tuple[bytes, bytes, list[str]]:
    """The database, what its write-ahead log holds, and all other files beside it.

    Reading creates the log, empty, and its index if they are missing.
    """
    log = db.with_name(f"{db.name}-wal")
    names = {path.name for path in db.parent.iterdir()} - {log.name, f"{db.name}-shm"}
    return db.read_bytes(), log.read_bytes() if log.exists() else b"", sorted(names)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT 1; DELETE FROM report", "one statement"),
        ("", "give one SELECT"),
        ("-- nothing", "give one SELECT"),
        ("SELEC 1", 'wrong: near "SELEC"'),
        ("SELECT agncy FROM reports", "did you mean agency"),
        ("SELECT r.agncy FROM reports r", "did you mean agency"),
        ("SELECT 1 FROM observation", "did you mean observations"),
        ("SELECT 1 FROM Obsrvations", "did you mean observations"),
        ("SELECT 1 FROM zzz", "there are .*check_cells, checks, decisions, files"),
        ("SELECT zzz FROM reports", "lists columns"),
        ("SELECT nosuch(1)", "wrong: no such function"),
        ("SELECT ?", "wrong"),
        ("SELECT '\x00'", "wrong"),
        ("SELECT '\udc80'", "wrong"),
    ],
)
def test_errors_explain_what_is_wrong(db: Path, sql: str, words: str) -> None:
    with pytest.raises(QueryRefused, match=words), query(db, sql):
        pass


def test_errors_met_while_reading_rows_are_explained(db: Path) -> None:
    sql = "SELECT json_extract(value, '$') FROM (SELECT '1' AS value UNION ALL SELECT '{')"
    with query(db, sql) as result, pytest.raises(DatabaseError, match="malformed JSON"):
        list(result.rows)
