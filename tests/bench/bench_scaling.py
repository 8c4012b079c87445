"""One worker against two, and known files offered again.

The parent, which writes, needs a share of a core of its own: with one worker on two cores it
has one for itself, so that one worker on one core is told, too. Rates are those once all is
under way, which is all but the first second of a night; medians of rounds in turns, since
machines are faster at one minute than at another.

    python tests/bench/bench_scaling.py [--quick]

Wall time, since it is waiting that matters here: needs a quiet machine. Prints Markdown.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from measure import ROOT, table

from gongkai.ingestion.batch import ingest
from gongkai.ingestion.results import FileResult

ROUNDS, QUICK_ROUNDS = 3, 1
FILES, QUICK = 1_200, 60  # read by each number of workers, in each round
FIRST, QUICK_FIRST = 200, 20  # of them, before the clock starts
SCAN = ROOT / "samples" / "scans" / "ccitt-200.pdf"  # takes as long as hundreds of others
SCANS = 100
KNOWN, QUICK_KNOWN = 20_000, 2_000  # offered again


def main() -> None:
    """Print the table."""
    quick = "--quick" in sys.argv
    samples = [
        path for path in sorted((ROOT / "samples").glob("*.pdf")) if "chengjiang" not in path.name
    ]  # not the one whose print faults ask every reader
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for _ in range(QUICK_ROUNDS if quick else ROUNDS):
            for setting in ((1, 1), (1, 2), (2, 2)):
                found[setting].append(rate(folder, *setting, samples, quick))
        rows, rates = [], []
        for (workers, cores), rounds in found.items():
            files, own = (statistics.median(column) for column in zip(*rounds, strict=True))
            how = f"workers: {workers}, cores: {cores}"
            rows.append((how, f"{files:.1f} files a second", f"{own:.1f} ms"))
            rates.append(files)
        mixed = [rate(folder, workers, 2, samples, quick, scans=SCANS)[0] for workers in (1, 2)]
        for workers, files in enumerate(mixed, 1):
            how = f"workers: {workers}, cores: 2, one scan in {SCANS}"
            rows.append((how, f"{files:.1f} files a second", ""))
        rows.append(("known files", f"{again(folder, quick):,.0f} files a second", ""))
        sys.stdout.write(table(("", "rate", "CPU of the parent a file"), rows))
        sharing, alone, two = rates
        sys.stdout.write(
            f"\nTwo workers on two cores: {two / sharing:.2f} times one that shares its core with "
            f"the parent, {two / alone:.2f} times one that leaves the parent a core; with scans "
            f"among the files {mixed[1] / mixed[0]:.2f} times.\n"
        )


def rate(
    folder: Path, workers: int, cores: int, samples: list[Path], quick: bool, scans: int = 0
) -> tuple[float, float]:
    """Files a second, each of another content, and the parent's CPU milliseconds a file.

    With ``scans`` the first of so many files is a scan, and so on.
    """
    count, first = (QUICK, QUICK_FIRST) if quick else (FILES, FIRST)
    clocks: dict[int, tuple[float, float]] = {}

    def progress(done: int, _all: int, _last: FileResult | None) -> None:
        if done in (first, count):
            clocks[done] = time.perf_counter(), time.process_time()

    allowed = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        files = Path(name, "files")
        files.mkdir()
        for number in range(count):
            is_scan = scans and number % scans == 0
            content = (SCAN if is_scan else samples[number % len(samples)]).read_bytes()
            (files / f"{number:05}.pdf").write_bytes(content + f"\n% {number}\n".encode())
        os.sched_setaffinity(0, set(sorted(allowed)[:cores]))  # workers keep to the same cores
        try:
            summary = ingest([files], Path(name, "a.db"), workers=workers, progress=progress)
        finally:
            os.sched_setaffinity(0, allowed)
    assert summary.loaded == count
    seconds, own = (end - start for start, end in zip(clocks[first], clocks[count], strict=True))
    return (count - first) / seconds, own / (count - first) * 1000


def again(folder: Path, quick: bool) -> float:
    """Files a second of a second run over a folder that is known."""
    files = folder / "known"
    files.mkdir()
    count = QUICK_KNOWN if quick else KNOWN
    for number in range(count):
        (files / f"{number}.pdf").write_text(f"no PDF {number}", encoding="utf-8")
    time.sleep(3)  # what changed just now is digested, whatever its time says
    ingest([files], folder / "known.db", workers=0)
    start = time.perf_counter()
    summary = ingest([files], folder / "known.db", workers=0)
    assert summary.known == count
    shutil.rmtree(files)
    return count / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
