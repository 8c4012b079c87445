"""Compare each sample with its expected results, and test the comparator itself."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import Box, Key, Report, Section
from gongkai.reading.report import read_reports
from helpers.registry import SAMPLES, expected_beside
from helpers.truth import Truth, TruthCell, TruthSection, differences, load_truths


def test_each_sample_has_expected_results() -> None:
    assert len(SAMPLES) >= 3
    assert [s.name for s in SAMPLES if not expected_beside(s).is_file()] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_sample_is_read_as_printed(sample: Path, family: Family) -> None:
    truths = load_truths(expected_beside(sample))
    reports = read_reports(sample, family)
    assert len(reports) == len(truths)
    for report, truth in zip(reports, truths, strict=True):
        assert differences(report, truth) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_other_tables_are_reported_only_where_they_are_printed(
    sample: Path, family: Family
) -> None:
    """No sample prints another table, and all print six sections and a year."""
    for report in read_reports(sample, family):
        assert report.problems == ()


def test_the_seed_report_is_right_in_what_the_issue_names(family: Family) -> None:
    [sample] = [s for s in SAMPLES if s.stem == "wuzhong-public-security-2019"]
    [report] = read_reports(sample, family)
    seen = {o.key: o for o in report.observations}
    licensing = Key("proactive_disclosure", "administrative_licensing", "decisions")
    assert (report.agency, report.year, report.form) == ("吴忠市公安局", 2019, "2019")
    assert len(seen) == 198
    assert seen[licensing].value == Decimal(515251)
    assert report.status == "proved"
    assert "刑侦诉讼" in next(s.title for s in report.sections if s.number == "四")


# ------------------------------------------------------------- the comparator


@pytest.fixture(scope="module")
def read(family: Family) -> Report:
    [report] = read_reports(SAMPLES[0], family)
    return report


@pytest.fixture(scope="module")
def same(read: Report) -> Truth:
    """Return expected results that equal the reading."""
    return Truth(
        title=read.title,
        agency=read.agency,
        year=read.year or 0,
        form=read.form or "",
        status=read.status,
        table_forms=read.table_forms,
        cells={
            o.key: TruthCell(o.state, o.value, o.raw_text, o.page, o.box) for o in read.observations
        },
        sections=[TruthSection(s.number, s.title, s.text) for s in read.sections],
        failing={c.check_id: c.cause or "reading" for c in read.failures("must")},
        pages=(read.page_first, read.page_last),
    )


def test_the_comparator_reports_no_difference_between_equal_results(
    read: Report, same: Truth
) -> None:
    assert differences(read, same) == []


def test_the_comparator_reports_a_wrong_value_in_any_cell(read: Report, same: Truth) -> None:
    for k, seen in enumerate(read.observations):
        if seen.value is None:
            continue
        cells = list(read.observations)
        cells[k] = replace(seen, value=seen.value + 1, raw_text=str(seen.value + 1))
        found = differences(replace(read, observations=tuple(cells)), same)
        assert len(found) == 2
        assert all(line.startswith(str(seen.key)) for line in found)


def test_the_comparator_reports_missing_added_and_repeated_cells(read: Report, same: Truth) -> None:
    first, *rest = read.observations
    invented = replace(first, key=Key("applications", "granted", "nobody"))
    assert differences(replace(read, observations=tuple(rest)), same) == [f"{first.key}: missing"]
    found = differences(replace(read, observations=(*read.observations, invented)), same)
    assert found == [f"{invented.key}: invented, {first.raw_text!r}"]
    found = differences(replace(read, observations=(*read.observations, first)), same)
    assert found == ["1 cells are there twice"]


@pytest.mark.parametrize("edge", range(4))
def test_the_comparator_reports_a_cell_in_the_wrong_place(
    read: Report, same: Truth, edge: int
) -> None:
    first, *rest = read.observations
    edges = list(first.box)
    edges[edge] += 2.6
    found = differences(replace(read, observations=(replace(first, box=Box(*edges)), *rest)), same)
    assert len(found) == 1
    edges[edge] -= 0.2
    near = replace(read, observations=(replace(first, box=Box(*edges)), *rest))
    assert differences(near, same) == []
    assert differences(replace(read, observations=(replace(first, page=9), *rest)), same) != []


def test_the_comparator_reports_states_flags_and_heads(read: Report, same: Truth) -> None:
    first, *rest = read.observations
    for changed in (
        replace(first, state="blank", value=None),
        replace(first, flagged=True, doubt="?"),
        replace(first, raw_text="O"),
    ):
        assert differences(replace(read, observations=(changed, *rest)), same) != []
    wanted = dict(same.cells)
    wanted[first.key] = dataclasses.replace(wanted[first.key], flag=True)
    assert differences(read, dataclasses.replace(same, cells=wanted)) != []
    for head in (
        {"agency": "某局"},
        {"year": 1999},
        {"form": "2014"},
        {"status": "incomplete"},
        {"title": "另一份报告"},
        {"table_forms": {}},
        {"page_last": 99},
    ):
        assert len(differences(replace(read, **head), same)) == 1


def test_the_comparator_reports_sections_and_checks(read: Report, same: Truth) -> None:
    head, *tail = read.sections
    lost = head.text[:-1]
    for sections in (
        tuple(tail),
        (Section(head.number, "一、总情况", head.text, 1, 1), *tail),
        (Section(head.number, head.title, lost, 1, 1), *tail),
    ):
        assert len(differences(replace(read, sections=sections), same)) == 1
    quiet = tuple(replace(c, status="pass", cause=None) for c in read.checks)
    loud = (replace(read.checks[0], status="fail", cause="print"), *read.checks[1:])
    blamed = tuple(replace(c, cause="reading") if c.status == "fail" else c for c in read.checks)
    for checks in (quiet, loud, blamed):
        assert len(differences(replace(read, checks=checks), same)) == 1
