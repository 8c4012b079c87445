"""Figures in prose compared with table cells, and with their own parts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gongkai.checks.narrative import PARTS_RULE, NarrativeChecks
from gongkai.families.family import Family
from gongkai.model import Box, Check, Key, NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader
from made import observation

CELLS = {
    ("received_new", "total"): "3511",
    ("carried_over_in", "total"): "96",
    ("total_processed", "total"): "3486",
    ("carried_over_out", "total"): "121",
}


def checked(text: str, family: Family, figure_reader: FigureReader) -> dict[str, Check]:
    paragraph = Paragraph("一", None, None, text, 1, Box(0, 0, 1, 1))
    seen = {}
    for (row, column), value in CELLS.items():
        key = Key("applications", row, column)
        seen[key] = observation(key, value)
    for column, value in (("total", "10"), ("pending", "3")):
        key = Key("review_litigation", "reconsideration", column)
        seen[key] = observation(key, value)
    figures = figure_reader.figures([paragraph])
    checks, _ = NarrativeChecks(family).check_and_prove(figures, seen)
    return {check.check_id: check for check in checks}


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("收到政府信息公开申请3511件。", "本年新收"),
        ("收到政府信息公开申请3607件。", "本年新收加上年结转"),
        ("受理政府信息公开申请3486件。", "办理结果总计"),
        ("收到政府信息公开申请3500余件。", "本年新收"),
    ],
)
def test_the_meaning_that_fits_is_named(
    text: str, meaning: str, family: Family, figure_reader: FigureReader
) -> None:
    check = checked(text, family, figure_reader)["narrative.applications_received"]
    assert (check.status, check.severity) == ("pass", "usually")
    assert meaning in check.message


def test_concluded_cases_only(family: Family, figure_reader: FigureReader) -> None:
    check = checked("发生行政复议7件。", family, figure_reader)["narrative.reconsideration"]
    assert check.status == "pass"
    assert "已审结" in check.message


def test_a_contradiction(family: Family, figure_reader: FigureReader) -> None:
    check = checked("收到政府信息公开申请2件。", family, figure_reader)[
        "narrative.applications_received"
    ]
    assert (check.status, check.expected, check.actual) == ("fail", 3511, 2)
    assert check.cells


def test_a_figure_of_the_agency_alone_does_not_contradict(
    family: Family, figure_reader: FigureReader
) -> None:
    text = "区政府办代表区政府受理政府信息公开申请17件。"
    assert (
        checked(text, family, figure_reader)["narrative.applications_received"].status == "skipped"
    )


def test_a_stated_zero_is_compared(family: Family, figure_reader: FigureReader) -> None:
    check = checked("未收到政府信息公开申请。", family, figure_reader)[
        "narrative.applications_received"
    ]
    assert check.status == "fail"


def test_plans_are_not_compared(family: Family, figure_reader: FigureReader) -> None:
    assert "narrative.applications_received" not in checked(
        "下一步力争受理申请5件。", family, figure_reader
    )


def test_parts_against_their_sum(family: Family, figure_reader: FigureReader) -> None:
    text = "公开信息232条，其中动态126条，文件21条，公告21条，公示39条，解读3条。"
    check = checked(text, family, figure_reader)["narrative.parts_sum.一1"]
    assert (check.status, check.expected, check.actual) == ("fail", Decimal(232), Decimal(210))


def test_two_parts_may_be_incomplete(family: Family, figure_reader: FigureReader) -> None:
    text = "公开信息232条，其中动态26条，文件21条。"
    assert checked(text, family, figure_reader)["narrative.parts_sum.一1"].status == "skipped"


# --------------------------------------------------------------- parts and total


def figure(value: str, part_of: int | None = None, **changes: object) -> NarrativeFigure:
    made = {"sentence": "共收到申请。", "approximate": False} | changes
    return NarrativeFigure(
        section="二", phrase="收到申请", metric_id=None, value=Decimal(value), unit="件",
        page=1, part_of=part_of, **made,  # type: ignore[arg-type]
    )  # fmt: skip


def part_checks(figures: list[NarrativeFigure], family: Family) -> list[Check]:
    checks, _ = NarrativeChecks(family).check_and_prove(figures, {})
    return [check for check in checks if check.rule == PARTS_RULE]


@pytest.mark.parametrize(
    ("total", "parts", "status"),
    [
        ("10", ("4", "6"), "pass"),
        ("10", ("4", "5"), "skipped"),  # two parts need not be all
        ("10", ("3", "3", "3"), "fail"),  # three that nearly reach the total should be
        ("10", ("1", "1", "1"), "skipped"),
        ("10", ("4", "7"), "fail"),  # more than the total
        ("10", ("10",), "skipped"),  # one part that is the total tells nothing
    ],
)
def test_parts_and_total(total: str, parts: tuple[str, ...], status: str, family: Family) -> None:
    [check] = part_checks([figure(total), *(figure(part, 0) for part in parts)], family)
    assert check.status == status
    assert check.cause == ("print" if status == "fail" else None)
    assert check.check_id == "narrative.parts_sum.二1"


def test_an_approximate_number_is_not_compared(family: Family) -> None:
    figures = [figure("10", approximate=True), *(figure("3", 0) for _ in range(3))]
    assert [check.status for check in part_checks(figures, family)] == ["skipped"]


def test_a_list_that_ends_with_and_others_is_not_complete(family: Family) -> None:
    figures = [figure("10", sentence="邮寄、网络等渠道"), *(figure("3", 0) for _ in range(3))]
    assert [check.status for check in part_checks(figures, family)] == ["skipped"]


def test_totals_of_a_section_are_numbered(family: Family) -> None:
    figures = [figure("1"), figure("1", 0), figure("2"), figure("2", 2)]
    assert [check.place for check in part_checks(figures, family)] == ["二1", "二2"]
