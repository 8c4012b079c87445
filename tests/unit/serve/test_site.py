"""The pages of `gongkai serve` before Datasette's."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from gongkai.language import Language, in_language
from gongkai.queries.families import known_families
from gongkai.queries.sql import query_rows
from gongkai.serve.datasette_app import tables_app
from gongkai.serve.questions import ready_queries
from gongkai.serve.site import Site
from gongkai.serve.table_cells import ProofLinks, StoredTexts
from gongkai.serve.wide_cells import wide_cells
from helpers.doubtful_reports import misread
from helpers.review_server import CELL, make_database


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_database(tmp_path_factory.mktemp("site"), [misread(CELL)])


def pages(db: Path, *paths: str, language: Language = "en", pdf: bool = True) -> list[str]:
    """The text of pages, each begun by its status."""

    async def asked() -> list[str]:
        families = known_families(db)
        cells = wide_cells(families)
        questions = ready_queries(family.name for family in families)
        root = db.parent / "pdf" if pdf else None
        plugins = [StoredTexts(), *([ProofLinks(cells)] if pdf else [])]
        with tables_app(db, plugins) as tables:
            app = Site(db, questions, cells, root).app(tables)
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
                answers = [await client.get(path) for path in paths]
        return [f"{answer.status_code} {answer.text}" for answer in answers]

    with in_language(language):
        return asyncio.run(asked())


def test_the_start_page_shows_coverage_kinds_of_reports_and_questions(db: Path) -> None:
    english, chinese = (pages(db, "/", language=language)[0] for language in ("en", "zh"))
    assert "<b>1</b> report<" in english and "Annual reports on open government" in english
    assert 'href="/-/family/ogi-annual-report"' in english
    assert f'href="/{db.stem}/rates_by_level">How do rates differ by level?' in english
    assert 'name="agency"' in english and english.count("<option value=") == 1
    assert "How do" not in chinese and "各层级的公开率" in chinese
    assert "政府信息公开工作年度报告" in chinese and "存疑" in chinese


def test_a_family_has_a_page_with_its_tables(db: Path) -> None:
    [page, other] = pages(db, "/-/family/ogi-annual-report", "/-/family/nothing")
    assert f'href="/{db.stem}/panel"' in page and "applications_wide_trusted" in page
    assert "面板" not in page and "panel_all" not in page
    assert other.startswith("404") and "no reports of nothing" in other
    [page] = pages(db, "/-/family/ogi-annual-report", language="zh")
    assert ">面板<" in page and ">panel<" not in page


def test_search_marks_the_words(db: Path) -> None:
    none, found, empty = pages(
        db, f"/-/search?q={quote('<b>没有')}", f"/-/search?q={quote('公开')}", "/-/search?q=+"
    )
    assert "No paragraph has &lt;b&gt;没有" in none
    assert "<mark>公开</mark>" in found and "/-/proof/1#p" in found
    assert empty.startswith("200") and "must all occur" in empty


def test_numbers_lead_to_their_cells(db: Path) -> None:
    address = f"/{db.stem}"
    sql = quote("SELECT report_id, granted, year FROM panel")
    panel, wide, cells, reports, queried = pages(
        db,
        f"{address}/panel",
        f"{address}/{quote('~E4~BE~9D~E7~94~B3~E8~AF~B7~E5~85~AC~E5~BC~80')}",
        f"{address}/observations",
        f"{address}/reports",
        f"{address}?sql={sql}",
    )
    assert 'href="/-/proof/1/applications.granted.total"' in panel
    assert 'href="/-/proof/1/applications.granted.natural_person"' in wide
    assert 'href="/-/proof/1/applications.granted.total"' in cells
    assert 'class="proof" href="/-/proof/1"' in reports
    assert 'href="/-/proof/1/granted"' in queried and "/-/proof/1/year" not in queried


def test_stored_sentences_have_the_language_of_the_pages(db: Path) -> None:
    path = f"/{db.stem}/checks"
    [english], [chinese] = pages(db, path), pages(db, path, language="zh")
    assert "all counts are whole numbers" in english and "件数都是非负整数" in chinese
    assert "件数都是非负整数" not in english


def test_without_pdf_files_nothing_leads_to_proofs(db: Path) -> None:
    panel, proof, home = pages(db, f"/{db.stem}/panel", "/-/proof/1", "/", pdf=False)
    assert "/-/proof" not in panel
    assert proof.startswith("404") and "--pdf-root DIR" in proof and "--pdf-root DIR" in home


def test_a_cell_is_shown_on_its_page(db: Path) -> None:
    by_field, by_column, report = pages(
        db, "/-/proof/1/applications.granted.total", "/-/proof/1/granted", "/-/proof/1"
    )
    assert by_field == by_column and "data:image/png;base64,iVBOR" in by_field
    assert "applications.granted.total" in by_field and "/-/proof/1#c" in by_field
    assert report.startswith("200") and 'id="c1"' in report


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/-/proof/9", "no report matches"),
        ("/-/proof/1/applications.granted.nothing", "no field"),
        ("/-/proof/1/nothing", "no cell for the column"),
    ],
)
def test_what_cannot_be_proved_says_why(db: Path, path: str, message: str) -> None:
    [page] = pages(db, path)
    assert page.startswith("404") and message in page


def test_a_column_of_rows_names_the_row(db: Path) -> None:
    cells = wide_cells(known_families(db))
    assert cells.field("applications_wide", "total", "granted") == "applications.granted.total"
    assert cells.field("applications_wide", "total", None) is None
    assert cells.field("applications_wide", "year", "granted") is None
    assert "disclosure_rate" not in cells.panel_columns and "granted" in cells.panel_columns


def test_the_answer_of_a_ready_question_is_in_one_language(db: Path) -> None:
    doubts, share = f"/{db.stem}/doubts", f"/{db.stem}/share_not_proved"
    found = pages(db, doubts, share, f"/{db.stem}/share_not_proved.csv", language="zh")
    assert ">印作</th>" in found[0] and ">agency</th>" not in found[0]
    assert 'href="/-/proof/1/applications.' in found[0], "numbers lead to their proof"
    assert "报告种类" in found[1] and ">政府信息公开工作年度报告<" in found[1]
    assert "ogi-annual-report," in found[2], "data keeps the id"
    [english] = pages(db, share)
    assert ">family</th>" in english and ">Annual reports on open government" in english


def test_parameters_of_a_question_have_chinese_names(db: Path) -> None:
    [(agency,)] = query_rows(db, "SELECT agency FROM reports")
    question = f"/{db.stem}/history_of_a_body?{quote('机关')}={quote(agency)}"
    home, asked = pages(db, "/", question, language="zh")
    assert 'name="机关"' in home and 'name="agency"' not in home
    assert asked.startswith("200") and ">新收总计</th>" in asked
