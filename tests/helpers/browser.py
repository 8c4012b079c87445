"""Fixtures for tests in a real browser: headless Chromium.

``browser`` is one browser for each test module. ``tab`` is a new window of it, 1280 pixels wide;
its test fails where a script raises an error or the Content-Security-Policy blocks something.
Without a browser a test is skipped, or fails where the variable ``CI`` is set.
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
    "--no-sandbox",  # Chromium refuses to run its sandbox as root
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> Path | None:
    """Return the path of the browser; None where there is none."""
    named = os.environ.get("GONGKAI_BROWSER")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


@pytest.fixture(scope="module")  # with a longer scope its event loop would disturb other tests
def browser() -> Iterator[Browser]:
    """A browser. Skips or fails the test where there is none."""
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
    """An empty window with the locale zh-CN."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", service_workers="block"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            errors.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
