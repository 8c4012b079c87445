"""Compare one worker with two, and measure a second run over known files.

The parent process writes the database and needs part of a core. One worker on two cores leaves the
parent a core, so the script also measures one worker on one core. Rates leave out the start. They
are medians of alternating rounds, since the speed of a machine varies from minute to minute.

    python tests/bench/bench_scaling.py [--quick]

Measures wall time, so it needs an idle machine. Prints Markdown.
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
FILES, QUICK = 1_200, 60  # files per setting and round
FIRST, QUICK_FIRST = 200, 20  # files before the clock starts
SCAN = ROOT / "samples" / "scans" / "ccitt-200.pdf"  # takes as long as hundreds of digital reports
SCANS = 100
KNOWN, QUICK_KNOWN = 20_000, 2_000  # files of the second run


def main() -> None:
    """Print the table."""
    quick = "--quick" in sys.argv
    samples = [
        path for path in sorted((ROOT / "samples").glob("*.pdf")) if "chengjiang" not in path.name
    ]  # without the sample whose print faults make every reader run
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for _ in range(QUICK_ROUNDS if quick else ROUNDS):
            for setting in ((1, 1), (1, 2), (2, 2)):
                found[setting].append(rate(folder, *setting, samples, quick))
        rows, rates = [], []
        for (workers, cores), rounds in found.items():
            files, parent_ms = (statistics.median(column) for column in zip(*rounds, strict=True))
            setting_text = f"workers: {workers}, cores: {cores}"
            rows.append((setting_text, f"{files:.1f} files per second", f"{parent_ms:.1f} ms"))
            rates.append(files)
        mixed = [rate(folder, workers, 2, samples, quick, scans=SCANS)[0] for workers in (1, 2)]
        for workers, files in enumerate(mixed, 1):
            setting_text = f"workers: {workers}, cores: 2, one scan in {SCANS}"
            rows.append((setting_text, f"{files:.1f} files per second", ""))
        rows.append(("known files", f"{known_rate(folder, quick):,.0f} files per second", ""))
        sys.stdout.write(table(("", "rate", "CPU of the parent per file"), rows))
        sharing, alone, two = rates
        sys.stdout.write(
            f"\nTwo workers on two cores read {two / sharing:.2f} times as many files as one "
            f"worker on one core, and {two / alone:.2f} times as many as one worker on two cores; "
            f"with scans among the files {mixed[1] / mixed[0]:.2f} times as many.\n"
        )


def rate(
    folder: Path, workers: int, cores: int, samples: list[Path], quick: bool, scans: int = 0
) -> tuple[float, float]:
    """Return the files per second and the CPU milliseconds of the parent per file.

    Each file has its own content. With ``scans``, one of so many files is a scan.
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
        os.sched_setaffinity(0, set(sorted(allowed)[:cores]))  # workers inherit the affinity
        try:
            summary = ingest([files], Path(name, "a.db"), workers=workers, progress=progress)
        finally:
            os.sched_setaffinity(0, allowed)
    assert summary.loaded == count
    seconds, parent_ms = (
        end - start for start, end in zip(clocks[first], clocks[count], strict=True)
    )
    return (count - first) / seconds, parent_ms / (count - first) * 1000


def known_rate(folder: Path, quick: bool) -> float:
    """Return the files per second of a second run over a known folder."""
    files = folder / "known"
    files.mkdir()
    count = QUICK_KNOWN if quick else KNOWN
    for number in range(count):
        (files / f"{number}.pdf").write_text(f"no PDF {number}", encoding="utf-8")
    time.sleep(3)  # a file that changed just now is hashed again even if its time is unchanged
    ingest([files], folder / "known.db", workers=0)
    start = time.perf_counter()
    summary = ingest([files], folder / "known.db", workers=0)
    assert summary.known == count
    shutil.rmtree(files)
    return count / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
