"""Decides which cells read by OCR are certain, by structure, sums and the reader's score.

None of the three is enough alone. A recogniser may give a wrong digit a high score; every sum
still holds if a row of zeros is lost; and a row in the right place may have a wrong number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.model import Check, Key, Observation, Observations

_ENOUGH_SUMS = 2  # a cell in at least this many passing sums is proved
# The least score (0 to 1) of a certain cell: in enough passing sums, in one, or in none.
_SCORE_PROVED = 0.3
_SCORE_ONE_SUM = 0.9
_SCORE_NO_SUM = 0.95
# The least score that both readings of the picture need if they agree. Without a passing sum
# they need more: dirt can cause the same error in both.
_SCORE_AGREED_ONE_SUM = 0.7
_SCORE_AGREED_NO_SUM = 0.9
_SCORE_BLANK = 1.0  # a blank cell has no ink, and so no score
_LEADING_ZERO = re.compile("[0０][0-9０-９]")  # never printed: a speck beside a digit reads as 0


class _Evidence(Struct, frozen=True):
    """What the checks and the second reading show about the cells."""

    disordered: frozenset[str]  # ids of tables
    passing: Counter[Key]  # number of passing equations with the cell
    failing: frozenset[Key]  # cells of equations that fail
    untested: frozenset[Key]  # cells of equations with an unreadable cell
    fractional: frozenset[Key]  # counts that are not whole: 2.353 for 2,353
    second: Observations


def uncertain_cells(
    observations: Observations,
    checks: Sequence[Check],
    identities: IdentityChecks,
    second: Observations | None = None,
) -> dict[Key, str]:
    """The cells read by OCR that are not certain, each with the reason in Chinese.

    ``second`` has the cells of a second, independent reading of the picture.
    """
    scanned = {key: cell for key, cell in observations.items() if cell.reader == "ocr"}
    if not scanned:
        return {}
    evidence = _evidence(observations, checks, identities, second or {})
    reasons = {}
    for key, cell in scanned.items():
        for applies, reason in _RULES:
            if applies(cell, evidence):
                reasons[key] = f"图片识别：{reason.format(text=cell.raw_text, score=_score(cell))}"
                break
    return reasons


def flag_cells(
    observations: Observations, checks: Sequence[Check], reasons: Mapping[Key, str]
) -> tuple[list[Check], dict[Key, Observation]]:
    """Flag the cells that have a reason for doubt.

    Failures with the cause ``print`` that involve such a cell get the cause ``reading``.
    """
    if not reasons:
        return list(checks), dict(observations)
    flagged = {
        key: replace(cell, flagged=True, doubt=cell.doubt or reasons[key])
        if key in reasons
        else cell
        for key, cell in observations.items()
    }
    caused = [
        replace(check, cause="reading")
        if check.cause == "print" and any(key in reasons for key in check.cells)
        else check
        for check in checks
    ]
    return caused, flagged


def _evidence(
    observations: Observations,
    checks: Sequence[Check],
    identities: IdentityChecks,
    second: Observations,
) -> _Evidence:
    passing: Counter[Key] = Counter()
    failing: set[Key] = set()
    untested: set[Key] = set()
    for check in checks:
        if check.severity != "must" or not identities.is_equation(check):
            continue
        if any(observations[key].state == "unreadable" for key in check.cells):
            untested.update(check.cells)
        elif check.expected is not None and check.status == "pass":
            passing.update(check.cells)
        elif check.expected is not None and check.status == "fail":
            failing.update(check.cells)
    failed = [check for check in checks if check.status == "fail"]
    return _Evidence(
        frozenset(
            check.table
            for check in failed
            if check.rule in ("order", "coverage", "complete") and check.cause != "print"
        ),
        passing,
        frozenset(failing),
        frozenset(untested),
        frozenset(key for check in failed if check.rule == "counts" for key in check.cells),
        second,
    )


def _is_disordered(cell: Observation, evidence: _Evidence) -> bool:
    return cell.key.table in evidence.disordered


def _is_unreadable(cell: Observation, _: _Evidence) -> bool:
    return cell.state == "unreadable"


def _is_fractional(cell: Observation, evidence: _Evidence) -> bool:
    return cell.key in evidence.fractional


def _has_leading_zero(cell: Observation, _: _Evidence) -> bool:
    return _LEADING_ZERO.match(cell.raw_text) is not None


def _is_unproved(cell: Observation, evidence: _Evidence) -> bool:
    """Is the score too low, given the passing sums and the second reading?"""
    passing = evidence.passing[cell.key]
    if cell.key in evidence.untested and not passing:
        return True
    if cell.state == "mark":
        passing = 0  # the sums would also pass with a zero
    failing = cell.key in evidence.failing
    score = _score(cell)
    other = evidence.second.get(cell.key)
    agreed = (
        other is not None
        and (other.state, other.value) == (cell.state, cell.value)
        and min(score, _score(other))
        >= (_SCORE_AGREED_ONE_SUM if passing and not failing else _SCORE_AGREED_NO_SUM)
    )
    if failing and passing < _ENOUGH_SUMS:
        return not agreed
    if passing >= _ENOUGH_SUMS:
        return score < _SCORE_PROVED
    return not agreed and score < (_SCORE_ONE_SUM if passing else _SCORE_NO_SUM)


# The first rule that applies makes a cell uncertain: predicate, and reason in Chinese.
_RULES: tuple[tuple[Callable[[Observation, _Evidence], bool], str], ...] = (
    (_is_disordered, "表的行列未能与《表》对齐"),
    (_is_unreadable, "此格读不出"),
    (_is_fractional, "件数应为整数，读作{text}"),
    (_has_leading_zero, "数以0开头，读作{text}"),
    (_is_unproved, "把握不足（{score:.0%}），勾稽关系未能证明此数"),
)


def _score(cell: Observation) -> float:
    return _SCORE_BLANK if cell.confidence is None else cell.confidence
