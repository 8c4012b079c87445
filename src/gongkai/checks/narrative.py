"""Compares figures in prose with the cells of the tables, and parts with their totals.

Every check has severity ``usually``.

A figure may mean one of several things: new requests only, or with those carried over; cases
concluded, or all cases. Each meaning is tried before a contradiction is reported.
"""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from gongkai.families.family import Family
from gongkai.families.narrative import Comparison
from gongkai.model import Cause, Check, CheckStatus, Key, NarrativeFigure, Observations

# At least this many parts with at least this share of the total are taken for a full list.
_MANY_PARTS = 3
_NEARLY_ALL = Decimal("0.85")


class _Meaning(NamedTuple):
    """One possible meaning of a figure: a signed sum of cells or groups of cells."""

    name: str
    terms: tuple[tuple[tuple[Key, ...], int], ...]


class _CellSum(NamedTuple):
    """The value that the printed cells give for one meaning."""

    meaning: str
    value: Decimal
    cells: tuple[Key, ...]


class NarrativeChecks:
    """The comparisons of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        names = {".".join(key): key for key in family.fields_by_key}
        grouped: dict[tuple[str, str], list[_Meaning]] = defaultdict(list)
        for line in family.comparisons:
            grouped[line.check, line.metric_id].append(_meaning(line, names))
        self._comparisons = [
            (rule, metric, meanings) for (rule, metric), meanings in grouped.items()
        ]
        self._own_agency_words = family.narrative_grammar.own_agency_words

    def check(
        self, figures: Sequence[NarrativeFigure], observations: Observations
    ) -> Iterator[Check]:
        """Compare the figures of one report with its cells, and parts with their totals."""
        by_metric: dict[str, list[NarrativeFigure]] = defaultdict(list)
        for figure in figures:
            if figure.metric_id and not figure.planned:
                by_metric[figure.metric_id].append(figure)
        for rule, metric_id, meanings in self._comparisons:
            stated = by_metric.get(metric_id)
            if stated:
                yield self._compare(rule, stated, meanings, observations)
        yield from check_parts(figures)

    def _compare(
        self,
        rule: str,
        figures: Sequence[NarrativeFigure],
        meanings: Sequence[_Meaning],
        observations: Observations,
    ) -> Check:
        """Does one of the figures agree with one of the meanings?"""
        name = ("narrative", rule, "")
        sums = [found for each in meanings if (found := _sum(each, observations)) is not None]
        if not sums:
            return Check(*name, "skipped", "usually", "表内没有可与正文对照的数")
        for figure in figures:
            for meaning, value, cells in sums:
                if _equal(figure, value):
                    text = f"正文“{_wording(figure)}”与表内{meaning}一致"
                    return Check(*name, "pass", "usually", text, value, figure.value, None, cells)
        figure = figures[0]
        meaning, value, cells = sums[0]
        status: CheckStatus = "fail"
        text = f"正文“{_wording(figure)}”，表内{meaning}为{value}"
        if self._is_about_own_agency(figures) and figure.value < value:
            status, text = "skipped", f"{text}：正文只说本级，表为全口径，不能对照"
        elif len(sums) > 1:
            text = f"{text}，按{'、'.join(each.meaning for each in sums[1:])}也不一致"
        cause: Cause | None = None
        if status == "fail":
            cause = "reading" if any(observations[key].flagged for key in cells) else "print"
        return Check(*name, status, "usually", text, value, figure.value, cause, cells)

    def _is_about_own_agency(self, figures: Sequence[NarrativeFigure]) -> bool:
        """Is a figure about the agency alone, without its subordinate bodies?"""
        return any(word in figure.sentence for word in self._own_agency_words for figure in figures)


def _meaning(line: Comparison, names: Mapping[str, Key]) -> _Meaning:
    terms = []
    for term in line.terms:
        cells = tuple(names[name] for name in fnmatch.filter(names, term.removeprefix("-")))
        terms.append((cells, -1 if term.startswith("-") else 1))
    return _Meaning(line.meaning, tuple(terms))


def _sum(meaning: _Meaning, observations: Observations) -> _CellSum | None:
    """The value of a meaning; None if one of its terms has no printed number."""
    total = Decimal(0)
    for keys, sign in meaning.terms:
        printed = [observations[key] for key in keys if key in observations]
        if not printed or (len(keys) == 1 and printed[0].state != "number"):
            return None
        if not any(cell.value is not None for cell in printed):
            return None
        total += sign * sum((cell.value_in_unit or Decimal(0) for cell in printed), Decimal(0))
    cells = tuple(key for keys, _ in meaning.terms for key in keys if key in observations)
    return _CellSum(meaning.name, total, cells)


def _equal(figure: NarrativeFigure, value: Decimal) -> bool:
    if figure.approximate:  # 约90, 90余: within a tenth
        return abs(figure.value - value) <= max(value / 10, Decimal(1))
    return figure.value == value


def check_parts(figures: Sequence[NarrativeFigure]) -> Iterator[Check]:
    """Compare each total with the sum of its parts."""
    parts_of: dict[int, list[NarrativeFigure]] = defaultdict(list)
    for figure in figures:
        if figure.part_of is not None:
            parts_of[figure.part_of].append(figure)
    counts: dict[str, int] = defaultdict(int)
    for index, parts in parts_of.items():
        total = figures[index]
        counts[total.section] += 1
        yield _check_part_sum(total, parts, f"{total.section or '前言'}{counts[total.section]}")


def _check_part_sum(total: NarrativeFigure, parts: Sequence[NarrativeFigure], place: str) -> Check:
    found = sum((part.value for part in parts), Decimal(0))
    terms = " + ".join(str(part.value) for part in parts)
    text = f"“{_wording(total)}”所列各项：{terms} = {found}"
    approximate = total.approximate or any(part.approximate for part in parts)
    status: CheckStatus = "pass" if found == total.value else "fail"
    if approximate or _may_be_incomplete(parts, found, total):
        status, text = "skipped", f"{text}，未必列全"
    elif status == "fail":
        text = f"{text}，不等于{total.value}"
    cause: Cause | None = "print" if status == "fail" else None
    return Check(
        "narrative", "parts_sum", place, status, "usually", text, total.value, found, cause
    )


def _may_be_incomplete(
    parts: Sequence[NarrativeFigure], found: Decimal, total: NarrativeFigure
) -> bool:
    """May the text leave out some of the parts? 其中 often names only the main ones."""
    if found >= total.value:
        return len(parts) == 1 and found == total.value
    few = len(parts) < _MANY_PARTS or found < _NEARLY_ALL * total.value
    return few or "等" in total.sentence


def _wording(figure: NarrativeFigure) -> str:
    """The words and the number of a figure, as printed, for messages."""
    if figure.stated_as_none:
        return figure.phrase[:40]
    return f"{figure.phrase[-24:]}{figure.raw_text or figure.value}"
