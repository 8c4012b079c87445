"""Which cells a sum proves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gongkai.model import Check, Key


def proved_by_sums(
    checks: Iterable[Check], is_equation: Callable[[Check], bool]
) -> tuple[set[Key], set[Key]]:
    """Return the cells that ``must`` equations prove, and those in equations of zeros only.

    An equation proves its cells if it holds and its sum is not zero; 0 = 0 + 0 would hold if
    no number were printed. A cell that is also in a ``must`` equation that fails is in neither
    set. ``is_equation`` tells equations from inequalities, which leave room for errors.
    """
    proved: set[Key] = set()
    zeros: set[Key] = set()
    failed: set[Key] = set()
    for check in checks:
        if check.severity != "must" or check.expected is None or not is_equation(check):
            continue
        if check.status == "pass":
            (proved if check.expected else zeros).update(check.cells)
        elif check.status == "fail":
            failed.update(check.cells)
    return proved - failed, zeros - proved - failed
