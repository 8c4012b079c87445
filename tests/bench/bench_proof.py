"""Proof pages: how long to make, how large, how soon open in a browser.

    PYTHONPATH=tests python tests/bench/bench_proof.py [PDF or folder …]

Without a path: the samples, the made scans, and the published report where it is at hand.
Open is the time until the page has loaded, its pictures are drawn and its script has run.
Prints a Markdown table; figures depend on the machine, so nothing here passes or fails.
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
DRAWN = "Promise.all([...document.querySelectorAll('image')].map(image => image.decode?.()))"


def main() -> None:
    """Print the table."""
    own = [*(ROOT / "samples").glob("*.pdf"), ROOT / "samples" / "scans", REAL]
    paths = [Path(word) for word in sys.argv[1:]] or [path for path in own if path.exists()]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        db, page = Path(name, "gongkai.db"), Path(name, "proof.html")
        ingest(paths, db)
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        with query(db, "SELECT id, file_name FROM reports ORDER BY id") as result:
            reports = list(result.rows)
        print("| report | made in, s | size, kB | open in, s |\n|---|---:|---:|---:|")  # noqa: T201
        root = Path(os.path.commonpath([path.resolve() for path in paths]))
        for number, file_name in reports:
            start = time.perf_counter()
            page.write_text(prove_report(db, str(number), root), encoding="utf-8")
            made = time.perf_counter() - start
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            start = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="load")
            tab.evaluate(DRAWN)
            tab.screenshot()
            seen = time.perf_counter() - start
            tab.close()
            size = page.stat().st_size / 1000
            print(f"| {file_name} | {made:.1f} | {size:.0f} | {seen:.2f} |")  # noqa: T201


if __name__ == "__main__":
    main()
