"""CPU of one report, against the ordinary pdfplumber loop on the same file.

Run by ``make bench``; prints a Markdown table. Not a test: figures depend on the
machine, so nothing here passes or fails.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber

from gongkai.extractors.pdfium import read_pages
from gongkai.pipeline import load_pipeline
from gongkai.report import read_reports

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GONGKAI_REAL", ROOT.parent / "shared" / "real"))


def pdfplumber_loop(path: Path) -> None:
    """What people write first: text and tables of every page."""
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_text()
            page.extract_tables()


def cpu_ms(call: Callable[[], object], seconds: float = 1.5) -> float:
    """Best CPU milliseconds of a call, tried for a while; the first run warms up."""
    call()
    best = float("inf")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best * 1000


def main() -> None:
    """Print the table for the samples and the real files at hand."""
    pipeline = load_pipeline()
    files = [*sorted((ROOT / "samples").glob("*.pdf")), *sorted(REAL.glob("*.pdf"))]
    write = sys.stdout.write
    write("| file | status | pdfplumber loop, ms | pdfium read, ms | whole report, ms | share |\n")
    write("|---|---|---:|---:|---:|---:|\n")
    for path in files:
        status = read_reports(path, pipeline)[0].status
        loop = cpu_ms(lambda path=path: pdfplumber_loop(path))
        read = cpu_ms(lambda path=path: read_pages(path))
        whole = cpu_ms(lambda path=path: read_reports(path, pipeline))
        write(
            f"| {path.name} | {status} | {loop:.0f} | {read:.1f} | {whole:.1f} "
            f"| 1/{loop / whole:.1f} |\n"
        )


if __name__ == "__main__":
    main()
