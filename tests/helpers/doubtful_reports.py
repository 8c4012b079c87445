"""Doubtful reports, made from a proved sample by changing what was read.

``reader`` replaces the real reader of ``ingest``. It reads any file as many reports, all of them
on the pages of the sample, so that a crop of every cell can be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks, proved_by_sums
from gongkai.checks.narrative import NarrativeChecks
from gongkai.checks.table_checks import (
    PROOF_RULE,
    TableChecks,
    check_identity,
    status_of,
    with_proof,
)
from gongkai.families.family import Family
from gongkai.model import Agency, Check, Key, Observation, Problem, Report
from gongkai.reading.report import read_reports
from helpers.families import built_in
from helpers.registry import ROOT

PDF = ROOT / "samples" / "hexi-county-education-2022.pdf"
Change = Callable[[Report], Report]


@cache
def sample() -> Report:
    """Return the sample as it is really read; its status is proved."""
    [report] = read_reports(PDF, built_in())
    assert report.status == "proved"
    known = Agency("1|e", "鹤溪县教育局", division_code="320000", sector="教育")
    return replace(report, agency_ref=known)


def cell_key(table: str, row: str, column: str = "total") -> Key:
    """Return the key of a cell, by default in the column of totals."""
    return Key(table, row, column)


def printed_value(cell: Key) -> Decimal:
    """Return the value that the sample prints in a cell."""
    value = next(o.value for o in sample().observations if o.key == cell)
    assert value is not None
    return value


def misread(*cells: Key, by: int = 1, flagged: bool = True) -> Change:
    """Return a change that reads each cell as ``by`` more than printed, flagged or not."""

    def change(report: Report) -> Report:
        seen = {o.key: o for o in report.observations}
        for cell in cells:
            wrong = (seen[cell].value or Decimal(0)) + by
            doubt = f"两种读法不一致：{wrong}与{wrong - by}" if flagged else None
            seen[cell] = replace(
                seen[cell], value=wrong, raw_text=str(wrong), flagged=flagged, doubt=doubt
            )
        return _rechecked(report, seen)

    return change


def unread(*cells: Key) -> Change:
    """Return a change that reads nothing in the cells."""

    def change(report: Report) -> Report:
        read = misread(*cells)(report)
        kept = [
            replace(o, state="unreadable", value=None, raw_text="") if o.key in cells else o
            for o in read.observations
        ]
        return replace(read, observations=tuple(kept))

    return change


def without_table(table: str) -> Change:
    """Return a change that reads no cell of a table, as if the report did not print it."""

    def change(report: Report) -> Report:
        checks = [
            replace(check, status="fail", cause="print", wording=f"报告里未见《{table}》表")
            if check.table == table and check.rule == "complete"
            else replace(check, status="skipped", cells=(), wording="未印出")
            if check.table == table
            else check
            for check in report.checks
            if check.table != table or check.rule not in ("order", "coverage", "counts", PROOF_RULE)
        ]
        left = tuple(cell for cell in report.observations if cell.key.table != table)
        forms = {each: form for each, form in report.table_forms.items() if each != table}
        return replace(_with_status(report, checks, left), table_forms=forms)

    return change


def unproved(*cells: Key) -> Change:
    """Return a change that leaves cells without a proof, as if OCR alone had read them."""

    def change(report: Report) -> Report:
        seen = {o.key: o for o in report.observations}
        seen |= {cell: replace(seen[cell], proof="text") for cell in cells}
        tables = TableChecks(built_in())
        checks = [
            tables.check_proof(c.table, seen) if c.rule == PROOF_RULE else c for c in report.checks
        ]
        return _with_status(report, checks, tuple(seen.values()))

    return change


def disordered(*cells: Key) -> Change:
    """Return a change that puts labels out of order: values are right, their rows doubtful."""

    def change(report: Report) -> Report:
        seen = {o.key: o for o in report.observations}
        for cell in cells:
            seen[cell] = replace(seen[cell], flagged=True, doubt="这一行（列）不在《表》规定的位置")
        made = _rechecked(report, seen)
        checks = [
            replace(
                c,
                status="fail",
                cause="reading",
                wording="标签的次序或文字与《表》不符：予以公开",
                cells=cells,
            )
            if c.check_id == f"{cells[0].table}.order.labels"
            else c
            for c in made.checks
        ]
        return _with_status(made, checks, made.observations)

    return change


def without_agency(report: Report) -> Report:
    """Make the agency of the report unknown."""
    name = "教育局"
    reason = f"名称里没有已知的行政区划，正文也没有说明，无法确定是哪里的“{name}”"
    unknown = Agency(f"?|{name}", name, resolved=False, reason=reason)
    return replace(report, agency=name, agency_ref=unknown)


def unproved_agency(report: Report) -> Report:
    """Make the agency of the report doubtful: nothing printed proves it."""
    doubt = check_identity("agency", "", "标题和正文都没有写明发布机关")
    checks = tuple(doubt if check.key == doubt.key else check for check in report.checks)
    return replace(report, agency="", checks=checks, status=status_of(checks, report.observations))


def without_year(report: Report) -> Report:
    """Make the year of the report unknown."""
    title = "教育局政府信息公开工作年度报告"
    problem = Problem("no_year", "标题和正文都没有说明报告的年度")
    return replace(report, year=None, title=title, problems=(problem,))


def _rechecked(report: Report, seen: dict[Key, Observation]) -> Report:
    """Return the report with these cells and new checks, whose failures have the cause reading."""
    family = built_in()
    identities = IdentityChecks(family)
    new = {c.check_id: c for c in identities.check(seen, report.table_forms)}
    own = [c for c in report.checks if not c.check_id.startswith("narrative.")]
    checks = [
        replace(c, cause="reading") if c.status == "fail" and not c.cause else c
        for c in identities.with_suspects([new.get(c.check_id, c) for c in own])
    ]
    of_text, figures = NarrativeChecks(family).check_and_prove(report.figures, seen)
    checks += of_text
    seen = identities.with_implied_values(seen, report.table_forms)
    shown = {key: True for key, cell in seen.items() if not cell.flagged}
    seen = with_proof(seen, proved_by_sums(checks, identities.is_equation)[0], shown)
    tables = TableChecks(family)
    checks = [tables.check_proof(c.table, seen) if c.rule == PROOF_RULE else c for c in checks]
    made = _with_status(report, checks, tuple(seen.values()))
    return replace(made, figures=tuple(figures))


def _with_status(report: Report, checks: list[Check], cells: tuple[Observation, ...]) -> Report:
    must = [c for c in checks if not c.check_id.startswith("narrative.")]
    return replace(report, checks=tuple(checks), observations=cells, status=status_of(must, cells))


def reader(*changes: Change) -> Callable[[Path, Family], Sequence[Report]]:
    """Return a reader that reads any file as one report for each change of the sample."""

    def read(_path: Path, _pipeline: Family) -> Sequence[Report]:
        return [change(sample()) for change in changes]

    return read
