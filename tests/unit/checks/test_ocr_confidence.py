"""A cell read by OCR is certain by structure, sums and score; each test takes one away."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.checks.ocr_confidence import flag_cells, uncertain_cells
from gongkai.families.family import Family
from gongkai.model import Box, Check, CheckStatus, Key, Observation

CELL = Key("applications", "granted", "natural_person")
ROW = "applications.row_total.granted"
COLUMN = "applications.results_sum.natural_person"


@pytest.fixture(scope="module")
def identities(family: Family) -> IdentityChecks:
    return IdentityChecks(family)


def _cell(score: float | None = 0.99, key: Key = CELL) -> Observation:
    return Observation(
        key, "number", Decimal(7), "7", None, "", "", "exact", 1, Box(0, 0, 9, 9), "ocr", score
    )


def _sum(check_id: str, status: CheckStatus = "pass") -> Check:
    return Check(*check_id.split("."), status, "must", "", Decimal(1), Decimal(1), cells=(CELL,))


def _proof(proof: str, status: CheckStatus) -> Check:
    return Check("applications", *proof.split("."), status, "must", "", cause="reading")


@pytest.mark.parametrize(
    ("score", "passing", "certain"),
    [
        (0.4, 2, True),  # two sums prove it
        (0.2, 2, False),  # unless there is hardly any ink
        (0.92, 1, True),
        (0.85, 1, False),  # one sum needs a good score
        (0.97, 0, True),
        (0.92, 0, False),  # without a sum the score must be better
    ],
)
def test_score_and_sums(
    score: float, passing: int, certain: bool, identities: IdentityChecks
) -> None:
    checks = [_sum(ROW), _sum(COLUMN)][:passing]
    assert (CELL not in uncertain_cells({CELL: _cell(score)}, checks, identities)) is certain


@pytest.mark.parametrize("proof", ["order.labels", "coverage.numbers", "complete.cells"])
def test_without_structure_nothing_is_certain(proof: str, identities: IdentityChecks) -> None:
    checks = [_sum(ROW), _sum(COLUMN), _proof(proof, "fail")]
    assert CELL in uncertain_cells({CELL: _cell(1.0)}, checks, identities)


def test_a_cell_of_a_failing_sum_needs_a_second_reading(identities: IdentityChecks) -> None:
    seen, checks = {CELL: _cell(1.0)}, [_sum(ROW, "fail")]
    assert CELL in uncertain_cells(seen, checks, identities)
    assert CELL not in uncertain_cells(seen, checks, identities, {CELL: _cell(0.9)})
    assert CELL in uncertain_cells(seen, checks, identities, {CELL: _cell(0.8)})  # dirt
    other = replace(_cell(1.0), value=Decimal(1), raw_text="1")
    assert CELL in uncertain_cells(seen, checks, identities, {CELL: other})


def test_without_a_sum_the_second_reading_needs_a_better_score(identities: IdentityChecks) -> None:
    seen, again = {CELL: _cell(0.8)}, {CELL: _cell(0.8)}
    assert CELL not in uncertain_cells(seen, [_sum(ROW)], identities, again)
    assert CELL in uncertain_cells(seen, [], identities, again)
    assert CELL not in uncertain_cells({CELL: _cell(0.94)}, [], identities, {CELL: _cell(0.94)})


def test_a_sum_with_an_unreadable_cell_needs_another_sum_that_holds(
    identities: IdentityChecks,
) -> None:
    """Dirt on one cell also reaches its neighbours: 10 was read for 0 with a score of 0.99."""
    other = Key(CELL.table, CELL.row, "commercial_enterprise")
    unread = replace(_cell(0.1, other), state="unreadable", value=None)
    skipped = replace(_sum(ROW, "skipped"), expected=None, actual=None, cells=(CELL, other))
    seen = {CELL: _cell(1.0), other: unread}
    assert CELL in uncertain_cells(seen, [skipped], identities, {CELL: _cell(1.0)})
    assert CELL not in uncertain_cells(seen, [skipped, _sum(COLUMN)], identities)
    blank = {CELL: _cell(1.0), other: replace(unread, state="blank")}
    assert CELL not in uncertain_cells(blank, [skipped], identities)


def test_sums_do_not_tell_a_mark_from_a_zero(identities: IdentityChecks) -> None:
    mark = replace(_cell(0.85), state="mark", value=None, raw_text="-")
    assert CELL in uncertain_cells({CELL: mark}, [_sum(ROW), _sum(COLUMN)], identities)
    sure = replace(mark, confidence=0.96)
    assert CELL not in uncertain_cells({CELL: sure}, [_sum(ROW), _sum(COLUMN)], identities)


@pytest.mark.parametrize(("text", "certain"), [("07", False), ("0", True), ("0.7", True)])
def test_a_leading_zero_is_a_misread_stroke(
    text: str, certain: bool, identities: IdentityChecks
) -> None:
    seen = {CELL: replace(_cell(1.0), raw_text=text)}
    assert (CELL not in uncertain_cells(seen, [_sum(ROW), _sum(COLUMN)], identities)) is certain


def test_an_inequality_proves_nothing(identities: IdentityChecks) -> None:
    key = Key("proactive_disclosure", "rules", "disclosed_total")
    holds = Check(
        "proactive_disclosure", "disclosed_total", "rules", "pass", "must", "",
        Decimal(9), Decimal(1), cells=(key,),
    )  # fmt: skip
    assert key in uncertain_cells({key: _cell(0.92, key)}, [holds, holds], identities)


def test_a_decimal_count_has_a_misread_comma(identities: IdentityChecks) -> None:
    counts = Check(
        "applications", "counts", "values", "fail", "must", "", cells=(CELL,), cause="print"
    )
    assert CELL in uncertain_cells(
        {CELL: _cell(1.0)}, [_sum(ROW), _sum(COLUMN), counts], identities
    )


def test_cells_of_a_text_layer_are_not_judged(identities: IdentityChecks) -> None:
    cell = replace(_cell(None), reader="pdfium")
    assert uncertain_cells({CELL: cell}, [_proof("order.labels", "fail")], identities) == {}


def test_a_flagged_cell_turns_a_print_fault_into_a_fault_of_the_reading() -> None:
    fault = replace(_sum(ROW, "fail"), cause="print")
    checks, seen = flag_cells({CELL: _cell()}, [fault], {CELL: "把握不足"})
    assert checks[0].cause == "reading"
    assert (seen[CELL].flagged, seen[CELL].doubt, seen[CELL].value) == (True, "把握不足", 7)
