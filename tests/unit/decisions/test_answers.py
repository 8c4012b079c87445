"""Parsing of what a person types."""

from __future__ import annotations

import pytest

from gongkai.decisions.answers import AnswerParser, TypedCell, parse_year
from gongkai.errors import UsageError
from gongkai.families.family import Family


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
    assert AnswerParser([family]).parse_cell(text, family.name) == expected


def test_a_cell_that_is_neither_number_nor_mark_is_refused(family: Family) -> None:
    with pytest.raises(UsageError, match="“十二个”不是一个数"):
        AnswerParser([family]).parse_cell(" 十二个 ", family.name)


@pytest.mark.parametrize("text", ["2023", " 2023 ", "2023年", "2023年度"])
def test_years(text: str) -> None:
    assert parse_year(text) == "2023"


@pytest.mark.parametrize("text", ["", "23", "1999", "2101", "二〇二三", "2023-01"])
def test_other_texts_are_no_years(text: str) -> None:
    with pytest.raises(UsageError, match="不是年度"):
        parse_year(text)
