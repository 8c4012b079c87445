"""Several people at one review: names, messages, answers of others, undo that says what it did."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette

from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk
from gongkai.review.form import ReviewForm
from gongkai.review.session import QueueFilter, ReviewSession
from helpers.doubtful_reports import misread, printed_value, unread
from helpers.review_browser import Browser
from helpers.review_server import CELL, make_database, with_agency
from helpers.stored import rows

IN_FORCE = "SELECT who, value FROM decisions WHERE standing = 'in_force' ORDER BY who"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    changes = [with_agency("甲局", misread(CELL)), with_agency("乙局", unread(CELL))]
    return make_database(folder, changes)


def item_of(desk: ReviewDesk, agency: str = "甲局") -> str:
    [item] = ReviewSession(desk, "").queue(QueueFilter(kind="cell", agency=agency))
    return item.id


def send(browser: Browser, item: str, verdict: str, **fields: str) -> str:
    return browser.post(f"/decide/{item}", verdict=verdict, **fields).text


def test_a_message_is_shown_once_to_the_browser_that_sent_the_form(
    desk: ReviewDesk, app: Starlette
) -> None:
    item, first, other = item_of(desk), Browser(app), Browser(app)
    answer = first.post(f"/decide/{item}", verdict="typed", text="六")
    assert "neither a number" in answer.text
    assert "neither a number" not in other.get("/").text
    assert "neither a number" not in first.get(str(answer.url)).text


def test_each_person_decides_under_their_own_name(
    desk: ReviewDesk, app: Starlette, db: Path
) -> None:
    first, second = Browser(app), Browser(app, "  乙 组\n")
    assert "decided by 甲" in first.get("/?lang=en").text
    assert "decided by 乙 组" in second.get("/?lang=en").text
    right = str(printed_value(CELL))
    send(second, item_of(desk), "typed", text=right)
    assert rows(db, IN_FORCE) == [("乙 组", right)]
    assert "Nothing to undo" in first.post("/undo").text
    assert rows(db, IN_FORCE) == [("乙 组", right)]


def test_whoever_answers_second_sees_the_first_answer_and_may_overrule(
    desk: ReviewDesk, app: Starlette, db: Path
) -> None:
    item, first, second = item_of(desk), Browser(app), Browser(app, "乙")
    send(first, item, "typed", text="6")
    refused = send(second, item, "typed", text="8")
    assert "it is decided already: 甲 change to 6" in refused and rows(db, IN_FORCE) == [
        ("甲", "6")
    ]
    assert 'name="overrules"' in refused
    send(second, item, "typed", text="8", overrules="1")
    assert rows(db, "SELECT who, standing FROM decisions ORDER BY sequence") == [
        ("甲", "overruled"), ("乙", "in_force"),
    ]  # fmt: skip


def test_the_same_answer_of_two_people_is_no_conflict(
    desk: ReviewDesk, app: Starlette, db: Path
) -> None:
    item, first, second = item_of(desk), Browser(app), Browser(app, "乙")
    send(first, item, "typed", text="6")
    assert "甲 had decided the same" in send(second, item, "typed", text="6")
    assert rows(db, IN_FORCE) == [("乙", "6"), ("甲", "6")]


def test_the_page_of_an_item_that_others_answered_can_still_be_opened(
    desk: ReviewDesk, app: Starlette
) -> None:
    item, first, second = item_of(desk), Browser(app), Browser(app, "乙")
    send(first, item, "typed", text="6")
    page = second.get(f"/item/{item}?lang=en").text
    assert "Somebody has decided this" in page and "<b>甲</b> change to 6" in page
    assert "Somebody has decided this" not in first.get(f"/item/{item}?lang=en").text


def test_undo_says_what_it_undid(desk: ReviewDesk, app: Starlette) -> None:
    item, first = item_of(desk), Browser(app)
    send(first, item, "typed", text="6")
    undone = first.post("/undo")
    assert "Undone — 甲局 （一）予以公开·总计: change to 6" in undone.text
    assert undone.url.path == f"/item/{item}"


def test_undo_says_that_the_answer_of_another_person_is_still_in_force(
    desk: ReviewDesk, app: Starlette
) -> None:
    item, first, second = item_of(desk), Browser(app), Browser(app, "乙")
    send(first, item, "typed", text="6")
    send(second, item, "typed", text="6")
    undone = second.post("/undo").text
    assert "still in force: 甲 change to 6" in undone and "it is not back in the queue" in undone


def test_undo_leaves_an_answer_alone_that_was_given_again_elsewhere(
    desk: ReviewDesk, db: Path, family: Family
) -> None:
    session = ReviewSession(desk, "甲")
    [item] = session.queue(QueueFilter(kind="cell", agency="甲局"))
    session.decide(item, ReviewForm("typed", text="6"))
    with DecisionStore(db, [family]) as store:
        elsewhere = ReviewSession(ReviewDesk(store, CropRenderer(db.parent / "pdf")), "甲")
        elsewhere.decide(item, ReviewForm("typed", text="8"))
    with pytest.raises(
        UsageError, match="not undone: 甲局 （一）予以公开·总计 has been decided again"
    ):
        session.undo()
    assert rows(db, IN_FORCE) == [("甲", "8")] and session.undo() is None


@pytest.mark.parametrize("verdict", ["accepted", "print_fault"])
def test_what_was_not_read_cannot_be_right_as_read(
    desk: ReviewDesk, app: Starlette, verdict: str
) -> None:
    item, first = item_of(desk, "乙局"), Browser(app)
    page = first.get(f"/item/{item}?lang=en").text
    assert f'value="{verdict}"' not in page and "Nothing was read here" in page
    assert f'value="{verdict}"' in first.get(f"/item/{item_of(desk)}?lang=en").text
    assert "nothing was read here that could be right" in send(first, item, verdict)
