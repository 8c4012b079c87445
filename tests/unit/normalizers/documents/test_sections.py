"""The six sections under every heading that real reports were seen to print (reports.md 3.2)."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Line
from gongkai.normalizers.documents.headings import HeadingFinder
from gongkai.normalizers.documents.sections import sections_of


@pytest.fixture(scope="module")
def headings(family: Family) -> HeadingFinder:
    return HeadingFinder(family)


TITLES = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]


def lines(*texts: str, page: int = 1) -> list[Line]:
    return [
        Line(text, page, Box(60, 60 + 22 * k, 60 + 14 * len(text), 74 + 22 * k), 14)
        for k, text in enumerate(texts)
    ]


def numbers(headings: HeadingFinder, *texts: str) -> list[str]:
    return [heading.number for heading in headings.find(lines(*texts))]


def test_the_six_titles_of_the_form(headings: HeadingFinder) -> None:
    assert numbers(headings, *TITLES) == list("一二三四五六")


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("二、行政机关主动公开政府信息情况", "二"),
        ("、行政机关收到和处理政府信息公开申请情况", "三"),
        ("三、行政机关收到和处理政府信息公开申请情况", "三"),
        ("四、因政府信息公开工作被申请行政复议提起行政诉讼情况", "四"),
        ("四、政府信息公开行政复议、刑侦诉讼情况", "四"),
        ("五、政府信息公开工作存在的主要问题及改进情况", "五"),
        ("五、存在问题及改进情况", "五"),
        ("六、其他需要报告的事项。", "六"),
        ("六、 其他需要报告的事项情况", "六"),
        ("（三）收到和处理政府信息公开申请情况", "三"),
        ("收到和处理政府信息公开申请情况", "三"),
    ],
)
def test_variants_of_a_title(headings: HeadingFinder, printed: str, number: str) -> None:
    at = "一二三四五六".index(number)
    texts = [*TITLES[:at], printed, *TITLES[at + 1 :]]
    found = headings.find(lines(*texts))
    assert [h.number for h in found] == list("一二三四五六")
    assert found[at].line == at


def test_numbers_shifted_by_one_do_not_shift_the_sections(headings: HeadingFinder) -> None:
    shifted = [f"{o}{t[1:]}" for o, t in zip("一二三四五", TITLES[1:], strict=True)]
    assert numbers(headings, "工作概述如下。", *shifted) == list("二三四五六")


def test_sub_topics_numbered_like_sections_are_none(headings: HeadingFinder) -> None:
    topics = ["一、主动公开", "二、依申请公开", "三、政府信息管理", "四、平台建设", "五、监督保障"]
    found = headings.find(lines(TITLES[0], *topics, *TITLES[1:]))
    assert [h.line for h in found] == [0, 6, 7, 8, 9, 10]


def test_a_table_of_contents_is_no_section(headings: HeadingFinder) -> None:
    contents = [f"{title}……………{k}" for k, title in enumerate(TITLES, 2)]
    dotted = [f"{title}........{k}" for k, title in enumerate(TITLES, 2)]
    for listed in (contents, dotted):
        found = headings.find(lines(*listed, *TITLES))
        assert [h.line for h in found] == [6, 7, 8, 9, 10, 11]


def test_a_heading_over_two_lines(headings: HeadingFinder) -> None:
    texts = [*TITLES[:3], "四、政府信息公开行政复议、行政诉", "讼情况", *TITLES[4:]]
    found = headings.find(lines(*texts))
    assert [h.number for h in found] == list("一二三四五六")
    assert (found[3].line, found[3].lines) == (3, 2)
    assert found[4].line == 5


def test_a_missing_section_leaves_the_others_right(headings: HeadingFinder) -> None:
    assert numbers(headings, *TITLES[:2], *TITLES[3:]) == list("一二四五六")


def test_a_section_mentioned_in_the_text_is_no_heading(headings: HeadingFinder) -> None:
    sentence = (
        "本局认真总结政府信息公开行政复议、行政诉讼情况，并就存在的主要问题作了改进，详见下文。"
    )
    assert numbers(headings, TITLES[0], sentence, *TITLES[1:]) == list("一二三四五六")


def test_text_stands_under_its_heading(headings: HeadingFinder) -> None:
    texts = lines(TITLES[0], "　　甲。", "　　乙。") + lines(TITLES[5], "　　丙。", page=3)
    first, last = sections_of(texts, headings.find(texts))
    assert (first.number, last.number) == ("一", "六")
    assert "".join(first.text.split()) == "甲。乙。"
    assert last.text.strip() == "丙。"
    assert (first.page_first, last.page_first, last.page_last) == (1, 3, 3)


def test_text_on_the_line_of_the_heading_is_kept(headings: HeadingFinder) -> None:
    texts = lines(*TITLES[:5], "六、其他需要报告的事项：无其他事项。")
    last = sections_of(texts, headings.find(texts))[-1]
    assert last.number == "六"
    assert last.text == "无其他事项。"
