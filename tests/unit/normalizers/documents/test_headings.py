"""Reports and section headings in every form that real reports were seen to print.

Sections 3.1 and 3.2 of reports.md list those forms.
"""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Line
from gongkai.normalizers.agencies.resolver import AgencyResolver
from gongkai.normalizers.documents.headings import HeadingFinder, ReportSplitter
from gongkai.normalizers.documents.titles import TitleReader
from helpers.forms import HEADINGS


@pytest.fixture(scope="module")
def titles(family: Family) -> TitleReader:
    return TitleReader(family, AgencyResolver(family).names)


@pytest.fixture(scope="module")
def headings(family: Family) -> HeadingFinder:
    return HeadingFinder(family)


@pytest.fixture(scope="module")
def splitter(titles: TitleReader, headings: HeadingFinder) -> ReportSplitter:
    return ReportSplitter(titles, headings)


def page_lines(number: int, *texts: str) -> list[Line]:
    made = []
    for k, text in enumerate(texts):
        size = 22.0 if text.endswith("报告") else 14.0
        top = 60.0 + 30 * k
        made.append(Line(text, number, Box(60, top, 60 + size * len(text), top + size), size))
    return made


def report(number: int, body: str) -> list[Line]:
    return page_lines(number, f"{body}2022年政府信息公开工作年度报告", *HEADINGS[:3]) + page_lines(
        number + 1, *HEADINGS[3:]
    )


def test_one_report_takes_the_whole_file(splitter: ReportSplitter) -> None:
    [one] = splitter.split(report(1, "临江市水务局"), [], 2)
    assert (one.page_first, one.page_last) == (1, 2)
    assert one.contains(1, 0.0)
    assert one.contains(2, 841.0)


def test_two_reports_in_one_file(splitter: ReportSplitter) -> None:
    lines = report(1, "临江市水务局") + report(3, "临江市教育局")
    first, second = splitter.split(lines, [], 4)
    assert ("水务局" in first.title, "教育局" in second.title) == (True, True)
    assert (first.page_first, first.page_last) == (1, 2)
    assert (second.page_first, second.page_last) == (3, 4)
    assert first.contains(2, 800.0)
    assert not first.contains(3, 60.0)
    assert second.contains(3, 60.0)
    assert not second.contains(2, 800.0)


def test_two_reports_that_share_a_page(splitter: ReportSplitter) -> None:
    upper = page_lines(1, "临江市水务局2022年政府信息公开工作年度报告", *HEADINGS)
    lower = [
        Line(
            line.text,
            1,
            Box(line.box.x0, line.box.top + 400, line.box.x1, line.box.bottom + 400),
            line.size,
        )
        for line in page_lines(1, "临江市教育局2022年政府信息公开工作年度报告", *HEADINGS)
    ]
    first, second = splitter.split(upper + lower, [], 1)
    assert first.contains(1, 300.0)
    assert not first.contains(1, 500.0)
    assert second.contains(1, 500.0)


def test_a_cover_page_is_no_report_of_its_own(splitter: ReportSplitter) -> None:
    cover = page_lines(1, "临江市水务局2022年政府信息公开工作年度报告")
    [one] = splitter.split(cover + report(2, "临江市水务局"), [], 3)
    assert "水务局" in one.title


def test_a_report_inside_a_longer_document(splitter: ReportSplitter) -> None:
    before = page_lines(1, "临江市人民政府公报", "第一期", "市政府令第三号如下。")
    [one] = splitter.split(before + report(2, "临江市水务局"), [], 3)
    assert one.page_first == 2
    assert not one.contains(1, 60.0)


def test_no_title_but_the_six_sections_is_a_report(splitter: ReportSplitter) -> None:
    [one] = splitter.split(page_lines(1, *HEADINGS), [], 1)
    assert one.title == ""


def test_something_else_is_none(splitter: ReportSplitter) -> None:
    letter = page_lines(1, "关于召开会议的通知", "各科室：", "定于三月一日开会。")
    assert splitter.split(letter, [], 1) == []
    assert splitter.split([], [], 1) == []


def lines(*texts: str, page: int = 1) -> list[Line]:
    return [
        Line(text, page, Box(60, 60 + 22 * k, 60 + 14 * len(text), 74 + 22 * k), 14)
        for k, text in enumerate(texts)
    ]


def numbers(headings: HeadingFinder, *texts: str) -> list[str]:
    return [heading.number for heading in headings.find(lines(*texts))]


def test_the_six_titles_of_the_form(headings: HeadingFinder) -> None:
    assert numbers(headings, *HEADINGS) == list("一二三四五六")


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
    texts = [*HEADINGS[:at], printed, *HEADINGS[at + 1 :]]
    found = headings.find(lines(*texts))
    assert [h.number for h in found] == list("一二三四五六")
    assert found[at].line == at


def test_numbers_shifted_by_one_do_not_shift_the_sections(headings: HeadingFinder) -> None:
    shifted = [f"{o}{t[1:]}" for o, t in zip("一二三四五", HEADINGS[1:], strict=True)]
    assert numbers(headings, "工作概述如下。", *shifted) == list("二三四五六")


def test_sub_topics_numbered_like_sections_are_none(headings: HeadingFinder) -> None:
    topics = ["一、主动公开", "二、依申请公开", "三、政府信息管理", "四、平台建设", "五、监督保障"]
    found = headings.find(lines(HEADINGS[0], *topics, *HEADINGS[1:]))
    assert [h.line for h in found] == [0, 6, 7, 8, 9, 10]


def test_a_table_of_contents_is_no_section(headings: HeadingFinder) -> None:
    contents = [f"{title}……………{k}" for k, title in enumerate(HEADINGS, 2)]
    dotted = [f"{title}........{k}" for k, title in enumerate(HEADINGS, 2)]
    spaced = [f"{title}{'…' * 20}（{k}）" for k, title in enumerate(HEADINGS, 2)]
    dashed = [f"{title}————————{k}" for k, title in enumerate(HEADINGS, 2)]
    for listed in (contents, dotted, spaced, dashed):
        found = headings.find(lines(*listed, *HEADINGS))
        assert [h.line for h in found] == [6, 7, 8, 9, 10, 11]


def test_a_table_of_contents_without_page_numbers(headings: HeadingFinder) -> None:
    listed = [*HEADINGS[:2], "（一）主动公开", *HEADINGS[2:]]
    printed = lines("目 录", *listed, "本报告由本局编制。", *HEADINGS)
    assert headings.without_contents(printed) == printed[8:]
    assert headings.without_contents([printed[0], *printed[1:8], *printed[9:]]) == printed[9:]


def test_a_line_of_another_script_before_a_heading_is_none_of_it(headings: HeadingFinder) -> None:
    """It may be the last line of a table, whose numbers are beside it."""
    found = headings.find(lines(*HEADINGS[:2], "མི་སེར།", *HEADINGS[2:]))
    assert [(h.line, h.lines) for h in found[1:3]] == [(1, 1), (3, 1)]


def test_a_heading_over_two_lines(headings: HeadingFinder) -> None:
    texts = [*HEADINGS[:3], "四、政府信息公开行政复议、行政诉", "讼情况", *HEADINGS[4:]]
    found = headings.find(lines(*texts))
    assert [h.number for h in found] == list("一二三四五六")
    assert (found[3].line, found[3].lines) == (3, 2)
    assert found[4].line == 5


def test_a_missing_section_leaves_the_others_right(headings: HeadingFinder) -> None:
    assert numbers(headings, *HEADINGS[:2], *HEADINGS[3:]) == list("一二四五六")


def test_a_section_mentioned_in_the_text_is_no_heading(headings: HeadingFinder) -> None:
    sentence = (
        "本局认真总结政府信息公开行政复议、行政诉讼情况，并就存在的主要问题作了改进，详见下文。"
    )
    assert numbers(headings, HEADINGS[0], sentence, *HEADINGS[1:]) == list("一二三四五六")


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("一、总体情况（黑体三号）", "一"),
        ("一、总体情况（标题：黑体，三号。不加粗）", "一"),
        ("一、总体情况【此处填写总体情况，不超过800字】", "一"),
        ("一、概述", "一"),
        ("一、2023年政府信息公开工作基本情况", "一"),
        ("二、主动公开政府信息情况 Proactive Disclosure of Information", "二"),
        ("二、政府信息主动公开工作", "二"),
        ("三、依申请公开政府信息和不予公开政府信息的情况", "三"),
        ("三、申请公开政府信息办理情况", "三"),
        ("四、复议、诉讼和申诉情况", "四"),
        ("五、工作不足与改进方向", "五"),
        ("五、主动公开存在的困难", "五"),
        ("六、需要说明的事项", "六"),
    ],
)
def test_names_and_notes_of_headings(headings: HeadingFinder, printed: str, number: str) -> None:
    at = "一二三四五六".index(number)
    found = headings.find(lines(*HEADINGS[:at], printed, *HEADINGS[at + 1 :]))
    assert [h.number for h in found] == list("一二三四五六")
    assert (found[at].line, found[at].title) == (at, printed)


def test_a_note_may_end_on_the_next_line(headings: HeadingFinder) -> None:
    texts = [*HEADINGS[:3], f"{HEADINGS[3]}（仿宋_GB2312，三", "号）", "无。", *HEADINGS[4:]]
    found = headings.find(lines(*texts))
    assert [(h.line, h.lines) for h in found[3:5]] == [(3, 2), (6, 1)]
    assert found[3].title.endswith("（仿宋_GB2312，三号）")


@pytest.mark.parametrize(
    "style",
    [
        "第{}部分 ",
        "第{}章",
        "（{}）",
        "({})",
        "{1}.",
        "{1}、",
        "{2}．",
        "{3}、",
        "{4}. ",
        "{5}、",
        "",
        "、",
    ],
)
def test_styles_of_numbering(headings: HeadingFinder, style: str) -> None:
    texts = []
    for k, heading in enumerate(HEADINGS):
        roman = ["I", "II", "III", "IV", "V", "VI"][k]
        kinds = ("一二三四五六"[k], k + 1, "１２３４５６"[k], "ⅠⅡⅢⅣⅤⅥ"[k], roman, "壹贰叁肆伍陆"[k])
        texts += [style.format(*kinds) + heading[2:], "本局各项工作正常。"]
    found = headings.find(lines(*texts))
    assert [(h.number, h.line) for h in found] == [(n, 2 * k) for k, n in enumerate("一二三四五六")]


def test_topics_of_section_one_are_not_the_sections_that_are_missing(
    headings: HeadingFinder,
) -> None:
    topics = ["（一）主动公开政府信息情况", "甲。", "（二）收到和处理政府信息公开申请情况", "乙。"]
    assert numbers(headings, HEADINGS[0], *topics, *HEADINGS[3:]) == list("一四五六")
    assert numbers(headings, HEADINGS[0], *topics, *HEADINGS[1:]) == list("一二三四五六")
    arabic = ["1.主动公开情况", "甲。", "2.依申请公开情况", "乙。"]
    assert numbers(headings, HEADINGS[0], *arabic, *HEADINGS[3:]) == list("一四五六")


def test_sections_in_another_order(headings: HeadingFinder) -> None:
    moved = [*HEADINGS[:2], HEADINGS[3], HEADINGS[2], *HEADINGS[4:]]
    assert numbers(headings, *moved) == list("一二四三五六")
    renumbered = [f"{n}{t[1:]}" for n, t in zip("一二三四五六", moved, strict=True)]
    assert numbers(headings, *renumbered) == list("一二四三五六")


def test_headings_of_no_section(headings: HeadingFinder) -> None:
    texts = [
        *HEADINGS[:4],
        "五、重点领域信息公开情况",
        "甲。",
        "六、存在的问题",
        "乙。",
        "七、附表",
    ]
    found = headings.find(lines(*texts))
    assert [(h.number, h.ordinal) for h in found[4:]] == [("", 5), ("五", 6), ("", 7)]


def test_rows_of_the_form_and_lists_are_no_headings(headings: HeadingFinder) -> None:
    """Tables without rules leave their labels among the lines."""
    rows = ["三、本年度办理结果", "四、结转下年度继续办理"]
    listed = ["一、制度还不健全", "二、人员不足"]
    texts = [*HEADINGS[:3], *rows, HEADINGS[4], *listed, HEADINGS[5]]
    assert numbers(headings, *texts) == list("一二三五六")


def test_a_list_of_the_headings_without_a_title_is_no_section(headings: HeadingFinder) -> None:
    text = [line for heading in HEADINGS for line in (heading, "本局各项工作正常。")]
    found = headings.find(lines(*HEADINGS, "本报告由本局编制。", *text))
    assert [h.line for h in found] == [7, 9, 11, 13, 15, 17]


def test_the_title_of_a_section_has_characters_for_its_radicals(headings: HeadingFinder) -> None:
    lines = page_lines(1, "一、总体情况", "⼆、主动公开政府信息情况")
    assert [found.title for found in headings.find(lines)][1] == "二、主动公开政府信息情况"
