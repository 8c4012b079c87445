"""Percentages of the text, calculated from the figures they refer to."""

from __future__ import annotations

import pytest

from gongkai.checks.narrative_ratios import RatioChecks
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Box, Check, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader


@pytest.fixture(scope="module")
def accounts() -> Family:
    return load_family("final-accounts")


@pytest.fixture(scope="module")
def reader(accounts: Family) -> FigureReader:
    return FigureReader(accounts)


def checked(
    accounts: Family, reader: FigureReader, text: str, heading: str = "支出决算情况说明"
) -> dict[str, Check]:
    """The checks of one paragraph, without tables."""
    paragraph = Paragraph(None, None, heading, text, 1, Box(0, 0, 1, 1))
    found = RatioChecks(accounts.narrative_grammar).check(
        reader.figures([paragraph]), lambda _metric, _figure: []
    )
    return {check.check_id: check for check, _ in found}


@pytest.mark.parametrize(
    ("share", "status"), [("66.67", "pass"), ("66.66", "pass"), ("67", "pass"), ("66.75", "fail")]
)
def test_a_share_of_the_whole(
    accounts: Family, reader: FigureReader, share: str, status: str
) -> None:
    text = (
        f"本年支出合计300.00万元，其中：基本支出200.00万元，占{share}%；项目支出100万元，占33.33%。"
    )
    found = checked(accounts, reader, text)
    assert found["narrative.share.1"].status == status
    assert found["narrative.share.2"].status == "pass"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("减少10万元，下降10%", "pass"),
        ("增加10万元，增长12.50%", "pass"),
        ("减少10万元，下降11.11%", "fail"),
    ],
)
def test_the_growth_of_a_value(
    accounts: Family, reader: FigureReader, words: str, status: str
) -> None:
    found = checked(accounts, reader, f"机关运行经费支出90万元，比上年{words}。")
    assert found["narrative.growth.1"].status == status


def test_a_contradiction_names_the_calculation(accounts: Family, reader: FigureReader) -> None:
    text = "公务接待费支出年初预算为2.00万元，支出决算为1.00万元，完成预算的60.00%。"
    check = checked(accounts, reader, text, "“三公”经费支出")["narrative.completion.1"]
    assert check.message.endswith("按1.00 ÷ 2.00 = 50.00%不一致")


def test_a_percentage_of_nothing_known_is_not_checked(
    accounts: Family, reader: FigureReader
) -> None:
    assert checked(accounts, reader, "本年度平均占比12%，参加培训30人。") == {}


ITEMS = (
    "一般公共预算财政拨款支出年初预算为30.00万元，支出决算为30.00万元。其中："
    "1、教育支出（类）普通教育（款）小学教育（项）。年初预算为{budget}万元，支出决算为10.00万元。"
    "2、教育支出（类）普通教育（款）学前教育（项）。年初预算为20.00万元，支出决算为{spent}万元。"
)
HEADING = "一般公共预算财政拨款支出决算具体情况"


@pytest.mark.parametrize(("budget", "status"), [("10.01", "pass"), ("12.00", "fail")])
def test_the_budgets_of_all_items_make_the_budget(
    accounts: Family, reader: FigureReader, budget: str, status: str
) -> None:
    found = checked(accounts, reader, ITEMS.format(budget=budget, spent="20.00"), HEADING)
    assert found["narrative.budget_of_items"].status == status


def test_an_incomplete_list_of_items_is_not_added_up(
    accounts: Family, reader: FigureReader
) -> None:
    found = checked(accounts, reader, ITEMS.format(budget="12.00", spent="5.00"), HEADING)
    assert "narrative.budget_of_items" not in found
