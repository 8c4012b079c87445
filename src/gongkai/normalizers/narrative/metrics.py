"""Finds the metrics of the numbers of a sentence, by narrative.csv and frames of narrative.toml."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import groupby
from operator import add

from msgspec import Struct

from gongkai.families.narrative import CompiledFrame, Metric, NarrativeGrammar
from gongkai.model import NarrativeFigure
from gongkai.normalizers.narrative.numbers import has_context
from gongkai.normalizers.narrative.phrases import Mention
from gongkai.normalizers.narrative.segmenting import Segmenter, contains_any, text_before

_AMONG_THEM = "其中"  # added to the description of a part: some metrics are only for parts

_NEGATIONS = ("未", "不", "拟", "待", "非", "没", "不予", "未予", "无法")
_MIN_CERTAIN_TOTAL = 10  # a smaller sum can be a coincidence
_AMBIGUOUS_LENGTH = 2  # names of this length also occur by chance across two words
_EXAMPLES = re.compile("[、和].*等(?![级待候])")
_CONJUNCTIONS = ("、", "和", "及", "与", "以及")
_CLAUSE_BREAK = re.compile("[，。；：（）]")


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
        self._frames = _FrameMatcher(grammar)
        self._change_or_rate = re.compile("|".join(grammar.change_or_rate_patterns))
        self._handling = frozenset(grammar.handling_verbs)
        self._exclusive = frozenset(grammar.exclusive_metrics)
        self._independent = frozenset(grammar.independent_metrics)
        self._included = frozenset(grammar.included_metrics)
        ids = {metric.metric_id for metric in metrics}
        self._parts = grammar.metrics_of_parts(grammar.part_metrics, ids)
        self._summands = grammar.metrics_of_parts(grammar.summand_metrics, ids)
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
            if not mention.is_relation:
                described, around = self._described(k, context, mentions, wholes, metrics)
                lead = text_before(context.text, number.start)
                is_rate = self._change_or_rate.search(mention.phrase) is not None
                if not is_rate:
                    metric = self._matcher.metric_of(
                        mention.counted, number.unit, described, around, lead
                    )
                of_whole = None if whole is None else metrics[whole]
                if metric is None or metric == of_whole:
                    words = _Words(lead, mention.phrase, described, around)
                    framed = self._frames.metric_of(words, number.unit, of_whole, is_rate=is_rate)
                    metric = framed or metric
            if whole is not None and self._ends_list(metric, metrics[whole], whole, wholes[:k]):
                wholes = _with_ended_list(mentions, wholes, k, is_named=metrics[whole] is not None)
            whole = wholes[k]
            metrics.append(metric if whole is None else self._of_part(metric, metrics[whole]))
        return metrics, wholes

    def metric_of_part(
        self, part: NarrativeFigure, whole: NarrativeFigure, heading: str
    ) -> str | None:
        """The metric of a part of an earlier sentence's figure: 依法公开5件 of the requests."""
        if self._change_or_rate.search(part.phrase):
            return None
        described = f"{_AMONG_THEM}{whole.phrase}{self._titles[whole.metric_id]}"
        around = f"{heading}{described}"
        metric = self._matcher.metric_of(part.phrase, part.unit, described, around, part.phrase)
        words = _Words(part.phrase, part.phrase, described, around)
        metric = metric or self._frames.metric_of(words, part.unit, whole.metric_id, is_rate=False)
        return self._of_part(metric, whole.metric_id)

    def summands_of(self, of_whole: str | None) -> frozenset[str] | None:
        """The metrics of figures that add up to one with this metric; None if not known."""
        return self._summands.get(of_whole)

    def parts_of(self, of_whole: str | None) -> frozenset[str]:
        """The metrics that parts of a figure with this metric can have."""
        return self._parts.get(of_whole, frozenset())

    def is_beside(self, metric: str | None, of_whole: str | None) -> bool:
        """Whether figures with the two metrics are printed side by side: 上年结转."""
        return metric in self._included and metric not in self._summands.get(of_whole, ())

    def is_independent(self, metric: str | None) -> bool:
        """Whether a figure with this metric is hardly ever a part."""
        return metric in self._independent

    def metric_in_sum(self, part: NarrativeFigure, whole: NarrativeFigure) -> str | None:
        """The metric of a summand; of one that is hardly ever a part its metric as one: 来信3件."""
        if not self.is_independent(part.metric_id):
            return part.metric_id
        return self.metric_of_part(part, whole, "") or part.metric_id

    def _of_part(self, metric: str | None, of_whole: str | None) -> str | None:
        """The metric, unless a figure with the metric of the whole has no such parts."""
        return metric if of_whole is None or metric in self.parts_of(of_whole) else None

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


def _with_ended_list(
    mentions: Sequence[Mention], wholes: Sequence[int | None], k: int, *, is_named: bool
) -> list[int | None]:
    """The wholes, where the k-th number seems to end the list of parts that it is in.

    It is a part after all if an unnamed whole is the sum (争议5件，其中行政复议3件，行政诉讼2件).
    Only this number is none if the others add up (行政复议10件，行政诉讼0件，维持4件，纠正6件).
    """
    whole = wholes[k]
    parts = [i for i, w in enumerate(wholes) if w == whole]
    total = sum(mentions[i].number.value for i in parts)
    of_whole = mentions[whole].number.value if whole is not None else 0
    if total == of_whole and (not is_named or total >= _MIN_CERTAIN_TOTAL):
        return list(wholes)
    others_add_up = total - mentions[k].number.value == of_whole and len(parts) > 2
    ended = {k} if others_add_up else {i for i in parts if i >= k}
    return [None if i in ended else w for i, w in enumerate(wholes)]


class _Words(Struct, frozen=True):
    """What the patterns of frames are searched in."""

    lead: str  # the sentence up to the number
    phrase: str
    whole: str  # describes the figure that this one is a part of
    around: str  # the text in which context words may occur


class _WordIndex:
    """Finds which of many words occur in a text. A word has places, as of the lines it is in."""

    def __init__(self) -> None:
        self._by_pair: dict[str, dict[str, set[int]]] = {}  # by its first two characters
        self._single: dict[str, set[int]] = {}

    def add(self, word: str, place: int) -> None:
        """Add a place of a word."""
        words = self._single if len(word) == 1 else self._by_pair.setdefault(word[:2], {})
        words.setdefault(word, set()).add(place)

    def places(self, text: str) -> list[int]:
        """The places of the words that occur in the text, in order."""
        found: set[int] = set()
        pairs = self._by_pair
        for at, pair in enumerate(map(add, text, text[1:])):
            if pair in pairs:
                for word, places in pairs[pair].items():
                    if text.startswith(word, at):
                        found |= places
        for word, places in self._single.items():
            if word in text:
                found |= places
        return sorted(found)


class _FrameMatcher:
    """Chooses a metric by the order of word classes in a clause."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._matching = lru_cache(maxsize=4096)(self._find_matching)  # clauses recur
        self._frame = cache(grammar.compiled_frame)  # a report needs a few of them
        self._by_unit: dict[str, _WordIndex] = defaultdict(_WordIndex)
        for place, line in enumerate(grammar.frames):
            words = re.sub(r"\(\?:|\)", "", grammar.written_out(line.words)).split("|")
            for unit in line.units:
                for word in words:
                    self._by_unit[unit].add(word, place)

    def metric_of(
        self, words: _Words, unit: str | None, of_whole: str | None, *, is_rate: bool
    ) -> str | None:
        """The metric of the first frame that fits; ``of_whole`` is the whole's metric."""
        index = (unit or "-").partition("（")[0]
        if index not in self._by_unit:
            return None
        scope = words.lead[words.lead.rfind("；") + 1 :]
        for frame in self._matching(f"{_CLAUSE_BREAK.split(scope)[-1]}\n{words.phrase}", index):
            if (
                (frame.with_rates or not is_rate)
                and (frame.scope is None or frame.scope.search(scope))
                and (frame.around is None or frame.around.search(words.around))
                and (frame.whole is None or frame.whole.search(words.whole))
                and frame.metric_id != of_whole  # 图文解读 of 政策解读 is not all of them
            ):
                return of_whole if frame.metric_id == "=" else frame.metric_id
        return None

    def _find_matching(self, text: str, unit: str) -> tuple[CompiledFrame, ...]:
        """The frames of a unit that fit a clause and a phrase, whatever is around them."""
        clause, _, phrase = text.partition("\n")
        words = clause if phrase in clause else text
        frames = map(self._frame, self._by_unit[unit].places(words))
        return tuple(
            frame
            for frame in frames
            if frame.pattern.search(text) and not (frame.unless and frame.unless.search(text))
        )


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
        patterns = grammar.exclusion_patterns
        self._exclusion = cache(lambda name: re.compile(patterns[name]))
        self._names_of_unit = lru_cache(maxsize=512)(self._index_unit)
        self._index = lru_cache(maxsize=512)(self._index_metrics)
        self._candidates = lru_cache(maxsize=4096)(self._find_candidates)  # phrases recur
        self._has_name = lru_cache(maxsize=8192)(self._find_name)

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
            if whole and contains_any(whole, metric.excluded_words):
                continue
            if metric.exclusion_patterns and self._is_excluded(metric, (lead, f"\n{phrase}")):
                continue
            if not contains_any(parsed.counted, _CONJUNCTIONS):
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
        start = self._segmenter.start_of_word(phrase, found.start())
        rest = phrase[found.end() - 1 :]
        return _Phrase(f"{phrase[: found.start()]}{rest}", f"{phrase[:start]}{rest}")

    def _is_excluded(self, metric: Metric, texts: Sequence[str]) -> bool:
        return any(
            self._exclusion(name).search(t) for name in metric.exclusion_patterns for t in texts
        )

    def _matching(self, phrase: _Phrase, unit: str | None, around: str) -> Iterator[Metric]:
        """The metrics that can have this unit and fit the phrase and the text around, in order."""
        for metric in self._candidates(phrase.full, unit or "-"):
            if has_context(metric, phrase.full, around) and self._has_name(
                phrase.counted, metric.phrases
            ):
                yield metric

    def _find_candidates(self, phrase: str, unit: str) -> tuple[Metric, ...]:
        """The metrics that can have a unit and fit a phrase, whatever is around it."""
        candidates = (self._metrics[k] for k in self._names_of_unit(unit).places(phrase))
        return tuple(m for m in candidates if not contains_any(phrase, m.excluded_words))

    def _index_unit(self, unit: str) -> _WordIndex:
        """The names of the metrics that can have a unit; 篇（条） is both 篇 and 条."""
        units = set(unit.rstrip("）").split("（")) | {unit}
        metrics = enumerate(self._metrics)
        return self._index(tuple(k for k, metric in metrics if not units.isdisjoint(metric.units)))

    def _index_metrics(self, places: tuple[int, ...]) -> _WordIndex:
        """The names of metrics; many units have the same ones."""
        names = _WordIndex()
        for k in places:
            for name in self._metrics[k].phrases:
                names.add(name, k)
        return names

    def _find_name(self, phrase: str, names: tuple[str, ...]) -> bool:
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
