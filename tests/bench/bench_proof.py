"""Measure how long a proof page takes to make and to open, and how large it is.

    PYTHONPATH=tests python tests/bench/bench_proof.py [PDF or folder …]

Without a path it takes the samples, the made scans, and published reports if their folder exists.
The opening time ends when the page is loaded, its images are drawn and its script has run.
Prints a Markdown table. Not a test: the figures depend on the machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from gongkai import ingest
from gongkai.proof import prove_report
from gongkai.queries.sql import query
from helpers.browser import QUIET, chromium

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GONGKAI_REAL", ROOT.parent / "shared" / "real"))
ALL_IMAGES_DRAWN = (
    "Promise.all([...document.querySelectorAll('image')].map(image => image.decode?.()))"
)


def main() -> None:
    """Print the table."""
    defaults = [*(ROOT / "samples").glob("*.pdf"), ROOT / "samples" / "scans", REAL]
    paths = [Path(word) for word in sys.argv[1:]] or [path for path in defaults if path.exists()]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        db, page = Path(name, "gongkai.db"), Path(name, "proof.html")
        ingest(paths, db)
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        with query(db, "SELECT id, file_name FROM reports ORDER BY id") as result:
            reports = list(result.rows)
        print("| report | making, s | size, kB | opening, s |\n|---|---:|---:|---:|")  # noqa: T201
        root = Path(os.path.commonpath([path.resolve() for path in paths]))
        for number, file_name in reports:
            start = time.perf_counter()
            page.write_text(prove_report(db, str(number), root), encoding="utf-8")
            making = time.perf_counter() - start
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            start = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="load")
            tab.evaluate(ALL_IMAGES_DRAWN)
            tab.screenshot()
            opening = time.perf_counter() - start
            tab.close()
            size = page.stat().st_size / 1000
            print(f"| {file_name} | {making:.1f} | {size:.0f} | {opening:.2f} |")  # noqa: T201


if __name__ == "__main__":
    main()
