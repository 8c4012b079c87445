"""The sums a report must keep, computed from what is printed in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from . import forms
from .model import Key, Printed


def _total(printed: Mapping[Key, Printed], keys: Iterable[Key]) -> Decimal | None:
    """The sum of cells; blanks and marks add nothing, an unreadable or absent cell spoils it."""
    total = Decimal(0)
    for key in keys:
        cell = printed.get(key)
        if cell is None or cell.state == "unreadable":
            return None
        if cell.state == "number" and cell.value is not None:
            total += Decimal(cell.value)
    return total


def failing(printed: Mapping[Key, Printed], form: str, single_other: bool = False) -> list[str]:
    """The ids of all must checks that do not hold, in a stable order."""
    out: list[str] = []

    def test(check: str, left: Iterable[Key], right: Iterable[Key]) -> None:
        a, b = _total(printed, left), _total(printed, right)
        if a is not None and b is not None and a != b:
            out.append(check)

    table = "applications"
    columns = [column for column, _ in forms.APPLICANTS]
    results = [r.row_id for r in forms.result_rows(form, single_other)]
    for c in columns:
        test(
            f"{table}.column_balance.{c}",
            [(table, forms.RECEIVED, c), (table, forms.CARRIED_IN, c)],
            [(table, forms.PROCESSED, c), (table, forms.CARRIED_OUT, c)],
        )
    for c in columns:
        test(
            f"{table}.results_sum.{c}",
            [(table, forms.PROCESSED, c)],
            [(table, row, c) for row in results],
        )
    for row in forms.application_rows(form, single_other):
        test(
            f"{table}.row_total.{row}",
            [(table, row, "total")],
            [(table, row, c) for c in forms.PARTS],
        )
    table = "review_litigation"
    for row, _ in forms.DISPUTES:
        parts = [c for c, _ in forms.OUTCOMES if c != "total"]
        test(
            f"{table}.row_total.{row}",
            [(table, row, "total")],
            [(table, row, c) for c in parts],
        )
    return out
