"""Checks between the years of an agency, over stored reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.loaders import due
from gongkai.loaders.due import AgencyRules
from gongkai.loaders.history import Cells, HistoryRules, Texts
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Check, Key
from made import observation, report

RECEIVED = Key("applications", "received_new", "total")
Year = tuple[int, int, Cells, Texts]


def rose(before: Year, after: Year) -> Iterator[Check]:
    """One check a pair of years, with the numbers of both."""
    yield Check(
        "applications",
        "rose",
        "received_new",
        "pass",
        "usually",
        f"{before[1]}–{after[1]}",
        before[2].get(RECEIVED),
        after[2].get(RECEIVED),
    )


RULES = AgencyRules(HistoryRules(BUILT_IN, [RECEIVED], ["一"], rose))


def checks(db: Path) -> list[tuple[object, ...]]:
    sql = (
        "SELECT agency, message, expected, actual FROM checks "
        "JOIN reports ON reports.id = report_id WHERE check_id LIKE '%.rose.%' ORDER BY 1, 2"
    )
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute(sql).fetchall()


def store(writer: Writer, name: str, year: int, received: str, *, flagged: bool = False) -> None:
    one = report(
        agency=name,
        year=year,
        agency_ref=Agency(name, name),
        observations=(observation(RECEIVED, received, flagged=flagged),),
    )
    writer.store(f"/r/{name}-{year}.pdf", f"{name}{year}", "loaded", None, [one])


@pytest.mark.parametrize("at_a_time", [1, 2, 200])
def test_every_agency_is_checked_at_any_batch_size(
    tmp_path: Path, family: Family, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(due, "_BATCH", at_a_time)
    db = tmp_path / "a.db"
    with Writer(db, family) as writer:
        for name in ("甲局", "乙局", "丙局"):
            store(writer, name, 2021, "4")
            store(writer, name, 2022, "6")
        store(writer, "丁局", 2022, "9")  # no other year
        store(writer, "甲局", 2023, "8", flagged=True)  # in doubt: no number to compare
        assert writer.check_due(RULES) == 4
        assert checks(db) == [
            ("丙局", "2021–2022", 4, 6),
            ("乙局", "2021–2022", 4, 6),
            ("甲局", "2021–2022", 4, 6),
            ("甲局", "2022–2023", 6, None),
        ]
        assert writer.check_due(RULES) == 0  # nothing is due any more
        assert len(checks(db)) == 4
        store(writer, "丁局", 2021, "7")  # a further year: its body is due again, no other
        assert writer.check_due(RULES) == 1
    assert ("丁局", "2021–2022", 7, 9) in checks(db)
