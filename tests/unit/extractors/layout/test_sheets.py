"""Sheets with two pages side by side become two pages, and their places go back to the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from msgspec.structs import replace

from gongkai.extractors.layout.sheets import (
    as_displayed,
    on_sheet,
    parts_of,
    sheets_of,
    split_sheets,
)
from gongkai.model import Box, Char, Page, Paragraph, Problem, Report, Rule, Section

WIDTH, HEIGHT = 842.0, 595.0
UPSIDE_DOWN = (-1.0, 0.0, 600.0, 0.0, -1.0, 800.0)  # of a page of 600 x 800 points
FOUND = Problem("other_table", "m", 1, Box(10, 20, 110, 40))
REPORT = Report(1, 1, "t", "a", 2020, None, "proved", problems=(FOUND, Problem("no_year", "m")))


def line(text: str, x: float, baseline: float) -> Iterator[Char]:
    for k, char in enumerate(text):
        yield Char(char, x + 10 * k, baseline - 8, x + 10 * k + 10, baseline, baseline, 10.0)


def prose(x: float, lines: int = 6) -> Iterator[Char]:
    for k in range(lines):
        yield from line("全年主动公开政府信息共计一百二十六条次均已办结", x, 100 + 20 * k)


def table(x0: float, x1: float) -> Iterator[Rule]:
    for k in range(8):
        yield Rule(x0, 300 + 20 * k, x1, 300.5 + 20 * k)
    for x in (x0, (x0 + x1) / 2, x1):
        yield Rule(x, 300, x + 0.5, 440)


def sheet(number: int, chars: Sequence[Char], rules: Sequence[Rule] = ()) -> Page:
    return Page(number, WIDTH, HEIGHT, tuple(chars), tuple(rules), 0.0, "pdfium")


def words(page: Page) -> str:
    return "".join(char.text for char in page.chars)


TWO = sheet(1, [*prose(50), *prose(480)], [*table(50, 370), *table(470, 790)])


def test_two_pages_side_by_side_are_two_pages() -> None:
    left, right = split_sheets([TWO])
    assert (left.number, right.number) == (1, 2)
    assert words(left) == words(right)
    assert right.chars[0].x0 < 100 and right.chars[0].baseline == 100
    assert len(left.rules) == len(right.rules) == 11
    assert left.width + right.width < WIDTH


def test_places_go_back_to_the_sheet() -> None:
    _, right = split_sheets([TWO])
    first = right.chars[0]
    number, box = on_sheet(right, Box(first.x0, first.top, first.x1, first.bottom))
    assert number == 1
    assert box == pytest.approx((480, 92, 490, 100))


@pytest.mark.parametrize(
    "rules",
    [
        list(table(50, 790)),  # one wide table
        [Rule(50, 300 + 20 * k, 790, 300.5 + 20 * k) for k in range(8)],  # without vertical rules
        [Rule(50 + 74 * k, 300, 124 + 74 * k, 300.5) for k in range(10)],  # drawn cell by cell
    ],
)
def test_a_wide_table_with_rules_is_one_page(rules: list[Rule]) -> None:
    page = sheet(1, [*prose(50), *prose(480)], rules)
    assert split_sheets([page]) == [page]


def test_a_wide_table_without_rules_is_one_page() -> None:
    chars = [*line("三、收到和处理政府信息公开申请情况统计如下", 50, 80)]
    for k in range(12):
        chars += line("本机关不掌握相关政府信息需要另行制作的", 50, 120 + 20 * k)
        for x in (480, 540, 600, 660, 720):
            chars += line("12", x, 120 + 20 * k)
    page = sheet(1, chars)
    assert split_sheets([page]) == [page]


def test_running_text_across_the_middle_is_one_page() -> None:
    page = sheet(1, [*prose(50), *prose(480), *line("乙" * 70, 50, 400)])
    assert split_sheets([page]) == [page]


def test_portrait_pages_keep_their_numbers() -> None:
    page = Page(1, 595, 842, tuple(prose(50)), (), 0.0, "pdfium")
    assert split_sheets([page]) == [page]


def test_a_sheet_number_and_a_fold_line_in_the_gutter_do_not_count() -> None:
    fold = Rule(WIDTH / 2, 0, WIDTH / 2 + 0.5, HEIGHT)
    page = replace(
        TWO, chars=(*TWO.chars, *line("1", WIDTH / 2 - 5, 580)), rules=(*TWO.rules, fold)
    )
    left, right = split_sheets([page])
    assert words(left) == words(right)
    assert len(left.rules) == len(right.rules) == 11


def test_a_half_that_is_empty_or_only_values_is_split_like_the_other_sheets() -> None:
    values = [char for k in range(6) for char in line("12", 500, 100 + 20 * k)]
    single = Page(3, 595, 842, tuple(prose(50)), (), 0.0, "pdfium")
    pages = [TWO, sheet(2, [*prose(50), *values]), single, sheet(4, list(prose(50)))]
    parts = split_sheets(pages)
    assert [page.number for page in parts] == [1, 2, 3, 4, 5, 6, 7]
    assert [on_sheet(page, Box(0, 0, 1, 1))[0] for page in parts] == [1, 1, 2, 2, 3, 4, 4]
    assert words(parts[3]) == "12" * 6 and words(parts[6]) == ""
    assert parts[4].width == 595


def test_another_reading_of_a_sheet_is_cut_alike() -> None:
    pages = split_sheets([TWO, replace(TWO, number=2)])
    wanted = [pages[1], pages[2]]
    assert [page.number for page in sheets_of(wanted)] == [1, 2]
    again = [replace(TWO, reader="pdfplumber"), replace(TWO, number=2, reader="pdfplumber")]
    parts = list(parts_of(again, wanted))
    assert [(part.number, part.reader) for part in parts] == [(2, "pdfplumber"), (3, "pdfplumber")]
    assert [part.chars for part in parts] == [page.chars for page in wanted]


def test_a_box_of_a_rotated_page_is_mapped() -> None:
    page = Page(1, 600, 800, (), (), 1.0, "ocr", UPSIDE_DOWN)
    rotated, without_box = as_displayed(REPORT, {1: page}).problems
    assert rotated.box == Box(490, 760, 590, 780)
    assert without_box.box is None


def test_a_report_of_displayed_pages_stays_as_it_is() -> None:
    page = Page(1, 600, 800, (), (), 0.0, "pdfium")
    assert as_displayed(REPORT, {1: page}) == REPORT


def test_a_report_names_the_pages_of_the_file() -> None:
    pages = {page.number: page for page in split_sheets([TWO, replace(TWO, number=2)])}
    report = replace(
        REPORT,
        page_first=2,
        page_last=4,
        sections=(Section("一", "t", "x", 2, 3),),
        paragraphs=(Paragraph("一", None, None, "x" * 30, 2, Box(10, 20, 30, 40), (10, 20)),),
        problems=(Problem("other_table", "m", 4, Box(10, 20, 30, 40)), Problem("p", "m", 3)),
    )
    seen = as_displayed(report, pages)
    assert (seen.page_first, seen.page_last) == (1, 2)
    assert (seen.sections[0].page_first, seen.sections[0].page_last) == (1, 2)
    [paragraph] = seen.paragraphs
    # it runs from the right of sheet 1 over both halves of sheet 2
    assert (paragraph.page, paragraph.page_last, paragraph.page_starts) == (1, 2, (10,))
    assert paragraph.box.x0 > WIDTH / 2
    assert [problem.page for problem in seen.problems] == [2, 2]
    assert seen.problems[0].box is not None and seen.problems[0].box.x0 > WIDTH / 2
