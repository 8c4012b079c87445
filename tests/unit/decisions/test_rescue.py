"""Decisions survive damage to the database: in its pages, and in the copy beside it."""

from __future__ import annotations

import contextlib
import io
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from gongkai.cli.decision_files import import_files, rescue_csv
from gongkai.cli.ingest_output import say_unknown_decisions
from gongkai.database.connection import open_for_reading, open_for_writing
from gongkai.database.locations import Server, decisions_copy
from gongkai.decisions.backup import read_copy, unknown_decisions
from gongkai.decisions.csv_io import export_decisions
from gongkai.decisions.rescue import rescue_decisions
from gongkai.decisions.store import DecisionStore
from gongkai.errors import DatabaseError, UsageError
from gongkai.families.family import Family
from helpers.decision_scenario import GRANTED, DecisionScenario
from helpers.doubtful_reports import misread
from helpers.older_schemas import UNDO_SEQUENCE

DECISIONS = 60
PAGE = 4096


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    """A database with decisions over several pages, one of them longer than a page."""
    scenario = DecisionScenario(tmp_path_factory.mktemp("decided"), family, misread(GRANTED))
    made = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    with DecisionStore(scenario.db, [family]) as store:
        more = [replace(made, who=f"{n}", why="看过印件" * (n + 1)) for n in range(DECISIONS - 2)]
        store.add([*more, replace(made, who="长", why="看" * 5_000)])
    with contextlib.closing(sqlite3.connect(scenario.db)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # so that one file holds everything
    return scenario.db


@pytest.fixture
def db(decided: Path, tmp_path: Path) -> Path:
    for path in (decided, decisions_copy(decided)):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / decided.name


def pages_of(db: Path, *names: str) -> list[int]:
    """The numbers of the pages of tables and indexes, from 1."""
    with contextlib.closing(sqlite3.connect(db)) as connection:
        try:
            marks = ", ".join("?" * len(names))
            sql = f"SELECT pageno FROM dbstat WHERE name IN ({marks}) ORDER BY pageno"
            return [number for (number,) in connection.execute(sql, names)]
        except sqlite3.OperationalError:  # this SQLite was built without dbstat
            sql = f"SELECT rootpage FROM sqlite_master WHERE name IN ({marks})"
            return [number for (number,) in connection.execute(sql, names)]


def damage(db: Path, page: int, *, start: int = 0, length: int = PAGE) -> None:
    with db.open("r+b") as file:
        file.seek((page - 1) * PAGE + start)
        file.write(b"\xa5" * length)


def test_every_decision_is_in_the_copy(db: Path) -> None:
    assert len(read_copy(decisions_copy(db))) == DECISIONS
    rescued = rescue_decisions(db)
    assert (len(rescued.decisions), rescued.in_database) == (DECISIONS, DECISIONS)
    assert not rescued.is_damaged


@pytest.mark.parametrize(
    "place", ["header", "schema", "root", "indexes", "half", "text", "short", "gone"]
)
def test_all_decisions_are_rescued_from_a_database_damaged_at(db: Path, place: str) -> None:
    expected = [d.uid for d in rescue_decisions(db).decisions]
    match place:
        case "header":
            damage(db, 1, length=100)
        case "schema":
            damage(db, 1, start=100)
        case "root":
            damage(db, pages_of(db, "decision")[0], length=8)
        case "indexes":
            for page in pages_of(db, "decision_by_file", "sqlite_autoindex_decision_1"):
                damage(db, page)
        case "half":
            for page in pages_of(db, "decision")[1::2]:
                damage(db, page)
        case "text":
            damage(db, pages_of(db, "decision")[1], start=PAGE - 600, length=20)
        case "short":
            with db.open("r+b") as file:
                file.truncate(db.stat().st_size // 2)
        case "gone":
            db.unlink()
    rescued = rescue_decisions(db)
    assert [d.uid for d in rescued.decisions] == expected


@pytest.mark.parametrize(
    ("place", "least"),
    [("header", DECISIONS), ("size", DECISIONS), ("schema", DECISIONS), ("half", 2)],
)
def test_the_pages_alone_give_decisions(db: Path, place: str, least: int) -> None:
    decisions_copy(db).unlink()
    everything = {d.uid for d in rescue_decisions(db).decisions}
    if place == "half":
        for page in pages_of(db, "decision")[2::2]:
            damage(db, page)
    else:
        start, length = {"header": (0, 100), "size": (16, 2), "schema": (100, 100)}[place]
        damage(db, 1, start=start, length=length)
    rescued = rescue_decisions(db)
    assert rescued.is_damaged
    assert least <= len(rescued.decisions) <= DECISIONS
    assert {d.uid for d in rescued.decisions} <= everything  # nothing is made up


def test_decisions_in_the_log_only_are_rescued(db: Path, family: Family) -> None:
    [*_, made] = rescue_decisions(db).decisions
    with DecisionStore(db, [family]) as store:
        store.add([replace(made, who="新", sequence=None, database_id=None)])
        killed = db.parent / "killed"
        killed.mkdir()
        for path in (db, db.with_name(f"{db.name}-wal")):
            shutil.copy(path, killed / path.name)
    damage(killed / db.name, 1)
    assert "新" in {d.who for d in rescue_decisions(killed / db.name).decisions}


@pytest.mark.parametrize("is_damaged", [False, True])
def test_an_older_schema_is_rescued(db: Path, is_damaged: bool) -> None:
    decisions_copy(db).unlink()
    plain = [replace(d, sequence=None, database_id=None) for d in rescue_decisions(db).decisions]
    with contextlib.closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("DROP VIEW decisions")
        for number, each in enumerate(plain, 1):  # digests of that version have no number
            connection.execute("UPDATE decision SET uid = ? WHERE id = ?", (each.uid, number))
        for statement in UNDO_SEQUENCE:
            connection.execute(statement)
    if is_damaged:
        damage(db, 1)
    assert {d.uid for d in rescue_decisions(db).decisions} == {d.uid for d in plain}


def test_messages_say_how_to_rescue_and_the_way_works(
    db: Path, tmp_path: Path, family: Family, capsys: pytest.CaptureFixture[str]
) -> None:
    before = io.StringIO()
    export_decisions(db, before)
    for start in (100, 0):  # the schema, then the header, too
        damage(db, 1, start=start, length=100)
        for opening in (open_for_reading, open_for_writing):
            with pytest.raises(DatabaseError, match=r"is damaged: keep it.*decisions rescue --db"):
                opening(db)
    rescue_csv(db, tmp_path / "decisions.csv")
    assert f"{DECISIONS} decisions" in capsys.readouterr().err
    (tmp_path / "new").mkdir()
    new = DecisionScenario(tmp_path / "new", family, misread(GRANTED))
    import_files([tmp_path / "decisions.csv"], new.db, None)
    after = io.StringIO()
    export_decisions(new.db, after)
    assert after.getvalue() == before.getvalue()
    import_files([decisions_copy(db)], new.db, None)  # the copy itself is as good
    assert f"0 decisions added, {DECISIONS} known" in capsys.readouterr().out


def test_the_copy_goes_on_after_a_line_that_was_cut_off(db: Path, family: Family) -> None:
    copy = decisions_copy(db)
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-50])
    with DecisionStore(db, [family]):
        pass
    assert len(read_copy(copy)) == DECISIONS
    assert copy.read_bytes().startswith(whole[:-50])  # it is only appended to
    size = copy.stat().st_size
    with DecisionStore(db, [family]) as store:
        store.add([])
    assert copy.stat().st_size == size


def test_the_copy_goes_on_beside_an_older_database(db: Path, family: Family) -> None:
    """As when a backup of the database was restored: its next row has a number used before."""
    [*_, made] = rescue_decisions(db).decisions
    with contextlib.closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("DELETE FROM decision_standing WHERE decision_id > 9")
        connection.execute("DELETE FROM decision WHERE id > 9")
    with DecisionStore(db, [family]) as store:
        store.add([replace(made, who="新", sequence=None, database_id=None)])
    assert len(read_copy(decisions_copy(db))) == DECISIONS + 1


def test_a_copy_that_cannot_be_written_does_not_lose_the_decision(db: Path, family: Family) -> None:
    copy = decisions_copy(db)
    copy.unlink()
    copy.mkdir()
    [*_, made] = rescue_decisions(db).decisions
    with DecisionStore(db, [family]) as store:
        result = store.add([replace(made, who="新", sequence=None, database_id=None)])
        assert result.added == 1 and "cannot be written" in (store.copy_failure or "")
        copy.rmdir()
        store.add([])
        assert store.copy_failure is None
    assert len(read_copy(copy)) == DECISIONS + 1


def test_a_database_made_anew_beside_its_copy_gets_the_decisions_back(
    db: Path, tmp_path: Path, family: Family, capsys: pytest.CaptureFixture[str]
) -> None:
    say_unknown_decisions(db)
    assert capsys.readouterr().err == ""
    db.unlink()
    new = DecisionScenario(tmp_path, family, misread(GRANTED))
    assert new.db == db
    say_unknown_decisions(db)
    assert f"{DECISIONS} decisions in {decisions_copy(db)} are not in" in capsys.readouterr().err
    import_files([decisions_copy(db)], db, None)
    assert unknown_decisions(db) == 0
    assert len(read_copy(decisions_copy(db))) == DECISIONS


def test_what_cannot_be_rescued_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        rescue_decisions(tmp_path / "none.db")
    with pytest.raises(UsageError, match="restore the server's backup"):
        rescue_decisions(Server("postgresql://host/database"))
