"""The page about a whole database."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.families.family import Family
from gongkai.language import in_language
from gongkai.loaders.writer import Writer
from gongkai.model import Check
from gongkai.proof.overview import overview_page, proof_files
from made import report

FAULT = Check(
    "applications", "row_total", "granted", "fail", "must", "120，不等于 总计102 <b>", cause="print"
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    path = tmp_path_factory.mktemp("overview") / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store(
            "/r/a.pdf", "a", "loaded", None, [report(year=2020, status="doubtful", checks=())]
        )
        writer.store("/r/b.pdf", "b", "loaded", None, [report(checks=(FAULT,))])
        writer.store("/r/c.pdf", "c", "unreadable", "empty", [])
    return path


def test_the_page_shows_coverage_faults_and_what_waits(db: Path) -> None:
    page = overview_page(db)
    assert "Annual reports on open government information by year" in page and ">2020<" in page
    assert "120 is not 总计102 &lt;b&gt;" in page and "gongkai proof 2" in page
    assert page.count("清河市公安局 2020") == 1, "waits for a person"
    assert "c.pdf" in page and "://" not in page and "<script" not in page


def test_bars_are_as_long_as_their_counts(db: Path) -> None:
    page = overview_page(db)
    assert 'aria-label="fault of the print 1 doubtful 1 "' in page
    assert 'x="50.0" y="1" width="50.0"' in page


def test_faults_link_to_their_proofs(db: Path) -> None:
    assert proof_files(db, Path("x/report.html")) == {2: Path("x/report-proofs/2.html")}
    assert 'href="report-proofs/2.html"' in overview_page(db, proofs={2: "report-proofs/2.html"})


def test_the_page_speaks_chinese(db: Path) -> None:
    with in_language("zh"):
        page = overview_page(db)
    assert "自相矛盾的报告" in page and "未知" in page and "not known" not in page
    assert "政府信息公开工作年度报告，按年度" in page and "ogi-annual-report" not in page
    assert 'aria-label="原文有误 1 存疑 1 "' in page
