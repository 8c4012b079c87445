"""Parsing of what a person types."""

from __future__ import annotations

import pytest

from gongkai.decisions.answers import AnswerParser, TypedCell, parse_year
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Key

CELL = Key("applications", "granted", "total")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6", TypedCell("typed", "number", "6", "6")),
        (" 12.50 ", TypedCell("typed", "number", "12.50", "12.50")),
        ("/", TypedCell("typed", "mark", None, "/")),
        ("  ", TypedCell("blank", "blank", None, "")),
    ],
)
def test_cells(family: Family, text: str, expected: TypedCell) -> None:
    assert AnswerParser([family]).parse_cell(text, family.name, CELL) == expected


def test_a_cell_that_is_neither_number_nor_mark_is_refused(family: Family) -> None:
    with pytest.raises(UsageError, match="“十二个” is neither a number"):
        AnswerParser([family]).parse_cell(" 十二个 ", family.name, CELL)


@pytest.mark.parametrize("text", ["2023", " 2023 ", "2023年", "2023年度"])
def test_years(text: str) -> None:
    assert parse_year(text) == "2023"


@pytest.mark.parametrize("text", ["", "23", "1999", "2101", "二〇二三", "2023-01"])
def test_other_texts_are_no_years(text: str) -> None:
    with pytest.raises(UsageError, match="is not a year"):
        parse_year(text)


@pytest.mark.parametrize(
    ("row", "typed", "stored"),
    [
        ("site.name", " 临江市教育局 网站 ", "临江市教育局 网站"),
        ("site.home_url", "http://www.x.gov.cn ", "http://www.x.gov.cn"),
        ("site.identifier", "３２０１ ００００１２", "3201000012"),
        ("site.type", "部门网站", "部门网站"),
        ("site.type", "□政府门户网站 ☑部门网站 □专项网站", "部门网站"),
    ],
)
def test_cells_of_text_are_parsed_by_the_type_of_their_field(
    row: str, typed: str, stored: str
) -> None:
    website = load_family("website-annual-report")
    found = AnswerParser([website]).parse_cell(
        typed, website.name, Key("website_report", row, "value")
    )
    assert found == TypedCell("typed", "text", None, stored)


@pytest.mark.parametrize(
    ("row", "typed", "words"),
    [
        ("site.home_url", "见首页", "不是网址"),
        ("site.identifier", "！？", "不是编码"),
        ("site.type", "商业网站", "不是《表》所列的选项"),
        ("site.type", "☑部门网站 ☑专项网站", "只应选一项"),
    ],
)
def test_text_of_another_type_is_refused(row: str, typed: str, words: str) -> None:
    website = load_family("website-annual-report")
    with pytest.raises(UsageError, match=words):
        AnswerParser([website]).parse_cell(typed, website.name, Key("website_report", row, "value"))


def test_a_text_cell_may_be_blank_or_a_mark() -> None:
    website = load_family("website-annual-report")
    parser, key = AnswerParser([website]), Key("website_report", "site.name", "value")
    assert parser.parse_cell(" ", website.name, key) == TypedCell("blank", "blank", None, "")
    assert parser.parse_cell("/", website.name, key) == TypedCell("typed", "mark", None, "/")
