"""Boxes of pages that OCR rotated, in points of the displayed page."""

from __future__ import annotations

from gongkai.extractors.pdf.page_transform import to_displayed
from gongkai.model import Box, Page, Problem, Report

UPSIDE_DOWN = (-1.0, 0.0, 600.0, 0.0, -1.0, 800.0)  # of a page of 600 x 800 points
FOUND = Problem("other_table", "m", 1, Box(10, 20, 110, 40))
REPORT = Report(1, 1, "t", "a", 2020, None, "proved", problems=(FOUND, Problem("no_year", "m")))


def test_a_box_of_a_rotated_page_is_mapped() -> None:
    page = Page(1, 600, 800, (), (), 1.0, "ocr", UPSIDE_DOWN)
    rotated, without_box = to_displayed(REPORT, {1: page}).problems
    assert rotated.box == Box(490, 760, 590, 780)
    assert without_box.box is None


def test_a_report_of_displayed_pages_stays_as_it_is() -> None:
    page = Page(1, 600, 800, (), (), 0.0, "pdfium")
    assert to_displayed(REPORT, {1: page}) is REPORT
