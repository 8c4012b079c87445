"""OCR of one file: when it is available."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.extractors.ocr.service import FileOcr, _Sheets
from gongkai.model import Page, ReadOptions
from helpers.registry import SAMPLES


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
