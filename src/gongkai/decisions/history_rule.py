"""Connects the checks over years with the loader that gives them an agency's reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gongkai.checks.history import HistoryChecks, YearlyReport
from gongkai.loaders.history import Cells, Texts
from gongkai.model import Check

_Year = tuple[int, int, Cells, Texts]


def year_rule(history: HistoryChecks) -> Callable[[_Year, _Year], Iterator[Check]]:
    """Return the comparison of two years' reports as `loaders.history` calls it."""

    def rule(before: _Year, after: _Year) -> Iterator[Check]:
        return history.compare(YearlyReport(*before), YearlyReport(*after))

    return rule
