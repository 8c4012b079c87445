"""Finds the metric of narrative.csv that a figure reports."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from msgspec import Struct

from gongkai.families.narrative import Metric, NarrativeGrammar
from gongkai.normalizers.narrative.segmenting import Segmenter

_NEGATIONS = ("未", "不", "拟", "待", "非", "没", "不予", "未予", "无法")
_AMBIGUOUS_LENGTH = 2  # names of this length also occur by chance across two words
_EXAMPLES = re.compile("[、和].*等(?![级待候])")
_CONJUNCTIONS = ("、", "和", "及", "与", "以及")

_Names = dict[str, list[tuple[str, set[int]]]]  # by first character: a name and its metrics


class _Phrase(Struct, frozen=True):
    """The words about a number: ``full`` keeps the first example, ``counted`` has no examples."""

    full: str
    counted: str


class MetricMatcher:
    """Chooses a metric by the words about a number."""

    def __init__(
        self, metrics: Sequence[Metric], grammar: NarrativeGrammar, segmenter: Segmenter
    ) -> None:
        self._metrics = tuple(metrics)
        self._segmenter = segmenter
        self._exclusions = {name: re.compile(p) for name, p in grammar.exclusion_patterns.items()}
        self._metrics_of_unit = lru_cache(maxsize=512)(self._find_metrics_of_unit)

    def metric_of(
        self, phrase: str, unit: str | None, whole: str, around: str, lead: str
    ) -> str | None:
        """The id of the first metric that fits the phrase of a number, or None.

        ``whole`` describes the figure that this one is a part of: a part of the files that were
        checked is not a published file. ``around`` is the text in which context words may occur.
        ``lead`` is the sentence up to the number; it may exclude a metric: in
        局网站访问量5万次，发布信息90条 the 90 are not all that was published.
        """
        parsed = self._parsed(phrase)
        for metric in self._with_name_in(parsed.full, unit):
            if not self._matches(metric, parsed, around) or contains_any(
                whole, metric.excluded_words
            ):
                continue
            if self._is_excluded(metric, (lead, f"\n{phrase}")):
                continue
            if not contains_any(parsed.counted, _CONJUNCTIONS):
                return metric.metric_id
            return self._of_several(metric.metric_id, parsed.counted, unit, around)
        return None

    def _of_several(
        self, metric_id: str, counted: str, unit: str | None, around: str
    ) -> str | None:
        """The metric, unless the phrase names things of different metrics."""
        things = [
            next(self._matching_ids(piece, unit, around), None) for piece in self._pieces(counted)
        ]
        is_mixed = len({*things} - {None}) > 1 and metric_id in things
        is_framed = things[0] == things[-1] == metric_id  # 收到公民、法人提出的申请
        ends_otherwise = metric_id in things[:-1] and things[-1] != metric_id
        return None if ends_otherwise or (is_mixed and not is_framed) else metric_id

    def _parsed(self, phrase: str) -> _Phrase:
        """Separates examples: 公开预决算、政策解读等信息 counts neither of the two alone."""
        found = _EXAMPLES.search(phrase)
        if found is None:
            return _Phrase(phrase, phrase)
        bounds = self._segmenter.bounds(phrase)
        start = max((bound for bound in bounds if bound < found.start()), default=0)
        rest = phrase[found.end() - 1 :]
        return _Phrase(f"{phrase[: found.start()]}{rest}", f"{phrase[:start]}{rest}")

    def _pieces(self, phrase: str) -> Iterator[_Phrase]:
        """The parts of a phrase between its conjunctions."""
        words = self._segmenter.cut(phrase)
        for is_conjunction, run in groupby(words, key=lambda word: word in _CONJUNCTIONS):
            if not is_conjunction:
                piece = "".join(run)
                yield _Phrase(piece, piece)

    def _is_excluded(self, metric: Metric, texts: Sequence[str]) -> bool:
        return any(
            self._exclusions[name].search(t) for name in metric.exclusion_patterns for t in texts
        )

    def _matching_ids(self, phrase: _Phrase, unit: str | None, around: str) -> Iterator[str]:
        for metric in self._with_name_in(phrase.full, unit):
            if self._matches(metric, phrase, around):
                yield metric.metric_id

    def _matches(self, metric: Metric, phrase: _Phrase, around: str) -> bool:
        return fits(metric, phrase.full, around) and self._has_name(phrase.counted, metric.phrases)

    def _with_name_in(self, phrase: str, unit: str | None) -> list[Metric]:
        """The metrics that can have this unit and whose name occurs in the phrase, in order."""
        metrics, names = self._metrics_of_unit(unit or "-")
        found: set[int] = set()
        for at, character in enumerate(phrase):
            for name, places in names.get(character, ()):
                if phrase.startswith(name, at):
                    found |= places
        return [metrics[k] for k in sorted(found)]

    def _find_metrics_of_unit(self, unit: str) -> tuple[tuple[Metric, ...], _Names]:
        """The metrics that can have a unit, and their names; 篇（条） is both 篇 and 条."""
        units = set(unit.rstrip("）").split("（")) | {unit}
        metrics = tuple(metric for metric in self._metrics if units & set(metric.units))
        places: dict[str, set[int]] = defaultdict(set)
        for k, metric in enumerate(metrics):
            for name in metric.phrases:
                places[name].add(k)
        names: _Names = defaultdict(list)
        for name, of_metrics in places.items():
            names[name[0]].append((name, of_metrics))
        return metrics, dict(names)

    def _has_name(self, phrase: str, names: Sequence[str]) -> bool:
        """Whether a name occurs in the phrase as whole words and is not negated.

        应诉 does not occur in 回应诉求, where a word crosses its edge, nor 答复 in 未答复.
        """
        for name in names:
            at = phrase.find(name)
            while at >= 0:
                if not phrase[:at].endswith(_NEGATIONS) and (
                    len(name) != _AMBIGUOUS_LENGTH or not self._is_crossed(phrase, at)
                ):
                    return True
                at = phrase.find(name, at + 1)
        return False

    def _is_crossed(self, phrase: str, at: int) -> bool:
        """Whether the two characters of a name belong to two words that extend beyond it."""
        is_whole = self._segmenter.is_word(phrase, at, at + _AMBIGUOUS_LENGTH)
        return not is_whole and self._segmenter.is_bound(phrase, at + 1)


def fits(metric: Metric, phrase: str, around: str) -> bool:
    """Whether the phrase of a number and the text around it have the words of a metric."""
    return (
        contains_any(phrase, metric.phrases)
        and not contains_any(phrase, metric.excluded_words)
        and all(
            contains_any(phrase, group) or contains_any(around, group)
            for group in metric.context_words
        )
    )


def contains_any(text: str, words: Sequence[str]) -> bool:
    """Whether one of the words occurs in the text."""
    for word in words:  # noqa: SIM110 (a loop takes half the time of any())
        if word in text:
            return True
    return False
