"""The steps by which a report's tables are read, each with every outcome it can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.page_pictures import PagePictures, page_pictures
from gongkai.extractors.pdf.pdfplumber_reader import chars_inside
from gongkai.extractors.readers import CamelotReader, PdfplumberReader, ReaderOrder
from gongkai.families.family import Family
from gongkai.model import Box, Check, FallbackAttempt, Key, Observation, Page, ReadOptions
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.values import TableReading
from gongkai.reading.fallback import CheckedTables, ReadTables, TableFallback
from gongkai.reading.report import ReportReader
from gongkai.reading.second_reading import SecondReads
from gongkai.reading.sight.claims import ClaimedTables
from gongkai.reading.sight.sightings import Sighting
from gongkai.reading.sight.witness import SightWitness
from gongkai.reading.zones import ReportPages
from helpers.change import reports_of_pages
from helpers.draw import LEFT, UP, draw_table, make_page, write
from helpers.forms import REVIEW_VALUES, application_values, review, whole_report
from helpers.pdfs import write_pdf

VALUES = application_values(1)
CELL = Key("applications", "granted", "total")
WRONG = VALUES | {("granted", "total"): 999}
PATH = Path("made.pdf")


@dataclass(frozen=True)
class ShownPages(FileOcr):
    """OCR that reads these pages, whatever the file holds."""

    shown: tuple[Page, ...] = ()

    @property
    def available(self) -> bool:
        return bool(self.shown)

    def reread_pages(self, pages: Iterable[Page]) -> list[Page]:
        numbers = {page.number for page in pages}
        return [replace(p, reader="ocr") for p in self.shown if p.number in numbers]

    def read_cells(
        self,
        places: Sequence[tuple[int, Box]],
        texts: Sequence[str],  # noqa: ARG002
    ) -> list[tuple[str, float]]:
        pages = {page.number: page for page in self.shown}
        return [
            ("".join(c.text for c in chars_inside(box, pages[number].chars)), 0.99)
            for number, box in places
        ]


def shown(pages: Sequence[Page] = ()) -> FileOcr:
    return ShownPages(PATH, ReadOptions(), "0123456789", shown=tuple(pages))


class _Recorded(TableFallback):
    """Keeps the pages of the last report."""

    report: ReportPages

    def read_tables(self, report: ReportPages, _: FileOcr) -> CheckedTables:
        self.report = report
        return super().read_tables(report, shown())


@pytest.fixture(name="fallback")
def _fallback(family: Family, monkeypatch: pytest.MonkeyPatch) -> TableFallback:
    monkeypatch.setattr(CamelotReader, "grids", lambda *_: [])
    monkeypatch.setattr(PdfplumberReader, "read", lambda *_: [])
    return TableFallback(
        family, TableReader(family), ReaderOrder.of(("pdfium", "camelot", "pdfplumber", "ocr"))
    )


@pytest.fixture(name="report_of")
def _report_of(fallback: TableFallback, family: Family) -> Callable[[Sequence[Page]], ReportPages]:
    """The pages of a report with its lines and zones, as ReportReader finds them."""
    del fallback  # its readers read nothing

    def found(pages: Sequence[Page]) -> ReportPages:
        reader = ReportReader(family, ReadOptions(ocr="never"))
        reader._tables = recorded = _Recorded(
            family, TableReader(family), ReaderOrder.of(("pdfium",))
        )
        reports_of_pages(reader, pages, PATH)
        return recorded.report

    return found


ReportOf = Callable[[Sequence[Page]], ReportPages]
Sightings = dict[Key, Sighting]


def scanned(pages: Sequence[Page], confidence: float = 0.99) -> list[Page]:
    return [
        replace(p, reader="ocr", chars=tuple(replace(c, confidence=confidence) for c in p.chars))
        for p in pages
    ]


def second_reads(report: ReportPages, second: Sequence[Page]) -> SecondReads:
    """Second readings by a reader that reads the given pages."""

    class Second:
        def read(self, _path: Path, pages: Sequence[int] | None, _: ReadOptions) -> list[Page]:
            return [page for page in second if pages is None or page.number in pages]

    return SecondReads(report.pages, {"pdfplumber": Second()}, shown(second))


@dataclass
class CharsOf:
    """A reader of characters that finds those of other pages."""

    pages: Sequence[Page]

    def chars(self, _path: Path, pages: Sequence[Page]) -> list[Page]:
        found = {page.number: page.chars for page in self.pages}
        return [replace(p, chars=found[p.number], rules=(), reader="mine") for p in pages]


def without_labels(pages: Sequence[Page]) -> list[Page]:
    """The pages with nothing but digits in their tables."""
    kept = []
    for page in pages:
        boxes = [grid.box for grid in find_grids(page)]
        inside = {c for box in boxes for c in chars_inside(box, page.chars)}
        chars = (c for c in page.chars if c.text.isdigit() or c not in inside)
        kept.append(replace(page, chars=tuple(chars)))
    return kept


def failed(checked: CheckedTables) -> dict[str, Check]:
    return {c.check_id: c for c in checked.checks if c.status == "fail"}


def outcomes(attempts: Iterable[FallbackAttempt]) -> set[tuple[str, str, str]]:
    return {(a.reader, a.table, a.outcome) for a in attempts}


def state(cell: Observation) -> tuple[str, str]:
    return cell.state, str(cell.value)


# ------------------------------------------------------------ read_ruled_tables


def test_ruled_tables_need_no_attempt(fallback: TableFallback, report_of: ReportOf) -> None:
    tables = fallback.read_ruled_tables(report_of(whole_report(VALUES)))
    assert sorted(tables.readings) == ["applications", "proactive_disclosure", "review_litigation"]
    assert tables.attempts == tables.others == tables.unruled == ()
    assert len(tables.cells()) == 200


def test_a_number_outside_the_grids_is_a_leftover(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    pages = whole_report(VALUES)
    stray = write("417", 300.0, pages[1].chars[-1].bottom + 40.0)
    pages[1] = replace(pages[1], chars=(*pages[1].chars, *stray))
    reading = fallback.read_ruled_tables(report_of(pages)).readings["applications"]
    assert [left.text for left in reading.leftovers] == ["417"]
    assert all(o.flagged for o in reading.observations if o.state in ("blank", "mark"))


# ------------------------------------------------------------ with_better_grids


def test_complete_tables_are_not_laid_out_again(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(whole_report(VALUES))
    tables = fallback.read_ruled_tables(report)
    assert fallback.with_better_grids(tables, report, shown()) is tables


def test_text_without_rules_gives_a_better_grid(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    pages = whole_report(VALUES)
    report = report_of([replace(pages[0], rules=()), *pages[1:]])
    before = fallback.read_ruled_tables(report)
    after = fallback.with_better_grids(before, report, shown())
    assert outcomes(after.attempts) == {("aligned", "proactive_disclosure", "better grid")}
    unread = before.readings["proactive_disclosure"]
    assert unread.leftovers and not unread.observations
    assert before.attempts == before.unruled == ()  # a step changes nothing it was given
    whole = fallback.read_ruled_tables(report_of(pages)).cells()
    assert {k: state(o) for k, o in after.cells().items()} == {
        k: state(o) for k, o in whole.items()
    }
    assert 1 in {grid.page for grid in after.unruled}


def test_a_table_with_rows_and_columns_exchanged_is_read(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    pages = whole_report(VALUES)
    whole = fallback.read_ruled_tables(report_of(pages)).cells()
    other = {LEFT: UP, UP: LEFT}
    columns = [
        [other.get(text, text) for text in c] for c in zip(*review(REVIEW_VALUES), strict=True)
    ]
    headings = [c for c in pages[2].chars if c.baseline < 60.0]
    pages[2] = make_page(headings, draw_table(columns, top=80.0), number=3)
    report = report_of(pages)
    before = fallback.read_ruled_tables(report)
    after = fallback.with_better_grids(before, report, shown())
    assert outcomes(after.attempts) == {("transposed", "review_litigation", "better grid")}
    assert {k: state(o) for k, o in after.cells().items()} == {
        k: state(o) for k, o in whole.items()
    }
    [grid] = after.readings["review_litigation"].grids
    numbers = [o for o in after.cells().values() if o.key.table == "review_litigation"]
    assert all(grid.box.contains(*o.box.middle) for o in numbers)


def test_a_grid_reader_gives_a_better_grid(
    fallback: TableFallback, report_of: ReportOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = whole_report(VALUES)
    monkeypatch.setattr(CamelotReader, "grids", lambda *_: find_grids(pages[1]))
    report = report_of(without_labels(pages))
    tables = fallback.read_ruled_tables(report)
    tables = fallback.with_better_grids(tables, report, shown())
    assert ("camelot", "applications", "better grid") in outcomes(tables.attempts)
    cells = tables.readings["applications"].observations
    assert len(cells) > 100
    assert {o.reader for o in cells} == {"camelot"}


def test_grids_without_labels_are_no_help(fallback: TableFallback, report_of: ReportOf) -> None:
    report = report_of(without_labels(whole_report(VALUES)))
    tables = fallback.read_ruled_tables(report)
    tables = fallback.with_better_grids(tables, report, shown())
    assert {
        ("aligned", "applications", "no help"),
        ("camelot", "applications", "no help"),
    } <= outcomes(tables.attempts)
    assert not tables.cells()


# -------------------------------------------------------------- with_second_ocr


def test_pages_with_text_are_not_read_again_by_ocr(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(whole_report(WRONG))
    tables = fallback.read_ruled_tables(report)
    assert fallback.with_second_ocr(tables, report, second_reads(report, ())) is tables


def test_a_certain_scan_is_not_read_again(fallback: TableFallback, report_of: ReportOf) -> None:
    report = report_of(scanned(whole_report(VALUES)))
    tables = fallback.read_ruled_tables(report)
    after = fallback.with_second_ocr(tables, report, second_reads(report, ()))
    assert after == tables


def test_the_better_reading_of_a_scan_counts(fallback: TableFallback, report_of: ReportOf) -> None:
    """Where the second is no better, its cells are kept to be merged with the first ones."""
    good, wrong = scanned(whole_report(VALUES)), scanned(whole_report(WRONG))
    value = str(VALUES["granted", "total"])
    report = report_of(wrong)
    before = fallback.read_ruled_tables(report)
    after = fallback.with_second_ocr(before, report, second_reads(report, good))
    assert outcomes(after.attempts) == {("ocr", "applications", "better grid")}
    assert (str(after.cells()[CELL].value), str(after.second[CELL].value)) == (value, "999")
    assert str(before.cells()[CELL].value) == "999"

    after = fallback.with_second_ocr(before, report, second_reads(report, wrong))
    assert outcomes(after.attempts) == {("ocr", "applications", "no help")}
    assert str(after.second[CELL].value) == "999"


# --------------------------------------------------------------------- checked


def test_two_readings_of_a_scan_are_merged_before_the_checks(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(scanned(whole_report(WRONG)))
    tables = fallback.read_ruled_tables(report)
    good = fallback.read_ruled_tables(report_of(scanned(whole_report(VALUES)))).cells()
    assert CELL in {
        key for c in failed(fallback.checked(tables, report)).values() for key in c.cells
    }
    merged = fallback.checked(with_fields(tables, second=good), report)
    assert failed(merged) == {}


def test_a_missing_table_fails_as_incomplete(fallback: TableFallback, report_of: ReportOf) -> None:
    report = report_of(whole_report(VALUES))
    readings = fallback.read_ruled_tables(report).readings
    kept = {table: r for table, r in readings.items() if table != "review_litigation"}
    checked = fallback.checked(ReadTables(kept), report)
    assert failed(checked)["review_litigation.complete.cells"].cause == "print"
    assert "review_litigation" not in checked.forms


def test_numbers_of_a_table_that_is_not_read_are_no_fault_of_the_print(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    pages = whole_report(VALUES)
    headings = [c for c in pages[2].chars if c.baseline < 60.0]
    rows = [write(text, x, y) for y in (80.0, 110.0) for x, text in ((60.0, "维持"), (200.0, "7"))]
    pages[2] = make_page(headings, *rows, number=3)
    report = report_of(pages)
    tables = fallback.read_ruled_tables(report)
    assert [left.text for left in tables.readings["review_litigation"].leftovers] == ["7", "7"]
    checks = failed(fallback.checked(tables, report))
    assert checks["review_litigation.complete.cells"].cause == "reading"
    assert "review_litigation.coverage.numbers" in checks


def test_a_table_without_cells_has_no_form(fallback: TableFallback, report_of: ReportOf) -> None:
    report = report_of(whole_report(VALUES))
    readings = fallback.read_ruled_tables(report).readings
    empty = {**readings, "review_litigation": TableReading("review_litigation")}
    forms = fallback.checked(ReadTables(empty), report).forms
    assert forms.keys() == readings.keys() - {"review_litigation"}


# ----------------------------------------------------------------- with_causes


def test_proved_tables_need_no_second_reader(fallback: TableFallback, report_of: ReportOf) -> None:
    report = report_of(whole_report(VALUES))
    checked = fallback.checked(fallback.read_ruled_tables(report), report)
    assert fallback.with_causes(checked, report, second_reads(report, ())) is checked


@pytest.mark.parametrize(("second", "cause"), [(WRONG, "print"), (VALUES, "reading")])
def test_the_second_reader_tells_the_cause(
    second: dict[tuple[str, str], int], cause: str, fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(whole_report(WRONG))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    pages = [replace(page, reader="pdfplumber") for page in whole_report(second)]
    after = fallback.with_causes(before, report, second_reads(report, pages))
    assert {check.cause for check in failed(after).values()} == {cause}
    assert after.observations[CELL].flagged == (cause == "reading")
    assert outcomes(after.attempts) == {("pdfplumber", "applications", cause)}
    assert {check.cause for check in failed(before).values()} == {None}


def test_a_second_reader_without_grids_reads_the_cells_of_the_first(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(whole_report(WRONG))
    checked = fallback.checked(fallback.read_ruled_tables(report), report)
    pages = [replace(page, reader="pdfplumber", rules=()) for page in whole_report(WRONG)]
    checked = fallback.with_causes(checked, report, second_reads(report, pages))
    assert {check.cause for check in failed(checked).values()} == {"print"}


def test_flags_without_a_failure_need_no_second_reader(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(whole_report(VALUES))
    checked = fallback.checked(fallback.read_ruled_tables(report), report)
    cells = checked.observations
    flagged = {**cells, CELL: replace(cells[CELL], flagged=True, doubt="标签相近")}
    before = with_fields(checked, observations=flagged)
    pages = [replace(page, reader="pdfplumber") for page in whole_report(VALUES)]
    assert fallback.with_causes(before, report, second_reads(report, pages)) is before


def test_a_table_in_doubt_is_read_by_a_reader_of_tables(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    """Readers of characters find those in the cells of the first reading, right or wrong."""
    report = report_of(whole_report(WRONG))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    whole = [replace(page, reader="pdfplumber") for page in whole_report(WRONG)]
    reads = second_reads(report, whole)
    reads.chars = {"mine": CharsOf(whole_report(WRONG))}
    after = fallback.with_causes(before, report, reads)
    assert outcomes(after.attempts) == {("mine", "applications", "print")}
    cells = before.observations
    flagged = {**cells, CELL: replace(cells[CELL], flagged=True, doubt="标签相近")}
    doubted = with_fields(before, observations=flagged)
    after = fallback.with_causes(doubted, report, reads)
    assert outcomes(after.attempts) == {("pdfplumber", "applications", "print")}


@pytest.mark.parametrize(("displayed", "cause"), [(WRONG, "print"), (VALUES, "reading")])
def test_cells_that_ocr_finds_on_the_page_need_no_second_reader(
    displayed: dict[tuple[str, str], int],
    cause: str,
    fallback: TableFallback,
    report_of: ReportOf,
) -> None:
    report = report_of(whole_report(WRONG))
    checked = fallback.checked(fallback.read_ruled_tables(report), report)
    checked = fallback.with_ocr_comparison(checked, shown(whole_report(displayed)))
    checked = fallback.with_causes(checked, report, SecondReads(report.pages, {}, shown()))
    assert {check.cause for check in failed(checked).values()} == {cause}
    assert ("ocr", "applications", cause) in outcomes(checked.attempts)


def test_without_a_second_reader_the_reading_is_to_blame(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(whole_report(WRONG))
    checked = fallback.checked(fallback.read_ruled_tables(report), report)
    checked = fallback.with_causes(checked, report, SecondReads(report.pages, {}, shown()))
    assert {check.cause for check in failed(checked).values()} == {"reading"}


# --------------------------------------------------------- with_ocr_confidence


@pytest.mark.parametrize(("confidence", "flagged"), [(0.99, False), (0.2, True)])
def test_cells_of_a_scan_are_flagged_by_confidence(
    confidence: float, flagged: bool, fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(scanned(whole_report(VALUES), confidence))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    after = fallback.with_ocr_confidence(before)
    assert after.observations[CELL].flagged == flagged
    assert not before.observations[CELL].flagged


# ------------------------------------------------------------ with_drawn_cells


def test_drawn_numbers_are_checked_like_those_of_a_scan(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    pages = whole_report(VALUES)
    report = report_of(pages)
    read = fallback.checked(fallback.read_ruled_tables(report), report)
    blank = replace(read.observations[CELL], state="blank", value=None, raw_text="", flagged=True)
    drawn = with_fields(
        read, observations={**read.observations, CELL: blank}, drawn=frozenset([CELL])
    )
    after = fallback.with_drawn_cells(drawn, shown(pages))
    assert after.observations[CELL].value == VALUES["granted", "total"]
    assert not after.observations[CELL].flagged
    assert not [c for c in after.checks if c.status == "fail" and c.severity == "must"]
    wrong = fallback.with_drawn_cells(drawn, shown(whole_report(WRONG)))
    assert wrong.observations[CELL].flagged


# ------------------------------------------------------------------ with_ocr_comparison, with_sight


def compared_with_page(
    fallback: TableFallback, checked: CheckedTables, ocr: FileOcr
) -> CheckedTables:
    return fallback.with_sight(fallback.with_ocr_comparison(checked, ocr))


@pytest.mark.parametrize(("displayed", "outcome"), [(WRONG, "print"), (VALUES, "reading")])
def test_the_displayed_page_decides_about_the_text_layer(
    displayed: dict[tuple[str, str], int],
    outcome: str,
    fallback: TableFallback,
    report_of: ReportOf,
) -> None:
    report = report_of(whole_report(WRONG))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    after = compared_with_page(fallback, before, shown(whole_report(displayed)))
    assert outcomes(after.attempts) == {("ocr", "applications", outcome)}
    assert bool(after.conflicts) == after.observations[CELL].flagged == (outcome == "reading")
    assert before.attempts == ()


def test_cells_of_passing_identities_are_not_read_by_ocr(
    fallback: TableFallback, report_of: ReportOf
) -> None:
    report = report_of(whole_report(VALUES))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    after = compared_with_page(fallback, before, shown(whole_report(WRONG)))
    assert (after.attempts, after.conflicts) == ((), frozenset())


def test_without_ocr_nobody_looks_at_the_page(fallback: TableFallback, report_of: ReportOf) -> None:
    report = report_of(whole_report(WRONG))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    after = compared_with_page(fallback, before, shown())
    assert (after.attempts, after.conflicts) == ((), frozenset())


def test_ocr_is_not_asked_about_cells_of_failing_sums_that_are_seen(
    fallback: TableFallback, report_of: ReportOf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = report_of(whole_report(WRONG))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    asked: list[ClaimedTables] = []

    def look(_: SightWitness, tables: ClaimedTables, _pictures: PagePictures) -> Sightings:
        asked.append(tables)
        return dict.fromkeys(tables.asked, Sighting("agrees"))

    monkeypatch.setattr(SightWitness, "look", look)
    monkeypatch.setattr(ShownPages, "read_cells", None)
    with page_pictures(write_pdf(tmp_path / "blank.pdf", "")) as pictures:
        seen = with_fields(report, pictures=pictures)
        after = compared_with_page(
            fallback, fallback.with_sightings(before, seen), shown(whole_report(WRONG))
        )
    [tables] = asked
    assert {*tables.asked} == {key for c in failed(before).values() for key in c.cells}
    assert after.attempts == ()
    assert CELL in after.seen
    assert not any(before.observations[key].value == 0 for key in after.seen)


@pytest.mark.parametrize(("reason", "is_left"), [("overlap", False), ("other_digit", True)])
def test_ocr_proves_nothing_about_what_is_no_single_number(
    fallback: TableFallback,
    report_of: ReportOf,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    reason: str,
    is_left: bool,
) -> None:
    report = report_of(whole_report(WRONG))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    monkeypatch.setattr(SightWitness, "look", lambda *_: {CELL: Sighting("doubt", reason)})
    with page_pictures(write_pdf(tmp_path / "blank.pdf", "")) as pictures:
        seen = with_fields(report, pictures=pictures)
        after = compared_with_page(
            fallback, fallback.with_sightings(before, seen), shown(whole_report(VALUES))
        )
    assert (after.conflicts == {CELL}) == is_left


def test_ocr_is_asked_once_about_a_cell(
    fallback: TableFallback, report_of: ReportOf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = report_of(whole_report(WRONG))
    before = fallback.checked(fallback.read_ruled_tables(report), report)
    unclear = dict.fromkeys(before.observations, Sighting("unknown"))
    monkeypatch.setattr(SightWitness, "look", lambda *_: unclear)
    asked: list[tuple[int, Box]] = []
    ocr = shown(whole_report(WRONG))
    read_cells = ocr.read_cells

    def counted(places: Sequence[tuple[int, Box]], texts: Sequence[str]) -> list[tuple[str, float]]:
        asked.extend(places)
        return read_cells(places, texts)

    object.__setattr__(ocr, "read_cells", counted)
    with page_pictures(write_pdf(tmp_path / "blank.pdf", "")) as pictures:
        seen = with_fields(report, pictures=pictures)
        after = compared_with_page(fallback, fallback.with_sightings(before, seen), ocr)
    assert len(asked) == len(set(asked)) == len(before.observations)
    numbers = {key for key, cell in before.observations.items() if cell.value}
    assert after.seen == dict.fromkeys(numbers, True)
