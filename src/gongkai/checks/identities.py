"""Tests the accounting identities of the form: sums of printed cells, and inequalities.

Failing sums also point to the cell that alone explains them, the suspect, and imply a value for
a doubtful cell. The implied value is shown beside the cell and never replaces its value: values
come only from the page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.identities import Identity, IdentityInstance, PrintedCells, SignedCells
from gongkai.model import (
    ACTUAL,
    EXPECTED,
    Check,
    CheckKey,
    CheckStatus,
    Key,
    Observation,
    Observations,
)

_Terms = tuple[int, tuple[tuple[int, Decimal], ...]]  # added signs of zeros; signs and values
_Printed = list[tuple[Key, Observation]]  # the printed terms of one side of an identity

_ZERO = Decimal(0)
_DIGITS = "0123456789"
_SAMPLE = 12  # cells that OCR reads if the text layer of a report has no numbers
_NAMED_TERMS = 2  # of a sum that holds; a longer one goes by "the sum of all"
_MOST_ROUNDING = 5  # units of the last printed digit


class IdentityChecks:
    """The identities of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._identities = family.identities
        self._labels = family.short_labels
        self._titles = {table.id: table.title for table in family.tables}
        self._are_fixed = all(identity.is_fixed for identity in family.identities)
        self._no_cells = PrintedCells(())
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
        for identity, (place, ways) in self._in_report(observations, forms):
            yield self._test(identity, place, _printed_way(ways, observations), observations)

    def formulas(self, observations: Observations, forms: Mapping[str, str]) -> dict[CheckKey, str]:
        """The sentences of the identities that hold, with every number of their sums."""
        tested = (
            self._test(
                identity, place, _printed_way(ways, observations), observations, in_full=True
            )
            for identity, (place, ways) in self._in_report(observations, forms)
        )
        return {check.key: check.message for check in tested if check.status == "pass"}

    def _in_report(
        self, observations: Observations, forms: Mapping[str, str]
    ) -> Iterator[tuple[Identity, IdentityInstance]]:
        """Each identity at each place of a report at which it can be tested."""
        printed = self._no_cells if self._are_fixed else PrintedCells(observations)
        for identity in self._identities:
            instances = (
                identity.instances.get(forms.get(identity.table), ())
                if identity.is_fixed
                else identity.in_report(forms, printed)
            )
            for instance in instances:
                yield identity, instance

    def is_equation(self, check: Check) -> bool:
        """Does a check test an equation? An inequality leaves room for errors."""
        return (check.table, check.rule) in self._equations

    def with_suspects(self, checks: Sequence[Check]) -> list[Check]:
        """Add to each failing identity its suspect, if the pattern of failures names one.

        A wrong cell breaks every identity that contains it. So the suspect of a check is its
        cell in most failing identities, at least two, and in no passing equation.
        """
        tested = [check for check in checks if check.expected is not None]
        failing = [check for check in tested if check.status == "fail"]
        if not failing:
            return list(checks)
        cleared = {
            key
            for check in tested
            if check.status == "pass" and self.is_equation(check)
            for key in check.cells
        }
        failures = Counter(key for check in failing for key in check.cells if key not in cleared)
        return [
            replace(check, suspects=_suspects(check, failures))
            if check.status == "fail" and check.expected is not None
            else check
            for check in checks
        ]

    def with_implied_values(
        self, observations: Observations, forms: Mapping[str, str]
    ) -> dict[Key, Observation]:
        """Add to doubtful cells the value that their sums imply, if all of these sums agree.

        A sum is an equation of severity ``must``. It implies a value if exactly one of its
        cells is doubtful, or if it fails and exactly one of its cells has no number.
        """
        if all(cell.state == "number" and not cell.flagged for cell in observations.values()):
            return dict(observations)
        candidates: dict[Key, set[Decimal]] = defaultdict(set)
        for identity, (_, ways) in self._in_report(observations, forms):
            if identity.severity != "must" or identity.relation != "eq" or identity.tolerance:
                continue  # only a sum that holds to the last digit implies a value
            terms = _printed_way(ways, observations)
            if all(key in observations for key, _ in terms):
                for key, value in _implied_by(terms, observations):
                    candidates[key].add(value)
        implied = {
            key: value
            for key, values in candidates.items()
            if len(values) == 1 and (value := values.pop()) >= 0
        }
        return {
            key: replace(cell, implied_value=implied[key]) if key in implied else cell
            for key, cell in observations.items()
        }

    def exchangeable_digits(
        self, observations: Observations, forms: Mapping[str, str]
    ) -> list[frozenset[str]]:
        """The groups of digits of which any two can be exchanged in every sum that holds.

        Exchanging two digits changes a sum by their difference times the difference of their
        weights. So those with equal weights in every sum can be exchanged.
        """
        tested: set[_Terms] = set()  # columns and rows often print the same
        groups = [frozenset(_DIGITS)]
        for identity, (_, ways) in self._in_report(observations, forms):
            if identity.severity != "must" or identity.relation != "eq":
                continue
            printed = _printed_way(ways, observations)
            terms = _signed_values([(observations.get(key), sign) for key, sign in printed])
            if terms is None or terms in tested:
                continue
            tested.add(terms)
            if not sum([sign * value for sign, value in terms[1]]):
                groups = list(_split(groups, _digit_weights(*terms)))
                if not groups:
                    break
        return groups

    def _test(
        self,
        identity: Identity,
        place: str,
        terms: SignedCells,
        observations: Observations,
        *,
        in_full: bool = False,
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
        excess = right - left if identity.relation == "ge" else abs(left - right)
        allowed = _ZERO
        if identity.tolerance == "rounding":
            allowed = rounding_of(cell.value_in_unit or _ZERO for _, cell in plus + minus)
        holds = excess <= allowed
        if holds and not in_full:
            sides = [self._sum_name(identity, plus) + EXPECTED]
            sides.append(self._sum_name(identity, minus) + ACTUAL)
        else:
            sides = [self._sum(identity, plus, left), self._sum(identity, minus, right)]
        text = self._sentence(identity, plus[0][0], sides, holds)
        if holds and excess > 0:
            text += f"（相差{excess}，在四舍五入之内）"
        empty = states.count("blank") + states.count("mark")
        if empty:
            text += f"（其中{empty}格为空或符号，不计入）"
        status: CheckStatus = "pass" if holds else "fail"
        return Check(*name, status, severity, text, left, right, None, cells)

    def _list(self, keys: Sequence[Key]) -> str:
        return "、".join(self._labels[key].cell for key in keys)

    def _sum(self, identity: Identity, printed: _Printed, total: Decimal) -> str:
        """One side of an identity, with its printed numbers: A1 + B2 = 3."""
        terms = [(key, cell) for key, cell in printed if cell.value] or printed[:1]
        numbers = []
        for key, cell in terms:
            value = cell.value_in_unit
            numbers.append(f"{self._member(identity, key)}{_ZERO if value is None else value}")
        text = " + ".join(numbers)
        return f"{text} = {total}" if len(numbers) > 1 else text

    def _sum_name(self, identity: Identity, printed: _Printed) -> str:
        """The name of one side of an identity, which is the same in many reports."""
        if len(printed) > _NAMED_TERMS:
            return "各项之和"
        names = [self._member(identity, key) for key, _ in printed]
        return names[0] if len(names) == 1 else f"{'与'.join(names)}之和"

    def _sentence(
        self, identity: Identity, first_cell: Key, sides: Sequence[str], holds: bool
    ) -> str:
        """One Chinese sentence that says whether the two sides of an identity agree."""
        if identity.relation == "eq":
            relation = "等于" if holds else "不等于"
        else:
            relation = "不小于" if holds else "却小于"
        text = f"{sides[0]}，{relation} {sides[1]}"
        if identity.over == "cells":
            return text
        first = self._labels[first_cell]
        return f"{first.row if identity.over == 'row' else first.column}：{text}"

    def _member(self, identity: Identity, key: Key) -> str:
        """The name of a term in a message."""
        labels = self._labels[key]
        if identity.over == "cells":
            return f"《{self._titles[key.table]}》{labels.cell}"
        return labels.column if identity.over == "row" else labels.row


def proved_by_sums(
    checks: Iterable[Check], is_equation: Callable[[Check], bool]
) -> tuple[set[Key], set[Key]]:
    """Return the cells that ``must`` equations prove, and those only in equations 0 = 0.

    An equation proves its cells if it holds and its sum is not 0: 0 = 0 + 0 also holds if
    nothing is printed. A cell of a ``must`` equation that fails is in neither set.
    ``is_equation`` tells equations from inequalities, which hold for many wrong numbers too.
    """
    proved: set[Key] = set()
    zeros: set[Key] = set()
    failed: set[Key] = set()
    for check in checks:
        if check.severity != "must" or check.expected is None or not is_equation(check):
            continue
        if check.status == "pass":
            if check.expected == check.actual:  # a rounded sum does not prove the last digits
                (proved if check.expected else zeros).update(check.cells)
        elif check.status == "fail":
            failed.update(check.cells)
    return proved - failed, zeros - proved - failed


def cells_to_see(checks: Sequence[Check], cells: Observations) -> dict[Key, bool]:
    """Return the cells of the text layer that must be compared with the page.

    True for those of failing ``must`` identities. In a report without any number no sum can fail,
    so some of its cells are compared instead.
    """
    failing = [
        key
        for check in checks
        if check.status == "fail" and check.severity == "must" and check.expected is not None
        for key in check.cells
        if cells[key].reader != "ocr"
    ]
    if failing or any(cell.state == "number" for cell in cells.values()):
        return dict.fromkeys(failing, True)
    keys = [key for key, cell in cells.items() if cell.reader != "ocr"]
    return dict.fromkeys(keys[:: max(1, len(keys) // _SAMPLE)], False)


def _signed_values(terms: Iterable[tuple[Observation | None, int]]) -> _Terms | None:
    """The added signs of the terms of a sum that are 0, and its other terms.

    None if a cell is not printed.
    """
    zeros, values = 0, []
    for cell, sign in terms:
        if cell is None:
            return None
        if cell.value:
            values.append((sign, cell.value))
        else:  # most are
            zeros += sign
    return zeros, tuple(values)


def _digit_weights(zeros: int, values: Iterable[tuple[int, Decimal]]) -> dict[str, Decimal | int]:
    """The powers of ten at which a signed sum has each digit, added up.

    ``zeros`` and ``values`` are those of ``_signed_values``.
    """
    weights: dict[str, Decimal | int] = dict.fromkeys(_DIGITS, 0)
    weights["0"] = zeros
    for sign, value in values:
        whole, _, decimals = format(abs(value), "f").partition(".")
        unit: Decimal | int = sign if value > 0 else -sign
        if decimals:
            unit = Decimal(unit).scaleb(-len(decimals))
        for digit in reversed(whole + decimals):
            weights[digit] += unit
            unit *= 10
    return weights


def _split(
    groups: Iterable[frozenset[str]], weights: Mapping[str, Decimal | int]
) -> Iterator[frozenset[str]]:
    """Split groups of digits by their weights; yield those of two or more digits."""
    for group in groups:
        parts: dict[Decimal | int, set[str]] = defaultdict(set)
        for digit in group:
            parts[weights[digit]].add(digit)
        yield from (frozenset(part) for part in parts.values() if len(part) > 1)


def _printed_way(ways: Sequence[SignedCells], observations: Observations) -> SignedCells:
    """The way to print the terms that this report uses: the one with most printed cells."""
    if len(ways) == 1:
        return ways[0]
    return max(ways, key=lambda way: sum(key in observations for key, _ in way) / len(way))


def _has_number(printed: _Printed) -> bool:
    return any(cell.state == "number" for _, cell in printed)


def _total(printed: _Printed) -> Decimal:
    return sum([value for _, cell in printed if (value := cell.value_in_unit)], _ZERO)


def last_digit(value: Decimal) -> int:
    """The power of ten of the last printed digit: -2 for 12.30."""
    return int(value.as_tuple().exponent)


def rounding_of(values: Iterable[Decimal]) -> Decimal:
    """How far a sum of numbers that are each printed rounded may be from the truth.

    That is half a unit of the last printed digit for each of them that is not 0, in whole units:
    at least one and, since errors seldom add up, at most five. (In real accounts 2 is the most.)
    """
    exponents = [last_digit(value) for value in values if value]
    digits = -min(exponents, default=0)
    units = min(max(len(exponents) // 2, 1), _MOST_ROUNDING)
    return Decimal(units).scaleb(-digits) if digits > 0 else _ZERO


def _suspects(check: Check, failures: Counter[Key]) -> tuple[Key, ...]:
    """The cell with the most failures, if it is the only one and has at least two."""
    counts = {key: failures[key] for key in check.cells}
    most = max(counts.values(), default=0)
    suspects = tuple(key for key, count in counts.items() if count == most)
    return suspects if most > 1 and len(suspects) == 1 else ()


def _implied_by(terms: SignedCells, observations: Observations) -> list[tuple[Key, Decimal]]:
    """The cell for which a sum implies a value, with the value; or none."""
    total = sum([sign * (observations[key].value_in_unit or _ZERO) for key, sign in terms], _ZERO)
    uncertain = [(key, sign) for key, sign in terms if _is_doubtful(observations[key])]
    if not uncertain and total:
        uncertain = [(key, sign) for key, sign in terms if observations[key].value is None]
    if len(uncertain) != 1:
        return []
    [(key, sign)] = uncertain
    rest = total - sign * (observations[key].value_in_unit or _ZERO)
    return [(key, -sign * rest)]


def _is_doubtful(cell: Observation) -> bool:
    return cell.state == "unreadable" or cell.flagged
