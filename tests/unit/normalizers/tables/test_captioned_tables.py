"""Tables that captions name: rows with codes, two sides, and parts on further pages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Box, Grid, Line, Page
from gongkai.normalizers.tables.captions import (
    CaptionedTable,
    CaptionFinder,
    spans,
    with_tables,
)
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.values import TableReading
from gongkai.reading.zones import Zone, zone_between
from helpers.accounts import make_folder
from helpers.grids import grid_of


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Family:
    return load_family(make_folder(tmp_path_factory.mktemp("family")))


def line(text: str, top: float, page: int = 1) -> Line:
    return Line(text, page, Box(50, top, 300, top + 12), 12.0)


def zones(found: Sequence[CaptionedTable]) -> dict[str, Zone]:
    """The zone of each table on pages that are 800 points high."""
    pages = {n: Page(n, 600.0, 800.0, (), (), 0.0, "pdfium") for n in (1, 2, 3)}
    places = spans(found, {n: page.height for n, page in pages.items()})
    return {table: zone_between(*place, pages) for table, place in places.items()}


HEADER = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")


def read(family: Family, table: str, *grids: Grid) -> TableReading:
    """The reading of grids that stand under the caption of a table."""
    named = [replace(grid, tables=(table,)) for grid in grids]
    return TableReader(family).read(named)[0][table]


def values(reading: TableReading) -> dict[str, Decimal | None]:
    return {f"{o.key.row}.{o.key.column}": o.value for o in reading.observations}


def test_rows_are_named_by_their_codes(accounts: Family) -> None:
    reading = read(
        accounts,
        "spending",
        grid_of(
            HEADER,
            ("合计", "<", "3.5", "", "3.5"),
            ("201", "一般公共服务支出", "3.5", "", "3.5"),
            ("20106", "财政事务", "3.5", "", "3.5"),
        ),
    )
    assert values(reading)["total.all"] == Decimal("3.5")
    assert values(reading)["20106.project"] == Decimal("3.5")
    assert values(reading)["20106.basic"] is None
    labels = {o.key.row: (o.row_label, o.label_match) for o in reading.observations}
    assert labels["20106"] == ("财政事务", "exact")
    assert reading.new_codes == ()


def test_a_code_may_be_split_over_columns(accounts: Family) -> None:
    reading = read(
        accounts,
        "spending",
        grid_of(
            ("科目编码", "<", "<", "科目名称", "合计", "基本支出", "项目支出"),
            ("类", "款", "项", "", "", "", ""),
            ("201", "", "", "一般公共服务支出", "7", "7", ""),
            ("201", "06", "", "财政事务", "7", "7", ""),
            ("201", "06", "01", "行政运行", "7", "7", ""),
        ),
    )
    assert list(dict.fromkeys(o.key.row for o in reading.observations)) == [
        "201",
        "20106",
        "2010601",
    ]


def test_a_total_may_stand_in_the_last_row_of_the_header(accounts: Family) -> None:
    reading = read(
        accounts,
        "spending",
        grid_of(
            ("科目编码", "<", "<", "科目名称", "合计", "基本支出", "项目支出"),
            ("类", "款", "项", "合计", "9", "4", "5"),
            ("201", "", "", "一般公共服务支出", "9", "4", "5"),
        ),
    )
    assert values(reading)["total.all"] == Decimal(9)
    assert values(reading)["201.project"] == Decimal(5)
    assert reading.leftovers == ()


def test_a_total_in_a_header_that_is_repeated_counts_once(accounts: Family) -> None:
    header = (
        ("科目编码", "<", "<", "科目名称", "合计", "基本支出", "项目支出"),
        ("类", "款", "项", "合计", "9", "4", "5"),
    )
    reading = read(
        accounts,
        "spending",
        grid_of(*header, ("201", "", "", "一般公共服务支出", "9", "4", "5")),
        grid_of(*header, ("201", "06", "", "财政事务", "9", "4", "5"), page=2),
    )
    assert {o.key.row for o in reading.observations} == {"total", "201", "20106"}
    assert not any(o.flagged for o in reading.observations)
    assert (reading.leftovers, reading.disorder) == ((), ())


def test_numbers_under_a_header_that_is_not_understood_are_left_over(accounts: Family) -> None:
    header = ("科目编码", "科目名称", "看不清\n1.00", "看不懂\n2.00", "项目支出")
    reading = read(
        accounts, "spending", grid_of(header, ("201", "一般公共服务支出", "9.00", "4.00", "5.00"))
    )
    assert [left.text for left in reading.leftovers] == ["9.00", "4.00"]


def test_an_unknown_code_is_kept_and_named_by_the_print(accounts: Family) -> None:
    reading = read(accounts, "spending", grid_of(HEADER, ("2990199", "其他新支出", "1", "1", "")))
    assert reading.new_codes == ("2990199",)
    assert {o.row_label for o in reading.observations} == {"其他新支出"}
    assert not any(o.flagged for o in reading.observations)


def test_a_code_may_be_printed_in_one_cell_with_its_name(accounts: Family) -> None:
    reading = read(
        accounts,
        "spending",
        grid_of(("科目名称", "合计", "基本支出", "项目支出"), ("20106财政事务", "1", "1", "")),
    )
    assert {(o.key.row, o.row_label) for o in reading.observations} == {("20106", "财政事务")}


def test_a_row_that_only_numbers_the_columns_is_no_data(accounts: Family) -> None:
    reading = read(
        accounts,
        "spending",
        grid_of(HEADER, ("栏次", "<", "1", "2", "3"), ("201", "一般公共服务支出", "6", "5", "1")),
    )
    assert set(values(reading).values()) == {Decimal(6), Decimal(5), Decimal(1)}
    assert reading.leftovers == ()


def test_a_row_with_a_code_is_no_part_of_the_row_before_the_page_break(accounts: Family) -> None:
    first = grid_of(HEADER, ("201", "一般公共服务支出", "6", "", ""))
    below = ("20106", "财政事务", "", "", ""), ("2010601", "行政运行", "6", "", "")
    reading = read(accounts, "spending", first, grid_of(*below, page=2))
    rows = dict.fromkeys(o.key.row for o in reading.observations)
    assert list(rows) == ["201", "20106", "2010601"]


TWO_SIDED = grid_of(
    ("收入", "<", "支出", "<"),
    ("项目", "决算数", "项目", "决算数"),
    ("一、财政拨款", "8", "一、一般公共服务支出", "7"),
)


def test_each_half_of_a_two_sided_print_is_read_by_itself(accounts: Family) -> None:
    reading = read(accounts, "summary", TWO_SIDED)
    assert values(reading) == {"services.actual": Decimal(7)}
    assert reading.grids[0].cells == TWO_SIDED.cells
    assert reading.leftovers == ()


@pytest.mark.parametrize(
    ("header", "numbers"),
    [
        (("收入项目", "决算数", "支出项目", "决算数"), [7]),
        (("收入项目", "预算数", "支出项目", "决算数"), []),
    ],
)
def test_the_halves_may_have_other_labels_over_their_rows(
    accounts: Family, header: tuple[str, ...], numbers: list[int]
) -> None:
    grid = grid_of(header, ("一、财政拨款", "8", "一、一般公共服务支出", "7"))
    reading = read(accounts, "summary", grid)
    assert list(values(reading).values()) == numbers
    assert bool(reading.leftovers) != bool(numbers)


def test_a_print_without_a_second_half_is_not_read(accounts: Family) -> None:
    reading = read(accounts, "summary", grid_of(("项目", "决算数"), ("一、一般公共服务支出", "7")))
    assert reading.observations == ()
    assert [left.text for left in reading.leftovers] == ["7"]


def test_the_caption_over_a_grid_names_its_table(accounts: Family) -> None:
    grid = grid_of(HEADER)
    finder = CaptionFinder(accounts)
    for caption in ("支出决算表", "表2 支出决算表", "某某局2024年度支出决算表"):
        [found] = finder.find([grid], [line(caption, 50), line("单位：万元", 70)])
        assert found.tables == ("spending",), caption
    for caption in ("项目支出决算表", "支出决算表的说明", "一段文字"):
        [found] = finder.find([grid], [line(caption, 50)])
        assert found.tables == (), caption


def test_a_grid_without_text_above_continues_the_table_of_the_page_before(
    accounts: Family,
) -> None:
    grids = [grid_of(HEADER), grid_of(HEADER, page=2), grid_of(HEADER[:2], page=3)]
    found = CaptionFinder(accounts).find(grids, [line("支出决算表", 50)])
    assert [each.tables for each in found] == [("spending",), ()]
    assert [grid.tables for grid in with_tables(found)] == [("spending",), ("spending",), ()]
    assert zones(found) == {"spending": {1: (62.0, 800.0), 2: (0.0, 800.0)}}


def test_a_table_ends_where_the_next_caption_stands(accounts: Family) -> None:
    grids = [grid_of(HEADER), grid_of(("项目", "决算数"), top=400.0)]
    found = CaptionFinder(accounts).find(grids, [line("支出决算表", 50), line("收支总表", 350)])
    assert zones(found) == {"spending": {1: (62.0, 362.0)}, "summary": {1: (362.0, 800.0)}}


def test_a_caption_may_be_left_behind_on_the_page_before(accounts: Family) -> None:
    first = grid_of(HEADER, ("201", "一般公共服务支出", "6", "5", "1"))
    lines = [line("支出决算表", 700.0), line("单位：万元", 720.0)]
    [_, found] = CaptionFinder(accounts).find(
        [replace(first, page=1), replace(first, page=2)], lines
    )
    assert (found.tables, found.start) == (("spending",), (1, 712.0))


def test_a_table_goes_on_on_a_page_of_another_orientation(accounts: Family) -> None:
    first = grid_of(HEADER, ("201", "一般公共服务支出", "6", "5", "1"), width=100.0)
    further = grid_of(("20106", "财政事务", "6", "5", "1"), page=2, width=60.0)
    lines = [line("支出决算表", 60.0)]
    [found] = CaptionFinder(accounts).find([first, further], lines)
    assert found.grids == (first, further)
