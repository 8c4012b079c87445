"""Tables whose rows are codes of a list: fields, trees, sums over cells of several tables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from gongkai.checks.identities import IdentityChecks
from gongkai.database.catalogue import all_columns
from gongkai.database.wide import wide_views
from gongkai.errors import FamilyError
from gongkai.families.codes import CodeList, read_code_list
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.model import Box, Key, Observation
from helpers.accounts import CODES, FIELDS, IDENTITIES, make_folder, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path)


@pytest.fixture
def accounts(folder: Path) -> Family:
    return load_family(folder)


def number(cell: str, value: str) -> Observation:
    key, box = Key(*cell.split(".")), Box(0, 0, 1, 1)
    labels = (key.row, key.column, "exact")
    return Observation(key, "number", Decimal(value), value, None, *labels, 1, box, "pdfium")


def checks_of(family: Family, cells: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Status and message of each check that was tested, by its id."""
    known = {Key(*cell.split(".")): number(cell, value) for cell, value in cells.items()}
    forms = {key.table: "2024" for key in known}
    return {
        check.check_id: (check.status, check.message)
        for check in IdentityChecks(family).check(known, forms)
        if check.status != "skipped"
    }


def test_a_row_with_a_code_has_fields_named_by_the_list(accounts: Family) -> None:
    line = accounts.field(Key("spending", "20106", "basic"))
    assert (line.row_label, line.column_label, line.unit) == ("财政事务", "基本支出", "万元")
    assert accounts.short_labels[Key("spending", "20106", "basic")].cell == "财政事务·基本支出"


def test_an_unknown_code_of_a_known_length_is_a_row_too(accounts: Family) -> None:
    assert accounts.field(Key("spending", "2990199", "all")).row_label == "2990199"
    for row in ("20", "20106a", "other", "²⁰¹"):
        with pytest.raises(KeyError):
            accounts.field(Key("spending", row, "all"))


def test_fields_of_codes_are_not_listed(accounts: Family) -> None:
    table = accounts.table("spending")
    assert table.rows == ("total",)
    assert table.columns == ("all", "basic", "project")
    assert Key("spending", "201", "all") not in set(accounts.fields_by_key)
    assert Key("spending", "201", "all") in accounts.fields_by_key


def test_children_skip_levels_that_are_not_printed() -> None:
    codes = CodeList("functions", {})
    assert codes.children(["201", "2010601", "20801", "2080101"]) == {
        "": ["201", "20801"],
        "201": ["2010601"],
        "20801": ["2080101"],
    }


def test_each_code_is_the_sum_of_those_below_it(accounts: Family) -> None:
    found = checks_of(
        accounts,
        {
            "spending.total.all": "30.5",
            "spending.201.all": "30.5",
            "spending.20106.all": "30",
            "spending.20199.all": "0.5",
            "spending.2010601.all": "29",
        },
    )
    assert {name: status for name, (status, _) in found.items() if ".tree." in name} == {
        "spending.tree.total.all": "pass",
        "spending.tree.201.all": "pass",
        "spending.tree.20106.all": "fail",
    }


def test_a_sum_of_rounded_numbers_may_differ_in_the_last_digit(accounts: Family) -> None:
    status, message = checks_of(
        accounts,
        {"spending.201.all": "3.33", "spending.201.basic": "1.11", "spending.201.project": "2.21"},
    )["spending.parts.201"]
    assert status == "pass"
    assert message.endswith("（相差0.01，在四舍五入之内）")
    off = {"spending.201.all": "3.35", "spending.201.basic": "1.11", "spending.201.project": "2.21"}
    assert checks_of(accounts, off)["spending.parts.201"][0] == "fail"


def test_whole_numbers_are_not_rounded(accounts: Family) -> None:
    cells = {"spending.201.all": "4", "spending.201.basic": "1", "spending.201.project": "2"}
    assert checks_of(accounts, cells)["spending.parts.201"][0] == "fail"


def test_a_cell_that_may_be_left_out_takes_no_part(accounts: Family) -> None:
    found = checks_of(accounts, {"spending.total.all": "2", "spending.total.project": "2"})
    assert found["spending.parts.total"][0] == "pass"


def test_a_listed_row_that_may_be_left_out_takes_no_part(folder: Path) -> None:
    more = FIELDS + (
        "summary,debts,actual,2024,二、债务付息支出,支出／决算数,万元,,amount,sometimes\n"
        "summary,total,actual,2024,总计,支出／决算数,万元,,amount,\n"
    )
    write(folder, "fields.csv", more)
    terms = (("total", 1), ("services", -1), ("debts", -1))
    lines = [f"sum,must,summary,column,eq,,{row},{sign},,\n" for row, sign in terms]
    write(folder, "identities.csv", IDENTITIES + "".join(lines))
    family = load_family(folder)
    cells = {"summary.services.actual": "7", "summary.total.actual": "9"}
    assert checks_of(family, cells)["summary.sum.actual"][0] == "fail"
    cells["summary.debts.actual"] = "2"
    assert checks_of(family, cells)["summary.sum.actual"][0] == "pass"


def test_a_row_without_a_place_for_a_number_of_the_others_is_not_tested(accounts: Family) -> None:
    found = checks_of(
        accounts,
        {
            "spending.total.all": "5",
            "spending.total.project": "2",
            "spending.201.all": "5",
            "spending.201.basic": "3",
            "spending.201.project": "2",
        },
    )
    assert "spending.parts.total" not in found
    assert found["spending.parts.201"][0] == "pass"


def test_a_sum_over_two_tables_names_them(accounts: Family) -> None:
    status, message = checks_of(
        accounts, {"summary.services.actual": "7", "spending.201.all": "8"}
    )["summary.services"]
    assert status == "fail"
    assert (
        message
        == "《收支总表》一、一般公共服务支出·决算数7，不等于 《支出决算表》一般公共服务支出·合计8"
    )


def test_a_sum_over_two_tables_needs_both(accounts: Family) -> None:
    assert "summary.services" not in checks_of(accounts, {"summary.services.actual": "7"})


def test_a_star_stands_for_each_printed_code(accounts: Family) -> None:
    found = checks_of(
        accounts,
        {
            "spending.201.all": "5",
            "spending.201.basic": "5",
            "spending.20106.all": "4",
            "spending.20106.basic": "5",
        },
    )
    assert found["spending.within.201"][0] == "pass"
    assert found["spending.within.20106"][0] == "fail"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("20106,又一个,Another,201", "20106 is listed twice"),
        ("20201,外交,Foreign,202", "the parent '202' is not listed above"),
        ("202,外交,Foreign,201", "202 does not begin with 201"),
    ],
)
def test_a_code_list_that_is_no_tree_is_refused(folder: Path, line: str, message: str) -> None:
    write(folder, "codes-functions.csv", f"{CODES}{line}\n")
    with pytest.raises(FamilyError) as caught:
        read_code_list(folder, "functions")
    assert str(caught.value) == f"{folder / 'codes-functions.csv'}:5: {message}"


@pytest.mark.parametrize(
    ("term", "problem"),
    [
        ("a,must,nowhere,row,eq,,all,1,,", "tables.csv has no table 'nowhere'"),
        ("a,must,summary,tree,eq,,,1,,", "the rows of 'summary' are no codes"),
        ("a,must,summary,cells,eq,,spending.201,1,,", "'spending.201' is not table.row.column"),
        ("a,must,summary,cells,eq,,spending.201.none,1,,", "has no cell 'spending.201.none'"),
        ("a,must,spending,column,eq,,20,1,,", "fields.csv has no row_id '20' in 'spending'"),
    ],
)
def test_an_identity_over_what_no_form_has_is_refused(
    folder: Path, term: str, problem: str
) -> None:
    write(folder, "identities.csv", f"{IDENTITIES}{term}\n")
    with pytest.raises(FamilyError) as caught:
        load_family(folder)
    assert str(caught.value).startswith(f"{folder / 'identities.csv'}:10: ")
    assert problem in str(caught.value)


def test_a_table_with_codes_has_a_view_by_row(accounts: Family) -> None:
    measures = read_measures(accounts)
    assert measures.has_line_for_each_row("spending")
    assert not measures.has_line_for_each_row("summary")
    [view] = [v for v in wide_views(measures) if v.table == "spending" and not v.trusted]
    names = [column.name for column in view.select.selected_columns]
    assert names[-5:] == ["row_id", "row_name_zh", "all", "basic", "project"]
    described = {each.name: each for each in all_columns(measures, [view])}
    assert (described["basic"].unit, described["basic"].type) == ("万元", "amount")


def test_a_name_that_a_database_would_cut_is_refused(folder: Path) -> None:
    fields = (folder / "fields.csv").read_text(encoding="utf-8")
    long = fields.replace("项目支出,", f"{'长' * 22},")
    (folder / "fields.csv").write_text(long, encoding="utf-8")
    with pytest.raises(FamilyError, match="needs a name of at most 63 bytes"):
        list(wide_views(read_measures(load_family(folder))))
