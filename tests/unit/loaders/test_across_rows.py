"""Reports of two families about one body are compared whenever either of them comes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from gongkai.decisions.agency_rules import agency_rules
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.families.load import load_family
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Key, Report
from helpers.families import built_in
from helpers.stored import rows
from made import observation, report

DECISIONS = Key("proactive_disclosure", "administrative_licensing", "decisions")
GRANTED = Key("enforcement_licensing", "total", "granted")
SQL = (
    "SELECT checks.status, expected, actual, message FROM checks "
    "WHERE check_id = 'enforcement_licensing.ogi_licences'"
)


@pytest.fixture(scope="module")
def enforcement() -> Family:
    return load_family("enforcement-statistics")


def of_agency(key: Key, value: str) -> Report:
    cells = (observation(key, value),)
    return report(agency="甲局", year=2022, agency_ref=Agency("甲局", "甲局"), observations=cells)


def store(db: Path, family: Family, name: str, reports: Sequence[Report]) -> None:
    with Writer(db, family) as writer:
        outcome = "loaded" if reports else "not_a_report"
        writer.store(f"/r/{name}.pdf", name, outcome, None, reports)
        writer.check_due(agency_rules(family))


def test_the_order_of_the_families_makes_no_difference(tmp_path: Path, enforcement: Family) -> None:
    steps = [
        (enforcement, "statistics", [of_agency(GRANTED, "5")]),
        (built_in(), "ogi", [of_agency(DECISIONS, "5")]),
        (built_in(), "ogi again", [of_agency(DECISIONS, "8")]),
    ]
    found = set()
    for number, order in enumerate(itertools.permutations(steps)):
        db = tmp_path / f"{number}.db"
        for step in order:
            store(db, *step)
        found.add(tuple(rows(db, SQL)))
    assert len(found) == 1


def test_a_report_of_the_other_family_that_comes_or_goes_is_noticed(
    tmp_path: Path, enforcement: Family
) -> None:
    db = tmp_path / "gongkai.db"
    store(db, enforcement, "statistics", [of_agency(GRANTED, "5")])
    [(status, _, _, message)] = rows(db, SQL)
    assert (status, "没有同一机关" in message) == ("skipped", True)
    store(db, built_in(), "ogi", [of_agency(DECISIONS, "6")])
    [(status, expected, actual, message)] = rows(db, SQL)
    assert (status, expected, actual) == ("fail", 6, 5)
    assert "许可数量5" in message
    store(db, built_in(), "ogi", [of_agency(DECISIONS, "5")])
    assert rows(db, SQL)[0][0] == "pass"
    store(db, built_in(), "ogi", [])
    assert rows(db, SQL)[0][0] == "skipped"
    assert rows(db, "SELECT DISTINCT family FROM reports") == [(enforcement.name,)]


def test_the_first_family_takes_part_in_the_comparison_of_another() -> None:
    assert [checks.family for checks in agency_rules(built_in()).across] == [
        "enforcement-statistics"
    ]
    assert agency_rules(load_family("final-accounts")).across == []
    assert agency_rules(built_in()).history.family == BUILT_IN
