"""The sums of a form that the printed cells of a report violate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from . import forms, forms2014
from .model import Key, Printed


def _sum(printed: Mapping[Key, Printed], keys: Iterable[Key]) -> Decimal | None:
    """Return the sum of cells, or None if one is absent or unreadable; blanks and marks are 0."""
    total = Decimal(0)
    for key in keys:
        cell = printed.get(key)
        if cell is None or cell.state == "unreadable":
            return None
        if cell.state == "number" and cell.value is not None:
            total += Decimal(cell.value)
    return total


def failing_checks(
    printed: Mapping[Key, Printed], form: str, single_other: bool = False
) -> list[str]:
    """Return the ids of all failing ``must`` checks, in a fixed order."""
    out: list[str] = []

    def compare(check: str, left: Iterable[Key], right: Iterable[Key]) -> None:
        a, b = _sum(printed, left), _sum(printed, right)
        if a is not None and b is not None and a != b:
            out.append(check)

    if form == "2014":
        return list(_failing_in_2014(printed))
    table = "applications"
    columns = [column for column, _ in forms.APPLICANTS]
    results = [r.row_id for r in forms.result_rows(form, single_other)]
    for c in columns:
        compare(
            f"{table}.column_balance.{c}",
            [(table, forms.RECEIVED, c), (table, forms.CARRIED_IN, c)],
            [(table, forms.PROCESSED, c), (table, forms.CARRIED_OUT, c)],
        )
    for c in columns:
        compare(
            f"{table}.results_sum.{c}",
            [(table, forms.PROCESSED, c)],
            [(table, row, c) for row in results],
        )
    for row in forms.application_rows(form, single_other):
        compare(
            f"{table}.row_total.{row}",
            [(table, row, "total")],
            [(table, row, c) for c in forms.PARTS],
        )
    table = "review_litigation"
    for row, _ in forms.DISPUTES:
        parts = [c for c, _ in forms.OUTCOMES if c != "total"]
        compare(
            f"{table}.row_total.{row}",
            [(table, row, "total")],
            [(table, row, c) for c in parts],
        )
    return out


def _failing_in_2014(printed: Mapping[Key, Printed]) -> Iterator[str]:
    """Yield the ids of the failing ``must`` checks of the statistics table."""
    table = forms2014.TABLE

    def total(*rows: str) -> Decimal | None:
        return _sum(printed, [(table, row, forms2014.COLUMN) for row in rows])

    for name, whole in forms2014.TOTALS.items():
        a, b = total(whole), total(*forms2014.PARTS[whole])
        if a is not None and b is not None and a != b:
            yield f"{table}.{name}.value"
    for name, (whole, part) in forms2014.WITHIN.items():
        a, b = total(whole), total(part)
        if a is not None and b is not None and a < b:
            yield f"{table}.{name}.value"
