"""A real browser for tests of pages: headless Chromium, offline but for loopback.

``browser`` is one browser a test module; ``tab`` a fresh window of it, 1280 points wide, that
fails its test where a script throws or the page's own security policy stops something.
Locally a test without a browser is skipped and says so; where ``CI`` is set it fails.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_NO_BROWSER = (
    "no Chromium on the PATH: install it (apt-get install chromium), or name it in GONGKAI_BROWSER"
)
QUIET = (
    "--no-sandbox",  # root in a container has none
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> Path | None:
    """Where the browser is, if it is."""
    named = os.environ.get("GONGKAI_BROWSER")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


@pytest.fixture(scope="module")  # a longer life would leave its event loop to other tests
def browser() -> Iterator[Browser]:
    """A browser, or no test."""
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(_NO_BROWSER)
        pytest.skip(_NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """An empty window, in Chinese."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", service_workers="block"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    faults: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []
