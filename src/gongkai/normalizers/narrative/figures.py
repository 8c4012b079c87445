"""Reads the figures of running text: numbers with what they count.

公开信息232条，其中新闻动态126条 has two figures; the second is a part of the first.

``FigureReader`` is the entry point. It processes a sentence in this order: numbers
(``number_mentions``), stated zeros, noun phrases (``phrases``), parts and wholes (``parts``,
``cross_sentence_parts``), metrics (``metric_names``, ``metrics``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.cross_sentence_parts import CrossSentenceParts
from gongkai.normalizers.narrative.metric_names import MetricNamer, SentenceContext
from gongkai.normalizers.narrative.metrics import MetricMatcher
from gongkai.normalizers.narrative.number_mentions import (
    NumberFinder,
    NumberMention,
    normalize_sentence,
    text_before,
)
from gongkai.normalizers.narrative.parts import PartFinder
from gongkai.normalizers.narrative.phrases import Mention, PhraseReader
from gongkai.normalizers.narrative.segmenting import Segmenter, word_files
from gongkai.normalizers.narrative.stated_zeros import StatedZero, StatedZeroFinder

_SENTENCE = re.compile(r"[^。！？]*[。！？]?")


class FigureReader:
    """Reads figures with the grammar, metrics and word list of a family."""

    def __init__(self, family: Family) -> None:
        grammar, known = family.narrative_grammar, family.metrics
        self.segmenter = Segmenter((*word_files(family.country.folder), *word_files(family.folder)))
        self._numbers = NumberFinder(grammar, self.segmenter)
        self._zeros = StatedZeroFinder(grammar, known, self.segmenter)
        self._phrases = PhraseReader(grammar, self.segmenter)
        self._parts = PartFinder(grammar)
        matcher = MetricMatcher(known, grammar, self.segmenter)
        self._namer = MetricNamer(grammar, known, matcher)
        self._cross_sentence_parts = CrossSentenceParts(grammar)
        # a verb of planning and its object: does not match 规划计划类38条
        self._plan = re.compile(f"(?:{'|'.join(grammar.plan_patterns)})(?=.{{4}})(?!.{{0,3}}\\d)")

    def figures(self, paragraphs: Sequence[Paragraph]) -> list[NarrativeFigure]:
        """The figures of the paragraphs of one report, in printed order.

        A figure that fits no metric of narrative.csv has ``metric_id`` None.
        ``part_of`` is the index of the whole in the returned list.
        """
        figures: list[NarrativeFigure] = []
        for paragraph in paragraphs:
            figures += self._of_paragraph(paragraph, figures)
        return figures

    def _of_paragraph(
        self, paragraph: Paragraph, earlier: Sequence[NarrativeFigure]
    ) -> list[NarrativeFigure]:
        figures = list(earlier)
        before = ""
        for match in _SENTENCE.finditer(paragraph.text):
            if not match[0].strip():
                continue
            new = list(self._of_sentence(match, before, paragraph, len(figures)))
            new = self._cross_sentence_parts.assigned(match[0], new, figures, len(earlier))
            figures += [self._named_as_part(figure, figures, paragraph) for figure in new]
            before = match[0]
        return figures[len(earlier) :]

    def _of_sentence(
        self, match: re.Match[str], before: str, paragraph: Paragraph, first: int
    ) -> Iterator[NarrativeFigure]:
        """The figures of one sentence; ``first`` is the index of the first one in the report."""
        text, offsets = normalize_sentence(match[0])
        numbers = self._numbers.find(text)
        zeros = list(self._zeros.find(text, numbers))
        if not numbers and not zeros:
            return
        mentions = self._mentions(text, numbers, zeros)
        wholes = self._parts.wholes(text, [mention.number for mention in mentions])
        context = SentenceContext(text, paragraph.sub_heading or "", before)
        zero_metrics = {zero.start: zero.metric_id for zero in zeros}
        names, wholes = self._namer.metrics_of(context, mentions, wholes, zero_metrics)
        for mention, metric_id, whole in zip(mentions, names, wholes, strict=True):
            number = mention.number
            start, end = offsets[number.start], offsets[number.end - 1] + 1
            yield NarrativeFigure(
                section=paragraph.section or "",
                phrase=mention.phrase,
                metric_id=metric_id,
                value=number.value,
                unit=number.unit,
                approximate=number.approximate,
                sentence=match[0].strip(),
                page=paragraph.page_at(match.start() + start),
                raw_text=match[0][start:end],
                part_of=None if whole is None else first + whole,
                stated_as_none=mention.is_stated_zero,
                planned=self._plan.search(text_before(text, number.start)) is not None,
            )

    def _mentions(
        self, text: str, numbers: Sequence[NumberMention], zeros: Sequence[StatedZero]
    ) -> list[Mention]:
        """The numbers with their phrases, and the stated zeros, in printed order."""
        # 行政复议、行政诉讼均为0件 states two zeros; the 0 is not another number
        numbers = [
            n for n in numbers if not any(z.statement[0] <= n.start < z.statement[1] for z in zeros)
        ]
        mentions = [*self._phrases.read(text, numbers), *map(_mention_of_zero, zeros)]
        return sorted(mentions, key=lambda mention: mention.number.start)

    def _named_as_part(
        self, figure: NarrativeFigure, earlier: Sequence[NarrativeFigure], paragraph: Paragraph
    ) -> NarrativeFigure:
        """A figure with its metric as a part, if its whole is in an earlier sentence."""
        if figure.part_of is None or figure.part_of >= len(earlier) or figure.stated_as_none:
            return figure
        whole, heading = earlier[figure.part_of], paragraph.sub_heading or ""
        return replace(figure, metric_id=self._namer.metric_of_part(figure, whole, heading))


def _mention_of_zero(zero: StatedZero) -> Mention:
    number = NumberMention(zero.start, zero.end, Decimal(0), None, False)
    return Mention(number, zero.phrase, is_stated_zero=True)
