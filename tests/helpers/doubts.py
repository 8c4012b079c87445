"""Reports with doubts, made from a sample that is proved: as if it had been misread.

``reader`` stands in for the real one of ``ingest``: a file with many reports, all of them on
the pages of the one sample, so that every cell has a place that can be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.checks.implied_values import with_implied_values
from gongkai.checks.narrative import NarrativeChecks
from gongkai.checks.status import status_of
from gongkai.checks.suspects import with_suspects
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import Agency, Check, Key, Observation, Problem, Report
from gongkai.reading.report import read_reports
from helpers.registry import ROOT

PDF = ROOT / "samples" / "hexi-county-education-2022.pdf"
Change = Callable[[Report], Report]


@cache
def sample() -> Report:
    """The sample as it is really read: proved."""
    [report] = read_reports(PDF, load_family())
    assert report.status == "proved"
    known = Agency("1|e", "鹤溪县教育局", division_code="320000", sector="教育")
    return replace(report, agency_ref=known)


def key(table: str, row: str, column: str = "total") -> Key:
    return Key(table, row, column)


def printed(cell: Key) -> Decimal:
    """What the sample really prints in a cell."""
    value = next(o.value for o in sample().observations if o.key == cell)
    assert value is not None
    return value


def misread(*cells: Key, by: int = 1, flagged: bool = True) -> Change:
    """Each cell read as more than it is; in doubt, or not."""

    def change(report: Report) -> Report:
        seen = {o.key: o for o in report.observations}
        for cell in cells:
            wrong = (seen[cell].value or Decimal(0)) + by
            doubt = "两种读法不一致" if flagged else None
            seen[cell] = replace(
                seen[cell], value=wrong, raw_text=str(wrong), flagged=flagged, doubt=doubt
            )
        return rechecked(report, seen)

    return change


def disordered(*cells: Key) -> Change:
    """Names out of order: the cells are right, but whose they are is in doubt."""

    def change(report: Report) -> Report:
        seen = {o.key: o for o in report.observations}
        for cell in cells:
            seen[cell] = replace(seen[cell], flagged=True, doubt="标签的次序与《表》不符")
        made = rechecked(report, seen)
        checks = [
            replace(
                c, status="fail", cause="reading", message="标签的次序与《表》不符", cells=cells
            )
            if c.check_id == f"{cells[0].table}.order.labels"
            else c
            for c in made.checks
        ]
        return _told(made, checks, made.observations)

    return change


def nameless(report: Report) -> Report:
    """A body that cannot be told."""
    name = "教育局"
    unknown = Agency(f"?|{name}", name, resolved=False, reason="名称里没有已知的行政区划")
    return replace(report, agency=name, agency_ref=unknown)


def yearless(report: Report) -> Report:
    title = "教育局政府信息公开工作年度报告"
    return replace(report, year=None, title=title, problems=(Problem("no_year", "没有年度"),))


def rechecked(report: Report, seen: dict[Key, Observation]) -> Report:
    """The report with these cells, its sums tried again, failures laid to the reading."""
    family = load_family()
    identities = IdentityChecks(family)
    new = {c.check_id: c for c in identities.check(seen, report.table_forms)}
    own = [c for c in report.checks if not c.check_id.startswith("narrative.")]
    checks = [
        replace(c, cause="reading") if c.status == "fail" and not c.cause else c
        for c in with_suspects([new.get(c.check_id, c) for c in own], identities)
    ]
    checks += NarrativeChecks(family).check(report.figures, seen)
    seen = with_implied_values(seen, identities.sums(seen, report.table_forms))
    return _told(report, checks, tuple(seen.values()))


def _told(report: Report, checks: list[Check], cells: tuple[Observation, ...]) -> Report:
    must = [c for c in checks if not c.check_id.startswith("narrative.")]
    return replace(report, checks=tuple(checks), observations=cells, status=status_of(must, cells))


def reader(*changes: Change) -> Callable[[Path, Family], Sequence[Report]]:
    """Reads any file as so many reports, each the sample with one change."""

    def read(_path: Path, _pipeline: Family) -> Sequence[Report]:
        return [change(sample()) for change in changes]

    return read
