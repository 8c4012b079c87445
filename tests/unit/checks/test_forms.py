"""Which form a table has, and which tables a report of a form must print."""

from __future__ import annotations

import pytest

from gongkai.checks.table_checks import Forms, TableChecks
from gongkai.families.family import Family
from gongkai.model import Box, Key
from gongkai.normalizers.tables.values import Leftover, TableReading
from made import observation

STATISTICS = "statistics_2014"
LATER = {"proactive_disclosure", "applications", "review_litigation"}


@pytest.mark.parametrize(("year", "form"), [(2010, "2014"), (2018, "2014"), (2019, "2019")])
def test_the_form_in_force_depends_on_the_year(family: Family, year: int, form: str) -> None:
    assert Forms(family).of_year(year) == form


@pytest.mark.parametrize(
    ("forms", "year", "due"),
    [
        ({}, 2017, {STATISTICS}),
        ({}, 2022, LATER),
        ({STATISTICS: "2014"}, 2017, {STATISTICS}),
        ({STATISTICS: "2014"}, 2019, {STATISTICS}),
        ({"applications": "2019", "review_litigation": "2019"}, 2018, LATER),
        ({"applications": "2021", "review_litigation": "2021", STATISTICS: "2014"}, 2019, LATER),
    ],
)
def test_the_tables_of_the_main_form_are_due(
    family: Family, forms: dict[str, str], year: int, due: set[str]
) -> None:
    assert Forms(family).due_tables(forms, year) == due


def test_a_table_without_a_sign_of_its_form_has_the_nearest_form(family: Family) -> None:
    forms = Forms(family)
    shown = {STATISTICS: "2014", "review_litigation": None}
    assert forms.of_tables(shown, 2018)["review_litigation"] == "2019"
    assert forms.of_table("review_litigation", None, 2016) == "2019"


def test_a_form_is_not_used_after_its_last_year(family: Family) -> None:
    forms = Forms(family)
    assert forms.unused_tables(2020) == {STATISTICS}
    assert forms.unused_tables(2019) == forms.unused_tables(None) == frozenset()


def test_a_report_of_an_earlier_form_misses_no_later_table(family: Family) -> None:
    cell = observation(Key(STATISTICS, "complaints.total", "value"), "3")
    reading = TableReading(STATISTICS, observations=(cell,))
    checks = TableChecks(family).check(
        {STATISTICS: reading}, {STATISTICS: "2014"}, {cell.key: cell}, {STATISTICS}
    )
    assert {check.table for check in checks} == {STATISTICS}


def test_a_difference_from_a_provisional_form_is_no_fault_of_the_print(family: Family) -> None:
    cell = observation(Key(STATISTICS, "complaints.total", "value"), "3")
    leftover = Leftover(1, Box(0, 0, 1, 1), "17")
    reading = TableReading(STATISTICS, observations=(cell,), leftovers=(leftover,))
    checks = TableChecks(family).check_reading(reading, "2014", {cell.key: cell})
    failed = {check.rule: check for check in checks if check.status == "fail"}
    assert set(failed) == {"coverage", "complete"}
    assert all("此格式为暂定，标签待核" in check.message for check in failed.values())
    assert failed["complete"].cause == "reading"


def test_a_table_of_which_nothing_is_read_says_that_its_labels_do_not_fit(family: Family) -> None:
    leftover = Leftover(1, Box(0, 0, 1, 1), "17")
    cell = observation(Key(STATISTICS, "complaints.total", "value"), "3")
    said = []
    for observations in ((), (cell,)):
        reading = TableReading(STATISTICS, observations=observations, leftovers=(leftover,))
        checks = TableChecks(family).check_reading(reading, "2014", {cell.key: cell})
        [check] = [check for check in checks if check.rule == "coverage"]
        said.append("表头或行名与所定的表不合" in check.message)
    assert said == [True, False]


def test_a_table_that_is_not_due_may_be_a_part(family: Family) -> None:
    cell = observation(Key(STATISTICS, "complaints.total", "value"), "3")
    reading = TableReading(STATISTICS, observations=(cell,))
    checks = TableChecks(family).check_reading(reading, "2014", {cell.key: cell}, is_due=False)
    [complete] = [check for check in checks if check.rule == "complete"]
    assert complete.status == "skipped"
