"""Inequalities within a table: a part is not more than its whole, a stock not less than a flow.

A label that begins with 其中 says what it is a part of, so that few samples suffice. How likely
another bound holds by chance is taken from the samples themselves: the share of all pairs of the
two sides, of whatever place, in which it holds. A column that is always far larger than another
one gives no evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from math import comb, log10

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from gongkai.drafting.evidence import Candidate, Identity, Judge, Over
from gongkai.drafting.keys import MEMBER
from gongkai.drafting.sums import TableSums
from gongkai.drafting.values import CellKey, Numbers, TableValues

_MOST_ITEMS = 8  # rows or columns that no sum explains, among which bounds are sought
_MIN_PLACES = 5  # with numbers on both sides
_PLACES_OF_FAILURE = 20  # of which one may be misprinted
_MIN_ODDS = 1.0  # decimal logarithm of the odds against chance, after the number of tries


def find_bounds(values: TableValues, sums: TableSums, judge: Judge) -> list[Identity]:
    """The inequalities of one table that no equality implies, at most weak."""
    named = [*_of_members(values, by_row=False), *_of_members(values, by_row=True)]
    tested = map(judge.test, named)
    found = [replace(identity, trust=0.0) for identity in tested if identity is not None]
    known = {key for identity in found for key, sign in identity.candidate.terms if sign < 0}
    explained = known | {key for identity in sums.identities for key in _parts(identity)}
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


def _parts(identity: Identity) -> Iterator[str]:
    """What a sum explains: the parts of a total, and all terms of a balance."""
    terms = identity.candidate.terms
    totals = [key for key, sign in terms if sign > 0]
    is_tree = identity.candidate.over == "tree"
    yield from (key for key, _ in terms if not is_tree and totals != [key])


def _of_members(values: TableValues, *, by_row: bool) -> Iterator[Candidate]:
    """The bounds that labels say: each 其中 is not more than what stands before it."""
    axis = values.table.rows if by_row else values.table.columns
    keys = [key for key in axis.printed if not axis.code(key)]
    for position, key in enumerate(keys):
        path = axis.path(key)
        at = next((k for k, label in enumerate(path) if label.startswith(MEMBER)), None)
        if at is None:
            continue
        before = (
            other for other in reversed(keys[:position]) if axis.path(other)[:at] == path[:at]
        )
        whole = next((o for o in before if not _is_member(axis.path(o)[at:])), None)
        if whole is not None:
            yield replace(
                _candidate(values, [whole, key], [1, -1], by_row=by_row),
                has_word=True,
                reason="其中",
            )


def _is_member(path: Sequence[str]) -> bool:
    return any(label.startswith(MEMBER) for label in path)


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
        is_implied = any(set(known_bound) <= set(chosen) for known_bound in found)
        is_broken = bool(more) and bool((left < right).any())
        odds = 0.0 if is_implied or is_broken else bound_odds(left, right, len(pairs))
        if odds < _MIN_ODDS:
            continue
        found.append(chosen)
        signs = [1] * (1 + len(more)) + [-1]
        yield _candidate(values, [known[k] for k in chosen], signs, by_row=by_row), odds


def bound_odds(left: Numbers, right: Numbers, tries: int) -> float:
    """The decimal logarithm of the odds that a bound holds, but for few misprints, not by chance.

    0 if there are few places with numbers on both sides, or if it fails too often.
    """
    used = (left != 0) & (right != 0)
    pairs = set(zip(left[used].tolist(), right[used].tolist(), strict=True))
    places, failing = len(pairs), int((left < right).sum())
    if places < _MIN_PLACES or failing * _PLACES_OF_FAILURE > places:
        return 0.0
    held: NDArray[np.bool_] = left[used][:, None] >= right[used][None, :]
    share = float(held.mean())
    by_chance = sum(
        comb(places, k) * (1 - share) ** k * share ** (places - k) for k in range(failing + 1)
    )
    return -log10(by_chance) - log10(tries)


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
