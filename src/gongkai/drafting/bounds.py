"""Inequalities within a table: a part is not more than its whole, a stock not less than a flow.

How likely a bound holds by chance is taken from the samples themselves: the share of all pairs
of the two sides, of whatever place, in which it holds. A column that is always far larger than
another one gives no evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from math import log10

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from gongkai.drafting.evidence import Candidate, Identity, Judge, Over
from gongkai.drafting.sums import TableSums
from gongkai.drafting.values import CellKey, Numbers, TableValues

_MOST_ITEMS = 8  # rows or columns that no sum explains, among which bounds are sought
_MIN_PLACES = 5  # with numbers on both sides
_MIN_ODDS = 1.0  # decimal logarithm of the odds against chance, after the number of tries


def find_bounds(values: TableValues, sums: TableSums, judge: Judge) -> list[Identity]:
    """The inequalities of one table that no equality implies, at most weak."""
    found = []
    explained = {
        member
        for identity in sums.identities
        for member, _ in identity.candidate.terms
        if identity.candidate.over != "tree"
    }
    columns = [key for key in values.columns if key not in explained]
    for candidate, odds in _bounds(values, columns, by_row=False):
        if (identity := judge.test(candidate)) is not None:
            found.append(replace(identity, trust=round(odds, 1)))
    if values.table.open_rows:
        return found
    rows = [key for key in values.rows if key not in explained]
    for candidate, odds in _bounds(values, rows, by_row=True):
        if (identity := judge.test(candidate)) is not None:
            found.append(replace(identity, trust=round(odds, 1)))
    return found


def _bounds(
    values: TableValues, keys: Sequence[str], *, by_row: bool
) -> Iterator[tuple[Candidate, float]]:
    """The bounds between some rows or columns that hold everywhere, with their odds."""
    known = values.rows if by_row else values.columns
    numbers = values.numbers if by_row else values.numbers.transpose(1, 0, 2)
    fields = values.fields if by_row else values.fields.T
    items = [known.index(key) for key in keys]
    live = [k for k in items if numbers[k].any()]
    pairs: list[tuple[int, tuple[int, ...], int]] = [
        (big, (), small) for big, small in permutations(live, 2)
    ]
    if len(live) <= _MOST_ITEMS:
        pairs += [
            (one, (other,), small)
            for one, other in combinations(live, 2)
            for small in live
            if small not in (one, other)
        ]
    found: list[tuple[int, ...]] = []
    for big, more, small in pairs:
        if len(live) > _MOST_ITEMS and small != big + 1:
            continue
        chosen = (big, *more, small)
        common = fields[list(chosen)].all(axis=0)
        left = numbers[[big, *more]].sum(axis=0)[common].ravel()
        right = numbers[small][common].ravel()
        used = (left != 0) & (right != 0)
        is_implied = any(set(known_bound) <= set(chosen) for known_bound in found)
        if is_implied or (left < right).any():
            continue
        odds = _odds(left[used], right[used], len(pairs))
        if odds < _MIN_ODDS:
            continue
        found.append(chosen)
        signs = [1] * (1 + len(more)) + [-1]
        yield _candidate(values, [known[k] for k in chosen], signs, by_row=by_row), odds


def _odds(left: Numbers, right: Numbers, tries: int) -> float:
    """The logarithm of the odds that a bound holds everywhere, and not by chance."""
    places = len(set(zip(left.tolist(), right.tolist(), strict=True)))
    if places < _MIN_PLACES:
        return 0.0
    held: NDArray[np.bool_] = left[:, None] >= right[None, :]
    share = float(held.mean())
    return places * -log10(share) - log10(tries)


def _candidate(
    values: TableValues, keys: Sequence[str], signs: Sequence[int], *, by_row: bool
) -> Candidate:
    table = values.table.number
    places = values.columns if by_row else values.rows
    instances = []
    for place in places:
        cells = [
            CellKey(table, key, place) if by_row else CellKey(table, place, key) for key in keys
        ]
        if all((cell.row, cell.column) in values.table.fields for cell in cells):
            instances.append(dict(zip(cells, signs, strict=True)))
    terms = tuple(zip(keys, signs, strict=True))
    over: Over = "column" if by_row else "row"
    return Candidate(over, table, terms, tuple(instances), 1.0, False, "ge", "bound")
