"""A running `gongkai review` on a database of made doubts, for tests in a browser or without."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from gongkai.ingestion.batch import ingest
from gongkai.model import Report
from helpers import doubts
from helpers.commands import served
from helpers.doubts import Change, disordered, key, misread, nameless, yearless

CELL = key("applications", "granted")
REVIEW = key("review_litigation", "reconsideration", "upheld")


def of(agency: str, change: Change) -> Change:
    """The change, made to the report of a body."""

    def changed(report: Report) -> Report:
        return replace(change(report), agency=agency)

    return changed


def every_kind(count: int) -> list[Change]:
    """So many reports of each kind of doubt."""
    kinds = {
        "读错": misread(CELL),
        "不平": misread(REVIEW, flagged=False),
        "乱序": disordered(CELL, key("applications", "granted_in_part")),
        "无名": nameless,
        "无年": yearless,
    }
    return [
        change if name == "无名" else of(f"{name}县{n}局", change)
        for name, change in kinds.items()
        for n in range(count)
    ]


def read(folder: Path, changes: Sequence[Change], *, force: bool = False) -> Path:
    """The database of such reports, all on the pages of one file in ``folder``/pdf."""
    root = folder / "pdf"
    root.mkdir(exist_ok=True)
    path = root / "report.pdf"
    if not path.exists():
        shutil.copy(doubts.PDF, path)
    db = folder / "doubts.db"
    ingest([path], db, workers=0, force=force, reader=doubts.reader(*changes))
    return db


def serving(db: Path, root: Path, who: str = "甲") -> contextlib.AbstractContextManager[str]:
    """The link to a desk that is served meanwhile."""
    return served("review", "--db", db, "--pdf-root", root, "--who", who, "--no-browser")
