"""Page numbers and running heads are told from the text, and nothing else is taken away."""

from __future__ import annotations

import pytest

from gongkai.extractors.layout.furniture import without_furniture
from gongkai.families.load import load_family
from gongkai.model import Box, Line, Page

PAGE_NUMBER = load_family().country.page_number
PAGES = {n: Page(n, 595, 842, (), (), 0.0, "pdfium") for n in range(1, 6)}


def line(text: str, page: int, top: float) -> Line:
    return Line(text, page, Box(100, top, 400, top + 12), 12)


def kept(*lines: Line, pages: int = 3) -> list[str]:
    by_page: dict[int, list[Line]] = {n: [] for n in range(1, pages + 1)}
    for each in lines:
        by_page[each.page].append(each)
    wanted = without_furniture(by_page, {n: PAGES[n] for n in by_page}, PAGE_NUMBER)
    return [each.text for number in sorted(wanted) for each in wanted[number]]


@pytest.mark.parametrize(
    "number",
    [
        "3",
        "- 3 -",
        "—3—",
        "－ 3 －",
        "— 12 —",
        "第3页",
        "第 3 页 / 共 6 页",
        "3/6",
        "第3页，共6页",
        "·3·",
    ],
)
def test_page_numbers_at_the_edge_go(number: str) -> None:
    assert kept(line("正文", 1, 400), line(number, 1, 800)) == ["正文"]
    assert kept(line("正文", 1, 400), line(number, 1, 20)) == ["正文"]


def test_a_number_in_the_text_stays() -> None:
    assert kept(line("3", 1, 400)) == ["3"]


def test_a_running_head_goes_on_every_page() -> None:
    heads = [line("望江市澄江区人民政府2023年报告", n, 30) for n in (1, 2, 3)]
    assert kept(*heads, line("正文", 2, 300)) == ["正文"]


def test_a_running_foot_with_the_page_number_goes() -> None:
    assert kept(*[line(f"年度报告 第{n}页", n, 810) for n in (1, 2, 3)]) == []


def test_a_last_line_of_text_at_the_foot_stays() -> None:
    assert kept(line("公开内容还不够丰富，", 1, 800), line("下一步改进。", 2, 30)) == [
        "公开内容还不够丰富，",
        "下一步改进。",
    ]


def test_a_line_said_twice_in_the_text_stays() -> None:
    assert kept(line("本年度无。", 1, 400), line("本年度无。", 2, 400)) == ["本年度无。"] * 2


def test_a_year_alone_at_the_edge_is_taken_for_a_page_number_only_at_the_edge() -> None:
    assert kept(line("2023", 1, 300)) == ["2023"]


def test_one_page_has_no_running_head() -> None:
    assert kept(line("临江市水务局", 1, 30), line("正文", 1, 300), pages=1) == [
        "临江市水务局",
        "正文",
    ]


def test_a_header_read_a_little_wrong_on_one_page_is_still_a_header() -> None:
    """The rule under it made a 一 of itself."""
    header = "望江市澄江区人民政府政府信息公开工作年度报告"
    lines = [line(header if n < 3 else f"一{header}", n, 40) for n in (1, 2, 3)]
    assert kept(*lines) == []
