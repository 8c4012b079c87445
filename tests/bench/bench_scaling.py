"""One worker against two, and known files offered again.

    python tests/bench/bench_scaling.py [--quick]

Wall time, since it is waiting that matters here: needs a quiet machine. Prints Markdown.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from measure import ROOT, table

from gongkai.batch import ingest

FILES, QUICK = 400, 60  # read by each number of workers
KNOWN, QUICK_KNOWN = 20_000, 2_000  # offered again


def main() -> None:
    """Print the table."""
    quick = "--quick" in sys.argv
    samples = [
        path for path in sorted((ROOT / "samples").glob("*.pdf")) if "chengjiang" not in path.name
    ]  # not the one whose print faults ask every reader
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            (f"{workers} workers", f"{rate(folder, workers, samples, quick):.1f} files a second")
            for workers in (1, 2)
        ]
        rows.append(("known files", f"{again(folder, quick):,.0f} files a second"))
        sys.stdout.write(table(("", "rate"), rows))


def rate(folder: Path, workers: int, samples: list[Path], quick: bool) -> float:
    """Files a second, each of another content."""
    files = folder / f"files-{workers}"
    files.mkdir()
    count = QUICK if quick else FILES
    for number in range(count):
        content = samples[number % len(samples)].read_bytes()
        (files / f"{number}.pdf").write_bytes(content + f"\n% {number}\n".encode())
    start = time.perf_counter()
    summary = ingest([files], folder / f"{workers}.db", workers=workers)
    assert summary.loaded == count
    return count / (time.perf_counter() - start)


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
