"""Checks the official tables of one report, and decides the report's status.

The checks test identities, value types, and how each table was read. A reading is complete if
its labels are in the form's order, every printed number belongs to a cell, and every cell of the
form is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

from gongkai.checks.identities import IdentityChecks
from gongkai.families.family import Family
from gongkai.families.tables import Table
from gongkai.model import Check, Key, Observations
from gongkai.normalizers.tables.table_reader import TableReading

PROOF_RULE = "proof"
_SHOWN_LEFTOVERS = 8  # leftovers quoted in a message
_SHOWN_CELLS = 5  # cells named in a message
_CACHE_SIZE = 128  # most reports print the same cells of a table


class TableChecks:
    """The checks of one family's tables. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self.identities = IdentityChecks(family)
        self._titles = {table.id: table.title for table in family.tables}
        self._expected = {table.id: _ExpectedCells(table) for table in family.tables}
        self._types = {key: lines[0].value_type for key, lines in family.fields_by_key.items()}
        self._labels = family.short_labels

    def check(
        self,
        readings: Mapping[str, TableReading],
        forms: Mapping[str, str],
        observations: Observations,
    ) -> list[Check]:
        """Check the tables of one report, without causes.

        ``readings`` and ``forms`` are by table id; a table without a form is not printed.
        """
        checks = list(self.identities.check(observations, forms))
        for table_id in self._titles:
            if table_id in forms:
                checks += self.check_reading(readings[table_id], forms[table_id], observations)
            else:
                checks.append(self._missing_table(table_id))
                if table_id in readings:
                    checks.append(_check_leftovers(readings[table_id]))
        return self.identities.with_suspects(checks)

    def check_reading(
        self, reading: TableReading, form: str, observations: Observations
    ) -> Iterator[Check]:
        """Check how a printed table was read: order, coverage, completeness and value types.

        ``form`` is the form of the table.
        """
        yield _check_order(reading)
        yield _check_leftovers(reading)
        yield self._complete(reading.table, form, observations)
        yield self.check_counts(reading.table, observations)

    def check_proof(self, table_id: str, observations: Observations) -> Check:
        """Is every number but 0 in a table proved, by a sum, its picture or a person?

        A cell whose reading is in doubt has its flag, and does not count here.
        """
        unproved = tuple(
            key
            for key, cell in observations.items()
            if key.table == table_id and cell.value and cell.proof == "text" and not cell.flagged
        )
        name = (table_id, PROOF_RULE, "")
        if not unproved:
            return Check(*name, "pass", "must", "非零的数都有勾稽关系、页面图像或人工核定为证")
        shown = "、".join(self._labels[key].cell for key in unproved[:_SHOWN_CELLS])
        more = "等" if len(unproved) > _SHOWN_CELLS else ""
        text = f"{len(unproved)}个数只有一种读法，没有勾稽关系或页面图像为证：{shown}{more}"
        return Check(*name, "fail", "must", text, cause="reading", cells=unproved)

    def check_counts(self, table_id: str, observations: Observations) -> Check:
        """Test the cells of one table against their value types.

        Only a ``signed_count`` may be negative, and only an ``amount`` may have decimals.
        """
        wrong = [
            key
            for key, cell in observations.items()
            if key.table == table_id
            and cell.value is not None
            and not self._is_allowed(key, cell.value)
        ]
        name = (table_id, "counts", "values")
        if not wrong:
            return Check(*name, "pass", "must", "件数都是非负整数")
        names = "、".join(
            f"{self._labels[key].cell}印作{observations[key].raw_text}"
            for key in wrong[:_SHOWN_CELLS]
        )
        return Check(*name, "fail", "must", f"件数应为非负整数：{names}", cells=tuple(wrong))

    def missing_cells(self, table_id: str, form: str, printed: frozenset[Key]) -> frozenset[Key]:
        """The cells that a table of this form should print and that are not ``printed``."""
        return self._expected[table_id].missing(form, printed)

    def _is_allowed(self, key: Key, value: Decimal) -> bool:
        kind = self._types[key]
        if kind == "amount":
            return value >= 0
        is_integer = value == value.to_integral_value()
        return is_integer and (value >= 0 or kind == "signed_count")

    def _complete(self, table_id: str, form: str, observations: Observations) -> Check:
        """Are all cells of the form there?"""
        name = (table_id, "complete", "cells")
        printed = frozenset([key for key in observations if key.table == table_id])
        missing = sorted(self._expected[table_id].missing(form, printed))
        if not missing:
            return Check(*name, "pass", "usually", f"{form}年格式应有的格都已印出")
        names = "、".join(self._labels[key].cell for key in missing[:_SHOWN_CELLS])
        more = f"等{len(missing)}格" if len(missing) > _SHOWN_CELLS else ""
        return Check(*name, "fail", "usually", f"{form}年格式应有而未见：{names}{more}")

    def _missing_table(self, table_id: str) -> Check:
        text = f"报告里没有印出《{self._titles[table_id]}》表"
        return Check(table_id, "complete", "cells", "fail", "usually", text, cause="print")


def _check_order(reading: TableReading) -> Check:
    """Are the printed labels those of the form, in the order of the form?"""
    name = (reading.table, "order", "labels")
    if not reading.disorder:
        return Check(*name, "pass", "must", "各行各列的标签与《表》的次序一致")
    labels = "、".join(dict.fromkeys(reading.disorder))
    cells = tuple(cell.key for cell in reading.observations if cell.flagged)
    return Check(*name, "fail", "must", f"标签的次序或文字与《表》不符：{labels}", cells=cells)


def _check_leftovers(reading: TableReading) -> Check:
    """Does every number that is printed in the table belong to a cell of the form?"""
    name = (reading.table, "coverage", "numbers")
    leftovers = reading.leftovers
    if not leftovers:
        return Check(*name, "pass", "must", "表内印出的数都已归入某一格")
    texts = "、".join(
        f"第{left.page}页“{' '.join(left.text.split())[:20]}”"
        for left in leftovers[:_SHOWN_LEFTOVERS]
    )
    more = f"等{len(leftovers)}处" if len(leftovers) > _SHOWN_LEFTOVERS else ""
    return Check(*name, "fail", "must", f"表内有数未能归入任何一格：{texts}{more}")


class _ExpectedCells:
    """The cells of one table by row and form. Built once from the table."""

    def __init__(self, table: Table) -> None:
        rows: dict[str, dict[str, set[Key]]] = {}
        for field in table.fields:
            for form in field.forms:
                rows.setdefault(field.row_id, {}).setdefault(form, set()).add(field.key)
        self._rows = {
            row: {form: frozenset(keys) for form, keys in forms.items()}
            for row, forms in rows.items()
        }
        # Rows that may be printed in one of several ways: （六） as one row or as three.
        alternatives = [
            [frozenset(row for row, _ in terms) for name, terms in identity.groups.items() if name]
            for identity in table.identities
            if identity.over == "column"
        ]
        self._alternatives = [ways for ways in alternatives if ways]
        self.missing = lru_cache(maxsize=_CACHE_SIZE)(self._find_missing)

    def _find_missing(self, form: str, printed: frozenset[Key]) -> frozenset[Key]:
        """Return the cells that a table of this form should print and that are not ``printed``.

        A row that is printed with the columns of another form must have the cells of that
        form: some reports mix forms. Rows of an alternative that the report does not use are not
        missing.
        """
        unused = self._unused_rows(form, printed)
        missing: set[Key] = set()
        for row, forms in self._rows.items():
            if row in unused:
                continue
            counts = {each: len(keys & printed) for each, keys in forms.items()}
            best = max(counts, key=lambda f: (counts[f] / len(forms[f]), f == form))
            missing |= forms[best] if counts[best] else forms.get(form, frozenset())
        return frozenset(missing - printed)

    def _unused_rows(self, form: str, printed: frozenset[Key]) -> set[str]:
        """Rows of the alternatives that the report does not print.

        If it prints none of them, the rows of its own form are missing.
        """
        in_form = {row for row, forms in self._rows.items() if form in forms}
        printed_rows = {key.row for key in printed}
        unused: set[str] = set()
        for ways in self._alternatives:
            best = max(ways, key=lambda way: (len(way & printed_rows) / len(way), way <= in_form))
            unused.update(*(way for way in ways if way is not best))
        return unused
