"""Finds the cell that alone can explain the failed sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.model import Check, Key


def with_suspects(checks: Sequence[Check], identities: IdentityChecks) -> list[Check]:
    """Add to each failing identity its suspect, if the pattern of failures names one.

    A wrong cell breaks every identity that contains it. So the suspect of a check is its cell
    in most failing identities, at least two, and in no passing equation.
    """
    tested = [check for check in checks if check.expected is not None]
    failing = [check for check in tested if check.status == "fail"]
    if not failing:
        return list(checks)
    cleared = {
        key
        for check in tested
        if check.status == "pass" and identities.is_equation(check)
        for key in check.cells
    }
    failures = Counter(key for check in failing for key in check.cells if key not in cleared)
    return [
        replace(check, suspects=_suspects(check, failures))
        if check.status == "fail" and check.expected is not None
        else check
        for check in checks
    ]


def _suspects(check: Check, failures: Counter[Key]) -> tuple[Key, ...]:
    """The cell with the most failures, if it is the only one and has at least two."""
    counts = {key: failures[key] for key in check.cells}
    most = max(counts.values(), default=0)
    suspects = tuple(key for key, count in counts.items() if count == most)
    return suspects if most > 1 and len(suspects) == 1 else ()
