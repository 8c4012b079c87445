"""Pages of another scale are read, shown and rendered as if they had the size of A4."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gongkai.extractors.ocr.page_bitmap import render_bitmap
from gongkai.extractors.pdf.page_images import Margins, PageRenderer
from gongkai.extractors.pdf.page_pictures import Part, page_pictures
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.pdfium_api import open_document
from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber
from gongkai.model import Page, bounding_box
from helpers.pdfs import PdfPage, text, write_pdf

A4 = (595.0, 842.0)
ROWS = "".join(text(100, 700 - 20 * k, f"row {k} 417", 10) for k in range(8))
FRAME = "0.8 w 90 500 300 220 re S 90 600 m 390 600 l S 200 500 m 200 720 l S\n"


def scaled(folder: Path, scale: float, rotate: int = 0) -> Path:
    """The same page drawn at another scale."""
    media = (0, 0, A4[0] * scale, A4[1] * scale)
    upright = f"0 1 -1 0 {A4[0]} 0 cm " if rotate == 90 else ""
    content = f"q {scale} 0 0 {scale} 0 0 cm {upright}{FRAME}{ROWS}Q\n"
    return write_pdf(folder / f"{scale}.pdf", PdfPage(content, media=media, rotate=rotate))


def summary(page: Page) -> list[float]:
    ink = bounding_box(page.chars)
    rules = sorted(edge for rule in page.rules for edge in rule)
    return [page.width, page.height, *ink, page.chars[0].size, page.chars[0].baseline, *rules]


@pytest.mark.parametrize("scale", [0.02, 0.05, 0.1, 0.5, 4.0, 10.0])
def test_a_page_of_another_scale_is_read_as_at_its_usual_size(tmp_path: Path, scale: float) -> None:
    [usual] = read_pages(scaled(tmp_path, 1.0))
    [page] = read_pages(scaled(tmp_path, scale))
    assert summary(page) == pytest.approx(summary(usual), abs=0.1)
    assert usual.to_displayed is None
    assert page.to_displayed == pytest.approx((scale, 0, 0, 0, scale, 0))


def test_a_rotated_page_of_another_scale_is_read_upright(tmp_path: Path) -> None:
    [page] = read_pages(scaled(tmp_path, 0.1, rotate=90))
    assert (page.width, page.height) == pytest.approx((842, 595), abs=0.1)
    assert page.chars[0].size == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("media", [(0, 0, 595, 4000), (0, 0, 1400, 1400), (0, 0, 250, 400)])
def test_a_page_of_any_size_with_usual_text_keeps_its_points(
    tmp_path: Path, media: tuple[float, float, float, float]
) -> None:
    lines = "".join(text(20, 200 - 20 * k, f"row {k} 417", 10) for k in range(8))
    [page] = read_pages(write_pdf(tmp_path / "a.pdf", PdfPage(lines, media=media)))
    assert (page.width, page.height, page.to_displayed) == (media[2], media[3], None)


def test_pdfplumber_reads_the_same_places(tmp_path: Path) -> None:
    path = scaled(tmp_path, 0.1)
    [first], [second] = read_pages(path), read_with_pdfplumber(path, None)
    assert second.to_displayed == first.to_displayed
    assert bounding_box(second.chars).x0 == pytest.approx(bounding_box(first.chars).x0, abs=1.5)
    assert second.chars[0].size == pytest.approx(first.chars[0].size, abs=0.1)


def test_pictures_of_its_parts_are_those_of_the_usual_page(tmp_path: Path) -> None:
    shown = []
    for path in (scaled(tmp_path, 1.0), scaled(tmp_path, 0.1)):
        [page] = read_pages(path)
        with page_pictures(path) as pictures:
            assert pictures is not None
            shown.append(pictures.grey([Part(1, bounding_box(page.chars[:5]), 4.0)]).pixels)
            char = page.chars[0]
            middle = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
            assert pictures.font_at(1, *middle) is not None
    assert shown[0].shape == shown[1].shape
    assert np.abs(shown[0].astype(int) - shown[1]).mean() < 4


def test_ocr_sees_it_at_the_usual_resolution(tmp_path: Path) -> None:
    with open_document(scaled(tmp_path, 0.1)) as document:
        bitmap = render_bitmap(document, 1, 100)
    assert bitmap.size() == pytest.approx(A4, abs=1)
    assert bitmap.to_displayed() == pytest.approx((0.1, 0, 0, 0, 0.1, 0), abs=0.001)


def test_an_image_for_people_has_the_usual_size_and_shows_true_places(tmp_path: Path) -> None:
    margins = Margins(above=40, below=20)
    sizes = []
    for scale in (1.0, 0.1):
        path = scaled(tmp_path, scale)
        [page] = read_pages(path)
        ink = bounding_box(page.chars[:5])
        box = type(ink)(*(edge * scale for edge in ink))
        with PageRenderer(path) as renderer:
            image = renderer.crop(1, box, dpi=144, margins=margins, mark=box)
        assert image.box.top == pytest.approx(box.top - 40 * scale)
        sizes.append(Image.open(io.BytesIO(image.png)).size)
    assert sizes[0] == pytest.approx(sizes[1], abs=2)
