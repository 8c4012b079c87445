"""Finds figures that are parts of a figure in an earlier sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from gongkai.families.narrative import NarrativeGrammar
from gongkai.model import NarrativeFigure
from gongkai.normalizers.narrative.number_kinds import (
    MIN_CERTAIN_TOTAL,
    MIN_PARTS,
    SHARE_UNITS,
    compares,
)

_MIN_CERTAIN_PAIR = 30  # a smaller sum of two parts that fill a sentence can be a coincidence
_BY_CRITERION = re.compile(  # 从渠道看, 按申请人分：
    "^(?:从|按|依|根据|就|分)[^，：。]{2,14}(?:看|分|划分|统计|分类|来说)[，：]?|^按[^，：。]{2,12}[，：]"
)


class CrossSentenceParts:
    """Assigns the figures of a sentence to a whole in the sentences before it."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._among_them = grammar.part_markers[0]
        self._exclusive = frozenset(grammar.exclusive_metrics)

    def assigned(
        self,
        sentence: str,
        figures: Sequence[NarrativeFigure],
        earlier: Sequence[NarrativeFigure],
        first: int,
    ) -> list[NarrativeFigure]:
        """The figures of a sentence, with ``part_of`` where they are parts of an earlier figure.

        其中 introduces parts of a figure in the previous sentence; 从渠道看 introduces parts of the
        figure that they add up to. The figures of the paragraph begin at ``first`` in ``earlier``.
        """
        if not figures or len(earlier) == first:
            return list(figures)
        parts = _possible_parts(figures)
        whole = self._whole_of(parts, "".join(sentence.split()), figures, earlier, first)
        if whole is None:
            return list(figures)
        chosen = {id(figure) for figure in self._within_list(parts, earlier[whole])}
        return [replace(f, part_of=whole) if id(f) in chosen else f for f in figures]

    def _whole_of(
        self,
        parts: Sequence[NarrativeFigure],
        text: str,
        figures: Sequence[NarrativeFigure],
        earlier: Sequence[NarrativeFigure],
        first: int,
    ) -> int | None:
        """The earlier figure that the parts add up to, or the only one large enough."""
        is_marked = text.startswith(self._among_them)
        candidates = [
            k
            for k in range(first, len(earlier))
            if earlier[k].unit == figures[0].unit and earlier[k].part_of is None
        ]
        if len(parts) >= MIN_PARTS and (is_marked or _is_division(text, parts, figures)):
            exact = [k for k in candidates if _adds_up(earlier[k].value, parts)]
            if exact:
                return exact[-1]
        if not is_marked:
            return None
        total, last_sentence = _total(parts), earlier[-1].sentence
        larger = [
            k
            for k in candidates
            if earlier[k].value >= total and earlier[k].sentence == last_sentence
        ]
        return larger[0] if len(larger) == 1 else None

    def _within_list(
        self, parts: Sequence[NarrativeFigure], whole: NarrativeFigure
    ) -> Sequence[NarrativeFigure]:
        """The parts up to the first one whose metric excludes the metric of the whole."""
        if whole.metric_id not in self._exclusive:
            return parts
        others = self._exclusive - {whole.metric_id}
        ends = (k for k, part in enumerate(parts) if part.metric_id in others)
        return parts[: next(ends, len(parts))]


def _possible_parts(figures: Sequence[NarrativeFigure]) -> list[NarrativeFigure]:
    """The figures with the unit of the first one that are not yet parts or stated zeros."""
    unit = figures[0].unit
    return [f for f in figures if f.part_of is None and f.unit == unit and not f.stated_as_none]


def _is_division(
    text: str, parts: Sequence[NarrativeFigure], figures: Sequence[NarrativeFigure]
) -> bool:
    """Whether a sentence divides an earlier figure.

    It names the criterion (从渠道看), or has so many or so large figures that their exact sum is
    no coincidence.
    """
    if _BY_CRITERION.match(text):
        return True
    total = _total(parts)
    fills_sentence = all(f in parts or f.unit in SHARE_UNITS for f in figures)
    has_enough = len(parts) > MIN_PARTS or (total >= _MIN_CERTAIN_PAIR and fills_sentence)
    return total >= MIN_CERTAIN_TOTAL and has_enough and not compares(text)


def _total(parts: Sequence[NarrativeFigure]) -> Decimal:
    return sum((part.value for part in parts), Decimal(0))


def _adds_up(whole: Decimal, parts: Sequence[NarrativeFigure]) -> bool:
    """Whether the parts add up to the whole, once or several times: 按渠道…；按申请人…."""
    left, count, longest = whole, 0, 0
    for part in parts:
        if left == 0 and part.value:
            left, count = whole, 0
        left, count = left - part.value, count + 1
        longest = max(longest, count)
        if left < 0:
            return False
    return left == 0 and longest >= MIN_PARTS
