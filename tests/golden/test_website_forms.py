"""Made annual forms of websites read as they were made: three producers, with page breaks."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from gongkai.families.load import load_family
from gongkai.model import Observation, ReadOptions
from gongkai.reading.report import ReportReader
from helpers.registry import ROOT

FOLDER = ROOT / "samples" / "website"
TRUTHS: list[dict[str, Any]] = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))
TABLE = "website_report"


@pytest.fixture(scope="module")
def reader() -> ReportReader:
    return ReportReader(load_family("website-annual-report"), ReadOptions(ocr="never"))


def content(cell: Observation) -> str | Decimal | None:
    return cell.text_value if cell.value is None else cell.value


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth["file"])
def test_every_cell_of_a_form_is_read(reader: ReportReader, truth: dict[str, Any]) -> None:
    [report] = reader.read(FOLDER / truth["file"])
    assert (report.agency, report.year) == (truth["agency"], truth["year"])
    found = {cell.key.row: content(cell) for cell in report.observations}
    kinds = {cell.key.row: cell.state for cell in report.observations}
    wanted = {
        row: Decimal(text) if text is not None and kinds.get(row) == "number" else text
        for row, text in truth["cells"].items()
    }
    assert found == wanted
    assert not any(cell.flagged for cell in report.observations)
    failed = {check.check_id for check in report.failures("must")}
    assert failed <= {f"{TABLE}.proof"}  # without OCR nothing proves numbers outside of sums
