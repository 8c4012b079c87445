"""The most memory that a hostile picture, query or workbook takes. Figures: docs/reliability.md."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from gongkai.database.connection import open_for_writing
from helpers.hostile import HOSTILE, document
from helpers.memory import MEGABYTE, most_held

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform != "linux", reason="measured by /proc"),
]


@pytest.mark.parametrize("name", ["bomb-image", "bomb-image-rgb", "image-false-size"])
def test_a_picture_that_is_a_bomb_is_not_unpacked(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(HOSTILE[name]())
    read = "from gongkai.extractors.pdf.pdfium import read_pages"
    assert most_held(read, f"read_pages(Path({str(path)!r}))") < 80 * MEGABYTE


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_query_with_long_rows_holds_few_of_them(tmp_path: Path, form: str) -> None:
    db = tmp_path / "a.db"
    open_for_writing(db).dispose()
    endless = (
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) "
        "SELECT hex(zeroblob(1000000)) FROM n"
    )
    arguments = ["gongkai", "query", endless, "--db", str(db), "--max-rows", "80"]
    arguments += ["--format", form, "--output", str(tmp_path / "out")]
    run = f"sys.argv = {arguments!r}", "from gongkai.cli import main", "main()"
    assert most_held("import sys", *run) < 120 * MEGABYTE


def test_a_workbook_with_one_cell_at_its_far_end_is_read_by_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook(write_only=True)
    book.create_sheet("核定").append(["a"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 2_000))
    rows += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    read = "from gongkai.review.workbook import read_review_workbook"
    call = f"read_review_workbook(Path({str(path)!r}), '甲', [])"
    assert most_held(read, call) < 130 * MEGABYTE


def test_widths_of_all_codes_there_could_be_are_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
    own = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW2 [880 -1000] "
    own += b"/W [0 2000000000 500 3 [700]] /W2 [0 2000000000 -500 1 1] >>"
    path.write_bytes(document(b"", own, font=font + b"/DescendantFonts [6 0 R] >>"))
    assert (
        most_held(
            "from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber",
            f"read_with_pdfplumber(Path({str(path)!r}), [1])",
        )
        < 150 * MEGABYTE
    )
