"""Reads the figures of running text: numbers with what they count.

公开信息232条，其中新闻动态126条 has two figures; the second is a part of the first.

``FigureReader`` is the entry point. It processes a sentence in this order: numbers
and stated zeros (``numbers``), noun phrases (``phrases``), parts that words mark (``parts``),
metrics (``metrics``), and last the totals of lists, which may be in another sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.narrative import NarrativeGrammar
from gongkai.model import NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.metrics import MetricNamer, SentenceContext
from gongkai.normalizers.narrative.numbers import (
    ITEM_UNITS,
    SHARE_UNITS,
    NumberFinder,
    StatedZeroFinder,
)
from gongkai.normalizers.narrative.parts import MIN_PARTS, PartFinder, adds_up, is_average, largest
from gongkai.normalizers.narrative.phrases import ListHead, Mention, PhraseReader, PlanFinder
from gongkai.normalizers.narrative.segmenting import (
    Segmenter,
    compares,
    normalize_sentence,
    word_files,
)
from gongkai.normalizers.narrative.subjects import Subjects

_SENTENCE = re.compile(r"(?=\s*\S)[^。！？]*[。！？]?")
_OF_ALL = re.compile("(?:均|全部|都)[^。；\\d]*，其中")  # 全部按期办理，其中延期3件
_ALL_RESULTS, _VAGUE = "结果", "情况"  # what a list is divided by: complete, or of no one figure
_MIN_CERTAIN_TOTAL, _MIN_CERTAIN_PAIR = 10, 30  # a smaller sum, also of two parts, can be chance


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
        self._lists = _ListReader(grammar, self._namer)
        self._plans = PlanFinder(grammar)
        self._among_them = grammar.part_markers[0]
        self._subjects = Subjects(grammar.subject_pattern) if grammar.subject_pattern else None

    def figures(self, paragraphs: Sequence[Paragraph]) -> list[NarrativeFigure]:
        """The figures of the paragraphs of one report, in printed order.

        ``metric_id`` is None if no metric fits; ``part_of`` is an index in the returned list.
        """
        placed, window, first = list[_Placed](), 0, 0
        for paragraph in paragraphs:
            if placed[first:]:  # headings between two paragraphs are passed over
                window, first = first, len(placed)  # where those begin whose figures can be wholes
            before, heading = "", paragraph.sub_heading or ""
            for match in _SENTENCE.finditer(paragraph.text):
                start = len(placed)
                placed += self._of_sentence(match, before, paragraph, start)
                wholes = self._lists.wholes(placed, start, first, window) if placed[start:] else {}
                for part, whole in wholes.items():
                    own = placed[part].figure
                    metric = self._namer.metric_of_part(own, placed[whole].figure, heading)
                    own = replace(own, part_of=whole, metric_id=metric)
                    placed[part] = replace(placed[part], figure=own)
                # a sentence of parts goes on with the subject of the one before it
                before = (before if match[0].startswith(self._among_them) else "") + match[0]
        return [each.figure for each in placed]

    def _of_sentence(
        self, match: re.Match[str], before: str, paragraph: Paragraph, first: int
    ) -> Iterator[_Placed]:
        """The figures of one sentence; ``first`` is the index of the first one in the report."""
        text, offsets = normalize_sentence(match[0])
        numbers = self._numbers.find(text)
        zeros = list(self._zeros.find(text, numbers))
        if not numbers and not zeros:
            return
        if zeros:  # 行政复议、行政诉讼均为0件 states two zeros; the 0 is not another number
            stated = [zero.statement for zero in zeros]
            numbers = [n for n in numbers if not any(s <= n.start < end for s, end in stated)]
        mentions = self._phrases.read(text, numbers)
        if zeros:
            mentions += [Mention(zero.number, zero.phrase, is_stated_zero=True) for zero in zeros]
            mentions.sort(key=lambda mention: mention.number.start)
        if self._subjects is not None:
            mentions = self._subjects.named_in(mentions, paragraph, match.start(), text)
        wholes = self._parts.wholes(text, [mention.number for mention in mentions])
        context = SentenceContext(text, paragraph.sub_heading or "", before)
        zero_metrics = {zero.number.start: zero.metric_id for zero in zeros}
        is_planned = self._plans.planned(text, before, context.heading)
        metrics, wholes = self._namer.metrics_of(context, mentions, wholes, zero_metrics)
        done, segment, sentence = 0, first, match[0].strip()
        described = zip(mentions, metrics, wholes, strict=True)
        for k, (mention, metric_id, whole) in enumerate(described, first):
            number = mention.number
            start, end = offsets[number.start], offsets[number.end - 1] + 1
            before_it, done = text[done : number.start], number.end
            lead = before_it.rpartition("；")[2]
            segment = k if lead != before_it else segment
            figure = NarrativeFigure(
                section=paragraph.section or "",
                phrase=mention.phrase,
                metric_id=metric_id,
                value=number.value,
                unit=number.unit,
                approximate=number.approximate,
                sentence=sentence,
                page=paragraph.page_at(match.start() + start),
                raw_text=match[0][start:end],
                part_of=None if whole is None else first + whole,
                stated_as_none=mention.is_stated_zero,
                planned=is_planned(number.start),
            )
            is_change = mention.is_relation or number.is_share
            is_change = is_change or compares(before_it) or is_average(before_it)
            yield _Placed(figure, lead, segment, is_change)


class _Placed(Struct, frozen=True):
    """A figure with the words around it."""

    figure: NarrativeFigure
    lead: str  # its sentence from the number or semicolon before it to its own number
    segment: int  # the first figure of its sentence, or after the semicolon before it
    is_change: bool  # 较上年减少6件, 占20%: says something of another figure

    def can_be_whole(self, unit: str | None) -> bool:
        """Whether it counts things with this unit."""
        own = self.figure.unit
        is_alike = own == unit or not set(own or "").isdisjoint(unit or "")  # 条次 and 条
        return is_alike and not self.figure.stated_as_none and not self.is_change

    def can_be_part(self, unit: str | None) -> bool:
        """Whether it can count some of the things with this unit, and is not yet a part."""
        if self.figure.part_of is not None or not self.can_be_whole(self.figure.unit):
            return False
        own = self.figure.unit or unit  # 予以公开97件，部分公开6，不予公开8件
        return own == unit or own in ITEM_UNITS.get(unit or "", ())  # 条 and 篇

    def can_divide(self, whole: _Placed) -> bool:
        """Whether it can count some of what another figure counts."""
        return self.can_be_part(whole.figure.unit) and whole.can_be_whole(whole.figure.unit)


class _ListReader:
    """Finds the wholes of lists of parts, in their sentence or in an earlier one.

    Such a list begins with a word such as 其中, with what it is divided by (从渠道看, 办理结果为：)
    or with the name of its whole (上述申请中). Without them, it adds up exactly to its whole. The
    verb of another act (办结220件，结转9件) begins none.
    """

    def __init__(self, grammar: NarrativeGrammar, namer: MetricNamer) -> None:
        self._among_them = grammar.part_markers[0]
        self._criterion = re.compile(grammar.criterion_pattern)
        self._reference = re.compile(grammar.reference_pattern)
        self._residual = re.compile(grammar.residual_pattern)
        self._act = re.compile(f"[，、]?(?:{grammar.act_pattern})")
        self._namer = namer

    def wholes(
        self, placed: Sequence[_Placed], start: int, paragraph: int, window: int
    ) -> dict[int, int]:
        """The wholes of the figures from ``start`` on, which are those of a sentence.

        Its paragraph begins at ``paragraph``, and the paragraph before it at ``window``.
        """
        found: dict[int, int] = {}
        for k in range(start, len(placed)):
            if k in found:
                continue
            if self._can_begin(placed, k):
                whole, parts = self._list(placed, k, paragraph, window)
                found |= dict.fromkeys(parts, whole)
            if k not in found and k + MIN_PARTS < len(placed):
                found |= dict.fromkeys(self._summands(placed, k), k)
        for k in range(start - 1, paragraph - 1, -1):  # 90条。网站60条。公众号30条。
            if k + 1 < start and placed[k + 1].figure.part_of is not None:
                break
            parts = self._summands(placed, k) if placed[k].figure.part_of is None else ()
            if parts and parts[-1] >= start and not found.keys() & parts:
                found |= dict.fromkeys(parts, k)
        return found

    def _can_begin(self, placed: Sequence[_Placed], k: int) -> bool:
        """Whether a list of parts can begin with a figure."""
        lead = placed[k].lead
        return placed[k].can_be_part(placed[k].figure.unit) and (
            placed[k].segment == k
            or self._among_them in lead
            or self._criterion.match(lead.lstrip("，")) is not None
        )

    def _is_act(self, placed: _Placed) -> bool:
        """Whether the clause of a figure begins with an act: 办结220件 are of another event."""
        lead = placed.lead
        return self._act.match(lead, lead.rfind("，", 0, -1) + 1) is not None

    def _head(self, lead: str) -> ListHead:
        lead = lead.lstrip("，")
        if lead.startswith(self._among_them) or _OF_ALL.match(lead):
            return ListHead("", is_division=True)
        if not lead:  # 3件予以公开，1件不予公开
            return ListHead("", is_division=True, is_bare=True)
        reference, criterion = self._reference.match(lead), self._criterion.match(lead)
        words = criterion[0] if criterion else lead
        if reference:
            words = reference[reference.lastindex or 0]
        return ListHead(words, bool(criterion), bool(reference), bool(reference or criterion))

    def _list(
        self, placed: Sequence[_Placed], start: int, paragraph: int, window: int
    ) -> tuple[int, Sequence[int]]:
        """The whole and the parts of the list that begins at ``start``; no parts: no list."""
        unit = placed[start].figure.unit
        head = self._head(placed[start].lead)
        if not head.is_division and self._is_act(placed[start]):
            return 0, ()
        candidates = [k for k in range(window, start) if placed[k].can_be_whole(unit)]
        if not candidates and head.is_division:  # 发布信息300条。其中，解读24篇、公告36条
            candidates = [k for k in range(window, start) if placed[start].can_divide(placed[k])]
        if not candidates:
            return 0, ()
        near = [k for k in candidates if k >= paragraph]
        candidates = near if near or not head.is_division else candidates
        lists = self._possible_lists(placed, start, with_acts=_ALL_RESULTS in head.words)
        for parts in lists:
            whole = self._exact_whole(placed, head, candidates, parts)
            if whole is not None:
                return whole, parts
        parts = next(
            (each for each in lists if not any(self._is_act(placed[k]) for k in each[1:])), []
        )
        is_total = bool(head.words) and any(e.figure.part_of == start for e in placed[start:])
        if head.is_bare or is_total or not (head.is_division and parts):
            return 0, ()  # 从渠道看，公开信息共50条，其中网站3条、现场47条: a total of its own
        whole = self._larger_whole(placed, head, candidates, parts)
        return (0, ()) if whole is None else (whole, parts)

    def _possible_lists(
        self, placed: Sequence[_Placed], start: int, *, with_acts: bool
    ) -> list[list[int]]:
        """The figures from ``start`` on that can be parts of one whole, the longest list first.

        A list ends with its segment, or before another act if it is not one of results.
        """
        unit = placed[start].figure.unit
        parts: list[int] = []
        lists: list[list[int]] = []
        for k in range(start, len(placed)):
            if k > start:
                if self._namer.is_independent(placed[k].figure.metric_id):
                    break
                if placed[k].segment == k or (self._is_act(placed[k]) and not with_acts):
                    lists.append(parts.copy())
            if placed[k].can_be_part(unit):
                parts.append(k)
        return [parts, *reversed(lists)]

    def _exact_whole(
        self,
        placed: Sequence[_Placed],
        head: ListHead,
        candidates: Sequence[int],
        parts: Sequence[int],
    ) -> int | None:
        """The candidate that the parts add up to; of several the closest, then the last one."""
        values = [placed[k].figure.value for k in parts]

        def is_near(k: int) -> bool:
            return any(each.figure.part_of == k for each in placed[k + 1 : parts[0]]) or all(
                placed[i].figure.metric_id for i in parts
            )

        exact = [
            (head.closeness(placed[k].figure.phrase), k)
            for k in candidates
            if adds_up(placed[k].figure.value, values)
            and (head.is_division or self._is_certain(placed, k, parts, is_near=is_near(k)))
        ]
        exact = [
            (closeness, k)
            for closeness, k in exact
            if placed[k].figure.part_of is None
            or (head.is_division and (closeness or not head.words))
        ]
        return max(exact)[1] if exact else None

    def _larger_whole(
        self,
        placed: Sequence[_Placed],
        head: ListHead,
        candidates: Sequence[int],
        parts: Sequence[int],
    ) -> int | None:
        """The candidate that a list of some of its parts has: the one that its head names.

        Otherwise it is one in the last sentence that has a figure large enough.
        """
        total = sum(placed[k].figure.value for k in parts)
        larger = [k for k in candidates if largest(placed[k].figure) >= total]
        close = [k for k in larger if head.closeness(placed[k].figure.phrase)]
        if _ALL_RESULTS in head.words or not larger:
            return None  # an incomplete list of results is of another whole
        if close and head.is_reference:
            return max(close, key=lambda k: (head.closeness(placed[k].figure.phrase), k))
        if head.words and (not head.has_criterion or _VAGUE in head.words):
            return None
        last = placed[parts[0] - 1 if not head.words else larger[-1]].figure.sentence
        larger = [
            k
            for k in larger
            if placed[k].figure.sentence == last and placed[k].figure.part_of is None
        ]
        before = placed[parts[0] - 1].figure.part_of
        if not (larger or head.words) and before in candidates and before is not None:
            return before if placed[before].figure.value >= total else None
        if not larger or (not head.words and len(larger) > 1):
            return None
        return max(
            larger, key=lambda k: (head.closeness(placed[k].figure.phrase), placed[k].figure.value)
        )

    def _summands(self, placed: Sequence[_Placed], whole: int) -> Sequence[int]:
        """The figures directly after a figure that add up to it: 行政诉讼4件，一审3件、二审1件."""
        parts: list[int] = []
        if not placed[whole].figure.value:
            return parts
        for k in range(whole + 1, len(placed)):
            part = placed[k]
            if k == whole + 1 and part.lead.startswith("、"):
                break  # 征地218件、规划127件、不动产91件: beside each other
            if part.figure.part_of == whole or part.figure.unit in SHARE_UNITS:
                continue  # 9件，线上7件、线下2件，予以公开6件、无法提供3件: divided twice
            if not part.can_be_part(placed[whole].figure.unit) or self._namer.is_beside(
                part.figure.metric_id, placed[whole].figure.metric_id
            ):
                break
            parts.append(k)
        values = [placed[k].figure.value for k in parts]
        for size in range(len(parts), MIN_PARTS - 1, -1):
            if adds_up(placed[whole].figure.value, values[:size]) and self._is_certain(
                placed, whole, parts[:size], is_near=True
            ):
                return parts[:size]
        return ()

    def _is_certain(
        self, placed: Sequence[_Placed], whole: int, parts: Sequence[int], *, is_near: bool
    ) -> bool:
        """Whether an exact sum without words that mark it is no coincidence.

        The parts are so many or so large, or their metrics are those of parts of the whole.
        """
        figures = [placed[k].figure for k in parts]
        metrics = {
            self._namer.metric_in_sum(figure, placed[whole].figure) for figure in figures
        } - {None}
        if any(map(self._namer.is_independent, metrics)):
            return False
        leads = [placed[k].lead for k in parts]
        is_near = is_near and placed[whole].figure.sentence == figures[-1].sentence
        if is_near and (
            leads[0].startswith("：")
            or all(lead.endswith("，") for lead in leads)
            or any(map(self._residual.search, leads[1:]))
        ):
            return True  # 申请3件：公开2件、撤回1件, 3件，2件维持，1件撤回, 办结71件，剩余3件
        of_whole = placed[whole].figure.metric_id
        summands = self._namer.summands_of(of_whole)
        is_known = bool(metrics) and summands is not None and metrics <= summands
        if not is_known and any(self._is_act(placed[k]) for k in parts):
            return False
        if not is_known and sum(figure.value > 0 for figure in figures) < MIN_PARTS:
            return False
        is_known |= is_near and bool(metrics) and metrics <= self._namer.parts_of(of_whole)
        total = sum(figure.value for figure in figures)
        units = {each.figure.unit for each in placed[parts[0] : parts[-1] + 1]}
        fills = units <= {figures[0].unit, *SHARE_UNITS}
        is_certain = total >= _MIN_CERTAIN_TOTAL and (
            len(parts) > MIN_PARTS or (total >= _MIN_CERTAIN_PAIR and fills)
        )
        if is_known or not metrics:
            return is_near or is_certain or all(figure.metric_id for figure in figures)
        return is_certain and (of_whole is None or summands is None)
