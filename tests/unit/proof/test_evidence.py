"""What is proved about a cell, and which cells a person should look at."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Box, Check, Key, Report
from gongkai.proof import describe
from gongkai.proof.evidence import Evidence, weigh
from gongkai.queries.origins import trace
from made import SUM_CELLS, observation, report

TABLE = "applications"
FIVE = ("natural_person", "commercial_enterprise", "total")


def row(name: str, *texts: str, page: int = 2, **changes: object) -> list[object]:
    return [
        observation(Key(TABLE, name, column), text, page=page, **changes)
        for column, text in zip(FIVE, texts, strict=True)
    ]


def check(name: str, status: str, cells: object, **changes: object) -> Check:
    made = {"severity": "must", "message": f"{name}的一句话。", **changes}
    table, rule, *place = name.split(".")
    return Check(table, rule, ".".join(place), status, cells=tuple(cells), **made)  # type: ignore[arg-type]


def keys(name: str) -> tuple[Key, ...]:
    return tuple(Key(TABLE, name, column) for column in FIVE)


def weighed(tmp_path: Path, family: Family, *reports: Report) -> Evidence:
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "ab" * 32, "loaded", None, reports)
    return weigh(*trace(path, "1"), family)


@pytest.fixture
def evidence(tmp_path: Path, family: Family) -> Evidence:
    """Rows by what is known about them."""
    fees = Key("proactive_disclosure", "administrative_fees", "fees_collected")
    cells = [
        *row("received_new", "7", "5", "12"),  # its sum holds
        *row("granted", "3", "1", "5"),  # its sum fails, and the total is to blame
        *row("carried_over_in", "2", "0", "2", flagged=True, doubt="看不清"),
        *row("carried_over_out", "1", "0", "1"),  # only an inequality goes over it
        observation(fees, "3.5", page=1, box=Box(1, 2, 3, 4)),  # no check at all
        observation(SUM_CELLS[0], "", raw_text="a9", state="unreadable", page=3),
    ]
    checks = [
        check("applications.row_total.received_new", "pass", keys("received_new")),
        check(
            "narrative.applications_received", "fail", keys("received_new")[2:], severity="usually"
        ),
        check("applications.carry_limit.total", "pass", keys("carried_over_out")),
        check("applications.row_total.carried_over_in", "pass", keys("carried_over_in")),
        check(
            "applications.row_total.granted",
            "fail",
            keys("granted"),
            suspects=keys("granted")[2:],
            cause="print",
        ),
    ]
    return weighed(
        tmp_path, family, report(observations=tuple(cells), checks=tuple(checks), problems=())
    )


def test_verdicts(evidence: Evidence) -> None:
    found = {str(cell.observation.key): cell.verdict for cell in evidence.cells}
    assert {name: found[f"{TABLE}.{name}.total"] for name in
            ("received_new", "granted", "carried_over_in", "carried_over_out")} == {
        "received_new": "proved",
        "granted": "fail",
        "carried_over_in": "doubt",  # though its sum holds
        "carried_over_out": "read",  # an inequality proves no number
    }  # fmt: skip
    assert found["proactive_disclosure.administrative_fees.fees_collected"] == "read"
    assert found[str(SUM_CELLS[0])] == "doubt"


def test_what_usually_holds_is_said_and_turns_no_cell_red(evidence: Evidence) -> None:
    [cell] = [c for c in evidence.cells if c.unusual]
    assert str(cell.observation.key) == "applications.received_new.total"
    assert cell.verdict == "proved"
    assert describe.signs(cell) == "!"
    assert "通常成立" in describe.verdict(cell)


def test_failures_that_must_hold_come_first(evidence: Evidence) -> None:
    ids = [evidence.stored.report.checks[n].check_id for n in evidence.failures()]
    assert ids == ["applications.row_total.granted", "narrative.applications_received"]


def test_a_check_names_the_suspected_cell_first(evidence: Evidence) -> None:
    failed = evidence.stored.report.checks[evidence.failures()[0]]
    named = [cell.observation.key.column for cell in evidence.named_by(failed)]
    assert named == ["total", "natural_person", "commercial_enterprise"]
    assert [c.observation.key for c in evidence.cells if c.blamed] == [keys("granted")[2]]


def test_what_speaks_against_a_cell_is_told_first(evidence: Evidence) -> None:
    checks = evidence.stored.report.checks
    [cell] = [c for c in evidence.cells if c.unusual]
    assert [checks[n].status for n in cell.checks] == ["fail", "pass"]


def test_stops_are_doubts_and_suspects_in_the_order_of_the_print(evidence: Evidence) -> None:
    stops = [cell.observation.key for cell in evidence.stops()]
    assert set(stops) == {*keys("carried_over_in"), keys("granted")[2], SUM_CELLS[0]}
    assert stops[-1] == SUM_CELLS[0]  # on page 3


def test_without_a_suspect_every_cell_of_the_check_is_a_stop(
    tmp_path: Path, family: Family
) -> None:
    failed = check("applications.row_total.granted", "fail", keys("granted"))
    cells = row("granted", "3", "1", "5")
    evidence = weighed(tmp_path, family, report(observations=tuple(cells), checks=(failed,)))
    assert {cell.observation.key for cell in evidence.stops()} == set(keys("granted"))


def test_another_pipeline_cannot_judge(evidence: Evidence, family: Family) -> None:
    from dataclasses import replace

    other = replace(evidence.origin, pipeline="some-other")
    with pytest.raises(UsageError, match="read by the family some-other"):
        weigh(evidence.stored, other, family)


def test_cells_in_words(evidence: Evidence) -> None:
    by_key = {str(cell.observation.key): cell for cell in evidence.cells}
    fees = by_key["proactive_disclosure.administrative_fees.fees_collected"]
    assert describe.value(fees) == "3.5 万元"
    assert describe.name_zh(fees) == "行政事业性收费，本年收费金额（单位：万元）"
    assert describe.name_en(fees) == "Administrative fees, collected, 10,000 yuan"
    assert describe.place(fees.observation) == "第 1 页（1.0，2.0，3.0，4.0；点，自左上角起）"
    doubtful = by_key["applications.carried_over_in.total"]
    assert describe.verdict(doubtful) == "读数存疑：看不清"
    assert describe.value(by_key[str(SUM_CELLS[0])]) == "读不成数"


@pytest.mark.parametrize(
    ("state", "raw", "said"),
    [("blank", "", "空：印了格子，没有填"), ("mark", "/", "符号“/”，不是数")],
)
def test_blank_and_mark_are_no_zero(
    tmp_path: Path, family: Family, state: str, raw: str, said: str
) -> None:
    cell = observation(SUM_CELLS[0], raw, state=state, value=None)
    evidence = weighed(tmp_path, family, report(observations=(cell,), checks=()))
    assert describe.value(evidence.cells[0]) == said


def test_an_implied_value_is_never_told_as_the_value() -> None:
    cell = observation(SUM_CELLS[0], "7", flagged=True, implied_value=Decimal("1"))
    assert describe.implied(cell) == "勾稽关系需要 1：由别的数推算，不是从原件读出的"
    same = observation(SUM_CELLS[0], "7", flagged=True, implied_value=Decimal("7.0"))
    assert describe.implied(same).endswith("，与读数相同")
    assert describe.implied(observation(SUM_CELLS[0], "7")) == ""


def test_labels_that_are_not_printed_are_left_out() -> None:
    cell = observation(SUM_CELLS[0], row_label="", column_label="行政\n复议／总 计")
    assert describe.label(cell) == "行政复议／总计（与《表》一致）"
