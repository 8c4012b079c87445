"""Kill an ingest at many random moments, and see that nothing is lost.

python tests/bench/kill_many.py --kills 200            made reports, 100 files
python tests/bench/kill_many.py --kills 20 --folder samples/corpus

Each round starts an ingest with two workers and kills it after a random time, over and over
on one database, until a run comes to its end; then the database must be the one of a run
that nothing disturbed, and the next round begins with a new one.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.interrupted import make_folder, start
from helpers.stored import content, faults, stored_files


@dataclass
class Figures:
    """What was seen over all rounds."""

    kills: int = 0
    rounds: int = 0  # databases that came to their end after kills
    midway: int = 0  # kills after which some files were done, and some were not
    faults: int = 0  # databases that SQLite finds fault with, or that do not open
    half: int = 0  # files that are not as the undisturbed run has them
    twice: int = 0  # files done that a later run read again
    orphans: int = 0  # readers that lived on
    different: int = 0  # databases that differ from the undisturbed one at the end

    @property
    def bad(self) -> int:
        """What must be nought."""
        return self.faults + self.half + self.twice + self.orphans + self.different


def one_round(options: Options, db: Path, figures: Figures) -> None:
    """Kill and go on, until a run comes to its end."""
    expected = [(name, outcome, cells) for name, outcome, _, cells in stored_files(options.whole)]
    done: dict[str, int] = {}
    while True:
        left = figures.kills < options.kills
        running = start(options.folder, db, 0, *options.real)
        readers: list[psutil.Process] = []
        try:
            running.wait(options.chance.uniform(0.1, options.seconds) if left else None)
        except subprocess.TimeoutExpired:
            readers = psutil.Process(running.pid).children(recursive=True)
            running.kill()
            running.wait()
            figures.kills += 1
        _, alive = psutil.wait_procs(readers, timeout=20)
        figures.orphans += len(alive)
        if not db.exists():
            continue
        figures.faults += len(faults(db))
        now = stored_files(db) if _has_tables(db) else []
        figures.midway += bool(readers) and 0 < len(now) < len(expected)
        figures.half += sum(
            row[:2] + row[3:] != whole for row, whole in zip(now, expected, strict=False)
        )
        runs = {name: run for name, outcome, run, _ in now if outcome != "failed"}
        figures.twice += sum(runs.get(name) != run for name, run in done.items())
        done = runs
        if running.returncode == 0:
            figures.rounds += 1
            figures.different += content(db, runs=False) != content(options.whole, runs=False)
            return


def _has_tables(db: Path) -> bool:
    with contextlib.closing(sqlite3.connect(db)) as connection:
        found = "SELECT 1 FROM sqlite_master WHERE name = 'source'"
        return connection.execute(found).fetchone() is not None


@dataclass
class Options:
    """How to kill what."""

    kills: int
    chance: random.Random
    folder: Path
    real: tuple[str, ...]
    whole: Path
    seconds: float = 0.0  # that an undisturbed run takes


def main() -> int:
    """Run the rounds; exit status 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="real reports instead of made ones")
    given = parser.parse_args()
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        options = Options(
            given.kills,
            random.Random(given.seed),
            given.folder.absolute() if given.folder else make_folder(scratch / "r", given.files),
            ("real",) if given.folder else (),
            scratch / "whole.db",
        )
        begun = time.monotonic()
        assert start(options.folder, options.whole, 0, *options.real).wait() == 0
        options.seconds = time.monotonic() - begun
        print(f"one whole run: {options.seconds:.1f} s, {len(stored_files(options.whole))} files")  # noqa: T201
        while figures.kills < options.kills:
            one_round(options, scratch / f"{figures.rounds}.db", figures)
    print(", ".join(f"{name} {count}" for name, count in vars(figures).items()))  # noqa: T201
    return int(figures.bad > 0)


if __name__ == "__main__":
    sys.exit(main())
