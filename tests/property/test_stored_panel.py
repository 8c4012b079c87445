"""Stored rows agree with what they are computed from, after any sequence of changes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gongkai.database.connection import open_for_reading, open_for_writing
from gongkai.database.duplicates import bodies_with_duplicates, choose_counted
from gongkai.database.locations import DatabaseLocation, parse_location
from gongkai.decisions.agency_rules import agency_rules
from gongkai.decisions.answers import Answer
from gongkai.decisions.apply import DecisionApplier
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.store import DecisionStore
from gongkai.families.family import Family
from gongkai.ingestion.remove import remove
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Key, Report
from made import observation, report

BODIES = ("甲县公安局", "乙县公安局")
YEARS = (2020, 2020, 2020, 2021, None)  # mostly one, so that many reports are duplicates
CELLS = [
    Key("applications", row, "total") for row in ("received_new", "carried_over_in", "granted")
]
STATUSES = ("proved", "print_fault", "doubtful", "incomplete")
STEPS = 30


class Changes:
    """Random changes of one database."""

    def __init__(self, db: DatabaseLocation, family: Family, seed: int) -> None:
        self._db, self._family, self._random = db, family, random.Random(seed)
        self._applier = DecisionApplier(family)
        self._store()

    def make(self) -> None:
        """Change the database in one of the ways that a user can."""
        pick = self._random.choice
        pick((self._store, self._store, self._store, self._decide, self._decide, self._remove))()

    def _store(self) -> None:
        """Store a file: new, again with the same or another content, failed, or without reports."""
        draw = self._random
        path, sha = f"/r/{draw.randrange(6)}.pdf", f"{draw.randrange(8)}"
        made = [self._report() for _ in range(draw.choice((0, 1, 1, 1, 2)))]
        outcome = "loaded" if made else draw.choice(("failed", "not_a_report"))
        with Writer(self._db, self._family, after_store=self._applier.apply_to_file) as writer:
            writer.store(path, sha, outcome, None if made else "nothing", made)
            if draw.random() < 0.7:
                writer.check_due(agency_rules(self._family))
                writer.finish()

    def _report(self) -> Report:
        draw = self._random
        name, year = draw.choice(BODIES), draw.choice(YEARS)
        known = draw.random() < 0.7
        body = Agency(
            f"key|{name}",
            draw.choice((name, f"市{name}")),
            level=draw.choice(("county", "township")),
        )
        cells = [
            observation(
                key, str(draw.choice((0, 3, 7))),
                flagged=draw.random() < 0.2, reader=draw.choice(("pdfium", "pdfium", "ocr")),
            )
            for key in CELLS
        ]  # fmt: skip
        return report(
            agency=name,
            year=year,
            status=draw.choice(STATUSES),
            agency_ref=draw.choice(
                (body, body, replace(body, key="?|公安局", resolved=False), None)
            ),
            observations=tuple(cells[: draw.randrange(1, 4)]) if known else tuple(cells),
        )

    def _ids(self) -> list[int]:
        with open_for_reading(self._db).connect() as connection:
            return list(connection.scalars(sa.text("SELECT id FROM report ORDER BY id")))

    def _decide(self) -> None:
        """Type a number, confirm a cell, name the year or the agency, or withdraw that again."""
        draw, ids = self._random, self._ids()
        if not ids:
            return
        report_id, kind = draw.choice(ids), draw.choice(("cell", "cell", "year", "agency"))
        typed = {"cell": ("typed", "number", "9", "9"), "year": ("set", None, "2021", "2021"),
                 "agency": ("set", None, None, "乙县公安局")}[kind]  # fmt: skip
        answer = draw.choice((Answer("甲", *typed), Answer("甲", "withdrawn")))
        with DecisionStore(self._db, [self._family]) as store:
            with store.transaction() as connection:
                cell = {"key": CELLS[0], "occurrence": 1} if kind == "cell" else {}
                target = find_target(connection, report_id, kind=kind, **cell)
                made = make_decision(connection, target, answer)
            store.add([made])

    def _remove(self) -> None:
        draw, ids = self._random, self._ids()
        if ids and draw.random() < 0.5:
            remove(self._db, reports=[draw.choice(ids)], dry_run=draw.random() < 0.2)
        elif draw.random() < 0.2:
            remove(self._db, missing=True)


def disagreements(db: DatabaseLocation) -> Iterator[object]:
    """What is stored and not computed, or computed and not stored."""
    engine = open_for_writing(db)
    with engine.begin() as connection:
        for one, other in (
            ("panel_all", "panel_all_computed"),
            ("panel_all_computed", "panel_all"),
        ):
            rows = connection.execute(sa.text(f"SELECT * FROM {one} EXCEPT SELECT * FROM {other}"))
            yield from rows.all()
        yield from choose_counted(connection, dict.fromkeys(bodies_with_duplicates(connection)))
        several = (
            "SELECT agency_id, year FROM panel WHERE agency_id IN (SELECT id FROM agencies WHERE "
            "resolved = 1) AND year IS NOT NULL GROUP BY 1, 2 HAVING COUNT(*) > 1"
        )
        yield from connection.execute(sa.text(several)).all()
        lost = (
            "SELECT id FROM report WHERE duplicate_of NOT IN "
            "(SELECT id FROM report WHERE duplicate_of IS NULL)"
        )
        yield from connection.execute(sa.text(lost)).all()
    engine.dispose()


@pytest.mark.parametrize("seed", range(2, 4))
def test_a_file_database_agrees_with_itself(tmp_path: Path, family: Family, seed: int) -> None:
    changes = Changes(tmp_path / "gongkai.db", family, seed)
    for step in range(STEPS):
        changes.make()
        assert list(disagreements(tmp_path / "gongkai.db")) == [], step


def test_a_server_agrees_with_itself(postgres_url: str, family: Family) -> None:
    db = parse_location(postgres_url)
    changes = Changes(db, family, 11)
    for step in range(STEPS // 2):
        changes.make()
        assert list(disagreements(db)) == [], step
