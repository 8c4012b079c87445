"""An English review: Chinese is only what is printed, labels of the form, and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from starlette.applications import Starlette

from gongkai.language import in_language
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk
from gongkai.review.workbook import write_review_workbook
from helpers.doubtful_reports import without_table
from helpers.review_browser import Browser
from helpers.review_server import CELL, REVIEW_CELL, changes_of_every_kind, make_database
from helpers.stored import rows

KINDS = ("cell", "check", "order", "agency", "year")
# What a report prints, and what names its cells and bodies.
PRINTED = (
    "SELECT row_label_zh FROM fields", "SELECT column_label_zh FROM fields",
    "SELECT table_label_zh FROM fields", "SELECT agency FROM reports", "SELECT title FROM reports",
    "SELECT row_label FROM observations", "SELECT column_label FROM observations",
    "SELECT name FROM agencies",
)  # fmt: skip
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")
_UNSEEN = re.compile(r"<(?:input|option|select)[^>]*>|<[^>]+>")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    changes = [*changes_of_every_kind(1), without_table(REVIEW_CELL.table)]
    return make_database(tmp_path_factory.mktemp("english"), changes)


@pytest.fixture
def printed(db: Path) -> str:
    return "\n".join(str(text) for sql in PRINTED for (text,) in rows(db, sql))


def unprinted(text: str, printed: str) -> list[str]:
    """The Chinese words of a text that neither a report nor its form has."""
    return [word for word in _CHINESE.findall(text) if word not in printed]


def pages(desk: ReviewDesk) -> Iterator[str]:
    yield "/?lang=en"
    for kind in KINDS:
        item = next(item for item in desk.items() if item.kind == kind)
        yield f"/item/{item.id}?lang=en"
    cell = next(item for item in desk.items() if item.key == CELL)
    yield f"/line/{cell.report_id}/row/{CELL}.1?lang=en"
    [incomplete] = desk.incomplete_reports()
    yield f"/place/{incomplete.id}?lang=en"


def test_pages_are_english_but_for_what_is_printed(
    app: Starlette, desk: ReviewDesk, printed: str
) -> None:
    browser = Browser(app)
    for path in pages(desk):
        answer = browser.get(path)
        assert answer.status_code == 200 and str(answer.url).endswith(path), path
        shown = _UNSEEN.sub(" ", answer.text).replace("中文", "")  # the choice of a language
        assert unprinted(shown, printed) == [], path


def test_pages_translate_each_kind_of_reason(app: Starlette, desk: ReviewDesk) -> None:
    browser = Browser(app)
    shown = " ".join(browser.get(path).text for path in pages(desk))
    for reason in (
        "neither the name nor the text names a known division",
        "neither title nor text names the year of the report",
        "the order or the text of labels is not that of the form",
        "the report does not have the table",
    ):
        assert reason in shown, reason


@pytest.mark.process
def test_the_sheet_is_english_but_for_what_is_printed(
    desk: ReviewDesk, db: Path, tmp_path: Path, printed: str
) -> None:
    with in_language("en"):
        write_review_workbook(desk.store, CropRenderer(db.parent / "pdf"), tmp_path / "q.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "q.xlsx")["Review"]
    rows_of_sheet = [row[:-1] for row in sheet.iter_rows(values_only=True)]  # the record is hidden
    assert len(rows_of_sheet) > len(KINDS)
    text = "\n".join(str(value) for row in rows_of_sheet for value in row if value)
    assert unprinted(text, printed) == []


def test_messages_after_an_answer_and_an_undo_are_english(
    app: Starlette, desk: ReviewDesk, printed: str
) -> None:
    browser = Browser(app)
    item = next(item for item in desk.items() if item.key == CELL)
    done = browser.post(f"/decide/{item.id}", verdict="blank", cell=f"{CELL}.1")
    undone = browser.post("/undo")
    for answer, word in ((done, "Recorded; "), (undone, "Undone — ")):
        [message] = re.findall(r'id="message"[^>]*>([^<]*)<', answer.text)
        assert message.startswith(word) and unprinted(message, printed) == []
        assert not re.search("[：、；]", message)
