"""Measure the wait between items of the review: a hundred cells decided by keyboard.

PYTHONPATH=tests python tests/bench/bench_review.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from helpers.browser import chromium
from helpers.doubtful_reports import misread, printed_value
from helpers.review_server import CELL, make_database, serve, with_agency

COUNT = 100


def main() -> None:
    """Print the seconds from a key press to the next item with its images loaded."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db = make_database(folder, [with_agency(f"{n}局", misread(CELL)) for n in range(COUNT)])
        with serve(db, folder / "pdf") as link, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            tab = browser.new_page()
            base, token = link.split("?")
            tab.goto(f"{base}next?kind=cell&{token}")
            waits = []
            for _ in range(COUNT):
                tab.keyboard.press(str(printed_value(CELL)))
                started = time.perf_counter()
                with tab.expect_navigation(wait_until="load"):
                    tab.keyboard.press("Enter")
                waits.append(time.perf_counter() - started)
            browser.close()
    waits.sort()
    sys.stdout.write(
        f"{COUNT} cells: {sum(waits):.0f} s altogether, {waits[COUNT // 2]:.2f} s median, "
        f"{waits[-1]:.2f} s maximum\n"
    )


if __name__ == "__main__":
    main()
