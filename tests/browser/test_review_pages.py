"""The review in a real browser: decisions by keyboard, checks at once, after a new ingest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helpers.doubtful_reports import misread, printed_value, without_table
from helpers.review_server import (
    CELL,
    REVIEW_CELL,
    changes_of_every_kind,
    make_database,
    serve,
    with_agency,
)
from helpers.stored import rows

if TYPE_CHECKING:
    from playwright.sync_api import Page

COUNT = 10  # of each kind
WIDTHS = ((390, 844), (1280, 800), (1920, 1080))

HEIGHTS = """[...document.querySelectorAll("button, .button")]
  .filter((each) => each.offsetParent).map((each) => each.getBoundingClientRect().height)"""


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_database(tmp_path_factory.mktemp("review"), changes_of_every_kind(COUNT))


@pytest.fixture
def home(db: Path) -> Iterator[str]:
    with serve(db, db.parent / "pdf") as link:
        yield link


def visit(tab: Page, home: str, rest: str = "") -> None:
    """Open a page of the review, with the token of the link."""
    base, token = home.split("?")
    joint = "&" if "?" in rest else "?"
    tab.goto(f"{base}{rest}{joint}{token}")


def assert_fits(tab: Page, name: str) -> None:
    """The page is not wider than the window, at each width, and buttons suit fingers on a phone.

    Takes screenshots in the folder of GONGKAI_SCREENSHOTS where it is set.
    """
    to = os.environ.get("GONGKAI_SCREENSHOTS")
    tab.wait_for_load_state("load")  # without its stylesheet a page is wider
    for width, height in WIDTHS:
        tab.set_viewport_size({"width": width, "height": height})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        if width == WIDTHS[0][0]:
            heights = tab.evaluate(HEIGHTS)
            assert heights and min(heights) >= 40, name
        if to:
            tab.screenshot(path=Path(to) / f"{name}-{width}.png")


def press(tab: Page, *keys: str) -> str:
    """Press keys until the next page loads, and return its message."""
    before = tab.url
    for key in keys[:-1]:
        tab.keyboard.press(key)
    with tab.expect_navigation():
        tab.keyboard.press(keys[-1])
    assert before
    found = tab.locator("#message")
    return found.inner_text() if found.count() else ""


def assert_images_loaded(tab: Page) -> None:
    tab.wait_for_load_state("load")
    assert tab.evaluate("[...document.images].map((i) => i.naturalWidth > 50)").count(False) == 0
    assert tab.evaluate("document.images.length") > 0


def test_every_kind_is_decided_by_keyboard_and_survives_ingest(
    tab: Page, db: Path, home: str
) -> None:
    visit(tab, home)
    assert_fits(tab, "queue")
    assert "待核定 90 项" in tab.inner_text("header")
    tab.keyboard.press("Enter")  # starts with the item of the highest priority
    tab.wait_for_selector("[data-page=item]")
    assert tab.inner_text("h1").startswith("单元格 读错县")
    visit(tab, home, "next?kind=cell&agency=读错")
    assert_images_loaded(tab)
    assert_fits(tab, "cell")
    right = str(printed_value(CELL))
    assert tab.inner_text("#read").startswith(str(int(right) + 1))
    assert tab.inner_text("dd.implied") == right and tab.input_value("#text") == ""
    for _ in range(COUNT):
        message = press(tab, *right, "Enter")
        assert "2 条勾稽转为成立" in message and "报告现为“已核实”" in message, message
    assert tab.locator(".nothing").count() == 1

    visit(tab, home, "next?kind=check")
    assert_images_loaded(tab)
    assert_fits(tab, "check")
    for _ in range(COUNT):
        assert "1 条归为原文有误；报告现为“原文有误”" in press(tab, "f")

    visit(tab, home, "next?kind=order")
    assert_images_loaded(tab)
    assert_fits(tab, "order")
    for _ in range(COUNT):
        assert "报告现为“原文有误”" in press(tab, "f")

    visit(tab, home, "next?kind=agency")
    assert_images_loaded(tab)
    assert_fits(tab, "agency")
    for _ in range(COUNT):
        tab.keyboard.press("t")
        tab.keyboard.insert_text("江苏省淮安市洪泽区教育局")
        press(tab, "Enter")

    visit(tab, home, "next?kind=year")
    assert_images_loaded(tab)
    assert_fits(tab, "year")
    for _ in range(COUNT):
        press(tab, *"2022", "Enter")
    visit(tab, home)
    assert "没有待核定的项目" in tab.inner_text("main")

    def state() -> list[list[tuple[Any, ...]]]:
        return [
            rows(db, "SELECT agency, year, status FROM reports ORDER BY id"),
            rows(db, "SELECT kind, verdict, standing, count(*) FROM decisions GROUP BY 1, 2, 3"),
            rows(db, "SELECT count(*) FROM observations WHERE decided_by = '甲' AND flagged = 0"),
            rows(db, "SELECT count(*) FROM panel WHERE division_code = '320813'"),
            rows(db, "SELECT check_id, status, cause, machine_status FROM checks ORDER BY 1, 2, 3"),
        ]

    decided = state()
    assert decided[1] == [
        ("agency", "set", "in_force", COUNT),
        ("cell", "accepted", "in_force", 2 * COUNT),
        ("cell", "typed", "in_force", COUNT),
        ("check", "print_fault", "in_force", 2 * COUNT),
        ("year", "set", "in_force", COUNT),
    ]
    make_database(db.parent, changes_of_every_kind(COUNT), force=True)
    assert state() == decided
    visit(tab, home)
    assert "没有待核定的项目" in tab.inner_text("main")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A server of its own with two doubtful reports."""
    hostile = "<img src=x onerror=alert(1)><b>局</b>"
    db = make_database(
        tmp_path, [with_agency(hostile, misread(CELL)), with_agency("乙局", misread(CELL))]
    )
    with serve(db, tmp_path / "pdf") as link:
        yield db, link


def test_every_key(tab: Page, small: tuple[Path, str]) -> None:
    db, home = small
    cell = "SELECT state, raw_text, machine_raw_text FROM observations WHERE decided_by = '甲'"
    visit(tab, home, "next?kind=cell")
    first = tab.url
    press(tab, "s")
    assert tab.url != first  # skipped: the other item follows
    press(tab, "s")
    for keys, found in (
        (("b",), ("blank", "", "7")),
        (("u",), ("unreadable", "7", "7")),
        (("a",), ("number", "7", None)),
        (("/", "Enter"), ("mark", "/", "7")),
        (("f",), ("number", "7", None)),
    ):
        press(tab, *keys)
        [shown] = rows(db, cell)
        assert shown[:2] == found[:2], keys
        assert "已撤回" in press(tab, "z")
        assert rows(db, cell) == []
    tab.keyboard.press("w")
    tab.keyboard.insert_text("印章盖住了")
    tab.keyboard.press("Escape")
    press(tab, "u")
    assert rows(db, "SELECT why FROM decisions ORDER BY at DESC LIMIT 1") == [("印章盖住了",)]
    assert "不是一个数" in press(tab, "9", "-", "9", "Enter")
    press(tab, "q")
    assert tab.locator("[data-page=queue]").count() == 1


def test_a_row_is_decided_on_a_phone(tab: Page, small: tuple[Path, str]) -> None:
    db, home = small
    visit(tab, home, "next?kind=cell")
    tab.locator(".lines a").first.click()
    tab.wait_for_selector("[data-page=line]")
    assert_fits(tab, "row")
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.locator('input[name="text"]').last.fill(str(printed_value(CELL)))
    with tab.expect_navigation():
        tab.locator("button.main").click()
    assert "报告现为“已核实”" in tab.inner_text("#message")
    decided = "SELECT verdict, count(*) FROM decisions WHERE standing = 'in_force' GROUP BY 1"
    assert rows(db, decided) == [("accepted", 6), ("typed", 1)]
    press(tab, "z")
    assert rows(db, decided) == []


def test_a_place_is_marked_by_dragging_or_by_two_clicks(tab: Page, tmp_path: Path) -> None:
    db = make_database(tmp_path, [without_table(REVIEW_CELL.table)])
    sides = ("x0", "top", "x1", "bottom")
    with serve(db, tmp_path / "pdf") as home:
        visit(tab, home)
        assert "缺表或缺格的有 1 处" in tab.inner_text("main")
        tab.locator(".incomplete a").click()
        tab.wait_for_selector("[data-page=place]")
        assert_images_loaded(tab)
        assert_fits(tab, "place")
        for steps in ("drag", "clicks"):
            found = tab.locator("#sheet").bounding_box()
            assert found is not None
            x, y = found["x"], found["y"]
            tab.mouse.move(x + 40, y + 50)
            tab.mouse.down()
            if steps == "clicks":
                tab.mouse.up()
            tab.mouse.move(x + 240, y + 150)
            if steps == "clicks":
                tab.mouse.down()
            tab.mouse.up()
            width = float(tab.locator("#sheet").get_attribute("data-width") or 0)
            points = [float(tab.input_value(f"input[name={side}]")) for side in sides]
            shown = [place * width / found["width"] for place in (40, 50, 240, 150)]
            assert points == pytest.approx(shown, abs=1.0), steps
            assert tab.locator("#mark").is_visible()
            tab.reload()
        for side, value in zip(sides, ("72", "100", "300", "200"), strict=True):
            tab.fill(f"input[name={side}]", value)
        tab.locator('input[name="text"]').first.fill("3")
        with tab.expect_navigation():
            tab.locator("button.main").click()
        assert "已记录" in tab.inner_text("#message")
    stored = "SELECT page, x0, bottom, decided_by FROM observations WHERE table_id = ?"
    assert rows(db, stored, REVIEW_CELL.table) == [(1, 72.0, 200.0, "甲")]


def test_html_in_names_is_text(tab: Page, small: tuple[Path, str]) -> None:
    _, home = small
    for rest in ("", "next?agency=img"):
        visit(tab, home, rest)
        assert "<img src=x onerror=alert(1)><b>局</b>" in tab.inner_text("body")
        assert tab.locator("b:text-is('局')").count() == 0
    assert_fits(tab, "hostile")


def test_english(tab: Page, small: tuple[Path, str]) -> None:
    _, home = small
    visit(tab, home, "next?lang=en&kind=cell")
    assert "value that the sums need" in tab.inner_text("dl") and "lang=en" in tab.url
    assert "2 sums now hold" in press(tab, "6", "Enter")
