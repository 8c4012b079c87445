"""After any interruption the database holds whole files, and the next run continues."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from gongkai.database.locations import parse_location
from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.store import DecisionStore
from gongkai.errors import DatabaseError
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Key
from helpers.families import built_in
from helpers.interrupted import make_folder, read_year, start
from helpers.stored import content, faults, rows, stored_files

pytestmark = pytest.mark.process

FILES = 100
KILLS = 8
CELL = Key("applications", "carried_over_in", "total")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "reports", FILES)


@pytest.fixture
def whole(folder: Path, tmp_path: Path) -> Path:
    """The database of an undisturbed run."""
    db = tmp_path / "whole.db"
    ingest([folder], db, family=BUILT_IN, workers=0, reader=read_year)
    return db


def test_kills_at_any_statement_lose_nothing(folder: Path, whole: Path, tmp_path: Path) -> None:
    db = tmp_path / "killed.db"
    chance = random.Random(7)
    expected = [(name, outcome, cells) for name, outcome, _, cells in stored_files(whole)]
    done: list[tuple[str, str, int, int]] = []
    for _ in range(KILLS):
        with start(folder, db, chance.randrange(200, 350)) as running:  # of 2,500 of a whole run
            assert running.wait() != 0
        assert faults(db) == []
        now = stored_files(db)
        assert [(name, outcome, cells) for name, outcome, _, cells in now] == expected[: len(now)]
        # What was done is not read again: it stands as the run left it that read it.
        assert [row for row in now[: len(done)] if row[1] != "failed"] == [
            row for row in done if row[1] != "failed"
        ]
        done = now
    assert len(done) > 5
    summary = ingest([folder], db, family=BUILT_IN, workers=0, reader=read_year)
    assert summary.known == sum(outcome != "failed" for _, outcome, _, _ in done)
    assert content(db, runs=False) == content(whole, runs=False)


def test_a_disk_that_fills_up_leaves_whole_files(folder: Path, whole: Path, tmp_path: Path) -> None:
    db = tmp_path / "full.db"
    with (
        limited_pages(pages(whole) - 20),
        pytest.raises(DatabaseError, match="the disk is full: make room"),
    ):
        ingest([folder], db, family=BUILT_IN, workers=0, reader=read_year)
    assert faults(db) == []
    done = stored_files(db)
    assert 0 < len(done) < FILES
    assert done == stored_files(whole)[: len(done)]
    ingest([folder], db, family=BUILT_IN, workers=0, reader=read_year)
    assert content(db, runs=False) == content(whole, runs=False)


def pages(db: Path) -> int:
    with contextlib.closing(sqlite3.connect(db)) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


class limited_pages:  # noqa: N801 - reads as a word in a with statement
    """Limit the pages of databases, as on a full disk."""

    def __init__(self, pages: int) -> None:
        self._pages = pages

    def __enter__(self) -> None:
        event.listen(sa.Engine, "begin", self._limit)

    def __exit__(self, *_: object) -> None:
        event.remove(sa.Engine, "begin", self._limit)

    def _limit(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self._pages}")


def test_a_database_that_becomes_read_only_raises(
    folder: Path, whole: Path, tmp_path: Path
) -> None:
    db = tmp_path / "fixed.db"
    done = 0

    def fix(connection: sa.Connection, *_: object) -> None:
        if done == 20:
            connection.exec_driver_sql("PRAGMA query_only = ON")

    def count(so_far: int, _total: int, _result: object) -> None:
        nonlocal done
        done = so_far

    event.listen(sa.Engine, "begin", fix)
    try:
        with pytest.raises(DatabaseError, match=r"fixed\.db cannot be opened or written"):
            ingest([folder], db, family=BUILT_IN, workers=0, reader=read_year, progress=count)
    finally:
        event.remove(sa.Engine, "begin", fix)
    assert faults(db) == []
    assert stored_files(db) == stored_files(whole)[:20]


@pytest.mark.parametrize("kind", ["file", "server"])
def test_two_ingests_and_a_person_who_decides_at_once_lose_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    name = str(tmp_path / "a.db")
    if kind == "server":
        name = request.getfixturevalue("postgres_url")
    db, whole = parse_location(name), tmp_path / "whole.db"
    first, more = make_folder(tmp_path / "first", 1), make_folder(tmp_path / "more", 30)
    for location, folders in ((whole, [first, more]), (db, [first])):
        ingest(folders, location, family=BUILT_IN, workers=0, reader=read_year)
    both = [start(more, name), start(more, name)]
    decided = 0
    while any(running.poll() is None for running in both):
        with DecisionStore(db, [built_in()]) as store:
            with store.transaction() as connection:
                target = find_target(connection, 1, kind="cell", key=CELL, occurrence=1)
                made = make_decision(connection, target, Answer(f"{decided}", "accepted"))
            decided += store.add([made]).added
    assert [running.wait() for running in both] == [0, 0]
    assert decided > 1
    assert rows(db, "SELECT COUNT(*) FROM decisions") == [(decided,)]
    files, cells = (
        "SELECT path, outcome FROM files ORDER BY 1",
        "SELECT agency, year, row_id, column_id, value FROM observations "
        "JOIN reports ON reports.id = report_id WHERE value IS NOT NULL ORDER BY 1, 2, 3, 4",
    )
    assert rows(db, files) == rows(whole, files)
    found, due = ([(*key, float(value)) for *key, value in rows(at, cells)] for at in (db, whole))
    assert found == due
    assert kind == "server" or faults(tmp_path / "a.db") == []


def checked(db: Path) -> int:
    return len(content(db)["check_result"])


def test_a_database_left_without_tables_is_created_again(
    folder: Path, whole: Path, tmp_path: Path
) -> None:
    db = tmp_path / "young.db"
    with contextlib.closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA user_version = 0")
    assert db.stat().st_size > 0
    ingest([folder], db, family=BUILT_IN, workers=0, reader=read_year)
    assert content(db) == content(whole)
