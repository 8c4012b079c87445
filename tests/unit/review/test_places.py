"""A table that was not read: a person marks its place, and types it or has it read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette

from gongkai.extractors.ocr import recogniser
from gongkai.model import Box, bounding_box
from gongkai.review.desk import ReviewDesk
from gongkai.review.missing import MissingTable, fill
from gongkai.review.rereading import read_numbers
from gongkai.review.session import ReviewSession
from helpers.docs import ROOT
from helpers.doubtful_reports import PDF, sample, without_table
from helpers.review_browser import Browser
from helpers.review_server import make_database
from helpers.stored import rows

TABLE = "review_litigation"
CELLS = [cell for cell in sample().observations if cell.key.table == TABLE]
PAGE = CELLS[0].page
BOX = bounding_box([cell.box for cell in CELLS])
STORED = (
    "SELECT count(*), count(DISTINCT page) FROM observations WHERE table_id = 'review_litigation'"
)

Fields = dict[str, str | list[str]]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make_database(tmp_path, [without_table(TABLE)])


def missing(desk: ReviewDesk) -> MissingTable:
    stored = ReviewSession(desk, "甲").stored_report(1)
    assert stored is not None
    [table] = desk.missing_tables(stored)
    return table


def form(desk: ReviewDesk, action: str, box: Box = BOX, **fields: str) -> Fields:
    """The fields of the form, with what the sample prints in every cell."""
    printed = {cell.key: cell.raw_text for cell in CELLS}
    keys = missing(desk).keys
    return {
        "action": action, "table": TABLE, "page": str(PAGE),
        **{side: f"{value:.1f}" for side, value in zip(box._fields, box, strict=True)},
        "cell": [str(key) for key in keys],
        "text": [printed[key] for key in keys],
        **fields,
    }  # fmt: skip


def test_the_queue_names_what_lacks_and_leads_to_its_page(app: Starlette, desk: ReviewDesk) -> None:
    browser, table = Browser(app), missing(desk)
    assert "1 table lacks cells" in browser.get("/?lang=en").text
    page = browser.get(f"/place/1?lang=en&page={PAGE}").text
    assert page.count('name="text"') == table.count == len(CELLS)
    assert f"/crop/1/page/{PAGE}" in page and table.title in page
    assert desk.crop(1, "page", str(PAGE)) and desk.crop(1, "page", "x") is None


def test_typed_numbers_are_decisions_with_the_marked_place(
    app: Starlette, desk: ReviewDesk, db: Path
) -> None:
    browser = Browser(app)
    done = browser.post("/place/1", **form(desk, "record"))
    assert "the report is now “proved”" in done.text
    assert rows(db, STORED) == [(len(CELLS), 1)]
    [place] = rows(db, "SELECT DISTINCT page, round(x0, 1), read_state FROM decisions")
    assert place == (PAGE, round(BOX.x0, 1), None)
    assert "every cell of the form was read" in browser.get("/place/1?lang=en").text.lower()
    assert "Undone" in browser.post("/undo").text
    assert rows(db, STORED) == [(0, 0)]
    assert rows(db, "SELECT status FROM reports") == [("incomplete",)]


def test_the_place_is_read_again_and_shown_before_it_is_recorded(
    app: Starlette, desk: ReviewDesk, db: Path
) -> None:
    empty = [""] * len(CELLS)
    page = Browser(app).post("/place/1", **form(desk, "read") | {"text": empty}).text
    for key in missing(desk).keys:
        printed = next(cell.raw_text for cell in CELLS if cell.key == key)
        field = f'name="cell" value="{key}"><input name="text" class="number" value="{printed}"'
        assert field in page, key
    assert rows(db, STORED) == [(0, 0)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"x0": ""}, "mark the place on the page first"),
        ({"x1": "99999"}, "the place is not on the page, which is"),
        ({"x1": "nan"}, "the place is not on the page"),
        ({"page": "99"}, "no page 99"),
        ({"text": ["六个"]}, "neither a number"),
        ({"text": [""]}, "nothing is typed"),
        ({"text": ["as read"]}, "nothing was read here"),
        ({"action": "fill", "pasted": "1 2 3"}, "the numbers do not fit"),
        ({"action": "fill", "pasted": ""}, "there are no numbers"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_stored(
    app: Starlette,
    desk: ReviewDesk,
    db: Path,
    fields: Fields,
    message: str,
) -> None:
    page = Browser(app).post("/place/1", **form(desk, "record") | fields)
    assert page.status_code == 422 and message in page.text
    assert rows(db, "SELECT count(*) FROM decisions") == [(0,)]


def test_pasted_lines_fill_the_cells(app: Starlette, desk: ReviewDesk) -> None:
    table = missing(desk)
    lines = [[str(n) for n, key in enumerate(cells) if key] for _, cells in table.rows]
    pasted = "\n".join("\t".join(line) for line in lines)
    page = Browser(app).post("/place/1", **form(desk, "fill", pasted=pasted)).text
    assert fill(table, lines) is not None
    assert page.count('class="number" value="1"') == sum("1" in line for line in lines)


def test_an_unknown_report_or_table_leads_back(app: Starlette, desk: ReviewDesk) -> None:
    browser = Browser(app)
    assert browser.get("/place/99?lang=en").url.path == "/"
    assert browser.post("/place/1", **form(desk, "record", table="none")).url.path != "/place/1"


def test_numbers_are_read_line_by_line_without_labels() -> None:
    whole = Box(0.0, BOX.top, 9999.0, BOX.bottom)
    assert read_numbers(PDF, PAGE, whole) == read_numbers(PDF, PAGE, BOX)
    assert [text for line in read_numbers(PDF, PAGE, BOX) for text in line] == [
        cell.raw_text for cell in sorted(CELLS, key=lambda each: (each.box.top, each.box.x0))
    ]


@pytest.mark.model
def test_the_numbers_of_a_scan_are_read_by_ocr(app: Starlette, desk: ReviewDesk) -> None:
    scan = ROOT / "samples" / "scans" / "ccitt-200.pdf"
    box = Box(186.0, 503.0, 522.0, 737.0)  # the numbers of its first table
    found = read_numbers(scan, 1, box)
    assert found == [["0", "0", "0"], ["0", "0", "20"], ["1642"], ["7595"], ["0"], ["40677.02"]]
    blank = Box(1.0, 1.0, 20.0, 20.0)
    page = Browser(app).post("/place/1", **form(desk, "read", blank))
    assert page.status_code == 422 and "there are no numbers" in page.text


def test_without_ocr_the_page_says_how_to_install_it(
    app: Starlette, desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser, "is_installed", lambda: False)
    recogniser.load_recogniser.cache_clear()
    blank = Box(1.0, 1.0, 20.0, 20.0)
    page = Browser(app).post("/place/1", **form(desk, "read", blank, query="lang=en"))
    assert page.status_code == 422
    assert "OCR is needed and not installed: pip install" in page.text
