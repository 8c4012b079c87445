"""The status of a report follows from its checks and its flagged cells."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gongkai.checks.status import status_of
from gongkai.model import Cause, Check, CheckStatus, Key, Severity
from made import SUM_CELLS, observation

FAILED = Check(
    "review_litigation", "row_total", "reconsideration", "fail", "must", "不等于", cells=SUM_CELLS
)


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
