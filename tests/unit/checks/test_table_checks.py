"""All checks of the tables of one report, and how each table was read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gongkai.checks.table_checks import TableChecks, doubtful_tables
from gongkai.families.family import Family
from gongkai.model import Box, Check, Key
from gongkai.normalizers.tables.values import Leftover, TableReading
from helpers.forms import application_values, expected
from made import observation

TABLE = "applications"
DUE = ("proactive_disclosure", "applications", "review_litigation")


@pytest.fixture(name="checks", scope="module")
def _checks(family: Family) -> TableChecks:
    return TableChecks(family)


def test_printed_and_missing_tables(checks: TableChecks) -> None:
    cells = {key: observation(key, text) for key, text in expected(application_values(1)).items()}
    readings = {
        "applications": TableReading("applications"),
        "review_litigation": TableReading(
            "review_litigation", leftovers=(Leftover(2, Box(0, 0, 1, 1), "7"),)
        ),
    }
    found = checks.check(readings, {"applications": "2021"}, cells, DUE)
    status = {check.check_id: check.status for check in found}
    assert status["applications.complete.cells"] == "pass"
    assert status["review_litigation.complete.cells"] == "fail"  # not printed, but …
    assert status["review_litigation.coverage.numbers"] == "fail"  # … a number is in its place
    assert status["proactive_disclosure.complete.cells"] == "fail"
    assert "proactive_disclosure.coverage.numbers" not in status
    own = [check for check in found if check.rule == "row_total" and check.status != "skipped"]
    assert own and all(check.status == "pass" for check in own)


@pytest.mark.parametrize(
    ("place", "wording", "cause"),
    [
        (None, "报告里未见《{}》表", "print"),
        ("review_litigation", "《{}》表印有数，未能读出", "reading"),
        ("applications", "未见《{}》表，未归入任何一格的数可能是此表的数", "reading"),
    ],
)
def test_a_missing_table_may_be_where_numbers_belong_to_no_cell(
    checks: TableChecks, place: str | None, wording: str, cause: str
) -> None:
    cells = {key: observation(key, text) for key, text in expected(application_values(1)).items()}
    readings = {"applications": TableReading("applications")}
    if place:
        readings[place] = TableReading(place, leftovers=(Leftover(3, Box(0, 0, 1, 1), "7"),))
    found = checks.check(readings, {"applications": "2021"}, cells, DUE)
    [missing] = [each for each in found if each.check_id == "review_litigation.complete.cells"]
    assert missing.wording == wording.format("政府信息公开行政复议、行政诉讼情况")
    assert missing.cause == cause


def test_all_tables_of_a_sum_that_fails_are_doubtful() -> None:
    cells = (Key("one", "row", "column"), Key("other", "row", "column"))
    check = Check("one", "same", "", "fail", "must", "不等于", cells=cells)
    assert doubtful_tables([check], {}) == {"one", "other"}


# ---------------------------------------------------------------- completeness


def printed(form: str = "2021") -> frozenset[Key]:
    return frozenset(expected(application_values(1, form)))


def test_a_complete_table_passes_every_check(checks: TableChecks) -> None:
    cells = {key: observation(key, "1") for key in printed()}
    found = list(checks.check_reading(TableReading(TABLE), "2021", cells))
    assert [check.check_id for check in found] == [
        f"{TABLE}.{name}"
        for name in ("order.labels", "coverage.numbers", "complete.cells", "counts.values")
    ]
    assert {check.status for check in found} == {"pass"}


def test_a_missing_cell_is_named(checks: TableChecks) -> None:
    gone = Key(TABLE, "granted", "total")
    cells = {key: observation(key, "1") for key in printed() - {gone}}
    complete = list(checks.check_reading(TableReading(TABLE), "2021", cells))[2]
    assert (complete.status, complete.severity) == ("fail", "usually")
    assert complete.message == "2021年格式应有而未见：（一）予以公开·总计"


def test_only_five_of_many_missing_cells_are_named(checks: TableChecks) -> None:
    cells = {key: observation(key, "1") for key in printed() if key.column != "total"}
    complete = list(checks.check_reading(TableReading(TABLE), "2021", cells))[2]
    assert complete.message.count("·") == 5
    assert complete.message.endswith("等25格")


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_the_cells_of_a_form_are_complete(checks: TableChecks, form: str) -> None:
    assert checks.missing_cells(TABLE, form, printed(form)) == frozenset()


@pytest.mark.parametrize(("form", "other"), [("2019", "2021"), ("2021", "2019")])
def test_the_rows_of_an_alternative_are_not_missing(
    checks: TableChecks, form: str, other: str
) -> None:
    """（六） is printed as one row in 2019 and as three rows in 2021; reports mix both."""
    assert printed(form) != printed(other)
    assert checks.missing_cells(TABLE, form, printed(other)) == frozenset()


def test_an_empty_table_lacks_the_rows_of_its_form(checks: TableChecks) -> None:
    assert checks.missing_cells(TABLE, "2021", frozenset()) == printed("2021")


def test_a_table_that_is_not_printed_is_a_fault_of_the_print(checks: TableChecks) -> None:
    check = next(
        each
        for each in checks.check({}, {}, {}, DUE)
        if each.rule == "complete" and each.table == TABLE
    )
    assert (check.check_id, check.status, check.cause) == (
        "applications.complete.cells",
        "fail",
        "print",
    )


def test_labels_out_of_order_are_named_once(checks: TableChecks) -> None:
    cell = observation(Key(TABLE, "granted", "total"), "1", flagged=True, doubt="位置")
    reading = TableReading(TABLE, observations=(cell,), disorder=("予以公开", "予以公开"))
    check, *_ = checks.check_reading(reading, "2021", {cell.key: cell})
    assert (check.status, check.cells) == ("fail", (cell.key,))
    assert check.message.count("予以公开") == 1


def test_leftover_numbers_are_listed(checks: TableChecks) -> None:
    leftovers = tuple(Leftover(3, Box(0, 0, 1, 1), str(k)) for k in range(10, 20))
    _, check, *_ = checks.check_reading(TableReading(TABLE, leftovers=leftovers), "2021", {})
    assert check.status == "fail"
    assert "第3页“10”" in check.message
    assert "“18”" not in check.message  # eight are enough
    assert "等10处；表头或行名与所定的表不合" in check.message


# ---------------------------------------------------------------- value types


def _key_of_type(family: Family, value_type: str) -> Key:
    return next(field.key for field in family.fields if field.value_type == value_type)


@pytest.mark.parametrize(
    ("value_type", "value", "status"),
    [
        ("count", "3", "pass"),
        ("count", "0", "pass"),
        ("count", "2.353", "fail"),
        ("count", "-1", "fail"),
        ("signed_count", "-1", "pass"),
        ("signed_count", "-1.5", "fail"),
        ("amount", "96171.6", "pass"),
        ("amount", "-96171.6", "fail"),
    ],
)
def test_value_types(
    checks: TableChecks, family: Family, value_type: str, value: str, status: str
) -> None:
    if not any(field.value_type == value_type for field in family.fields):
        pytest.skip(f"the family has no {value_type}")
    key = _key_of_type(family, value_type)
    check = checks.check_counts(key.table, {key: observation(key, value)})
    assert (check.status, check.cells) == (status, () if status == "pass" else (key,))


def test_only_the_cells_of_the_table_count(checks: TableChecks, family: Family) -> None:
    key = _key_of_type(family, "count")
    cells = {key: observation(key, "-1")}
    other = next(table.id for table in family.tables if table.id != key.table)
    assert checks.check_counts(other, cells).status == "pass"


def test_the_message_names_the_cell_as_printed(checks: TableChecks) -> None:
    key = Key("applications", "granted", "total")
    cells = {key: observation(key, "2.353")}
    assert "予以公开·总计印作2.353" in checks.check_counts(key.table, cells).message


def test_numbers_that_nothing_proves_fail_a_check(checks: TableChecks) -> None:
    keys = [Key("applications", "granted", column) for column in ("natural_person", "total")]
    cells = {
        keys[0]: observation(keys[0], "2", proof="sight"),
        keys[1]: observation(keys[1], "3", proof="text"),
    }
    check = checks.check_proof("applications", cells)
    assert (check.check_id, check.status, check.cause) == ("applications.proof", "fail", "reading")
    assert check.cells == (keys[1],)
    assert "1个数只有一种读法" in check.message and "予以公开·总计" in check.message
    read = {key: replace(cell, reader="ocr") for key, cell in cells.items()}
    assert "1个数只由图片识别读出" in checks.check_proof("applications", read).message
    assert checks.check_proof("review_litigation", cells).status == "pass"


def test_zeros_and_doubtful_cells_need_no_proof(checks: TableChecks) -> None:
    keys = [Key("applications", "granted", column) for column in ("natural_person", "total")]
    cells = {keys[0]: observation(keys[0], "0"), keys[1]: observation(keys[1], "3", flagged=True)}
    check = checks.check_proof("applications", cells)
    assert (check.status, check.message[:7]) == ("pass", "存疑的格除外，")
