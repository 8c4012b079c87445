"""Which part of a page belongs to a table, and which is text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec import structs

from gongkai.checks.table_checks import TableChecks
from gongkai.extractors.layout.lines import prose_lines
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.model import Box, Cell, Grid, Key, Line, Observation, Page
from gongkai.normalizers.documents.headings import Heading, HeadingFinder, ReportExtent
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.reading.zones import (
    ReportPages,
    TableZones,
    headings_in,
    is_text_frame,
    lines_outside_tables,
    table_zones,
)
from helpers.draw import draw_table, frame, make_page, prose, write
from helpers.families import built_in

FAMILY = built_in()
HEADINGS = HeadingFinder(FAMILY)
TABLE = draw_table([["项目", "件数"], ["受理", "17"]], top=100.0)
SENTENCE = "本局按要求做好政府信息公开工作，全年没有差错。" * 4


def line(text: str, page: int, top: float) -> Line:
    return Line(text, page, Box(50.0, top, 300.0, top + 10.0), 10.0)


def report_pages(page: Page, *lines: Line, top: float = 90.0) -> ReportPages:
    return ReportPages({1: page}, find_grids(page), {"a": {1: (top, 500.0)}}, lines, 2022)


def texts(page: Page, official: Sequence[Grid] = ()) -> list[str]:
    grids = find_grids(page)
    lines = lines_outside_tables(
        [page],
        grids,
        official,
        FAMILY.country.page_number,
        lambda _: False,
        lambda grid: headings_in(grid, HEADINGS),
    )
    return [each.text for each in lines]


# ------------------------------------------------------------------ table_zones


def test_a_zone_reaches_from_its_heading_to_the_next() -> None:
    lines = (line("二、甲", 1, 100.0), line("三、乙", 2, 40.0), line("四、丙", 2, 300.0))
    extent = ReportExtent(1, 3, "题", 0, lines, (1, 0.0), (4, 0.0))
    headings = [Heading(k, 1, number, "", "", 1.0) for k, number in enumerate("二三四")]
    pages = {number: make_page(number=number) for number in (1, 2, 3)}
    zones = table_zones({"a": "二", "b": "三", "c": "四", "d": "五"}, headings, extent, pages)
    assert zones == {
        "a": {1: (110.0, 842.0), 2: (0.0, 40.0)},
        "b": {2: (50.0, 300.0)},
        "c": {2: (310.0, 842.0), 3: (0.0, math.inf)},
    }


# ----------------------------------------------------------------- unit captions

ZONES = TableZones(TableReader(FAMILY), TableChecks(FAMILY))
FEES = Key("proactive_disclosure", "administrative_fees", "fees_collected")
FEE = Observation(
    FEES,
    "number",
    Decimal(735),
    "735",
    None,
    "收费",
    "金额",
    "exact",
    1,
    Box(0, 0, 1, 1),
    "pdfium",
)


@pytest.mark.parametrize("top", [120.0, 40.0, 600.0])
def test_a_unit_over_a_table_counts_only_in_its_zone(top: float) -> None:
    lines = [line("单位：件、千元", 1, top)]
    page = make_page()
    report = ReportPages({1: page}, (), {FEES.table: {1: (90.0, 500.0)}}, lines, 2022)
    [found] = ZONES.with_caption_units({FEES: FEE}, report).values()
    assert found.value_in_unit == (Decimal("73.5") if top == 120.0 else 735)


def test_a_unit_in_the_first_row_of_a_table_counts() -> None:
    box = Box(50.0, 100.0, 400.0, 200.0)
    caption = Cell(0, 0, 1, 2, Box(50.0, 100.0, 400.0, 120.0), "单位：千元")
    grid = Grid(1, box, 3, 2, (caption,), "pdfium")
    report = ReportPages({1: make_page()}, [grid], {FEES.table: {1: (90.0, 500.0)}}, (), 2022)
    [found] = ZONES.with_caption_units({FEES: FEE}, report).values()
    assert found.value_in_unit == Decimal("73.5")


# --------------------------------------------------------- lines_outside_tables


def test_lines_leave_tables_out() -> None:
    assert texts(make_page(TABLE, prose(["总体情况如下。"], 60.0))) == ["总体情况如下。"]


def test_text_beside_an_official_table_belongs_to_it() -> None:
    beside = write("共3件", 520.0, TABLE.chars[-1].baseline)
    page = make_page(TABLE, beside, prose(["总体情况如下。"], 60.0))
    assert texts(page, find_grids(page)) == ["总体情况如下。"]
    assert texts(page) == ["总体情况如下。", "共3件"]


def test_text_in_a_frame_is_text() -> None:
    framed = frame(Box(40.0, 90.0, 560.0, 130.0))
    page = make_page(prose([SENTENCE[:40], SENTENCE[40:85]], 105.0), rules=framed)
    assert "".join(texts(page)) == SENTENCE[:85]
    page = make_page(prose(["一、总体情况"], 105.0), rules=framed)
    assert texts(page) == ["一、总体情况"]


def test_a_section_heading_in_a_row_of_its_own_is_text() -> None:
    """Some producers set the heading as the first row of the table under it."""
    title = "二、主动公开政府信息情况"
    head = draw_table([[title], ["第二十条第（一）项"]], top=80.0, widths=[200.0])
    body = draw_table([["规章", "3"]], top=head.rules[-1].bottom, widths=[120.0, 80.0])
    page = make_page(head, body)
    [grid] = find_grids(page)
    assert (grid.rows, grid.columns) == (3, 2)
    assert texts(page, [grid]) == [title]


def test_a_table_of_short_cells_is_no_text_frame() -> None:
    [grid] = find_grids(make_page(TABLE))
    assert not is_text_frame(grid)


# ------------------------------------------------------------------ ReportPages


def test_characters_of_a_zone_leave_page_furniture_out() -> None:
    """A footer is neither in a grid nor among the lines of the report."""
    footer = write("7", 300.0, 480.0)
    report = report_pages(make_page(TABLE, footer))
    assert {c.text for c in report.chars_in(1, (90.0, 500.0))} == set("项目件数受理17")
    assert report.chars_in(1, (400.0, 500.0)) == []


def test_a_line_of_dashes_is_kept_though_its_ink_is_thin() -> None:
    """The ink of a dash need not reach the height at which other characters have their middle."""
    ink = [structs.replace(c, top=204.5, bottom=205.3) for c in write("— —", 300.0, 208.0, 11.0)]
    dashes = prose_lines(1, ink)
    report = ReportPages({1: make_page(ink)}, (), {"a": {1: (90.0, 500.0)}}, dashes, 2022)
    assert report.chars_in(1, (90.0, 500.0)) == ink


def test_texts_outside_the_grids_come_by_line_and_by_cell() -> None:
    page = make_page(TABLE)
    report = report_pages(page, line("另有3件", 1, 200.0), line("二、标题", 1, 60.0))
    zone = report.zones["a"]
    assert [text for _, _, text in report.texts_outside(zone, report.grids)] == ["另有3件"]
    assert [text for _, _, text in report.texts_outside(zone, ())] == [
        "另有3件", "项目", "件数", "受理", "17",
    ]  # fmt: skip


def test_the_grids_of_a_report_lie_in_its_zones() -> None:
    page = make_page(TABLE)
    [grid] = find_grids(page)
    assert list(report_pages(page).own_grids([grid])) == [grid]
    assert list(report_pages(page, top=400.0).own_grids([grid])) == []  # another report's page
    elsewhere = Grid(9, grid.box, grid.rows, grid.columns, grid.cells, "pdfium")
    assert list(report_pages(page, top=400.0).own_grids([elsewhere])) == [elsewhere]


def test_scanned_pages_of_a_table() -> None:
    report = report_pages(make_page(TABLE, reader="ocr"))
    [grid] = report.grids
    assert report.scanned_pages("a", [grid]) == report.scanned_pages("a", ()) == {1}
    assert report.scanned_pages("b", ()) == set()
    assert report_pages(make_page(TABLE)).scanned_pages("a", [grid]) == set()
