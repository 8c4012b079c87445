"""Which numbers read from a picture are certain: by structure, sums and the reader's score.

None of the three is enough alone. A recogniser may be sure of a wrong digit; a lost
all-zero row keeps every sum; a row in its place may hold a wrong number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import Check, Key, Observation, Observations

_SUMS = 2  # sums that hold over a cell prove it, whatever the score
_LEAST = 0.3  # the score below which nothing is certain
_ONE_SUM = 0.9  # the score that is needed where one sum holds
_NO_SUM = 0.95  # and where none does
_TWICE = 0.7  # where one sum holds and a second look at the picture reads the same
_TWICE_ALONE = 0.9  # the same where none does: what soils a cell deceives both looks
_LEADING = re.compile("[0０][0-9０-９]")  # 07: no number is printed so, but ink beside one reads so
_BLANK = 1.0  # a blank cell of a picture has no ink at all


def uncertain(
    seen: Observations, checks: Sequence[Check], family: Family, second: Observations | None = None
) -> dict[Key, str]:
    """The cells read from pictures that are not certain, each with the reason in Chinese.

    ``second`` is what a second look at the picture read.
    """
    if not any(cell.reader == "ocr" for cell in seen.values()):
        return {}  # as nearly always
    disordered = {
        table
        for table, proof in (
            (c.table, c.rule) for c in checks if c.status == "fail" and c.cause != "print"
        )
        if proof in ("order", "coverage", "complete")
    }
    equal = {(i.table, i.name) for i in family.identities if i.relation == "eq"}
    holding: Counter[Key] = Counter()
    failing: set[Key] = set()
    untested: set[Key] = set()  # a neighbour cannot be read
    fractions: set[Key] = set()  # 2.353 for 2,353
    for check in checks:
        if check.status == "fail" and check.rule == "counts":
            fractions.update(check.cells)
        if check.severity == "must" and (check.table, check.rule) in equal:
            if any(seen[key].state == "unreadable" for key in check.cells):
                untested.update(check.cells)
            elif check.expected is not None and check.status == "pass":
                holding.update(check.cells)
            elif check.expected is not None and check.status == "fail":
                failing.update(check.cells)
    reasons = {}
    for key, cell in seen.items():
        if cell.reader != "ocr":
            continue
        if key.table in disordered:
            reasons[key] = "图片识别：表的行列未能与《表》对齐"
        elif cell.state == "unreadable":
            reasons[key] = "图片识别：此格读不出"
        elif key in fractions:
            reasons[key] = f"图片识别：件数应为整数，读作{cell.raw_text}"
        elif _LEADING.match(cell.raw_text):
            reasons[key] = f"图片识别：数以0开头，读作{cell.raw_text}"
        elif (key in untested and not holding[key]) or not _is_certain(
            cell, holding[key], key in failing, (second or {}).get(key)
        ):
            reasons[key] = f"图片识别：把握不足（{_score(cell):.0%}），勾稽关系未能证明此数"
    return reasons


def _is_certain(cell: Observation, holding: int, failing: bool, other: Observation | None) -> bool:
    if cell.state == "mark":
        holding = 0  # sums hold as well over a nought
    score = _score(cell)
    twice = (
        other is not None
        and (other.state, other.value) == (cell.state, cell.value)
        and min(score, _score(other)) >= (_TWICE if holding and not failing else _TWICE_ALONE)
    )
    if failing and holding < _SUMS:
        return twice
    if holding >= _SUMS:
        return score >= _LEAST
    return twice or score >= (_ONE_SUM if holding else _NO_SUM)


def _score(cell: Observation) -> float:
    return _BLANK if cell.confidence is None else cell.confidence


def flag_uncertain(
    seen: Observations, checks: Sequence[Check], reasons: Mapping[Key, str]
) -> tuple[list[Check], dict[Key, Observation]]:
    """The cells with their flags, and failures that touch a flagged cell laid to the reading."""
    if not reasons:
        return list(checks), dict(seen)
    flagged = {
        key: replace(cell, flagged=True, doubt=cell.doubt or reasons[key])
        if key in reasons
        else cell
        for key, cell in seen.items()
    }
    settled = [
        replace(check, cause="reading")
        if check.cause == "print" and any(key in reasons for key in check.cells)
        else check
        for check in checks
    ]
    return settled, flagged
