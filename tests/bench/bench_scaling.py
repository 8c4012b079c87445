"""Compare one worker with two, and measure a second run over known files.

The parent process writes the database and needs part of a core. One worker on two cores leaves the
parent a core, so the script also measures one worker on one core. Rates leave out the start. They
are medians of alternating rounds, since the speed of a machine varies from minute to minute.

The files are two samples under the names of other bodies, so that none is a copy of another report.

    python tests/bench/bench_scaling.py [--quick]

Measures wall time of the command `gongkai ingest`, so it needs an idle machine. Prints Markdown.
"""

from __future__ import annotations

import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
from measure import ROOT, table

from gongkai.ingestion.batch import ingest

ROUNDS, QUICK_ROUNDS = 3, 1
FILES, QUICK = 1_200, 60  # files per setting and round
FIRST, QUICK_FIRST = 200, 20  # files before the clock starts
SAMPLES = (  # ordinary reports, and the first character of the name of their body
    ("hexi-county-education-2022.pdf", "鹤"),
    ("wuzhong-public-security-2019.pdf", "吴"),
)
SCAN = ROOT / "samples" / "scans" / "ccitt-200.pdf"  # takes as long as hundreds of digital reports
SCANS = 100
KNOWN, QUICK_KNOWN = 20_000, 2_000  # files of the second run
FIRST_NAME = 0x5000  # the first made name begins with this character, the second with the next
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the table."""
    quick = "--quick" in sys.argv
    count = QUICK if quick else FILES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ordinary, mixed = folder / "ordinary", folder / "mixed"
        make_reports(ordinary, count)
        shutil.copytree(ordinary, mixed)
        replace_by_scans(mixed, range(0, count, SCANS))
        found: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for _ in range(QUICK_ROUNDS if quick else ROUNDS):
            for setting in ((1, 1), (1, 2), (2, 2)):
                found[setting].append(rate(ordinary, *setting, quick))
        rows, rates = [], []
        for (workers, cores), rounds in found.items():
            files, parent_ms = (statistics.median(column) for column in zip(*rounds, strict=True))
            setting_text = f"workers: {workers}, cores: {cores}"
            rows.append((setting_text, f"{files:.1f} files per second", f"{parent_ms:.1f} ms"))
            rates.append(files)
        with_scans = [rate(mixed, workers, 2, quick)[0] for workers in (1, 2)]
        for workers, files in enumerate(with_scans, 1):
            setting_text = f"workers: {workers}, cores: 2, one scan in {SCANS}"
            rows.append((setting_text, f"{files:.1f} files per second", ""))
        rows.append(("known files", f"{known_rate(folder, quick):,.0f} files per second", ""))
        sys.stdout.write(table(("", "rate", "CPU of the parent per file"), rows))
        sharing, alone, two = rates
        sys.stdout.write(
            f"\nTwo workers on two cores read {two / sharing:.2f} times as many files as one "
            f"worker on one core, and {two / alone:.2f} times as many as one worker on two cores; "
            f"with scans among the files {with_scans[1] / with_scans[0]:.2f} times as many.\n"
        )


def make_reports(folder: Path, count: int) -> None:
    """Make reports of different bodies."""
    folder.mkdir()
    for number in range(count):
        content = of_body(*SAMPLES[number % len(SAMPLES)], chr(FIRST_NAME + number))
        file_of(folder, number).write_bytes(content)


def replace_by_scans(folder: Path, numbers: Iterable[int]) -> None:
    """Replace some of the reports by scans with different contents."""
    for number in numbers:
        file_of(folder, number).write_bytes(SCAN.read_bytes() + f"\n% {number}\n".encode())


def file_of(folder: Path, number: int) -> Path:
    """The file of a made report."""
    return folder / f"{number:05}.pdf"


def of_body(sample: str, first: str, other: str) -> bytes:
    """A sample whose text has another character for the first one of its body's name."""
    old, new = (f"<{ord(character):04X}>".encode() for character in (first, other))
    found = io.BytesIO()
    with pikepdf.open(ROOT / "samples" / sample) as pdf:
        for font in pdf.objects:
            if isinstance(font, pikepdf.Dictionary) and "/ToUnicode" in font:
                font.ToUnicode.write(font.ToUnicode.read_bytes().replace(old, new))
        pdf.save(found)
    return found.getvalue()


def rate(folder: Path, workers: int, cores: int, quick: bool) -> tuple[float, float]:
    """Return the files per second and the CPU milliseconds of the parent per file."""
    count, first = (QUICK, QUICK_FIRST) if quick else (FILES, FIRST)
    clocks: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        with on_cores(cores):
            process = ingesting(folder, Path(name, "a.db"), workers)
        with process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith((f"[{first}/", f"[{count}/")):
                    clocks.append((time.perf_counter(), cpu_seconds(process.pid)))
        assert process.returncode == 0, folder
    (start, cpu_start), (end, cpu_end) = clocks
    return (count - first) / (end - start), (cpu_end - cpu_start) / (count - first) * 1000


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Let processes that start in this context use only so many cores."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(allowed)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def ingesting(folder: Path, db: Path, workers: int) -> subprocess.Popen[str]:
    """Start the command; it writes a line to its standard error for each file."""
    command = (sys.executable, "-m", "gongkai", "--lang", "en", "ingest", str(folder))
    options = ("--db", str(db), "--workers", str(workers))
    return subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
    )


def cpu_seconds(process: int) -> float:
    """Return the CPU seconds of a process without its children, on Linux only."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


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
