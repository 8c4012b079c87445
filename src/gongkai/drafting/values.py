"""The numbers of a drafted table as arrays of integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from gongkai.drafting.schema import DraftTable, Place

Numbers = NDArray[np.int64]
_MOST_DECIMALS = 6


class CellKey(Struct, frozen=True, order=True):
    """One cell of a table, by the keys of its row and column."""

    table: int
    row: str
    column: str


class TableValues(Struct, frozen=True):
    """The numbers of one table.

    ``numbers`` has them by row, column and sample, as multiples of the smallest decimal place of
    all tables; blanks are 0. ``unit`` is one unit of the table's own last place.
    """

    table: DraftTable
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: Numbers
    fields: NDArray[np.bool_]  # by row and column: some sample has a place for a number
    unit: int
    is_rounded: bool  # has it decimals, so that sums may be off by rounding?

    def tolerance(self, terms: int) -> int:
        """By how much a sum of so many printed terms may be off: half a unit for each number.

        Below the smallest sum of three terms nothing is rounded away.
        """
        if not self.is_rounded:
            return 0
        return max(1, min(_MOST_UNITS, (terms + 1) // 2)) * self.unit


_MOST_UNITS = 5  # units of the last place: more is an error of the print


class Values:
    """The numbers of all tables, by cell and sample."""

    def __init__(self, tables: Sequence[DraftTable], samples: int) -> None:
        self.samples = samples
        decimals = {table.number: _decimals(table) for table in tables}
        self._scale = max(decimals.values(), default=0)
        self.tables: Mapping[int, TableValues] = {
            table.number: self._values(table, decimals[table.number]) for table in tables
        }
        self._numbers: dict[CellKey, list[int]] = {}
        for values in self.tables.values():
            for i, row in enumerate(values.rows):
                for j, column in enumerate(values.columns):
                    own = values.numbers[i, j]
                    if own.any():
                        key = CellKey(values.table.number, row, column)
                        self._numbers[key] = [int(number) for number in own]
        self._none = [0] * samples

    def of(self, key: CellKey) -> Sequence[int]:
        """The numbers of a cell in each sample, 0 where none is printed."""
        return self._numbers.get(key, self._none)

    def is_printed(self, key: CellKey, sample: int) -> bool:
        """Has a sample a place for the number of a cell?"""
        return Place(key.row, key.column, sample) in self.tables[key.table].table.cells

    def as_printed(self, number: int) -> Decimal:
        """A number in the decimal places of the print."""
        return Decimal(number).scaleb(-self._scale)

    def _values(self, table: DraftTable, decimals: int) -> TableValues:
        rows, columns = tuple(table.rows.printed), tuple(table.columns.printed)
        row_at = {key: k for k, key in enumerate(rows)}
        column_at = {key: k for k, key in enumerate(columns)}
        shape = (len(rows), len(columns), self.samples)
        numbers = np.zeros(shape, dtype=np.int64)
        fields = np.zeros(shape[:2], dtype=np.bool_)
        for place, cell in table.cells.items():
            at = (row_at[place.row], column_at[place.column])
            fields[at] = True
            if cell.number is not None:
                numbers[(*at, place.sample)] = int(cell.number.scaleb(self._scale))
        unit = 10 ** (self._scale - decimals)
        return TableValues(table, rows, columns, numbers, fields, unit, decimals > 0)


def _decimals(table: DraftTable) -> int:
    """The most decimal places that a table prints."""
    places = [
        -int(cell.number.as_tuple().exponent)
        for cell in table.cells.values()
        if cell.number is not None
    ]
    return min(_MOST_DECIMALS, max([0, *places]))
