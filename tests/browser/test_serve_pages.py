"""The pages of serve in a real browser: from the start page to a number on its printed page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from helpers.commands import served
from helpers.doubtful_reports import misread
from helpers.review_server import CELL, make_database, with_agency

if TYPE_CHECKING:
    from playwright.sync_api import Page

AGENCY = "读错县0局"
WIDTHS = (390, 1280, 1920)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The link of one server, for all tests of this module."""
    db = make_database(tmp_path_factory.mktemp("serve"), [with_agency(AGENCY, misread(CELL))])
    words = ("--lang", "zh", "serve", "--db", db, "--pdf-root", db.parent / "pdf")
    with served(*words) as link:
        yield link


def assert_fits(tab: Page) -> None:
    """The page is not wider than the window, at each width."""
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, tab.url


def test_a_family_and_its_panel_lead_to_a_number_on_its_page(tab: Page, start: str) -> None:
    tab.goto(start)
    assert_fits(tab)
    assert "1 份报告" in " ".join(tab.inner_text("main").split())
    tab.click("text=政府信息公开工作年度报告")
    assert tab.locator("h1").inner_text() == "政府信息公开工作年度报告"
    assert_fits(tab)
    tab.click("a:text-is('面板')")
    number = tab.locator('a.proof[href$="/granted"], a.proof[href$=".granted.total"]').first
    assert number.inner_text() == "7"
    number.click()
    assert AGENCY in tab.locator("h1").inner_text()
    assert "“7”" in tab.inner_text("dl") and tab.locator("img.print").count() == 1
    assert tab.evaluate("document.querySelector('img.print').naturalWidth") > 300
    assert_fits(tab)
    tab.click("a[href*='#c']")
    assert urlsplit(tab.url).fragment == tab.locator(".cell:target").get_attribute("id")


def test_the_ten_questions_are_answered(tab: Page, start: str) -> None:
    tab.goto(start)
    questions = tab.locator(".questions li")
    assert questions.count() == 6 + 2  # this database has no final accounts, which have two
    for place in range(questions.count()):
        tab.goto(start)
        question = questions.nth(place)
        title = question.locator("a, span").first.inner_text()
        for field in question.locator("input").all():
            example = field.get_attribute("placeholder") or ""
            field.fill(AGENCY if field.get_attribute("name") == "agency" else example)
        question.locator("a, button").first.click()
        assert tab.locator("h1").inner_text() == title
        assert tab.locator(".message-error").count() == 0
        assert re.search(r"返回 \d+ 行|没有结果", tab.inner_text("body")), title


def test_the_search_leads_to_the_page_of_a_paragraph(tab: Page, start: str) -> None:
    tab.goto(start)
    tab.fill("header input[name=q]", "公开")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("mark")
    assert {each.inner_text() for each in tab.locator("mark").all()} == {"公开"}
    assert_fits(tab)
    tab.locator(".hits a").first.click()
    assert re.fullmatch(r"p\d+", urlsplit(tab.url).fragment)
    assert tab.locator(f"#{urlsplit(tab.url).fragment}").is_visible()
