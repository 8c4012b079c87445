"""How a table was read: labels in order, no number left over, no cell missing."""

from __future__ import annotations

import pytest

from gongkai.checks.completeness import CompletenessChecks, check_leftovers, check_order
from gongkai.families.family import Family
from gongkai.model import Box, Key
from gongkai.normalizers.tables.table_reading import Leftover, TableReading
from helpers.forms import application_values, expected
from made import observation

TABLE = "applications"


@pytest.fixture(scope="module")
def checks(family: Family) -> CompletenessChecks:
    return CompletenessChecks(family)


def printed(form: str = "2021") -> frozenset[Key]:
    return frozenset(expected(application_values(1, form)))


def test_a_complete_table_passes_every_check(checks: CompletenessChecks) -> None:
    cells = {key: observation(key, "1") for key in printed()}
    found = list(checks.check(TableReading(TABLE), "2021", cells))
    assert [check.check_id for check in found] == [
        f"{TABLE}.{name}"
        for name in ("order.labels", "coverage.numbers", "complete.cells", "counts.values")
    ]
    assert {check.status for check in found} == {"pass"}


def test_a_missing_cell_is_named(checks: CompletenessChecks) -> None:
    gone = Key(TABLE, "granted", "total")
    cells = {key: observation(key, "1") for key in printed() - {gone}}
    complete = list(checks.check(TableReading(TABLE), "2021", cells))[2]
    assert (complete.status, complete.severity) == ("fail", "usually")
    assert complete.message == "2021年格式应有而未见：（一）予以公开·总计"


def test_only_five_of_many_missing_cells_are_named(checks: CompletenessChecks) -> None:
    cells = {key: observation(key, "1") for key in printed() if key.column != "total"}
    complete = list(checks.check(TableReading(TABLE), "2021", cells))[2]
    assert complete.message.count("·") == 5
    assert complete.message.endswith("等25格")


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_the_cells_of_a_form_are_complete(checks: CompletenessChecks, form: str) -> None:
    assert checks.missing_cells(TABLE, form, printed(form)) == frozenset()


@pytest.mark.parametrize(("form", "other"), [("2019", "2021"), ("2021", "2019")])
def test_the_rows_of_an_alternative_are_not_missing(
    checks: CompletenessChecks, form: str, other: str
) -> None:
    """（六） is printed as one row in 2019 and as three rows in 2021; reports mix both."""
    assert printed(form) != printed(other)
    assert checks.missing_cells(TABLE, form, printed(other)) == frozenset()


def test_an_empty_table_lacks_the_rows_of_its_form(checks: CompletenessChecks) -> None:
    assert checks.missing_cells(TABLE, "2021", frozenset()) == printed("2021")


def test_a_table_that_is_not_printed_is_a_fault_of_the_print(checks: CompletenessChecks) -> None:
    check = checks.missing_table(TABLE)
    assert (check.check_id, check.status, check.cause) == (
        "applications.complete.cells",
        "fail",
        "print",
    )


def test_labels_out_of_order_are_named_once() -> None:
    cell = observation(Key(TABLE, "granted", "total"), "1", flagged=True, doubt="位置")
    reading = TableReading(TABLE, observations=(cell,), disorder=("予以公开", "予以公开"))
    check = check_order(reading)
    assert (check.status, check.cells) == ("fail", (cell.key,))
    assert check.message.count("予以公开") == 1


def test_leftover_numbers_are_listed() -> None:
    leftovers = tuple(Leftover(3, Box(0, 0, 1, 1), str(k)) for k in range(10, 20))
    check = check_leftovers(TableReading(TABLE, leftovers=leftovers))
    assert check.status == "fail"
    assert "第3页“10”" in check.message
    assert "“18”" not in check.message  # eight are enough
    assert check.message.endswith("等10处")
