"""Blocks of a table: three lists of rows side by side, and tables whose header is turned."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Grid
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.values import TableReading
from helpers.grids import grid_of
from helpers.printed import Texts
from helpers.printed import grid_of as printed_grid


@pytest.fixture(scope="module")
def reader() -> TableReader:
    accounts: Family = load_family("final-accounts")
    return TableReader(accounts)


def read(reader: TableReader, table: str, grid: Grid) -> TableReading:
    return reader.read([replace(grid, tables=(table,))])[0][table]


def values(reading: TableReading) -> dict[str, Decimal | None]:
    return {f"{o.key.row}.{o.key.column}": o.value for o in reading.observations}


def test_a_list_of_rows_goes_on_in_a_third_block(reader: TableReader) -> None:
    grid = grid_of(
        ("人员经费", "<", "<", "公用经费", "<", "<", "<", "<", "<"),
        ("科目编码", "科目名称", "决算数") * 3,
        (
            "301",
            "工资福利支出",
            "9.00",
            "302",
            "商品和服务支出",
            "3.00",
            "310",
            "资本性支出",
            "2.00",
        ),
        ("30101", "基本工资", "9.00", "30201", "办公费", "3.00", "31002", "办公设备购置", "2.00"),
        ("人员经费合计", "<", "9.00", "公用经费合计", "<", "<", "<", "<", "5.00"),
    )
    reading = read(reader, "general_budget_basic_expenditure", grid)
    assert values(reading) == {
        "301.actual": 9, "30101.actual": 9, "302.actual": 3, "30201.actual": 3,
        "310.actual": 2, "31002.actual": 2,
        "personnel_funds_total.actual": 9, "operating_funds_total.actual": 5,
    }  # fmt: skip
    assert reading.leftovers == ()


ITEMS = ("合计", "因公出国（境）费", "小计", "公务用车购置费", "公务用车运行维护费", "公务接待费")
GROUPS = ("", "", "公务用车购置及运行维护费", "<", "<", "")


@pytest.mark.parametrize("numbered", [False, True])
def test_budgets_and_actual_amounts_in_blocks_of_their_own(
    reader: TableReader, numbered: bool
) -> None:
    rows = [
        ("预算数", *"<<<<<", "决算数", *"<<<<<"),
        GROUPS * 2,
        ITEMS * 2,
        tuple(map(str, range(1, 13))),
        ("6.00", "1.00", "4.00", "1.00", "3.00", "1.00", "3.00", "", "2.00", "", "2.00", "1.00"),
    ]
    found = values(read(reader, "three_public_expenses", grid_of(*rows[: 3 + numbered], rows[-1])))
    assert found["total.budget"] == 6
    assert found["official_vehicles_purchase.budget"] == 1
    assert found["overseas_visits.actual"] is None
    assert found["official_hospitality.actual"] == 1
    assert len(found) == 12


def test_a_column_and_a_row_of_numbers_are_no_data(reader: TableReader) -> None:
    grid = grid_of(
        ("收入", "<", "<", "支出", "<", "<"),
        ("项目", "行次", "决算数", "项目", "行次", "决算数"),
        ("栏次", "", "1", "栏次", "", "2"),
        ("一、一般公共预算财政拨款收入", "1", "8.00", "一、一般公共服务支出", "32", "7.00"),
    )
    for half, row, value in (
        ("income", "general_public_budget_appropriation", 8),
        ("expenditure", "general_public_services", 7),
    ):
        reading = read(reader, f"revenue_expenditure_summary_{half}", grid)
        assert values(reading) == {f"{row}.actual": value}
        assert reading.leftovers == ()


OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
REVIEW = (("1", "2", "3", "4", "10"), ("0", "1", "0", "0", "1"), ("2", "0", "0", "1", "3"))
GROUPS_AS_ROWS = (
    ("行政复议", None, *REVIEW[0]),
    ("行政诉讼", "未经复议直接起诉", *REVIEW[1]),
    ("^", "复议后起诉", *REVIEW[2]),
)
OUTCOMES_AS_ROWS = (
    ("结果", "行政复议", "行政诉讼", None),
    ("^", "^", "未经复议直接起诉", "复议后起诉"),
    *zip(OUTCOMES, *REVIEW, strict=True),
)


@pytest.fixture(scope="module")
def annual(family: Family) -> TableReader:
    return TableReader(family)


@pytest.mark.parametrize(
    "rows",
    [
        (("类别", None, *OUTCOMES), *GROUPS_AS_ROWS),
        (("四、行政复议、行政诉讼", *[None] * 6), ("", "", *OUTCOMES), *GROUPS_AS_ROWS),
        (
            ("", *OUTCOMES),
            ("行政复议", *REVIEW[0]),
            ("未经复议直接起诉", *REVIEW[1]),
            ("复议后起诉", *REVIEW[2]),
        ),
        OUTCOMES_AS_ROWS,
    ],
)
def test_a_header_may_be_turned_and_name_rows(annual: TableReader, rows: Texts) -> None:
    reading = read(annual, "review_litigation", printed_grid(rows))
    found = values(reading)
    for row, numbers in zip(
        ("reconsideration", "litigation_direct", "litigation_after_reconsideration"),
        REVIEW,
        strict=True,
    ):
        columns = ("upheld", "corrected", "other", "pending", "total")
        assert [str(found[f"{row}.{column}"]) for column in columns] == list(numbers)
    assert (reading.leftovers, reading.disorder) == ((), ())
    assert not any(cell.flagged for cell in reading.observations)


@pytest.mark.parametrize(
    "rows",
    [
        (
            ("类别", None, *OUTCOMES),
            ("行政复议", None, *REVIEW[0]),
            ("", "", *REVIEW[1]),
            ("复议后起诉", None, *REVIEW[2]),
        ),
        (*OUTCOMES_AS_ROWS[:4], ("", "7", "8", "9"), *OUTCOMES_AS_ROWS[5:]),
        (("", "", *OUTCOMES), *GROUPS_AS_ROWS, ("合计", None, "3", "3", "3", "5", "14")),
    ],
)
def test_a_row_of_a_turned_header_without_a_known_label_is_reported(
    annual: TableReader, rows: Texts
) -> None:
    reading = read(annual, "review_litigation", printed_grid(rows))
    assert reading.leftovers or any(cell.flagged for cell in reading.observations)


def test_a_blank_row_of_a_turned_header_has_blank_cells(annual: TableReader) -> None:
    blank = ("复议后起诉", None, *[""] * 5)
    rows = [("", "", *OUTCOMES), *GROUPS_AS_ROWS[:1], ("未经复议直接起诉", None, *REVIEW[1]), blank]
    reading = read(annual, "review_litigation", printed_grid(rows))
    assert len(reading.observations) == 15
    states = [o.state for o in reading.observations if o.key.row.endswith("after_reconsideration")]
    assert states == ["blank"] * 5


def test_a_turned_table_goes_on_on_the_next_page(annual: TableReader) -> None:
    first = printed_grid([("", "", *OUTCOMES), GROUPS_AS_ROWS[0]])
    second = printed_grid(GROUPS_AS_ROWS[1:], page=2)
    grids = [replace(grid, tables=("review_litigation",)) for grid in (first, second)]
    reading = annual.read(grids)[0]["review_litigation"]
    assert values(reading)["litigation_after_reconsideration.total"] == 3
    assert (len(reading.observations), reading.leftovers) == (15, ())
