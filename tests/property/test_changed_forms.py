"""Lost, repeated or swapped rows and columns are read correctly or reported.

The table is drawn with its rules in the new places, so that only labels and sums show the
change.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.model import Key, Page, Report
from gongkai.reading.report import ReportReader
from helpers.change import patched_readers, reports_of_pages
from helpers.draw import LEFT, UP, draw_table, make_page
from helpers.families import built_in
from helpers.forms import (
    COLUMNS,
    HEADER_ROWS,
    REVIEW_VALUES,
    Table,
    application_values,
    applications,
    disclosure_2021,
    draw_applications,
    expected,
    review,
    row_ids,
    whole_report,
)

READER = ReportReader(built_in())
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Wanted = dict[Key, str]


def read(pages: list[Page]) -> Report:
    with patched_readers(pages):
        [report] = reports_of_pages(READER, pages, Path("made.pdf"))
    return report


def with_section_three(table: Table) -> list[Page]:
    pages = whole_report(application_values(1))
    drawn = draw_applications(table)
    heading = [c for c in pages[1].chars if c.baseline < 58.0]
    pages[1] = make_page(drawn, heading, number=2)
    return pages


def silent_errors(report: Report, wanted: Wanted, table: str = "applications") -> list[str]:
    """Return wrong values of a table that no flag and no failing ``must`` check reports."""
    covered = {key for check in report.failures("must") for key in check.cells}
    return [
        f"{o.key}: {o.raw_text!r}"
        for o in report.observations
        if o.key.table == table
        and (o.key not in wanted or o.value != Decimal(wanted[o.key]))
        and not o.flagged
        and o.key not in covered
    ]


def rebuild(table: Table, order: list[int]) -> Table:
    """Section 三 with its printed rows in another order, some left out or twice.

    Outer labels are drawn again, each over the adjacent rows that it belongs to.
    """
    rows = table[HEADER_ROWS:]
    outer: list[list[str]] = []
    for row in rows:
        outer.append(
            [outer[-1][c] if row[c] == UP else row[c] for c in range(3)] if outer else row[:3]
        )
    made = [list(row) for row in table[:HEADER_ROWS]]
    before: list[str] = ["", "", ""]
    for k in order:
        labels = list(outer[k])
        cells = list(labels)
        for depth in (0, 1):
            inner = labels[depth + 1] != LEFT
            if inner and labels[: depth + 1] == before[: depth + 1]:
                cells[depth] = UP
        made.append([*cells, *rows[k][3:]])
        before = labels
    return made


def test_a_table_rebuilt_in_the_same_order_is_unchanged() -> None:
    table = applications(application_values(2))
    assert rebuild(table, list(range(25))) == table


@quick
@given(st.integers(0, 24), st.integers(0, 6))
def test_a_lost_row_is_reported(lost: int, seed: int) -> None:
    values = application_values(seed)
    table = rebuild(applications(values), [k for k in range(25) if k != lost])
    report = read(with_section_three(table))
    row = row_ids()[lost]
    wanted = {key: v for key, v in expected(values).items() if key.row != row}
    assert silent_errors(report, wanted) == []
    assert report.status in ("incomplete", "doubtful")
    complete = next(c for c in report.checks if c.check_id == "applications.complete.cells")
    assert complete.status == "fail"


@quick
@given(st.integers(0, 24), st.integers(0, 24), st.integers(0, 6))
def test_a_row_printed_twice_is_reported(doubled: int, after: int, seed: int) -> None:
    values = application_values(seed)
    order = list(range(25))
    order.insert(after + 1, doubled)
    report = read(with_section_three(rebuild(applications(values), order)))
    assert silent_errors(report, expected(values)) == []
    assert report.status == "doubtful"


@quick
@given(st.integers(0, 24), st.integers(0, 24), st.integers(0, 6))
def test_swapped_rows_are_reported(one: int, other: int, seed: int) -> None:
    """Labels move with their numbers: the values may be right, but must be flagged."""
    values = application_values(seed)
    order = list(range(25))
    order[one], order[other] = order[other], order[one]
    report = read(with_section_three(rebuild(applications(values), order)))
    assert silent_errors(report, expected(values)) == []
    if one != other:
        flagged = {o.key.row for o in report.observations if o.flagged}
        found = {row_ids()[one], row_ids()[other]}
        assert report.status == "doubtful"
        # a row that could not be placed at all is reported as left over instead
        seen = {o.key.row for o in report.observations}
        assert found & seen <= flagged


@quick
@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_swapped_columns_are_reported(one: int, other: int, seed: int) -> None:
    values = application_values(seed)
    table = applications(values)
    for row in table[HEADER_ROWS:]:
        row[3 + one], row[3 + other] = row[3 + other], row[3 + one]
    names = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    names[one], names[other] = names[other], names[one]
    table[1] = [UP, UP, UP, *names]
    table[2] = [UP] * 10
    report = read(with_section_three(table))
    assert silent_errors(report, expected(values)) == []
    if one != other:  # a total may move where sums prove its name
        assert report.status == ("proved" if {one, other} == {5, 6} else "doubtful")


@quick
@given(st.integers(0, 6), st.integers(0, 6))
def test_a_lost_column_is_reported(lost: int, seed: int) -> None:
    values = application_values(seed)
    table = [[c for k, c in enumerate(row) if k != 3 + lost] for row in applications(values)]
    if lost == 0:  # the outer header began here
        table[0][3] = "申请人情况"
    if lost == 1:
        table[1][4] = "法人或其他组织"
    drawn = draw_table(table, widths=(22, 52, 128, *[36] * 6), x0=70.0, top=60.0, size=7.0)
    pages = whole_report(values)
    pages[1] = make_page(drawn, number=2)
    report = read(pages)
    wanted = {k: v for k, v in expected(values).items() if k.column != COLUMNS[lost]}
    assert silent_errors(report, wanted) == []
    assert report.status in ("incomplete", "doubtful")


@pytest.mark.parametrize("lost", range(15))
def test_a_lost_cell_of_section_four_is_reported(lost: int) -> None:
    table = [[c for k, c in enumerate(row) if k != lost] for row in review(REVIEW_VALUES)]
    heads = ["行政复议", "", "", "", "", "行政诉讼"]
    if lost in (0, 5):
        table[0][lost] = heads[lost]
    if lost in (5, 10):
        table[1][lost] = "未经复议直接起诉" if lost == 5 else "复议后起诉"
    pages = whole_report(application_values(1))
    last = pages[-1]
    kept = [c for c in last.chars if not 79.0 < c.top < 240.0]
    pages[-1] = make_page(draw_table(table, top=80.0, size=8.0), kept, number=last.number)
    report = read(pages)
    keys = [o.key for o in read(whole_report(application_values(1))).observations]
    places = [key for key in keys if key.table == "review_litigation"]
    wanted = {
        key: str(value)
        for k, (key, value) in enumerate(zip(places, REVIEW_VALUES, strict=True))
        if k != lost
    }
    assert silent_errors(report, wanted, "review_litigation") == []
    assert report.status in ("incomplete", "doubtful")


def test_a_table_without_header_is_reported() -> None:
    """No printed label names the seven columns."""
    values = application_values(3)
    table = applications(values)[HEADER_ROWS:]
    report = read(with_section_three(table))
    assert silent_errors(report, expected(values)) == []
    assert report.status in ("incomplete", "doubtful")


def test_a_missing_table_without_a_picture_of_its_place_makes_the_report_doubtful() -> None:
    pages = whole_report(application_values(1))
    heading = [c for c in pages[1].chars if c.baseline < 58.0]
    pages[1] = make_page(heading, number=2)
    report = read(pages)
    assert report.status == "doubtful"  # no picture shows that its place is empty
    assert {c.check_id for c in report.failures()} == {"applications.complete.cells"}
    assert not any(o.key.table == "applications" for o in report.observations)


def test_the_unchanged_report_is_proved() -> None:
    """The tests above change this report."""
    report = read(whole_report(application_values(1)))
    assert (report.agency, report.year, report.status) == ("临江市水务局", 2022, "proved")
    assert len(report.observations) == 200
    assert [s.number for s in report.sections] == list("一二三四五六")
    assert disclosure_2021(range(10))[2][1:] == ["0", "1", "2"]
