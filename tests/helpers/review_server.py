"""A running `gongkai review` on a database of doubtful reports, with or without a browser."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Report
from helpers import doubtful_reports
from helpers.commands import served
from helpers.doubtful_reports import (
    Change,
    cell_key,
    disordered,
    misread,
    without_agency,
    without_year,
)

CELL = cell_key("applications", "granted")
REVIEW_CELL = cell_key("review_litigation", "reconsideration", "upheld")


def with_agency(agency: str, change: Change) -> Change:
    """Return the change, with the agency's name set in the report."""

    def changed(report: Report) -> Report:
        return replace(change(report), agency=agency)

    return changed


def changes_of_every_kind(count: int) -> list[Change]:
    """Return changes that make ``count`` reports for each kind of queue item."""
    kinds = {
        "读错": misread(CELL),
        "不平": misread(REVIEW_CELL, flagged=False),
        "乱序": disordered(CELL, cell_key("applications", "granted_in_part")),
        "无名": without_agency,
        "无年": without_year,
    }
    return [
        change if name == "无名" else with_agency(f"{name}县{n}局", change)
        for name, change in kinds.items()
        for n in range(count)
    ]


def make_database(folder: Path, changes: Sequence[Change], *, force: bool = False) -> Path:
    """Ingest a report for each change, all from the pages of one file in ``folder``/pdf."""
    root = folder / "pdf"
    root.mkdir(exist_ok=True)
    path = root / "report.pdf"
    if not path.exists():
        shutil.copy(doubtful_reports.PDF, path)
    db = folder / "doubts.db"
    reader = doubtful_reports.reader(*changes)
    ingest([path], db, family=BUILT_IN, workers=0, force=force, reader=reader)
    return db


def serve(db: Path, root: Path, who: str = "甲") -> contextlib.AbstractContextManager[str]:
    """Serve the review while the context is open; gives the link."""
    return served(
        "--lang", "zh", "review", "--db", db, "--pdf-root", root, "--who", who, "--no-browser"
    )
