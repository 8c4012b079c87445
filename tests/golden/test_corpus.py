"""Compare each made report of samples/corpus with its expected results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from gongkai.errors import UnreadableFile
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Report
from gongkai.reading.report import read_reports
from helpers.accuracy_scans import scan_tally
from helpers.families import built_in
from helpers.registry import ROOT
from helpers.stored import rows
from helpers.truth import differences, load_truths

CORPUS = sorted((ROOT / "samples" / "corpus").glob("*.pdf"))
# cases whose tables have no rules or no visible rules
UNRULED = {"rules-none", "rules-horizontal", "rules-white"}
# cases that are read as displayed, by OCR
WRONG_TEXT_LAYER = ("to-unicode-wrong", "to-unicode-missing")


@cache
def _reports(pdf: Path) -> Sequence[Report]:
    return read_reports(pdf, built_in())


def _cases(pdf: Path) -> list[str]:
    cases: list[str] = json.loads(_expected_file(pdf).read_text(encoding="utf-8"))["cases"]
    return cases


def _expected_file(pdf: Path) -> Path:
    return pdf.with_name(f"{pdf.stem}.expected.json")


def test_the_corpus_is_complete() -> None:
    assert len(CORPUS) >= 50
    assert [pdf.name for pdf in CORPUS if not _expected_file(pdf).is_file()] == []
    assert sum(pdf.stat().st_size for pdf in CORPUS) < 8_000_000
    assert {pdf.stem.rsplit("-", 1)[1] for pdf in CORPUS} >= {"drawn", "browser", "office"}
    for case in WRONG_TEXT_LAYER:
        assert any(pdf.stem.startswith(case) for pdf in CORPUS)


@pytest.mark.parametrize("pdf", CORPUS, ids=lambda path: path.stem)
def test_every_printed_cell_is_right_or_flagged(pdf: Path) -> None:
    truths = load_truths(_expected_file(pdf))
    try:
        reports = _reports(pdf)
    except UnreadableFile:
        # only a file without a usable text layer may be refused
        assert all(cell.either for truth in truths for cell in truth.cells.values())
        return
    assert len(reports) == len(truths)
    ruled = UNRULED.isdisjoint(_cases(pdf))
    if pdf.stem.startswith(WRONG_TEXT_LAYER):
        count = scan_tally(reports, truths)
        assert (count.right, count.silent) == (count.cells, 0)
        assert {o.reader for report in reports for o in report.observations} == {"ocr"}
    for report, truth in zip(reports, truths, strict=True):
        if all(cell.either for cell in truth.cells.values()):
            assert _unflagged_errors(report, pdf) == []
        else:
            assert differences(report, truth, ruled=ruled) == []


def test_every_report_is_stored(tmp_path: Path) -> None:
    db = tmp_path / "corpus.db"

    def read(path: Path, _family: Family) -> Sequence[Report]:
        return _reports(path)

    summary = ingest(CORPUS, db, family=BUILT_IN, workers=0, reader=read)
    assert (summary.loaded, summary.refused) == (len(CORPUS), ())
    cells = sum(len(report.observations) for pdf in CORPUS for report in _reports(pdf))
    assert rows(db, "SELECT COUNT(*) FROM observations") == [(cells,)]


def _unflagged_errors(report: Report, pdf: Path) -> list[str]:
    """Return the cells with a wrong text layer that are neither read as displayed nor flagged."""
    [truth] = load_truths(_expected_file(pdf))
    return [
        str(o.key)
        for o in report.observations
        if not o.flagged and (o.key not in truth.cells or o.value != truth.cells[o.key].value)
    ]
