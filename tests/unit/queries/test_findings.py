"""Findings: failed checks, doubtful cells, problems and refused files."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Box, FallbackAttempt
from gongkai.queries.findings import Place, check, fallback_stats
from made import report


@pytest.fixture
def db(tmp_path: Path, family: Family) -> Path:
    """One report with findings, one without, and one file that was refused."""
    path = tmp_path / "gongkai.db"
    attempts = (
        FallbackAttempt("pdfplumber", "applications", "agreed"),
        FallbackAttempt("pdfplumber", "review_litigation", "print"),
    )
    clean = report(agency="乐水县财政局", observations=(), checks=(), problems=())
    with Writer(path, family) as writer:
        reports = [report(fallback_attempts=attempts), clean]
        writer.store("/r/清河.pdf", "a", "loaded", None, reports)
        writer.store("/r/空.pdf", "b", "unreadable", "文件是空的")
    return path


def test_findings_of_all_reports_come_before_refused_files(db: Path) -> None:
    found = [(f.kind, f.code, f.severity, f.cause, f.report_id) for f in check(db)]
    assert found == [
        ("check", "review_litigation.row_total.reconsideration", "must", "print", 1),
        ("cell", "applications.granted.total", "doubt", "reading", 1),
        ("problem", "misprinted_title", "note", None, 1),
        ("file", "unreadable", "refused", None, None),
    ]


def test_findings_of_one_report(db: Path) -> None:
    assert {finding.agency for finding in check(db, "清河")} == {"清河市公安局"}
    assert list(check(db, "乐水")) == []
    with pytest.raises(UsageError, match="no report matches"):
        list(check(db, "山阳"))


def test_a_failed_check_without_suspects_has_the_area_of_its_cells(db: Path) -> None:
    failed, doubtful, problem, refused = check(db)
    assert failed.places == (Place(3, Box(72.25, 100.5, 110.75, 120.0)),)
    assert doubtful.places == (Place(2, Box(72.25, 100.5, 110.75, 120.0)),)
    assert problem.places == (Place(3, Box(72.0, 60.0, 200.0, 75.0)),)
    assert str(problem.places[0]) == "p. 3 (72.0, 60.0, 200.0, 75.0)"
    assert refused.places == ()
    assert refused.file_name == "/r/空.pdf"


def test_a_doubtful_cell_says_what_is_printed_and_what_the_sums_imply(db: Path) -> None:
    [doubtful] = (finding for finding in check(db) if finding.kind == "cell")
    assert doubtful.message == (
        "行granted／列total：印作“7”，两个读取器读法不同（按勾稽关系应为 1）"
    )


def test_fallback_attempts_are_counted_by_reader_table_and_outcome(db: Path) -> None:
    assert fallback_stats(db) == [
        (1, "none", None, None, 1),
        (1, "pdfplumber", "applications", "agreed", 1),
        (1, "pdfplumber", "review_litigation", "print", 1),
    ]
