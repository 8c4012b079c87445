"""Sums within one table, from its structure: codes, ordinals, heads, and runs of neighbours.

A total that is found takes its parts out of the search, so that the sums of sums follow. What
remains may balance in sums of three to five terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product, takewhile
from math import comb

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from gongkai.drafting.evidence import Candidate, Identity, Instance, Judge
from gongkai.drafting.items import Items, Make, items_of, maker, of_total
from gongkai.drafting.keys import JOINT
from gongkai.drafting.values import CellKey, Numbers, TableValues

# terms of a balance, with the most items that no sum explains among which it is sought
_BALANCES = ((3, 20), (4, 14), (5, 14))
_MIN_PLACES = 3  # places with numbers that a balance needs
_EXCEPTIONS = 0.1  # share of the places at which a sum may fail
_ENOUGH = 4  # places, of which one may fail
_WORD_PLACES = 1  # places with one part only that support a total with such a label


class TableSums(Struct, frozen=True):
    """The identities of one table, and the rows and columns that none of them explains."""

    identities: tuple[Identity, ...]
    top_rows: tuple[str, ...]
    top_columns: tuple[str, ...]


def find_sums(values: TableValues, judge: Judge, level_of: Callable[[str], int]) -> TableSums:
    """The identities of one table. ``level_of`` is the level of a label's ordinal."""
    found: list[Identity] = []
    columns = items_of(values, values.table.columns, level_of, by_row=False)
    top_columns = _explain(columns, judge, maker(values, columns, "row"), found)
    rows = items_of(values, values.table.rows, level_of, by_row=True)
    make = maker(values, rows, "column")
    alive = list(range(len(rows.keys)))
    if values.table.open_rows == "codes":
        alive = _tree(values, rows, judge, found)
    elif values.table.open_rows == "names":
        alive = _bodies(values, rows, judge, found)
    top_rows = _explain(rows, judge, make, found, alive)
    return TableSums(
        tuple(found),
        tuple(rows.keys[k] for k in top_rows),
        tuple(columns.keys[k] for k in top_columns),
    )


def _explain(
    items: Items,
    judge: Judge,
    make: Make,
    found: list[Identity],
    alive: list[int] | None = None,
) -> list[int]:
    """Add the sums of some items to ``found``; returns the items that are part of none."""
    alive = list(range(len(items.keys))) if alive is None else alive
    alive, tried = _empty_totals(items, judge, make, found, alive)
    alive = _ordinal_sums(items, judge, make, found, alive)
    while True:
        best = max(_runs(items, alive, tried), default=None)
        if best is None:
            break
        tried.add(best.total)
        candidate = of_total(make, best.total, best.parts)
        has_word = items.words[best.total]
        count = len(items.keys) ** 2 / (4 if has_word else 1)
        reason = "whole list" if best.is_listed else "neighbours"
        identity = judge.test(replace(candidate, tries=count, has_word=has_word, reason=reason))
        if identity is not None:
            found.append(identity)
            alive = [k for k in alive if k not in best.parts]
    _balances(items, judge, make, found, alive)
    return alive


def _empty_totals(
    items: Items, judge: Judge, make: Make, found: list[Identity], alive: list[int]
) -> tuple[list[int], set[int]]:
    """Add totals that are zero in all samples, like all others under their head."""
    tried: set[int] = set()
    for k in list(alive):
        head = items.paths[k][:-1]
        kin = [j for j in alive if j != k and head and items.paths[j][: len(head)] == head]
        if not items.words[k] or len(kin) < 2 or items.live(k) or any(map(items.live, kin)):
            continue
        candidate = replace(of_total(make, k, kin), tries=1, has_word=True, reason="place")
        if candidate.instances:
            found.append(judge.unproved(candidate))
            alive = [j for j in alive if j not in kin]
            tried.add(k)
    return alive, tried


def _ordinal_sums(
    items: Items, judge: Judge, make: Make, found: list[Identity], alive: list[int]
) -> list[int]:
    """Add sums of the items that are numbered one level below another: （一） = 1. + 2. + 3."""
    for k in reversed(list(alive)):
        if k not in alive:
            continue
        parts = _numbered_below(items, k, [j for j in alive if j > k])
        if len(parts) < 2 or items.paths[parts[0]][:-1] != items.paths[k][:-1]:
            continue
        identity = judge.test(
            replace(of_total(make, k, parts), tries=2, has_word=True, reason="ordinals")
        )
        if identity is not None:
            found.append(identity)
            alive = [j for j in alive if j not in parts]
    return alive


def _numbered_below(items: Items, k: int, after: Sequence[int]) -> list[int]:
    """The items that an item heads: those one level below it, or numbered after it."""
    level = items.levels[k]
    lower = items.levels[after[0]] if after else 0
    if not lower or (level and lower != level + 1):
        return []
    parts = []
    for j in after:
        if not items.levels[j] or items.levels[j] < lower:
            break
        if items.levels[j] == lower:
            parts.append(j)
    return parts


class _Run(Struct, frozen=True, order=True):
    """A total and the neighbours that it may be the sum of; the largest is the best."""

    exceptions: int  # negative
    is_listed: bool  # does the label say that it is a total, and the list end there?
    places: int  # where it holds with at least two parts
    has_word: bool
    size: int
    total: int
    parts: tuple[int, ...]


def _runs(items: Items, alive: list[int], tried: set[int]) -> Iterator[_Run]:
    """The runs of neighbours before or after each total, under its head, that fit it.

    A part that is zero everywhere never ends a run: of runs that fit equally, the longest wins.
    """
    for total in alive:
        if total in tried or not items.live(total):
            continue
        before = [k for k in reversed(alive) if k < total]
        after = [k for k in alive if k > total]
        ways = [_under_head(items, neighbours, total) for neighbours in (before, after)]
        heads = [_of_one_head(items, way) for way in ways if items.words[total]]
        ways = [[k for k in way if (items.printed[k] & items.printed[total]).any()] for way in ways]
        for way in (*ways, *heads):
            parts: list[int] = []
            amount = np.zeros_like(items.numbers[total])
            filled = np.zeros_like(amount)
            fields = items.fields[total].copy()
            for k in way:
                parts.append(k)
                amount = amount + items.numbers[k]
                filled = filled + (items.numbers[k] != 0)
                fields = fields & items.fields[k]
                is_whole = k == way[-1] or items.words[way[len(parts)]]
                run = _run(items, (total, is_whole), tuple(parts), amount, filled, fields)
                if run is not None:
                    yield run


def _under_head(items: Items, neighbours: Sequence[int], total: int) -> list[int]:
    """The first of some neighbours, up to one under another head than the total."""
    head = items.paths[total][:-1]
    return list(
        takewhile(
            lambda k: items.paths[k][: len(head)] == head and not _is_above(items, k, total),
            neighbours,
        )
    )


def _of_one_head(items: Items, neighbours: Sequence[int]) -> list[int]:
    """The neighbours under the same head as the first one, wherever the samples print others
    between them; none if they are next to each other."""
    head, joint, _ = items.keys[neighbours[0]].partition(JOINT) if neighbours else ("", "", "")
    own = [k for k in neighbours if joint and items.keys[k].startswith(head + joint)]
    return [] if own == neighbours[: len(own)] else own


def _is_above(items: Items, k: int, total: int) -> bool:
    """Is an item one that contains the total by its ordinal?"""
    return k < total and 0 < items.levels[k] < items.levels[total]


def _run(
    items: Items,
    end: tuple[int, bool],
    parts: tuple[int, ...],
    amount: Numbers,
    filled: Numbers,
    fields: NDArray[np.bool_],
) -> _Run | None:
    """The run of a total, if it fits. ``end``: the total, and whether the run ends where the list
    or the parts of another total do."""
    total, is_whole = end
    own = items.numbers[total]
    slack = items.slack(int(filled.max(initial=0)) + 1)
    held = np.abs(amount - own) <= slack
    counted = fields & items.printed[total] & ((own != 0) | (filled > 0))
    good = int((counted & held).sum())
    bad = int((counted & ~held).sum())
    pairs = int((counted & held & (filled >= 2)).sum())
    if len(parts) < 2 or bad > max(_EXCEPTIONS * good, float(good >= _ENOUGH)):
        return None
    is_enough = good > _WORD_PLACES or (is_whole and good > 0)
    is_sum_of_one = items.words[total] and is_enough and bool(filled.any())
    if not pairs and not is_sum_of_one:
        return None
    has_word = items.words[total]
    return _Run(-bad, has_word and is_whole, pairs, has_word, len(parts), total, parts)


def _balances(
    items: Items, judge: Judge, make: Make, found: list[Identity], alive: Sequence[int]
) -> None:
    """Add relations of a few items, with signs, among those that no sum explains."""
    every = [k for k in alive if items.live(k)]
    done: list[set[int]] = []
    for size, most in _BALANCES:
        live = every[:most]
        for chosen in combinations(live, size):
            part = items.numbers[list(chosen)] * items.printed[list(chosen)].all(axis=0)
            used = (part != 0).sum(axis=0) >= _MIN_PLACES
            if not used.any() or not (part[:, used] != 0).any(axis=1).all():
                continue
            if any(known <= set(chosen) for known in done):
                continue
            places = (part != 0).any(axis=0).sum()
            for signs in product((1, -1), repeat=size - 1):
                rest = np.array((1, *signs)) @ part
                if -1 not in signs or not _fits(rest, int(places), items.slack(size)):
                    continue
                tries = 2.0 ** (size - 1) * comb(len(live), size)
                candidate = replace(make(chosen, (1, *signs)), tries=tries, reason="balance")
                identity = judge.test(candidate)
                if identity is not None:
                    found.append(identity)
                    done.append(set(chosen))


def _fits(rest: Numbers, places: int, slack: int) -> bool:
    """Does a balance hold at all places with numbers, but for few that may be misprinted?"""
    failing = int((np.abs(rest) > slack).sum())
    return failing <= max(_EXCEPTIONS * places, float(places > _ENOUGH))


def _tree(values: TableValues, rows: Items, judge: Judge, found: list[Identity]) -> list[int]:
    """Add the tree of codes with its total; returns the rows that it does not explain."""
    codes = {rows.codes[k]: k for k in range(len(rows.keys)) if rows.codes[k]}
    below: dict[str, list[str]] = {}
    for code in codes:
        parents = (code[:k] for k in range(len(code) - 1, 0, -1))
        below.setdefault(next((p for p in parents if p in codes), ""), []).append(code)
    table = values.table.number

    def instance(above: str, lower: Sequence[str], column: str) -> Instance:
        parts = {CellKey(table, code, column): -1 for code in lower}
        return {CellKey(table, above, column): 1, **parts}

    inner = [
        instance(parent, lower, column)
        for parent, lower in below.items()
        if parent
        for column in values.columns
    ]
    totals = [k for k in range(len(rows.keys)) if not rows.codes[k]]
    explained: set[int] = set()
    best: tuple[Identity, str] | None = None
    for total in [*(rows.keys[k] for k in totals), ""]:
        own = [instance(total, below.get("", ()), c) for c in values.columns] if total else []
        terms = ((total, 1),)
        candidate = Candidate("tree", table, terms, (*inner, *own), 1.0, True, "eq", "codes")
        identity = judge.test(candidate)
        if identity is None or (total and not _holds(judge, candidate, own)):
            continue
        best = (identity, total)
        break
    if best is not None:
        found.append(best[0])
        tops = set(below.get("", ()))
        gone = set(codes) - tops if not best[1] else set(codes)
        explained = {codes[code] for code in gone}
    return [k for k in range(len(rows.keys)) if k not in explained]


def _holds(judge: Judge, tree: Candidate, own: list[Instance]) -> bool:
    """Does the total of a tree hold by itself?"""
    alone = Candidate("tree", tree.table, tree.terms, tuple(own), 1.0, True, "eq", "codes")
    return judge.test(alone) is not None


def _bodies(values: TableValues, rows: Items, judge: Judge, found: list[Identity]) -> list[int]:
    """Add the sum over named bodies; returns the rows that it does not explain."""
    totals = [k for k in range(len(rows.keys)) if rows.words[k]]
    if len(totals) != 1:
        return []
    total, table = totals[0], values.table.number
    others = [key for k, key in enumerate(rows.keys) if k != total]
    instances = []
    for column in values.columns:
        parts = {CellKey(table, key, column): -1 for key in others}
        instances.append({CellKey(table, rows.keys[total], column): 1, **parts})
    terms = ((rows.keys[total], 1),)
    candidate = Candidate("tree", table, terms, tuple(instances), 1.0, True, "eq", "bodies")
    identity = judge.test(candidate)
    if identity is not None:
        found.append(identity)
    return [total]
