"""Compares a report with the report of another family about the same body and year.

Both count the same work for other readers and by other rules, so a difference is no error: each
check has severity ``usually``, and its message gives every meaning that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from gongkai.families.across import AcrossLine
from gongkai.families.fields import parse_key
from gongkai.model import EXPECTED, Check, CheckStatus, Key

# By cell: its number, or None if it is printed without one. Doubtful cells are left out.
PrintedCells = Mapping[Key, Decimal | None]


class _Meaning(NamedTuple):
    text: str
    terms: tuple[tuple[Key, int], ...]  # cells and signs


class _Comparison(NamedTuple):
    rule: str
    other_family: str
    other_cell: Key
    other_label: str
    meanings: tuple[_Meaning, ...]


class AcrossChecks:
    """The comparisons of one family with others. Built once from the lines of its across.csv."""

    def __init__(self, family: str, lines: Sequence[AcrossLine]) -> None:
        self.family = family
        grouped: dict[str, list[AcrossLine]] = {}
        for line in lines:
            grouped.setdefault(line.check, []).append(line)
        self._comparisons = [_comparison(rule, same) for rule, same in grouped.items()]
        self.cells = frozenset(
            key for each in self._comparisons for m in each.meanings for key, _ in m.terms
        )
        others: dict[str, set[Key]] = {}
        for each in self._comparisons:
            others.setdefault(each.other_family, set()).add(each.other_cell)
        self.other_cells: Mapping[str, set[Key]] = others  # by family

    def compare(self, cells: PrintedCells, others: Mapping[str, PrintedCells]) -> Iterator[Check]:
        """Compare the cells of a report with those of other reports, by family.

        A family without a report of the same body and year is not among the ``others``.
        """
        for each in self._comparisons:
            if any(key in cells for meaning in each.meanings for key, _ in meaning.terms):
                yield _check(each, cells, others.get(each.other_family))


def _comparison(rule: str, lines: Sequence[AcrossLine]) -> _Comparison:
    first = lines[0]
    meanings = tuple(_Meaning(line.meaning, tuple(map(_term, line.terms))) for line in lines)
    other = parse_key(first.other_cell)
    return _Comparison(rule, first.other_family, other, first.other_label, meanings)


def _term(text: str) -> tuple[Key, int]:
    return parse_key(text.removeprefix("-")), -1 if text.startswith("-") else 1


def _check(each: _Comparison, cells: PrintedCells, other: PrintedCells | None) -> Check:
    values = {
        meaning.text: value
        for meaning in each.meanings
        if (value := _value(meaning, cells)) is not None
    }
    expected = None if other is None else other.get(each.other_cell)
    used = dict.fromkeys(key for m in each.meanings for key, _ in m.terms if key in cells)
    actual: Decimal | None = None
    status: CheckStatus = "skipped"
    if other is None:
        text = f"库中没有同一机关同一年度的报告可比：{each.other_label}"
    elif expected is None:
        text = f"{each.other_label}没有可用的数，未比较"
    elif not values:
        text = f"本报告没有可与{each.other_label}{expected}比较的数"
    elif expected in values.values():
        status, actual = "pass", expected
        fitting = next(meaning for meaning, value in values.items() if value == expected)
        text = f"{each.other_label}{EXPECTED}，与本报告{fitting}一致"
    else:
        status, actual = "fail", next(iter(values.values()))
        tried = "，".join(f"{meaning}{value}" for meaning, value in values.items())
        text = f"{each.other_label}{expected}，与本报告各种口径都不一致：{tried}"
    return Check(
        each.meanings[0].terms[0][0].table, each.rule, "", status, "usually", text,
        expected if values else None, actual, "print" if status == "fail" else None, tuple(used),
    )  # fmt: skip


def _value(meaning: _Meaning, cells: PrintedCells) -> Decimal | None:
    """The sum of the terms, a cell without a number being nothing; None if it is not printed."""
    terms = [(cells[key], sign) for key, sign in meaning.terms if key in cells]
    if len(terms) < len(meaning.terms) or all(value is None for value, _ in terms):
        return None
    return sum((sign * value for value, sign in terms if value is not None), Decimal(0))
