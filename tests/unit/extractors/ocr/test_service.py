"""Which pages are read by OCR, and when none is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.errors import UnreadableFile
from gongkai.extractors.ocr import service
from gongkai.extractors.ocr.service import FileOcr, with_ocr
from gongkai.families.family import Family
from gongkai.model import OcrMode, Page, ReadOptions
from helpers.draw import make_page, prose
from helpers.registry import SAMPLES

REPORT = ["本报告由临江市水务局根据《条例》编制，统计期限自2022年1月1日起。"] * 4
TEXT, SCAN = make_page(prose(REPORT, 60)), make_page(image_share=0.98, number=2)


class _FixedOcr(FileOcr):
    """OCR that returns the same lines for every page."""

    lines: Sequence[str] = REPORT

    @property
    def available(self) -> bool:
        return self.options.ocr != "never"

    def read_pages(self, pages: Sequence[Page]) -> list[Page]:
        chars = tuple(prose(self.lines, 60))
        return [replace(page, chars=chars, reader="ocr") for page in pages]


def _ocr(ocr: OcrMode = "auto", lines: Sequence[str] = REPORT) -> FileOcr:
    ocr_of_file = _FixedOcr(Path("x.pdf"), ReadOptions(ocr), "0123456789")
    object.__setattr__(ocr_of_file, "lines", lines)
    return ocr_of_file


def _readers(pages: Sequence[Page], ocr: FileOcr, family: Family) -> list[str]:
    return [page.reader for page in with_ocr(pages, ocr, family.settings.thresholds)]


def test_pages_are_judged_one_by_one(family: Family) -> None:
    assert _readers([TEXT, SCAN], _ocr(), family) == [TEXT.reader, "ocr"]


def test_always_means_every_page(family: Family) -> None:
    assert _readers([TEXT, SCAN], _ocr("always"), family) == ["ocr", "ocr"]


def test_never_names_the_page_that_cannot_be_read(family: Family) -> None:
    with pytest.raises(UnreadableFile, match=r"第2页.*不识别图片"):
        with_ocr([TEXT, SCAN], _ocr("never"), family.settings.thresholds)
    assert _readers([TEXT], _ocr("never"), family) == [TEXT.reader]


def test_never_means_no_check_of_cells_either() -> None:
    assert not FileOcr(Path("x.pdf"), ReadOptions("never"), "0").available
    assert FileOcr(Path("x.pdf"), ReadOptions("auto"), "0").available


def test_a_file_of_very_many_scanned_pages_is_refused(family: Family) -> None:
    many = [replace(SCAN, number=k) for k in range(1, service._MAX_PAGES + 2)]
    with pytest.raises(UnreadableFile, match="超过"):
        with_ocr(many, _ocr(), family.settings.thresholds)


def test_a_file_without_any_text_is_unreadable(family: Family) -> None:
    with pytest.raises(UnreadableFile, match="没有文字"):
        with_ocr([make_page(), make_page(number=2)], _ocr(), family.settings.thresholds)


def test_chinese_text_without_common_words_is_not_trusted(family: Family) -> None:
    """A character map that shifts every letter: no page has a common word."""
    nonsense = ["的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发"] * 3
    shifted = [make_page(prose(nonsense, 60)), make_page(prose(nonsense, 60), number=2)]
    assert _readers(shifted, _ocr(), family) == ["ocr", "ocr"]
    assert _readers(shifted, _ocr(lines=nonsense), family) == [TEXT.reader] * 2
    assert _readers(shifted, _ocr("never"), family) == [TEXT.reader] * 2
    assert _readers([*shifted, TEXT], _ocr(), family) == [TEXT.reader] * 3


@pytest.mark.model
def test_opencv_without_memory_is_out_of_memory() -> None:
    import cv2
    import numpy as np

    ocr = FileOcr(SAMPLES[0], ReadOptions(), "0123456789")
    with pytest.raises(MemoryError, match="Insufficient memory"), ocr._document():
        cv2.resize(np.zeros((2, 2), np.uint8), (2**22, 2**22))
    with pytest.raises(MemoryError, match="bad_alloc"), ocr._document():
        raise cv2.error("std::bad_alloc")
