"""The rows, or the columns, of one table as items of which sums are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from gongkai.drafting.evidence import Candidate, Instance, Over
from gongkai.drafting.keys import is_sum
from gongkai.drafting.roles import is_rate
from gongkai.drafting.schema import Axis
from gongkai.drafting.values import CellKey, Numbers, TableValues

Make = Callable[[Sequence[int], Sequence[int]], Candidate]  # of items and their signs


class Items(Struct, frozen=True):
    """The rows or the columns of a table as items of sums."""

    keys: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    codes: tuple[str, ...]
    levels: tuple[int, ...]  # by ordinal: 一、 1, （一） 2, 1. 3; 0 without
    numbers: Numbers  # by item and place
    fields: NDArray[np.bool_]  # by item and place
    printed: NDArray[np.bool_]  # by item and place: does the sample print the item at all?
    words: tuple[bool, ...]  # does the label say that it is a total?
    slack: Callable[[int], int]

    def live(self, k: int) -> bool:
        """Is a number of an item not zero?"""
        return bool(self.numbers[k].any())


def items_of(
    values: TableValues, axis: Axis, level_of: Callable[[str], int], *, by_row: bool
) -> Items:
    """The rows or the columns of a table. ``level_of`` is the level of a label's ordinal."""
    numbers = values.numbers if by_row else values.numbers.transpose(1, 0, 2)
    fields = values.fields if by_row else values.fields.T
    if values.table.open_rows == "names":
        fields = np.ones_like(fields)
    others = values.table.columns if by_row else values.table.rows
    rates = np.array([is_rate(others.path(key)) for key in others.printed], dtype=np.bool_)
    fields = fields & ~rates
    numbers = np.where(rates[None, :, None], 0, numbers)
    spread = np.repeat(fields[:, :, None], values.numbers.shape[2], axis=2)
    keys = tuple(axis.printed)
    samples = range(values.numbers.shape[2])
    printed = np.array([[sample in axis.samples[key] for sample in samples] for key in keys])
    paths = tuple(axis.path(key) for key in keys)
    return Items(
        keys,
        paths,
        tuple(axis.code(key) for key in keys),
        tuple(level_of(path[-1]) if path else 0 for path in paths),
        numbers.reshape(len(keys), -1),
        spread.reshape(len(keys), -1),
        np.repeat(printed[:, None, :], spread.shape[1], axis=1).reshape(len(keys), -1),
        tuple(is_sum(path) for path in paths),
        values.tolerance,
    )


def maker(values: TableValues, items: Items, over: Over) -> Make:
    """A function that makes the candidate of some items with their signs."""
    table = values.table.number
    axis = values.table.columns if over == "column" else values.table.rows
    places = [key for key in axis.printed if not is_rate(axis.path(key))]

    # named bodies print columns of their own choice; what they leave out counts as 0
    is_free = values.table.open_rows == "names"

    def cell(member: str, place: str) -> CellKey:
        row, column = (member, place) if over == "column" else (place, member)
        return CellKey(table, row, column)

    def make(chosen: Sequence[int], signs: Sequence[int]) -> Candidate:
        terms = tuple((items.keys[k], sign) for k, sign in zip(chosen, signs, strict=True))
        instances: list[Instance] = []
        for place in places:
            sum_of = {cell(member, place): sign for member, sign in terms}
            if is_free or all((key.row, key.column) in values.table.fields for key in sum_of):
                instances.append(sum_of)
        return Candidate(over, table, terms, tuple(instances))

    return make


def of_total(make: Make, total: int, parts: Sequence[int]) -> Candidate:
    """The candidate by which a total is the sum of its parts."""
    return make([total, *sorted(parts)], [1] + [-1] * len(parts))
