"""Proofs about the reading itself: names in order, nothing left over, nothing missing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from gongkai.checks.identities import short_label
from gongkai.families.family import Family
from gongkai.model import Check, Key, Observations
from gongkai.normalizers.tables.table_reader import TableReading


def check_reading(
    reading: TableReading, form: str, seen: Observations, family: Family
) -> Iterator[Check]:
    """The proofs of one table that was printed."""
    yield _order(reading)
    yield check_coverage(reading)
    yield _complete(reading.table, form, seen, family)
    yield check_counts(reading.table, seen, family)


def missing_table(table_id: str, family: Family) -> Check:
    """The finding that an official table was not printed at all."""
    title = family.table(table_id).title
    return Check(
        table_id,
        "complete",
        "cells",
        "fail",
        "usually",
        f"报告里没有印出《{title}》表",
        cause="print",
    )


def _order(reading: TableReading) -> Check:
    name = (reading.table, "order", "labels")
    if not reading.disorder:
        return Check(*name, "pass", "must", "各行各列的标签与《表》的次序一致")
    labels = "、".join(dict.fromkeys(reading.disorder))
    cells = tuple(o.key for o in reading.observations if o.flagged)
    return Check(*name, "fail", "must", f"标签的次序或文字与《表》不符：{labels}", cells=cells)


def check_coverage(reading: TableReading) -> Check:
    """Every number printed where the table stands has a name, or the check lists it."""
    name = (reading.table, "coverage", "numbers")
    if not reading.leftovers:
        return Check(*name, "pass", "must", "表内印出的数都已归入某一格")
    texts = "、".join(
        f"第{left.page}页“{' '.join(left.text.split())[:20]}”" for left in reading.leftovers[:8]
    )
    more = f"等{len(reading.leftovers)}处" if len(reading.leftovers) > 8 else ""
    return Check(*name, "fail", "must", f"表内有数未能归入任何一格：{texts}{more}")


@lru_cache(maxsize=256)  # most reports print the same cells
def missing_cells(table_id: str, form: str, seen: frozenset[Key], family: Family) -> frozenset[Key]:
    """The cells that a table of this form prints, in the way this report chose, and that are
    not among those ``seen`` in it.

    A row that is printed with the columns of the other form (seen in real reports that
    mix both) is held to those columns.
    """
    left_out = _other_ways(table_id, form, seen, family)
    expected: set[Key] = set()
    for row, forms in _printable(table_id, family).items():
        printed = {form_id: len(keys & seen) for form_id, keys in forms.items()}
        best = max(printed, key=lambda f: (printed[f] / len(forms[f]), f == form))
        chosen = best if printed[best] else form
        if (row not in left_out and form in forms) or printed[best]:
            expected |= forms.get(chosen, frozenset())
    return frozenset(key for key in expected - seen if key.row not in left_out)


@lru_cache(maxsize=64)
def _printable(table_id: str, family: Family) -> dict[str, dict[str, frozenset[Key]]]:
    """The cells of each row of a table, by form."""
    by_row: dict[str, dict[str, set[Key]]] = {}
    for field in family.fields:
        if field.table_id == table_id:
            for each in field.forms:
                by_row.setdefault(field.row_id, {}).setdefault(each, set()).add(field.key)
    return {
        row: {form: frozenset(keys) for form, keys in forms.items()}
        for row, forms in by_row.items()
    }


def _other_ways(table_id: str, form: str, seen: frozenset[Key], family: Family) -> set[str]:
    """Rows that belong to a way of printing the report did not choose (（六）in one or three).

    Where it printed none of them, the form's own way is the one that is missing.
    """
    in_form = {row for row, forms in _printable(table_id, family).items() if form in forms}
    left_out: set[str] = set()
    printed = {key.row for key in seen}
    for identity in family.identities:
        if identity.table != table_id or identity.over != "column":
            continue
        ways = {name: {m for m, _ in terms} for name, terms in identity.groups.items() if name}
        if ways:
            best = max(
                ways,
                key=lambda name: (
                    len(ways[name] & printed) / len(ways[name]),
                    ways[name] <= in_form,
                ),
            )
            left_out |= set().union(*(rows for name, rows in ways.items() if name != best))
    return left_out


def _complete(table_id: str, form: str, seen: Observations, family: Family) -> Check:
    name = (table_id, "complete", "cells")
    own = frozenset([key for key in seen if key.table == table_id])
    missing = sorted(missing_cells(table_id, form, own, family))
    if not missing:
        return Check(*name, "pass", "usually", f"{form}年格式应有的格都已印出")
    names = "、".join(short_label(key, family) for key in missing[:5])
    more = f"等{len(missing)}格" if len(missing) > 5 else ""
    return Check(*name, "fail", "usually", f"{form}年格式应有而未见：{names}{more}")


def check_counts(table_id: str, seen: Observations, family: Family) -> Check:
    """Counts are whole and not negative; only a change may be, and money may have decimals."""
    wrong = [
        key
        for key, observation in seen.items()
        if key.table == table_id
        and observation.value is not None
        and not _fits(key, observation.value, family)
    ]
    name = (table_id, "counts", "values")
    if not wrong:
        return Check(*name, "pass", "must", "件数都是非负整数")
    names = "、".join(f"{short_label(key, family)}印作{seen[key].raw_text}" for key in wrong[:5])
    return Check(*name, "fail", "must", f"件数应为非负整数：{names}", cells=tuple(wrong))


def _fits(key: Key, value: Decimal, family: Family) -> bool:
    kind = family.fields_by_key[key][0].value_type
    if kind == "amount":
        return value >= 0
    whole = value == value.to_integral_value()
    return whole and (value >= 0 or kind == "signed_count")
