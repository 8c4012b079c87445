"""What people decide, checked at once: the sums of a report over their numbers.

The loaders keep decisions and know no check; this module gives them the rules, and the
public functions that change what is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec.structs import replace

from gongkai.checks.history import HistoryChecks, YearlyReport
from gongkai.checks.recheck import Rechecker
from gongkai.decisions.callbacks import Rules
from gongkai.decisions.records import Verdict
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.loaders.history import Cells, Texts
from gongkai.model import Agency, Check, Report
from gongkai.normalizers.agencies.resolve import resolve
from gongkai.normalizers.tables.values import read_number

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@lru_cache(maxsize=4)
def rules(family: Family) -> Rules:
    """The rules of a pipeline."""

    def body(name: str, report: Report) -> Agency:
        return body_of(name, report, family)

    history = HistoryChecks(family)
    return Rules(
        family.name,
        Rechecker(family).recheck,
        body,
        history.cells,
        history.sections,
        year_rule(history),
    )


def year_rule(
    history: HistoryChecks,
) -> Callable[[tuple[int, int, Cells, Texts], tuple[int, int, Cells, Texts]], Iterator[Check]]:
    """How a body's report is checked against the one of the year before."""

    def rule(
        before: tuple[int, int, Cells, Texts], book: tuple[int, int, Cells, Texts]
    ) -> Iterator[Check]:
        return history.compare(YearlyReport(*before), YearlyReport(*book))

    return rule


def body_of(name: str, report: Report, family: Family) -> Agency:
    """The body that a person named: a known one, or else just this name."""
    text = "\n".join((name, *(section.text for section in report.sections)))
    found = resolve(name, text, report.year, family)
    if found.resolved:
        return found
    # Said by a person: the name stands for one body, even where its division is not known.
    return replace(found, key=f"!|{found.name}", resolved=True, reason=None)


def said(text: str, family: Family) -> tuple[Verdict, str | None, str | None, str]:
    """What a person typed as printed in a cell: verdict, state, value, and the text.

    Raises UsageError where it is neither a number nor a mark.
    """
    typed = text.strip()
    reading = read_number(typed, family)
    if reading.state == "blank":
        return "blank", "blank", None, ""
    if reading.state == "unreadable":
        raise UsageError(f"“{typed}”不是一个数，也不是已知的符号：请照印出的数字输入")
    value = None if reading.value is None else format(reading.value, "f")
    return "typed", reading.state, value, typed


def year_said(text: str) -> str:
    """A year that a person typed. Raises UsageError where it is none."""
    typed = text.strip().removesuffix("度").removesuffix("年")
    if not typed.isdecimal() or not _FIRST_YEAR <= int(typed) <= _LAST_YEAR:
        raise UsageError(f"“{text.strip()}”不是年度：请输入四位数字，如 2023")
    return str(int(typed))
