"""Rules into segments, lattices and cells: the traps of real drawings, one each."""

from __future__ import annotations

from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import (
    MAX_RULES,
    Segment,
    Segments,
    cluster,
    connected_groups,
    find_grids,
    full_width_levels,
    join_rules,
    lattice_cells,
    merge_open_cells,
    nearest,
)
from gongkai.model import Box, Grid, Page, Rule
from helpers.draw import LEFT, UP, draw_table, frame, make_page, prose, write

CLOSED, OPEN = [True, True], [False, False]
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


# ------------------------------------------------------------ lattice


def test_closed_edges_keep_all_cells() -> None:
    cells = list(merge_open_cells([CLOSED] * 3, [CLOSED] * 3))
    assert cells == [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)]


def test_an_open_edge_merges_two_cells() -> None:
    beside = merge_open_cells([CLOSED] * 3, [CLOSED, [False, True], CLOSED])
    assert list(beside) == [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)]
    below = merge_open_cells([CLOSED, [False, True], CLOSED], [CLOSED] * 3)
    assert list(below) == [(0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)]


def test_without_inner_edges_one_cell_is_left() -> None:
    assert list(merge_open_cells([CLOSED, OPEN, CLOSED], [CLOSED, OPEN, CLOSED])) == [(0, 0, 2, 2)]


def test_a_row_that_is_closed_below_part_of_a_run_ends_the_cell() -> None:
    cells = merge_open_cells([CLOSED, [False, True], CLOSED], [CLOSED, OPEN, CLOSED])
    assert list(cells) == [(0, 0, 1, 2), (1, 0, 1, 2)]


def test_the_outermost_ends_of_rules_close_an_open_table() -> None:
    horizontal = [Segment(y, 0, 200) for y in (0, 50, 100)]
    cells = lattice_cells(Segments(horizontal, [Segment(80, 0, 100)]))
    assert cells == [
        Box(0, 0, 80, 50),
        Box(80, 0, 200, 50),
        Box(0, 50, 80, 100),
        Box(80, 50, 200, 100),
    ]


def test_rules_of_one_direction_are_no_table() -> None:
    assert lattice_cells(Segments([Segment(0, 0, 200), Segment(50, 0, 200)], [])) is None


# ------------------------------------------------------------ segments


def test_dashes_of_one_line_are_joined_and_short_marks_dropped() -> None:
    dashes = [Rule(x, 50, x + 5, 50.5) for x in range(0, 100, 8)]
    segments = join_rules([*dashes, Rule(300, 80, 304, 80.5)])
    assert segments.horizontal == [Segment(50.25, 0, 101)]
    assert segments.vertical == []


def test_segments_that_touch_are_one_group() -> None:
    table = [Rule(0, 0, 100, 0.5), Rule(50, 0, 50.5, 60)]
    apart = [Rule(0, 200, 100, 200.5)]
    groups = list(connected_groups(join_rules([*table, *apart])))
    assert sorted(len(h) + len(v) for h, v in groups) == [1, 2]


def test_only_rules_over_most_of_the_width_are_levels() -> None:
    rules = [Rule(0, 40, 200, 40.5), Rule(0, 80, 60, 80.5)]
    assert full_width_levels(rules, 10, 190) == [40.25]
    assert full_width_levels([], 10, 190) == []


def test_near_values_are_one_cluster() -> None:
    assert cluster([10.0, 1.0, 2.0, 3.0]) == [2.0, 10.0]


def test_the_lower_of_two_equally_near_values_is_nearest() -> None:
    assert [nearest([0.0, 10.0, 20.0], v) for v in (-5, 4, 5, 6, 15, 99)] == [0, 0, 0, 1, 1, 2]
