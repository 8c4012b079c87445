"""Figures compared one by one with the rows that they name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gongkai.checks.narrative import NarrativeChecks
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Box, Check, FigureProof, Key, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader
from made import observation

TABLE = "general_budget_expenditure"
LABELS = {
    "205": ("教育支出", "30.00"),
    "20502": ("普通教育", "30.00"),
    "2050202": ("小学教育", "30.00"),
    "206": ("科学技术支出", "12.34"),
    "20601": ("科学技术管理事务", "12.34"),
    "2060101": ("行政运行", "12.34"),
    "213": ("农林水支出", "1.00"),
    "21301": ("农业农村", "1.00"),
    "2130101": ("行政运行", "1.00"),
}


@pytest.fixture(scope="module")
def accounts() -> Family:
    return load_family("final-accounts")


def checked(accounts: Family, text: str) -> tuple[list[Check], list[FigureProof]]:
    """The comparisons of a paragraph with the table, and the proofs of its figures."""
    heading = "一般公共预算财政拨款支出决算具体情况"
    figures = FigureReader(accounts).figures(
        [Paragraph(None, None, heading, text, 1, Box(0, 0, 1, 1))]
    )
    cells = {}
    for code, (label, value) in LABELS.items():
        key = Key(TABLE, code, "total")
        cells[key] = replace(observation(key, value), row_label=label)
    checks, proved = NarrativeChecks(accounts).check_and_prove(figures, cells)
    own = [check for check in checks if check.rule == "item_expenditure"]
    return own, [figure.proof for figure in proved]


def test_rows_with_one_name_are_told_apart_by_those_above_them(accounts: Family) -> None:
    text = (
        "1、科学技术支出（类）科学技术管理事务（款）行政运行（项）：支出决算为12.34万元。"
        "2、农林水支出（类）农业农村（款）行政运行（项）：支出决算为12.34万元。"
    )
    checks, proofs = checked(accounts, text)
    assert [(c.place, c.status) for c in checks] == [("1", "pass"), ("2", "fail")]
    assert proofs == ["table", "text"]


@pytest.mark.parametrize(
    ("told", "status"),
    [("12.3万元", "pass"), ("12.4万元", "fail"), ("123400元", "pass"), ("123460元", "fail")],
)
def test_a_figure_is_rounded_to_its_own_last_digit(
    accounts: Family, told: str, status: str
) -> None:
    text = f"科学技术支出（类）科学技术管理事务（款）行政运行（项）：支出决算为{told}。"
    assert [check.status for check in checked(accounts, text)[0]] == [status]


def test_a_row_that_is_not_printed_is_not_compared(accounts: Family) -> None:
    text = "教育支出（类）普通教育（款）学前教育（项）：支出决算为30.00万元。"
    assert [check.status for check in checked(accounts, text)[0]] == ["skipped"]
