"""Compiled identities: which cells of a report each accounting identity adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from gongkai.families.fields import TableFields, parse_key
from gongkai.families.lines import OPEN_ROW, Over
from gongkai.model import Key, Severity

SignedCells = tuple[tuple[Key, int], ...]  # cells of one sum, each with its sign
Terms = tuple[tuple[str, int], ...]  # members of a sum, each with its sign


class IdentityInstance(NamedTuple):
    """One identity at one place of a report."""

    place: str  # id of the row or column it holds for; of a tree, both: 201.total
    ways: tuple[SignedCells, ...]  # each way the form may print the terms; at least one


class PrintedCells:
    """The cells that a report prints. Built for each report."""

    def __init__(self, keys: Collection[Key]) -> None:
        self.keys = keys
        found: dict[str, dict[str, None]] = defaultdict(dict)
        columns: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            found[key.table][key.row] = None
            columns[key.table].add(key.column)
        self._rows = {table: tuple(rows) for table, rows in found.items()}
        self._columns = columns

    def rows(self, table: str) -> tuple[str, ...]:
        """The printed rows of a table, in printed order."""
        return self._rows.get(table, ())

    def columns(self, table: str) -> Collection[str]:
        """The printed columns of a table."""
        return self._columns.get(table, ())


@dataclass(frozen=True, eq=False)
class Identity:
    """One accounting identity: the signed sum of its terms is 0 (eq) or not negative (ge)."""

    name: str
    severity: Severity
    table: str
    over: Over
    relation: Literal["eq", "ge"]
    # Groups are alternative ways of printing the same terms; members of "" are in each of them.
    groups: Mapping[str, Terms]
    tables: Mapping[str, TableFields]  # of the family
    tolerance: Literal["", "rounding"] = ""

    def key(self, member: str, place: str) -> Key:
        """The cell of one member in the row or column ``place``."""
        if self.over == "cells":
            table, row, column = parse_key(member)
            return Key(table, place if row == OPEN_ROW else row, column)
        row, column = (member, place) if self.over == "column" else (place, member)
        return Key(self.table, row, column)

    @cached_property
    def members(self) -> frozenset[str]:
        """Ids of all rows (over columns), columns (over rows) or cells among its terms."""
        return frozenset(member for terms in self.groups.values() for member, _ in terms)

    @cached_property
    def is_fixed(self) -> bool:
        """Does the form alone say which cells it adds up, whatever the report prints of it?"""
        table = self.tables[self.table]
        return self.over in ("row", "column") and table.codes is None and not table.optional

    @cached_property
    def instances(self) -> Mapping[str | None, tuple[IdentityInstance, ...]]:
        """By form, each row or column that a fixed identity holds for, in the order of the form.

        Under None: each row or column in which all terms of one way are fields. A form without
        cells of the table is not among the keys. Empty for identities that are not fixed.
        """
        if not self.is_fixed:
            return {}
        forms: dict[Key, set[str]] = defaultdict(set)
        places: dict[str, None] = {}
        for field in self.tables[self.table].listed:
            forms[field.key].update(field.forms)
            places.setdefault(field.column_id if self.over == "column" else field.row_id)
        placed = [IdentityInstance(place, self._ways(place, forms)) for place in places]
        placed = [instance for instance in placed if instance.ways]
        found: dict[str | None, tuple[IdentityInstance, ...]] = {None: tuple(placed)}
        for form in {form for printed in forms.values() for form in printed}:
            found[form] = tuple(
                instance
                for instance in placed
                if any(all(form in forms[key] for key, _ in way) for way in instance.ways)
            )
        return found

    def _ways(self, place: str, known: Mapping[Key, object]) -> tuple[SignedCells, ...]:
        def cells(terms: Sequence[tuple[str, int]]) -> SignedCells:
            return tuple((self.key(member, place), sign) for member, sign in terms)

        always = cells(self.groups.get("", ()))
        ways = [always + cells(terms) for name, terms in self.groups.items() if name] or [always]
        return tuple(way for way in ways if all(key in known for key, _ in way))

    def in_report(
        self, forms: Mapping[str, str], printed: PrintedCells
    ) -> Sequence[IdentityInstance]:
        """The places of a report at which it is tested, if it is not fixed.

        ``forms`` has the form of each printed table. A row with a code, and one that the form
        may leave out, takes part only where it is printed. A row without a place for a number
        that the other rows have is not tested.
        """
        if any(table not in forms for table in self._tables_involved):
            return ()
        if self.over == "tree":
            return [*self._of_tree(printed)]
        placed = (self._at(place, printed) for place in self._places(printed))
        return [instance for instance in placed if instance is not None]

    @cached_property
    def _tables_involved(self) -> frozenset[str]:
        if self.over != "cells":
            return frozenset({self.table})
        return frozenset(member.partition(".")[0] for member in self.members)

    def _places(self, printed: PrintedCells) -> Iterable[str]:
        own = self.tables[self.table]
        if self.over == "column":
            return own.columns
        if self.over == "row":
            return dict.fromkeys((*own.rows, *printed.rows(self.table)))
        same_row = [m.partition(".")[0] for m in self.members if f".{OPEN_ROW}." in m]
        if not same_row:
            return ("",)
        common = set.intersection(*(set(printed.rows(table)) for table in same_row))
        return [row for row in printed.rows(same_row[0]) if row in common and own.is_code(row)]

    def _at(self, place: str, printed: PrintedCells) -> IdentityInstance | None:
        """The identity at one place; None if the form has none of its terms there, or too few."""
        terms = [(self.key(m, place), sign) for group in self.groups.values() for m, sign in group]
        kept = [(key, sign) for key, sign in terms if self._takes_part(key, printed)]
        if len({sign for _, sign in kept}) < 2 or not all(self._is_field(key) for key, _ in kept):
            return None
        if self.over == "row" and any(self._has_no_place(key, printed) for key, _ in terms):
            return None
        return IdentityInstance(place, (tuple(kept),))

    def _takes_part(self, key: Key, printed: PrintedCells) -> bool:
        table = self.tables[key.table]
        if key in table.optional or table.is_code(key.row):
            return key in printed.keys
        return True

    def _has_no_place(self, key: Key, printed: PrintedCells) -> bool:
        """May the form leave out a cell, and has this report its column in other rows?"""
        optional = self.tables[key.table].optional
        return (
            key in optional and key not in printed.keys and key.column in printed.columns(key.table)
        )

    def _is_field(self, key: Key) -> bool:
        table = self.tables[key.table]
        if table.is_code(key.row):
            return any(line.column_id == key.column for line in table.coded)
        return key in table.listed_by_key

    def _of_tree(self, printed: PrintedCells) -> Iterator[IdentityInstance]:
        """In each column: each code and those directly below it, and the total over all.

        A column that the form may leave out takes part where the total is printed.
        """
        own = self.tables[self.table]
        if own.codes is None:
            return
        totals = self.groups.get("", ())
        below = own.codes.children(row for row in printed.rows(self.table) if own.is_code(row))
        for parent, codes in below.items():
            above = [(parent, 1)] if parent else [(row, sign) for row, sign in totals if row]
            for column in dict.fromkeys(line.column_id for line in own.coded):
                upper = [(Key(self.table, row, column), sign) for row, sign in above]
                if not upper or not all(self._is_field(key) for key, _ in upper):
                    continue
                lower = [(Key(self.table, code, column), -1) for code in codes]
                if upper[0][0] in own.optional and upper[0][0] not in printed.keys:
                    continue
                place = f"{above[0][0]}.{column}"
                yield IdentityInstance(place, (tuple(upper + lower),))
