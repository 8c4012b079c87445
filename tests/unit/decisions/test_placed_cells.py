"""Cells that were not read, which a person puts in their place on the page."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from gongkai.decisions.answers import Answer, Place
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.records import Decision, Verdict
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Box, Key
from helpers.registry import ROOT
from helpers.stored import rows

PDF = ROOT / "samples" / "corpus" / "missing-review-drawn.pdf"
TABLE = "review_litigation"
PLACE = Place(2, Box(72.0, 100.0, 520.0, 180.0))
COLUMNS = {"upheld": 3, "corrected": 1, "other": 0, "pending": 2, "total": 6}
TABLES = ("observations", "checks", "reports", "panel", "review_litigation_wide")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    shutil.copy(PDF, tmp_path / PDF.name)
    return read(tmp_path)


def read(folder: Path) -> Path:
    db = folder / "placed.db"
    ingest([folder / PDF.name], db, family=BUILT_IN, workers=0, force=True)
    return db


def place(
    db: Path, family: Family, values: dict[Key, int], who: str = "甲", verdict: Verdict = "typed"
) -> None:
    """Decide on cells that were not read."""
    with DecisionStore(db, [family]) as store:
        made: list[Decision] = []
        with store.transaction() as connection:
            for key, value in values.items():
                target = find_target(connection, 1, kind="cell", key=key, occurrence=1)
                state = "number" if verdict == "typed" else None
                answer = Answer(who, verdict, state, str(value), str(value), place=PLACE)
                made.append(make_decision(connection, target, answer))
        store.add(made)


def whole_table(family: Family) -> dict[Key, int]:
    """Values of every cell of the missing table that agree with its sums."""
    keys = [field.key for field in family.fields if field.table_id == TABLE]
    return {key: COLUMNS[key.column] for key in keys if "2021" in _forms(family, key)}


def _forms(family: Family, key: Key) -> tuple[str, ...]:
    return tuple(family.field(key).forms)


def contents(db: Path) -> list[Any]:
    return [rows(db, f"SELECT * FROM {name}") for name in TABLES]


def test_a_table_that_was_not_read_is_put_in_its_place(db: Path, family: Family) -> None:
    before = contents(db)
    assert rows(db, "SELECT status FROM reports") == [("incomplete",)]
    values = whole_table(family)
    place(db, family, values)
    found = rows(
        db,
        "SELECT value, proof, reader, page, x0, bottom, decided_by, machine_state, machine_value "
        "FROM observations WHERE table_id = ? ORDER BY row_id, column_id", TABLE,
    )  # fmt: skip
    assert len(found) == len(values) > 10
    assert {row[1:] for row in found} == {("person", "other", 2, 72.0, 180.0, "甲", None, None)}
    assert rows(db, "SELECT status, machine_status FROM reports") == [("proved", "incomplete")]
    checks = "SELECT status, machine_status FROM checks WHERE check_id = ?"
    assert rows(db, checks, f"{TABLE}.complete.cells") == [("pass", "fail")]
    assert rows(db, checks, f"{TABLE}.row_total.reconsideration") == [("pass", "skipped")]
    assert len(rows(db, "SELECT * FROM review_litigation_wide")) > 0
    place(db, family, values, verdict="withdrawn")
    assert contents(db) == before


def test_placed_cells_stay_when_the_file_is_read_again(db: Path, family: Family) -> None:
    place(db, family, whole_table(family))
    decided = contents(db)[2]
    read(db.parent)
    assert contents(db)[2] == decided
    assert rows(db, "SELECT DISTINCT standing FROM decisions") == [("in_force",)]


def test_a_part_leaves_the_table_incomplete_and_wrong_sums_fail(db: Path, family: Family) -> None:
    values = whole_table(family)
    row = {key: value for key, value in values.items() if key.row == "reconsideration"}
    place(db, family, row | {key: 9 for key in row if key.column == "total"})
    check = "SELECT status, cause FROM checks WHERE check_id = ?"
    assert rows(db, check, f"{TABLE}.complete.cells") == [("fail", "print")]
    assert rows(db, check, f"{TABLE}.row_total.reconsideration") == [("fail", "reading")]
    assert rows(db, "SELECT status FROM reports") == [("doubtful",)]


def test_people_who_disagree_leave_the_cell_out(db: Path, family: Family) -> None:
    [key, *_] = whole_table(family)
    place(db, family, {key: 1})
    place(db, family, {key: 2}, who="乙")
    assert rows(db, "SELECT DISTINCT standing FROM decisions") == [("conflict",)]
    assert rows(db, "SELECT * FROM observations WHERE table_id = ?", TABLE) == []


def test_a_cell_that_was_not_read_needs_a_place(db: Path, family: Family) -> None:
    [key, *_] = whole_table(family)
    with DecisionStore(db, [family]) as store, store.transaction() as connection:
        target = find_target(connection, 1, kind="cell", key=key, occurrence=1)
        with pytest.raises(UsageError, match="has no cell"):
            make_decision(connection, target, Answer("甲", "typed", "number", "1", "1"))
