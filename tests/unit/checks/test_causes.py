"""The cause of a failed check: print or reading."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.checks.causes import assign_causes
from gongkai.checks.table_checks import status_of
from gongkai.model import Check, Key, Observation
from made import SUM_CELLS, observation

FAILED = Check(
    "review_litigation", "row_total", "reconsideration", "fail", "must", "不等于", cells=SUM_CELLS
)


def read(*texts: str) -> dict[Key, Observation]:
    return {key: observation(key, text) for key, text in zip(SUM_CELLS, texts, strict=True)}


def test_two_readers_that_agree_blame_the_print() -> None:
    first = read("10", "1", "0", "0", "0")
    [check], seen = assign_causes([FAILED], first, dict(first))
    assert check.cause == "print"
    assert not any(o.flagged for o in seen.values())
    assert status_of([check], seen.values()) == "print_fault"


def test_two_readers_that_differ_flag_the_cell() -> None:
    first = read("10", "1", "0", "0", "0")
    second = read("10", "1", "0", "0", "11")
    [check], seen = assign_causes([FAILED], first, second)
    assert check.cause == "reading"
    assert [key for key, o in seen.items() if o.flagged] == [SUM_CELLS[-1]]
    assert "两种读法不一致" in (seen[SUM_CELLS[-1]].doubt or "")
    assert seen[SUM_CELLS[-1]].value == first[SUM_CELLS[-1]].value  # never rewritten
    assert status_of([check], seen.values()) == "doubtful"


def test_a_cell_missing_from_the_second_reading_is_flagged() -> None:
    first = read("10", "1", "0", "0", "0")
    second = {key: o for key, o in first.items() if key != SUM_CELLS[0]}
    [check], seen = assign_causes([FAILED], first, second)
    assert check.cause == "reading"
    assert seen[SUM_CELLS[0]].flagged


def test_blank_and_zero_do_not_agree() -> None:
    first = read("10", "1", "0", "0", "0")
    second = read("10", "1", "", "0", "0")
    [check], _ = assign_causes([FAILED], first, second)
    assert check.cause == "reading"


def test_checks_that_pass_or_have_a_cause_stay_unchanged() -> None:
    passed = replace(FAILED, status="pass")
    caused = replace(FAILED, cause="print")
    skipped = replace(FAILED, status="skipped")
    checks, _ = assign_causes([passed, caused, skipped], read(*"00000"), {})
    assert checks == [passed, caused, skipped]


def _sums(failing: int, holding: int) -> list[Check]:
    return [
        Check("applications", "row_total", f"r{k}", "fail" if k < failing else "pass", "must", "",
              Decimal(1), Decimal(2 if k < failing else 1), cells=SUM_CELLS)
        for k in range(failing + holding)
    ]  # fmt: skip


@pytest.mark.parametrize(("failing", "holding", "lies"), [(12, 20, True), (3, 3, False)])
def test_more_failures_than_print_faults_can_explain(
    failing: int, holding: int, lies: bool
) -> None:
    """Both readers read the same text layer, and the text layer is wrong."""
    first = read("10", "1", "0", "0", "0")
    checks, seen = assign_causes(_sums(failing, holding), first, dict(first))
    assert {c.cause for c in checks if c.status == "fail"} == {"reading" if lies else "print"}
    assert all(o.flagged for o in seen.values()) is lies
