"""Decisions are ordered by the sequence of their databases, whatever the clocks said."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gongkai.decisions import factory
from gongkai.decisions.csv_io import export_decisions, parse_decisions
from gongkai.decisions.records import Decision
from gongkai.decisions.store import AddedDecisions, DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.review import session as reviewing
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk
from gongkai.review.form import ReviewForm
from gongkai.review.session import QueueFilter, ReviewSession
from helpers.decision_scenario import GRANTED, DecisionScenario, cell_row
from helpers.doubtful_reports import misread
from helpers.stored import rows


@pytest.fixture
def scenario(tmp_path: Path, family: Family) -> DecisionScenario:
    return DecisionScenario(tmp_path, family, misread(GRANTED))


@pytest.fixture
def other(tmp_path: Path, family: Family) -> DecisionScenario:
    """The same reports in another database, with an identity of its own."""
    (tmp_path / "other").mkdir()
    other = DecisionScenario(tmp_path / "other", family, misread(GRANTED))
    with contextlib.closing(sqlite3.connect(other.db)) as connection, connection:
        connection.execute("UPDATE gongkai_meta SET value = 'other' WHERE name = 'database_id'")
    return other


def at(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """Set the clock of new decisions, in hours from now."""
    time = (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="microseconds")
    for module in (factory, reviewing):
        monkeypatch.setattr(module, "utc_now", lambda: time)


def exported(db: Path) -> str:
    out = io.StringIO()
    export_decisions(db, out)
    return out.getvalue()


def add(to: DecisionScenario, csv: str) -> AddedDecisions:
    with DecisionStore(to.db, [to.family]) as store:
        return store.add(parse_decisions(io.StringIO(csv), "decisions.csv"))


def values(scenario: DecisionScenario) -> list[str]:
    found = rows(scenario.db, "SELECT value FROM decisions WHERE standing = 'in_force'")
    return [value for (value,) in found]


def test_a_correction_counts_although_the_clock_was_ahead(
    scenario: DecisionScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 20)
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    at(monkeypatch, 0)
    scenario.decide("typed", text="8", kind="cell", key=GRANTED)
    assert values(scenario) == ["8"] and cell_row(scenario.db, GRANTED)[0] == 8
    scenario.decide("withdrawn", kind="cell", key=GRANTED)
    assert cell_row(scenario.db, GRANTED)[3] is None


@pytest.mark.parametrize("hours", [20, 0])
def test_undo_counts_although_the_clock_was_ahead_or_stands_still(
    scenario: DecisionScenario, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    at(monkeypatch, hours)
    with DecisionStore(scenario.db, [scenario.family]) as store:
        session = ReviewSession(ReviewDesk(store, CropRenderer(scenario.db.parent)), "甲")
        [item, *_] = session.queue(QueueFilter(kind="cell"))
        for text in ("6", "8"):
            session.decide(item, ReviewForm("typed", text=text))
        at(monkeypatch, 0)
        for left in (["6"], []):
            undone = session.undo()
            assert undone is not None and undone.item_id == item.id
            assert values(scenario) == left


def test_undo_says_so_where_the_report_is_gone(scenario: DecisionScenario) -> None:
    with DecisionStore(scenario.db, [scenario.family]) as store:
        session = ReviewSession(ReviewDesk(store, CropRenderer(scenario.db.parent)), "甲")
        [item, *_] = session.queue(QueueFilter(kind="cell"))
        session.decide(item, ReviewForm("typed", text="6"))
        with store.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM report")
        with pytest.raises(UsageError, match="not in this database any more"):
            session.undo()
        assert session.undo() is None


def test_databases_that_exchange_decisions_agree(
    scenario: DecisionScenario, other: DecisionScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 20)
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    add(other, exported(scenario.db))
    at(monkeypatch, -20)
    other.decide("typed", text="8", kind="cell", key=GRANTED)  # the author saw the first one
    assert add(scenario, exported(other.db)).added == 1
    assert values(scenario) == values(other) == ["8"]
    assert exported(scenario.db) == exported(other.db)
    scenario.decide("typed", text="9", kind="cell", key=GRANTED)
    assert rows(scenario.db, "SELECT sequence, value FROM decisions ORDER BY sequence") == [
        (1, "6"), (2, "8"), (3, "9"),
    ]  # fmt: skip


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59+00:00", "2999-01-01T00:00:00+08:00"])
def test_a_time_far_ahead_is_refused(
    scenario: DecisionScenario, other: DecisionScenario, time: str
) -> None:
    made = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    csv = without_uids(exported(scenario.db), {made.at: time})
    with pytest.raises(UsageError, match=r"甲 on report\.pdf is dated \d{4}-.*: set the clock"):
        add(other, csv)
    assert values(other) == []


def test_an_earlier_time_with_a_later_wall_clock_does_not_win(
    scenario: DecisionScenario, other: DecisionScenario
) -> None:
    """Times are not compared as text: 23:00+08:00 is before 16:00 UTC, and neither counts."""
    made = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    local = "2026-01-01T23:00:00+08:00"
    assert add(other, without_uids(exported(scenario.db), {made.at: local})).added == 1
    assert rows(other.db, "SELECT at FROM decisions") == [("2026-01-01T15:00:00.000000+00:00",)]
    other.decide("typed", text="8", kind="cell", key=GRANTED)
    assert values(other) == ["8"]
    again = add(other, without_uids(exported(scenario.db), {made.at: local}))
    assert (again.added, again.already_known) == (0, 1)


def without_uids(csv: str, changes: dict[str, str]) -> str:
    """Change an export by hand, as its messages say: change the text and empty the uid."""
    for old, new in changes.items():
        csv = csv.replace(old, new)
    return "\n".join(line.rpartition(",")[0] + "," if n else line
                     for n, line in enumerate(csv.splitlines())) + "\n"  # fmt: skip


def test_a_file_of_an_earlier_version_is_imported_once(
    scenario: DecisionScenario, other: DecisionScenario
) -> None:
    made = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    old = _as_earlier_version(exported(scenario.db), made)
    assert add(other, old).added == 1
    assert add(other, old).already_known == 1
    [(sequence, database_id)] = rows(other.db, "SELECT sequence, database_id FROM decisions")
    assert (sequence, database_id) == (1, "none")
    add(scenario, exported(other.db))  # keeps its number there
    other.decide("typed", text="8", kind="cell", key=GRANTED)
    assert values(other) == ["8"]


def _as_earlier_version(csv: str, made: Decision) -> str:
    """An export as it was before decisions had numbers."""
    header, line = (row.split(",") for row in csv.splitlines())
    kept = [n for n, name in enumerate(header) if name not in ("sequence", "database_id")]
    line[-1] = dataclasses.replace(made, sequence=None, database_id=None).uid
    return "".join(",".join(row[n] for n in kept) + "\n" for row in (header, line))


def test_a_number_out_of_range_is_refused(scenario: DecisionScenario) -> None:
    made = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    huge = dataclasses.replace(made, sequence=2**60, database_id="x")
    [header, line] = exported(scenario.db).splitlines()
    uid = rows(scenario.db, "SELECT uid FROM decisions")[0][0]
    own = rows(scenario.db, "SELECT database_id FROM decisions")[0][0]
    line = line.replace(f",1,{own},", f",{2**60},x,").replace(uid, huge.uid)
    with pytest.raises(UsageError, match="line 2: sequence cannot be"):
        parse_decisions(io.StringIO(f"{header}\n{line}\n"), "decisions.csv")
