"""One person's review: the queue, filters, skipping, decisions and undo."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from gongkai.database.locations import decisions_copy
from gongkai.decisions.queue import QueueItem
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.review.app import make_app
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk
from gongkai.review.form import ReviewForm
from gongkai.review.session import QueueFilter, RecheckSummary, ReviewSession, Undone
from helpers.doubtful_reports import misread, printed_value, without_year
from helpers.review_server import CELL, make_database, with_agency
from helpers.stored import rows


@pytest.fixture
def db(tmp_path: Path) -> Path:
    changes = [with_agency("甲局", misread(CELL)), with_agency("乙局", misread(CELL))]
    return make_database(tmp_path, [*changes, without_year])


@pytest.fixture
def session(desk: ReviewDesk) -> ReviewSession:
    return ReviewSession(desk, "甲")


def cell_item(session: ReviewSession, agency: str = "甲局") -> QueueItem:
    [item] = session.queue(QueueFilter(kind="cell", agency=agency))
    return item


def test_filters() -> None:
    item = QueueItem("cell", 3, "某县教育局", None, "a.pdf", "family", "存疑")
    for matching in ({}, {"kind": "cell"}, {"agency": "教育"}, {"report": "3"}, {"year": "-"}):
        assert QueueFilter(**matching).matches(item), matching
    for other in ({"kind": "check"}, {"agency": "公安"}, {"report": "4"}, {"year": "2023"}):
        assert not QueueFilter(**other).matches(item), other


def test_a_skipped_item_comes_last(session: ReviewSession) -> None:
    first, second, *_ = session.queue(QueueFilter(kind="cell"))
    session.skip(first.id)
    assert session.queue(QueueFilter(kind="cell")) == [second, first]


def test_a_decision_leaves_the_queue_and_undo_brings_it_back(
    session: ReviewSession, db: Path
) -> None:
    item = cell_item(session)
    text = str(printed_value(CELL))
    summary = session.decide(item, ReviewForm("typed", text=text))
    assert summary == RecheckSummary(passed=2, print_faults=0, failed=0, status="proved")
    assert session.desk.item(item.id) is None and session.decided == 1
    undone = session.undo()
    assert undone == Undone(item.id, "甲局 （一）予以公开·总计: change to 6", "")
    assert session.desk.item(item.id) is not None and session.decided == 0
    assert rows(db, "SELECT DISTINCT status FROM reports WHERE agency = '甲局'") == [("doubtful",)]
    assert session.undo() is None


def test_undo_restores_the_earlier_decision(session: ReviewSession, db: Path) -> None:
    item = cell_item(session)
    session.decide(item, ReviewForm("typed", text="6"))
    session.decide(item, ReviewForm("blank"))
    session.undo()
    assert rows(db, "SELECT verdict, value FROM decisions WHERE standing = 'in_force'") == [
        ("typed", "6")
    ]


def test_a_print_fault_of_a_cell_accepts_it_and_confirms_its_checks(
    session: ReviewSession, db: Path
) -> None:
    session.decide(cell_item(session), ReviewForm("print_fault", why="看过印件"))
    assert rows(db, "SELECT verdict, why FROM decisions ORDER BY at LIMIT 1") == [
        ("accepted", "看过印件")
    ]
    assert rows(db, "SELECT status FROM reports WHERE agency = '甲局'") == [("print_fault",)]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (ReviewForm("typed", text="六个"), "neither a number"),
        (ReviewForm("typed", text="6", basis="number|9|1"), "the reading has changed"),
        (ReviewForm("typed", text="6", cell="applications.other.total.1"), "choose a cell first"),
        (ReviewForm("set", text="6"), "cannot be decided as set"),
    ],
)
def test_an_impossible_form_is_refused(
    session: ReviewSession, form: ReviewForm, message: str
) -> None:
    item = cell_item(session)
    with pytest.raises(UsageError, match=message):
        session.decide(item, form)
    assert session.item(item.id) is not None and session.decided == 0


def test_a_year_must_be_typed_or_left_open(session: ReviewSession, db: Path) -> None:
    [item] = session.queue(QueueFilter(kind="year"))
    with pytest.raises(UsageError, match="type the name or the year"):
        session.decide(item, ReviewForm("typed", text=" "))
    with pytest.raises(UsageError, match="is not a year"):
        session.decide(item, ReviewForm("typed", text="去年"))
    session.decide(item, ReviewForm("typed", text="2021年"))
    assert rows(db, "SELECT year FROM reports ORDER BY id")[-1] == (2021,)


def test_decisions_of_another_process_are_seen(
    session: ReviewSession, db: Path, family: Family
) -> None:
    item = cell_item(session)
    with DecisionStore(db, [family]) as store:
        other = ReviewSession(ReviewDesk(store, CropRenderer(db.parent / "pdf")), "乙")
        other.decide(item, ReviewForm("typed", text=str(printed_value(CELL))))
    assert session.desk.item(item.id) is None


def test_the_view_of_an_item_shows_its_cell_checks_and_earlier_decisions(
    session: ReviewSession,
) -> None:
    item = cell_item(session)
    view = session.item_view(item)
    [cell] = view.cells
    assert cell.observation.key == CELL and cell.name == f"{CELL}.1"
    assert [check.status for check in view.checks][:2] == ["fail", "fail"]
    assert view.earlier == () and view.overview_path is None
    session.decide(item, ReviewForm("typed", text="6"))
    [earlier] = session.item_view(item).earlier
    assert (earlier.decision.who, earlier.standing) == ("甲", "in_force")


def test_crops_of_cells_checks_and_titles(session: ReviewSession) -> None:
    item = cell_item(session)
    [cell] = session.item_view(item).cells
    for kind, target in (
        ("cell", cell.name),
        ("zoom", cell.name),
        ("check", "applications.row_total.granted"),
        ("head", "-"),
    ):
        png = session.desk.crop(item.report_id, kind, target)
        assert png is not None and png.startswith(b"\x89PNG"), kind
    assert session.desk.crop(item.report_id, "cell", "applications.other.total.1") is None
    assert session.desk.crop(99, "head", "-") is None
    assert session.desk.missing_file_reason(item.report_id) is None


def test_a_missing_file_is_explained(session: ReviewSession, db: Path) -> None:
    item = cell_item(session)
    (db.parent / "pdf" / "report.pdf").unlink()
    assert "report.pdf is not in" in str(session.desk.missing_file_reason(item.report_id))


def test_every_page_says_that_the_copy_of_the_decisions_is_not_whole(
    session: ReviewSession, db: Path
) -> None:
    def home() -> str:
        async def get() -> str:
            transport = httpx.ASGITransport(app=make_app(session.desk, "甲"))
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return (await client.get("/")).text

        return asyncio.run(get())

    warning = '<p class="trouble" role="alert">'
    assert warning not in home()
    decisions_copy(db).unlink(missing_ok=True)
    decisions_copy(db).mkdir()
    session.decide(cell_item(session), ReviewForm("accepted"))
    assert warning in home()
    decisions_copy(db).rmdir()
    session.decide(cell_item(session, "乙局"), ReviewForm("accepted"))
    assert warning not in home()
