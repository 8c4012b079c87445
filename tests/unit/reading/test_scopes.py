"""Tables of the body itself and of its region, in one report."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gongkai.families.load import load_family
from gongkai.model import Box, Cell, Grid, Line
from gongkai.normalizers.documents.headings import Heading, ReportExtent
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.reading.scopes import ScopedPages, ScopeFinder
from gongkai.reading.zones import ReportPages
from helpers.draw import make_page

FAMILY = load_family()
FINDER = ScopeFinder(
    FAMILY.country,
    lambda grid: grid.cells[0].text or None,
    {"a": TableReader(FAMILY).labels["applications"]},
)


def grid(table: str, page: int, top: float) -> Grid:
    box = Box(50.0, top, 400.0, top + 60.0)
    return Grid(page, box, 2, 2, (Cell(0, 0, 1, 1, box, table),), "pdfium")


def line(text: str, page: int, top: float) -> Line:
    return Line(text, page, Box(50.0, top, 300.0, top + 10.0), 10.0)


def scopes(
    grids: Sequence[Grid], *lines: Line, headings: Sequence[int] = (0,)
) -> list[ScopedPages]:
    pages = {number: make_page(number=number) for number in (1, 2, 3)}
    report = ReportPages(pages, grids, {"a": {1: (60.0, 842.0)}}, lines, 2023)
    extent = ReportExtent(1, 3, "题", 0, lines, (1, 0.0), (4, 0.0))
    found = [Heading(k, 1, "三", "", "", 1.0) for k in headings]
    return FINDER.find(report, found, extent)


HEADING = line("三、收到和处理情况", 1, 50.0)
TWO = [grid("a", 1, 120.0), grid("a", 1, 320.0)]


@pytest.mark.parametrize(
    ("own", "region"),
    [
        ("（一）区本级", "（二）全区"),
        ("1.本级（政府及其部门）", "2.本行政区域汇总"),
        ("表1：市本级情况", "表2：全市汇总（含市本级）"),
        ("（本级）", "（全县）"),
        ("局机关本级", "全系统"),
    ],
)
def test_captions_name_the_scopes(own: str, region: str) -> None:
    lines = (HEADING, line(own, 1, 100.0), line(region, 1, 300.0))
    first, second = scopes(TWO, *lines)
    assert (first.scope, second.scope) == ("own_body", "whole_region")
    assert (list(first.pages.grids), list(second.pages.grids)) == (TWO[:1], TWO[1:])
    assert first.pages.zones == {"a": {1: (100.0, 300.0)}}
    assert second.pages.zones["a"][1][0] == 300.0


def test_the_own_table_comes_first_wherever_it_is_printed() -> None:
    first, second = scopes(TWO, HEADING, line("全区", 1, 100.0), line("区本级", 1, 300.0))
    assert (first.scope, list(first.pages.grids)) == ("own_body", TWO[1:])
    assert (second.scope, list(second.pages.grids)) == ("whole_region", TWO[:1])


def test_a_table_without_caption_is_the_body_s_own() -> None:
    ends = line("六、其他", 2, 40.0)
    lines = (HEADING, ends, line("附件：全区汇总表", 2, 100.0))
    tables = [grid("a", 1, 120.0), grid("b", 1, 320.0), grid("a", 2, 120.0), grid("b", 2, 320.0)]
    first, second = scopes(tables, *lines, headings=(0, 1))
    assert (first.scope, list(first.pages.grids)) == (None, tables[:2])
    assert (second.scope, list(second.pages.grids)) == ("whole_region", tables[2:])
    # each table ends where the next one, or a section, begins
    assert second.pages.zones["a"] == {2: (100.0, 320.0)}
    assert first.pages.zones["b"] == {1: (320.0, 842.0), 2: (0.0, 40.0)}


def test_a_table_over_two_pages_keeps_its_scope() -> None:
    tables = [grid("a", 1, 120.0), grid("a", 2, 50.0), grid("", 2, 150.0), grid("a", 2, 320.0)]
    lines = (HEADING, line("本级", 1, 100.0), line("全县", 2, 300.0))
    first, second = scopes(tables, *lines)
    assert list(first.pages.grids) == tables[:3]
    assert list(second.pages.grids) == tables[3:]
    assert first.pages.zones["a"] == {1: (100.0, 842.0), 2: (0.0, 300.0)}


def test_tables_without_rules_have_scopes_too() -> None:
    lines = (
        HEADING,
        line("区本级", 1, 100.0),
        line("本表不含去年的件数，数量单位为件。", 1, 110.0),
        *(line("商业", 1, 112.0 + k) for k in range(5)),  # words of the header
        line("申请人情况 总计", 1, 120.0),
        line("1.本机关不掌握相关政府信", 1, 140.0),  # the first line of a row's label
        line("全区", 1, 300.0),
        line("申请人情况 总计", 1, 320.0),
    )
    first, second = scopes([], *lines)
    assert (first.scope, second.scope) == ("own_body", "whole_region")
    assert first.pages.zones["a"] == {1: (100.0, 300.0)}
    assert second.pages.zones["a"][1][0] == 300.0


@pytest.mark.parametrize(
    "row", ["（四）无1.本机关不掌握相关政府信", "1.本机关不掌握", "1.本机关不"]
)
def test_a_row_before_the_other_half_of_a_table_is_no_caption(row: str) -> None:
    header = "申请人情况 总计"
    lines = (line(header, 1, 120.0), line(row, 1, 140.0))
    assert scopes([], HEADING, *lines, line(header, 1, 320.0)) == []


def test_a_table_of_one_scope_stays_with_the_report() -> None:
    tables = [*TWO, grid("b", 2, 120.0)]
    lines = (HEADING, line("本级", 1, 100.0), line("全县", 1, 300.0), line("四、诉讼", 2, 50.0))
    first, second = scopes(tables, *lines, line("全县", 2, 100.0), headings=(0, 3))
    assert list(first.pages.grids) == [tables[0], tables[2]]
    assert second.tables == {"a"}


@pytest.mark.parametrize(
    "lines",
    [
        (HEADING,),
        (HEADING, line("区本级", 1, 100.0)),  # one scope
        (HEADING, line("区本级", 1, 100.0), line("续表", 1, 300.0)),
        (HEADING, line("全县", 1, 100.0), line("全县（续）", 1, 300.0)),
        # prose, and a line too far above the table
        (HEADING, line("区本级", 1, 100.0), line("全区共收到12件，均已办结。", 1, 300.0)),
        (HEADING, line("全区", 1, 60.0), *(line("无", 1, 70.0 + k) for k in range(5))),
    ],
)
def test_other_reports_have_one_scope(lines: tuple[Line, ...]) -> None:
    assert scopes(TWO, *lines) == []
