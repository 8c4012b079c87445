"""A whole row or column decided by one form, and undone at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette

from gongkai.review.desk import ReviewDesk
from gongkai.review.line_view import Direction, LineView
from gongkai.review.session import ReviewSession
from helpers.doubtful_reports import misread, printed_value, unread
from helpers.review_browser import Browser
from helpers.review_server import CELL, make_database, with_agency
from helpers.stored import rows

ROW = [CELL._replace(column=name) for name in ("natural_person", "total")]
DECIDED = (
    "SELECT verdict, count(*) FROM decisions WHERE standing = 'in_force' GROUP BY 1 ORDER BY 1"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    changes = [with_agency("甲局", misread(*ROW)), with_agency("乙局", unread(CELL))]
    return make_database(tmp_path_factory.mktemp("lines"), changes)


def line_of(desk: ReviewDesk, direction: Direction, report: int = 1) -> LineView:
    line = ReviewSession(desk, "甲").line_view(report, direction, f"{CELL}.1")
    assert line is not None
    return line


def fields(line: LineView, **texts: str) -> dict[str, str | list[str]]:
    """The fields of the form of a line; ``texts`` by column."""
    return {
        "cell": [cell.name for cell in line.cells],
        "basis": [cell.basis for cell in line.cells],
        "text": [texts.get(cell.observation.key.column, "") for cell in line.cells],
    }


def right() -> dict[str, str]:
    return {key.column: str(printed_value(key)) for key in ROW}


def test_a_row_is_decided_and_undone_at_once(desk: ReviewDesk, app: Starlette, db: Path) -> None:
    line, browser = line_of(desk, "row"), Browser(app)
    assert len(line.cells) == 7 and line.label.endswith("（一）予以公开")
    page = browser.get(f"/line/{line.path}?lang=en").text
    assert page.count('name="text"') == 7 and "Decide these 7 cells" in page
    done = browser.post(f"/line/{line.path}", **fields(line, **right()))
    assert "the report is now “proved”" in done.text
    assert rows(db, DECIDED) == [("accepted", 5), ("typed", 2)]
    assert "Undone — 甲局 （一）予以公开" in browser.post("/undo").text.replace(
        "三、本年度办理结果／", ""
    )
    assert rows(db, DECIDED) == []


def test_a_column_has_all_rows_of_its_table(desk: ReviewDesk, app: Starlette, db: Path) -> None:
    line = line_of(desk, "column")
    keys = {cell.observation.key for cell in line.cells}
    assert {(key.table, key.column) for key in keys} == {(CELL.table, "total")}
    assert len(line.cells) > 20
    Browser(app).post(f"/line/{line.path}", **fields(line))
    assert rows(db, DECIDED) == [("accepted", len(line.cells))]


def test_words_are_answers_in_a_row(desk: ReviewDesk, app: Starlette, db: Path) -> None:
    line = line_of(desk, "row")
    Browser(app).post(
        f"/line/{line.path}", **fields(line, total="空格", natural_person="unreadable")
    )
    assert rows(db, DECIDED) == [("accepted", 5), ("blank", 1), ("unreadable", 1)]


@pytest.mark.parametrize(
    ("report", "texts", "message"),
    [
        (1, {"total": "六个", "natural_person": "5"}, "neither a number"),
        (2, {"natural_person": "5"}, "总计: nothing was read here"),
        (1, {"total": "print fault"}, "cannot be decided as print_fault"),
    ],
)
def test_one_impossible_answer_stores_nothing_and_keeps_what_was_typed(
    desk: ReviewDesk, app: Starlette, db: Path, report: int, texts: dict[str, str], message: str
) -> None:
    line = line_of(desk, "row", report)
    page = Browser(app).post(f"/line/{line.path}", **fields(line, **texts))
    assert page.status_code == 422 and message in page.text
    assert all(f'value="{text}"' in page.text for text in texts.values())
    assert rows(db, DECIDED) == []


def test_a_row_that_another_person_decided_is_not_changed_silently(
    desk: ReviewDesk, app: Starlette, db: Path
) -> None:
    line, second = line_of(desk, "row"), Browser(app, "乙")
    Browser(app).post(f"/line/{line.path}", **fields(line))
    refused = second.post(f"/line/{line.path}", **fields(line, **right())).text
    assert "it is decided already: 甲 as read" in refused
    assert rows(db, "SELECT DISTINCT who FROM decisions") == [("甲",)]
    second.post(f"/line/{line.path}", overrules="1", **fields(line, **right()))
    assert rows(db, "SELECT DISTINCT who FROM decisions WHERE standing = 'in_force'") == [("乙",)]


def test_a_cell_that_is_gone_has_no_row(desk: ReviewDesk, app: Starlette) -> None:
    session = ReviewSession(desk, "甲")
    assert session.line_view(1, "row", "applications.none.total.1") is None
    assert session.line_view(99, "row", f"{CELL}.1") is None
    page = Browser(app).get("/line/99/row/applications.none.total.1?lang=en")
    assert page.url.path == "/" and "no longer in the queue" in page.text
