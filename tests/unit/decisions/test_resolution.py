"""The standing of several decisions on one target, and the one in force."""

from __future__ import annotations

import pytest

from gongkai.decisions.records import DECISION_COLUMNS, Decision, Standing
from gongkai.decisions.resolution import resolve_decisions


def decision(who: str, value: str, *, verdict: str = "typed", overrules: bool = False) -> Decision:
    """Return a decision on one cell that the machine read as 7."""
    fields: dict[str, object] = dict.fromkeys(DECISION_COLUMNS)
    fields |= {
        "who": who,
        "at": "2026-01-01T00:00:00+00:00",
        "file_sha256": "0" * 64,
        "file_name": "report.pdf",
        "report_number": 1,
        "kind": "cell",
        "read_state": "number",
        "read_value": "7",
        "verdict": verdict,
        "state": "number",
        "value": value,
        "overrules": overrules,
    }
    return Decision(**fields)  # type: ignore[arg-type]


def standings(
    *decisions: Decision, changed: tuple[str, ...] = ()
) -> tuple[list[Standing], int | None]:
    """Return the standings, and the number of the decision in force, from 1."""
    records = list(enumerate(decisions, 1))
    resolution = resolve_decisions(records, lambda d: d.who not in changed)
    return list(resolution.standings), resolution.decision_id


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([("甲", "6")], (["in_force"], 1)),
        ([("甲", "6"), ("甲", "8")], (["superseded", "in_force"], 2)),
        ([("甲", "6"), ("乙", "6")], (["in_force", "in_force"], 2)),
        ([("甲", "6"), ("乙", "8")], (["conflict", "conflict"], None)),
        ([("甲", "6"), ("乙", "8"), ("乙", "6")], (["in_force", "superseded", "in_force"], 3)),
    ],
)
def test_only_the_latest_decision_of_each_person_counts(
    decisions: list[tuple[str, str]], expected: tuple[list[Standing], int | None]
) -> None:
    assert standings(*(decision(who, value) for who, value in decisions)) == expected


def test_a_person_who_overrules_ends_a_conflict() -> None:
    ruling = decision("丙", "6", overrules=True)
    found = standings(decision("甲", "6"), decision("乙", "8"), ruling)
    assert found == (["overruled", "overruled", "in_force"], 3)
    withdrawn = decision("丙", "6", verdict="withdrawn")
    found = standings(decision("甲", "6"), decision("乙", "8"), ruling, withdrawn)
    assert found == (["conflict", "conflict", "superseded", "withdrawn"], None)


def test_a_decision_on_another_reading_is_changed() -> None:
    found = standings(decision("甲", "6"), decision("乙", "8"), changed=("乙",))
    assert found == (["in_force", "changed"], 1)


def test_accepting_concludes_what_the_machine_read() -> None:
    accepted = decision("甲", "7", verdict="accepted")
    assert accepted.agrees_with_machine and accepted.conclusion == ("number", "7")
    assert not decision("甲", "6").agrees_with_machine
    assert standings(accepted, decision("乙", "7"))[1] == 2  # both say 7: no conflict


def test_no_decisions() -> None:
    assert standings() == ([], None)


def test_the_uid_depends_on_every_field() -> None:
    assert decision("甲", "6").uid == decision("甲", "6").uid
    assert len({decision("甲", "6").uid, decision("乙", "6").uid, decision("甲", "8").uid}) == 3
