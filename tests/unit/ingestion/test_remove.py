"""Reports are removed by report, by file, or because their files are gone, and return."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import gongkai
from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.results import Summary
from gongkai.model import Agency, Key, Report
from helpers import commands
from helpers.stored import faults, rows
from made import observation, report

BODY = Agency("320800|police", "清河市公安局")
CELL = Key("applications", "received_new", "total")


def read(path: Path, _family: Family) -> Sequence[Report]:
    """A file of two lines holds two reports: their years."""
    years = path.read_text(encoding="utf-8").split()
    cells = (observation(CELL, "12"),)
    return [report(year=int(y), agency_ref=BODY, observations=cells) for y in years]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files, one of which holds two reports."""
    place = tmp_path / "reports"
    place.mkdir()
    (place / "one.pdf").write_text("2019", encoding="utf-8")
    (place / "two.pdf").write_text("2020\n2021", encoding="utf-8")
    return place


@pytest.fixture
def db(folder: Path) -> Path:
    run(folder)
    return folder.parent / "gongkai.db"


def run(folder: Path) -> Summary:
    return ingest([folder], folder.parent / "gongkai.db", workers=0, reader=read, family=BUILT_IN)


def years(db: Path) -> list[int]:
    found = [year for (year,) in rows(db, "SELECT year FROM panel ORDER BY 1")]
    assert found == [year for (year,) in rows(db, "SELECT year FROM reports ORDER BY 1")]
    assert faults(db) == []
    return found


def test_a_dry_run_only_lists(db: Path) -> None:
    removal = gongkai.remove(db, files=["two.pdf"], dry_run=True)
    assert [(each.year, each.decisions) for each in removal.reports] == [(2020, 0), (2021, 0)]
    assert years(db) == [2019, 2020, 2021]


def test_a_file_is_removed_and_returns(db: Path, folder: Path) -> None:
    removal = gongkai.remove(db, files=[folder / "two.pdf"])
    assert removal.files == ((folder / "two.pdf").as_posix(),)
    assert years(db) == [2019]
    assert run(folder).known == 1
    assert years(db) == [2019, 2020, 2021]


def test_a_report_is_removed_and_returns_with_its_decision(
    db: Path, folder: Path, family: Family
) -> None:
    [(report_id,)] = rows(db, "SELECT id FROM reports WHERE year = 2021")
    with DecisionStore(db, [family]) as store:
        with store.transaction() as connection:
            target = find_target(connection, report_id, kind="cell", key=CELL, occurrence=1)
            decision = make_decision(connection, target, Answer("甲", "typed", "number", "9", "9"))
        store.add([decision])
    [gone] = gongkai.remove(db, reports=["清河市公安局 2020"]).reports
    assert (gone.year, gone.decisions) == (2020, 0)
    assert years(db) == [2019, 2021]
    assert rows(db, "SELECT value FROM observations WHERE decided_by = '甲'") == [(9,)]
    [gone] = gongkai.remove(db, reports=[report_id]).reports
    assert (gone.year, gone.decisions) == (2021, 1)
    assert years(db) == [2019]
    assert rows(db, "SELECT standing FROM decisions") == [("elsewhere",)]
    run(folder)
    assert years(db) == [2019, 2020, 2021]
    decided = rows(
        db,
        "SELECT year FROM observations JOIN reports ON reports.id = report_id "
        "WHERE decided_by = '甲'",
    )
    assert decided == [(2021,)]


def test_missing_files_are_named_and_removed(db: Path, folder: Path) -> None:
    (folder / "one.pdf").unlink()
    gone = ((folder / "one.pdf").as_posix(),)
    assert run(folder).gone == gone
    assert gongkai.remove(db, missing=True).files == gone
    assert years(db) == [2020, 2021]
    assert run(folder).gone == ()


def test_a_content_with_another_path_keeps_its_reports(db: Path, folder: Path) -> None:
    (folder / "copy.pdf").write_bytes((folder / "one.pdf").read_bytes())
    run(folder)
    assert gongkai.remove(db, files=["one.pdf"]).reports == ()
    assert years(db) == [2019, 2020, 2021]


def test_the_command_lists_reports_and_files_without_reports(db: Path, folder: Path) -> None:
    (folder / "copy.pdf").write_bytes((folder / "one.pdf").read_bytes())
    run(folder)
    listed = commands.run(
        folder, "remove", "--file", "two.pdf", "--file", "copy.pdf", "--db", db, "--dry-run"
    ).stdout.splitlines()
    assert [line.split()[-1] for line in listed] == [
        (folder / name).as_posix() for name in ("two.pdf", "two.pdf", "copy.pdf")
    ]


def test_what_is_not_there_is_refused(db: Path) -> None:
    with pytest.raises(UsageError, match=r"no file 'none\.pdf'"):
        gongkai.remove(db, files=["none.pdf"])
    with pytest.raises(UsageError, match="no report matches"):
        gongkai.remove(db, reports=["甲"])
