"""The evidence for each cell, and the choice of cells that a person should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import structs

from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.language import in_language
from gongkai.loaders.writer import Writer
from gongkai.model import Box, Check, Key, Report
from gongkai.proof import describe
from gongkai.proof.evidence import ReportEvidence, collect_evidence
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
    made = {"severity": "must", "wording": f"{name}的一句话。", **changes}
    table, rule, *place = name.split(".")
    return Check(table, rule, ".".join(place), status, cells=tuple(cells), **made)  # type: ignore[arg-type]


def keys(name: str) -> tuple[Key, ...]:
    return tuple(Key(TABLE, name, column) for column in FIVE)


def evidence_of(tmp_path: Path, family: Family, *reports: Report) -> ReportEvidence:
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "ab" * 32, "loaded", None, reports)
    return collect_evidence(*trace(path, "1"), family)


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with in_language("zh"):
        yield


@pytest.fixture
def evidence(tmp_path: Path, family: Family) -> ReportEvidence:
    """A report with one row for each kind of evidence."""
    fees = Key("proactive_disclosure", "administrative_fees", "fees_collected")
    cells = [
        *row("received_new", "7", "5", "12", proof="sum"),  # its sum passes
        *row("granted", "3", "1", "5"),  # its sum fails, and the total is the suspect
        *row("carried_over_in", "2", "0", "2", flagged=True, doubt="看不清"),
        *row("carried_over_out", "1", "0", "1"),  # only an inequality includes it
        observation(fees, "3.5", page=1, box=Box(1, 2, 3, 4)),  # no check includes it
        observation(SUM_CELLS[0], "", raw_text="a9", state="unreadable", page=3),
        observation(SUM_CELLS[1], "4", page=3, proof="sight", seen=True),
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
    return evidence_of(
        tmp_path, family, report(observations=tuple(cells), checks=tuple(checks), problems=())
    )


def test_status_of_each_cell(evidence: ReportEvidence) -> None:
    found = {str(cell.observation.key): cell.status for cell in evidence.cells}
    assert {name: found[f"{TABLE}.{name}.total"] for name in
            ("received_new", "granted", "carried_over_in", "carried_over_out")} == {
        "received_new": "proved",
        "granted": "fail",
        "carried_over_in": "doubt",  # although its sum passes
        "carried_over_out": "read",  # an inequality does not prove a number
    }  # fmt: skip
    assert found["proactive_disclosure.administrative_fees.fees_collected"] == "read"
    assert found[str(SUM_CELLS[0])] == "doubt"
    assert found[str(SUM_CELLS[1])] == "seen"


def test_a_failed_usual_check_is_mentioned_but_does_not_fail_the_cell(
    evidence: ReportEvidence,
) -> None:
    [cell] = [c for c in evidence.cells if c.unusual]
    assert str(cell.observation.key) == "applications.received_new.total"
    assert cell.status == "proved"
    assert describe.symbols(cell) == "!"
    assert "通常成立" in describe.status_reason(cell)


def test_a_cell_without_proof_is_described_by_its_reader_and_the_comparison(
    evidence: ReportEvidence,
) -> None:
    cell = replace(evidence.cells[0], status="read", unusual=False, suspected=False)
    for reader, compared, words in (
        ("pdfium", None, "只凭文字层的字和位置"),
        ("pdfium", False, "只凭文字层的字和位置；与图像比对过，不能判定"),
        ("ocr", None, "只由图片识别读出"),
    ):
        observation = structs.replace(cell.observation, reader=reader, seen=compared)
        reason = describe.status_reason(replace(cell, observation=observation))
        assert reason == f"没有不全为零的勾稽关系证明此格；{words}"


def test_failed_checks_of_severity_must_come_first(evidence: ReportEvidence) -> None:
    ids = [evidence.stored.report.checks[n].check_id for n in evidence.failed_checks()]
    assert ids == ["applications.row_total.granted", "narrative.applications_received"]


def test_the_suspect_is_the_first_cell_of_a_check(evidence: ReportEvidence) -> None:
    failed = evidence.stored.report.checks[evidence.failed_checks()[0]]
    named = [cell.observation.key.column for cell in evidence.cells_of(failed)]
    assert named == ["total", "natural_person", "commercial_enterprise"]
    assert [c.observation.key for c in evidence.cells if c.suspected] == [keys("granted")[2]]


def test_failed_checks_of_a_cell_come_first(evidence: ReportEvidence) -> None:
    checks = evidence.stored.report.checks
    [cell] = [c for c in evidence.cells if c.unusual]
    assert [checks[n].status for n in cell.checks] == ["fail", "pass"]


def test_doubtful_cells_and_suspects_are_reviewed_in_reading_order(
    evidence: ReportEvidence,
) -> None:
    reviewed = [cell.observation.key for cell in evidence.cells_to_review()]
    assert set(reviewed) == {*keys("carried_over_in"), keys("granted")[2], SUM_CELLS[0]}
    assert reviewed[-1] == SUM_CELLS[0]  # on page 3


def test_without_a_suspect_every_cell_of_the_check_is_reviewed(
    tmp_path: Path, family: Family
) -> None:
    failed = check("applications.row_total.granted", "fail", keys("granted"))
    cells = row("granted", "3", "1", "5")
    evidence = evidence_of(tmp_path, family, report(observations=tuple(cells), checks=(failed,)))
    assert {cell.observation.key for cell in evidence.cells_to_review()} == set(keys("granted"))


def test_another_family_is_refused(evidence: ReportEvidence, family: Family) -> None:
    from dataclasses import replace

    other = replace(evidence.origin, pipeline="some-other")
    with pytest.raises(UsageError, match="some-other"):
        collect_evidence(evidence.stored, other, family)


def test_descriptions_of_cells(evidence: ReportEvidence) -> None:
    by_key = {str(cell.observation.key): cell for cell in evidence.cells}
    fees = by_key["proactive_disclosure.administrative_fees.fees_collected"]
    assert describe.value_text(fees) == "3.5 万元"
    assert describe.full_label(fees) == "行政事业性收费，本年收费金额（单位：万元）"
    with in_language("en"):
        assert describe.full_label(fees) == "Administrative fees, collected, 10,000 yuan"
    assert describe.location(fees.observation) == "第 1 页（1.0, 2.0, 3.0, 4.0；点，自左上角起）"
    doubtful = by_key["applications.carried_over_in.total"]
    assert describe.status_reason(doubtful) == "读数存疑：看不清"
    assert describe.value_text(by_key[str(SUM_CELLS[0])]) == "读不成数"


@pytest.mark.parametrize(
    ("state", "raw", "text"),
    [("blank", "", "空：印了格子，没有填"), ("mark", "/", "符号“/”，不是数")],
)
def test_blank_cells_and_marks_are_not_described_as_zero(
    tmp_path: Path, family: Family, state: str, raw: str, text: str
) -> None:
    cell = observation(SUM_CELLS[0], raw, state=state, value=None)
    evidence = evidence_of(tmp_path, family, report(observations=(cell,), checks=()))
    assert describe.value_text(evidence.cells[0]) == text


def test_an_implied_value_is_never_described_as_the_value() -> None:
    cell = observation(SUM_CELLS[0], "7", flagged=True, implied_value=Decimal("1"))
    assert describe.implied_value_note(cell) == "勾稽关系需要 1：由别的数推算，不是从原件读出的"
    same = observation(SUM_CELLS[0], "7", flagged=True, implied_value=Decimal("7.0"))
    assert describe.implied_value_note(same).startswith("勾稽关系需要 7.0，与读数相同")
    assert describe.implied_value_note(observation(SUM_CELLS[0], "7")) == ""


def test_missing_labels_are_left_out() -> None:
    cell = observation(SUM_CELLS[0], row_label="", column_label="行政\n复议／总 计")
    assert describe.printed_labels(cell) == "行政复议／总计（与《表》一致）"
