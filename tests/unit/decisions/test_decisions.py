"""Effects of decisions on the database: in force, out of date, in conflict, withdrawn."""

from __future__ import annotations

import dataclasses
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gongkai.decisions.answers import Answer, AnswerParser
from gongkai.decisions.csv_io import export_decisions, parse_decisions
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.records import Decision, Verdict
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.ingestion.batch import ingest
from gongkai.model import Key
from helpers import doubtful_reports
from helpers.doubtful_reports import (
    cell_key,
    disordered,
    misread,
    printed_value,
    without_agency,
    without_year,
)
from helpers.stored import rows

GRANTED = cell_key("applications", "granted")
UPHELD = cell_key("review_litigation", "reconsideration", "upheld")
SUM = "applications.row_total.granted"
REVIEW = "review_litigation.row_total.reconsideration"


def value(db: Path, cell: Key, report: int = 1) -> tuple[Any, ...]:
    """Return value, state and flag of a cell, who decided it, and what the machine had read."""
    [row] = rows(
        db,
        "SELECT value, state, flagged, decided_by, machine_value FROM observations "
        "WHERE report_id = ? AND table_id = ? AND row_id = ? AND column_id = ?",
        report, *cell,
    )  # fmt: skip
    return row


def check(db: Path, check_id: str) -> tuple[Any, ...]:
    [row] = rows(
        db,
        "SELECT status, cause, machine_status, machine_cause, decided_by, decided_cells "
        "FROM checks WHERE check_id = ?",
        check_id,
    )
    return row


def statuses(db: Path) -> list[tuple[Any, ...]]:
    return rows(db, "SELECT status, machine_status FROM reports ORDER BY id")


class Scenario:
    """A database of doubtful reports, and people who decide about them."""

    def __init__(self, folder: Path, family: Family, *changes: doubtful_reports.Change) -> None:
        self.db = folder / "doubts.db"
        self.pdf = folder / "report.pdf"
        self.family = family
        shutil.copy(doubtful_reports.PDF, self.pdf)
        self.read(*changes)

    def read(self, *changes: doubtful_reports.Change) -> None:
        """Ingest the file again, with these changes of what was read."""
        ingest([self.pdf], self.db, workers=0, force=True, reader=doubtful_reports.reader(*changes))

    def decide(
        self, verdict: Verdict, *, who: str = "甲", report: int = 1, text: str = "", **what: Any
    ) -> Decision:
        with DecisionStore(self.db, self.family) as store:
            state = value = None
            if verdict == "typed":
                verdict, state, value, text = AnswerParser(self.family).parse_cell(text)
            elif verdict in ("blank", "unreadable"):
                state = verdict
            elif what["kind"] == "year":
                value = text
            with store.transaction() as connection:
                ids = [
                    r for (r,) in connection.exec_driver_sql("SELECT id FROM report ORDER BY id")
                ]
                if what["kind"] == "cell":
                    what["occurrence"] = 1
                target = find_target(connection, ids[report - 1], **what)
                made = make_decision(
                    connection, target, Answer(who, verdict, state, value, text, "看过印件")
                )
            store.add([made])
            return made

    def standings(self) -> list[tuple[Any, ...]]:
        return rows(self.db, "SELECT who, verdict, standing FROM decisions ORDER BY at")


@pytest.fixture
def scenario(tmp_path: Path, family: Family) -> Scenario:
    return Scenario(tmp_path, family, misread(GRANTED))


def test_a_typed_number_is_stored_and_its_sums_pass(scenario: Scenario) -> None:
    right = int(printed_value(GRANTED))
    assert value(scenario.db, GRANTED) == (right + 1, "number", 1, None, None)
    assert check(scenario.db, SUM)[:2] == ("fail", "reading")
    assert statuses(scenario.db) == [("doubtful", None)]
    scenario.decide("typed", text=str(right), kind="cell", key=GRANTED)
    assert value(scenario.db, GRANTED) == (right, "number", 0, "甲", right + 1)
    assert check(scenario.db, SUM) == ("pass", None, "fail", "reading", None, 1)
    assert statuses(scenario.db) == [("proved", "doubtful")]
    [(panel, decided)] = rows(scenario.db, "SELECT granted, decided_cells FROM panel_trusted")
    assert (panel, decided) == (right, 1)


def test_withdrawing_restores_what_the_machine_read(scenario: Scenario) -> None:
    tables = ("observations", "checks", "reports", "panel", "applications_wide")
    before = [rows(scenario.db, f"SELECT * FROM {name}") for name in tables]
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    assert before != [rows(scenario.db, f"SELECT * FROM {name}") for name in tables]
    scenario.decide("withdrawn", kind="cell", key=GRANTED)
    assert before == [rows(scenario.db, f"SELECT * FROM {name}") for name in tables]
    assert scenario.standings() == [("甲", "typed", "superseded"), ("甲", "withdrawn", "withdrawn")]


def test_accepting_the_reading_makes_the_failure_a_print_fault(scenario: Scenario) -> None:
    scenario.decide("accepted", kind="cell", key=GRANTED)
    assert value(scenario.db, GRANTED)[:4] == (int(printed_value(GRANTED)) + 1, "number", 0, "甲")
    assert check(scenario.db, SUM)[:4] == ("fail", "print", "fail", "reading")
    assert statuses(scenario.db) == [("print_fault", "doubtful")]


def test_a_typed_number_that_fails_a_sum_must_be_confirmed(scenario: Scenario) -> None:
    scenario.decide("typed", text="99", kind="cell", key=GRANTED)
    assert (
        check(scenario.db, SUM)[:2] == ("fail", "reading")
        and statuses(scenario.db)[0][0] == "doubtful"
    )
    for check_id in (SUM, "applications.results_sum.total"):
        scenario.decide("print_fault", kind="check", check_id=check_id)
        assert (
            check(scenario.db, check_id)[1] == "print" and check(scenario.db, check_id)[4] == "甲"
        )
    assert statuses(scenario.db) == [("print_fault", "doubtful")]
    # a confirmation is for these numbers only
    scenario.decide("typed", text="98", kind="cell", key=GRANTED)
    assert check(scenario.db, SUM)[1] == "reading"
    assert scenario.standings()[1:3] == [("甲", "print_fault", "changed")] * 2


@pytest.mark.parametrize(("verdict", "state"), [("blank", "blank"), ("unreadable", "unreadable")])
def test_blank_and_unreadable(scenario: Scenario, verdict: Verdict, state: str) -> None:
    scenario.decide(verdict, kind="cell", key=GRANTED)
    assert value(scenario.db, GRANTED)[:4] == (None, state, 0, "甲")
    assert check(scenario.db, SUM)[0] == "skipped"  # no printed number to test


def test_a_mark_is_typed_as_printed(scenario: Scenario) -> None:
    scenario.decide("typed", text="/", kind="cell", key=GRANTED)
    [row] = rows(scenario.db, "SELECT state, raw_text, machine_raw_text FROM observations "
                 "WHERE decided_by IS NOT NULL")  # fmt: skip
    assert row == ("mark", "/", str(printed_value(GRANTED) + 1))
    with pytest.raises(UsageError, match="不是一个数"):
        scenario.decide("typed", text="十二个", kind="cell", key=GRANTED)


def test_decisions_survive_another_ingest(scenario: Scenario) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    before = rows(scenario.db, "SELECT * FROM checks")
    scenario.read(misread(GRANTED))
    assert value(scenario.db, GRANTED) == (6, "number", 0, "甲", 7)
    assert statuses(scenario.db) == [("proved", "doubtful")]
    assert rows(scenario.db, "SELECT * FROM checks") == before


@pytest.mark.parametrize(
    "other",
    [
        misread(GRANTED, by=5),
        lambda report: moved(misread(GRANTED)(report), page=1),
        lambda report: moved(misread(GRANTED)(report), down=40.0),
    ],
    ids=["another value", "another page", "another place"],
)
def test_a_decision_is_out_of_date_where_the_reading_changed(
    scenario: Scenario, other: Callable[[Any], Any]
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    scenario.read(other)
    assert value(scenario.db, GRANTED)[2:] == (1, None, None)
    assert scenario.standings() == [("甲", "typed", "changed")]
    scenario.read(misread(GRANTED))  # the first reading again
    assert scenario.standings() == [("甲", "typed", "in_force")]


def moved(report: Any, page: int = 0, down: float = 0.0) -> Any:
    def move(o: Any) -> Any:
        box = o.box._replace(top=o.box.top + down, bottom=o.box.bottom + down)
        return replace(o, page=page or o.page, box=box)

    cells = [move(o) if o.key == GRANTED else o for o in report.observations]
    return replace(report, observations=tuple(cells))


def test_decisions_about_replaced_content_are_kept_but_not_in_force(scenario: Scenario) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    content = scenario.pdf.read_bytes()
    scenario.pdf.write_bytes(content + b"\n% signed")
    scenario.read(misread(GRANTED))
    assert value(scenario.db, GRANTED)[2:] == (1, None, None)
    assert scenario.standings() == [("甲", "typed", "elsewhere")]
    scenario.pdf.write_bytes(content)
    scenario.read(misread(GRANTED))
    assert value(scenario.db, GRANTED)[:4] == (6, "number", 0, "甲")


def test_a_conflict_lasts_until_a_person_who_saw_it_decides(scenario: Scenario) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED, who="甲")
    agreeing = scenario.decide("typed", text=" 6 ", kind="cell", key=GRANTED, who="乙")
    assert not agreeing.overrules and value(scenario.db, GRANTED)[:3] == (6, "number", 0)
    scenario.decide("accepted", kind="cell", key=GRANTED, who="丙")
    assert value(scenario.db, GRANTED) == (7, "number", 1, None, None)
    assert {standing for _, _, standing in scenario.standings()} == {"conflict"}
    scenario.decide("typed", text="6", kind="cell", key=GRANTED, who="丁")
    assert value(scenario.db, GRANTED)[:4] == (6, "number", 0, "丁")
    assert [s for _, _, s in scenario.standings()] == ["overruled"] * 3 + ["in_force"]
    # withdrawing that decision restores the conflict
    scenario.decide("withdrawn", kind="cell", key=GRANTED, who="丁")
    assert [s for _, _, s in scenario.standings()][:3] == ["conflict"] * 3


def test_the_latest_decision_of_a_person_counts(scenario: Scenario) -> None:
    scenario.decide("accepted", kind="cell", key=GRANTED)
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    assert value(scenario.db, GRANTED)[0] == 6
    assert [s for _, _, s in scenario.standings()] == ["superseded", "in_force"]


def test_a_print_fault_is_confirmed(tmp_path: Path, family: Family) -> None:
    scenario = Scenario(tmp_path, family, misread(UPHELD, flagged=False))
    assert check(scenario.db, REVIEW)[:2] == ("fail", "reading")
    scenario.decide("print_fault", kind="check", check_id=REVIEW)
    assert check(scenario.db, REVIEW) == ("fail", "print", "fail", "reading", "甲", 0)
    assert statuses(scenario.db) == [("print_fault", "doubtful")]


def test_an_unusual_order_of_labels_is_confirmed(tmp_path: Path, family: Family) -> None:
    scenario = Scenario(tmp_path, family, disordered(GRANTED))
    scenario.decide("accepted", kind="cell", key=GRANTED)
    assert statuses(scenario.db)[0][0] == "doubtful"
    scenario.decide("print_fault", kind="check", check_id="applications.order.labels")
    assert statuses(scenario.db) == [("print_fault", "doubtful")]


def test_an_agency_and_a_year_are_set(tmp_path: Path, family: Family) -> None:
    scenario = Scenario(tmp_path, family, without_agency, without_year)
    scenario.decide("set", text="江苏省淮安市洪泽区教育局", kind="agency")
    scenario.decide("set", text="2021", kind="year", report=2)
    [named, dated] = rows(
        scenario.db,
        "SELECT agency, agency_name, division_code, year, panel.agency_id = machine_agency_id "
        "FROM panel JOIN reports USING (agency, year) ORDER BY reports.id",
    )
    assert named == ("教育局", "淮安市洪泽区教育局", "320813", 2022, 0)
    assert dated[3] == 2021
    scenario.read(without_agency, without_year)
    assert rows(scenario.db, "SELECT year FROM reports ORDER BY id") == [(2022,), (2021,)]
    scenario.decide("withdrawn", kind="agency")
    [(resolved,)] = rows(scenario.db, "SELECT resolved FROM agencies JOIN reports ON "
                         "agency_id = agencies.id WHERE agency = '教育局'")  # fmt: skip
    assert resolved == 0


def test_csv_moves_decisions_without_loss(
    scenario: Scenario, tmp_path: Path, family: Family
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    scenario.decide("accepted", kind="cell", key=GRANTED, who='=HYPERLINK("http://x")')
    out = io.StringIO()
    assert export_decisions(scenario.db, out) == 2
    assert "'=HYPERLINK" in out.getvalue() and ",=HYPERLINK" not in out.getvalue()
    (tmp_path / "other").mkdir()
    other = Scenario(tmp_path / "other", family, misread(GRANTED))
    moved = parse_decisions(io.StringIO(out.getvalue()), "decisions.csv")
    with DecisionStore(other.db, family) as store:
        result = store.add(moved)
        assert (result.added, result.already_known, result.elsewhere, result.conflicts) == (
            2,
            0,
            0,
            2,
        )
        again = store.add(moved)
        assert (again.added, again.already_known) == (0, 2)
    assert other.standings() == scenario.standings()
    back = io.StringIO()
    export_decisions(other.db, back)
    assert back.getvalue() == out.getvalue()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("typed", "guessed"), "line 2: verdict is one of"),
        (lambda text: text.replace("who,", "whom,"), "lacks who"),
        (lambda text: text.replace("看过印件", "没看过"), "changed since it was exported"),
        (lambda text: text.replace("甲", ""), "line 2: who is empty"),
        (lambda text: text.rstrip()[:-40], "not as many cells"),
        (lambda text: text.replace("+00:00", ""), "line 2: at cannot be"),
    ],
)
def test_a_malformed_csv_is_refused(
    scenario: Scenario, change: Callable[[str], str], message: str
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    out = io.StringIO()
    export_decisions(scenario.db, out)
    with pytest.raises(UsageError, match=message):
        parse_decisions(io.StringIO(change(out.getvalue())), "decisions.csv")


def test_decisions_on_other_files_are_stored(scenario: Scenario, family: Family) -> None:
    made = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    with DecisionStore(scenario.db, family) as store:
        result = store.add(
            [
                dataclasses.replace(made, file_sha256="0" * 64),
                dataclasses.replace(made, report_number=9),
            ]
        )
    assert (result.added, result.elsewhere) == (2, 2)
    assert sorted(s for _, _, s in scenario.standings()) == ["elsewhere", "elsewhere", "in_force"]
