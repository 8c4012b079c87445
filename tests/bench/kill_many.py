"""Kill an ingest at many random moments and check that nothing is lost.

python tests/bench/kill_many.py --kills 200            made reports, 100 files
python tests/bench/kill_many.py --kills 20 --folder samples/corpus

Each round has a new database. It starts an ingest with two workers and kills it after a random
time, again and again, until a run completes. The database must then equal that of an undisturbed
run.
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
    """Counts over all rounds."""

    kills: int = 0
    rounds: int = 0  # databases that were completed after kills
    interrupted: int = 0  # kills with some files done and others not
    faults: int = 0  # databases that do not open or fail the integrity check
    partial: int = 0  # files that differ from the undisturbed run
    repeated: int = 0  # finished files that a later run read again
    orphans: int = 0  # workers that outlived their parent
    different: int = 0  # completed databases that differ from the undisturbed run

    @property
    def errors(self) -> int:
        """The number of errors, which must be 0."""
        return self.faults + self.partial + self.repeated + self.orphans + self.different


def one_round(options: Options, db: Path, figures: Figures) -> None:
    """Kill and restart an ingest until a run completes."""
    expected = [
        (name, outcome, cells) for name, outcome, _, cells in stored_files(options.undisturbed)
    ]
    done: dict[str, int] = {}
    while True:
        kill = figures.kills < options.kills
        running = start(options.folder, db, 0, *options.real)
        workers: list[psutil.Process] = []
        try:
            running.wait(options.rng.uniform(0.1, options.seconds) if kill else None)
        except subprocess.TimeoutExpired:
            workers = psutil.Process(running.pid).children(recursive=True)
            running.kill()
            running.wait()
            figures.kills += 1
        _, alive = psutil.wait_procs(workers, timeout=20)
        figures.orphans += len(alive)
        if not db.exists():
            continue
        figures.faults += len(faults(db))
        stored = stored_files(db) if _has_tables(db) else []
        figures.interrupted += bool(workers) and 0 < len(stored) < len(expected)
        figures.partial += sum(
            row[:2] + row[3:] != undisturbed
            for row, undisturbed in zip(stored, expected, strict=False)
        )
        runs = {name: run for name, outcome, run, _ in stored if outcome != "failed"}
        figures.repeated += sum(runs.get(name) != run for name, run in done.items())
        done = runs
        if running.returncode == 0:
            figures.rounds += 1
            figures.different += content(db, runs=False) != content(options.undisturbed, runs=False)
            return


def _has_tables(db: Path) -> bool:
    with contextlib.closing(sqlite3.connect(db)) as connection:
        found = "SELECT 1 FROM sqlite_master WHERE name = 'source'"
        return connection.execute(found).fetchone() is not None


@dataclass
class Options:
    """The settings of all rounds."""

    kills: int
    rng: random.Random
    folder: Path
    real: tuple[str, ...]
    undisturbed: Path
    seconds: float = 0.0  # duration of an undisturbed run


def main() -> int:
    """Run the rounds and return exit status 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="real reports instead of made ones")
    arguments = parser.parse_args()
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        options = Options(
            arguments.kills,
            random.Random(arguments.seed),
            arguments.folder.absolute()
            if arguments.folder
            else make_folder(scratch / "r", arguments.files),
            ("real",) if arguments.folder else (),
            scratch / "undisturbed.db",
        )
        started = time.monotonic()
        assert start(options.folder, options.undisturbed, 0, *options.real).wait() == 0
        options.seconds = time.monotonic() - started
        files = len(stored_files(options.undisturbed))
        print(f"undisturbed run: {options.seconds:.1f} s, {files} files")  # noqa: T201
        while figures.kills < options.kills:
            one_round(options, scratch / f"{figures.rounds}.db", figures)
    print(", ".join(f"{name} {count}" for name, count in vars(figures).items()))  # noqa: T201
    return int(figures.errors > 0)


if __name__ == "__main__":
    sys.exit(main())
