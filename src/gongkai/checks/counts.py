"""Tests that counts are whole numbers and not negative."""

from __future__ import annotations

from decimal import Decimal

from gongkai.checks.cell_labels import CellLabels
from gongkai.families.family import Family
from gongkai.model import Check, Key, Observations

_SHOWN = 5  # cells named in a message


class CountChecks:
    """The checks of value types of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._types = {key: lines[0].value_type for key, lines in family.fields_by_key.items()}
        self._labels = CellLabels(family)

    def check(self, table_id: str, observations: Observations) -> Check:
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
            f"{self._labels.cell(key)}印作{observations[key].raw_text}" for key in wrong[:_SHOWN]
        )
        return Check(*name, "fail", "must", f"件数应为非负整数：{names}", cells=tuple(wrong))

    def _is_allowed(self, key: Key, value: Decimal) -> bool:
        kind = self._types[key]
        if kind == "amount":
            return value >= 0
        is_integer = value == value.to_integral_value()
        return is_integer and (value >= 0 or kind == "signed_count")
