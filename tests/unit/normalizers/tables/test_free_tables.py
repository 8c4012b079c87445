"""Tables without a fixed form: columns in any order, and rows of named bodies."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.checks.table_checks import TableChecks
from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Check, Grid
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.values import TableReading
from helpers.accounts import make_folder
from helpers.grids import grid_of as plain_grid

TABLES = """table_id,title_zh,section,layout,corner_zh,rows,column_order,printed
cases,案件统计表,,rows_and_columns,单位名称,names,free,always
visits,检查统计表,,rows_and_columns,单位名称,names,free,sometimes
"""
COLUMNS = (
    ("filed", "立案数量", "件", "count"),
    ("warning", "处罚数量／警告", "宗", "count"),
    ("fine", "处罚数量／罚款", "宗", "count"),
    ("closure", "处罚数量／责令关闭", "宗", "count"),
    ("total", "合计", "宗", "count"),
    ("amount", "罚没金额", "万元", "amount"),
)
LABELS = """kind,table_id,id,form,spelling,origin,note
corner,cases,corner,,序号,,
ignored,cases,ignored,,备注,,
row,cases,total,,全市合计,,
"""
IDENTITIES = """identity,severity,table_id,over,relation,group,member,sign,source
kinds,must,cases,row,eq,,total,1,
kinds,must,cases,row,eq,,warning,-1,
kinds,must,cases,row,eq,,fine,-1,
kinds,must,cases,row,eq,,closure,-1,
bodies,must,cases,tree,eq,,total,1,
"""


def fields() -> str:
    lines = ["table_id,row_id,column_id,forms,row_label_zh,column_label_zh,unit,article_zh,"
             "value_type,printed"]  # fmt: skip
    for row, label in (("total", "合计"), ("*", "*")):
        lines += [
            f"cases,{row},{name},2024,{label},{text},{unit},,{kind},sometimes"
            for name, text, unit, kind in COLUMNS
        ]
        lines.append(f"visits,{row},times,2024,{label},行政检查次数,次,,count,always")
    return "\n".join(lines) + "\n"


def make_family(parent: Path, **files: str) -> Family:
    folder = make_folder(parent)
    texts = {"tables": TABLES, "fields": fields(), "labels": LABELS, "identities": IDENTITIES}
    for name, text in (texts | files).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return load_family(folder)


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Family:
    return make_family(tmp_path_factory.mktemp("family"))


def grid_of(*rows: tuple[str, ...], page: int = 1, top: float = 100.0) -> Grid:
    """A grid of the table of cases."""
    return replace(plain_grid(*rows, page=page, top=top), tables=("cases",))


def read(bodies: Family, *rows: tuple[str, ...]) -> TableReading:
    return TableReader(bodies).read([grid_of(*rows)])[0]["cases"]


def values(reading: TableReading) -> dict[str, Decimal | None]:
    return {f"{o.key.row}.{o.key.column}": o.value for o in reading.observations}


def checks(bodies: Family, reading: TableReading) -> dict[str, Check]:
    cells = {cell.key: cell for cell in reading.observations}
    found = TableChecks(bodies).check({"cases": reading}, {"cases": "2024"}, cells)
    return {check.check_id: check for check in found}


def test_columns_are_known_by_their_labels_in_any_order(bodies: Family) -> None:
    reading = read(bodies, ("责令关闭", "罚款", "警告", "合计（宗）"), ("1", "2", "3", "6"))
    assert values(reading) == {
        "total.closure": 1, "total.fine": 2, "total.warning": 3, "total.total": 6,
    }  # fmt: skip
    assert not any(cell.flagged for cell in reading.observations)
    assert checks(bodies, reading)["cases.kinds.total"].status == "pass"


def test_a_label_that_is_only_similar_is_doubted(bodies: Family) -> None:
    reading = read(bodies, ("警告", "罚款", "责令关停", "合计"), ("1", "2", "3", "6"))
    assert [o.key.column for o in reading.observations if o.flagged] == ["closure"]
    assert checks(bodies, reading)["cases.order.labels"].status == "fail"


def test_a_label_that_is_printed_twice_is_doubted(bodies: Family) -> None:
    reading = read(bodies, ("警告", "罚款", "罚款", "合计"), ("1", "2", "3", "6"))
    assert values(reading) == {"total.warning": 1, "total.fine": 2, "total.total": 6}
    assert [left.text for left in reading.leftovers] == ["3"]


def test_the_sum_is_over_the_kinds_that_are_printed(bodies: Family) -> None:
    right = read(bodies, ("警告", "罚款", "合计"), ("1", "2", "3"))
    wrong = read(bodies, ("警告", "罚款", "合计"), ("1", "2", "4"))
    without = read(bodies, ("立案数量", "警告", "罚款"), ("3", "1", "2"))
    assert checks(bodies, right)["cases.kinds.total"].status == "pass"
    assert checks(bodies, wrong)["cases.kinds.total"].status == "fail"
    assert "cases.kinds.total" not in checks(bodies, without)


def test_an_amount_has_the_unit_in_brackets_of_its_label(bodies: Family) -> None:
    reading = read(bodies, ("警告", "合计（件）", "罚没金额（元）"), ("2", "2", "73500"))
    cells = {cell.key.column: cell for cell in reading.observations}
    assert (cells["amount"].value, cells["amount"].unit) == (73500, "元")
    assert cells["amount"].value_in_unit == Decimal("7.35")
    assert (cells["total"].unit, cells["warning"].unit) == ("件", None)


def test_a_header_may_go_on_in_a_second_band(bodies: Family) -> None:
    reading = read(bodies, ("警告", "罚款"), ("1", "2"), ("合计", "罚没金额"), ("3", "0.5"))
    assert values(reading) == {
        "total.warning": 1, "total.fine": 2, "total.total": 3, "total.amount": Decimal("0.5"),
    }  # fmt: skip


def test_the_only_row_is_the_record_whatever_its_label(bodies: Family) -> None:
    reading = read(
        bodies,
        ("序号", "单位名称", "警告", "罚款", "合计", "备注"),
        ("1", "东岑县教育局", "1", "2", "3", "含2个大队"),
    )
    assert values(reading) == {"total.warning": 1, "total.fine": 2, "total.total": 3}
    assert not reading.leftovers
    assert {cell.row_label for cell in reading.observations} == {"东岑县教育局"}


HEADER = ("序号", "单位名称", "警告", "罚款", "合计")


def test_each_named_body_is_a_row_and_the_last_row_their_sum(bodies: Family) -> None:
    rows = [("1", "一大队", "1", "2", "3"), ("2", "二大队", "4", "0", "4")]
    right = read(bodies, HEADER, *rows, ("", "合计", "5", "2", "7"))
    wrong = read(bodies, HEADER, *rows, ("", "全市合计", "5", "3", "8"))
    assert values(right)["二大队.warning"] == 4 and values(right)["total.total"] == 7
    found = checks(bodies, right)
    assert found["cases.bodies.total.fine"].status == "pass"
    assert found["cases.kinds.二大队"].status == "pass"
    assert "cases.bodies.total.amount" not in found
    assert checks(bodies, wrong)["cases.bodies.total.fine"].status == "fail"


def test_a_row_without_a_name_among_others_is_left_over(bodies: Family) -> None:
    reading = read(
        bodies, HEADER, ("1", "一大队", "1", "2", "3"), ("", "", "9", "9", "18"),
        ("", "合计", "1", "2", "3"),
    )  # fmt: skip
    assert [left.text for left in reading.leftovers] == ["9", "9", "18"]


def test_titles_and_notes_inside_the_table_are_no_data(bodies: Family) -> None:
    reading = read(
        bodies,
        ("某县2024年度行政处罚实施情况统计表", "<", "<"),
        ("警告", "罚款", "合计"),
        ("1", "2", "3"),
        ("说明：1.统计时间为2024年1月1日至12月31日。", "<", "<"),
    )
    assert values(reading) == {"total.warning": 1, "total.fine": 2, "total.total": 3}
    assert not reading.leftovers


def test_a_table_printed_empty_has_blank_cells(bodies: Family) -> None:
    reading = read(bodies, ("警告", "罚款", "合计"), ("", "", ""))
    assert {cell.state for cell in reading.observations} == {"blank"}
    assert len(reading.observations) == 3


def test_digits_of_several_cells_in_one_are_unreadable(bodies: Family) -> None:
    grid = grid_of(("警告", "罚款", "合计"), ("813179757417314", "<", "<"))
    cells = TableReader(bodies).read([grid])[0]["cases"].observations
    assert {cell.state for cell in cells} == {"unreadable"}
    assert all(cell.flagged for cell in cells)


def test_a_table_that_is_printed_sometimes_may_be_absent(bodies: Family) -> None:
    reading = read(bodies, ("警告", "罚款", "合计"), ("1", "2", "3"))
    found = checks(bodies, reading)
    assert "visits.complete.cells" not in found
    cells = {cell.key: cell for cell in reading.observations}
    lost = TableChecks(bodies).check({}, {}, {})
    assert [check.check_id for check in lost] == ["cases.complete.cells"]
    assert cells


def test_a_name_is_no_member_of_an_identity(tmp_path: Path) -> None:
    wrong = IDENTITIES.replace("tree,eq,,total", "tree,eq,,totl")
    with pytest.raises(FamilyError, match=r"identities.csv:6: .*'totl'"):
        make_family(tmp_path, identities=wrong)
    shutil.rmtree(tmp_path)
