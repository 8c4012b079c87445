"""Numerals, and finding numbers in a normalized sentence."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.narrative.figures import FigureReader
from gongkai.normalizers.narrative.numbers import (
    NumberFinder,
    arabic_number,
    chinese_number,
)


@pytest.fixture
def finder(family: Family, figure_reader: FigureReader) -> NumberFinder:
    return NumberFinder(family.narrative_grammar, figure_reader.segmenter)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二十七", 27), ("一百零三", 103), ("两千", 2000), ("十", 10), ("三万五千", 35000),
        ("二〇一九", 2019), ("一亿二千万", 120000000),
    ],
)  # fmt: skip
def test_chinese_numerals(text: str, value: int) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize("text", ["", "三五", "万", "零件"])
def test_text_that_is_no_numeral(text: str) -> None:
    assert chinese_number(text) is None


def test_digits_with_a_multiple_are_exact() -> None:
    assert str(arabic_number("1.5", "万")) == "15000"
    assert arabic_number("1,234", None) == 1234


def test_offsets_of_a_number_enclose_its_unit(finder: NumberFinder) -> None:
    text = "公开信息12条，阅读1.5万余次。"
    assert [text[n.start : n.end] for n in finder.find(text)] == ["12条", "1.5万余次"]


def test_a_number_without_a_unit_needs_a_thing_before_it(finder: NumberFinder) -> None:
    assert [n.value for n in finder.find("收到申请31，邮编751100。")] == [31]
