"""Tests how a table was read: labels in order, no number left over, no cell missing."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.checks.cell_labels import CellLabels
from gongkai.checks.counts import CountChecks
from gongkai.checks.expected_cells import ExpectedCells
from gongkai.families.family import Family
from gongkai.model import Check, Key, Observations
from gongkai.normalizers.tables.table_reading import TableReading

_SHOWN_LEFTOVERS = 8  # leftovers quoted in a message
_SHOWN_CELLS = 5  # cells named in a message


class CompletenessChecks:
    """The completeness checks of one family's tables. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._titles = {table.id: table.title for table in family.tables}
        self._expected = {table.id: ExpectedCells(table) for table in family.tables}
        self._labels = CellLabels(family)
        self._counts = CountChecks(family)

    def check(
        self, reading: TableReading, form: str, observations: Observations
    ) -> Iterator[Check]:
        """The four checks of one printed table; ``form`` is the form of the table."""
        yield check_order(reading)
        yield check_leftovers(reading)
        yield self._complete(reading.table, form, observations)
        yield self._counts.check(reading.table, observations)

    def missing_table(self, table_id: str) -> Check:
        """The failed check for a table that the report does not print."""
        text = f"报告里没有印出《{self._titles[table_id]}》表"
        return Check(table_id, "complete", "cells", "fail", "usually", text, cause="print")

    def missing_cells(self, table_id: str, form: str, printed: frozenset[Key]) -> frozenset[Key]:
        """The cells that a table of this form should print and that are not ``printed``."""
        return self._expected[table_id].missing(form, printed)

    def _complete(self, table_id: str, form: str, observations: Observations) -> Check:
        name = (table_id, "complete", "cells")
        printed = frozenset([key for key in observations if key.table == table_id])
        missing = sorted(self.missing_cells(table_id, form, printed))
        if not missing:
            return Check(*name, "pass", "usually", f"{form}年格式应有的格都已印出")
        names = "、".join(map(self._labels.cell, missing[:_SHOWN_CELLS]))
        more = f"等{len(missing)}格" if len(missing) > _SHOWN_CELLS else ""
        return Check(*name, "fail", "usually", f"{form}年格式应有而未见：{names}{more}")


def check_order(reading: TableReading) -> Check:
    """Are the printed labels those of the form, in the order of the form?"""
    name = (reading.table, "order", "labels")
    if not reading.disorder:
        return Check(*name, "pass", "must", "各行各列的标签与《表》的次序一致")
    labels = "、".join(dict.fromkeys(reading.disorder))
    cells = tuple(cell.key for cell in reading.observations if cell.flagged)
    return Check(*name, "fail", "must", f"标签的次序或文字与《表》不符：{labels}", cells=cells)


def check_leftovers(reading: TableReading) -> Check:
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
