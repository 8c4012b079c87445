"""The review of a database that cannot be written: shown, but not answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gongkai.database.sqlite_file import unwritable
from gongkai.decisions import store
from gongkai.decisions.store import DecisionStore
from gongkai.errors import NotWritable
from gongkai.families.family import Family
from gongkai.review.app import make_app
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk
from helpers.doubtful_reports import misread
from helpers.review_browser import Browser
from helpers.review_server import CELL, make_database


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_database(tmp_path_factory.mktemp("readonly"), [misread(CELL)])


@pytest.fixture(autouse=True)
def _no_right_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root writes everywhere, the refusal is made up."""

    def refuse(path: Path, **_: object) -> None:
        raise unwritable(path, OSError("attempt to write a readonly database"))

    monkeypatch.setattr(store, "open_for_writing", refuse)


def test_the_queue_is_shown_with_the_reason_and_nothing_can_be_answered(
    db: Path, family: Family
) -> None:
    before = db.read_bytes()
    with DecisionStore(db, [family], or_read=True) as opened:
        renderer = CropRenderer(db.parent / "pdf")
        desk = ReviewDesk(opened, renderer)
        browser = Browser(make_app(desk, "甲"))
        queue = browser.get("/?lang=en").text
        assert "waiting</b>" in queue and "Answers are disabled" in queue
        assert "attempt to write a readonly database" in queue
        item = next(each for each in desk.items() if each.key is not None)
        page = browser.get(f"/item/{item.id}?lang=en").text
        assert '<fieldset class="answers" disabled>' in page and "cannot be opened or" in page
        basis = re.findall('name="basis" value="([^"]*)"', page)[0]
        cell = re.findall('name="cell" value="([^"]*)"', page)[0]
        sent = browser.post(f"/decide/{item.id}", verdict="accepted", cell=cell, basis=basis)
        assert "cannot be opened or written" in sent.text and "Recorded" not in sent.text
        line = browser.get(f"/line/1/row/{item.key}.1?lang=en").text
        assert 'class="answers" disabled' in line
        renderer.close()
    assert db.read_bytes() == before


def test_without_leave_to_read_only_it_is_an_error(db: Path, family: Family) -> None:
    with pytest.raises(NotWritable):
        DecisionStore(db, [family])
