"""What proves a value (a sum, the picture of the page, its text alone), and a report."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.checks.identities import proved_by_sums
from gongkai.checks.table_checks import status_of, with_proof
from gongkai.model import Cause, Check, CheckStatus, Key, Severity
from made import SUM_CELLS, observation

PERSON = Key("applications", "granted", "natural_person")
TOTAL = Key("applications", "granted", "total")
FAILED = Check(
    "review_litigation", "row_total", "reconsideration", "fail", "must", "不等于", cells=SUM_CELLS
)
FEE = Key("proactive", "administrative_fees", "amount_this_year")


def sum_check(
    rule: str,
    total: int | None,
    *rows: str,
    status: CheckStatus = "pass",
    severity: Severity = "must",
) -> Check:
    value = None if total is None else Decimal(total)
    return Check("t", rule, "", status, severity, "", value, value, cells=keys(*rows))


def keys(*rows: str) -> tuple[Key, ...]:
    return tuple(Key("t", row, "c") for row in rows)


def proved(*checks: Check) -> tuple[set[Key], set[Key]]:
    return proved_by_sums(checks, lambda check: check.rule != "at_most")


def test_a_sum_that_holds_proves_its_cells_with_the_zeros_among_them() -> None:
    assert proved(sum_check("sum", 3, "a", "b")) == ({*keys("a", "b")}, set())


def test_a_sum_of_zeros_proves_nothing() -> None:
    assert proved(sum_check("sum", 0, "a", "b")) == (set(), {*keys("a", "b")})
    assert proved(sum_check("sum", 0, "a", "b"), sum_check("other", 2, "b")) == (
        {*keys("b")},
        {*keys("a")},
    )


def test_a_cell_of_a_failing_sum_is_not_proved() -> None:
    checks = sum_check("sum", 3, "a", "b"), sum_check("other", 4, "b", "c", status="fail")
    assert proved(*checks) == ({*keys("a")}, set())


def test_inequalities_and_what_usually_holds_and_untested_checks_prove_nothing() -> None:
    checks = (
        sum_check("at_most", 3, "a"),
        sum_check("sum", 3, "b", severity="usually"),
        sum_check("sum", None, "c", status="skipped"),
    )
    assert proved(*checks) == (set(), set())


def test_the_proof_of_each_value() -> None:
    seen = {key: observation(key, "3") for key in (PERSON, TOTAL, FEE)}
    seen[PERSON] = replace(seen[PERSON], flagged=True)
    found = with_proof(seen, {PERSON, TOTAL}, {FEE: True})
    assert {key: cell.proof for key, cell in found.items()} == {
        PERSON: "text",  # its reading is in doubt
        TOTAL: "sum",
        FEE: "sight",
    }
    blank = observation(FEE, "")
    assert with_proof({FEE: blank}, {FEE}, {})[FEE].proof is None


def check(name: str, cause: Cause | None, severity: Severity = "must") -> Check:
    status: CheckStatus = "fail" if cause else "pass"
    return Check("applications", name, "x", status, severity, "", cause=cause)


@pytest.mark.parametrize(
    ("checks", "flagged", "status"),
    [
        ([check("row_total", None)], False, "proved"),
        ([check("row_total", "print")], False, "print_fault"),
        ([check("row_total", "reading")], False, "doubtful"),
        ([check("row_total", "print", "usually")], False, "proved"),
        ([check("row_total", None)], True, "doubtful"),
        ([check("row_total", "print"), check("order", "reading")], False, "doubtful"),
    ],
)
def test_the_status_of_a_report(checks: list[Check], flagged: bool, status: str) -> None:
    seen = [replace(observation(Key("applications", "granted", "total"), "1"), flagged=flagged)]
    assert status_of(checks, seen) == status


def test_a_missing_table_makes_a_report_incomplete() -> None:
    missing = Check(
        "applications", "complete", "cells", "fail", "usually", "没有印出", cause="print"
    )
    seen = [observation(SUM_CELLS[0], "1")]
    assert status_of([missing], seen) == "incomplete"
    assert status_of([missing, FAILED], seen) == "incomplete"


@pytest.mark.parametrize(("cause", "status"), [("print", "print_fault"), ("reading", "doubtful")])
def test_the_cause_of_a_failed_sum_decides(cause: Cause, status: str) -> None:
    assert status_of([replace(FAILED, cause=cause)], []) == status
