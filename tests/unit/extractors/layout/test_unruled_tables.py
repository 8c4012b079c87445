"""Unruled text into cells: blank rows and columns have their place, and keep the others' own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gongkai.extractors.layout.text_segments import CELL_GAP_WIDTH, LabelTests, TextSegment, runs_of
from gongkai.extractors.layout.unruled_columns import edge_options
from gongkai.extractors.layout.unruled_tables import TextPage, unruled_grids
from gongkai.model import Box, Char, Grid, Rule

SIZE = 10.0
ROWS = ("行政处罚", "行政强制", "3.其他", "（七）总计")
HEADERS = ("自然人", "商业企业", "科研机构", "内容", "数量")
TESTS = LabelTests(
    str.isdigit, ROWS.__contains__, HEADERS.__contains__, "内容".__eq__, "第六项".__eq__
)


def _write(text: str, x: float, baseline: float) -> list[Char]:
    return [
        Char(c, x + SIZE * k, baseline - 9, x + SIZE * k + 9, baseline + 1, baseline, SIZE)
        for k, c in enumerate(text)
    ]


def _grids(*texts: tuple[str, float, float], rules: Sequence[Rule] = ()) -> list[Grid]:
    chars = [char for text in texts for char in _write(*text)]
    return unruled_grids([TextPage(1, "pdfium", chars, rules)], TESTS)


def _texts(grid: Grid) -> list[list[str]]:
    return [[c.text for c in grid.cells if c.row == row] for row in range(grid.rows)]


def test_a_full_width_decimal_point_does_not_part_a_number() -> None:
    """The ink of ． is a tenth of a font size wide, as printed by an office program."""
    ink = [("９", 89, 4), ("．", 98, 1), ("６", 108, 4), ("７", 127, 4)]
    line = [Char(text, x, 91, x + width, 101, 100, SIZE) for text, x, width in ink]
    assert [len(run) for run in runs_of(line, CELL_GAP_WIDTH)] == [3, 1]


def test_a_header_label_with_nothing_under_it_is_a_column() -> None:
    header = [(text, x, 100.0) for text, x in (("维持", 100), ("纠正", 150), ("其他", 200))]
    [grid] = _grids(*header, ("总计", 250, 100), ("7", 155, 120), ("8", 255, 120))
    assert _texts(grid) == [["维持", "纠正", "其他", "总计"], ["", "7", "", "8"]]


def test_what_stands_over_several_columns_is_none() -> None:
    over = [("申请人情况", 140.0, 80.0), ("勾稽关系", 20.0, 80.0)]
    header = [("自然人", 100.0, 100.0), ("企业", 150.0, 100.0), ("总计", 200.0, 100.0)]
    [grid] = _grids(*over, *header, ("新收", 20, 120), ("7", 110, 120), ("8", 205, 120))
    assert _texts(grid)[1:] == [["新收", "7", "", "8"]]
    assert [text.split("\n")[-1] for text in _texts(grid)[0][1:]] == ["自然人", "企业", "总计"]


def test_a_label_set_wide_over_one_number_is_no_columns() -> None:
    [grid] = _grids(("总", 100, 100), ("计", 125, 100), ("费", 180, 100), ("7", 112, 120))
    assert [row[0] for row in _texts(grid)] == ["总计", "7"]


def test_a_known_label_with_nothing_beside_it_is_a_row() -> None:
    title, header = ("第六项", 150.0, 80.0), [("内容", 25.0, 100.0), ("数量", 200.0, 100.0)]
    rows = [("行政处罚", 20.0, 120.0), ("7", 205.0, 120.0), ("行政强制", 20.0, 140.0)]
    next_title = ("第八项", 150.0, 160.0)
    more = [("内容", 25.0, 180.0), ("金额", 200.0, 180.0), ("3.其他", 20.0, 200.0)]
    first, second = _grids(title, *header, *rows, next_title, *more)
    assert _texts(first) == [["内容", "数量"], ["行政处罚", "7"], ["行政强制", ""]]
    assert _texts(second) == [["内容", "金额"], ["3.其他", ""]]


def test_a_header_after_a_row_without_numbers_begins_a_block() -> None:
    header = [("内容", 25.0, 100.0), ("数量", 200.0, 100.0)]
    more = [("内容", 25.0, 140.0), ("金额", 200.0, 140.0)]
    grids = _grids(*header, ("行政强制", 20, 120), *more, ("行政处罚", 20, 160), ("7", 205, 160))
    assert [_texts(grid)[1] for grid in grids] == [["行政强制", ""], ["行政处罚", "7"]]


def test_an_ordinal_begins_a_row_that_is_blank_though_its_label_is_long() -> None:
    rows = [("1.国家秘密", 20.0, 100.0), ("7", 205.0, 100.0)]
    rows += [("2.法律法规", 20.0, 120.0), ("禁止公开", 20.0, 132.0)]
    rows += [("3.三安全", 20.0, 152.0), ("8", 205.0, 152.0)]
    [grid] = _grids(*rows)
    assert _texts(grid) == [["1.国家秘密", "7"], ["2.法律法规\n禁止公开", ""], ["3.三安全", "8"]]


def test_an_outer_label_beside_the_numbers_begins_no_row() -> None:
    rows = [("（二）部分公开区分处理", 20.0, 88.0), ("不计其他", 20.0, 100.0), ("6", 305.0, 100.0)]
    rows += [("3.要求提供公开", 70.0, 120.0), ("（五）不", 20.0, 126.0), ("7", 305.0, 126.0)]
    rows += [("出版物", 70.0, 132.0), ("4.无正当理由", 70.0, 152.0), ("8", 305.0, 152.0)]
    [grid] = _grids(*rows)
    assert [row[1] for row in _texts(grid)] == ["6", "7", "8"]
    assert _texts(grid)[1][0] == "3.要求提供公开\n出版物"


LONG = (("第一项长标签", 20.0, 100.0), ("接着写一行", 20.0, 112.0), ("再接着一行", 20.0, 124.0))
NEXT = (("7", 205.0, 100.0), ("第二项", 20.0, 143.0), ("8", 205.0, 136.0))


def test_a_level_rule_under_the_numbers_parts_the_rows() -> None:
    """Numbers set at the top of their cells stand nearer to the label above."""
    [near] = _grids(*LONG, *NEXT)
    assert _texts(near)[1][0] == "再接着一行\n第二项"
    pieces = [Rule(x, 127, x + 40, 127.5) for x in (20, 60, 180, 200)]
    [grid] = _grids(*LONG, *NEXT, rules=pieces)
    assert _texts(grid) == [["第一项长标签\n接着写一行\n再接着一行", "7"], ["第二项", "8"]]


def test_a_rule_that_does_not_run_under_the_numbers_parts_nothing() -> None:
    [grid] = _grids(*LONG, *NEXT, rules=[Rule(20, 127, 180, 127.5)])
    assert _texts(grid)[1][0] == "再接着一行\n第二项"


def test_a_number_cut_in_two_by_its_narrow_cell_is_one_text() -> None:
    """Its pieces stand half a line above and below the numbers beside it."""
    header = [("维持", 100.0, 100.0), ("总计", 150.0, 100.0)]
    [grid] = _grids(*header, ("13", 150, 114), ("86", 100, 120), ("5", 155, 126))
    assert _texts(grid) == [["维持", "总计"], ["86", "13\n5"]]


def test_numbers_a_line_apart_stay_two_rows() -> None:
    header = [("维持", 100.0, 100.0), ("总计", 150.0, 100.0)]
    [grid] = _grids(*header, ("13", 150, 114), ("86", 100, 114), ("5", 155, 126))
    assert _texts(grid)[1:] == [["86", "13"], ["", "5"]]


def test_a_sentence_before_the_table_is_none_of_it() -> None:
    lead = [("本部分以表格形式报告，", 20.0, 60.0), ("如下：", 20.0, 75.0)]
    header = [("第六项", 120.0, 90.0), ("内容", 25.0, 110.0), ("数量", 200.0, 110.0)]
    [grid] = _grids(*lead, *header, ("行政处罚", 20, 130), ("7", 205, 130))
    assert 75 < grid.box.top < 90
    note = [("（勾稽关系为：", 20.0, 75.0), ("之和）", 20.0, 90.0), ("数量", 200.0, 90.0)]
    [grid] = _grids(*note, ("行政处罚", 20, 130), ("7", 205, 130))
    assert grid.box.top < 75


def test_a_sentence_with_its_table_on_the_next_page_is_no_table() -> None:
    assert _grids(("本部分以表格形式报告，", 20.0, 60.0), ("如下：", 20.0, 75.0)) == []


def test_header_words_close_together_are_parted_at_the_column_edge() -> None:
    header = [("商业企业", 100.0, 100.0), ("科研机构", 143.0, 100.0), ("总计", 200.0, 100.0)]
    over = [("法人或其他组织", 105.0, 80.0), ("合", 206.0, 80.0)]
    rows = [("新收", 20.0, 120.0), ("7", 116.0, 120.0), ("8", 158.0, 120.0), ("9", 206.0, 120.0)]
    [grid] = _grids(*over, *header, *rows)
    assert [text.split("\n")[-1] for text in _texts(grid)[0]] == [
        "",
        "商业企业",
        "科研机构",
        "总计",
    ]


def test_values_aligned_to_the_right_are_paired_with_their_header_words() -> None:
    words = [("信息内容", 30.0, 100.0), ("制发件数", 130.0, 100.0), ("废止件数", 230.0, 100.0)]
    rows = [("行政处罚", 20.0, 120.0), ("7", 182.0, 120.0), ("8", 282.0, 120.0)]
    [grid] = _grids(*words, *rows)
    assert _texts(grid) == [["信息内容", "制发件数", "废止件数"], ["行政处罚", "7", "8"]]


@pytest.mark.parametrize("x", [78.0, 111.0])  # of the first value: the left or right side
def test_values_at_one_side_of_narrow_columns_are_under_their_own_words(x: float) -> None:
    words = [("自然人", 80.0), ("商业", 125.0), ("科研", 165.0)]
    header = [(text, at, 100.0) for text, at in words] + [
        ("企业", 125.0, 110.0),
        ("机构", 165.0, 110.0),
    ]
    rows = [("3.其他", 10.0, 130.0), *((str(k), x + 40.0 * k, 130.0) for k in range(3))]
    [grid] = _grids(*header, *rows)
    assert _texts(grid)[0][1:] == ["自然人", "商业\n企业", "科研\n机构"]
    assert _texts(grid)[1] == ["3.其他", "0", "1", "2"]


@pytest.mark.parametrize("x", [78.0, 111.0])
def test_a_blank_column_has_its_place_among_values_at_one_side(x: float) -> None:
    header = [
        (text, at, 100.0) for text, at in (("自然人", 80.0), ("其他", 125.0), ("数量", 165.0))
    ]
    rows = [("3.其他", 10.0, 130.0), ("7", x, 130.0), ("8", x + 80.0, 130.0)]
    [grid] = _grids(*header, *rows)
    assert _texts(grid) == [["", "自然人", "其他", "数量"], ["3.其他", "7", "", "8"]]


def test_the_corner_is_over_no_values_however_wide_the_labels_are() -> None:
    header = [("内容", 70.0, 100.0), ("数量", 150.0, 100.0)]
    rows = [("行政处罚", 10.0, 120.0), ("7", 120.0, 120.0), ("8", 120.0, 140.0)]
    [grid] = _grids(*header, *rows, ("行政强制", 10.0, 140.0))
    assert _texts(grid)[1:] == [["行政处罚", "7"], ["行政强制", "8"]]


def test_a_value_close_to_its_label_is_a_cell_of_its_own() -> None:
    rows = [("1.国家秘密", 20.0, 100.0), ("7", 111.0, 100.0), ("2.事务信息", 20.0, 120.0)]
    rows += [("8", 111.0, 120.0), ("3.法律法规禁止公", 20.0, 140.0), ("9", 111.0, 140.0)]
    rows += [("4.过程", 20.0, 160.0), ("6", 111.0, 160.0)]
    [grid] = _grids(*rows)
    assert _texts(grid)[2] == ["3.法律法规禁止公", "9"]


def test_an_outer_label_close_to_the_ordinal_is_not_part_of_the_label() -> None:
    rows = [("1.秘密", 60.0, 100.0), ("7", 160.0, 100.0), ("2.法律", 60.0, 120.0)]
    rows += [
        ("8", 160.0, 120.0),
        ("不公开", 28.0, 140.0),
        ("3.安全", 60.0, 140.0),
        ("9", 160.0, 140.0),
    ]
    rows += [("4.过程", 60.0, 160.0), ("6", 160.0, 160.0)]
    [grid] = _grids(*rows)
    assert [row[0] for row in _texts(grid)] == ["1.秘密", "2.法律", "3.安全", "4.过程"]


def test_a_known_first_line_of_a_label_is_no_row_before_its_values() -> None:
    rows = [("2.其他", 20.0, 100.0), ("7", 205.0, 100.0), ("3.其他", 20.0, 120.0)]
    rows += [("不再处理", 20.0, 132.0), ("8", 205.0, 132.0), ("的申请", 20.0, 144.0)]
    [grid] = _grids(*rows)
    assert _texts(grid) == [["2.其他", "7"], ["3.其他\n不再处理\n的申请", "8"]]


def test_a_note_below_the_table_is_none_of_it() -> None:
    rows = [
        ("行政处罚", 20.0, 100.0),
        ("7", 205.0, 100.0),
        ("行政强制", 20.0, 120.0),
        ("8", 205.0, 120.0),
    ]
    [grid] = _grids(*rows, ("注：以上数据截至十二月三十一日，另有二件正在审理。", 20.0, 135.0))
    assert _texts(grid) == [["行政处罚", "7"], ["行政强制", "8"]]


def test_a_label_with_commas_above_a_blank_row_is_no_note() -> None:
    """At the foot of a page the last values may be those of the row above."""
    rows = [("1.部分公开（区分处理的", 20.0, 100.0), ("7", 205.0, 100.0)]
    rows += [("只计这一情形，不计其他情形）", 20.0, 112.0), ("3.其他", 20.0, 130.0)]
    [grid] = _grids(*rows)
    assert _texts(grid)[-1] == ["3.其他", ""]


@pytest.mark.parametrize("distance", [15.0, 60.0])
def test_sentences_below_the_table_are_none_of_it(distance: float) -> None:
    rows = [
        ("行政处罚", 20.0, 100.0),
        ("7", 205.0, 100.0),
        ("行政强制", 20.0, 120.0),
        ("8", 205.0, 120.0),
    ]
    first, second = "另接待群众咨询3456人次，均热情", "解答，进一步提高服务水平。"
    top = 120.0 + distance
    [grid] = _grids(*rows, (first, 40.0, top), (second, 20.0, top + 14.0))
    assert _texts(grid) == [["行政处罚", "7"], ["行政强制", "8"]]


def test_of_the_lines_over_a_column_those_that_make_its_label_count() -> None:
    """A word that is alone in its line may be a label's first, though titles are too."""
    over = [("申请人情况", 90.0, 80.0), ("自然", 100.0, 92.0)]
    header = [("人", 105.0, 104.0), ("科研机构", 200.0, 98.0)]
    [grid] = _grids(*over, *header, ("新收", 20, 120), ("7", 106, 120), ("8", 215, 120))
    assert _texts(grid)[0] == ["", "自然\n人", "科研机构"]


def test_a_header_at_the_foot_of_a_page_has_the_columns_of_the_values_on_the_next() -> None:
    header = [("自然人", 100.0, 700.0), ("商业企业", 136.0, 700.0), ("科研机构", 185.0, 700.0)]
    rows = [("行政处罚", 20.0, 80.0), ("7", 110.0, 80.0), ("8", 151.0, 80.0), ("9", 200.0, 80.0)]
    pages = [
        TextPage(number, "pdfium", [char for text in texts for char in _write(*text)])
        for number, texts in ((1, header), (2, rows))
    ]
    first, second = unruled_grids(pages, TESTS)
    assert _texts(first) == [["", "自然人", "商业企业", "科研机构"]]
    assert _texts(second) == [["行政处罚", "7", "8", "9"]]


def test_rows_on_the_next_page_keep_a_column_that_is_blank_there() -> None:
    header = [("自然人", 100.0, 100.0), ("商业企业", 150.0, 100.0), ("科研机构", 205.0, 100.0)]
    rows = [("行政处罚", 20.0, 120.0), ("7", 110.0, 120.0), ("8", 165.0, 120.0)]
    more = [("行政强制", 20.0, 80.0), ("6", 110.0, 80.0), ("5", 220.0, 80.0)]
    pages = [
        TextPage(number, "pdfium", [char for text in texts for char in _write(*text)])
        for number, texts in ((1, [*header, *rows, ("9", 220.0, 120.0)]), (2, more))
    ]
    assert _texts(unruled_grids(pages, TESTS)[1]) == [["行政强制", "6", "", "5"]]


def test_numbers_of_narrow_columns_are_cells_of_their_own() -> None:
    header = [("维持", 100.0, 100.0), ("纠正", 133.0, 100.0)]
    rows = [("行政处罚", 20.0, 120.0), ("12", 100.0, 120.0), ("34", 127.0, 120.0)]
    [grid] = _grids(*header, *rows, ("行政强制", 20, 140), ("5", 105, 140), ("6", 140, 140))
    assert _texts(grid)[1:] == [["行政处罚", "12", "34"], ["行政强制", "5", "6"]]


def test_two_numbers_where_other_rows_have_one_stay_in_one_cell() -> None:
    header = [("维持", 110.0, 100.0), ("纠正", 210.0, 100.0)]
    rows = [("行政处罚", 20.0, 120.0), ("12", 100.0, 120.0), ("34", 127.0, 120.0)]
    rows += [("行政强制", 20.0, 140.0), ("56789", 100.0, 140.0), ("6", 215.0, 140.0)]
    [grid] = _grids(*header, *rows, ("8", 215, 120))
    assert [row[2] for row in _texts(grid)[1:]] == ["8", "6"]
    assert "12" in _texts(grid)[1][1] and "34" in _texts(grid)[1][1]


def test_another_script_under_a_label_keeps_it_with_its_numbers() -> None:
    header = [("内容", 25.0, 100.0), ("数量", 200.0, 100.0), ("Number", 190.0, 112.0)]
    rows = [("行政处罚", 20.0, 130.0), ("Penalty", 20.0, 142.0), ("7", 205.0, 142.0)]
    rows += [("行政强制", 20.0, 160.0), ("Force", 20.0, 172.0), ("8", 205.0, 172.0)]
    [grid] = _grids(*header, *rows)
    assert _texts(grid)[0] == ["内容", "数量\nNumber"]
    assert _texts(grid)[1:] == [["行政处罚\nPenalty", "7"], ["行政强制\nForce", "8"]]


def test_a_caption_after_a_row_without_numbers_begins_a_block() -> None:
    rows = [("行政强制", 20.0, 100.0), ("第六项", 90.0, 120.0), ("内容", 25.0, 140.0)]
    grids = _grids(*rows, ("数量", 200, 140), ("行政处罚", 20, 160), ("7", 205, 160))
    assert _texts(grids[-1])[-1] == ["行政处罚", "7"]
    assert "第六项" not in _texts(grids[0])[0][0]


def test_a_label_set_above_its_numbers_is_one_row_between_two_rules() -> None:
    rules = [Rule(20, y, 300, y + 0.5) for y in (90.0, 130.0, 170.0)]
    rows = [("行政处罚", 50.0, 104.0), ("外", 20.0, 118.0), ("7", 205.0, 118.0)]
    rows += [("行政强制", 50.0, 144.0), ("8", 205.0, 158.0)]
    [grid] = _grids(*rows, rules=rules)
    assert [row[-1] for row in _texts(grid)] == ["7", "8"]


def test_outer_labels_written_from_top_to_bottom_are_no_rows_and_no_marks() -> None:
    letters = [(letter, 20.0, 100.0 + 11 * k) for k, letter in enumerate("（四）无法")]
    rows = [("1.不掌握", 60.0, 104.0), ("7", 205.0, 104.0), ("2.没有现成", 60.0, 124.0)]
    rows += [("8", 205.0, 124.0), ("3.其他", 60.0, 144.0), ("9", 205.0, 144.0)]
    [grid] = _grids(*letters, *rows)
    assert _texts(grid) == [["1.不掌握", "7"], ["2.没有现成", "8"], ["3.其他", "9"]]


def test_a_row_label_that_goes_on_beside_inner_labels_is_an_outer_label() -> None:
    rows = [("1.申请人无", 120.0, 88.0), ("正当理由", 120.0, 100.0), ("6", 305.0, 100.0)]
    rows += [("3.其他", 20.0, 114.0), ("处理", 25.0, 126.0)]
    rows += [("2.申请人逾", 120.0, 126.0), ("期", 120.0, 138.0), ("7", 305.0, 138.0)]
    grids = _grids(*rows)
    assert [_texts(grid) for grid in grids] == [
        [["1.申请人无\n正当理由", "6"], ["2.申请人逾\n期", "7"]]
    ]


def test_pieces_of_a_number_are_joined_beside_a_label_of_another_size() -> None:
    header = [("维持", 100.0, 100.0), ("总计", 150.0, 100.0)]
    rows = [("行政处罚", 20.0, 120.0), ("13", 150.0, 114.0), ("86", 100.0, 120.0)]
    [grid] = _grids(*header, *rows, ("5", 155, 126))
    assert _texts(grid)[1:] == [["行政处罚", "86", "13\n5"]]


def test_digits_below_each_other_are_one_number_beside_its_label() -> None:
    digits = [("1", 155.0, 120.0), ("2", 155.0, 134.0), ("3", 155.0, 148.0), ("7", 105.0, 134.0)]
    outer = ("三", 20.0, 120.0)
    below = [("行政强制", 50.0, 170.0), ("8", 105.0, 170.0), ("9", 155.0, 170.0)]
    [grid] = _grids(outer, ("行政处罚", 50.0, 134.0), *digits, *below)
    assert _texts(grid) == [["行政处罚", "7", "1\n2\n3"], ["行政强制", "8", "9"]]


def test_numbers_close_to_another_row_stay_with_their_own_label() -> None:
    header = [("数量", 100.0, 100.0), ("总计", 150.0, 100.0)]
    rows = [("行政处罚", 20.0, 120.0), ("7", 105.0, 120.0), ("8", 155.0, 120.0)]
    rows += [("行政强制", 20.0, 133.2), ("9", 155.0, 134.0)]
    [grid] = _grids(*header, *rows)
    assert _texts(grid)[1:] == [["行政处罚", "7", "8"], ["行政强制", "", "9"]]


def test_numbers_of_neighbouring_columns_are_apart_though_all_have_one_digit() -> None:
    rows = [(label, 20.0, y) for label, y in (("行政处罚", 120.0), ("行政强制", 140.0))]
    chars = [char for row in rows for char in _write(*row)]
    for row, y in enumerate((120.0, 140.0)):
        for column in range(4):
            x = 100.0 + 13 * column
            chars.append(Char(str(row + column), x, y - 9, x + 5, y + 1, y, SIZE))
    [grid] = unruled_grids([TextPage(1, "pdfium", chars)], TESTS)
    assert _texts(grid) == [["行政处罚", *"0123"], ["行政强制", *"1234"]]


def test_a_gap_wider_than_those_among_its_digits_parts_two_numbers() -> None:
    places = [(120.0, (100.0, 105.4, 113.6, 119.0)), (140.0, (102.7, 116.3))]
    chars = [
        char
        for label, y in (("行政处罚", 120.0), ("行政强制", 140.0))
        for char in _write(label, 20.0, y)
    ]
    chars += [Char("7", x, y - 9, x + 5, y + 1, y, SIZE) for y, xs in places for x in xs]
    [grid] = unruled_grids([TextPage(1, "pdfium", chars)], TESTS)
    assert _texts(grid) == [["行政处罚", "77", "77"], ["行政强制", "7", "7"]]


def test_a_header_goes_on_below_a_page_break() -> None:
    first = [char for text in (("商业", 100, 780), ("科研", 150, 780)) for char in _write(*text)]
    texts = [
        ("企业", 100, 60),
        ("机构", 150, 60),
        ("行政处罚", 20, 90),
        ("7", 105, 90),
        ("8", 155, 90),
    ]
    second = [char for text in texts for char in _write(*text)]
    pages = [TextPage(1, "pdfium", first), TextPage(2, "pdfium", second)]
    cut, grid = unruled_grids(pages, TESTS)
    assert [cell.text for cell in cut.cells] == ["商业科研", ""]
    assert _texts(grid) == [["", "商业\n企业", "科研\n机构"], ["行政处罚", "7", "8"]]
    assert "".join(c.text for c in grid.cells[1].chars) == "企业"


def test_another_script_under_the_header_is_not_in_the_cells_below() -> None:
    header = [("数量", 200.0, 100.0), ("Number", 190.0, 112.0)]
    [grid] = _grids(*header, ("行政处罚", 20.0, 126.0), ("7", 205.0, 126.0))
    assert grid.cells[0].box.bottom > 113


def test_a_local_row_without_ordinal_is_no_part_of_the_row_above() -> None:
    rows = [
        ("1.其他", 60.0, 100.0),
        ("7", 205.0, 100.0),
        ("小计", 60.0, 115.0),
        ("8", 205.0, 115.0),
    ]
    rows += [("2.申请人", 60.0, 130.0), ("逾期未按", 60.0, 142.0), ("9", 205.0, 142.0)]
    rows += [("收费", 60.0, 154.0), ("3.其他", 60.0, 164.0), ("6", 205.0, 164.0)]
    [grid] = _grids(*rows)
    labels = [row[0] for row in _texts(grid)]
    assert labels == ["1.其他", "小计", "2.申请人\n逾期未按\n收费", "3.其他"]


def test_the_whole_label_of_a_row_is_apart_from_the_outer_label_before_it() -> None:
    rows = [("（三）", 20.0, 120.0), ("3.其他", 52.0, 120.0), ("7", 205.0, 120.0)]
    [grid] = _grids(*rows, ("行政处罚", 52.0, 140.0), ("8", 205.0, 140.0))
    assert _texts(grid) == [["3.其他", "7"], ["行政处罚", "8"]]


def test_columns_narrower_than_their_margin_leave_no_value_beyond_the_last_edge() -> None:
    stripes = [(100.0, 110.0), (200.0, 201.0), (201.5, 206.0)]
    edges = list(edge_options(60.0, stripes, [], []))
    assert edges
    assert all(each[0] <= 100 and each[-1] >= 206 for each in edges)


def test_a_text_right_of_a_header_label_without_values_is_among_the_labels() -> None:
    """No edges parted all texts with a column of its own for that label, and reading ended."""

    def segment(text: str, x: float, y: float) -> TextSegment:
        chars = tuple(_write(text, x, y))
        return TextSegment(chars, Box(chars[0].x0, y - 9, chars[-1].x1, y + 1), text)

    header = [[segment("数量", 200, 80), segment("金额", 260, 80)], [segment("行", 20, 100)]]
    labels = [segment("政强制", 40, 120), segment("金", 350, 120)]
    assert list(edge_options(20.0, [(500.0, 505.0)], header, labels)) == [[20.0, 429.5, 575.5]]
