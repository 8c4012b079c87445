"""The three gates: structure, sums and score. Each is taken away in turn."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.checks.ocr_confidence import flag_uncertain, uncertain
from gongkai.families.family import Family
from gongkai.model import Box, Check, CheckStatus, Key, Observation

CELL = Key("applications", "granted", "natural_person")
ROW = "applications.row_total.granted"
COLUMN = "applications.results_sum.natural_person"


def _cell(score: float | None = 0.99, key: Key = CELL) -> Observation:
    return Observation(
        key, "number", Decimal(7), "7", None, "", "", "exact", 1, Box(0, 0, 9, 9), "ocr", score
    )


def _sum(check_id: str, status: CheckStatus = "pass") -> Check:
    return Check(*check_id.split("."), status, "must", "", Decimal(1), Decimal(1), cells=(CELL,))


def _proof(proof: str, status: CheckStatus) -> Check:
    return Check("applications", *proof.split("."), status, "must", "", cause="reading")


@pytest.mark.parametrize(
    ("score", "holding", "certain"),
    [
        (0.4, 2, True),  # two sums prove it
        (0.2, 2, False),  # but not what is hardly there
        (0.92, 1, True),
        (0.85, 1, False),  # one sum needs a good score
        (0.97, 0, True),
        (0.92, 0, False),  # none needs a better one
    ],
)
def test_score_and_sums(score: float, holding: int, certain: bool, family: Family) -> None:
    checks = [_sum(ROW), _sum(COLUMN)][:holding]
    assert (CELL not in uncertain({CELL: _cell(score)}, checks, family)) is certain


@pytest.mark.parametrize("proof", ["order.labels", "coverage.numbers", "complete.cells"])
def test_without_structure_nothing_is_certain(proof: str, family: Family) -> None:
    checks = [_sum(ROW), _sum(COLUMN), _proof(proof, "fail")]
    assert CELL in uncertain({CELL: _cell(1.0)}, checks, family)


def test_a_failing_sum_needs_a_second_look(family: Family) -> None:
    seen, checks = {CELL: _cell(1.0)}, [_sum(ROW, "fail")]
    assert CELL in uncertain(seen, checks, family)
    assert CELL not in uncertain(seen, checks, family, {CELL: _cell(0.9)})
    assert CELL in uncertain(seen, checks, family, {CELL: _cell(0.8)})  # soiled both times
    other = replace(_cell(1.0), value=Decimal(1), raw_text="1")
    assert CELL in uncertain(seen, checks, family, {CELL: other})


def test_the_fewer_sums_hold_the_surer_a_second_look_must_be(family: Family) -> None:
    seen, again = {CELL: _cell(0.8)}, {CELL: _cell(0.8)}
    assert CELL not in uncertain(seen, [_sum(ROW)], family, again)
    assert CELL in uncertain(seen, [], family, again)
    assert CELL not in uncertain({CELL: _cell(0.94)}, [], family, {CELL: _cell(0.94)})


def test_sums_that_cannot_be_tested_for_an_unread_neighbour_need_one_that_holds(
    family: Family,
) -> None:
    """What spoils one cell spoils those beside it: 10 for 0 was read with 0.99 there."""
    other = Key(CELL.table, CELL.row, "commercial_enterprise")
    unread = replace(_cell(0.1, other), state="unreadable", value=None)
    skipped = replace(_sum(ROW, "skipped"), expected=None, actual=None, cells=(CELL, other))
    seen = {CELL: _cell(1.0), other: unread}
    assert CELL in uncertain(seen, [skipped], family, {CELL: _cell(1.0)})
    assert CELL not in uncertain(seen, [skipped, _sum(COLUMN)], family)
    blank = {CELL: _cell(1.0), other: replace(unread, state="blank")}
    assert CELL not in uncertain(blank, [skipped], family)


def test_sums_do_not_tell_a_mark_from_a_nought(family: Family) -> None:
    mark = replace(_cell(0.85), state="mark", value=None, raw_text="-")
    assert CELL in uncertain({CELL: mark}, [_sum(ROW), _sum(COLUMN)], family)
    sure = replace(mark, confidence=0.96)
    assert CELL not in uncertain({CELL: sure}, [_sum(ROW), _sum(COLUMN)], family)


@pytest.mark.parametrize(("text", "certain"), [("07", False), ("0", True), ("0.7", True)])
def test_a_number_with_a_nought_before_it_is_a_stroke_misread(
    text: str, certain: bool, family: Family
) -> None:
    seen = {CELL: replace(_cell(1.0), raw_text=text)}
    assert (CELL not in uncertain(seen, [_sum(ROW), _sum(COLUMN)], family)) is certain


def test_an_inequality_proves_nothing(family: Family) -> None:
    key = Key("proactive_disclosure", "rules", "disclosed_total")
    holds = Check(
        "proactive_disclosure", "disclosed_total", "rules", "pass", "must", "",
        Decimal(9), Decimal(1), cells=(key,),
    )  # fmt: skip
    assert key in uncertain({key: _cell(0.92, key)}, [holds, holds], family)


def test_a_fraction_of_a_request_is_a_comma_misread(family: Family) -> None:
    counts = Check(
        "applications", "counts", "values", "fail", "must", "", cells=(CELL,), cause="print"
    )
    assert CELL in uncertain({CELL: _cell(1.0)}, [_sum(ROW), _sum(COLUMN), counts], family)


def test_a_text_layer_is_not_judged_here(family: Family) -> None:
    cell = replace(_cell(None), reader="pdfium")
    assert uncertain({CELL: cell}, [_proof("order.labels", "fail")], family) == {}


def test_flags_are_set_and_a_fault_of_the_print_is_taken_back() -> None:
    fault = replace(_sum(ROW, "fail"), cause="print")
    checks, seen = flag_uncertain({CELL: _cell()}, [fault], {CELL: "把握不足"})
    assert checks[0].cause == "reading"
    assert (seen[CELL].flagged, seen[CELL].doubt, seen[CELL].value) == (True, "把握不足", 7)
