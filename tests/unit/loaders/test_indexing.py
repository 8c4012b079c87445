"""SQLite indexes many reports at once, and searches find reports that still wait for it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from gongkai.families.family import Family
from gongkai.loaders import indexing
from gongkai.loaders.writer import Writer
from gongkai.model import Box, Paragraph, Report
from gongkai.queries.search import search
from made import report


def told(text: str) -> Report:
    return report(
        paragraphs=(Paragraph(None, None, None, text, 1, Box(72.0, 100.0, 500.0, 140.0)),)
    )


def counts(db: Path, word: str) -> tuple[int, int]:
    """The number of waiting reports, and of paragraphs that the index has for a word."""
    with contextlib.closing(sqlite3.connect(db)) as connection:
        connection.execute(
            "INSERT INTO paragraph_index(paragraph_index) VALUES ('integrity-check')"
        )
        [due] = connection.execute("SELECT COUNT(*) FROM index_due").fetchone()
        [there] = connection.execute(
            "SELECT COUNT(*) FROM paragraph_index WHERE paragraph_index MATCH ?", (word,)
        ).fetchone()
    return due, there


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "gongkai.db"


@pytest.fixture(autouse=True)
def three_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH_SIZE", 3)


def test_reports_are_found_before_and_after_indexing(db: Path, family: Family) -> None:
    expected = [(1, 0), (2, 0), (0, 3), (1, 3)]
    with Writer(db, family) as writer:
        for number, stand in enumerate(expected, 1):
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [told(f"培训{number}期")])
            assert counts(db, "培训") == stand
            assert len(search(db, "培训")) == number
            assert [hit.text for hit in search(db, f"训 {number}")] == [f"培训{number}期"]
            assert search(db, "培训期") == []  # not side by side
        writer.finish()
    assert counts(db, "培训") == (0, 4)
    assert len(search(db, "培训")) == 4


def test_a_replaced_report_is_not_found_whether_indexed_or_waiting(
    db: Path, family: Family
) -> None:
    with Writer(db, family) as writer:
        for number in range(4):
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [told("培训")])
        assert counts(db, "培训") == (1, 3)
        for number in (0, 3):  # one in the index, one due; and the last one's id is given again
            writer.store(f"/{number}.pdf", f"new {number}", "loaded", None, [told("会议")])
        assert len(search(db, "培训")) == len(search(db, "会议")) == 2
        writer.finish()
    assert counts(db, "培训") == (0, 2)
    assert counts(db, "会议") == (0, 2)


def test_the_next_run_indexes_what_an_interrupted_run_left_waiting(
    db: Path, family: Family
) -> None:
    with Writer(db, family) as writer:
        for number in range(2):
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [told("培训")])
    with Writer(db, family) as writer:
        assert counts(db, "培训") == (2, 0)
        writer.store("/2.pdf", "2", "loaded", None, [told("培训")])
    assert counts(db, "培训") == (0, 3)


def test_a_search_may_be_limited_to_a_year(db: Path, family: Family) -> None:
    with Writer(db, family) as writer:
        writer.store("/a.pdf", "a", "loaded", None, [told("培训")])
    year = report().year
    assert len(search(db, "培训", year=year)) == 1
    assert search(db, "培训", year=1999) == []
