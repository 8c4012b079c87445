"""Finds the metric of each figure of a sentence, with the figures around it as context."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from gongkai.families.narrative import Metric, NarrativeGrammar
from gongkai.model import NarrativeFigure
from gongkai.normalizers.narrative.metrics import MetricMatcher
from gongkai.normalizers.narrative.number_mentions import text_before
from gongkai.normalizers.narrative.phrases import Mention

_AMONG_THEM = "其中"  # added to the description of a part: some metrics are only for parts


class SentenceContext(Struct, frozen=True):
    """A normalized sentence, and text around it that may name the metrics of its figures."""

    text: str
    heading: str  # the sub-heading of its paragraph
    before: str  # the previous sentence


class MetricNamer:
    """Finds the metrics of figures."""

    def __init__(
        self, grammar: NarrativeGrammar, metrics: Sequence[Metric], matcher: MetricMatcher
    ) -> None:
        self._matcher = matcher
        self._change_or_rate = re.compile("|".join(grammar.change_or_rate_patterns))
        self._handling = frozenset(grammar.handling_verbs)
        self._exclusive = frozenset(grammar.exclusive_metrics)
        self._independent = frozenset(grammar.independent_metrics)
        self._titles: dict[str | None, str] = {}
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
            if mention.is_stated_zero:
                metrics.append(zeros[mention.number.start])
                continue
            metric, whole = self._metric_of(k, context, mentions, wholes, metrics), wholes[k]
            if whole is not None and self._ends_list(metric, metrics[whole], whole, wholes[:k]):
                wholes[k:] = [None if w == whole else w for w in wholes[k:]]
            metrics.append(metric)
        return metrics, wholes

    def metric_of_part(
        self, part: NarrativeFigure, whole: NarrativeFigure, heading: str
    ) -> str | None:
        """The metric of a part of an earlier sentence's figure: 依法公开5件 of the requests."""
        if self._is_change_or_rate(part.phrase):
            return None
        described = f"{_AMONG_THEM}{whole.phrase}{self._title(whole.metric_id)}"
        around = f"{heading}{described}"
        return self._matcher.metric_of(part.phrase, part.unit, described, around, part.phrase)

    def _metric_of(
        self,
        k: int,
        context: SentenceContext,
        mentions: Sequence[Mention],
        wholes: Sequence[int | None],
        metrics: Sequence[str | None],
    ) -> str | None:
        mention, whole = mentions[k], wholes[k]
        if mention.is_relation or self._is_change_or_rate(mention.phrase):
            return None
        described, around = "", f"{context.heading}{context.before}{context.text}"
        if whole is not None:
            outer = wholes[whole]
            of_outer = "" if outer is None else mentions[outer].phrase
            described = f"{_AMONG_THEM}{mentions[whole].phrase}{of_outer}"
        if k and mention.phrase in self._handling:
            described += mentions[k - 1].phrase  # 受理咨询94件，答复94件: replies to those
        if whole is not None:
            described += self._title(metrics[whole])
            around = f"{context.heading}{described}"
        lead = text_before(context.text, mention.number.start)
        return self._matcher.metric_of(
            mention.counted, mention.number.unit, described, around, lead
        )

    def _ends_list(
        self, metric: str | None, of_whole: str | None, whole: int, before: Sequence[int | None]
    ) -> bool:
        """Whether a figure with this metric ends the list of parts that it seems to be in."""
        if metric == of_whole:
            return False
        if metric in self._exclusive and of_whole in self._exclusive:
            return True
        return metric in self._independent and whole in before

    def _is_change_or_rate(self, phrase: str) -> bool:
        return self._change_or_rate.search(phrase) is not None

    def _title(self, metric_id: str | None) -> str:
        """The Chinese title of a metric, which also describes its parts; "" if there is none."""
        return self._titles.get(metric_id, "")
