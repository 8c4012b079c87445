"""Each ingest makes the checks over years again and replaces the old ones."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Agency, Key, Report
from made import observation, report


def read_years(path: Path, _pipeline: Family) -> Sequence[Report]:
    """A text file "year in out" is a report with these requests carried over."""
    year, carried_in, carried_out = path.read_text(encoding="utf-8").split()
    cells = {"carried_over_in": carried_in, "carried_over_out": carried_out}
    return [
        report(
            year=int(year),
            agency_ref=Agency("640300|公安", "吴忠市公安局", division_code="640300"),
            checks=(),
            observations=tuple(
                observation(Key("applications", row, "total"), value)
                for row, value in cells.items()
            ),
        )
    ]


def carried(db: Path) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(db)) as connection:
        return connection.execute(
            "SELECT year, checks.status, expected, actual FROM checks "
            "JOIN reports ON reports.id = report_id "
            "WHERE check_id = 'applications.carry_over.total' ORDER BY year"
        ).fetchall()


def test_years_are_compared_by_each_ingest(tmp_path: Path) -> None:
    db = tmp_path / "gongkai.db"
    folder = tmp_path / "reports"
    folder.mkdir()
    for year, numbers in ((2021, "3 5"), (2022, "5 7"), (2023, "6 0")):
        (folder / f"{year}.pdf").write_text(f"{year} {numbers}", encoding="utf-8")
    ingest([folder], db, workers=0, reader=read_years, family=BUILT_IN)
    assert carried(db) == [(2022, "pass", 5, 5), (2023, "fail", 7, 6)]
    (folder / "2022.pdf").write_text("2022 5 6", encoding="utf-8")
    ingest([folder], db, workers=0, reader=read_years, family=BUILT_IN)
    assert carried(db) == [(2022, "pass", 5, 5), (2023, "pass", 6, 6)]
