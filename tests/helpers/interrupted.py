"""An ingest as a program, so that a test can kill it.

python -m helpers.interrupted FOLDER DB [STATEMENT [real]]

It kills itself before SQL statement number STATEMENT; 0 for never. "real" reads PDFs instead of
made files.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import gongkai
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.model import Agency, Key, Report
from helpers.registry import ROOT
from made import observation, read_made, report

PER_BODY = 3  # reports of each agency, one per year


def make_folder(folder: Path, files: int) -> Path:
    """Text files for ``read_year``: agencies over years, and some bad files."""
    folder.mkdir()
    for n in range(files):
        word = f"{n} {2 * n} {2 * n + n % 3}"
        if n % 11 == 5 or n % 13 == 7:
            word = f"letter {n}" if n % 11 == 5 else f"bug {n}"
        path = folder / f"{n:04d}.pdf"
        path.write_text(word, encoding="utf-8")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return folder


def read_year(path: Path, family: Family) -> Sequence[Report]:
    """Read a text file "number in out": a report with these requests carried over."""
    words = path.read_text(encoding="utf-8").split()
    if not words[0].isdigit():
        return read_made(path, family)
    body, year = divmod(int(words[0]), PER_BODY)
    cells = (("carried_over_in", words[1]), ("carried_over_out", words[2]))
    more = tuple(observation(Key("applications", row, "total"), value) for row, value in cells)
    made = report()
    return [
        report(
            year=2019 + year,
            agency=f"县{body}公安局",
            agency_ref=Agency(f"{body}|公安", f"县{body}公安局", division_code=str(body)),
            observations=(*made.observations, *more),
        )
    ]


def start(folder: Path, db: Path | str, *more: object) -> subprocess.Popen[bytes]:
    """Run this module in a separate process."""
    return subprocess.Popen(
        [sys.executable, "-m", "helpers.interrupted", *map(str, (folder, db, *more))],
        cwd=ROOT / "tests",
        stderr=subprocess.DEVNULL,
    )


def _kill_at(statement: int) -> None:
    import sqlalchemy as sa  # not above: each reading process imports this module
    from sqlalchemy import event

    left = statement

    @event.listens_for(sa.Engine, "before_cursor_execute")
    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


if __name__ == "__main__":
    _, reports, database, statement, *real = (*sys.argv, "0")[: max(4, len(sys.argv))]
    if statement != "0":
        _kill_at(int(statement))
    reader = None if real else read_year
    gongkai.ingest([reports], database, family=BUILT_IN, workers=2, reader=reader)
