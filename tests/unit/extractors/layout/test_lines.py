"""Characters into lines: of cells and prose, without page furniture, beyond the edge of a cell."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gongkai.extractors.layout.lines import (
    cell_text,
    in_lines,
    line_text,
    prose_lines,
    without_furniture,
)
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.model import Box, Char, Line, Page, Rule
from helpers.draw import fill, write
from helpers.families import built_in


def test_no_characters_no_text() -> None:
    assert cell_text([]) == ""
    assert list(prose_lines(1, [])) == []


def test_lines_of_a_cell_are_joined_by_a_line_feed() -> None:
    assert cell_text(fill("申请人情况", Box(0, 0, 23, 60))) == "申请\n人情\n况"


def test_the_order_of_drawing_does_not_matter() -> None:
    chars = [*write("第二行", 10, 40), *write("第一行", 10, 20)]
    assert cell_text(chars) == cell_text(list(reversed(chars))) == "第一行\n第二行"


def test_ink_of_different_height_shares_a_line() -> None:
    """一 is flat and hangs in mid-air; 国 fills its square: the writing line is the same."""
    chars = write("一国", 10, 20)
    flat = replace(chars[0], top=15.5, bottom=16.5)
    assert cell_text([flat, chars[1]]) == "一国"


def test_a_slightly_raised_character_stays_in_its_line() -> None:
    chars = [
        *write("结果", 10, 20),
        *[replace(c, baseline=c.baseline - 3) for c in write("维", 30, 20)],
    ]
    assert cell_text(chars) == "结果维"


def test_fake_bold_is_read_once() -> None:
    chars = write("总计100", 10, 20)
    twice = [replace(c, x0=c.x0 + 0.3, x1=c.x1 + 0.3) for c in chars]
    assert cell_text([*chars, *twice]) == "总计100"
    assert cell_text([c for pair in zip(chars, twice, strict=True) for c in pair]) == "总计100"


def test_rotated_text_that_is_drawn_twice_is_read_once() -> None:
    down = [
        replace(c, x0=10.0, x1=20.0, top=10.0 * k, bottom=10.0 * k + 10, upright=False)
        for k, c in enumerate(write("总总计", 10, 20))
    ]
    copies = [replace(c, x0=c.x0 + 0.3, x1=c.x1 + 0.3) for c in down]
    assert cell_text(down) == "总总计"
    assert cell_text([*down, *copies]) == "总总计"
    assert cell_text([*down, copies[0]]) == "总总计总"  # not the whole text: nothing is left out


def test_doubled_digits_of_a_number_are_kept() -> None:
    for number in ("11", "100", "1111", "2200", "999"):
        assert cell_text(write(number, 10, 20)) == number
        assert cell_text(write(number, 10, 20, 5.5)) == number


def test_two_numbers_apart_in_one_cell_have_a_blank_between() -> None:
    assert cell_text([*write("12", 10, 20), *write("7", 40, 20)]) == "12 7"
    assert cell_text(write("12 345", 10, 20, 10)) in ("12345", "12 345")


def test_chinese_text_has_no_blanks() -> None:
    """结 果, 总 计: spaced out to fill its column."""
    chars = [*write("总", 10, 20), *write("计", 40, 20)]
    assert line_text(chars) == "总计"
    assert line_text(write("2023 年 1 月", 10, 20)) == "2023年1月"


def test_latin_words_keep_their_blank() -> None:
    assert line_text(write("open data", 10, 20)) == "open data"


def test_lines_of_a_page_run_from_top_to_bottom_with_their_boxes() -> None:
    lines = list(prose_lines(3, [*write("下", 10, 60, 12), *write("上面", 20, 30, 16)]))
    assert [line.text for line in lines] == ["上面", "下"]
    assert [line.page for line in lines] == [3, 3]
    assert [line.size for line in lines] == [16, 12]
    assert lines[0].box.x0 < lines[0].box.x1 <= 52


def test_in_lines_keeps_every_character() -> None:
    chars = [*write("主动公开政府信息", 10, 20), *write("12345", 10, 40), *write("完", 300, 20.4)]
    assert sum(len(line) for line in in_lines(chars)) == len(chars)


# ------------------------------------------------------------ page furniture

PAGE_NUMBER = built_in().country.page_number
PAGES = {n: Page(n, 595, 842, (), (), 0.0, "pdfium") for n in range(1, 6)}


def line(text: str, page: int, top: float) -> Line:
    return Line(text, page, Box(100, top, 400, top + 12), 12)


def kept(*lines: Line, pages: int = 3) -> list[str]:
    by_page: dict[int, list[Line]] = {n: [] for n in range(1, pages + 1)}
    for each in lines:
        by_page[each.page].append(each)
    wanted = without_furniture(by_page, {n: PAGES[n] for n in by_page}, PAGE_NUMBER)
    return [each.text for number in sorted(wanted) for each in wanted[number]]


def test_a_row_of_numbers_at_the_foot_of_two_pages_is_no_running_footer() -> None:
    rows = [line("（七）总计95 3 1 2", 1, 780), line("（七）总计1 1 102", 2, 780)]
    assert len(kept(*rows)) == 2
    assert kept(line("政府信息公开2024", 1, 800), line("政府信息公开2024", 2, 800)) == []


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


@pytest.mark.parametrize("row", ["40 7", "4 0 0 0 0 0 4", "12  345"])
def test_a_row_of_numbers_at_the_foot_of_a_page_stays(row: str) -> None:
    assert kept(line("正文", 1, 400), line(row, 1, 780), line("- 1 -", 1, 800)) == ["正文", row]


def test_a_number_between_the_lines_of_a_label_at_the_foot_stays() -> None:
    lines = [line("其他对外管理", 1, 750), line("26", 1, 757), line("服务事项", 1, 764)]
    assert kept(*lines, line("12", 1, 800)) == ["其他对外管理", "26", "服务事项"]


def test_numbers_far_apart_have_a_space_whatever_the_reader_found() -> None:
    numbers = [replace(c, spaced=False) for x in (10, 40, 70) for c in write("4", x, 20)]
    assert [each.text for each in prose_lines(1, numbers)] == ["4 4 4"]


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


# ------------------------------------------------------------ cell overflow

SIZE = 10.0


def _write(text: str, x: float, baseline: float) -> tuple[Char, ...]:
    return tuple(
        Char(c, x + SIZE * k, baseline - 9, x + SIZE * k + 9, baseline + 1, baseline, SIZE)
        for k, c in enumerate(text)
    )


def _page(*texts: tuple[Char, ...]) -> Page:
    """Two cells side by side, x 100 to 140 and 140 to 300, y 100 to 150."""
    across = (Rule(100, 100, 300, 100.5), Rule(100, 150, 300, 150.5))
    upright = tuple(Rule(x, 100, x + 0.5, 150) for x in (100, 140, 300))
    return Page(1, 595, 842, tuple(c for t in texts for c in t), across + upright, 0.0, "pdfium")


CUT = (_write("（三）", 104, 122), _write("不予公", 104, 134), _write("其他", 150, 130))


def test_a_line_below_the_edge_goes_on_with_the_cell() -> None:
    [grid] = find_grids(_page(*CUT, _write("不", 104, 146), _write("开", 110, 158)))
    assert [cell.text for cell in grid.cells] == ["（三）\n不予公\n不\n开", "其他"]


def test_a_line_of_prose_below_the_table_is_not_drawn_in() -> None:
    prose = _write("开展政府信息公开工作检查", 104, 158)
    [grid] = find_grids(_page(*CUT, _write("不", 104, 146), prose))
    assert [cell.text for cell in grid.cells] == ["（三）\n不予公\n不", "其他"]


def test_a_short_paragraph_further_down_is_not_drawn_in() -> None:
    [grid] = find_grids(_page(*CUT, _write("无。", 104, 180)))
    assert [cell.text for cell in grid.cells] == ["（三）\n不予公", "其他"]


def test_a_line_that_the_edge_runs_through_is_one_line() -> None:
    low, high = _write("不", 104, 146), Char("、", 115, 148, 118, 153, 146, SIZE)
    [grid] = find_grids(_page(*CUT, low, (high,)))
    assert grid.cells[0].text == "（三）\n不予公\n不、"


def test_a_label_goes_on_below_an_edge_that_leaves_room_for_no_line() -> None:
    """One letter a line, and the edge a little more than its size below the last one."""
    low = Char("、", 104, 150.5, 108, 153, 152, SIZE)
    [grid] = find_grids(_page(_write("三", 104, 139), (low,), _write("本", 104, 164)))
    assert [cell.text for cell in grid.cells] == ["三\n、\n本", ""]


def test_characters_that_overrun_the_right_edge_belong_to_the_cell_they_follow() -> None:
    [grid] = find_grids(_page(_write("三", 104, 130), _write("54", 287, 130)))
    assert [cell.text for cell in grid.cells] == ["三", "54"]
    crossing = Char("7", 297, 121, 304, 131, 130, SIZE)  # most of it outside
    [grid] = find_grids(_page(_write("三", 104, 130), (crossing,)))
    assert [cell.text for cell in grid.cells] == ["三", "7"]


def test_text_apart_from_the_right_edge_is_not_drawn_in() -> None:
    for beside in (_write("4", 305, 130), _write("4", 297, 170), _write("4", 301, 133)):
        [grid] = find_grids(_page(_write("三", 104, 130), _write("5", 290, 130), beside))
        assert [cell.text for cell in grid.cells] == ["三", "5"]


def test_a_heading_close_above_two_cells_is_not_drawn_in() -> None:
    heading = _write("四、行政复议和诉讼", 104, 98)
    page = _page(_write("（三）", 104, 110), _write("其他", 150, 110), heading)
    [grid] = find_grids(page)
    assert [cell.text for cell in grid.cells] == ["（三）", "其他"]


def test_line_numbers_in_the_margin_are_no_text() -> None:
    texts = [
        "一、总体情况",
        "本局公开信息三条。",
        "二、主动公开",
        "三、申请",
        "四、复议",
        "五、问题",
    ]
    chars = [c for k, t in enumerate(texts) for c in _write(t, 100, 100 + 20 * k)]
    numbers = [c for k in range(6) for c in _write(f"{k + 9}", 60, 100 + 20 * k)]
    assert [line.text for line in prose_lines(1, [*numbers, *chars])] == texts
    other = [c for k, n in enumerate((3, 8, 1, 7, 2, 9)) for c in _write(f"{n}", 60, 100 + 20 * k)]
    assert prose_lines(1, [*other, *chars])[0].text == "3一、总体情况"
