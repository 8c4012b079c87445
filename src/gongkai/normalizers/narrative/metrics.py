"""Finds the metrics of narrative.csv in a sentence: of its numbers, and of its stated zeros.

A stated zero has no number: 未收到政府信息公开申请, 行政复议、行政诉讼均未发生.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from msgspec import Struct

from gongkai.families.narrative import Metric, NarrativeGrammar
from gongkai.model import NarrativeFigure
from gongkai.normalizers.narrative.numbers import NumberMention, text_before
from gongkai.normalizers.narrative.phrases import Mention
from gongkai.normalizers.narrative.segmenting import Segmenter

_AMONG_THEM = "其中"  # added to the description of a part: some metrics are only for parts

_NEGATIONS = ("未", "不", "拟", "待", "非", "没", "不予", "未予", "无法")
_AMBIGUOUS_LENGTH = 2  # names of this length also occur by chance across two words
_EXAMPLES = re.compile("[、和].*等(?![级待候])")
_CONJUNCTIONS = ("、", "和", "及", "与", "以及")

_CLAUSE_BREAKS = "，。；！？（）"
_OBJECT_END = re.compile(f"[{_CLAUSE_BREAKS}]")

_Names = dict[str, list[tuple[str, set[int]]]]  # by first character: a name and its metrics


class SentenceContext(Struct, frozen=True):
    """A normalized sentence, and text around it that may name the metrics of its figures."""

    text: str
    heading: str  # the sub-heading of its paragraph
    before: str  # the previous sentence


class MetricNamer:
    """Finds the metric of each figure of a sentence, with the figures around it as context."""

    def __init__(
        self, metrics: Sequence[Metric], grammar: NarrativeGrammar, segmenter: Segmenter
    ) -> None:
        self._matcher = _MetricMatcher(metrics, grammar, segmenter)
        self._change_or_rate = re.compile("|".join(grammar.change_or_rate_patterns))
        self._handling = frozenset(grammar.handling_verbs)
        self._exclusive = frozenset(grammar.exclusive_metrics)
        self._independent = frozenset(grammar.independent_metrics)
        # the Chinese title of a metric also describes its parts
        self._titles: dict[str | None, str] = {None: ""}
        for metric in metrics:
            self._titles.setdefault(metric.metric_id, metric.title_zh)

    def metrics_of(
        self,
        context: SentenceContext,
        mentions: Sequence[Mention],
        wholes: Sequence[int | None],
        zeros: Mapping[int, str | None],
    ) -> tuple[list[str | None], list[int | None]]:
        """The metric of each number of a sentence (None if uncertain), and the corrected wholes.

        ``zeros`` has the metrics of stated zeros by their offset. A whole whose metric
        cannot have such a part is None in the returned wholes.
        """
        metrics: list[str | None] = []
        wholes = list(wholes)
        for k, mention in enumerate(mentions):
            number, whole, metric = mention.number, wholes[k], None
            if mention.is_stated_zero:
                metrics.append(zeros[number.start])
                continue
            if not mention.is_relation and not self._change_or_rate.search(mention.phrase):
                described, around = self._described(k, context, mentions, wholes, metrics)
                lead = text_before(context.text, number.start)
                metric = self._matcher.metric_of(
                    mention.counted, number.unit, described, around, lead
                )
            if whole is not None and self._ends_list(metric, metrics[whole], whole, wholes[:k]):
                wholes[k:] = [None if w == whole else w for w in wholes[k:]]
            metrics.append(metric)
        return metrics, wholes

    def metric_of_part(
        self, part: NarrativeFigure, whole: NarrativeFigure, heading: str
    ) -> str | None:
        """The metric of a part of an earlier sentence's figure: 依法公开5件 of the requests."""
        if self._change_or_rate.search(part.phrase):
            return None
        described = f"{_AMONG_THEM}{whole.phrase}{self._titles[whole.metric_id]}"
        around = f"{heading}{described}"
        return self._matcher.metric_of(part.phrase, part.unit, described, around, part.phrase)

    def _described(
        self,
        k: int,
        context: SentenceContext,
        mentions: Sequence[Mention],
        wholes: Sequence[int | None],
        metrics: Sequence[str | None],
    ) -> tuple[str, str]:
        """The description of the whole of the k-th number, and the text with context words."""
        whole, handled = wholes[k], ""
        if k and mentions[k].phrase in self._handling:
            handled = mentions[k - 1].phrase  # 受理咨询94件，答复94件: replies to those
        if whole is None:
            return handled, f"{context.heading}{context.before}{context.text}"
        outer = wholes[whole]
        of_outer = "" if outer is None else mentions[outer].phrase
        title = self._titles[metrics[whole]]
        described = f"{_AMONG_THEM}{mentions[whole].phrase}{of_outer}{handled}{title}"
        return described, f"{context.heading}{described}"

    def _ends_list(
        self, metric: str | None, of_whole: str | None, whole: int, before: Sequence[int | None]
    ) -> bool:
        """Whether a figure with this metric ends the list of parts that it seems to be in."""
        if metric == of_whole:
            return False
        if metric in self._exclusive and of_whole in self._exclusive:
            return True
        return metric in self._independent and whole in before


class _Phrase(Struct, frozen=True):
    """The words about a number: ``full`` keeps the first example, ``counted`` has no examples."""

    full: str
    counted: str


class _MetricMatcher:
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
        for metric in self._matching(parsed, unit, around):
            if _contains_any(whole, metric.excluded_words):
                continue
            if self._is_excluded(metric, (lead, f"\n{phrase}")):
                continue
            if not _contains_any(parsed.counted, _CONJUNCTIONS):
                return metric.metric_id
            return self._of_several(metric.metric_id, parsed.counted, unit, around)
        return None

    def _of_several(
        self, metric_id: str, counted: str, unit: str | None, around: str
    ) -> str | None:
        """The metric, unless the phrase names things of different metrics."""
        words = self._segmenter.cut(counted)
        things = []
        for is_conjunction, run in groupby(words, key=lambda word: word in _CONJUNCTIONS):
            if not is_conjunction:
                piece = "".join(run)
                metric = next(self._matching(_Phrase(piece, piece), unit, around), None)
                things.append(metric and metric.metric_id)
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

    def _is_excluded(self, metric: Metric, texts: Sequence[str]) -> bool:
        return any(
            self._exclusions[name].search(t) for name in metric.exclusion_patterns for t in texts
        )

    def _matching(self, phrase: _Phrase, unit: str | None, around: str) -> Iterator[Metric]:
        """The metrics that can have this unit and fit the phrase and the text around, in order."""
        metrics, names = self._metrics_of_unit(unit or "-")
        found: set[int] = set()
        for at, character in enumerate(phrase.full):
            for name, places in names.get(character, ()):
                if phrase.full.startswith(name, at):
                    found |= places
        for k in sorted(found):
            metric = metrics[k]
            if _fits(metric, phrase.full, around) and self._has_name(
                phrase.counted, metric.phrases
            ):
                yield metric

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
        has_bounds = self._segmenter.has_bounds
        for name in names:
            at = phrase.find(name)
            while at >= 0:
                if not phrase.endswith(_NEGATIONS, 0, at) and (
                    len(name) != _AMBIGUOUS_LENGTH
                    or has_bounds(phrase, at, at + _AMBIGUOUS_LENGTH)
                    or not has_bounds(phrase, at + 1)  # within one longer word
                ):
                    return True
                at = phrase.find(name, at + 1)
        return False


class StatedZero(Struct, frozen=True):
    """A thing that the text states as none."""

    mention: Mention  # its offsets are those of the thing
    metric_id: str | None
    statement: tuple[int, int]  # start and end of the words that state it


class StatedZeroFinder:
    """Finds the stated zeros of a sentence."""

    def __init__(
        self, metrics: Sequence[Metric], grammar: NarrativeGrammar, segmenter: Segmenter
    ) -> None:
        self._segmenter = segmenter
        self._metrics = tuple(metric for metric in metrics if metric.stated_zero)
        self._signs = grammar.zero_signs
        self._firm = re.compile(grammar.firm_zero_pattern)
        self._statement = re.compile(f"{grammar.firm_zero_pattern}|{grammar.zero_pattern}")
        self._conjunction = re.compile(
            "|".join(sorted(grammar.zero_conjunctions, key=len, reverse=True))
        )

    def find(self, text: str, numbers: Sequence[NumberMention]) -> Iterator[StatedZero]:
        """The stated zeros of a normalized sentence, in order.

        A thing without a metric is yielded only after unambiguous words (未收到, 未发生).
        """
        if not _contains_any(text, self._signs):
            return
        done = 0
        for match in self._statement.finditer(text):
            if match.start() < done or not self._is_word(match, text):
                continue
            stop = _OBJECT_END.search(text, match.end())
            end = stop.start() if stop else len(text)
            if match.end() < end:
                start, thing = match.end(), text[match.end() : end]
            else:  # 行政复议、行政诉讼均未发生
                start = max(text.rfind(c, 0, match.start()) for c in _CLAUSE_BREAKS) + 1
                start = max(done, start)
                thing = text[start : match.start()]
            if any(start <= n.start < start + len(thing) for n in numbers):
                continue
            found = self._things(thing, match[0])
            if not found and match.end() < end and self._firm.fullmatch(match[0]):
                yield _stated_zero(match, thing, None, match.start(), end)
            for metric_id, piece in found.items():
                at = text.index(piece, start)
                yield _stated_zero(match, piece, metric_id, at, at + len(piece))
            done = end

    def _is_word(self, match: re.Match[str], text: str) -> bool:
        """Whether 无 is a separate word: not in 无障碍, 无纸化 or 无锡."""
        at = text.find("无", *match.span())
        return at < 0 or self._segmenter.has_bounds(text, at, at + 1)

    def _things(self, thing: str, statement: str) -> dict[str, str]:
        """The metrics that are stated to be zero, each with its piece of the text."""
        found: dict[str, str] = {}
        for piece in filter(None, self._conjunction.split(thing)):
            words = f"{statement}{piece}"
            metric = next((m for m in self._metrics if _fits(m, words, thing)), None)
            # 公民、法人或其他组织提出的申请: the piece that names the thing, otherwise the last
            if metric and not (
                metric.metric_id in found and _fits(metric, found[metric.metric_id], "")
            ):
                found[metric.metric_id] = piece
        return found


def _stated_zero(
    match: re.Match[str], thing: str, metric_id: str | None, start: int, end: int
) -> StatedZero:
    number = NumberMention(start, end, Decimal(0), None, False)
    mention = Mention(number, f"{match[0]}{thing}", is_stated_zero=True)
    return StatedZero(mention, metric_id, match.span())


def _fits(metric: Metric, phrase: str, around: str) -> bool:
    """Whether the phrase of a number and the text around it have the words of a metric."""
    return (
        _contains_any(phrase, metric.phrases)
        and not _contains_any(phrase, metric.excluded_words)
        and all(
            _contains_any(phrase, group) or _contains_any(around, group)
            for group in metric.context_words
        )
    )


def _contains_any(text: str, words: Sequence[str]) -> bool:
    """Whether one of the words occurs in the text."""
    for word in words:  # noqa: SIM110 (a loop takes half the time of any())
        if word in text:
            return True
    return False
