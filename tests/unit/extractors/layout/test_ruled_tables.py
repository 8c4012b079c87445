"""Rules into cells: the traps of real drawings, one each."""

from __future__ import annotations

from msgspec.structs import replace

from gongkai.extractors.layout.rule_segments import MAX_RULES
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.model import Box, Grid, Page, Rule
from helpers.draw import LEFT, UP, draw_table, frame, make_page, prose, write

TABLE = [["信息内容", "本年制发件数", LEFT], ["规章", "0", "7"], [UP, "3", "4"]]


def texts(grid: Grid) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row].append("".join(cell.text.split()))
    return rows


def only(page: Page) -> Grid:
    [grid] = find_grids(page)
    return grid


def test_a_table_with_spans() -> None:
    grid = only(make_page(draw_table(TABLE)))
    assert texts(grid) == [["信息内容", "本年制发件数"], ["规章", "0", "7"], ["3", "4"]]
    spans = [(c.row_span, c.column_span) for c in grid.cells]
    assert spans == [(1, 1), (1, 2), (2, 1), (1, 1), (1, 1), (1, 1), (1, 1)]
    assert (grid.rows, grid.columns) == (3, 3)


def test_no_rules_no_grid() -> None:
    assert find_grids(make_page(prose(["没有表格。"], 60))) == []
    assert find_grids(make_page(rules=[Rule(10, 10, 300, 10.5)])) == []


def test_one_box_around_text_is_no_grid() -> None:
    assert (
        find_grids(make_page(prose(["框里的话。"], 60), rules=frame(Box(50, 50, 400, 120)))) == []
    )


def test_a_drawing_is_no_grid() -> None:
    rules = [Rule(x % 500, x // 500, x % 500 + 8, x // 500) for x in range(MAX_RULES + 1)]
    assert find_grids(make_page(rules=rules)) == []


def test_two_tables_one_under_the_other_stay_two() -> None:
    upper, lower = draw_table(TABLE, top=80), draw_table(TABLE, top=200)
    first, second = find_grids(make_page(lower, upper))
    assert first.box.bottom < second.box.top
    assert texts(first) == texts(second)


def test_a_table_open_at_its_sides_loses_nothing() -> None:
    drawn = draw_table([["规章", "0", "7"], ["文件", "1", "8"]], style="long")
    left, right = drawn.box.x0, drawn.box.x1
    rules = [r for r in drawn.rules if not (r.x1 < left + 1 or r.x0 > right - 1)]
    assert len(rules) == len(drawn.rules) - 2
    grid = only(make_page(drawn.chars, rules=rules))
    assert texts(grid) == [["规章", "0", "7"], ["文件", "1", "8"]]


def test_a_table_cut_open_by_a_page_break_loses_no_row() -> None:
    drawn = draw_table(TABLE, style="strokes")
    for edge in ("top", "bottom"):
        at = getattr(drawn.box, edge)
        rules = [r for r in drawn.rules if not (abs(r.top - at) < 1 and abs(r.bottom - at) < 1)]
        assert len(rules) < len(drawn.rules)
        assert texts(only(make_page(drawn.chars, rules=rules))) == texts(only(make_page(drawn)))


def test_a_character_belongs_to_the_cell_of_its_middle() -> None:
    """A tall glyph box reaches into the row above; its middle does not."""
    drawn = draw_table([["一", "1"], ["二", "2"]], heights=[16, 16])
    tall = [replace(c, top=c.top - 5) for c in drawn.chars]
    assert texts(only(make_page(tall, rules=drawn.rules))) == [["一", "1"], ["二", "2"]]


def test_a_frame_around_the_page_takes_no_table_s_text() -> None:
    drawn = draw_table(TABLE, top=200)
    page = make_page(drawn, rules=frame(Box(20, 20, 575, 822)))
    assert [texts(g) for g in find_grids(page)] == [texts(only(make_page(drawn)))]


def test_a_double_frame_is_no_table() -> None:
    rules = frame(Box(20, 20, 575, 822)) + frame(Box(25, 25, 570, 817))
    page = make_page(draw_table(TABLE, top=200), prose(["正文在表外。"], 60), rules=rules)
    tables = [g for g in find_grids(page) if any("规章" in c.text for c in g.cells)]
    assert [texts(g) for g in tables] == [texts(only(make_page(draw_table(TABLE, top=200))))]


def test_ends_that_miss_by_a_hair_still_meet() -> None:
    drawn = draw_table(TABLE, style="long")
    short = [
        Rule(r.x0 + 2, r.top, r.x1 - 2, r.bottom) if r.x1 - r.x0 > 5 else r for r in drawn.rules
    ]
    assert texts(only(make_page(drawn.chars, rules=short))) == texts(only(make_page(drawn)))


def test_an_underlined_word_makes_no_row() -> None:
    drawn = draw_table([["规章", "0"], ["文件", "1"]], heights=[40, 40])
    word = next(c for c in drawn.chars if c.text == "文")
    line = Rule(word.x0, word.bottom + 1, word.x0 + 18, word.bottom + 1.4)
    grid = only(make_page(drawn.chars, rules=[*drawn.rules, line]))
    assert texts(grid) == [["规章", "0"], ["文件", "1"]]


def test_text_outside_the_table_is_not_in_it() -> None:
    drawn = draw_table(TABLE, top=200)
    page = make_page(drawn, write("注：数据截至年底。", 60, drawn.box.bottom + 15))
    assert all("注" not in c.text for c in only(page).cells)
