"""What proves a figure of running text, and which figures are compared with the tables."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gongkai.checks.narrative import NarrativeChecks
from gongkai.families.family import Family
from gongkai.model import Box, Check, Key, NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader
from made import observation

Prove = Callable[[str], tuple[dict[str, Check], list[NarrativeFigure]]]
CELLS = {"received_new": "74", "carried_over_in": "5", "total_processed": "71"}


@pytest.fixture
def proved(family: Family, figure_reader: FigureReader) -> Prove:
    """Reads and checks a text against CELLS: its checks by id, and its figures."""
    cells = {}
    for row, value in CELLS.items():
        key = Key("applications", row, "total")
        cells[key] = observation(key, value)

    def of(text: str) -> tuple[dict[str, Check], list[NarrativeFigure]]:
        paragraph = Paragraph("一", None, None, text, 1, Box(0, 0, 1, 1))
        figures = figure_reader.figures([paragraph])
        checks, with_proof = NarrativeChecks(family).check_and_prove(figures, cells)
        return {check.check_id: check for check in checks}, with_proof

    return of


def test_a_figure_is_proved_by_cells_or_by_its_parts_or_by_nothing(proved: Prove) -> None:
    _, figures = proved("收到申请74件。网站公开信息30条，其中动态20条、公告10条。举办培训2期。")
    assert [figure.proof for figure in figures] == ["table", "sum", "sum", "sum", "text"]


def test_a_contradiction_names_every_meaning_with_its_value(proved: Prove) -> None:
    checks, figures = proved("收到申请70件。")
    check = checks["narrative.applications_received"]
    assert check.status == "fail"
    assert "本年新收为74" in check.message
    assert "本年新收加上年结转（79）、办理结果总计（71）也不一致" in check.message
    assert figures[0].proof == "text"


def test_applications_online_and_offline_are_compared_together(proved: Prove) -> None:
    checks, figures = proved("受理线上申请65件，依法办结62件，结转下年度3件，受理线下申请9件。")
    check = checks["narrative.applications_channels"]
    assert (check.status, check.actual) == ("pass", 74)
    assert "narrative.applications_closed" not in checks  # 62 of those online
    assert [figure.proof for figure in figures] == ["table", "sum", "sum", "table"]


def test_what_other_parts_contain_is_not_added_to_them(proved: Prove) -> None:
    checks, _ = proved("办结38件（含上年结转5件）。其中，予以公开20件，不予公开3件，无法提供15件。")
    check = checks["narrative.parts_sum.一1"]
    assert (check.status, check.actual) == ("pass", 38)


def test_a_total_can_be_divided_twice(proved: Prove) -> None:
    checks, figures = proved(
        "收到申请8件。其中，网络申请5件，信函申请3件，自然人申请4件，法人申请4件。"
    )
    assert checks["narrative.parts_sum.一1"].status == "pass"
    assert [figure.proof for figure in figures] == ["sum"] * 5
