"""Decides the cause of a failed check: an error in the report, or a misreading.

Two witnesses read the cells of a failed check independently of each other: two readers, or a
reader and the picture of the page. If they agree, the report itself is wrong; if they differ, one
of the readings is.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from gongkai.model import Cause, Check, Key, Observation, Observations, Report

# A text layer is implausible if so many sums fail, and so large a share of the tested ones.
_IMPLAUSIBLE_FAILURES = 8
_IMPLAUSIBLE_SHARE = 0.25


def assign_causes(
    checks: Sequence[Check], first: Observations, second: Observations
) -> tuple[list[Check], dict[Key, Observation]]:
    """Give each failed check a cause, and flag the cells on which two readers differ.

    The cause is ``print`` if both readers read every cell of the check alike, else
    ``reading``. Checks that pass or already have a cause are unchanged.

    Returns the checks, and the cells of the first reader with their flags.
    """
    caused: list[Check] = []
    doubts: dict[Key, str] = {}
    for check in checks:
        if check.status != "fail" or check.cause is not None:
            caused.append(check)
            continue
        differing = [key for key in check.cells if not _agree(first.get(key), second.get(key))]
        cause: Cause = "reading" if differing else "print"
        if check.rule in ("order", "coverage"):
            cause = "reading"  # only a person can say what a label or number means
        elif check.rule == "complete" and _keys(check.table, first) != _keys(check.table, second):
            cause = "reading"
        caused.append(replace(check, cause=cause))
        for key in differing:
            doubts[key] = _difference(first.get(key), second.get(key))
    if is_implausible(caused):
        # print faults do not break so many sums: the text layer itself is wrong
        caused = [replace(c, cause="reading") if c.status == "fail" else c for c in caused]
        doubts = dict.fromkeys(first, "多数勾稽关系不成立，文字层可能与印出的不符") | doubts
    observations = {
        key: replace(cell, flagged=True, doubt=cell.doubt or doubts[key]) if key in doubts else cell
        for key, cell in first.items()
    }
    return caused, observations


def is_implausible(checks: Sequence[Check]) -> bool:
    """Do more sums fail than print faults can explain?

    A misprinted cell breaks two or three of some forty sums. A text layer that maps digits
    to other digits breaks most of them, and gives every reader of text the same wrong digits.
    """
    tested = [c for c in checks if c.severity == "must" and c.expected is not None]
    failed = sum(c.status == "fail" for c in tested)
    return failed >= _IMPLAUSIBLE_FAILURES and failed > _IMPLAUSIBLE_SHARE * len(tested)


def net_passing(reports: Sequence[Report]) -> int:
    """Return the number of passing minus failing identities of severity ``must``."""
    tested = [
        check
        for report in reports
        for check in report.checks
        if check.severity == "must" and check.expected is not None
    ]
    return sum(1 if check.status == "pass" else -1 for check in tested)


def _keys(table: str, observations: Observations) -> set[Key]:
    return {key for key in observations if key.table == table}


def _agree(one: Observation | None, other: Observation | None) -> bool:
    return (
        one is not None
        and other is not None
        and (one.state, one.value) == (other.state, other.value)
    )


def _difference(one: Observation | None, other: Observation | None) -> str:
    texts = [f"“{cell.raw_text}”（{cell.reader}）" if cell else "未见" for cell in (one, other)]
    return f"两种读法不一致：{texts[0]}与{texts[1]}"
