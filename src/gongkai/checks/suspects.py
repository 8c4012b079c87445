"""Which cell is to blame: the one that alone explains every sum that fails."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import Check, Key


def locate(checks: Sequence[Check], family: Family) -> list[Check]:
    """Name the suspect of each failing sum where the pattern of failures allows it.

    A wrong cell breaks every identity it stands in. So a suspect stands in as many
    failing sums as possible (two at least) and in none that holds.
    """
    sums = [c for c in checks if c.expected is not None]
    failing = [c for c in sums if c.status == "fail"]
    if not failing:
        return list(checks)
    equalities = {(i.table, i.name) for i in family.identities if i.relation == "eq"}
    cleared: set[Key] = set()
    for check in sums:
        # only a sum clears its terms; an inequality has room for errors
        if check.status == "pass" and (check.table, check.rule) in equalities:
            cleared.update(check.cells)
    accused: dict[Key, int] = {}
    for check in failing:
        for key in check.cells:
            if key not in cleared:
                accused[key] = accused.get(key, 0) + 1
    located = []
    for check in checks:
        if check.status == "fail" and check.expected is not None:
            counts = {key: accused.get(key, 0) for key in check.cells}
            most = max(counts.values(), default=0)
            suspects = tuple(key for key, count in counts.items() if count == most)
            if most > 1 and len(suspects) == 1:
                check = replace(check, suspects=suspects)  # noqa: PLW2901
        located.append(check)
    return located
