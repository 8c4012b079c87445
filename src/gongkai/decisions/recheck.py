"""What people decide, checked at once: the sums of a report over their numbers.

The loaders keep decisions and know no check; this module gives them the rules, and the
public functions that change what is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from msgspec.structs import replace

from gongkai.checks.causes import status_of
from gongkai.checks.completeness import check_counts
from gongkai.checks.history import YearBook, cells_needed, check_years
from gongkai.checks.identities import check_identities
from gongkai.checks.implied_values import with_implied
from gongkai.checks.narrative import check_prose
from gongkai.checks.suspects import locate
from gongkai.decisions.callbacks import Agreed, Confirmed, Rechecked, Rules
from gongkai.decisions.records import Verdict
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.loaders.history import Cells, Texts
from gongkai.model import Agency, Cause, Check, Key, Observation, Report
from gongkai.normalizers.agencies.resolve import resolve
from gongkai.normalizers.tables.values import read_number

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@lru_cache(maxsize=4)
def rules(family: Family) -> Rules:
    """The rules of a pipeline."""

    def again(report: Report, agreed: Agreed, confirmed: Confirmed) -> Rechecked:
        return recheck(report, agreed, confirmed, family)

    def body(name: str, report: Report) -> Agency:
        return body_of(name, report, family)

    return Rules(
        family.name,
        again,
        body,
        cells_needed(family),
        family.settings.history.sections,
        year_rule(family),
    )


def year_rule(
    family: Family,
) -> Callable[[tuple[int, int, Cells, Texts], tuple[int, int, Cells, Texts]], Iterator[Check]]:
    """How a body's report is checked against the one of the year before."""

    def rule(
        before: tuple[int, int, Cells, Texts], book: tuple[int, int, Cells, Texts]
    ) -> Iterator[Check]:
        return check_years(YearBook(*before), YearBook(*book), family)

    return rule


def recheck(report: Report, agreed: Agreed, confirmed: Confirmed, family: Family) -> Rechecked:
    """The checks of a report some of whose cells people decided.

    ``report`` has the machine's checks over the cells as they stand now. A check over no
    decided cell stays as it was. ``agreed`` says of each decided cell whether the person read
    the same as the machine; ``confirmed`` whether a person called a failure the print's.
    """
    seen: dict[Key, Observation] = {}
    for observation in report.observations:
        seen.setdefault(observation.key, observation)
    checks = list(report.checks)
    if agreed:
        new = _anew(report, seen, family)
        checks = [_replaced(old, new.get(old.check_id), agreed, seen) for old in checks]
        sums = iter(locate([replace(c, suspects=()) for c in checks if not _is_prose(c)], family))
        checks = [c if _is_prose(c) else next(sums) for c in checks]
    settled = [
        replace(check, cause="print")
        if check.status == "fail" and check.cause == "reading" and confirmed(check)
        else check
        for check in checks
    ]
    bare = {key: replace(cell, implied_value=None) for key, cell in seen.items()}
    implied = with_implied(bare, report.table_forms, family)
    return Rechecked(
        settled,
        {k: cell.implied_value for k, cell in implied.items() if cell.implied_value is not None},
        status_of((c for c in settled if not _is_prose(c)), report.observations),
    )


def _anew(report: Report, seen: Mapping[Key, Observation], family: Family) -> dict[str, Check]:
    """The checks that can be made from the cells alone, by id."""
    new = {c.check_id: c for c in check_identities(seen, report.table_forms, family)}
    for table in report.table_forms:
        check = check_counts(table, seen, family)
        new[check.check_id] = check
    new |= {c.check_id: c for c in check_prose(report.figures, seen, family)}
    return new


def _replaced(
    old: Check, new: Check | None, agreed: Agreed, seen: Mapping[Key, Observation]
) -> Check:
    """A check as it comes out over the decided cells, with its cause."""
    if new is None:  # names, order, what is left over: seen on the page, not in the cells
        return old
    if not any(key in agreed for key in (*old.cells, *new.cells)):
        return old
    if new.status != "fail" or new.cause is not None:
        return new
    return replace(new, cause=_cause(old, new, agreed, seen))


def _cause(old: Check, new: Check, agreed: Agreed, seen: Mapping[Key, Observation]) -> Cause:
    """Two who read every cell alike make a failure the print's: readers, or reader and person."""
    if any(seen[key].flagged for key in new.cells):
        return "reading"
    same = (old.status, old.expected, old.actual) == (new.status, new.expected, new.actual)
    if same and all(agreed.get(key, True) for key in new.cells):
        return "print"
    return "reading"


def _is_prose(check: Check) -> bool:
    return check.table == "narrative"


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
