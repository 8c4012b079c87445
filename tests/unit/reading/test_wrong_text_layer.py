"""A text layer that differs from the displayed page: it is reported, and OCR reads the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.extractors import readers
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.pdfplumber_reader import chars_inside
from gongkai.families.family import Family
from gongkai.model import Box, Key, Page, ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.change import patched_readers, reports_of_pages
from helpers.forms import application_values, whole_report

DISPLAYED = application_values(1)
CELL = Key("applications", "granted", "total")
IN_TEXT = DISPLAYED | {("granted", "total"): 999}


class _Sight(FileOcr):
    """OCR that returns these pages."""

    print: Sequence[Page] = ()
    scans: Sequence[Page] = ()

    @property
    def available(self) -> bool:
        return True

    def read_pages(self, pages: Sequence[Page]) -> list[Page]:
        return [page for page in self.scans if page.number in {p.number for p in pages}]

    def reread_pages(self, pages: Iterable[Page]) -> list[Page]:
        return list(pages)

    def read_cells(
        self,
        places: Sequence[tuple[int, Box]],
        texts: object,  # noqa: ARG002
    ) -> list[tuple[str, float]]:
        pages = {page.number: page for page in self.print}
        return [
            ("".join(c.text for c in chars_inside(box, pages[number].chars)), 0.99)
            for number, box in places
        ]


def _read(
    said: Sequence[Page],
    seen: Sequence[Page],
    family: Family,
    monkeypatch: pytest.MonkeyPatch,
    scans: Sequence[Page] | None = None,
) -> Report:
    sight = _Sight(Path("x.pdf"), ReadOptions(), "0123456789")
    object.__setattr__(sight, "print", seen)
    as_scans = [replace(p, reader="ocr") for p in (seen if scans is None else scans)]
    object.__setattr__(sight, "scans", as_scans)
    monkeypatch.setattr(readers, "FileOcr", lambda *_: sight)
    with patched_readers(said):
        [report] = reports_of_pages(ReportReader(family), said, Path("x.pdf"))
    return report


def _cell(report: Report) -> tuple[str, str, bool]:
    [cell] = [o for o in report.observations if o.key == CELL]
    return str(cell.value), cell.reader, cell.flagged


def test_it_is_read_as_displayed(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    report = _read(whole_report(IN_TEXT), whole_report(DISPLAYED), family, monkeypatch)
    assert _cell(report)[:2] == (str(DISPLAYED["granted", "total"]), "ocr")
    assert "text_layer_lies" in {problem.code for problem in report.problems}
    assert not list(report.failures("must"))


def test_a_misprint_is_no_conflict(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    report = _read(whole_report(IN_TEXT), whole_report(IN_TEXT), family, monkeypatch)
    assert _cell(report) == ("999", whole_report(IN_TEXT)[0].reader, False)
    assert report.status == "print_fault"


def test_if_fewer_identities_hold_by_ocr_the_text_counts_and_the_cell_is_flagged(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    worse = DISPLAYED | {("granted", "total"): 5, ("granted", "natural_person"): 777}
    report = _read(
        whole_report(IN_TEXT), whole_report(DISPLAYED), family, monkeypatch, whole_report(worse)
    )
    assert _cell(report) == ("999", whole_report(IN_TEXT)[0].reader, True)
    [cell] = [o for o in report.observations if o.key == CELL]
    assert "页面上看到的是" in (cell.doubt or "")
    assert report.status == "doubtful"


def test_a_layer_without_any_number_is_compared_with_the_page(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digits mapped to blanks: no identity fails, since there is nothing to add up. An identity
    that fails once OCR reads the digits is no reason to prefer the blanks."""
    seen = whole_report(IN_TEXT)
    said = [
        replace(p, chars=tuple(c for c in p.chars if not c.text.isdigit() or c.size > 15))
        for p in seen
    ]
    report = _read(said, seen, family, monkeypatch)
    assert _cell(report)[:2] == ("999", "ocr")
