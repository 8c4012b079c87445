"""A table that is printed empty must say that there are no data."""

from __future__ import annotations

import pytest

from gongkai.checks.no_data import NoDataChecks
from gongkai.families.family import Family
from gongkai.model import Box, Key, Line
from made import observation

PATTERN = "[^。]{0,40}本表无数据"
ZONES = {"applications": {1: (100.0, 400.0)}}


def line(text: str, top: float) -> Line:
    return Line(text, 1, Box(50, top, 300, top + 12), 12.0)


def statuses(family: Family, lines: list[Line], text: str = "") -> list[str]:
    cell = observation(Key("applications", "received_new", "total"), text)
    checks = NoDataChecks(family, PATTERN).check(["applications"], {cell.key: cell}, ZONES, lines)
    return [f"{check.check_id} {check.status} {check.cause}" for check in checks]


def test_an_empty_table_that_says_so_is_a_fact(family: Family) -> None:
    said = line("注：某某局没有政府性基金收支，故本表无数据。", 380)
    assert statuses(family, [said]) == ["applications.no_data pass None"]


@pytest.mark.parametrize(("text", "top"), [("注：本表反映收支。", 380), ("本表无数据。", 500)])
def test_an_empty_table_that_does_not_say_so_is_a_finding(
    family: Family, text: str, top: float
) -> None:
    assert statuses(family, [line(text, top)]) == ["applications.no_data fail print"]


def test_a_table_with_a_number_is_not_checked(family: Family) -> None:
    assert statuses(family, [], "0") == []
