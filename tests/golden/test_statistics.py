"""Compare each made report of samples/statistics with its expected results."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from gongkai.ingestion.batch import ingest
from gongkai.model import Report
from gongkai.reading.report import read_reports
from helpers.families import built_in
from helpers.registry import ROOT
from helpers.stored import rows
from helpers.truth import differences, load_truths

STATISTICS = sorted((ROOT / "samples" / "statistics").glob("*.pdf"))


@cache
def _report(pdf: Path) -> Report:
    [report] = read_reports(pdf, built_in())
    return report


@pytest.mark.parametrize("pdf", STATISTICS, ids=lambda path: path.stem)
def test_every_printed_cell_is_right_or_flagged(pdf: Path) -> None:
    [truth] = load_truths(pdf.with_name(f"{pdf.stem}.expected.json"))
    report = _report(pdf)
    assert differences(report, truth, ruled="rules-none" not in pdf.stem) == []
    assert "provisional_form" in {problem.code for problem in report.problems}
    assert "missing_sections" not in {problem.code for problem in report.problems}


def test_the_panel_goes_from_the_form_of_2014_to_later_ones(tmp_path: Path) -> None:
    db = tmp_path / "reports.db"
    old = next(pdf for pdf in STATISTICS if pdf.stem == "statistics-annex-office")
    new = ROOT / "samples" / "hexi-county-education-2022.pdf"
    ingest([old, new], db, workers=0)
    [(received, replied, applications)] = rows(
        db,
        "SELECT series_received, series_replied, applications_received FROM ("
        "SELECT series_received, series_replied, received_new AS applications_received, year "
        "FROM panel) WHERE year < 2019",
    )
    report = {str(o.key): o.value for o in _report(old).observations}
    assert received == report["statistics_2014.requests.received.value"]
    assert replied == report["statistics_2014.replies.total.value"]
    assert applications is None
    [(series, new_received)] = rows(
        db, "SELECT series_received, received_new FROM panel WHERE year = 2022"
    )
    assert series == new_received > 0
    assert rows(db, "SELECT requests_received FROM statistics_2014_wide") == [(received,)]
    assert rows(db, "SELECT 收到申请 FROM 统计表2014") == [(received,)]
