"""Measure how long an analyst waits for the panel, for the history of one body, and for exports.

    python tests/bench/bench_desk.py [DATABASE]

Without a database, the script first builds one of 15,000 made reports, which takes some minutes.
Prints a Markdown table. Not a test: the figures depend on the machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from measure import fetch_all, wall_ms

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "notebooks"))

import nation  # noqa: E402

import gongkai  # noqa: E402
from gongkai.export import export  # noqa: E402
from gongkai.queries.sql import query  # noqa: E402

BODIES, FEW_BODIES = 3000, 100  # each with reports of five years
TRIES = 3


def seconds(call: Callable[[], object], tries: int) -> float:
    """Return the best wall time of some tries."""
    return min(wall_ms(call, tries)) / 1000


def all_rows(db: Path, sql: str) -> Callable[[], object]:
    """Return a call that runs a query and fetches all of its rows."""
    return partial(fetch_all, db, sql)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if len(sys.argv) > 1:
            large = Path(sys.argv[1])
        else:
            large = folder / "nation.db"
            nation.build(large, bodies=BODIES)
        small = folder / "small.db"
        nation.build(small, bodies=FEW_BODIES)
        with query(
            large, "SELECT agency, agency_id FROM reports ORDER BY id DESC LIMIT 1"
        ) as newest:
            body, number = next(newest.rows)
        db = gongkai.open(large)
        measurements = [
            ("`SELECT * FROM panel`", all_rows(large, "SELECT * FROM panel"), TRIES),
            ("`SELECT * FROM 面板`", all_rows(large, "SELECT * FROM 面板"), TRIES),
            ("`SELECT * FROM panel_trusted`",
             all_rows(large, "SELECT * FROM panel_trusted"), TRIES),
            (
                "one agency's history, by printed name",
                all_rows(large, f"SELECT * FROM panel WHERE agency = '{body}'"),
                TRIES,
            ),
            (
                "one agency's history, by canonical name",
                all_rows(large, f"SELECT * FROM panel WHERE agency_name = '{body}'"),
                TRIES,
            ),
            (
                "one agency's history, by id, in Chinese",
                all_rows(large, f"SELECT * FROM 面板 WHERE 机关编号 = {number}"),
                TRIES,
            ),
            (
                "one agency's history, every row of section 三",
                all_rows(large, f"SELECT * FROM applications_wide WHERE agency = '{body}'"),
                TRIES,
            ),
            ("`db.panel()` as a frame", db.panel, TRIES),
            ("`db.panel(year=2023, level='county')`",
             lambda: db.panel(year=2023, level="county"), TRIES),
            ("500 reports to xlsx, all tables", lambda: export(small, folder / "x", "xlsx"), 1),
            ("500 reports to CSV, all tables", lambda: export(small, folder / "c", "csv"), 1),
            ("500 reports to Parquet, all tables",
             lambda: export(small, folder / "p", "parquet"), 1),
        ]  # fmt: skip
        with query(large, "SELECT COUNT(*) FROM reports") as counted:
            [(reports,)] = counted.rows
        sys.stdout.write(f"| {reports} reports | seconds |\n|---|---:|\n")
        for what, call, tries in measurements:
            sys.stdout.write(f"| {what} | {seconds(call, tries):.3f} |\n")


if __name__ == "__main__":
    main()
