"""The subject of the figures of a paragraph."""

from __future__ import annotations

from decimal import Decimal

from gongkai.model import Box, Paragraph
from gongkai.normalizers.narrative.numbers import NumberMention
from gongkai.normalizers.narrative.phrases import Mention
from gongkai.normalizers.narrative.subjects import Subjects

SUBJECTS = Subjects(r"(?:^|[，。；])([^，。；]{2,8}（类）[^，。；]{2,8}（项）|招待费)(?!、)")


def phrases(text: str, before: str = "", heading: str | None = None) -> list[str]:
    """The phrases of the numbers after 预算 and 决算 in a sentence."""
    found = []
    for word in ("预算", "决算"):
        at = text.index(word) + len(word)
        found.append(Mention(NumberMention(at, at + 1, Decimal(1), "元", False), word))
    paragraph = Paragraph(None, None, heading, before + text, 1, Box(0, 0, 1, 1))
    return [m.phrase for m in SUBJECTS.named_in(found, paragraph, len(before), text)]


def test_a_subject_holds_for_the_sentences_after_it() -> None:
    before = "教育支出（类）小学教育（项）。主要用于：办公。"
    assert phrases("预算1元，决算1元", before) == [
        "教育支出（类）小学教育（项）预算",
        "教育支出（类）小学教育（项）决算",
    ]


def test_a_sub_heading_is_a_subject() -> None:
    found = phrases("预算1元，决算1元", heading="具体情况／教育支出（类）小学教育（项）")
    assert found[0] == "教育支出（类）小学教育（项）预算"


def test_another_subject_takes_its_place() -> None:
    before = "教育支出（类）小学教育（项）。"
    assert phrases("预算1元；招待费决算1元", before) == [
        "教育支出（类）小学教育（项）预算",
        "招待费决算",
    ]


def test_a_name_in_a_list_is_no_subject() -> None:
    assert phrases("预算1元，招待费、印刷费；决算1元") == ["预算", "决算"]
