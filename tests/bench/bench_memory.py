"""Measure the resident memory of the parent and the workers while they read many files.

python tests/bench/bench_memory.py --reads 5000 [--folder samples/corpus] [--every 250]

Cycles through the PDFs of the folder and changes their bytes each time, so that no file is known.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import psutil
from measure import ROOT, peak_memory

import gongkai


def main() -> None:
    """Ingest the files and print a line after every ``--every`` files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reads", type=int, default=5000)
    parser.add_argument("--every", type=int, default=250)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "samples" / "corpus")
    arguments = parser.parse_args()
    files = sorted(arguments.folder.rglob("*.pdf"))
    parent = psutil.Process()

    def print_memory(done: int, _total: int, _result: object) -> None:
        if done % arguments.every == 0:
            workers = [p for p in parent.children() if p.memory_info().rss > 50_000_000]
            resident = ", ".join(f"{p.memory_info().rss / 1e6:.0f}" for p in workers)
            peaks = ", ".join(f"{peak_memory(p.pid):.0f}" for p in workers)
            own = parent.memory_info().rss / 1e6
            sys.stdout.write(f"| {done} | {own:.0f} | {resident} | {peaks} |\n")
            sys.stdout.flush()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(arguments.reads):
            data = files[number % len(files)].read_bytes()
            (folder / f"{number:06d}.pdf").write_bytes(data + f"\n% {number}\n".encode())
        sys.stdout.write(
            "| files | parent, MB | workers, MB | peak of the workers, MB |\n"
            "| ---: | ---: | ---: | ---: |\n"
        )
        gongkai.ingest(
            [folder], folder / "a.db", workers=arguments.workers, ocr="never", progress=print_memory
        )


if __name__ == "__main__":
    main()
