"""Every misprint is reported: numbers changed by one, swapped labels, lost rows.

The pages of each report are read once. A test changes characters on them and reads the report
again from the changed pages: grids, labels, numbers, identities.

The file on disk does not change, so further readers, which open the file, would read other
numbers than those on the changed pages. In a file with a misprint, all readers read the
misprint. Further readers are therefore replaced by ones that read the changed pages; the other
golden tests check with the real readers which cause they give.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

import pytest

from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.families.family import Family
from gongkai.model import Cell, Grid, Key, Observation, Page, ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.change import (
    Pages,
    UnchangedPages,
    blanked,
    cell_at,
    grids_of,
    number_chars,
    page_of,
    patched_readers,
    replaced,
    reports_of_pages,
    swapped,
    with_page,
    within,
)
from helpers.registry import SAMPLES, real_report
from helpers.truth import squeezed

# The tests change the characters that were read. The page image still shows the original number,
# which OCR would read.
UNSEEN = ReadOptions(ocr="never")
REAL, WHY_NOT = real_report()
FILES = [
    *(pytest.param(path, id=path.stem) for path in SAMPLES),
    pytest.param(
        REAL, id="hongze-district-2023", marks=pytest.mark.skipif(REAL is None, reason=WHY_NOT)
    ),
]


@dataclass
class Case:
    """One report with its unchanged pages and their reading."""

    pages: list[Page]
    family: Family
    path: Path
    report: Report
    grids: dict[int, list[Grid]]

    @cached_property
    def reader(self) -> ReportReader:
        reader = ReportReader(self.family, UNSEEN)
        prose, _ = reader.prose
        figures = cache(prose.figures)  # the text outside the tables does not change
        prose.figures = lambda paragraphs: figures(tuple(paragraphs))  # type: ignore[method-assign]
        return reader

    @cached_property
    def unchanged(self) -> UnchangedPages:
        return UnchangedPages(self.pages)

    def read(self, pages: Pages) -> Report:
        """Read the report from changed pages."""
        with patched_readers(pages, self.unchanged):
            [report] = reports_of_pages(self.reader, pages, self.path)
        return report

    def numbers(self, *tables: str) -> list[Observation]:
        return [
            o for o in self.report.observations if o.key.table in tables and o.state == "number"
        ]

    @cached_property
    def misprints(self) -> list[tuple[Observation, Decimal, Report]]:
        """Each number of sections 三 and 四 changed by one: cell, new number, reading."""
        made = []
        for seen in self.numbers("applications", "review_litigation"):
            pages, value = printed_plus_one(self, seen)
            made.append((seen, value, self.read(pages)))
        return made

    @cached_property
    def swaps(self) -> list[tuple[str, str, Report]]:
        """Pairs of rows of section 三 with their printed labels swapped."""
        labels = self.label_cells()
        return [
            (one, other, self.read(swapped(self.pages, labels[one], labels[other])))
            for one, other in pairs(list(labels), seed=7)
        ]

    def label_cells(self) -> dict[str, tuple[int, Cell]]:
        """The innermost label cell of each row of section 三, with its page."""
        found: dict[str, tuple[int, Cell]] = {}
        for o in self.report.observations:
            if o.key.table != "applications" or o.key.row in found:
                continue
            x, y = o.box.x0, (o.box.top + o.box.bottom) / 2
            cell = None
            while cell is None or not cell.text.strip() or _is_number(cell):
                x -= 3.0
                cell = cell_at(self.grids, o.page, x, y)
            found[o.key.row] = (o.page, cell)
        return found


def _is_number(cell: Cell) -> bool:
    return cell.text.strip().replace(".", "").lstrip("+-").isdigit()


_CASES: dict[Path, Case] = {}


@pytest.fixture(params=FILES)
def case(request: pytest.FixtureRequest, family: Family) -> Case:
    path: Path = request.param
    if path not in _CASES:
        pages = read_pages(path)
        [report] = reports_of_pages(ReportReader(family, UNSEEN), pages, path)
        _CASES[path] = Case(pages, family, path, report, grids_of(pages))
    return _CASES[path]


def failing_over(report: Report) -> set[Key]:
    """Return the cells that a failing ``must`` check covers."""
    return {key for check in report.failures("must") for key in check.cells}


def silent_errors(report: Report, truth: dict[Key, Observation]) -> list[str]:
    """Return the wrong values that no flag and no check reports: the worst kind of error."""
    covered = failing_over(report)
    return [
        f"{o.key}: {o.raw_text!r} for {truth[o.key].raw_text if o.key in truth else 'nothing'!r}"
        for o in report.observations
        if (o.key not in truth or (o.state, o.value) != (truth[o.key].state, truth[o.key].value))
        and not o.flagged
        and o.key not in covered
    ]


def printed_plus_one(case: Case, seen: Observation) -> tuple[list[Page], Decimal]:
    """Return the pages with one number changed by one."""
    page = page_of(case.pages, seen.page)
    old = [c for c in page.chars if within(c, seen.box)]
    assert "".join(c.text for c in old) == "".join(seen.raw_text.split())
    assert seen.value is not None
    value = seen.value + 1
    return with_page(
        case.pages, replaced(page, old, number_chars(str(value), old, seen.box))
    ), value


def pairs(rows: list[str], seed: int) -> list[tuple[str, str]]:
    """Return all pairs of neighbours, and some other pairs."""
    chance = random.Random(seed)
    distant = [tuple(sorted(chance.sample(range(len(rows)), 2))) for _ in range(25)]
    far = [(rows[i], rows[j]) for i, j in dict.fromkeys(distant) if j - i > 1]
    return [*pairwise(rows), *far]


def test_any_number_changed_by_one_fails_a_check_that_includes_it(case: Case) -> None:
    unnoticed, misread = [], []
    for seen, value, report in case.misprints:
        now = {o.key: o for o in report.observations}
        if now[seen.key].value != value:
            misread.append(f"{seen.key}: {now[seen.key].raw_text!r}, printed {value}")
        if seen.key not in failing_over(report):
            unnoticed.append(str(seen.key))
        assert report.status == "print_fault"  # all readers read the same number
    assert len(case.misprints) >= 161 + 15
    assert misread == []
    assert unnoticed == []


def test_a_single_wrong_number_of_section_three_is_named(case: Case) -> None:
    """A wrong cell breaks a sum of its row and one of its column, which together identify it."""
    before = {c.check_id for c in case.report.failures("must")}
    if any(check.startswith("applications") for check in before):
        return  # this report has a print fault already, so two cells would be wrong
    for seen, _, report in case.misprints:
        if seen.key.table == "applications":
            new = [c for c in report.failures("must") if c.check_id not in before]
            assert {key for check in new for key in check.suspects} == {seen.key}


def test_swapped_row_labels_are_reported(case: Case) -> None:
    quiet, unflagged = [], []
    for one, other, report in case.swaps:
        order = next(c for c in report.checks if c.check_id == "applications.order.labels")
        if order.status != "fail":
            quiet.append(f"{one} and {other}")
        flagged = {o.key.row for o in report.observations if o.flagged}
        covered = {key.row for key in order.cells}
        for row in (one, other):
            if row not in flagged or row not in covered:
                unflagged.append(f"{row} (swapped: {one} and {other})")
        assert report.status == "doubtful"
    assert quiet == []
    assert unflagged == []


def test_swapped_rows_cause_no_silent_error(case: Case) -> None:
    """The number beside a label is read as the number of that label, or flagged."""
    before = {o.key: o for o in case.report.observations}
    for one, other, report in case.swaps:
        turned = {one: other, other: one}
        truth = {
            key: before[Key(key.table, turned.get(key.row, key.row), key.column)]
            if key.table == "applications"
            else seen
            for key, seen in before.items()
        }
        assert silent_errors(report, truth) == [], f"{one} and {other}"


def _row_cells(case: Case, table: str, row: str) -> list[tuple[int, Cell]]:
    cells = []
    for o in case.report.observations:
        if (o.key.table, o.key.row) == (table, row):
            x, y = o.box.middle
            cell = cell_at(case.grids, o.page, x, y)
            assert cell is not None
            cells.append((o.page, cell))
    return cells


def test_an_erased_row_causes_no_silent_error(case: Case) -> None:
    labels = case.label_cells()
    before = {o.key: o for o in case.report.observations}
    for row, label in labels.items():
        pages = blanked(case.pages, [label, *_row_cells(case, "applications", row)])
        report = case.read(pages)
        truth = {key: seen for key, seen in before.items() if key.row != row}
        assert silent_errors(report, truth) == [], row
        assert report.status != "proved", row
        failed = {c.check_id for c in report.failures()}
        assert failed & {"applications.complete.cells", "applications.order.labels"}, row


def test_an_erased_label_causes_no_silent_error(case: Case) -> None:
    """Only the label is erased; its numbers must be read or reported."""
    labels = case.label_cells()
    truth = {o.key: o for o in case.report.observations}
    for row, label in labels.items():
        report = case.read(blanked(case.pages, [label]))
        assert silent_errors(report, truth) == [], row
        assert report.status == "doubtful", row


def _header_cells(case: Case, table: str) -> list[tuple[int, Cell]]:
    """Return the header cells directly above the numbers of a table."""
    first: dict[str, Observation] = {}
    for o in case.report.observations:
        if o.key.table == table:
            first.setdefault(f"{o.key.row}.{o.key.column}" if table[0] == "r" else o.key.column, o)
    found: dict[int, tuple[int, Cell]] = {}
    for o in first.values():
        x, y = o.box.middle
        cell: Cell | None = None
        while y > 0 and (cell is None or not cell.text.strip() or _is_number(cell)):
            y -= 3.0
            cell = cell_at(case.grids, o.page, x, y)
        if cell is not None:  # else the header is on the page before
            found[id(cell)] = (o.page, cell)
    return list(found.values())


@pytest.mark.parametrize("table", ["applications", "review_litigation"])
def test_swapped_column_labels_are_reported(case: Case, table: str) -> None:
    headers = _header_cells(case, table)
    for one, other in [*pairwise(headers), (headers[0], headers[-1])]:
        a, b = ("".join(c.text.split()) for _, c in (one, other))
        if a == b:
            continue
        report = case.read(swapped(case.pages, one, other))
        order = next(c for c in report.checks if c.check_id == f"{table}.order.labels")
        if order.status == "pass":  # only a total may move, and here no number changes its name
            assert "总计" in (a, b)
            assert _numbers(report) == _numbers(case.report)
            continue
        assert order.status == "fail", f"{a} and {b}"
        assert report.status == "doubtful", f"{a} and {b}"


def _numbers(report: Report) -> dict[Key, Decimal | None]:
    return {o.key: o.value for o in report.observations}


def test_swapped_outer_labels_of_section_four_are_reported(case: Case) -> None:
    """Swap 行政复议 and 行政诉讼, or the two blocks of litigation; every sum stays correct."""
    [grid] = [
        grid
        for grids in case.grids.values()
        for grid in grids
        if any("复议后起诉" in squeezed(cell.text) for cell in grid.cells)
    ]
    cells = {squeezed(cell.text): (grid.page, cell) for cell in grid.cells}
    for one, other in (("行政复议", "行政诉讼"), ("未经复议直接起诉", "复议后起诉")):
        report = case.read(swapped(case.pages, cells[one], cells[other]))
        order = next(c for c in report.checks if c.check_id == "review_litigation.order.labels")
        assert order.status == "fail", one
        assert report.status == "doubtful", one
        blocks = [o for o in report.observations if o.key.table == "review_litigation"]
        assert any(o.flagged for o in blocks), one


@pytest.mark.parametrize("table", ["applications", "review_litigation", "proactive_disclosure"])
def test_a_blank_header_causes_no_silent_error(case: Case, table: str) -> None:
    truth = {o.key: o for o in case.report.observations}
    for header in _header_cells(case, table):
        report = case.read(blanked(case.pages, [header]))
        name = "".join(header[1].text.split())
        assert silent_errors(report, truth) == [], name
        assert report.status in ("doubtful", "incomplete"), name
