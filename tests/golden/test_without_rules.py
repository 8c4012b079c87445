"""Read the samples without rules, from the positions of their text alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.readers import CamelotReader
from gongkai.families.family import Family
from gongkai.model import Page, Rule
from gongkai.reading.report import ReportReader
from helpers.change import everything_seen, reports_of_pages
from helpers.registry import SAMPLES, expected_beside
from helpers.truth import load_truths


def _is_vertical(rule: Rule) -> bool:
    return rule.bottom - rule.top > rule.x1 - rule.x0


def _no_sides(page: Page) -> Page:
    edges = [x for r in page.rules if _is_vertical(r) for x in (r.x0, r.x1)]
    if not edges:
        return page
    inner = (min(edges) + 2, max(edges) - 2)
    kept = (r for r in page.rules if not _is_vertical(r) or inner[0] < r.x0 < inner[1])
    return replace(page, rules=tuple(kept))


LOSSES: dict[str, Callable[[Page], Page]] = {
    "no sides": _no_sides,
    "no upright rules": lambda p: replace(
        p, rules=tuple(r for r in p.rules if not _is_vertical(r))
    ),
    "no level rules": lambda p: replace(p, rules=tuple(r for r in p.rules if _is_vertical(r))),
    "no rules": lambda p: replace(p, rules=()),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_table_without_rules_is_read_the_same(
    sample: Path, loss: str, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the file still has its rules, and camelot would find them
    monkeypatch.setattr(CamelotReader, "grids", lambda *_: [])
    [truth] = load_truths(expected_beside(sample))
    pages = [LOSSES[loss](page) for page in read_pages(sample)]
    with everything_seen():  # the pictures still show the rules
        [report] = reports_of_pages(ReportReader(family), pages, sample)
    seen = {o.key: (o.state, o.value) for o in report.observations}
    assert seen == {key: (cell.state, cell.value) for key, cell in truth.cells.items()}
    assert not any(o.flagged for o in report.observations)
    assert report.status == truth.status
    wanted = {s.number: "".join((s.text or "").split()) for s in truth.sections}
    assert {s.number: "".join(s.text.split()) for s in report.sections} == wanted
