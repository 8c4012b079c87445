"""Parts and wholes within a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.narrative.figures import FigureReader
from gongkai.normalizers.narrative.numbers import NumberFinder
from gongkai.normalizers.narrative.parts import PartFinder, with_exact_wholes

Wholes = Callable[[str], list[int | None]]


@pytest.fixture
def finder(family: Family, figure_reader: FigureReader) -> NumberFinder:
    return NumberFinder(family.narrative_grammar, figure_reader.segmenter)


@pytest.fixture
def wholes(family: Family, finder: NumberFinder) -> Wholes:
    parts = PartFinder(family.narrative_grammar)
    return lambda text: parts.wholes(text, finder.find(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公开信息50条，其中动态30条，公告9条。", [None, 0, 0]),
        ("公开信息50条（网站30条、微信9条），举办培训3期。", [None, 0, 0, None]),
        ("公开信息50条，其中网站30条，其中动态9条。", [None, 0, 1]),
        ("受理50件；办结30件，其中公开9件。", [None, None, 1]),
        ("办结28件，结转5件，其中当面19件，网上9件。", [None, None, 0, 0]),
        ("受理50件，比上年增加30件，去年20件。", [None, None, None]),
        ("其中动态30条，共计50条。", [None, None]),
        ("公开信息50条，其中每月9条。", [None, None]),
        ("公开信息50条。", [None]),
        ("公开信息。", []),
    ],
)
def test_the_whole_of_each_number(text: str, expected: list[int | None], wholes: Wholes) -> None:
    assert wholes(text) == expected


def test_stages_return_new_wholes(finder: NumberFinder) -> None:
    text = "办结28件，结转5件，其中当面19件，网上9件。"
    numbers, given = finder.find(text), [None, None, 1, 1]
    assert with_exact_wholes(numbers, given) == [None, None, 0, 0]
    assert given == [None, None, 1, 1]
