"""The text of a report: sections, and printed lines joined to paragraphs over lines and pages."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Line, Paragraph, Section
from gongkai.normalizers.documents.headings import HeadingFinder
from gongkai.normalizers.documents.sections import (
    join_paragraphs,
    may_have_figures,
    paragraphs_of,
    sections_of,
)
from helpers.forms import HEADINGS


@pytest.fixture(scope="module")
def headings(family: Family) -> HeadingFinder:
    return HeadingFinder(family)


def lines(*texts: str, page: int = 1) -> list[Line]:
    return [
        Line(text, page, Box(60, 60 + 22 * k, 60 + 14 * len(text), 74 + 22 * k), 14)
        for k, text in enumerate(texts)
    ]


def sections(texts: list[Line], headings: HeadingFinder) -> list[Section]:
    found = headings.find(texts)
    return sections_of(texts, found, paragraphs_of(texts, found))


def test_text_stands_under_its_heading(headings: HeadingFinder) -> None:
    texts = lines(HEADINGS[0], "　　甲。", "　　乙。") + lines(HEADINGS[5], "　　丙。", page=3)
    first, last = sections(texts, headings)
    assert (first.number, last.number) == ("一", "六")
    assert "".join(first.text.split()) == "甲。乙。"
    assert last.text.strip() == "丙。"
    assert (first.page_first, last.page_first, last.page_last) == (1, 3, 3)


def test_text_on_the_line_of_the_heading_is_kept(headings: HeadingFinder) -> None:
    texts = lines(*HEADINGS[:5], "六、其他需要报告的事项：无其他事项。")
    last = sections(texts, headings)[-1]
    assert last.number == "六"
    assert last.text == "无其他事项。"


def test_text_under_another_heading_is_of_no_section(headings: HeadingFinder) -> None:
    """Reports to 2018 have headings that the form does not have."""
    texts = lines(
        "一、概述", "甲。", "二、主动公开政府信息情况", "乙。", "三、回应解读情况", "丙。",
        "四、依申请公开政府信息情况", "丁。", "五、存在的问题", "戊。", "六、附表", "己。",
    )  # fmt: skip
    found = sections(texts, headings)
    assert [(s.number, s.text) for s in found] == [
        ("一", "甲。"), ("二", "乙。"), ("三", "丁。"), ("五", "戊。"),
    ]  # fmt: skip
    paragraphs = paragraphs_of(texts, headings.find(texts))
    others = [(p.sub_heading, p.text) for p in paragraphs if p.section is None]
    assert others == [
        ("回应解读情况", "三、回应解读情况"), ("回应解读情况", "丙。"),
        ("附表", "六、附表"), ("附表", "己。"),
    ]  # fmt: skip


SIZE, LEFT, WIDTH = 14.0, 90.0, 28


def printed(*texts: str, width: int = WIDTH) -> list[Line]:
    """Paragraphs set with an indent of two, broken at the full width."""
    lines: list[Line] = []
    for text in texts:
        rest, indent = text, 2
        while rest:
            head, rest = rest[: width - indent], rest[width - indent :]
            x0 = LEFT + indent * SIZE
            top = 60 + 22.0 * len(lines)
            page = 1 + len(lines) // 30
            lines.append(Line(head, page, Box(x0, top, x0 + SIZE * len(head), top + SIZE), SIZE))
            indent = 0
    return lines


LONG = (
    "本局按要求做好政府信息公开工作，全年主动公开信息一百二十三条，没有发生差错，满意度进一步提升，"
)


def test_no_lines_no_paragraphs() -> None:
    assert join_paragraphs([]) == []


def test_broken_lines_are_put_together() -> None:
    texts = [LONG + "下一步将继续改进。", LONG * 2 + "完。"]
    assert join_paragraphs(printed(*texts)) == texts


def test_a_paragraph_goes_on_over_a_page_break() -> None:
    text = LONG * 20 + "完。"
    lines = printed(text)
    assert lines[-1].page > 1
    assert join_paragraphs(lines) == [text]


def test_a_paragraph_that_fills_its_last_line_still_ends() -> None:
    full = "一" * (WIDTH - 3) + "。"
    assert join_paragraphs(printed(full, LONG + "完。")) == [full, LONG + "完。"]


def test_numbered_points_start_anew() -> None:
    texts = ["（一）" + LONG + "完。", "（二）" + LONG + "完。"]
    assert join_paragraphs(printed(*texts)) == texts


@pytest.mark.parametrize(
    "heading", ["（三）人员", "1.公开渠道", "（1）政策解读", "2、平台建设情况"]
)
def test_a_sub_heading_on_its_own_line_is_no_part_of_the_paragraph(heading: str) -> None:
    texts = [LONG + "完。", heading, "配备专职人员2名。", LONG + "完。"]
    assert join_paragraphs(printed(*texts)) == texts
    ordinal, name = heading[: -len(heading.lstrip("（三）1.2、"))], heading.lstrip("（三）1.2、")
    found = paragraphs_of(printed(*texts), [])
    assert [(p.sub_number, p.sub_heading) for p in found[1:3]] == [(ordinal, name)] * 2


def test_two_numbers_at_a_break_stay_two_if_the_line_has_room() -> None:
    wide = Line("甲" * 28, 1, Box(LEFT, 38, LEFT + 392, 52), SIZE)
    room = Line("依次为" + "甲" * 22 + "27", 1, Box(LEFT, 60, LEFT + 364, 74), SIZE)
    rest = Line("411件。", 1, Box(LEFT, 82, LEFT + 60, 96), SIZE)
    assert join_paragraphs([wide, room, rest])[0].endswith("27 411件。")


def test_latin_words_at_a_break_keep_a_blank() -> None:
    one = Line("x" * 20 + "open", 1, Box(LEFT, 60, LEFT + 400, 74), SIZE)
    two = Line("data" + "y" * 20, 1, Box(LEFT, 82, LEFT + 400, 96), SIZE)
    assert join_paragraphs([one, two]) == ["x" * 20 + "open data" + "y" * 20]
    number = Line("1" * 24, 1, Box(LEFT, 60, LEFT + 400, 74), SIZE)
    rest = Line("2" * 24, 1, Box(LEFT, 82, LEFT + 400, 96), SIZE)
    assert join_paragraphs([number, rest]) == ["1" * 24 + "2" * 24]


def text_lines(*texts: str, page: int = 1) -> list[Line]:
    """First lines indented, last ones (ending in 。) short; a full line sets the margins."""
    made = [Line("甲" * 36, page, Box(72, 80, 520, 92), 12.0)]
    starts = False
    for k, text in enumerate(texts):
        left = 94.0 if starts else 72.0
        right = 300.0 if text.endswith("。") else 520.0
        made.append(Line(text, page, Box(left, 100 + 20 * k, right, 112 + 20 * k), 12.0))
        starts = text.endswith("。")
    return made


def test_sub_topics_hold_for_the_paragraphs_after_them() -> None:
    topics = ("乙。", "（一）主动公开。全年公开12条。", "发布解读3条。", "（二）依申请公开。无。")
    _, *found = paragraphs_of(text_lines(*topics), [])
    assert [(p.sub_number, p.sub_heading) for p in found] == [
        ("（一）", "主动公开"), ("（一）", "主动公开"), ("（二）", "依申请公开"),
    ]  # fmt: skip


def test_inner_headings_stand_in_outer_ones() -> None:
    topics = (
        "乙。",
        "（一）主动公开。",
        "1.发布情况。12条。",
        "2.解读情况。3条。",
        "（二）依申请。",
    )
    _, *found = paragraphs_of(text_lines(*topics), [])
    assert [p.sub_heading for p in found] == [
        "主动公开", "主动公开／发布情况", "主动公开／解读情况", "依申请",
    ]  # fmt: skip


def test_a_numbered_sentence_with_figures_is_no_heading() -> None:
    _, paragraph = paragraphs_of(text_lines("乙。", "（一）全年公开信息12条。"), [])
    assert (paragraph.sub_number, paragraph.sub_heading) == ("（一）", None)


def test_a_paragraph_over_a_page_break_knows_where_it_turns() -> None:
    first = text_lines("全年通过网站公开各类政府信息共计二")
    second = [Line("百条。", 2, Box(72, 60, 120, 72), 12.0)]
    [paragraph] = paragraphs_of([*first, *second], [])
    assert paragraph.page_at(0) == 1
    assert paragraph.page_at(paragraph.text.index("百")) == 2
    assert paragraph.page_last == 2


@pytest.mark.parametrize(
    ("text", "may"), [("", False), ("无。", False), ("3件", True), ("无诉讼。", True)]
)
def test_a_text_of_one_letter_has_no_figure(text: str, may: bool) -> None:
    paragraph = Paragraph("六", None, None, text, 6, Box(0, 0, 10, 10))
    assert may_have_figures([paragraph]) == may
