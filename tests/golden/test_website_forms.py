"""Made annual forms of websites read as they were made: three producers, with page breaks."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gongkai.families.folders import pipelines_folder
from gongkai.families.load import load_family
from gongkai.ingestion.batch import ingest
from gongkai.model import Observation, ReadOptions
from gongkai.reading.report import ReportReader
from helpers.registry import ROOT
from helpers.stored import rows

FOLDER = ROOT / "samples" / "website-annual-report"
TRUTHS: list[dict[str, Any]] = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))
TABLE = "website_report"
QUERIES = pipelines_folder() / "website-annual-report" / "queries.toml"


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


def test_the_panel_shows_numbers_and_texts(tmp_path: Path) -> None:
    truth = TRUTHS[0]
    db = tmp_path / "gongkai.db"
    ingest([FOLDER / truth["file"]], db, family="website-annual-report", workers=0, ocr="never")
    columns = "site_name, site_type, site_identifier, service_items"
    [found] = rows(db, f"SELECT {columns} FROM website_annual_report_panel")
    cells = truth["cells"]
    assert found[:3] == (cells["site.name"], cells["site.type"], cells["site.identifier"])
    assert found[3] == Decimal(cells["service.items"])
    [chinese] = rows(db, "SELECT 网站名称, 政务服务事项数量 FROM website_annual_report_面板")
    assert chinese == (found[0], found[3])


def test_the_prepared_queries_run(tmp_path: Path) -> None:
    db = tmp_path / "gongkai.db"
    files = [FOLDER / truth["file"] for truth in TRUTHS[:2]]
    ingest(files, db, family="website-annual-report", workers=0, ocr="never")
    queries = tomllib.loads(QUERIES.read_text(encoding="utf-8"))["query"]
    assert len(queries) == 3
    counts = {each["name"]: len(rows(db, each["sql"])) for each in queries}
    assert (counts["website_messages"], counts["website_services_online"]) == (2, 2)
