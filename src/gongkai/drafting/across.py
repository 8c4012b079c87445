"""Identities over several tables: equal rows, rows that are columns elsewhere, equal totals.

Bodies that spend all they get satisfy equalities that are no laws, and no number of such samples
shows it. So all of these hold "usually" until a person accepts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from msgspec import Struct

from gongkai.drafting.evidence import Candidate, Identity, Instance, Judge
from gongkai.drafting.keys import JOINT, Labels, is_sum
from gongkai.drafting.sums import TableSums
from gongkai.drafting.values import CellKey, TableValues, Values

_MIN_COMMON = 3  # rows that two tables have in common
_ENDING = 2  # characters by which two names of one row may differ at their end
_SHORTEST_WHOLE = 4  # characters of a label that another one may contain
_MOST_TOPS = 60  # totals among which sums of two are sought
_FEW_TOPS = 4  # rows that no sum explains, each of which then counts as a total
SAME_CODE = "the same code in both tables"


class _Rows(Struct, frozen=True):
    """The rows of a table by the names under which another table may have them."""

    values: TableValues
    by_name: Mapping[str, tuple[str, ...]]
    sums: TableSums


class AcrossTables:
    """Finds identities over several tables. Built once from the numbers."""

    def __init__(self, values: Values, judge: Judge, labels: Labels) -> None:
        self._values = values
        self._judge = judge
        self._labels = labels

    def find(self, sums: Mapping[int, TableSums]) -> list[Identity]:
        """The identities over the tables, given the sums within each of them."""
        tables = [
            _Rows(self._values.tables[number], self._names(self._values.tables[number]), own)
            for number, own in sums.items()
            if self._values.tables[number].numbers.any()
        ]
        found: list[Identity] = []
        for one, other in combinations(tables, 2):
            found += self._same_rows(one, other)
            found += self._rows_as_columns(one, other)
            found += self._rows_as_columns(other, one)
            found += self._parts(one, other)
            found += self._parts(other, one)
        found += self._equal_tops(tables)
        return found

    def _names(self, values: TableValues) -> dict[str, tuple[str, ...]]:
        """The rows of a table by their innermost label, the first in print or in the tree first.

        Rows with one label under different heads have no name that another table has, too.
        """
        rows = values.table.rows
        found: dict[str, list[str]] = {}
        for key in sorted(values.rows, key=lambda key: len(rows.code(key))):
            if path := rows.path(key):
                found.setdefault(self._labels.core(path[-1]), []).append(key)
        return {name: tuple(keys) for name, keys in found.items() if self._is_one(values, keys)}

    @staticmethod
    def _is_one(values: TableValues, keys: Sequence[str]) -> bool:
        """Is the first of some rows with one name the one that another table may have?"""
        rows = values.table.rows
        codes = [rows.code(key) for key in keys]
        if codes[0]:
            shortest = min(len(code) for key in values.rows if (code := rows.code(key)))
            return len(keys) == 1 or len(codes[0]) == shortest
        return all(rows.path(key) == rows.path(keys[0]) for key in keys)

    def _same_rows(self, one: _Rows, other: _Rows) -> Iterator[Identity]:
        """Columns of two tables that are equal in the rows that both have."""
        a, b = one.values, other.values
        both_coded = a.table.open_rows == b.table.open_rows == "codes"
        if "names" in (a.table.open_rows, b.table.open_rows):
            return
        if both_coded:
            common = [(row, row) for row in a.rows if row in b.rows and a.table.rows.code(row)]
        else:
            common = _twins(one.by_name, other.by_name)
            common = [(x, y) for x, y in common if not is_sum(a.table.rows.path(x))]
        named = len(common)
        common = [(x, y) for x, y in common if self._has_data(a, x) or self._has_data(b, y)]
        is_open = a.table.open_rows or b.table.open_rows
        if named < _MIN_COMMON or len(common) < (_MIN_COMMON if is_open else 1):
            return
        reason = SAME_CODE if both_coded else "rows of the same name"
        tries = float(len(a.columns) * len(b.columns))
        for c in a.columns:
            for d in b.columns:
                instances = tuple(
                    {CellKey(a.table.number, x, c): 1, CellKey(b.table.number, y, d): -1}
                    for x, y in common
                )
                are_named = c.rpartition(JOINT)[2] == d.rpartition(JOINT)[2] or (
                    self._is_whole(a, c) and self._is_whole(b, d)
                )
                yield from self._equal_or_less(instances, tries, reason, are_named)

    @staticmethod
    def _is_whole(values: TableValues, column: str) -> bool:
        """Is a column the only one of its table, or one of totals?"""
        return len(values.columns) == 1 or is_sum(values.table.columns.path(column))

    def _equal_or_less(
        self, instances: tuple[Instance, ...], tries: float, reason: str, is_alike: bool
    ) -> Iterator[Identity]:
        table = next(iter(instances[0])).table
        candidate = Candidate("cells", table, (), instances, tries, False, "eq", reason)
        if (identity := self._judge.test(candidate)) is not None:
            yield identity
            return
        for sign in (1, -1) if is_alike else ():
            signed = tuple({key: sign * own for key, own in i.items()} for i in instances)
            bound = Candidate("cells", table, (), signed, tries, False, "ge", reason)
            if (identity := self._judge.test(bound)) is not None:
                yield identity
                return

    def _has_data(self, values: TableValues, row: str) -> bool:
        return bool(values.numbers[values.rows.index(row)].any())

    def _rows_as_columns(self, one: _Rows, other: _Rows) -> Iterator[Identity]:
        """Rows of one table that are the columns of a total row in the other."""
        a, b = one.values, other.values
        same = [
            (rows, column)
            for name, rows in one.by_name.items()
            for column in b.columns
            if self._labels.core(column.rpartition(JOINT)[2]) == name
        ]
        if len(same) < 2:
            return
        ways = [[(rows[:1], column) for rows, column in same]]
        if not any(a.table.rows.code(row) for rows, _ in same for row in rows):
            ways.append([(rows, column) for rows, column in same if len(rows) > 1])
        tops = [row for row in b.rows if is_sum(b.table.rows.path(row))]
        for column in a.columns:
            for top, way in product(dict.fromkeys((*tops, *other.sums.top_rows)), ways):
                instances = tuple(
                    {CellKey(a.table.number, row, column): 1 for row in rows}
                    | {CellKey(b.table.number, top, own): -1}
                    for rows, own in way
                )
                reason = "rows that are columns of the other table"
                candidate = Candidate(
                    "cells", a.table.number, (), instances, 4.0, False, "eq", reason
                )
                if (identity := self._judge.test(candidate)) is not None:
                    yield identity

    def _parts(self, one: _Rows, other: _Rows) -> Iterator[Identity]:
        """Rows of one table that are wholes of which the other has a part, by their labels.

        The part's label has words more within: 年初结转和结余, 年初财政拨款结转和结余.
        """
        a, b = one.values, other.values
        if a.table.open_rows == "names" or b.table.open_rows == "names":
            return
        for name, rows in one.by_name.items():
            parts = [own[0] for part, own in other.by_name.items() if _is_within(name, part)]
            is_coded = a.table.rows.code(rows[0]) or (parts and b.table.rows.code(parts[0]))
            if len(parts) != 1 or is_coded:
                continue
            for c, d in product(a.columns, b.columns):
                if self._is_whole(a, c) and self._is_whole(b, d):
                    whole, part = (
                        CellKey(a.table.number, rows[0], c),
                        CellKey(b.table.number, parts[0], d),
                    )
                    instance = {whole: 1, part: -1}
                    candidate = Candidate(
                        "cells", part.table, (), (instance,), 1.0, True, "ge", "part by its label"
                    )
                    if (identity := self._judge.test(candidate)) is not None:
                        yield identity

    def _equal_tops(self, tables: Sequence[_Rows]) -> Iterator[Identity]:
        """Totals that are equal in all samples, or the sum of two others."""
        tops = [key for rows in tables for key in self._tops(rows)]
        heads: list[CellKey] = []
        for key in tops:
            twin = next((head for head in heads if self._are_close(key, head)), None)
            identity = None
            if twin is not None:
                instance: Instance = {key: 1, twin: -1}
                reason = "equal totals"
                tries = float(max(1, len(heads)))
                identity = self._judge.test(
                    Candidate("cells", key.table, (), (instance,), tries, False, "eq", reason)
                )
            if identity is not None:
                yield identity
            else:
                heads.append(key)
        yield from self._sums_of_two(heads[:_MOST_TOPS])

    def _tops(self, rows: _Rows) -> Iterator[CellKey]:
        """The cells of totals, and of rows that no sum explains if these are few."""
        table = rows.values.table
        tops = rows.sums.top_rows if len(rows.sums.top_rows) <= _FEW_TOPS else ()
        for row in rows.values.rows if table.open_rows != "names" else ():
            if table.rows.code(row) or not (row in tops or is_sum(table.rows.path(row))):
                continue
            for column in rows.values.columns:
                key = CellKey(table.number, row, column)
                if any(self._values.of(key)):
                    yield key

    def _are_close(self, key: CellKey, other: CellKey) -> bool:
        slack = self._values.tables[key.table].tolerance(2)
        pairs = zip(self._values.of(key), self._values.of(other), strict=True)
        return all(abs(x - y) <= slack for x, y in pairs)

    def _sums_of_two(self, heads: Sequence[CellKey]) -> Iterator[Identity]:
        numbers = {key: self._values.of(key) for key in heads}
        for one, other in combinations(heads, 2):
            both = [x + y for x, y in zip(numbers[one], numbers[other], strict=True)]
            for total in heads:
                if len({one.table, other.table, total.table}) < 2 or total in (one, other):
                    continue
                slack = self._values.tables[total.table].tolerance(3)
                if any(abs(x - y) > slack for x, y in zip(both, numbers[total], strict=True)):
                    continue
                instance: Instance = {total: 1, one: -1, other: -1}
                tries = float(len(heads) ** 2)
                candidate = Candidate(
                    "cells", total.table, (), (instance,), tries, False, "eq", "total of two totals"
                )
                if (identity := self._judge.test(candidate)) is not None:
                    yield identity


def _is_within(whole: str, part: str) -> bool:
    """Has the label of a part all of that of its whole, in its order, and more within?"""
    if len(whole) < _SHORTEST_WHOLE or len(part) <= len(whole):
        return False
    rest = iter(part)
    is_framed = (whole[:_ENDING], whole[-_ENDING:]) == (part[:_ENDING], part[-_ENDING:])
    return is_framed and all(char in rest for char in whole)


def _twins(
    one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, str]]:
    """The rows of two tables with one name, or with a word more at its end: 拨款, 拨款收入."""
    found = []
    for name, rows in one.items():
        longer = [
            theirs
            for theirs in other
            if theirs.startswith(name) or name.startswith(theirs)
            if abs(len(theirs) - len(name)) <= _ENDING
        ]
        match = name if name in other else longer[0] if len(longer) == 1 else None
        if match is not None:
            found.append((rows[0], other[match][0]))
    return found
