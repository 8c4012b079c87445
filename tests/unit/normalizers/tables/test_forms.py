"""The official form of a table: from the table itself, its neighbours, or the year."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Key
from gongkai.normalizers.tables.table_reader import FormFinder, TableReading, form_of_cells
from made import observation

CELL = observation(Key("applications", "granted", "total"), "1")


@pytest.mark.parametrize(("year", "form"), [(2019, "2019"), (2020, "2019"), (2021, "2021")])
def test_the_form_in_force(family: Family, year: int, form: str) -> None:
    assert FormFinder(family).form_of_year(year) == form


def test_unknown_and_early_years(family: Family) -> None:
    forms = FormFinder(family)
    assert forms.form_of_year(None) == family.forms[-1].id
    assert forms.form_of_year(1999) == family.forms[0].id


def test_a_table_that_shows_no_form_has_that_of_the_others(family: Family) -> None:
    readings = {
        "applications": TableReading("applications", form="2019", observations=(CELL,)),
        "review_litigation": TableReading("review_litigation", observations=(CELL,)),
        "proactive_disclosure": TableReading("proactive_disclosure"),  # nothing printed
    }
    assert FormFinder(family).forms_of(readings, 2023) == {
        "applications": "2019",
        "review_litigation": "2019",
    }


def test_no_table_shows_its_form(family: Family) -> None:
    readings = {"applications": TableReading("applications", observations=(CELL,))}
    assert FormFinder(family).forms_of(readings, 2023) == {"applications": "2021"}


def test_the_main_form(family: Family) -> None:
    forms = FormFinder(family)
    assert forms.main_form({}, 2023) is None
    assert forms.main_form({"a": "2019", "b": "2019", "c": "2021"}, 2023) == "2019"
    assert forms.main_form({"a": "2019", "b": "2021"}, 2023) == "2021"  # a tie: the year's


def test_rows_of_one_form_only_show_the_form(family: Family) -> None:
    fields = family.table("applications").fields_by_key
    assert form_of_cells([CELL], fields) is None
    own = next(
        key
        for key, lines in fields.items()
        if len(lines) == 1 and tuple(lines[0].forms) == ("2021",)
    )
    assert form_of_cells([CELL, observation(own, "1")], fields) == "2021"
