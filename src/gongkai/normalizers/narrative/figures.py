"""Reads the figures of running text: numbers with what they count.

公开信息232条，其中新闻动态126条 has two figures; the second is a part of the first.

``FigureReader`` is the entry point. It processes a sentence in this order: numbers
(``numbers``), stated zeros, noun phrases (``phrases``), parts and wholes
(``parts``), metrics (``metrics``), and last the wholes in earlier sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.narrative import Metric, NarrativeGrammar
from gongkai.model import NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.metrics import (
    MetricNamer,
    SentenceContext,
    contains_any,
    fits,
)
from gongkai.normalizers.narrative.numbers import (
    SHARE_UNITS,
    NumberFinder,
    NumberMention,
    compares,
    normalize_sentence,
    text_before,
)
from gongkai.normalizers.narrative.parts import (
    MIN_CERTAIN_TOTAL,
    MIN_PARTS,
    PartFinder,
)
from gongkai.normalizers.narrative.phrases import Mention, PhraseReader
from gongkai.normalizers.narrative.segmenting import Segmenter, word_files

_CLAUSE_BREAKS = "，。；！？（）"
_OBJECT_END = re.compile(f"[{_CLAUSE_BREAKS}]")
_SENTENCE = re.compile(r"[^。！？]*[。！？]?")
_REFERRED = re.compile(  # 上述申请中, 办结件中, 申请量居前的领域依次是
    "(?:[经据][^，]{1,3}，)?(?:(?:在|从)?(?:上述|以上|这些|已|所有|全部)*(?!工作|过程|活动)([\u4e00-\u9fff]{2,4}?)"
    "(?:的|件|量|数|信息|申请|案件|事项|总[数量])*中[，涉有属]"
    "|(申请)(?:人主要|(?!人))[^，。；\\d]*(?:内容|事项|类型|领域|涉及|集中|关注))"
)
_ACT = re.compile("(?:至?年底|全年|共)?(?:办结|答复|收到|受理)")
_MAKING = re.compile("制定|制发|印发|出台")
_EARLIER_YEAR = re.compile("(?:上一?|去)年度?$")
_MIN_CERTAIN_PAIR = 30  # a smaller sum of two parts that fill a sentence can be a coincidence
_BY_CRITERION = re.compile(  # 从渠道看, 按申请人分：
    "^(?:从|按|依|根据|就|分)[^，：。]{2,14}(?:看|分|划分|统计|分类|来说)[，：]?|^按[^，：。]{2,12}[，：]"
)


class FigureReader:
    """Reads figures with the grammar, metrics and word list of a family."""

    def __init__(self, family: Family) -> None:
        grammar, metrics = family.narrative_grammar, family.metrics
        self.segmenter = Segmenter((*word_files(family.country.folder), *word_files(family.folder)))
        self._numbers = NumberFinder(grammar, self.segmenter)
        self._zeros = StatedZeroFinder(metrics, grammar, self.segmenter)
        self._phrases = PhraseReader(grammar, self.segmenter)
        self._parts = PartFinder(grammar)
        self._namer = MetricNamer(metrics, grammar, self.segmenter)
        self._cross_sentence_parts = _CrossSentenceParts(grammar)
        self._plans = _PlanFinder(grammar)
        self._among_them = grammar.part_markers[0]

    def figures(self, paragraphs: Sequence[Paragraph]) -> list[NarrativeFigure]:
        """The figures of the paragraphs of one report, in printed order.

        A figure that fits no metric of narrative.csv has ``metric_id`` None.
        ``part_of`` is the index of the whole in the returned list.
        """
        figures: list[NarrativeFigure] = []
        for paragraph in paragraphs:
            first, before, heading = len(figures), "", paragraph.sub_heading or ""
            for match in _SENTENCE.finditer(paragraph.text):
                if not match[0].strip():
                    continue
                new = list(self._of_sentence(match, before, paragraph, len(figures)))
                new = self._cross_sentence_parts.assigned(match[0], new, figures, first)
                figures += [self._named_as_part(figure, figures, heading) for figure in new]
                # a sentence of parts goes on with the subject of the one before it
                is_continued = match[0].startswith(self._among_them)
                before = f"{before}{match[0]}" if is_continued else match[0]
        return figures

    def _of_sentence(
        self, match: re.Match[str], before: str, paragraph: Paragraph, first: int
    ) -> Iterator[NarrativeFigure]:
        """The figures of one sentence; ``first`` is the index of the first one in the report."""
        text, offsets = normalize_sentence(match[0])
        numbers = self._numbers.find(text)
        zeros = list(self._zeros.find(text, numbers))
        if not numbers and not zeros:
            return
        # 行政复议、行政诉讼均为0件 states two zeros; the 0 is not another number
        stated = [zero.statement for zero in zeros]
        if stated:
            numbers = [n for n in numbers if not any(s <= n.start < end for s, end in stated)]
        mentions = [*self._phrases.read(text, numbers), *(zero.mention for zero in zeros)]
        mentions.sort(key=lambda mention: mention.number.start)
        wholes = self._parts.wholes(text, [mention.number for mention in mentions])
        context = SentenceContext(text, paragraph.sub_heading or "", before)
        zero_metrics = {zero.mention.number.start: zero.metric_id for zero in zeros}
        is_planned = self._plans.planned(context)
        metrics, wholes = self._namer.metrics_of(context, mentions, wholes, zero_metrics)
        for mention, metric_id, whole in zip(mentions, metrics, wholes, strict=True):
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
                planned=is_planned(number.start),
            )

    def _named_as_part(
        self, figure: NarrativeFigure, earlier: Sequence[NarrativeFigure], heading: str
    ) -> NarrativeFigure:
        """A figure with its metric as a part, if its whole is in an earlier sentence."""
        if figure.part_of is None or figure.part_of >= len(earlier) or figure.stated_as_none:
            return figure
        whole = earlier[figure.part_of]
        return replace(figure, metric_id=self._namer.metric_of_part(figure, whole, heading))


class _PlanFinder:
    """Finds which figures are planned: 下一步，将举办培训3期."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._signs = grammar.plan_signs
        self._plan = re.compile("|".join(grammar.plan_patterns))
        self._heading = re.compile(grammar.plan_heading_pattern)
        self._continuation = re.compile(grammar.plan_continuation_pattern)

    def planned(self, context: SentenceContext) -> Callable[[int], bool]:
        """Whether the figure at an offset of a sentence is planned.

        下一步，将做好三项工作：一是…。二是举办培训3期。: the second sentence continues the plan.
        """
        text = context.text
        continues = self._continuation.match(text) and self._states_plan(context.before)
        if continues or self._heading.search(context.heading):
            return lambda _: True
        if not contains_any(text, self._signs):
            return lambda _: False
        return lambda at: self._plan.search(text_before(text, at)) is not None

    def _states_plan(self, text: str) -> bool:
        return contains_any(text, self._signs) and self._plan.search(text) is not None


class _CrossSentenceParts:
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
        if referred := _REFERRED.match(text):  # 上述申请中: of the first figure about them
            total = _total(parts)
            for k in range(first, len(earlier)):
                of_thing = referred[referred.lastindex or 0] in earlier[k].phrase
                if of_thing and earlier[k].unit == parts[0].unit and earlier[k].value >= total:
                    return k
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
    if len(parts) == MIN_PARTS and _ACT.match(text):  # 办结220件，结转9件: another event
        return False
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


class StatedZero(Struct, frozen=True):
    """A thing that the text states as none."""

    mention: Mention  # its offsets are those of the thing
    metric_id: str | None
    statement: tuple[int, int]  # start and end of the words that state it


class StatedZeroFinder:
    """Finds the stated zeros of a sentence: 未收到申请, 行政复议、行政诉讼均未发生."""

    def __init__(
        self, metrics: Sequence[Metric], grammar: NarrativeGrammar, segmenter: Segmenter
    ) -> None:
        self._segmenter = segmenter
        self._metrics = tuple(metric for metric in metrics if metric.stated_zero)
        self._signs = grammar.zero_signs
        self._firm = re.compile(grammar.firm_zero_pattern)
        self._thing = re.compile(grammar.zero_thing_pattern)
        self._statement = re.compile(f"{grammar.firm_zero_pattern}|{grammar.zero_pattern}")
        self._conjunction = re.compile(
            "|".join(sorted(grammar.zero_conjunctions, key=len, reverse=True))
        )

    def find(self, text: str, numbers: Sequence[NumberMention]) -> Iterator[StatedZero]:
        """The stated zeros of a normalized sentence, in order.

        A thing without a metric is yielded only after unambiguous words (未收到, 未发生).
        """
        if not contains_any(text, self._signs):
            return
        done = 0
        for match in self._statement.finditer(text):
            if match.start() < done or not self._is_word(match, text):
                continue
            stop = _OBJECT_END.search(text, match.end())
            end = stop.start() if stop else len(text)
            following = self._statement.search(text, match.end(), end)
            if following and text[following.start() - 1] == "、":  # 零投诉、零诉讼
                end = following.start() - 1
            if match.end() < end:
                start, thing = match.end(), text[match.end() : end]
            else:  # 行政复议、行政诉讼均未发生
                start = max(text.rfind(c, 0, match.start()) for c in _CLAUSE_BREAKS) + 1
                start = max(done, start)
                thing = text[start : match.start()]
            if any(start <= n.start < start + len(thing) for n in numbers):
                continue
            year = _EARLIER_YEAR.search(text, 0, match.start())  # 上年无结转
            found = self._things(thing, f"{year[0] if year else ''}{match[0]}")
            is_firm = self._firm.fullmatch(match[0]) or self._thing.fullmatch(f"{match[0]}{thing}")
            if not found and match.end() < end and is_firm:
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
        verb: re.Match[str] | None = None
        for piece in filter(None, self._conjunction.split(thing)):
            verb = _MAKING.search(piece) or verb  # 制定规章和规范性文件: one verb for both
            words = f"{statement}{verb[0] if verb else ''}{piece}"
            metric = next((m for m in self._metrics if fits(m, words, thing)), None)
            # 公民、法人或其他组织提出的申请: the piece that names the thing, otherwise the last
            if metric and not (
                metric.metric_id in found and fits(metric, found[metric.metric_id], "")
            ):
                found[metric.metric_id] = piece
        return found


def _stated_zero(
    match: re.Match[str], thing: str, metric_id: str | None, start: int, end: int
) -> StatedZero:
    number = NumberMention(start, end, Decimal(0), None, False)
    mention = Mention(number, f"{match[0]}{thing}", is_stated_zero=True)
    return StatedZero(mention, metric_id, match.span())
