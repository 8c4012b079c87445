"""Characters into lines: what shares a line, what is drawn twice, where a blank belongs."""

from __future__ import annotations

from msgspec.structs import replace

from gongkai.extractors.layout.lines import cell_text, in_lines, line_text, prose_lines
from gongkai.model import Box
from helpers.draw import fill, write


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
