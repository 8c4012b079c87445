"""The digits of a page's number cells, cut out one by one."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest

from gongkai.extractors.ocr.cell_digits import HEIGHT, WIDTH, cut_digits
from gongkai.extractors.ocr.cleaning import CleanBitmaps
from gongkai.extractors.ocr.digit_places import DigitPlace
from gongkai.model import Box
from helpers.pdfs import text, write_pdf

CELL = Box(20, 80, 90, 120)  # points from the top left; the page is 300 points high


def _cut(tmp_path: Path, printed: str, claimed: str, box: Box = CELL) -> dict[int, list[object]]:
    path = write_pdf(tmp_path / "x.pdf", text(30, 195, printed))
    with pdfium.PdfDocument(path) as document:
        return cut_digits(CleanBitmaps(document), [DigitPlace(1, box, claimed, "cells", None)])


@pytest.mark.parametrize("claimed", ["417", "999"])
def test_each_digit_has_a_window_of_one_size(claimed: str, tmp_path: Path) -> None:
    [windows] = _cut(tmp_path, "417", claimed).values()
    assert [window.shape for window in windows] == [(HEIGHT, WIDTH)] * 3
    for window in windows:
        rows, columns = window.nonzero()
        assert abs((rows.min() + rows.max()) / 2 - HEIGHT / 2) < 2
        assert abs((columns.min() + columns.max()) / 2 - WIDTH / 2) < 2
        assert 15 < rows.max() - rows.min() < 26


def test_a_point_is_no_digit(tmp_path: Path) -> None:
    [windows] = _cut(tmp_path, "4.7", "4.7").values()
    assert len(windows) == 2


@pytest.mark.parametrize("claimed", ["41", "4175", "4.17", ""])
def test_a_number_of_other_pieces_is_left_out(claimed: str, tmp_path: Path) -> None:
    assert not _cut(tmp_path, "417", claimed)


def test_an_empty_cell_is_left_out(tmp_path: Path) -> None:
    assert not _cut(tmp_path, "417", "0", Box(120, 80, 190, 120))


def test_a_page_on_its_side_is_cut_upright(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", text(30, 195, "417"))
    upside_down = (-1.0, 0.0, 300.0, 0.0, -1.0, 300.0)
    turned = Box(300 - CELL.x1, 300 - CELL.bottom, 300 - CELL.x0, 300 - CELL.top)
    with pdfium.PdfDocument(path) as document:
        places = [
            DigitPlace(1, CELL, "417", "cells", None),
            DigitPlace(1, turned, "417", "cells", upside_down),
        ]
        bitmaps = CleanBitmaps(document)
        one, other = cut_digits(bitmaps, places[:1]), cut_digits(bitmaps, places[1:])
    # the last digit of the turned number is the first, upside down
    difference = abs(one[0][0] - other[0][-1][::-1, ::-1]).mean()
    assert difference < 0.3 * one[0][0].mean()
