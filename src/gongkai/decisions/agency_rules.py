"""Connects the checks between reports with the loader that gives them an agency's reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gongkai.checks.across import AcrossChecks
from gongkai.checks.history import HistoryChecks, YearlyReport
from gongkai.families.across import families_across
from gongkai.families.family import Family
from gongkai.loaders.due import AgencyRules
from gongkai.loaders.history import Cells, HistoryRules, Texts
from gongkai.model import Check

_Year = tuple[int, int, Cells, Texts]


def agency_rules(family: Family) -> AgencyRules:
    """Return how reports of a family are compared with others of the same agency."""
    history = HistoryChecks(family)
    across = [
        AcrossChecks(name, lines) for name, lines in families_across(family.name, family.folder)
    ]
    return AgencyRules(
        HistoryRules(family.name, history.cells, history.sections, _year_rule(history)), across
    )


def _year_rule(history: HistoryChecks) -> Callable[[_Year, _Year], Iterator[Check]]:
    """Return the comparison of two years' reports as ``loaders.history`` calls it."""

    def rule(before: _Year, after: _Year) -> Iterator[Check]:
        return history.compare(YearlyReport(*before), YearlyReport(*after))

    return rule
