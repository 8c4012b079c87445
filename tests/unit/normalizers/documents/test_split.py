"""Where in a file each report stands."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Line
from gongkai.normalizers.documents.headings import HeadingFinder
from gongkai.normalizers.documents.split import ReportSplitter
from gongkai.normalizers.documents.titles import TitleReader


@pytest.fixture(scope="module")
def splitter(family: Family) -> ReportSplitter:
    return ReportSplitter(TitleReader(family), HeadingFinder(family))


TITLES = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]


def page(number: int, *texts: str) -> list[Line]:
    made = []
    for k, text in enumerate(texts):
        size = 22.0 if text.endswith("报告") else 14.0
        top = 60.0 + 30 * k
        made.append(Line(text, number, Box(60, top, 60 + size * len(text), top + size), size))
    return made


def report(number: int, body: str) -> list[Line]:
    return page(number, f"{body}2022年政府信息公开工作年度报告", *TITLES[:3]) + page(
        number + 1, *TITLES[3:]
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
    upper = page(1, "临江市水务局2022年政府信息公开工作年度报告", *TITLES)
    lower = [
        Line(
            line.text,
            1,
            Box(line.box.x0, line.box.top + 400, line.box.x1, line.box.bottom + 400),
            line.size,
        )
        for line in page(1, "临江市教育局2022年政府信息公开工作年度报告", *TITLES)
    ]
    first, second = splitter.split(upper + lower, [], 1)
    assert first.contains(1, 300.0)
    assert not first.contains(1, 500.0)
    assert second.contains(1, 500.0)


def test_a_cover_page_is_no_report_of_its_own(splitter: ReportSplitter) -> None:
    cover = page(1, "临江市水务局2022年政府信息公开工作年度报告")
    [one] = splitter.split(cover + report(2, "临江市水务局"), [], 3)
    assert "水务局" in one.title


def test_a_report_inside_a_longer_document(splitter: ReportSplitter) -> None:
    before = page(1, "临江市人民政府公报", "第一期", "市政府令第三号如下。")
    [one] = splitter.split(before + report(2, "临江市水务局"), [], 3)
    assert one.page_first == 2
    assert not one.contains(1, 60.0)


def test_no_title_but_the_six_sections_is_a_report(splitter: ReportSplitter) -> None:
    [one] = splitter.split(page(1, *TITLES), [], 1)
    assert one.title == ""


def test_something_else_is_none(splitter: ReportSplitter) -> None:
    letter = page(1, "关于召开会议的通知", "各科室：", "定于三月一日开会。")
    assert splitter.split(letter, [], 1) == []
    assert splitter.split([], [], 1) == []
