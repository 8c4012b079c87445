"""A user's SELECT can read every table and cannot write."""

from __future__ import annotations

import contextlib
import sqlite3
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
        ("SELECT 新收总计 FROM panel", r"did you mean received_new \(新收总计\)"),
        ("SELECT received_new FROM 面板", r"did you mean 新收总计 \(received_new\)"),
        ("SELECT received FROM panel", "did you mean received_new"),
        ("SELECT 1 FROM observation", "did you mean observations"),
        ("SELECT 1 FROM Obsrvations", "did you mean observations"),
        ("SELECT 1 FROM zzz", "there are .*check_cells, checks, decisions, duplicates, files"),
        ("SELECT severity FROM checks", "no such column: severity: checks has report_id, check_id"),
        ("SELECT verdict FROM checks", "checks has "),  # a column of decisions
        ("SELECT c.verdict FROM checks c, decisions", "lists columns"),
        ("SELECT nosuch(1)", "wrong: no such function"),
        ("SELECT ?", "wrong"),
        ("SELECT '\x00'", "wrong"),
        ("SELECT '\udc80'", "wrong"),
    ],
)
def test_errors_explain_what_is_wrong(db: Path, sql: str, words: str) -> None:
    with pytest.raises(QueryRefused, match=words), query(db, sql):
        pass


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT value FROM json_each('[1]')",
        "SELECT value FROM reports, json_tree('[1]') WHERE type = 'integer'",
        "SELECT 1 FROM pragma_function_list WHERE name = 'json' LIMIT 1",
        "SELECT 1 FROM pragma_index_xinfo('report_by_year') LIMIT 1",
    ],
)
def test_functions_that_give_tables_are_allowed(db: Path, sql: str) -> None:
    with query(db, sql) as result:
        assert list(result.rows) == [(1,)]


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n"


def test_a_query_ends_at_its_time_limit(db: Path) -> None:
    for sql in (ENDLESS.format("SUM(i)"), ENDLESS.format("i") + " WHERE i % 1000003 = 0"):
        with (
            pytest.raises(QueryRefused, match=r"took more than 0.05 s"),
            query(db, sql, timeout=0.05) as result,
        ):
            list(result.rows)


def test_a_query_ends_after_its_most_rows(db: Path) -> None:
    with query(db, "VALUES (1), (2), (3)", max_rows=3) as result:
        assert len(list(result.rows)) == 3
    with query(db, ENDLESS.format("i"), max_rows=1000) as result:
        rows = [next(result.rows) for _ in range(1000)]
        with pytest.raises(QueryRefused, match="more than 1000 rows"):
            next(result.rows)
    assert rows[-1] == (1000,)


def test_a_value_of_a_query_is_bounded(db: Path) -> None:
    with pytest.raises(DatabaseError, match="too big"), query(db, "SELECT zeroblob(1e9)") as result:
        list(result.rows)


def test_a_missing_name_in_an_older_schema_says_how_to_update_it(db: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    old.write_bytes(db.read_bytes())
    with contextlib.closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE gongkai_meta SET value = '9' WHERE name = 'schema_version'")
        connection.commit()
    with (
        pytest.raises(QueryRefused, match=r"older schema 9.*`gongkai check --db .*old.db` updates"),
        query(old, "SELECT scop FROM reports"),
    ):
        pass
    with query(old, "SELECT agency FROM reports") as result:
        assert list(result.rows) == [("清河市公安局",)]


def test_errors_met_while_reading_rows_are_explained(db: Path) -> None:
    sql = "SELECT json_extract(value, '$') FROM (SELECT '1' AS value UNION ALL SELECT '{')"
    with query(db, sql) as result, pytest.raises(DatabaseError, match="malformed JSON"):
        list(result.rows)
