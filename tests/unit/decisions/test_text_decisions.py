"""Decisions on cells that hold text: stored, shown, kept by a further reading, and undone."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gongkai.decisions.answers import Answer, AnswerParser
from gongkai.decisions.csv_io import export_decisions, parse_decisions
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.records import Decision
from gongkai.decisions.store import DecisionStore
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.ingestion.batch import ingest
from gongkai.model import Key, ReadOptions, Report
from gongkai.reading.report import read_reports
from helpers.registry import ROOT
from helpers.stored import rows

FORM = ROOT / "samples" / "website-annual-report" / "form-drawn-1.pdf"
URL = Key("website_report", "site.home_url", "value")
TYPED = "http://www.decided.gov.cn"


@cache
def website() -> Family:
    return load_family("website-annual-report")


@cache
def read(_path: Path, family: Family) -> Sequence[Report]:
    return read_reports(FORM, family, ReadOptions(ocr="never"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "gongkai.db"
    store_report(path)
    return path


def store_report(db: Path) -> None:
    ingest([FORM], db, family=website().name, workers=0, force=True, reader=read)


def decide(db: Path, who: str, text: str | None, verdict: str = "typed") -> Decision:
    """Decide on the address as a person who types this text, or whose answer is the verdict."""
    with DecisionStore(db, [website()]) as store:
        answer = Answer(who, verdict)  # type: ignore[arg-type]
        if text is not None:
            answer = Answer(who, *AnswerParser([website()]).parse_cell(text, website().name, URL))
        with store.transaction() as connection:
            target = find_target(connection, 1, kind="cell", key=URL, occurrence=1)
            made = make_decision(connection, target, answer)
        store.add([made])
        return made


def cell(db: Path) -> tuple[Any, ...]:
    [found] = rows(
        db,
        "SELECT state, value, text_value, raw_text, decided_by, machine_state, machine_text_value "
        f"FROM observations WHERE row_id = '{URL.row}'",
    )
    return found


def test_a_typed_text_replaces_the_machines_and_survives_a_further_reading(db: Path) -> None:
    before = cell(db)
    assert before[0] == "text"
    decide(db, "甲", f" {TYPED} ")
    decided = ("text", None, TYPED, TYPED, "甲", "text", before[2])
    assert cell(db) == decided
    store_report(db)
    assert cell(db) == decided


def test_a_withdrawn_decision_restores_the_machines_text(db: Path) -> None:
    before = cell(db)
    decide(db, "甲", TYPED)
    decide(db, "甲", None, "withdrawn")
    assert cell(db) == before


def test_whoever_accepts_agrees_with_whoever_types_the_same(db: Path) -> None:
    printed = cell(db)[2]
    decide(db, "甲", None, "accepted")
    decide(db, "乙", printed)
    assert [row[0] for row in rows(db, "SELECT standing FROM decisions")] == ["in_force"] * 2
    assert cell(db)[2] == printed


def test_two_texts_are_in_conflict(db: Path) -> None:
    before = cell(db)
    decide(db, "甲", TYPED)
    decide(db, "乙", "http://www.other.gov.cn")
    assert [row[0] for row in rows(db, "SELECT standing FROM decisions")] == ["conflict"] * 2
    assert cell(db)[:4] == before[:4]


def test_a_blank_replaces_a_text(db: Path) -> None:
    decide(db, "甲", " ")
    assert cell(db)[:4] == ("blank", None, None, "")


def test_a_decision_on_text_moves_to_another_database(db: Path, tmp_path: Path) -> None:
    decide(db, "甲", TYPED)
    out = io.StringIO()
    export_decisions(db, out)
    other = tmp_path / "other.db"
    store_report(other)
    with DecisionStore(other, [website()]) as store:
        store.add(parse_decisions(io.StringIO(out.getvalue()), "decisions.csv"))
    assert cell(other) == cell(db)
