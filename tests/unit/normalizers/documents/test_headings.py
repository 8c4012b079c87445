"""Reports, titles and section headings in every form that real reports were seen to print.

Sections 3.1 and 3.2 of reports.md list those forms.
"""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Line
from gongkai.normalizers.documents.headings import HeadingFinder, ReportSplitter, TitleReader
from helpers.forms import HEADINGS


@pytest.fixture(scope="module")
def titles(family: Family) -> TitleReader:
    return TitleReader(family)


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


VARIANTS = [
    ("洪泽区人民政府 2023 年政府信息公开工作年度报告", "洪泽区人民政府", 2023),
    ("淮安市洪泽区人民政府 2024年政府信息公开工作年度报告", "淮安市洪泽区人民政府", 2024),
    ("2019年上海市人民政府办公厅政府信息公开工作年度报告", "上海市人民政府办公厅", 2019),
    ("2022年金华市市场监管局政府信息公开工作年度报告", "金华市市场监管局", 2022),
    ("吴忠市公安局 2019 年度政府信息公开工作报告", "吴忠市公安局", 2019),
    ("2022年度螅镇政府信息公开工作年度报告", "螅镇", 2022),
    ("武汉市公安局2024年度政府信息公开工作报告", "武汉市公安局", 2024),
    ("舒兰市市场监督管理局2016年政务信息公开年度报告", "舒兰市市场监督管理局", 2016),
    ("三明市2018年政府信息公开工作年度报告", "三明市", 2018),
    (
        "漳审综〔2026〕2号 漳平市审计局关于2025年政府信息公开工作的年度报告",
        "漳平市审计局",
        2025,
    ),
    ("威海市文登人民政府办公室2022年政府信息公开工作年度报告", "威海市文登人民政府办公室", 2022),
    ("长春市生态环境局净月分局2023年政府信息公开工作年度报告", "长春市生态环境局净月分局", 2023),
    (
        "国家税务总局珠海市香洲区税务局2022年政府信息公开工作年度报告",
        "国家税务总局珠海市香洲区税务局",
        2022,
    ),
    ("某县教育局二〇二三年政府信息公开工作年度报告", "某县教育局", 2023),
    ("某县教育局二O一九年政府信息公开工作年度报告", "某县教育局", 2019),
    ("某县教育局二○二一年政府信息公开工作年度报告", "某县教育局", 2021),
    ("某县教育局二零二零年度政府信息公开工作报告", "某县教育局", 2020),
    ("某县教育局政府信息公开工作年度报告（2021年）", "某县教育局", 2021),
    ("某县教育局 政府信息公开工作年度报告 （2021年度）", "某县教育局", 2021),
    ("某县教育局２０２２年政府信息公开工作年度报告", "某县教育局", 2022),
    ("某市市场监督管理局（知识产权局）2022年政府信息公开工作年度报告",) * 1
    + ("某市市场监督管理局（知识产权局）", 2022),
    ("某县教育局2022年政府信息公开工作年报", "某县教育局", 2022),
    ("关于某县教育局2022年政府信息公开工作年度报告", "某县教育局", 2022),
]


@pytest.mark.parametrize(("title", "agency", "year"), VARIANTS, ids=[v[0] for v in VARIANTS])
def test_agency_and_year_of_a_printed_title(
    titles: TitleReader, title: str, agency: str, year: int
) -> None:
    assert titles.agency_name(title, "") == agency
    assert titles.report_year(title, "") == year


@pytest.mark.parametrize(
    "text",
    [
        "本报告中所列数据的统计期限自2022年1月1日至2022年12月31日止。2021年的工作见去年报告。",
        "统计期限为2022年1月1日至12月31日。",
        "自 2022 年 1 月 1 日起至 2022 年 12 月 31 日止",
        "2022年，本局共公开信息。2022年新增。与2021年相比有所增加。",
    ],
)
def test_without_a_year_in_the_title_the_period_tells(titles: TitleReader, text: str) -> None:
    title = "乌海市工业和信息化局 政府信息公开工作年度报告"
    assert titles.report_year(title, text) == 2022
    assert titles.agency_name(title, text) == "乌海市工业和信息化局"


def test_the_wrong_year_in_the_prose_does_not_beat_the_title(titles: TitleReader) -> None:
    text = "2022年，西柳镇人民政府办公室共制定规范性文件0件。" * 3
    assert titles.report_year("西柳镇人民政府2023年政府信息公开工作年度报告", text) == 2023


def test_the_year_of_a_document_number_is_not_the_report_s(titles: TitleReader) -> None:
    title = "洪政办发〔2024〕3号 洪泽区人民政府2023年政府信息公开工作年度报告"
    assert titles.report_year(title, "") == 2023


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("本报告由临江市水务局根据《中华人民共和国政府信息公开条例》编制。", "临江市水务局"),
        ("本报告由临江市水务局按照要求编制", "临江市水务局"),
        ("临江市水务局现公布2022年政府信息公开工作年度报告。", "临江市水务局"),
    ],
)
def test_a_title_without_a_body_has_its_author_from_the_text(
    titles: TitleReader, text: str, agency: str
) -> None:
    assert titles.agency_name("2022年政府信息公开工作年度报告", text) == agency


def test_nothing_named_is_nothing_guessed(titles: TitleReader) -> None:
    assert titles.agency_name("政府信息公开工作年度报告", "没有说是谁。") == ""
    assert titles.report_year("政府信息公开工作年度报告", "没有说是哪一年。") is None
    assert titles.report_year("政府信息公开工作年度报告", "始建于1949年。") is None


def title_lines(*printed: tuple[str, float]) -> list[Line]:
    made, top = [], 60.0
    for text, size in printed:
        made.append(Line(text, 1, Box(100, top, 100 + size * len(text), top + size), size))
        top += 1.6 * size
    return made


BODY = [("　本局按要求做好政府信息公开工作，全年没有差错发生。", 14.0)] * 4


@pytest.mark.parametrize(
    "title",
    [
        ["临江市水务局2022年政府信息公开工作年度报告"],
        ["临江市水务局", "2022年政府信息公开工作年度报告"],
        ["临江市水务局", "2022年政府信息公开", "工作年度报告"],
        ["临江市水务局2022年政府信息公开工", "作年度报告"],
    ],
)
def test_a_title_over_one_to_three_lines(titles: TitleReader, title: list[str]) -> None:
    [found] = titles.find(title_lines(*((part, 22.0) for part in title), *BODY))
    assert (found.first, found.last) == (0, len(title))
    assert "".join(found.text.split()) == "".join(title)


def test_a_citation_in_running_text_is_no_title(titles: TitleReader) -> None:
    quoted = ("根据《2021年政府信息公开工作年度报告》", 14.0)
    sentence = ("现将2022年政府信息公开工作年度报告公布如下。", 14.0)
    assert titles.find(title_lines(quoted, sentence, *BODY)) == []


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
    found = headings.candidates(lines("目 录", *HEADINGS, "本报告由本局编制。", *HEADINGS))
    assert [h.line for h in found] == [8, 9, 10, 11, 12, 13]


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
