"""OCR of one file: when it is available, and its boxes in points of the displayed page."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.extractors.ocr.service import FileOcr, _Sheets, to_displayed
from gongkai.model import Box, Page, Problem, ReadOptions, Report
from helpers.registry import SAMPLES

UPSIDE_DOWN = (-1.0, 0.0, 600.0, 0.0, -1.0, 800.0)  # of a page of 600 x 800 points
FOUND = Problem("other_table", "m", 1, Box(10, 20, 110, 40))
REPORT = Report(1, 1, "t", "a", 2020, None, "proved", problems=(FOUND, Problem("no_year", "m")))


def test_never_means_no_check_of_cells_either() -> None:
    assert not FileOcr(Path("x.pdf"), ReadOptions("never"), "0").available
    assert FileOcr(Path("x.pdf"), ReadOptions("auto"), "0").available


@pytest.mark.model
def test_opencv_without_memory_is_out_of_memory() -> None:
    import cv2
    import numpy as np

    ocr = FileOcr(SAMPLES[0], ReadOptions(), "0123456789")
    with pytest.raises(MemoryError, match="Insufficient memory"), ocr._document():
        cv2.resize(np.zeros((2, 2), np.uint8), (2**22, 2**22))
    with pytest.raises(MemoryError, match="bad_alloc"), ocr._document():
        raise cv2.error("std::bad_alloc")


def test_a_box_of_a_rotated_page_is_mapped() -> None:
    page = Page(1, 600, 800, (), (), 1.0, "ocr", UPSIDE_DOWN)
    rotated, without_box = to_displayed(REPORT, {1: page}).problems
    assert rotated.box == Box(490, 760, 590, 780)
    assert without_box.box is None


def test_a_report_of_displayed_pages_stays_as_it_is() -> None:
    page = Page(1, 600, 800, (), (), 0.0, "pdfium")
    assert to_displayed(REPORT, {1: page}) == REPORT


def test_sheets_of_one_shape_are_expected_to_be_turned_alike() -> None:
    upright, wide = (Page(1, *size, (), (), 1.0, "pdfium") for size in ((600, 800), (800, 600)))
    sheets = _Sheets()
    assert sheets.expected_turns(upright) is None
    sheets.add(upright, 0)
    sheets.add(wide, 1)
    assert (sheets.expected_turns(upright), sheets.expected_turns(wide)) == (0, 1)
    sheets.add(upright, 2)  # a sheet put in upside down: every page is looked at from now on
    sheets.add(upright, 2)
    assert sheets.expected_turns(upright) is None
