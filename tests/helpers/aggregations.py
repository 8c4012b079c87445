"""Sums found by the published method of AggreCol, written anew to compare drafts with it.

Lan Jiang, Gerardo Vitagliano, Mazhar Hameed, Felix Naumann: Aggregation Detection in CSV Files,
EDBT 2022. Of its functions only the sum; error level and coverage as in the script of the
authors' program (github.com/lanchiang/AggreCol).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongkai.drafting.draft import Draft
from gongkai.drafting.values import CellKey, TableValues
from helpers.drafts import SignedRow

Lines = NDArray[np.float64]  # by line and item; not a number where nothing is printed
_ERROR_LEVEL = 0.0005  # of the total
_COVERAGE = 0.7  # share of the lines with a total in which the sum holds


@dataclass(frozen=True)
class Sum:
    """A total and its range, as numbers of items, from the nearest part to the farthest."""

    total: int
    parts: tuple[int, ...]

    def conflicts_with(self, other: Sum) -> bool:
        """Can only one of them be meant? Ranges on both sides of a total, or a total in a range
        while the ranges overlap or are each other's."""
        if self.total == other.total:
            return (self.parts[0] < self.total) != (other.parts[0] < other.total)
        is_in, has_in = self.total in other.parts, other.total in self.parts
        overlap = not set(self.parts).isdisjoint(other.parts)
        return (is_in and has_in) or ((is_in or has_in) and overlap)


def find_sums(lines: Lines) -> list[Sum]:
    """The sums over the items of all lines: adjacent ones, then those that skip found totals."""
    items = range(lines.shape[1])
    found = _adjacent_sums(lines, items)
    totals = {each.total for each in found}
    others = _adjacent_sums(lines, [item for item in items if item not in totals])
    ranked = sorted(
        dict.fromkeys([*found, *others]),
        key=lambda each: (len(each.parts), int(_holds(lines, each).sum())),
        reverse=True,
    )
    return [*found, *(each for each in _without_conflicts(ranked) if each not in found)]


def _adjacent_sums(lines: Lines, items: Collection[int]) -> list[Sum]:
    """Sums of neighbours, then those of what is left without the parts found, and so on."""
    found: list[Sum] = []
    left = list(items)
    while kept := _pruned(lines, {each for line in lines for each in _candidates(line, left)}):
        found += kept
        parts = {part for each in kept for part in each.parts}
        left = [item for item in left if item not in parts]
    return found


def _candidates(line: NDArray[np.float64], items: Sequence[int]) -> Iterator[Sum]:
    """The sums of one line: from each total the least run of neighbours on either side."""
    printed = [item for item in items if not np.isnan(line[item])]
    for at, total in enumerate(printed):
        for side in (printed[at + 1 :], printed[:at][::-1]):
            sums = np.cumsum(line[side])
            equal = np.flatnonzero(_is_equal(sums, line[total]))
            if equal.size and equal[0] > 0 and line[[total, *side[: equal[0] + 1]]].any():
                yield Sum(total, tuple(side[: equal[0] + 1]))


def _is_equal(sums: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(sums - totals) <= _ERROR_LEVEL * np.where(totals == 0, 1, np.abs(totals))


def _holds(lines: Lines, found: Sum) -> NDArray[np.bool_]:
    """In which lines a sum holds; blank parts are 0."""
    return _is_equal(np.nansum(lines[:, found.parts], axis=1), lines[:, found.total])


def _pruned(lines: Lines, candidates: Collection[Sum]) -> list[Sum]:
    """Those in enough lines: the best of each total and each range, without conflicts."""
    support: dict[Sum, int] = {}
    for each in candidates:
        lines_with = int(_holds(lines, each).sum())
        if lines_with >= _COVERAGE * np.count_nonzero(~np.isnan(lines[:, each.total])):
            support[each] = lines_with
    ranked = sorted(support, key=lambda each: (-support[each], each.total, each.parts))
    of_total: dict[int, Sum] = {}
    for each in ranked:
        of_total.setdefault(each.total, each)
    of_range: dict[frozenset[int], Sum] = {}
    for each in of_total.values():
        of_range.setdefault(frozenset(each.parts), each)
    return _without_conflicts(list(of_range.values()))


def _without_conflicts(ranked: Sequence[Sum]) -> list[Sum]:
    kept: list[Sum] = []
    for each in ranked:
        if not any(each.conflicts_with(other) for other in kept):
            kept.append(each)
    return kept


def sums_of_draft(draft: Draft) -> dict[str, list[SignedRow]]:
    """The sums within each table of a draft, over its columns and over its rows, by cells.

    The lines of all samples stand below each other.
    """
    found: dict[str, list[SignedRow]] = {}
    for values in draft.values.tables.values():
        numbers = _printed_numbers(values)
        for axis, keys in enumerate((values.columns, values.rows)):
            lines = (numbers if axis == 0 else numbers.swapaxes(1, 2)).reshape(-1, len(keys))
            across = (values.rows, values.columns)[axis] * draft.values.samples
            for each in find_sums(lines):
                name = f"{values.table.number}.{keys[each.total]}={each.parts}"
                found[name] = [
                    {
                        _key(values, axis, across[line], keys[item]): sign
                        for item, sign in [(each.total, 1), *((part, -1) for part in each.parts)]
                    }
                    for line in np.flatnonzero(_holds(lines, each))
                ]
    return found


def _key(values: TableValues, axis: int, line: str, item: str) -> CellKey:
    row, column = (line, item) if axis == 0 else (item, line)
    return CellKey(values.table.number, row, column)


def _printed_numbers(values: TableValues) -> NDArray[np.float64]:
    """The numbers by sample, row and column; not a number where none is printed."""
    numbers = np.moveaxis(values.numbers.astype(np.float64), 2, 0)
    rows = {key: k for k, key in enumerate(values.rows)}
    columns = {key: k for k, key in enumerate(values.columns)}
    is_printed = np.zeros(numbers.shape, dtype=np.bool_)
    for place, cell in values.table.cells.items():
        if cell.number is not None:
            is_printed[place.sample, rows[place.row], columns[place.column]] = True
    return np.where(is_printed, numbers, np.nan)
