"""Printed lines rejoined into paragraphs, over lines and pages."""

from __future__ import annotations

from gongkai.model import Box, Line
from gongkai.normalizers.documents.paragraphs import join_paragraphs

SIZE, LEFT, WIDTH = 14.0, 90.0, 28


def printed(*texts: str, width: int = WIDTH) -> list[Line]:
    """Paragraphs set with an indent of two, broken at the full width."""
    lines: list[Line] = []
    for text in texts:
        rest, indent = text, 2
        while rest:
            head, rest = rest[: width - indent], rest[width - indent :]
            x0 = LEFT + indent * SIZE
            top = 60 + 22.0 * len(lines)
            page = 1 + len(lines) // 30
            lines.append(Line(head, page, Box(x0, top, x0 + SIZE * len(head), top + SIZE), SIZE))
            indent = 0
    return lines


LONG = (
    "本局按要求做好政府信息公开工作，全年主动公开信息一百二十三条，没有发生差错，满意度进一步提升，"
)


def test_no_lines_no_paragraphs() -> None:
    assert join_paragraphs([]) == []


def test_broken_lines_are_put_together() -> None:
    texts = [LONG + "下一步将继续改进。", LONG * 2 + "完。"]
    assert join_paragraphs(printed(*texts)) == texts


def test_a_paragraph_goes_on_over_a_page_break() -> None:
    text = LONG * 20 + "完。"
    lines = printed(text)
    assert lines[-1].page > 1
    assert join_paragraphs(lines) == [text]


def test_a_paragraph_that_fills_its_last_line_still_ends() -> None:
    full = "一" * (WIDTH - 3) + "。"
    assert join_paragraphs(printed(full, LONG + "完。")) == [full, LONG + "完。"]


def test_numbered_points_start_anew() -> None:
    texts = ["（一）" + LONG + "完。", "（二）" + LONG + "完。"]
    assert join_paragraphs(printed(*texts)) == texts


def test_latin_words_at_a_break_keep_a_blank() -> None:
    one = Line("x" * 20 + "open", 1, Box(LEFT, 60, LEFT + 400, 74), SIZE)
    two = Line("data" + "y" * 20, 1, Box(LEFT, 82, LEFT + 400, 96), SIZE)
    assert join_paragraphs([one, two]) == ["x" * 20 + "open data" + "y" * 20]
    number = Line("1" * 24, 1, Box(LEFT, 60, LEFT + 400, 74), SIZE)
    rest = Line("2" * 24, 1, Box(LEFT, 82, LEFT + 400, 96), SIZE)
    assert join_paragraphs([number, rest]) == ["1" * 24 + "2" * 24]
