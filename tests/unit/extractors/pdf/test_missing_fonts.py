"""Pages with a missing font are read by pdfplumber, which needs no font."""

from __future__ import annotations

from msgspec.structs import replace

from gongkai.extractors.pdf.missing_fonts import reread_missing_fonts
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.text_layer import page_text
from gongkai.families.family import Family
from gongkai.model import Page, ReadOptions
from gongkai.reading.report import ReportReader
from helpers.registry import ROOT

SAMPLE = ROOT / "samples" / "chengjiang-district-2023.pdf"  # printed with two wrong sums


def without_font(page: Page) -> Page:
    """The page as pdfium reads it without the font: flat Chinese letters, some lost."""
    flat = [replace(c, top=c.bottom - 0.01) if not c.text.isascii() else c for c in page.chars]
    return replace(page, chars=tuple(c for c in flat if c.text != "维"))


def test_letters_of_a_missing_font_are_read_by_pdfplumber() -> None:
    first, *others = read_pages(SAMPLE)
    reread = reread_missing_fonts([without_font(first), *others], SAMPLE)
    assert sorted(page_text(reread[0])) == sorted(page_text(first))
    assert [page.reader for page in reread] == ["pdfplumber", *("pdfium" for _ in others)]
    assert reread[1:] == others


def test_one_reader_is_not_two(family: Family) -> None:
    pages = reread_missing_fonts([without_font(page) for page in read_pages(SAMPLE)], SAMPLE)
    [report] = ReportReader(family, ReadOptions(ocr="never")).reports_of_pages(pages, SAMPLE)
    failed = list(report.failures("must"))
    assert sorted(check.check_id for check in failed) == [
        "applications.results_sum.total",
        "applications.row_total.granted",
    ]
    assert {check.cause for check in failed} == {"reading"}  # no second reader has read these cells
