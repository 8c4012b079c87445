"""Compare each made report of samples/kinds with its expected results.

Files whose text layer can be read are read without OCR: then a number without text is in doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from gongkai.errors import SourceError
from gongkai.model import OcrMode, ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.families import built_in
from helpers.kinds import KINDS_FOLDER, KindTruth, kind_truths, report_of, verdicts

GARBLED = [truth for truth in kind_truths() if truth.needs_ocr]  # OCR takes seconds a file
TRUTHS = [
    pytest.param(
        truth,
        id=f"{truth.path.stem}{f'-{truth.scope}' if truth.scope else ''}",
        marks=[pytest.mark.model] if truth.needs_ocr else [],
    )
    for truth in kind_truths()
    if truth not in GARBLED[1:]
]


@cache
def _reader(ocr: OcrMode) -> ReportReader:
    return ReportReader(built_in(), ReadOptions(ocr=ocr))


@cache
def _reports(path: Path, ocr: OcrMode) -> Sequence[Report]:
    return _reader(ocr).read(path)


def _report(truth: KindTruth) -> Report | None:
    reports = _reports(truth.path, "auto" if truth.needs_ocr else "never")
    return report_of(reports, truth)


def test_each_kind_is_there_three_times_from_two_producers() -> None:
    files = {(truth.path.stem, kind) for truth in kind_truths() for kind in truth.kinds}
    counts = Counter(kind for _, kind in files)
    assert {kind: count for kind, count in counts.items() if count < 3} == {}
    for kind in counts:
        engines = {
            engine
            for name, own in files
            for engine in ("drawn", "browser", "office", "cairo")
            if own == kind and f"-{engine}" in name
        }
        assert len(engines) > 1, kind
    assert {truth.path for truth in kind_truths()} == {*KINDS_FOLDER.glob("*.pdf")}


@pytest.mark.parametrize("truth", TRUTHS)
def test_every_cell_is_right_or_in_doubt(truth: KindTruth) -> None:
    report = _report(truth)
    assert report is not None
    found = dict(verdicts(report, truth, truth.cells))
    assert [name for name, verdict in found.items() if verdict == "silent"] == []
    assert all(o.doubt for o in report.observations if o.flagged)
    if report.status == "proved":
        assert {*found.values()} == {"right"}
        assert (report.agency, report.year) == (truth.agency, truth.year)


@pytest.mark.parametrize("truth", TRUTHS)
def test_no_print_fault_is_claimed_that_the_page_does_not_show(truth: KindTruth) -> None:
    report = _report(truth)
    assert report is not None
    assert [c.check_id for c in report.failures("must") if c.cause == "print"] == []
    assert report.status != "print_fault"


@pytest.mark.parametrize("truth", GARBLED, ids=lambda truth: truth.path.stem)
def test_a_garbled_text_layer_is_refused_without_ocr(truth: KindTruth) -> None:
    with pytest.raises(SourceError):
        _reports(truth.path, "never")


@pytest.mark.model
def test_what_is_no_single_number_stays_in_doubt_with_ocr() -> None:
    """OCR reads 4 with a raised 1 as 41: that says nothing about the text layer."""
    name = "raised-mark+raised-mark-large+overlapping+shadow-browser"
    [truth] = [each for each in kind_truths() if each.path.stem == name]
    report = report_of(_reports(truth.path, "auto"), truth)
    assert report is not None
    found = dict(verdicts(report, truth, truth.cells))
    assert [name for name, verdict in found.items() if verdict == "silent"] == []
    assert "text_layer_lies" not in {problem.code for problem in report.problems}
    assert [c.check_id for c in report.failures("must") if c.cause == "print"] == []
