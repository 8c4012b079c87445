"""Measure CPU and memory of a report scanned at 200 dpi, read with and without its prose.

    python tests/bench/bench_scans.py [REPORT.pdf ...]

Without an argument it takes the samples with six pages.
Each reading runs in a new process, like a worker, so it includes loading the OCR model.
Prints a Markdown table. Not a test: the figures depend on the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pypdfium2 as pdfium

ROOT = Path(__file__).resolve().parents[2]
DPI = 200
PAGES = 6
TRIES = 3  # the best one counts
HEADER = (
    "| report | pages | digital, CPU s | scan, CPU s | without prose, CPU s "
    "| CPU s per page | peak memory, MB |\n|---|---:|---:|---:|---:|---:|---:|\n"
)


def scan_report(report: Path, folder: Path) -> tuple[Path, int]:
    """Write the pages of a report as a PDF of grey images; return its path and number of pages."""
    with pdfium.PdfDocument(report) as document:
        pages = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
    path = folder / report.name
    pages[0].save(path, "PDF", resolution=DPI, save_all=True, append_images=pages[1:], quality=75)
    return path, len(pages)


def read_once(path: Path, *, want_text: bool) -> None:
    """Read one file in this process and print its cost as JSON."""
    from gongkai.families.load import load_family
    from gongkai.model import ReadOptions
    from gongkai.reading.report import read_reports

    family = load_family()
    before = time.process_time()
    reports = read_reports(path, family, ReadOptions(ocr_text=want_text))
    seconds = time.process_time() - before
    found = {"seconds": seconds, "memory": peak_memory(), "reports": len(reports)}
    sys.stdout.write(json.dumps(found) + "\n")


def peak_memory() -> float | None:
    """Return the peak memory of this process in MB, or None if the system does not report it."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def read_cost(path: Path, *, want_text: bool = True) -> tuple[float, float | None]:
    """Return the lowest CPU seconds and the highest peak memory of some readings."""
    runs = []
    for _ in range(TRIES):
        command = [sys.executable, __file__, "--once", "text" if want_text else "tables", str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ)
        runs.append(json.loads(done.stdout))
    memory = [run["memory"] for run in runs if run["memory"] is not None]
    return min(run["seconds"] for run in runs), max(memory, default=None)


def main(arguments: list[str]) -> None:
    """Print a line for each report."""
    if arguments[:1] == ["--once"]:
        read_once(Path(arguments[2]), want_text=arguments[1] == "text")
        return
    reports = [Path(argument) for argument in arguments]
    for path in () if reports else sorted((ROOT / "samples").glob("*.pdf")):
        with pdfium.PdfDocument(path) as document:
            if len(document) == PAGES:
                reports.append(path)
    sys.stdout.write(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        for report in reports:
            scan, pages = scan_report(report, Path(folder))
            digital, _ = read_cost(report)
            total, memory = read_cost(scan)
            tables, _ = read_cost(scan, want_text=False)
            sys.stdout.write(
                f"| {report.name} | {pages} | {digital:.2f} | {total:.1f} | {tables:.1f} "
                f"| {total / pages:.1f} | {'' if memory is None else round(memory)} |\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
