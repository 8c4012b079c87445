"""Tests the accounting identities of the form: sums of printed cells, and inequalities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from gongkai.checks.cell_labels import CellLabels
from gongkai.families.family import Family
from gongkai.families.tables import Identity, SignedCells
from gongkai.model import Check, CheckStatus, Key, Observation, Observations

Printed = list[tuple[Key, Observation]]  # the printed terms of one side of an identity

_ZERO = Decimal(0)


class IdentityChecks:
    """The identities of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._identities = family.identities
        self._labels = CellLabels(family)
        self._equations = frozenset(
            (identity.table, identity.name)
            for identity in family.identities
            if identity.relation == "eq"
        )

    def check(self, observations: Observations, forms: Mapping[str, str]) -> Iterator[Check]:
        """Test every identity of the form of each printed table.

        ``forms`` maps table ids to form ids. A check is skipped, with the reason, if one of
        its cells is not printed or not readable, or if there is no number on one side.
        """
        for identity in self._identities:
            for place, ways in identity.instances(forms.get(identity.table)):
                terms = _printed_way(ways, observations)
                yield self._test(identity, place, terms, observations)

    def sums(self, observations: Observations, forms: Mapping[str, str]) -> Iterator[SignedCells]:
        """The signed cells of each equation of severity ``must``: their sum must be zero."""
        for identity in self._identities:
            if identity.severity == "must" and identity.relation == "eq":
                for _, ways in identity.instances(forms.get(identity.table)):
                    yield _printed_way(ways, observations)

    def is_equation(self, check: Check) -> bool:
        """Does a check test an equation? An inequality leaves room for errors."""
        return (check.table, check.rule) in self._equations

    def _test(
        self, identity: Identity, place: str, terms: SignedCells, observations: Observations
    ) -> Check:
        name = (identity.table, identity.name, place)
        severity = identity.severity
        found = [
            (key, cell, sign) for key, sign in terms if (cell := observations.get(key)) is not None
        ]
        cells = tuple([key for key, _, _ in found])
        if len(found) < len(terms):
            missing = [key for key, _ in terms if key not in observations]
            text = f"未印出：{self._list(missing[:3])}{'等' if len(missing) > 3 else ''}"
            return Check(*name, "skipped", severity, text, cells=cells)
        states = [cell.state for _, cell, _ in found]
        if "unreadable" in states:
            unread = [key for key, cell, _ in found if cell.state == "unreadable"]
            return Check(*name, "skipped", severity, f"读不出：{self._list(unread)}", cells=cells)
        plus = [(key, cell) for key, cell, sign in found if sign == 1]
        minus = [(key, cell) for key, cell, sign in found if sign == -1]
        if not (_has_number(plus) and _has_number(minus)):
            return Check(*name, "skipped", severity, "格为空或符号，无数可验", cells=cells)
        left, right = _total(plus), _total(minus)
        holds = left == right if identity.relation == "eq" else left >= right
        text = self._formula(identity, (plus, left), (minus, right), holds)
        empty = states.count("blank") + states.count("mark")
        if empty:
            text += f"（其中{empty}格为空或符号，不计入）"
        status: CheckStatus = "pass" if holds else "fail"
        return Check(*name, status, severity, text, left, right, None, cells)

    def _list(self, keys: Sequence[Key]) -> str:
        return "、".join(map(self._labels.cell, keys))

    def _formula(
        self,
        identity: Identity,
        left: tuple[Printed, Decimal],
        right: tuple[Printed, Decimal],
        holds: bool,
    ) -> str:
        """One Chinese sentence that shows the identity with its printed numbers."""
        if identity.over == "row":
            place, member = self._labels.row, self._labels.column
        else:
            place, member = self._labels.column, self._labels.row
        sides = []
        for printed, total in (left, right):
            terms = [(key, cell) for key, cell in printed if cell.value] or printed[:1]
            numbers = [
                f"{member(key)}{cell.value if cell.value is not None else 0}" for key, cell in terms
            ]
            text = " + ".join(numbers)
            sides.append(f"{text} = {total}" if len(numbers) > 1 else text)
        if identity.relation == "eq":
            relation = "等于" if holds else "不等于"
        else:
            relation = "不小于" if holds else "却小于"
        first, _ = left[0][0]
        return f"{place(first)}：{sides[0]}，{relation} {sides[1]}"


def _printed_way(ways: Sequence[SignedCells], observations: Observations) -> SignedCells:
    """The way to print the terms that this report uses: the one with most printed cells."""
    if len(ways) == 1:
        return ways[0]
    return max(ways, key=lambda way: sum(key in observations for key, _ in way) / len(way))


def _has_number(printed: Printed) -> bool:
    return any(cell.state == "number" for _, cell in printed)


def _total(printed: Printed) -> Decimal:
    return sum([cell.value for _, cell in printed if cell.value], _ZERO)
