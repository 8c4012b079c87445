"""Paragraphs with their sub-topics and pages."""

from __future__ import annotations

from gongkai.model import Box, Line
from gongkai.normalizers.documents.paragraphs import structured_paragraphs


def lines(*texts: str, page: int = 1) -> list[Line]:
    """First lines indented, last ones (ending in 。) short; a full line sets the margins."""
    made = [Line("甲" * 36, page, Box(72, 80, 520, 92), 12.0)]
    starts = False
    for k, text in enumerate(texts):
        left = 94.0 if starts else 72.0
        right = 300.0 if text.endswith("。") else 520.0
        made.append(Line(text, page, Box(left, 100 + 20 * k, right, 112 + 20 * k), 12.0))
        starts = text.endswith("。")
    return made


def test_sub_topics_hold_for_the_paragraphs_after_them() -> None:
    topics = ("乙。", "（一）主动公开。全年公开12条。", "发布解读3条。", "（二）依申请公开。无。")
    _, *found = structured_paragraphs(lines(*topics), "一")
    assert [(p.sub_number, p.sub_heading) for p in found] == [
        ("（一）", "主动公开"), ("（一）", "主动公开"), ("（二）", "依申请公开"),
    ]  # fmt: skip


def test_inner_headings_stand_in_outer_ones() -> None:
    topics = (
        "乙。",
        "（一）主动公开。",
        "1.发布情况。12条。",
        "2.解读情况。3条。",
        "（二）依申请。",
    )
    _, *found = structured_paragraphs(lines(*topics), "一")
    assert [p.sub_heading for p in found] == [
        "主动公开", "主动公开／发布情况", "主动公开／解读情况", "依申请",
    ]  # fmt: skip


def test_a_numbered_sentence_with_figures_is_no_heading() -> None:
    _, paragraph = structured_paragraphs(lines("乙。", "（一）全年公开信息12条。"), "一")
    assert (paragraph.sub_number, paragraph.sub_heading) == ("（一）", None)


def test_a_paragraph_over_a_page_break_knows_where_it_turns() -> None:
    first = lines("全年通过网站公开各类政府信息共计二")
    second = [Line("百条。", 2, Box(72, 60, 120, 72), 12.0)]
    [paragraph] = structured_paragraphs([*first, *second], "一")
    assert paragraph.page_at(0) == 1
    assert paragraph.page_at(paragraph.text.index("百")) == 2
    assert paragraph.page_last == 2
