"""The caption of a table whose grid begins on the page after it."""

from __future__ import annotations

from gongkai.drafting.samples import caption_before
from gongkai.model import Box, Line
from helpers.printed import grid_of

FOOT = 700.0  # points from the top of the page


def line(text: str, top: float) -> Line:
    return Line(text, 1, Box(50.0, top, 300.0, top + 12), 12.0)


def test_a_caption_at_the_foot_of_a_page_belongs_to_the_table_on_the_next_one() -> None:
    lines = {
        1: [
            line("现将情况公布如下。", FOOT),
            line("三、公益讲座情况", FOOT + 20),
            line("单位：人", FOOT + 40),
        ]
    }
    grid = grid_of([["日期", "人数"], ["3月5日", "4"]], page=2)
    assert caption_before(None, grid, lines) == ["三、公益讲座情况", "单位：人"]


def test_a_line_over_the_last_table_of_a_page_is_no_caption_of_the_next_page() -> None:
    last = grid_of([["项目", "数量"], ["甲", "1"]], page=1)
    grid = grid_of([["日期", "人数"], ["3月5日", "4"]], page=2)
    assert caption_before(last, grid, {1: [line("一、情况", -20.0)]}) == []
    assert caption_before(grid, grid, {1: [line("一、情况", FOOT)]}) == []
