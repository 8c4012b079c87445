"""The form of a report year, and the form of each printed table."""

from __future__ import annotations

import pytest

from gongkai.checks.table_checks import Forms
from gongkai.families.family import Family


@pytest.mark.parametrize(("year", "form"), [(2019, "2019"), (2020, "2019"), (2021, "2021")])
def test_the_form_in_force(family: Family, year: int, form: str) -> None:
    assert Forms(family).of_year(year) == form


def test_unknown_and_early_years(family: Family) -> None:
    assert Forms(family).of_year(None) == family.forms[-1].id
    assert Forms(family).of_year(1999) == family.forms[0].id


def test_a_table_that_shows_no_form_has_that_of_the_others(family: Family) -> None:
    shown = {"applications": "2019", "review_litigation": None}
    assert Forms(family).of_tables(shown, 2023) == {
        "applications": "2019",
        "review_litigation": "2019",
    }


def test_no_table_shows_its_form(family: Family) -> None:
    assert Forms(family).of_tables({"applications": None}, 2023) == {"applications": "2021"}


def test_the_main_form(family: Family) -> None:
    assert Forms(family).main({}, 2023) is None
    assert Forms(family).main({"a": "2019", "b": "2019", "c": "2021"}, 2023) == "2019"
    assert Forms(family).main({"a": "2019", "b": "2021"}, 2023) == "2021"  # a tie: the year's
