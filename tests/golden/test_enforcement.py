"""Compare each made report of samples/enforcement-statistics with its expected results."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from gongkai.errors import NotAReport
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.ingestion.batch import ingest
from gongkai.reading.report import read_reports
from helpers.registry import ROOT
from helpers.stored import rows
from helpers.truth import differences, load_truths

ENFORCEMENT = sorted((ROOT / "samples" / "enforcement-statistics").glob("*.pdf"))

SEEN = {"enforcement_penalty", "enforcement_licensing"}  # in published reports with numbers


@pytest.fixture(scope="module")
def enforcement() -> Family:
    return load_family("enforcement-statistics")


@pytest.mark.parametrize("pdf", ENFORCEMENT, ids=lambda path: path.stem)
def test_every_printed_cell_is_right(pdf: Path, enforcement: Family) -> None:
    [truth] = load_truths(pdf.with_name(f"{pdf.stem}.expected.json"))
    [report] = read_reports(pdf, enforcement)
    assert differences(report, truth) == []
    doubts = [each.message for each in report.problems if each.code == "provisional_table"]
    assert len(doubts) == len(truth.table_forms.keys() - SEEN)


def test_the_numbers_of_two_provinces_stand_in_one_view(tmp_path: Path) -> None:
    db = tmp_path / "reports.db"
    files = [pdf for pdf in ENFORCEMENT if "shanxi+amount" in pdf.stem or "hubei+two" in pdf.stem]
    sample = ROOT / "samples" / "hexi-county-education-2022.pdf"
    ingest([*files, sample], db, workers=0)
    assert rows(db, "SELECT family, COUNT(*) FROM reports GROUP BY 1") == [
        ("enforcement-statistics", 2),
        ("ogi-annual-report", 1),
    ]
    [[units]] = rows(
        db,
        "SELECT COUNT(*) FROM observations WHERE column_id = 'amount' AND unit = '元' "
        "AND value_in_unit * 10000 = value",
    )
    assert units == 1
    view = "enforcement_statistics_enforcement_penalty_wide"
    assert len(rows(db, f"SELECT amount FROM {view} WHERE row_id = 'total'")) == 2


def test_reports_on_open_information_are_no_statistics_of_enforcement(enforcement: Family) -> None:
    with pytest.raises(NotAReport):
        read_reports(ROOT / "samples" / "hexi-county-education-2022.pdf", enforcement)
    with pytest.raises(NotAReport):
        read_reports(ROOT / "samples" / "wuzhong-public-security-2019.pdf", enforcement)


def test_the_ready_questions_find_something(tmp_path: Path, enforcement: Family) -> None:
    db = tmp_path / "reports.db"
    ingest([pdf for pdf in ENFORCEMENT if "fault-kinds" in pdf.stem], db, workers=0)
    text = (enforcement.folder / "queries.toml").read_text(encoding="utf-8")
    for query in tomllib.loads(text)["query"]:
        assert rows(db, query["sql"]), query["name"]
