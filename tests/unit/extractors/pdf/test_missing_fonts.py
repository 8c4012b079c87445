"""Pages whose letters have no font at hand are read by a reader that needs none."""

from __future__ import annotations

from msgspec.structs import replace

from gongkai.extractors.pdf.missing_fonts import with_faces
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.text_layer import text_of
from gongkai.families.declared import Family
from gongkai.model import Page, ReadOptions
from gongkai.reading.report import reports_of_pages
from helpers.registry import ROOT

SAMPLE = ROOT / "samples" / "chengjiang-district-2023.pdf"  # its print has two wrong sums


def faceless(page: Page) -> Page:
    """The page as pdfium has it without the font of its Chinese letters: flat, some lost."""
    flat = [replace(c, top=c.bottom - 0.01) if not c.text.isascii() else c for c in page.chars]
    return replace(page, chars=tuple(c for c in flat if c.text != "维"))


def test_letters_without_a_face_are_read_by_pdfplumber() -> None:
    first, *others = read_pages(SAMPLE)
    told = with_faces([faceless(first), *others], SAMPLE)
    assert sorted(text_of(told[0])) == sorted(text_of(first))
    assert [page.reader for page in told] == ["pdfplumber", *("pdfium" for _ in others)]
    assert told[1:] == others


def test_one_reader_is_not_two(family: Family) -> None:
    pages = with_faces([faceless(page) for page in read_pages(SAMPLE)], SAMPLE)
    [report] = reports_of_pages(pages, family, SAMPLE, ReadOptions(ocr="never"))
    failed = list(report.failures("must"))
    assert sorted(check.check_id for check in failed) == [
        "applications.results_sum.total",
        "applications.row_total.granted",
    ]
    assert {check.cause for check in failed} == {"reading"}  # nobody else has seen these cells
