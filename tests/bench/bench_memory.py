"""Resident memory of the parent and its readers while many files are read.

python tests/bench/bench_memory.py --reads 5000 [--folder samples/corpus] [--every 250]

Cycles through the folder's PDFs, each time as other bytes, so that none is known.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import psutil
from measure import ROOT, most_held

import gongkai


def main() -> None:
    """Read, and print a line now and then."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reads", type=int, default=5000)
    parser.add_argument("--every", type=int, default=250)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "samples" / "corpus")
    given = parser.parse_args()
    files = sorted(given.folder.rglob("*.pdf"))
    this = psutil.Process()

    def tell(done: int, _total: int, _result: object) -> None:
        if done % given.every == 0:
            readers = [p for p in this.children() if p.memory_info().rss > 50_000_000]
            held = ", ".join(f"{p.memory_info().rss / 1e6:.0f}" for p in readers)
            most = ", ".join(f"{most_held(p.pid):.0f}" for p in readers)
            own = this.memory_info().rss / 1e6
            sys.stdout.write(f"| {done} | {own:.0f} | {held} | {most} |\n")
            sys.stdout.flush()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(given.reads):
            data = files[number % len(files)].read_bytes()
            (folder / f"{number:06d}.pdf").write_bytes(data + f"\n% {number}\n".encode())
        sys.stdout.write(
            "| reads | parent, MB | readers, MB | most they have held |\n"
            "| ---: | ---: | ---: | ---: |\n"
        )
        gongkai.ingest([folder], folder / "a.db", workers=given.workers, ocr="never", progress=tell)


if __name__ == "__main__":
    main()
