"""Adding decisions to a database, and making them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import find_report_id, find_target, make_decision
from gongkai.decisions.queries import latest_decision, read_report_state
from gongkai.decisions.records import Target
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from helpers.decision_scenario import GRANTED, GRANTED_SUM, DecisionScenario
from helpers.doubtful_reports import misread, printed_value


@pytest.fixture
def scenario(tmp_path: Path, family: Family) -> DecisionScenario:
    return DecisionScenario(tmp_path, family, misread(GRANTED))


def test_decisions_on_other_files_are_stored(scenario: DecisionScenario, family: Family) -> None:
    made = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    with DecisionStore(scenario.db, [family]) as store:
        result = store.add(
            [
                dataclasses.replace(made, file_sha256="0" * 64),
                dataclasses.replace(made, report_number=9),
            ]
        )
    assert (result.added, result.elsewhere) == (2, 2)
    assert sorted(s for _, _, s in scenario.standings()) == ["elsewhere", "elsewhere", "in_force"]


def test_a_database_must_exist(tmp_path: Path, family: Family) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        DecisionStore(tmp_path / "none.db", [family])


def test_decisions_of_another_family_are_refused(
    scenario: DecisionScenario, family: Family
) -> None:
    decision = scenario.decide("accepted", kind="cell", key=GRANTED)
    other = dataclasses.replace(
        family, settings=family.settings.model_copy(update={"name": "some-other"})
    )
    with (
        DecisionStore(scenario.db, [other]) as store,
        pytest.raises(UsageError, match="of the family 'ogi-annual-report'"),
    ):
        store.add([dataclasses.replace(decision, who="乙")])


def test_a_decision_records_what_the_machine_read(scenario: DecisionScenario) -> None:
    read = str(printed_value(GRANTED) + 1)
    first = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    # the basis is what the machine read, although another decision is in force
    second = scenario.decide("typed", text="8", kind="cell", key=GRANTED, who="乙")
    for decision in (first, second):
        assert (decision.read_state, decision.read_value) == ("number", read)
        assert decision.page is not None and decision.box is not None
    confirmed = scenario.decide("print_fault", kind="check", check_id=GRANTED_SUM)
    assert confirmed.read_text is not None and "≠" in confirmed.read_text


def test_a_target_that_is_not_stored_is_refused(scenario: DecisionScenario, family: Family) -> None:
    with DecisionStore(scenario.db, [family]) as store, store.transaction() as connection:
        with pytest.raises(UsageError, match="no report 99"):
            find_target(connection, 99, kind="year")
        with pytest.raises(UsageError, match="not in this database any more"):
            find_report_id(connection, Target("0" * 64, family.name, 1, "year"))
        missing = find_target(connection, 1, kind="check", check_id="applications.none")
        with pytest.raises(UsageError, match="has no check"):
            make_decision(connection, missing, Answer("甲", "print_fault"))
        missing = find_target(
            connection, 1, kind="cell", key=GRANTED._replace(row="none"), occurrence=1
        )
        with pytest.raises(UsageError, match="has no cell"):
            make_decision(connection, missing, Answer("甲", "accepted"))


def test_the_latest_decision_of_a_person(scenario: DecisionScenario, family: Family) -> None:
    first = scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    with DecisionStore(scenario.db, [family]) as store, store.transaction() as connection:
        latest = latest_decision(connection, "甲", first.target)
        assert latest is not None and latest.sequence == 1
        assert dataclasses.replace(latest, sequence=None, database_id=None) == first
        assert latest_decision(connection, "乙", first.target) is None
    scenario.decide("withdrawn", kind="cell", key=GRANTED)
    with DecisionStore(scenario.db, [family]) as store, store.transaction() as connection:
        assert latest_decision(connection, "甲", first.target) is None


def test_the_state_of_a_report(scenario: DecisionScenario, family: Family) -> None:
    with DecisionStore(scenario.db, [family]) as store, store.transaction() as connection:
        state = read_report_state(connection, 1)
        assert state is not None and state.status == "doubtful"
        assert state.checks[GRANTED_SUM] == ("fail", "reading")
        assert read_report_state(connection, 99) is None
