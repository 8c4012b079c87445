"""Effects of decisions on the stored reports: in force, out of date, in conflict, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gongkai.decisions.records import Verdict
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.model import Key, Report
from helpers.decision_scenario import (
    GRANTED,
    GRANTED_SUM,
    RECONSIDERATION_SUM,
    UPHELD,
    DecisionScenario,
    cell_row,
    check_row,
    statuses,
)
from helpers.doubtful_reports import (
    disordered,
    misread,
    printed_value,
    unproved,
    unproved_agency,
    without_agency,
    without_year,
)
from helpers.stored import rows


@pytest.fixture
def scenario(tmp_path: Path, family: Family) -> DecisionScenario:
    return DecisionScenario(tmp_path, family, misread(GRANTED))


def test_a_typed_number_is_stored_and_its_sums_pass(scenario: DecisionScenario) -> None:
    right = int(printed_value(GRANTED))
    assert cell_row(scenario.db, GRANTED) == (right + 1, "number", 1, None, None)
    assert check_row(scenario.db, GRANTED_SUM)[:2] == ("fail", "reading")
    assert statuses(scenario.db) == [("doubtful", None)]
    scenario.decide("typed", text=str(right), kind="cell", key=GRANTED)
    assert cell_row(scenario.db, GRANTED) == (right, "number", 0, "甲", right + 1)
    assert check_row(scenario.db, GRANTED_SUM) == ("pass", None, "fail", "reading", None, 1)
    assert statuses(scenario.db) == [("proved", "doubtful")]
    [(panel, decided)] = rows(scenario.db, "SELECT granted, decided_cells FROM panel_trusted")
    assert (panel, decided) == (right, 1)


def test_withdrawing_restores_what_the_machine_read(scenario: DecisionScenario) -> None:
    tables = ("observations", "checks", "reports", "panel", "applications_wide")
    before = [rows(scenario.db, f"SELECT * FROM {name}") for name in tables]
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    assert before != [rows(scenario.db, f"SELECT * FROM {name}") for name in tables]
    scenario.decide("withdrawn", kind="cell", key=GRANTED)
    assert before == [rows(scenario.db, f"SELECT * FROM {name}") for name in tables]
    assert scenario.standings() == [("甲", "typed", "superseded"), ("甲", "withdrawn", "withdrawn")]


def test_a_decision_proves_its_cell_and_the_sums_that_hold_again(
    scenario: DecisionScenario,
) -> None:
    total = Key(GRANTED.table, "total_processed", GRANTED.column)

    def proofs() -> list[Any]:
        where = "WHERE table_id = ? AND row_id = ? AND column_id = ?"
        query = f"SELECT proof FROM observations {where}"
        return [proof for key in (GRANTED, total) for (proof,) in rows(scenario.db, query, *key)]

    assert proofs() == ["text", "sight"]  # the sums with both cells fail
    scenario.decide("typed", text="999", kind="cell", key=GRANTED)
    assert proofs() == ["person", "sight"]
    scenario.decide("typed", text=str(printed_value(GRANTED)), kind="cell", key=GRANTED)
    assert proofs() == ["person", "sum"]
    scenario.decide("blank", kind="cell", key=GRANTED)
    assert proofs()[0] is None


def test_figures_of_the_text_are_compared_with_decided_cells(
    tmp_path: Path, family: Family
) -> None:
    in_force = Key("proactive_disclosure", "normative_documents", "in_force")
    scenario = DecisionScenario(tmp_path, family, misread(in_force))

    def found() -> list[Any]:
        proof = "SELECT proof FROM narrative_figures WHERE metric_id = 'normative_in_force'"
        check = "SELECT status FROM checks WHERE check_id = 'narrative.normative_in_force'"
        return [*rows(scenario.db, proof), *rows(scenario.db, check)]

    assert found() == [("text",), ("fail",)]
    scenario.decide("typed", text=str(printed_value(in_force)), kind="cell", key=in_force)
    assert found() == [("table",), ("pass",)]
    scenario.decide("withdrawn", kind="cell", key=in_force)
    assert found() == [("text",), ("fail",)]


def undecided(report: Report) -> Report:
    """Return a report with 7 = 7, of which the picture decides neither.

    No other sum has a 7, so it may be an 8 or 9 as well.
    """
    cells = (UPHELD, Key(UPHELD.table, UPHELD.row, "total"))
    made = unproved(*cells)(misread(*cells, by=6, flagged=False)(report))
    left = [replace(o, seen=False) if o.key in cells else o for o in made.observations]
    return replace(made, observations=tuple(left))


def test_deciding_another_cell_leaves_an_undecided_picture_undecided(
    tmp_path: Path, family: Family
) -> None:
    scenario = DecisionScenario(tmp_path, family, undecided)
    query = "SELECT row_id, column_id, proof, seen FROM observations ORDER BY row_id, column_id"
    before = rows(scenario.db, query)
    where = (UPHELD.row, UPHELD.column, "text", 0)
    assert where in before
    scenario.decide("accepted", kind="cell", key=GRANTED)
    assert where in rows(scenario.db, query)
    scenario.ingest(undecided)
    again = rows(scenario.db, query)
    assert where in again
    scenario.decide("withdrawn", kind="cell", key=GRANTED)
    assert rows(scenario.db, query) == before


def test_accepting_the_reading_makes_the_failure_a_print_fault(scenario: DecisionScenario) -> None:
    scenario.decide("accepted", kind="cell", key=GRANTED)
    assert cell_row(scenario.db, GRANTED)[:4] == (
        int(printed_value(GRANTED)) + 1,
        "number",
        0,
        "甲",
    )
    assert check_row(scenario.db, GRANTED_SUM)[:4] == ("fail", "print", "fail", "reading")
    assert statuses(scenario.db) == [("print_fault", "doubtful")]


def test_a_typed_number_that_fails_a_sum_must_be_confirmed(scenario: DecisionScenario) -> None:
    scenario.decide("typed", text="99", kind="cell", key=GRANTED)
    assert (
        check_row(scenario.db, GRANTED_SUM)[:2] == ("fail", "reading")
        and statuses(scenario.db)[0][0] == "doubtful"
    )
    for check_id in (GRANTED_SUM, "applications.results_sum.total"):
        scenario.decide("print_fault", kind="check", check_id=check_id)
        assert (
            check_row(scenario.db, check_id)[1] == "print"
            and check_row(scenario.db, check_id)[4] == "甲"
        )
    assert statuses(scenario.db) == [("print_fault", "doubtful")]
    # a confirmation is for these numbers only
    scenario.decide("typed", text="98", kind="cell", key=GRANTED)
    assert check_row(scenario.db, GRANTED_SUM)[1] == "reading"
    assert scenario.standings()[1:3] == [("甲", "print_fault", "changed")] * 2


@pytest.mark.parametrize(("verdict", "state"), [("blank", "blank"), ("unreadable", "unreadable")])
def test_blank_and_unreadable(scenario: DecisionScenario, verdict: Verdict, state: str) -> None:
    scenario.decide(verdict, kind="cell", key=GRANTED)
    assert cell_row(scenario.db, GRANTED)[:4] == (None, state, 0, "甲")
    assert check_row(scenario.db, GRANTED_SUM)[0] == "skipped"  # no printed number to test


def test_a_mark_is_typed_as_printed(scenario: DecisionScenario) -> None:
    scenario.decide("typed", text="/", kind="cell", key=GRANTED)
    [row] = rows(scenario.db, "SELECT state, raw_text, machine_raw_text FROM observations "
                 "WHERE decided_by IS NOT NULL")  # fmt: skip
    assert row == ("mark", "/", str(printed_value(GRANTED) + 1))
    with pytest.raises(UsageError, match="neither a number"):
        scenario.decide("typed", text="十二个", kind="cell", key=GRANTED)


def test_decisions_survive_another_ingest(scenario: DecisionScenario) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    before = rows(scenario.db, "SELECT * FROM checks")
    scenario.ingest(misread(GRANTED))
    assert cell_row(scenario.db, GRANTED) == (6, "number", 0, "甲", 7)
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
    scenario: DecisionScenario, other: Callable[[Any], Any]
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    scenario.ingest(other)
    assert cell_row(scenario.db, GRANTED)[2:] == (1, None, None)
    assert scenario.standings() == [("甲", "typed", "changed")]
    scenario.ingest(misread(GRANTED))  # the first reading again
    assert scenario.standings() == [("甲", "typed", "in_force")]


def moved(report: Any, page: int = 0, down: float = 0.0) -> Any:
    def move(o: Any) -> Any:
        box = o.box._replace(top=o.box.top + down, bottom=o.box.bottom + down)
        return replace(o, page=page or o.page, box=box)

    cells = [move(o) if o.key == GRANTED else o for o in report.observations]
    return replace(report, observations=tuple(cells))


def test_decisions_about_replaced_content_are_kept_but_not_in_force(
    scenario: DecisionScenario,
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    content = scenario.pdf.read_bytes()
    scenario.pdf.write_bytes(content + b"\n% signed")
    scenario.ingest(misread(GRANTED))
    assert cell_row(scenario.db, GRANTED)[2:] == (1, None, None)
    assert scenario.standings() == [("甲", "typed", "elsewhere")]
    scenario.pdf.write_bytes(content)
    scenario.ingest(misread(GRANTED))
    assert cell_row(scenario.db, GRANTED)[:4] == (6, "number", 0, "甲")


def test_a_conflict_lasts_until_a_person_who_saw_it_decides(scenario: DecisionScenario) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED, who="甲")
    agreeing = scenario.decide("typed", text=" 6 ", kind="cell", key=GRANTED, who="乙")
    assert not agreeing.overrules and cell_row(scenario.db, GRANTED)[:3] == (6, "number", 0)
    scenario.decide("accepted", kind="cell", key=GRANTED, who="丙")
    assert cell_row(scenario.db, GRANTED) == (7, "number", 1, None, None)
    assert {standing for _, _, standing in scenario.standings()} == {"conflict"}
    scenario.decide("typed", text="6", kind="cell", key=GRANTED, who="丁")
    assert cell_row(scenario.db, GRANTED)[:4] == (6, "number", 0, "丁")
    assert [s for _, _, s in scenario.standings()] == ["overruled"] * 3 + ["in_force"]
    # withdrawing that decision restores the conflict
    scenario.decide("withdrawn", kind="cell", key=GRANTED, who="丁")
    assert [s for _, _, s in scenario.standings()][:3] == ["conflict"] * 3


def test_the_latest_decision_of_a_person_counts(scenario: DecisionScenario) -> None:
    scenario.decide("accepted", kind="cell", key=GRANTED)
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    assert cell_row(scenario.db, GRANTED)[0] == 6
    assert [s for _, _, s in scenario.standings()] == ["superseded", "in_force"]


def test_a_print_fault_is_confirmed(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, misread(UPHELD, flagged=False))
    assert check_row(scenario.db, RECONSIDERATION_SUM)[:2] == ("fail", "reading")
    scenario.decide("print_fault", kind="check", check_id=RECONSIDERATION_SUM)
    assert check_row(scenario.db, RECONSIDERATION_SUM) == (
        "fail",
        "print",
        "fail",
        "reading",
        "甲",
        0,
    )
    assert statuses(scenario.db) == [("print_fault", "doubtful")]


def test_an_unusual_order_of_labels_is_confirmed(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, disordered(GRANTED))
    scenario.decide("accepted", kind="cell", key=GRANTED)
    assert statuses(scenario.db)[0][0] == "doubtful"
    scenario.decide("print_fault", kind="check", check_id="applications.order.labels")
    assert statuses(scenario.db) == [("print_fault", "doubtful")]


def test_an_agency_and_a_year_are_set(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, without_agency, without_year)
    scenario.decide("set", text="江苏省淮安市洪泽区教育局", kind="agency")
    scenario.decide("set", text="2021", kind="year", report=2)
    [named, dated] = rows(
        scenario.db,
        "SELECT agency, agency_name, division_code, year, panel.agency_id = machine_agency_id "
        "FROM panel JOIN reports USING (agency, year) ORDER BY reports.id",
    )
    assert named == ("教育局", "淮安市洪泽区教育局", "320813", 2022, 0)
    assert dated[3] == 2021
    scenario.ingest(without_agency, without_year)
    assert rows(scenario.db, "SELECT year FROM reports ORDER BY id") == [(2022,), (2021,)]
    scenario.decide("withdrawn", kind="agency")
    [(resolved,)] = rows(scenario.db, "SELECT resolved FROM agencies JOIN reports ON "
                         "agency_id = agencies.id WHERE agency = '教育局'")  # fmt: skip
    assert resolved == 0


def test_an_agency_that_a_person_named_is_proved(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, unproved_agency)
    heads = "SELECT status, agency, agency_proof, year_proof FROM reports"
    assert rows(scenario.db, heads) == [("doubtful", "", "text", "print")]
    scenario.decide("set", text="淮安市洪泽区教育局", kind="agency")
    [(status, agency, agency_proof, _)] = rows(scenario.db, heads)
    assert (agency, agency_proof) == ("淮安市洪泽区教育局", "person")
    assert status != "doubtful"
    scenario.decide("withdrawn", kind="agency")
    assert rows(scenario.db, heads) == [("doubtful", "", "text", "print")]
