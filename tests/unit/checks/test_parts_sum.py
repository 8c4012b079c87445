"""Parts that a text names, against the total that it names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gongkai.checks.parts_sum import check_parts
from gongkai.model import NarrativeFigure


def figure(value: str, part_of: int | None = None, **changes: object) -> NarrativeFigure:
    made = {"sentence": "共收到申请。", "approximate": False} | changes
    return NarrativeFigure(
        section="二", phrase="收到申请", metric_id=None, value=Decimal(value), unit="件",
        page=1, part_of=part_of, **made,  # type: ignore[arg-type]
    )  # fmt: skip


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
def test_parts_and_total(total: str, parts: tuple[str, ...], status: str) -> None:
    [check] = check_parts([figure(total), *(figure(part, 0) for part in parts)])
    assert check.status == status
    assert check.cause == ("print" if status == "fail" else None)
    assert check.check_id == "narrative.parts_sum.二1"


def test_an_approximate_number_is_not_compared() -> None:
    figures = [figure("10", approximate=True), *(figure("3", 0) for _ in range(3))]
    assert [check.status for check in check_parts(figures)] == ["skipped"]


def test_a_list_that_ends_with_and_others_is_not_complete() -> None:
    figures = [figure("10", sentence="邮寄、网络等渠道"), *(figure("3", 0) for _ in range(3))]
    assert [check.status for check in check_parts(figures)] == ["skipped"]


def test_totals_of_a_section_are_numbered() -> None:
    figures = [figure("1"), figure("1", 0), figure("2"), figure("2", 2)]
    assert [check.place for check in check_parts(figures)] == ["二1", "二2"]
