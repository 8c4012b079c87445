"""Bitmaps of pages: straight, upright, clean, with the transform to the displayed page."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from gongkai.extractors.layout.sheets import as_displayed
from gongkai.extractors.ocr.cleaning import clean, deskew, skew_angle
from gongkai.extractors.ocr.page import quarter_turns
from gongkai.extractors.ocr.page_bitmap import render_bitmap, rotate
from gongkai.model import Box, Page, Problem, Report
from helpers.papers import draw_lattice, paper, picture, type_text
from helpers.pdfs import PdfPage, text, write_pdf


def _sheet() -> np.ndarray:
    grey = paper()
    draw_lattice(grey, [150, 400, 850], [700, 760, 820, 880])
    for k in range(8):
        type_text(grey, "abcde fghij klmno pqrst uvw", 150, 150 + 60 * k)
    return grey


@pytest.mark.parametrize("angle", [-3.0, -0.7, 0.0, 1.3, 3.0])
def test_skew_is_measured_and_undone(angle: float) -> None:
    grey = _sheet()
    rows, columns = grey.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), -angle, 1.0)
    askew = cv2.warpAffine(grey, matrix, (columns, rows), borderValue=250)
    assert skew_angle(picture(askew).half_ink) == pytest.approx(angle, abs=0.08)
    assert skew_angle(deskew(picture(askew)).half_ink) == pytest.approx(0.0, abs=0.08)


def test_a_place_is_mapped_to_the_displayed_page() -> None:
    """A dot keeps its place through a quarter turn and deskewing, and back."""
    grey = _sheet()
    grey[1200:1212, 300:312] = 0
    for turn in range(4):
        lying = np.ascontiguousarray(np.rot90(grey, turn))
        ready = deskew(rotate(picture(lying), turn))
        ys, xs = np.nonzero(ready.grey[1150:1260, 250:360] < 60)
        x, y = (xs.mean() + 250) * 72 / 200, (ys.mean() + 1150) * 72 / 200
        page = Page(1, *ready.size(), (), (), 1.0, "ocr", ready.to_displayed())
        problem = Problem("p", "m", 1, Box(x, y, x, y))
        report = Report(1, 1, "t", "a", 2020, None, "proved", problems=(problem,))
        [moved] = as_displayed(report, {1: page}).problems
        assert moved.box is not None
        where = np.argwhere(lying == 0).mean(axis=0) * 72 / 200
        assert (moved.box.top, moved.box.x0) == pytest.approx(tuple(where), abs=1.0)


@pytest.mark.parametrize("angle", [-2.5, 3.0])
def test_a_place_on_a_skewed_sheet_is_mapped_to_the_displayed_page(angle: float) -> None:
    grey = _sheet()
    grey[1200:1212, 300:312] = 0
    rows, columns = grey.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), -angle, 1.0)
    askew = cv2.warpAffine(grey, matrix, (columns, rows), borderValue=250)
    ready = deskew(picture(askew))
    a, b, c, d, e, f = ready.to_displayed()
    x, y = 306 * 72 / 200, 1206 * 72 / 200  # after deskewing
    where = matrix @ np.array([306, 1206, 1]) * 72 / 200
    assert (a * x + b * y + c, d * x + e * y + f) == pytest.approx(tuple(where), abs=1.0)


def test_dark_edges_and_punch_holes_are_removed_and_tables_are_not() -> None:
    grey = _sheet()
    whole = (grey < 128).sum()
    grey[:, :25] = 40
    grey[:12] = 50
    for y in (300, 1000):
        cv2.circle(grey, (80, y), 23, 45, -1)
    left = (clean(picture(grey)).grey < 128).sum()
    assert left == pytest.approx(whole, rel=0.01)


def test_a_negative_is_inverted() -> None:
    assert np.median(clean(picture(255 - _sheet())).grey) > 200


def test_the_quarter_turns_of_a_page_are_known() -> None:
    for turn in range(4):
        ready = rotate(picture(_sheet()), turn)
        page = Page(1, *ready.size(), (), (), 1.0, "ocr", ready.to_displayed())
        assert quarter_turns(page) == turn


def test_a_page_of_poster_size_is_rendered_smaller(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", PdfPage(text(30, 200, "417"), media=(0, 0, 9000, 3000)))
    with pdfium.PdfDocument(path) as document:
        drawn = render_bitmap(document, 1)
    assert max(drawn.grey.shape) <= 6001
    assert (drawn.width, drawn.height) == (9000, 3000)
    assert drawn.size() == pytest.approx((9000, 3000), rel=0.01)


def test_coloured_ink_fades_and_is_recorded(tmp_path: Path) -> None:
    red, black = "1 0 0 rg 50 100 60 60 re f", "0 g 120 100 60 60 re f"
    with pdfium.PdfDocument(write_pdf(tmp_path / "x.pdf", f"{red} {black}")) as document:
        drawn = render_bitmap(document, 1, 72)
    assert drawn.grey[170, 80] > 200
    assert drawn.grey[170, 150] < 50
    assert (drawn.coloured[170, 80], drawn.coloured[170, 150]) == (1, 0)
