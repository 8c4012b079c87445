"""How long a person waits at the desk: a hundred cells settled by keyboard, in headless Chromium.

PYTHONPATH=tests python tests/bench/bench_review.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from helpers.browser import chromium
from helpers.desks import CELL, of, read, serving
from helpers.doubts import misread, printed

COUNT = 100


def main() -> None:
    """Tell the seconds from a key to the next item with its pictures loaded."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        db = read(folder, [of(f"{n}局", misread(CELL)) for n in range(COUNT)])
        with serving(db, folder / "pdf") as link, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            tab = browser.new_page()
            base, token = link.split("?")
            tab.goto(f"{base}next?kind=cell&{token}")
            waits = []
            for _ in range(COUNT):
                tab.keyboard.press(str(printed(CELL)))
                started = time.perf_counter()
                with tab.expect_navigation(wait_until="load"):
                    tab.keyboard.press("Enter")
                waits.append(time.perf_counter() - started)
            browser.close()
    waits.sort()
    sys.stdout.write(
        f"{COUNT} cells: {sum(waits):.0f} s in all, {waits[COUNT // 2]:.2f} s in the middle, "
        f"{waits[-1]:.2f} s at most\n"
    )


if __name__ == "__main__":
    main()
