"""camelot's lattice gives its cells in the places where the first reader has its characters."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.pdf.camelot_reader import camelot_grids
from gongkai.extractors.pdf.pdfium import read_pages
from helpers.pdfs import PdfPage, text, write_pdf

TABLE = "".join(
    f"q 0.5 w {30 + 50 * c} {150 + 20 * r} 50 20 re S Q\n"
    f"{text(40 + 50 * c, 155 + 20 * r, f'{r}{c}')}"
    for r in range(3)
    for c in range(2)
)
UPSIDE_DOWN = f"q -1 0 0 -1 200 300 cm {TABLE}Q\n"
SIDEWAYS = f"q 0 1 -1 0 200 0 cm {TABLE}Q\n"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(PdfPage(TABLE), id="plain"),
        pytest.param(PdfPage(TABLE, media=(-100, -50, 150, 250)), id="media box"),
        pytest.param(PdfPage(UPSIDE_DOWN, rotate=180), id="upside down"),
    ],
)
def test_the_cells_lie_where_the_first_reader_sees_them(tmp_path: Path, page: PdfPage) -> None:
    path = write_pdf(tmp_path / "made.pdf", page)
    pages = read_pages(path)
    [first] = find_grids(pages[0])
    [second] = camelot_grids(path, [replace(pages[0], rules=())])
    assert second.reader == "camelot"
    assert [cell.text for cell in second.cells] == [cell.text for cell in first.cells]
    for one, other in zip(first.cells, second.cells, strict=True):
        assert all(abs(a - b) < 2.5 for a, b in zip(one.box, other.box, strict=True))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(PdfPage(TABLE, crop=(20, 50, 180, 290)), id="crop box"),
        pytest.param(PdfPage(SIDEWAYS, rotate=90), id="turned"),
    ],
)
def test_a_page_camelot_would_misplace_is_passed_over(tmp_path: Path, page: PdfPage) -> None:
    path = write_pdf(tmp_path / "made.pdf", page)
    pages = read_pages(path)
    assert len(find_grids(pages[0])) == 1
    assert list(camelot_grids(path, pages)) == []
