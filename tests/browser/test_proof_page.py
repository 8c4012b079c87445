"""The proof page in a real browser: links from checks and tables to cells on page images."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from gongkai import ingest
from gongkai.families.family import Family
from gongkai.ingestion.sources import content_of
from gongkai.language import Language, in_language
from gongkai.loaders.writer import Writer
from gongkai.model import Box, Key, Report
from gongkai.proof import prove_report
from gongkai.queries import report_loader
from helpers.pdfs import PdfPage, write_pdf
from helpers.registry import ROOT, real_report
from made import SUM_CELLS, observation, report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SAMPLES = ROOT / "samples"
FAULT = "chengjiang-district-2023"  # prints 102 where its row sums to 120
DOUBT = "two-numbers-office"  # three cells such as 1/21 are not numbers
ROTATED = "fault-received-total+landscape-rotate+label-variants-2021-drawn"
SHOWN = (FAULT, DOUBT, ROTATED, "hexi-county-education-2022", "wuzhong-public-security-2019")
MOST_BYTES = 3_000_000
TOO_WIDE = """[...document.querySelectorAll("th")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.innerText)"""
MAGENTA = (255, 0, 255)


@pytest.fixture(scope="module", autouse=True)
def chinese() -> Iterator[None]:
    """The pages are Chinese."""
    with in_language("zh"):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples, their database, and a proof page for each."""
    folder = tmp_path_factory.mktemp("pages")
    for name in SHOWN:
        [path] = [*SAMPLES.glob(f"{name}.pdf"), *SAMPLES.glob(f"corpus/{name}.pdf")]
        shutil.copy(path, folder)
    ingest([folder], folder / "gongkai.db", workers=0)
    for name in SHOWN:
        page = prove_report(folder / "gongkai.db", _id(folder, name), folder)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


def _id(folder: Path, name: str) -> str:
    from gongkai.queries.sql import query

    sql = f"SELECT id FROM reports WHERE file_name = '{name}.pdf'"
    with query(folder / "gongkai.db", sql) as result:
        [[number]] = result.rows
    return str(number)


def stored(folder: Path, name: str) -> Report:
    return report_loader.show(folder / "gongkai.db", _id(folder, name)).report


def opened(tab: Page, page: Path) -> Page:
    tab.goto(page.as_uri())
    return tab


def made_page(tmp_path: Path, family: Family, made: Report, *pages: PdfPage | str) -> Path:
    """Return the proof page of a made report on hand-written pages."""
    file = write_pdf(tmp_path / "made.pdf", *pages)
    with Writer(tmp_path / "gongkai.db", family) as writer:
        writer.store(file.as_posix(), content_of(file).sha256, "loaded", None, [made])
    page = tmp_path / "made.html"
    page.write_text(prove_report(tmp_path / "gongkai.db", "1", tmp_path), encoding="utf-8")
    return page


def in_view(tab: Page, selector: str) -> bool:
    """Return whether the whole element is visible in its pane and in the window."""
    return bool(
        tab.evaluate(
            """selector => {
                const box = document.querySelector(selector).getBoundingClientRect();
                const pane = document.querySelector("#prints").getBoundingClientRect();
                return box.top >= pane.top && box.bottom <= Math.min(pane.bottom, innerHeight)
                    && box.left >= pane.left && box.right <= pane.right;
            }""",
            selector,
        )
    )


def focused(tab: Page) -> str:
    """Return the accessible name of the focused element."""
    return str(tab.evaluate("document.activeElement.getAttribute('aria-label')"))


# ---------------------------------------------------------------- checks and cells


def test_a_failed_check_links_to_its_cell(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    assert tab.locator("#failures li.must").count() == 2
    claim = tab.locator("#failures .claim", has_text="自然人112 + 商业企业6")
    claim.click()
    assert focused(tab) == "三、本年度办理结果／（一）予以公开，总计：102 件，核对未通过"
    cell = tab.locator("svg a:focus")
    assert in_view(tab, f"#{cell.get_attribute('id')}")
    assert tab.locator("svg a.term").count() == 7  # the whole row of the sum
    card = tab.locator("#card")
    assert card.is_visible()
    assert "Granted in full" not in card.inner_text(), "one language at a time"
    assert "印作“102”" in card.inner_text()
    assert "文字层（pdfium）" in card.inner_text()
    assert "法律服务机构1 = 120，不等于 总计102" in card.inner_text()
    assert claim.is_visible(), "the list of checks does not scroll"


def test_each_cell_of_a_check_is_linked(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    failing = tab.locator("#failures li.must", has_text="applications.row_total.granted")
    named = failing.locator(".named a")
    texts = named.all_inner_texts()
    assert texts[0] == "予以公开·总计 102（最可疑）"
    for place, text in enumerate(texts):
        named.nth(place).click()
        number = re.findall(r"\d+", text)[-1]
        assert f"：{number} 件" in focused(tab)
        assert in_view(tab, "svg a.lit")


def test_failed_checks_come_first(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{DOUBT}.html")
    titles = [title.split("（")[0] for title in tab.locator("#reading h2").all_inner_texts()]
    assert titles[:3] == ["未通过的核对", "读数存疑的格", "图例"]
    assert "收到和处理政府信息公开申请情况" in titles


def test_a_doubtful_cell_shows_its_reason_and_its_implied_value(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{DOUBT}.html")
    line = tab.locator("li.doubtful", has_text="1/21")
    assert "不是一个数：1/21" in line.inner_text()
    assert "勾稽关系需要 1：由别的数推算，不是从原件读出的" in line.inner_text()
    line.locator("a").click()
    assert "读不成数" in tab.locator("#card .value").inner_text()


def test_hovering_shows_the_card(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    assert tab.locator("#card").is_hidden()
    cell = tab.locator("svg a[aria-label*='本年新收'][aria-label*='总计']")
    cell.scroll_into_view_if_needed()
    cell.hover()
    assert "358 件" in tab.locator("#card").inner_text()
    assert tab.locator(f"#t{cell.get_attribute('id')}.lit").inner_text() == "358"
    tab.mouse.move(5, 5)
    tab.locator("#card").wait_for(state="hidden")


def test_the_card_returns_to_the_focused_cell(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    tab.keyboard.press("n")
    tab.locator("svg a[aria-label^='一、本年新收'][aria-label*='自然人']").hover()
    value = tab.locator("#card .value")
    assert "330 件" in value.inner_text()
    tab.mouse.move(5, 5)
    value.get_by_text("102 件").wait_for()


def test_a_cell_on_the_page_image_scrolls_the_table(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    cell = tab.locator("svg a[aria-label^='四、结转下年度'][aria-label*='总计']")
    cell.click()
    other = tab.locator(f"#t{cell.get_attribute('id')}")
    box = other.bounding_box()
    assert box is not None and 100 < box["y"] < 800
    assert tab.evaluate("document.scrollingElement.scrollTop") == 0


# ---------------------------------------------------------------- outlines


@pytest.mark.parametrize("name", SHOWN)
def test_outlines_match_the_boxes_of_the_cells(tab: Page, folder: Path, name: str) -> None:
    """The browser draws one outline for each cell, just inside its box."""
    opened(tab, folder / f"{name}.html")
    drawn = tab.evaluate(
        """() => [...document.querySelectorAll("figure svg a.cell")].map(a => {
            const page = a.ownerSVGElement;
            const sheet = page.querySelector("image").getBoundingClientRect();
            const scale = sheet.width / page.viewBox.baseVal.width;
            const box = a.querySelector("rect").getBoundingClientRect();
            return [page.parentElement.id, (box.left - sheet.left) / scale,
                (box.top - sheet.top) / scale, (box.right - sheet.left) / scale,
                (box.bottom - sheet.top) / scale];
        })"""
    )
    boxes = sorted((f"p{o.page}", *o.box) for o in stored(folder, name).observations)
    assert len(drawn) == len(boxes) > 150
    for (page, *seen), (wanted, *box) in zip(sorted(drawn), boxes, strict=True):
        assert page == wanted
        assert seen == pytest.approx(box, abs=1.0)


@pytest.mark.parametrize(
    ("turn", "box"),
    [
        (0, Box(60, 100, 120, 130)),
        (90, Box(270, 60, 300, 120)),
        (180, Box(240, 270, 300, 300)),
        (270, Box(100, 240, 130, 300)),
    ],
)
def test_outlines_surround_the_printed_ink(
    tab: Page, tmp_path: Path, family: Family, turn: int, box: Box
) -> None:
    """Also on rotated and cropped pages."""
    crop = (40.0, 30.0, 400.0, 430.0)
    ink = "1 0 1 rg 100 300 60 30 re f"  # 60 from the left of the crop box, 100 from its top
    page = PdfPage(ink, media=(0, 0, 500, 500), crop=crop, rotate=turn)
    cell = observation(SUM_CELLS[0], "5", page=1, box=box)
    made = report(page_last=1, observations=(cell,), checks=(), problems=(), figures=())
    opened(tab, made_page(tmp_path, family, made, page))
    outline = tab.evaluate(
        """() => {
            const at = document.querySelector("svg a.cell rect").getBoundingClientRect();
            const sheet = document.querySelector("figure svg").getBoundingClientRect();
            document.querySelector("svg a.cell").style.visibility = "hidden";
            return [at.left - sheet.left, at.top - sheet.top,
                at.right - sheet.left, at.bottom - sheet.top];
        }"""
    )
    tab.set_viewport_size({"width": 1280, "height": 1600})
    picture = Image.open(io.BytesIO(tab.locator("figure svg").screenshot())).convert("RGB")
    distance = np.abs(np.asarray(picture, int) - MAGENTA).sum(axis=2)
    ys, xs = np.nonzero(distance < 90)
    around = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert outline == pytest.approx(around, abs=3)


# ---------------------------------------------------------------- keyboard


def test_n_and_p_step_through_the_doubtful_cells(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{DOUBT}.html")
    doubts = [o for o in stored(folder, DOUBT).observations if o.flagged]
    assert len(doubts) == 3
    seen = []
    for _ in range(4):
        tab.keyboard.press("n")
        assert in_view(tab, "svg a:focus")
        seen.append(focused(tab))
    assert len(set(seen[:3])) == 3 and seen[3] == seen[0]
    assert all("读数存疑" in name for name in seen)
    assert "第 1 处，共 3 处" in tab.locator("#where").inner_text()
    tab.keyboard.press("p")
    assert focused(tab) == seen[2]
    assert tab.locator("#card").is_visible()
    tab.keyboard.press("Escape")
    assert tab.locator("#card").is_hidden()


def test_arrow_keys_move_from_cell_to_cell(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    tab.locator("svg a[aria-label^='一、本年新收'][aria-label*='自然人']").click()
    assert "330 件" in focused(tab)
    for key, number in [
        ("ArrowRight", 21), ("ArrowDown", 1), ("ArrowLeft", 12), ("ArrowUp", 330),
    ]:  # fmt: skip
        tab.keyboard.press(key)
        assert f"：{number} 件" in focused(tab)


def test_the_tab_key_reaches_everything_and_passes_each_table_in_one_step(
    tab: Page, folder: Path
) -> None:
    opened(tab, folder / f"{FAULT}.html")
    order = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        place = tab.evaluate(
            """() => {
                const at = document.activeElement;
                if (at === document.body) return null;
                if (!at.matches(":focus-visible")) return "unseen";
                const group = at.closest("figure, table.form, #failures, details, nav");
                return at.id === "reading" || at.id === "prints" ? at.id
                    : group ? group.id || group.localName : at.getAttribute("href");
            }"""
        )
        if place is None:
            break
        order.append(place)
    assert place is None, "the tab key leaves the page"
    assert "unseen" not in order
    assert order[:5] == ["#reading", "#prints", "reading", "nav", "nav"]
    assert order.count("failures") == 9  # two checks and seven cells; longer lists are folded
    tables = tab.locator("table.form").count()
    assert order.count("table") == tables
    assert [page for page in order if re.fullmatch(r"p\d", page)] == ["p3", "p4", "p5"]


def test_a_fragment_in_the_url_focuses_its_cell(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    tab.locator("#failures .named a.suspected").last.click()
    name = tab.evaluate("document.activeElement.id")
    tab.goto("about:blank")
    tab.goto(f"{(folder / f'{FAULT}.html').as_uri()}#{name}")
    assert "102 件" in focused(tab)
    assert in_view(tab, f"#{name}")


def test_links_work_without_javascript(browser: Browser, folder: Path) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    tab = context.new_page()
    tab.goto((folder / f"{FAULT}.html").as_uri())
    tab.locator("#failures .claim").last.click()
    box = tab.locator("svg a.suspected").bounding_box()
    assert box is not None and 108 <= box["y"] <= 780
    context.close()


# ---------------------------------------------------------------- safety


NASTY = "<img src=x onerror=\"document.title='hit'\"><b>粗</b>&amp;'\""


@pytest.fixture
def nasty(tmp_path: Path, family: Family) -> Path:
    """A report whose texts are all HTML, with one cell that contains a right-to-left override."""
    made = report()
    cells = tuple(
        replace(o, raw_text=NASTY, row_label=NASTY, column_label=NASTY, unit=NASTY,
                doubt=NASTY if o.flagged else None)
        for o in made.observations
    )  # fmt: skip
    reversing = observation(
        Key("applications", "granted", "natural_person"), "", state="unreadable",
        raw_text="\u202e21", page=1, flagged=True, doubt="看不清",
    )  # fmt: skip
    nasty = replace(
        made,
        agency=NASTY,
        title=NASTY,
        observations=(*cells, reversing),
        checks=tuple(replace(check, wording=NASTY) for check in made.checks),
        problems=tuple(replace(problem, message=NASTY) for problem in made.problems),
        figures=tuple(
            replace(figure, phrase=NASTY, sentence=NASTY, raw_text=NASTY, unit=NASTY)
            for figure in made.figures
        ),
    )
    return made_page(tmp_path, family, nasty, "", "", "", "")


def test_html_in_a_report_is_shown_as_text(tab: Page, nasty: Path) -> None:
    opened(tab, nasty)
    assert tab.locator("h1").inner_text().startswith(NASTY)
    assert tab.locator("#failures .claim").inner_text() == NASTY
    for cell in tab.locator("svg a.cell").all():
        cell.focus()
        assert tab.locator("#card .value").inner_text() != ""
    assert tab.locator("img").count() == 0
    assert (
        tab.evaluate("[...document.querySelectorAll('b')].filter(b => b.innerText == '粗').length")
        == 0
    )
    assert "hit" not in tab.title().replace(NASTY, "")


def test_characters_that_reverse_text_are_shown_as_escapes(tab: Page, nasty: Path) -> None:
    opened(tab, nasty)
    assert "\u202e" not in tab.content()
    tab.locator("svg a[aria-label*='读不成数']").focus()
    assert "印作“\\u202e21”" in tab.locator("#card").inner_text()


def test_the_page_makes_no_requests(browser: Browser, folder: Path) -> None:
    """The browser requests only the file itself, and runs only its own scripts and styles."""
    context = browser.new_context(offline=True)
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url[:40]))
    refused: list[str | None] = []
    tab.on("requestfailed", lambda request: refused.append(request.failure))
    page = (folder / f"{FAULT}.html").as_uri()
    tab.goto(page)
    assert [url for url in asked if not url.startswith("data:")] == [page[:40]]
    assert refused == []
    tab.evaluate(
        """() => new Promise(done => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'hit'";
            document.body.append(script);
            document.body.setAttribute("style", "color: rgb(1, 2, 3)");
            const image = new Image();
            image.onerror = done;
            image.src = "http://127.0.0.1:9/x.png";
        })"""
    )
    assert tab.title() != "hit"
    assert tab.evaluate("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"
    assert refused == ["csp"]
    context.close()


# ---------------------------------------------------------------- size and accessibility


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_is_small(folder: Path, name: str) -> None:
    assert (folder / f"{name}.html").stat().st_size < MOST_BYTES


@pytest.mark.parametrize("name", [FAULT, DOUBT])
def test_axe_finds_no_violation(tab: Page, folder: Path, name: str) -> None:
    """Contrast, names, roles, order of headings, keyboard access to regions."""
    opened(tab, folder / f"{name}.html")
    tab.keyboard.press("n")  # the card is open
    tab.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert _violations(tab) == []


def _violations(tab: Page) -> list[Any]:
    from axe_playwright_python.base import AXE_FILE_PATH

    tab.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = tab.evaluate("axe.run().then(result => JSON.stringify(result.violations))")
    return [
        (rule["id"], rule["help"], [node["html"][:120] for node in rule["nodes"][:3]])
        for rule in json.loads(found)
    ]


def test_status_is_shown_by_more_than_colour(tab: Page, folder: Path) -> None:
    """Each status has its own line style; failed and doubtful cells have a symbol."""
    opened(tab, folder / f"{DOUBT}.html")
    styles = tab.evaluate(
        """() => Object.fromEntries([
            "decided", "proved", "seen", "read", "doubt", "fail"
        ].map(kind => {
            const rect = document.querySelector(`.swatch .cell.${kind} rect`);
            const style = getComputedStyle(rect);
            return [kind, `${style.strokeWidth} ${style.strokeDasharray}`];
        }))"""
    )
    assert len(set(styles.values())) == 6
    assert set(tab.locator("figure .cell.doubt text").all_text_contents()) == {"?"}
    opened(tab, folder / f"{FAULT}.html")
    assert set(tab.locator("figure .cell.fail text").all_text_contents()) == {"×"}


def test_the_printed_page_shows_everything(tab: Page, folder: Path) -> None:
    opened(tab, folder / f"{FAULT}.html")
    tab.emulate_media(media="print")
    tall = tab.evaluate("document.documentElement.scrollHeight")
    assert tall > 5 * 900  # five pages one below the other
    assert tab.locator("nav").is_hidden()
    for pane in ("#reading", "#prints"):
        assert tab.evaluate(
            "s => { const p = document.querySelector(s); return p.scrollHeight <= p.clientHeight }",
            pane,
        )


def test_the_published_report(tab: Page, tmp_path: Path) -> None:
    """Two sums fail as printed, and the page shows their cells."""
    path, why_not = real_report()
    if path is None:
        pytest.skip(why_not)
    ingest([path], tmp_path / "gongkai.db", workers=0)
    page = tmp_path / "real.html"
    page.write_text(prove_report(tmp_path / "gongkai.db", "1", path.parent), encoding="utf-8")
    assert page.stat().st_size < MOST_BYTES
    opened(tab, page)
    tab.locator("#failures .claim", has_text="结果维持10 + 结果纠正1 = 11，不等于 总计0").click()
    assert in_view(tab, "svg a:focus")
    assert len(tab.locator("svg a.term").all()) == 5
    assert tab.locator("svg a.fail").count() == 10


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_and_its_headers_fit_any_window(
    tab: Page, folder: Path, tmp_path: Path, language: Language
) -> None:
    page = tmp_path / "page.html"
    with in_language(language):
        page.write_text(prove_report(folder / "gongkai.db", _id(folder, FAULT), folder), "utf-8")
    opened(tab, page)
    tab.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    for width in (390, 1280, 1920):
        tab.set_viewport_size({"width": width, "height": 844})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate(TOO_WIDE) == [], width
