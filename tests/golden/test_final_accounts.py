"""Final accounts (部门决算): a published account, the empty template, and the made samples."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import NotAReport
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.ingestion.batch import ingest
from gongkai.model import Key, ReadOptions, Report
from gongkai.queries.sql import query
from gongkai.reading.report import ReportReader
from gongkai.serve.questions import ready_queries
from helpers.registry import ROOT, expected_beside, real_report
from helpers.truth import differences, load_truths

SAMPLES = sorted((ROOT / "samples" / "final-accounts").glob("*.pdf"))
ACCOUNT = "final-accounts-finance-bureau-2024.pdf"
TEMPLATE = "final-accounts-template.pdf"
CALCULATED = ("share", "growth", "completion", "change")  # figures without a metric
# by the number of a table in the truth of the published account, and its half
TABLES = {
    (1, "left"): "revenue_expenditure_summary_income",
    (1, "right"): "revenue_expenditure_summary_expenditure",
    (2, None): "revenue",
    (3, None): "expenditure",
    (4, "left"): "appropriation_summary_income",
    (4, "right"): "appropriation_summary_expenditure",
    (5, None): "general_budget_expenditure",
    (6, "left"): "general_budget_basic_expenditure",
    (6, "right"): "general_budget_basic_expenditure",
    (7, None): "three_public_expenses",
    (8, None): "government_managed_funds",
    (9, None): "state_capital_operations",
}
# sums of the published account that hold only within the rounding of their terms
ROUNDED = {
    "revenue.tree.total.appropriation",
    "revenue.tree.total.revenue_this_year_total",
    "expenditure.tree.total.basic",
    "expenditure.tree.total.expenditure_this_year_total",
    "general_budget_expenditure.tree.total.basic",
    "general_budget_expenditure.tree.total.total",
    "general_budget_basic_expenditure.tree.301.actual",
    "general_budget_basic_expenditure.tree.302.actual",
    "expenditure.function_208",
    "general_budget_expenditure.function_208",
}


@pytest.fixture(scope="module")
def accounts() -> Family:
    return load_family("final-accounts")


@pytest.fixture(scope="module")
def reader(accounts: Family) -> ReportReader:
    return ReportReader(accounts, ReadOptions(ocr="never"))


def _published(name: str) -> Path:
    path, why_not = real_report(name)
    if path is None:
        pytest.skip(why_not)
    return path


@pytest.fixture(scope="module")
def account(reader: ReportReader) -> Report:
    [report] = reader.read(_published(ACCOUNT))
    return report


def _key(cell: dict[str, Any], report: Report) -> Key:
    """The key of a cell of the truth, which names its column as printed."""
    table = TABLES[cell["table"], cell["side"]]
    column = cell["column"].split("/")[-1]
    [key] = [
        o.key
        for o in report.observations
        if (o.key.table, o.key.row) == (table, cell["id"])
        and "".join(o.column_label.split("／")[-1].split()) == column
    ]
    return key


def test_the_published_account_is_read_as_printed(account: Report) -> None:
    truth = json.loads(_published(ACCOUNT).with_suffix(".truth.json").read_text(encoding="utf-8"))
    seen = {o.key: o for o in account.observations}
    wrong = []
    for cell in truth:
        got = seen.pop(_key(cell, account))
        value = None if cell["value"] is None else Decimal(str(cell["value"]))
        if (got.value, got.page, got.raw_text or None) != (value, cell["page"], cell["raw"]):
            wrong.append((got.key, got.value, got.page, cell))
    assert (len(truth), wrong, list(seen)) == (577, [], [])


def test_the_published_account_is_proved(account: Report) -> None:
    assert (account.agency, account.year) == ("上海市普陀区财政局", 2024)
    assert account.status == "proved"
    assert {o.proof for o in account.observations if o.value} == {"sum", "sight"}


def test_the_sums_of_the_published_account_hold_within_their_rounding(account: Report) -> None:
    must = [c for c in account.checks if c.severity == "must"]
    assert not [c.check_id for c in must if c.status == "fail"]
    rounded = {c.check_id for c in must if "四舍五入" in c.message}
    assert rounded == ROUNDED


def test_the_contradictions_of_the_published_account_are_found(account: Report) -> None:
    """The total of section 四, and the share of the first function; nothing else."""
    failed = {c.check_id: c.message for c in account.checks if c.status == "fail"}
    assert list(failed) == ["narrative.appropriation_total.1", "narrative.share.6"]
    assert "0.3万元”，表内财政拨款收入总计为2961.68" in failed["narrative.appropriation_total.1"]
    assert "71.73%”，按2106.66 ÷ 2940.05 = 71.65%不一致" in failed["narrative.share.6"]


def test_the_figures_of_the_published_account_agree_with_its_tables(account: Report) -> None:
    proofs = Counter(figure.proof for figure in account.figures if figure.unit in ("万元", "%"))
    assert (proofs["table"], proofs["sum"], len(account.figures)) == (29, 38, 101)


def test_the_empty_template_is_refused(reader: ReportReader) -> None:
    with pytest.raises(NotAReport, match="空白表样"):
        reader.read(_published(TEMPLATE))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_made_accounts_are_read_as_printed(reader: ReportReader, sample: Path) -> None:
    """Every cell, and every sum that the print gets wrong, with the cause ``print``."""
    reports = reader.read(sample)
    [truth] = load_truths(expected_beside(sample))
    [report] = reports
    assert differences(report, truth) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_explanations_of_made_accounts_are_compared(reader: ReportReader, sample: Path) -> None:
    """Every figure with its metric, and every contradiction of the tables or of a percentage."""
    truth = json.loads(expected_beside(sample).read_text(encoding="utf-8"))["reports"][0]["figures"]
    [report] = reader.read(sample)
    told = [f for f in report.figures if f.unit in ("万元", "%", "辆")]
    assert [f.raw_text for f in told] == [raw for _, raw, _ in truth]
    named = [f.metric_id or "" for f in told]
    assert named == ["" if metric in CALCULATED else metric for metric, _, _ in truth]
    failed = [c for c in report.checks if c.table == "narrative" and c.status == "fail"]
    messages = [check.message.replace(",", "") for check in failed]
    wrong = [raw.rstrip("万元%").replace(",", "") for _, raw, agrees in truth if not agrees]
    assert [raw for raw in wrong if not any(raw in message for message in messages)] == []
    assert [each for each in messages if not any(raw in each for raw in wrong)] == []


def test_an_unknown_caption_is_a_table_of_its_own(reader: ReportReader) -> None:
    [report] = reader.read(ROOT / "samples" / "final-accounts" / "other-province.pdf")
    others = [problem.page for problem in report.problems if problem.code == "other_table"]
    assert len(others) == 5  # the list of the units, and four tables that no form has


def test_the_ready_queries_answer_for_an_ingested_account(tmp_path: Path) -> None:
    db = tmp_path / "accounts.db"
    ingest([ROOT / "samples" / "final-accounts" / "wrong-cell.pdf"], db, workers=0, ocr="never")
    rows = {}
    for asked in ready_queries(["final-accounts"]):
        with query(db, asked.sql.replace(":agency", "agency")) as found:  # of every body
            rows[asked.name] = len(list(found.rows))
    assert rows["accounts_that_do_not_add_up"] == 2
    assert rows["three_public_expenses"] == 1
    assert rows["accounts_text_against_tables"] == 5
    assert rows["spending_by_function"] > 3
