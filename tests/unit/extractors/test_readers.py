"""Readers by name: the order of pipeline.toml is obeyed, and a user can add a reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as with_fields
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.database.codes import READERS
from gongkai.errors import FamilyError, UnreadableFile, UsageError
from gongkai.extractors import readers
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr.recogniser import is_installed
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.readers import PdfiumReader, PdfplumberReader, ReaderOrder, register
from gongkai.families.family import Family
from gongkai.families.settings import USUAL_READERS
from gongkai.loaders.rows import report_rows
from gongkai.model import Grid, Page, ReadOptions, Report
from gongkai.reading.fallback import TableFallback
from gongkai.reading.report import ReportReader, read_reports
from helpers.change import reports_of_pages
from helpers.registry import ROOT

PROVED = ROOT / "samples" / "hexi-county-education-2022.pdf"
WRONG_SUMS = ROOT / "samples" / "chengjiang-district-2023.pdf"  # its print has two wrong sums
SCAN = ROOT / "samples" / "scans" / "jbig2-200.pdf"
NO_OCR = ReadOptions(ocr="never")


class RecordingReader:
    """A reader from outside the package: pdfplumber under another name."""

    def __init__(self) -> None:
        self.asked: list[Sequence[int] | None] = []

    def read(self, path: Path, pages: Sequence[int] | None, options: ReadOptions) -> list[Page]:
        self.asked.append(pages)
        return PdfplumberReader().read(path, pages, options)


class NoGrids:
    """A reader from outside the package that finds no tables."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def grids(self, path: Path, pages: Sequence[Page]) -> list[Grid]:
        assert path == PROVED
        self.asked += [page.number for page in pages]
        return []


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(readers, "_registered", dict(readers._registered))


def with_order(family: Family, *names: str) -> Family:
    settings = family.settings
    order = settings.readers.model_copy(update={"order": names})
    return with_fields(family, settings=settings.model_copy(update={"readers": order}))


def without_labels(page: Page) -> Page:
    """The page with nothing but digits in its tables."""
    boxes = [grid.box for grid in find_grids(page)]
    kept = (
        char
        for char in page.chars
        if char.text.isdigit() or not any(box.contains(char.x0, char.top) for box in boxes)
    )
    return replace(page, chars=tuple(kept))


def second_readers(report: Report) -> set[str]:
    return {attempt.reader for attempt in report.fallback_attempts}


def causes_of_sums(report: Report) -> set[str | None]:
    return {check.cause for check in report.failures("must") if check.expected is not None}


@pytest.fixture(name="no_pictures")
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TableFallback, "with_sightings", lambda _, checked, _report: checked)


def test_nobody_is_asked_about_numbers_that_their_pictures_confirm(family: Family) -> None:
    mine = RecordingReader()
    register("mine", mine)
    [report] = read_reports(WRONG_SUMS, with_order(family, "pdfium", "mine"), NO_OCR)
    assert (mine.asked, second_readers(report)) == ([], {"sight"})
    assert causes_of_sums(report) == {"print"}


def test_the_family_asks_the_built_in_readers(family: Family) -> None:
    assert family.settings.readers.order == USUAL_READERS
    order = ReaderOrder.of(USUAL_READERS)
    assert order.first == readers.NamedPages("pdfium", readers._registered["pdfium"])
    assert isinstance(readers._registered["pdfium"], PdfiumReader)
    assert list(order.grids) == ["camelot"]
    assert list(order.second) == ["pdfplumber"]
    assert list(order.chars) == ["playa"]
    assert order.ocr


@pytest.mark.usefixtures("no_pictures")
def test_a_users_reader_gives_the_second_reading(family: Family) -> None:
    mine = RecordingReader()
    register("mine", mine)
    [report] = read_reports(WRONG_SUMS, with_order(family, "pdfium", "mine"), NO_OCR)
    assert mine.asked == [[3, 4]]
    assert second_readers(report) == {"mine"}
    assert causes_of_sums(report) == {"print"}


def test_a_users_reader_reads_first(family: Family) -> None:
    mine = RecordingReader()
    register("mine", mine)
    [report] = read_reports(PROVED, with_order(family, "mine"), NO_OCR)
    [usual] = read_reports(PROVED, family, NO_OCR)
    assert mine.asked == [None]
    assert {o.reader for o in report.observations} == {"mine"}
    assert [(o.key, o.value) for o in report.observations] == [
        (o.key, o.value) for o in usual.observations
    ]
    assert set(report_rows(report).tables["cell"]["reader"]) == {READERS["other"]}


@pytest.mark.usefixtures("no_pictures")
def test_the_order_is_obeyed(family: Family) -> None:
    """The next second reader is asked only for pages that the one before could not read."""
    mine = RecordingReader()
    register("mine", mine)
    order = with_order(family, "pdfium", "pdfplumber", "mine")
    [report] = read_reports(WRONG_SUMS, order, NO_OCR)
    assert (mine.asked, second_readers(report)) == ([], {"pdfplumber"})
    order = with_order(family, "pdfium", "mine", "pdfplumber")
    [report] = read_reports(WRONG_SUMS, order, NO_OCR)
    assert (mine.asked, second_readers(report)) == ([[3, 4]], {"mine"})


@pytest.mark.usefixtures("no_pictures")
def test_a_reader_that_cannot_read_the_file_leaves_it_to_the_next(family: Family) -> None:
    class Blind:
        def read(self, *_: object) -> list[Page]:
            return []

    register("blind", Blind())
    order = with_order(family, "pdfium", "blind", "pdfplumber")
    [report] = read_reports(WRONG_SUMS, order, NO_OCR)
    assert second_readers(report) == {"pdfplumber"}
    assert causes_of_sums(report) == {"print"}


@pytest.mark.usefixtures("no_pictures")
def test_a_reader_left_out_is_not_asked(family: Family) -> None:
    """Without a second reading, nobody can say that the print is at fault."""
    [report] = read_reports(WRONG_SUMS, with_order(family, "pdfium"), NO_OCR)
    assert second_readers(report) == set()
    assert causes_of_sums(report) == {"reading"}


def test_a_users_reader_offers_grids(family: Family) -> None:
    """Asked where a table has gaps: here it has lost its labels."""
    mine = NoGrids()
    register("mine", mine)
    reader = ReportReader(with_order(family, "pdfium", "mine"), NO_OCR)
    pages = [without_labels(page) for page in read_pages(PROVED)]
    [report] = reports_of_pages(reader, pages, PROVED)
    assert mine.asked
    assert "no help" in {a.outcome for a in report.fallback_attempts if a.reader == "mine"}


def test_without_ocr_in_the_order_a_scan_is_unreadable(family: Family) -> None:
    with pytest.raises(UnreadableFile, match="已要求不识别图片"):
        read_reports(SCAN, with_order(family, "pdfium", "pdfplumber"))


@pytest.mark.model
@pytest.mark.skipif(not is_installed(), reason="the packages for OCR are not installed")
def test_ocr_can_read_first(family: Family) -> None:
    [report] = read_reports(PROVED, with_order(family, "ocr"), ReadOptions(ocr_text=False))
    assert {o.reader for o in report.observations} == {"ocr"}


def test_an_unknown_reader_is_an_error_that_lists_the_known_ones(family: Family) -> None:
    with pytest.raises(
        FamilyError, match=r"'mine'; there are camelot, ocr, pdfium, pdfplumber, playa$"
    ):
        ReportReader(with_order(family, "pdfium", "mine"))


@pytest.mark.parametrize("names", [(), ("camelot", "pdfium"), ("pdfium", "pdfium")])
def test_an_order_without_a_first_page_reader_is_an_error(
    names: tuple[str, ...], family: Family
) -> None:
    with pytest.raises(FamilyError, match="the first one reads pages"):
        ReportReader(with_order(family, *names))


def test_a_report_has_the_date_that_its_file_gives_itself(family: Family) -> None:
    [dated] = read_reports(ROOT / "samples" / "hexi-county-education-2022.pdf", family)
    [undated] = read_reports(ROOT / "samples" / "wuzhong-public-security-2019.pdf", family)
    assert (dated.edition, undated.edition) == ("2024-01-31T09:00:00", None)


def test_a_name_is_registered_once() -> None:
    with pytest.raises(UsageError, match="registered already"):
        register("pdfium", RecordingReader())


def test_what_cannot_read_is_no_reader() -> None:
    with pytest.raises(UsageError, match="no `read`, `grids` or `chars`"):
        register("mine", object())  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_pictures")
def test_a_reader_is_found_by_its_entry_point(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that worker processes find it; looked up only for a name that is not registered."""
    looked_up: list[str] = []
    mine = EntryPoint("mine", f"{__name__}:RecordingReader", readers.ENTRY_POINTS)

    def entry_points(*, group: str, name: str) -> Iterator[EntryPoint]:
        looked_up.append(name)
        yield from EntryPoints([mine]).select(group=group, name=name)

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", lambda _: RecordingReader)
    [report] = read_reports(WRONG_SUMS, with_order(family, "pdfium", "mine"), NO_OCR)
    assert second_readers(report) == {"mine"}
    assert looked_up == ["mine"]
