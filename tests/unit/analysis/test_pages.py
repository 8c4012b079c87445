"""Pages and proofs that a notebook shows: what was read, drawn over the picture of the page."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gongkai
from gongkai.errors import UsageError
from gongkai.extractors.layout.sheets import displayed_box
from gongkai.model import Box, Page
from helpers.registry import ROOT

if TYPE_CHECKING:
    from PIL.Image import Image

SAMPLE = ROOT / "samples" / "wuzhong-public-security-2019.pdf"
DOUBTFUL = ROOT / "samples" / "corpus" / "two-numbers-office.pdf"
FIELD = "applications.received_new.total"
GREEN, ORANGE, PINK, RED = (46, 134, 62), (219, 109, 0), (219, 39, 160), (207, 34, 46)
NEAR = 30  # between colours that are drawn as one


@pytest.fixture(scope="module")
def report() -> gongkai.Report:
    [found] = gongkai.read(SAMPLE, ocr="never")
    return found


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> gongkai.Database:
    folder = tmp_path_factory.mktemp("pages")
    pdf = Path(shutil.copy(SAMPLE, folder / "report.pdf"))
    gongkai.ingest([pdf], folder / "gongkai.db", workers=0, ocr="never")
    return gongkai.open(folder / "gongkai.db")


def has(image: Image, colour: tuple[int, int, int]) -> bool:
    colours = image.getcolors(1 << 24) or []
    return any(
        all(abs(a - b) <= NEAR for a, b in zip(seen, colour, strict=True))
        for count, seen in colours
        if count > 20 and isinstance(seen, tuple)
    )


def test_cells_and_rules_are_drawn_over_the_page(report: gongkai.Report) -> None:
    page = report.page(4)
    plain = page.show(cells=False)
    assert plain.mode == "RGB" and plain.width > 500
    assert not has(plain, GREEN) and not has(plain, PINK)
    assert has(page.show(), GREEN) and not has(page.show(), PINK)
    assert has(page.show(cells=False, rules=True), PINK)
    assert page.show(dpi=50).width < plain.width


def test_a_cell_is_framed_where_it_is_printed(report: gongkai.Report) -> None:
    [cell] = [cell for cell in report.page(4).cells if str(cell.key) == FIELD]
    image, scale = report.page(4).show(), 100 / 72
    x, y = (cell.box.x0 + 1.2) * scale, cell.box.middle[1] * scale
    frame = image.crop((round(x) - 2, round(y) - 2, round(x) + 3, round(y) + 3))
    colours = [seen for _, seen in frame.getcolors() or []]
    assert any(isinstance(c, tuple) and c[1] > c[0] + NEAR and c[1] > c[2] for c in colours)


def test_doubtful_cells_are_filled() -> None:
    [doubtful] = gongkai.read(DOUBTFUL, ocr="never")
    number = next(cell.page for cell in doubtful.observations if cell.flagged)
    page = doubtful.page(number)
    assert has(page.show(), ORANGE) and not has(page.show(doubts=False), ORANGE)


def test_only_pages_of_the_report(report: gongkai.Report) -> None:
    with pytest.raises(UsageError, match="no page 9: the report is on pages 1 to 6"):
        report.page(9)


def test_rules_of_a_turned_page_are_on_the_displayed_page() -> None:
    page = Page(1, 100, 200, (), (), 0.0, "pdfium", to_displayed=(0, -1, 200, 1, 0, 0))
    assert displayed_box(page, Box(10, 20, 30, 21)) == Box(179, 10, 180, 30)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("must hold", "1 件")), ("zh", ("必须成立的勾稽关系经过此格，且成立", "印作"))],
)
def test_the_proof_of_a_number(db: gongkai.Database, language: str, words: tuple[str, ...]) -> None:
    asked = gongkai.open(db.path, "zh" if language == "zh" else "en")
    proof = asked.proof("吴忠市公安局 2019", FIELD)
    assert proof.png.startswith(b"\x89PNG")
    text, page = repr(proof), proof._repr_html_()
    assert text.startswith("吴忠市公安局") and FIELD in text
    assert page.count("data:image/png;base64,") == 1 and "<script" not in page
    assert all(word in page and word in text for word in words)


def test_a_report_of_a_database_has_its_pages(db: gongkai.Database) -> None:
    report = db.report(1)
    assert report.path.name == "report.pdf" and report.agency == "吴忠市公安局"
    assert has(report.page(4).show(), GREEN)


def test_what_is_not_there_is_said(db: gongkai.Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"did you mean applications\.received_new\.total \(新收"):
        db.proof(1, "received_new")
    with pytest.raises(UsageError, match="is not in"):
        db.proof(1, FIELD, pdf_root=tmp_path)
    with pytest.raises(UsageError, match="no report matches"):
        db.report("白河县")
