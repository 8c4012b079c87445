"""Checks percentages of the text against the figures that they are calculated from.

A share is a part of a whole: 基本支出90万元，占90%; 支出决算为90万元，完成年初预算的90%. A growth
is a change in the value before it: 支出90万元，比上年减少10万元，下降10%. Which percentages these
are, and of which metrics, is data: narrative.toml. Each possible whole is tried before a
contradiction is reported; a percentage without one is not checked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from gongkai.checks.identities import last_digit, rounding_of
from gongkai.families.narrative import ListedSum, NarrativeGrammar, Ratio
from gongkai.model import Check, NarrativeFigure

ValuesOf = Callable[[str, NarrativeFigure], list[Decimal]]  # the values printed for a metric

_Figures = Sequence[NarrativeFigure]
_Result = tuple[Check, Sequence[int]]  # a check, and the figures that it proves

_PERCENT = "%"
_WINDOW = 14  # figures before a percentage that it can be calculated from
_MOST_SHOWN = 3  # calculations in a message
_HALF = Decimal("0.5")
_NOTHING = "(?!)"  # a pattern that matches nothing


class _Way(NamedTuple):
    """One way to calculate a percentage."""

    words: str  # the calculation
    value: Decimal
    error: Decimal  # how far the rounding of its terms can move it
    figures: tuple[int, ...]  # those that it uses

    def agrees(self, printed: Decimal, finest: Decimal) -> bool:
        """Is the percentage printed rounded, or up to a unit of the report's last digit?

        Authors cut digits off, or adjust the last share of several so that they make 100.
        """
        return abs(self.value - printed) <= max(_HALF * _step(printed), finest) + self.error


class RatioChecks:
    """The ratios and listed sums of one family. Built once from its grammar."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._ratios = [(ratio, re.compile(ratio.pattern)) for ratio in grammar.ratios]
        self._bases = {
            ratio.name: [(re.compile(metric), wholes) for metric, wholes in ratio.bases.items()]
            for ratio in grammar.ratios
        }
        self._falling = re.compile(grammar.falling_pattern or _NOTHING)
        growth = [ratio.pattern for ratio in grammar.ratios if ratio.kind == "growth"]
        self._change = re.compile("|".join(growth) or _NOTHING)
        self._sums = grammar.sums

    def check(self, figures: _Figures, values_of: ValuesOf) -> Iterator[_Result]:
        """The checks of one report's figures, and the figures that each proves."""
        counts: Counter[str] = Counter()
        finest = min((_step(f.value) for f in figures if f.unit == _PERCENT), default=_HALF)
        for k, figure in enumerate(figures):
            ratio = self._ratio_of(figure)
            if ratio is None:
                continue
            if ratio.kind == "growth":
                ways = list(self._growths(figures, k, values_of))
            else:
                ways = list(self._shares(figures, k, ratio, values_of))
            if ways:
                counts[ratio.name] += 1
                name = ("narrative", ratio.name, f"{counts[ratio.name]}")
                agreeing = next((way for way in ways if way.agrees(figure.value, finest)), None)
                if agreeing is None:
                    yield _failed(name, figure, ways), ()
                else:
                    yield _passed(name, figure, agreeing), (k, *agreeing.figures)
        for each in self._sums:
            yield from _listed(figures, each)

    def _ratio_of(self, figure: NarrativeFigure) -> Ratio | None:
        if figure.unit != _PERCENT or figure.planned or figure.approximate:
            return None
        return next((r for r, pattern in self._ratios if pattern.search(figure.phrase)), None)

    def _is_value(self, figure: NarrativeFigure) -> bool:
        """Is a figure neither a percentage nor a change?"""
        return figure.unit != _PERCENT and not self._change.search(figure.phrase)

    def _shares(
        self, figures: _Figures, k: int, ratio: Ratio, values_of: ValuesOf
    ) -> Iterator[_Way]:
        """The ways to calculate a share: the figure before it as a part of each possible whole."""
        before = range(k - 1, max(k - _WINDOW, 0) - 1, -1)
        part = next((j for j in before if self._is_value(figures[j])), None)
        if part is None:
            return
        own = figures[part]
        metrics = self._wholes(ratio, own.metric_id or "")
        for j in self._stated_wholes(figures, part, metrics):
            yield from _share(own, figures[j].value, (part, j))
        for metric in metrics:
            for value in values_of(metric, own):
                yield from _share(own, value, (part,))

    def _wholes(self, ratio: Ratio, metric_id: str) -> list[str]:
        rules = self._bases[ratio.name]
        return [
            whole for pattern, wholes in rules if pattern.fullmatch(metric_id) for whole in wholes
        ]

    def _stated_wholes(self, figures: _Figures, part: int, metrics: Sequence[str]) -> list[int]:
        """The figures that can be the whole of one: by their metric, the nearest one before."""
        found = []
        for metric in metrics:
            named = [j for j, figure in enumerate(figures) if figure.metric_id == metric]
            before = [j for j in named if j < part]
            found += before[-1:] or named[:1]
        whole = figures[part].part_of
        if whole is not None and not metrics:
            found.append(whole)
        return found

    def _growths(self, figures: _Figures, k: int, values_of: ValuesOf) -> Iterator[_Way]:
        """The ways to calculate a growth: the change before it in each value before that."""
        change = k - 1
        if change < 0 or figures[change].unit == _PERCENT or self._is_value(figures[change]):
            return
        moved = figures[change]
        falls = self._falling.search(moved.phrase) is not None
        near = range(change - 1, max(change - _WINDOW, 0) - 1, -1)
        for j in near:
            now = figures[j]
            if now.unit != moved.unit or not self._is_value(now):
                continue
            yield from _growth(moved, now.value, falls=falls, figures=(j, change))
            for value in values_of(now.metric_id or "", now):
                yield from _growth(moved, value, falls=falls, figures=(change,))


def _growth(
    moved: NarrativeFigure, now: Decimal, *, falls: bool, figures: tuple[int, ...]
) -> Iterator[_Way]:
    earlier = now + (moved.value if falls else -moved.value)
    if earlier > 0:
        error = _HALF * (_step(moved.value) + _step(now) * moved.value / earlier)
        yield _way(f"{moved.value} ÷ {earlier}", moved.value, earlier, error, figures)


def _share(part: NarrativeFigure, whole: Decimal, figures: tuple[int, ...]) -> Iterator[_Way]:
    if whole > 0:
        error = _HALF * (_step(part.value) + _step(whole) * part.value / whole)
        yield _way(f"{part.value} ÷ {whole}", part.value, whole, error, figures)


def _way(
    words: str, part: Decimal, whole: Decimal, error: Decimal, figures: tuple[int, ...]
) -> _Way:
    return _Way(words, 100 * part / whole, 100 * error / whole, figures)


def _passed(name: tuple[str, str, str], figure: NarrativeFigure, way: _Way) -> Check:
    value = way.value.quantize(_step(figure.value))
    text = f"{_shown(figure)}与{way.words} = {value}%一致"
    if value != figure.value:
        text = f"{text}（末位相差在舍入之内）"
    return Check(*name, "pass", "usually", text, value, figure.value)


def _failed(name: tuple[str, str, str], figure: NarrativeFigure, ways: Sequence[_Way]) -> Check:
    step = _step(figure.value)
    tried = [*dict.fromkeys(f"{way.words} = {way.value.quantize(step)}%" for way in ways)]
    text = f"{_shown(figure)}，按{'，按'.join(tried[:_MOST_SHOWN])}"
    text = f"{text}{'都' if len(tried) > 1 else ''}不一致"
    value = ways[0].value.quantize(step)
    return Check(*name, "fail", "usually", text, value, figure.value, "print")


def _shown(figure: NarrativeFigure) -> str:
    return f"“{figure.phrase[-24:]}{figure.raw_text}”"


def _listed(figures: _Figures, rule: ListedSum) -> Iterator[_Result]:
    """The check of a sum whose parts the text lists one by one."""

    def of(metric: str) -> list[NarrativeFigure]:
        return [figure for figure in figures if figure.metric_id == metric]

    wholes, parts = of(rule.whole), [figure.value for figure in of(rule.parts)]
    if not wholes or len(parts) < 2:
        return
    all_of_it = [figure.value for figure in of(rule.complete_parts)]
    totals = [figure.value for figure in of(rule.complete_whole)]
    if not any(_is_sum(all_of_it, total) for total in totals):
        return
    found, total = sum(parts, Decimal(0)), wholes[0].value
    text = f"“{wholes[0].phrase[-24:]}{wholes[0].raw_text}”所列各项合计{found}"
    name = ("narrative", rule.name, "")
    if any(_is_sum(parts, whole.value) for whole in wholes):
        chosen = [k for k, each in enumerate(figures) if each.metric_id in (rule.whole, rule.parts)]
        yield Check(*name, "pass", "usually", text, total, found), chosen
    else:
        yield Check(*name, "fail", "usually", f"{text}，不等于{total}", total, found, "print"), ()


def _is_sum(parts: Sequence[Decimal], total: Decimal) -> bool:
    return abs(sum(parts, Decimal(0)) - total) <= rounding_of((*parts, total))


def _step(value: Decimal) -> Decimal:
    """One unit of the last printed digit."""
    return Decimal(1).scaleb(last_digit(value))
