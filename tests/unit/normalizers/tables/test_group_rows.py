"""Tables printed like lists: groups in rows of their own, a column of units, numbered rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Key, Observation
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.values import TableReading
from helpers.accounts import make_folder, write
from helpers.draw import draw_table, make_page

TABLE = "statistics_2014"
HEADER = ["统计指标", "单位", "统计数"]
DISPUTES = [
    ["四、行政复议数量", "件", "6"],
    ["（一）维持具体行政行为数", "件", "3"],
    ["（二）被依法纠错数", "件", "2"],
    ["（三）其他情形数", "件", "1"],
    ["五、行政诉讼数量", "件", "9"],
    ["（一）维持具体行政行为或者驳回原告诉讼请求数", "件", "4"],
    ["（二）被依法纠错数", "件", "0"],
    ["（三）其他情形数", "件", "5"],
]
WIDTHS = [300.0, 50.0, 60.0]


def read(family: Family, *pages: list[list[str]], widths: list[float] = WIDTHS) -> TableReading:
    grids = [
        grid
        for number, rows in enumerate(pages, 1)
        for grid in find_grids(make_page(draw_table(rows, widths=widths), number=number))
    ]
    readings, others = TableReader(family).read(grids)
    assert others == []
    return readings[TABLE]


def cell(reading: TableReading, row: str) -> Observation:
    return next(o for o in reading.observations if o.key == Key(TABLE, row, "value"))


def values(reading: TableReading) -> dict[str, str]:
    return {o.key.row: o.raw_text for o in reading.observations}


def test_rows_with_one_label_are_told_apart_by_the_group_row_above(family: Family) -> None:
    reading = read(family, [HEADER, *DISPUTES])
    assert values(reading) == {
        "reconsideration.total": "6",
        "reconsideration.upheld": "3",
        "reconsideration.corrected": "2",
        "reconsideration.other": "1",
        "litigation.total": "9",
        "litigation.upheld": "4",
        "litigation.corrected": "0",
        "litigation.other": "5",
    }
    assert not any(o.flagged for o in reading.observations)
    assert cell(reading, "litigation.corrected").row_label == "五、行政诉讼数量／（二）被依法纠错数"


def test_a_page_break_after_a_group_row_leaves_its_members_in_it(family: Family) -> None:
    reading = read(family, [HEADER, *DISPUTES[:5]], DISPUTES[5:])
    assert cell(reading, "litigation.other").raw_text == "5"
    assert not any(o.flagged for o in reading.observations)


@pytest.mark.parametrize("sign", ["----", "————", ""])
def test_a_row_with_the_name_of_a_group_has_no_number(family: Family, sign: str) -> None:
    reading = read(
        family,
        [
            HEADER,
            ["八、机构建设和保障经费情况", sign, ""],
            ["（一）政府信息公开工作专门机构数", "个", "2"],
            ["（二）设置政府信息公开查阅点数", "个", "7"],
        ],
    )
    assert values(reading) == {"capacity.offices": "2", "capacity.reading_points": "7"}
    assert reading.leftovers == ()


def test_parts_are_known_with_and_without_their_word(family: Family) -> None:
    reading = read(
        family,
        [
            HEADER,
            ["4.不同意公开答复数", "件", "3"],
            ["涉及国家秘密", "件", "1"],
            ["其中：涉及商业秘密", "件", "2"],
        ],
    )
    assert values(reading)["replies.refused_state_secret"] == "1"
    assert values(reading)["replies.refused_trade_secret"] == "2"
    assert not any(o.flagged for o in reading.observations)


def test_an_amount_is_converted_from_the_unit_of_its_row(family: Family) -> None:
    reading = read(
        family,
        [
            HEADER,
            ["六、举报投诉数量", "宗", "3"],
            ["七、依申请公开信息收取的费用", "元", "12600"],
        ],
    )
    fees, complaints = cell(reading, "fees.collected"), cell(reading, "complaints.total")
    assert (fees.value, fees.unit, fees.value_in_unit) == (12600, "元", Decimal("1.26"))
    assert (complaints.value_in_unit, complaints.unit, complaints.flagged) == (3, "宗", False)


@pytest.mark.parametrize(("row", "unit"), [(0, "万条"), (0, "元"), (1, "件")])
def test_a_unit_of_another_kind_is_doubted(family: Family, row: int, unit: str) -> None:
    rows = [["六、举报投诉数量", "件", "3"], ["七、依申请公开信息收取的费用", "万元", "12"]]
    rows[row][1] = unit
    found = {o.key.row: o for o in read(family, [HEADER, *rows]).observations}
    doubted = ("complaints.total", "fees.collected")[row]
    assert [name for name, o in found.items() if o.flagged] == [doubted]
    assert unit in (found[doubted].doubt or "")


def test_the_unit_may_be_printed_after_the_number(family: Family) -> None:
    rows = [[a, c, b] for a, b, c in [HEADER, *DISPUTES]]
    reading = read(family, rows, widths=[300.0, 60.0, 50.0])
    assert cell(reading, "litigation.total").value == 9
    assert not any(o.flagged for o in reading.observations)


def test_numbers_before_the_rows_are_no_data(family: Family) -> None:
    rows = [["序号", *HEADER], *([str(k), *row] for k, row in enumerate(DISPUTES, 1))]
    reading = read(family, rows, widths=[30.0, *WIDTHS])
    assert values(reading)["reconsideration.total"] == "6"
    assert (reading.leftovers, reading.disorder) == ((), ())


def test_a_header_that_any_table_may_have_claims_no_grid(family: Family) -> None:
    rows = [["统计指标", "单位", "统计数"], ["窗口数", "个", "4"]]
    grids = find_grids(make_page(draw_table(rows, widths=WIDTHS)))
    assert TableReader(family).read(grids)[0] == {}


def test_a_row_of_an_outer_level_ends_the_groups_above_it(tmp_path: Path) -> None:
    rows = {
        "total": "一、馆藏资源／（一）馆藏总量",
        "books": "一、馆藏资源／（一）馆藏总量／1.图书",
        "children": "一、馆藏资源／（一）馆藏总量／1.图书／其中：少儿图书",
        "papers": "一、馆藏资源／（一）馆藏总量／2.报刊",
        "added": "一、馆藏资源／（二）本年新增",
    }
    folder = make_folder(tmp_path)
    write(
        folder,
        "tables.csv",
        f"""table_id,title_zh,section,layout,corner_zh,groups
{TABLE},服务统计表,,rows_and_columns,指标名称,above
""",
    )
    head = "table_id,row_id,column_id,forms,row_label_zh,column_label_zh,unit,article_zh,value_type"
    lines = [f"{TABLE},{row},value,2024,{label},本年,册,,count" for row, label in rows.items()]
    (folder / "fields.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    for name in ("labels.csv", "identities.csv"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    labels = [label.rpartition("／")[2] for label in rows.values()]
    numbers = [str(10 * k) for k, _ in enumerate(rows, 1)]
    printed = [["指标名称", "本年"], ["一、馆藏资源", ""]]
    printed += [[label, number] for label, number in zip(labels, numbers, strict=True)]
    reading = read(load_family(folder), printed, widths=[200.0, 60.0])
    assert {o.key.row: o.row_label for o in reading.observations} == rows
    assert list(values(reading).values()) == numbers
