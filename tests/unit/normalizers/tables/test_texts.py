"""Cells that hold no number: names, addresses, codes, dates, and ticked boxes."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.families.lines import Field, ValueType
from gongkai.normalizers.tables.texts import TextReader


def field(kind: ValueType, *options: str) -> Field:
    return Field(
        table_id="form", row_id="row", column_id="value", forms=("2017",), row_label_zh="项",
        column_label_zh="值", unit="", article_zh="", value_type=kind, options=options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def reader(family: Family) -> TextReader:
    return TextReader(family)


@pytest.mark.parametrize(
    ("kind", "printed", "text"),
    [
        ("text", "临江市\n教育局网站", "临江市教育局网站"),
        ("text", "A  B", "A B"),
        ("url", "http://www.lj.gov.cn/\ncol/index.html", "http://www.lj.gov.cn/col/index.html"),
        ("url", "ｗｗｗ.lj.gov.cn", "www.lj.gov.cn"),
        ("code", "bm56000001", "bm56000001"),
        ("code", "0044010001", "0044010001"),
        ("code", "粤ICP备 05000001号", "粤ICP备05000001号"),
        ("date", "2024年1月9日", "2024-01-09"),
        ("date", "2024-01-19", "2024-01-19"),
    ],
)
def test_text_is_normalised(reader: TextReader, kind: ValueType, printed: str, text: str) -> None:
    value = reader.read(printed, field(kind))
    assert (value.state, value.text, value.value, value.doubt) == ("text", text, None, None)


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("☑是 □否", "是"),
        ("□是 ■否", "否"),
        ("√是 □否", "是"),
        ("□是 □√否", "否"),
        ("是", "是"),
    ],
)
def test_the_ticked_option_is_read(reader: TextReader, printed: str, text: str) -> None:
    assert reader.read(printed, field("choice", "是", "否")).text == text


def test_several_options_may_be_ticked(reader: TextReader) -> None:
    value = reader.read("☑甲 □乙 ☑丙", field("choices", "甲", "乙", "丙"))
    assert value.text == "甲、丙"


@pytest.mark.parametrize(
    ("kind", "printed", "doubt"),
    [
        ("choice", "□是 □否", "看不出选了哪一项"),
        ("choice", "☑是 ☑否", "只应选一项"),
        ("choice", "☑也许 □否", "不是《表》所列的选项：也许"),
        ("url", "无网址", "不是网址"),
        ("code", "12 34?", "不是编码"),
        ("date", "年月日", "不是日期"),
    ],
)
def test_what_cannot_be_read_is_in_doubt(
    reader: TextReader, kind: ValueType, printed: str, doubt: str
) -> None:
    value = reader.read(printed, field(kind, "是", "否"))
    assert (value.state, value.text) == ("unreadable", None)
    assert doubt in (value.doubt or "")


@pytest.mark.parametrize(("printed", "state"), [("", "blank"), (" \n", "blank"), ("/", "mark")])
def test_nothing_and_marks(reader: TextReader, printed: str, state: str) -> None:
    assert reader.read(printed, field("text")).state == state


def test_no_box_at_all_is_blank(reader: TextReader) -> None:
    assert reader.read("", field("choice", "是", "否")).state == "blank"
