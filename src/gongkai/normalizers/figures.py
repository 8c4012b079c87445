"""Numbers told in prose, each with what it counts: 共公开信息232条，其中新闻动态126条."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from gongkai.knowledge import Prose, metrics, prose
from gongkai.model import Figure, Paragraph
from gongkai.normalizers.measuring import has, metric_of
from gongkai.normalizers.parts import parts_of, parts_of_earlier
from gongkai.normalizers.phrases import Told, told_of
from gongkai.normalizers.scanning import Number, numbers_in, squeezed
from gongkai.normalizers.zeros import Zero, stated_zeros
from gongkai.pipeline import Pipeline

_PARTS = "其中"  # stands near each part, for metrics that only a part may be
_SENTENCE = re.compile(r"[^。！？]*[。！？]?")


def figures_of(paragraphs: Sequence[Paragraph], pipeline: Pipeline) -> list[Figure]:
    """Every figure told in the paragraphs of one report, in printed order.

    What no metric of narrative.csv fits keeps its phrase, with ``metric_id`` None.
    """
    found: list[Figure] = []
    words = prose(pipeline)
    for paragraph in paragraphs:
        before, first = "", len(found)
        for match in _SENTENCE.finditer(paragraph.text):
            if not match[0].strip():
                continue
            own = list(_of_sentence(match, before, paragraph, len(found), pipeline))
            own = parts_of_earlier(match[0], own, found, first, words)
            found += [_seen_as_part(f, found, paragraph, pipeline) for f in own]
            before = match[0]
    return found


def _of_sentence(
    match: re.Match[str], before: str, paragraph: Paragraph, first: int, pipeline: Pipeline
) -> Iterator[Figure]:
    words = prose(pipeline)
    text, places = squeezed(match[0])
    numbers = numbers_in(text, pipeline)
    zeros = list(stated_zeros(text, numbers, pipeline)) if has(text, words.none_signs) else []
    if not numbers and not zeros:
        return
    marks = [zero.mark for zero in zeros]  # 行政复议、行政诉讼均为0件: two zeros, no number more
    numbers = [n for n in numbers if not any(a <= n.start < b for a, b in marks)]
    none = {zero.start: zero.metric_id for zero in zeros}
    named: list[str | None] = []
    apart = set(words.apart)
    told = sorted(
        [*told_of(text, numbers, pipeline), *map(_none, zeros)], key=lambda t: t.number.start
    )
    wholes = parts_of(text, [t.number for t in told], words)
    around = f"{paragraph.sub_heading or ''}{before}{text}"
    for k, each in enumerate(told):
        number, whole = each.number, wholes[k]
        lead = text[text.rfind("。", 0, number.start) + 1 : number.start]
        start, end = places[number.start], places[number.end - 1] + 1
        if each.none:
            metric = none[number.start]
        elif each.relation or _no_level(words).search(each.phrase):
            metric = None
        else:
            of = "" if whole is None else f"{_PARTS}{told[whole].phrase}"
            outer = None if whole is None else wholes[whole]
            if outer is not None:
                of += told[outer].phrase
            if k and each.phrase in words.about_before:
                of += told[k - 1].phrase  # 受理咨询94件，答复94件: replies to those
            near = around
            if whole is not None:
                of += _meaning(named[whole], pipeline)
                near = f"{paragraph.sub_heading or ''}{of}"
            metric = metric_of(each.counted, number.unit, of, near, lead, pipeline)
        if whole is not None and metric != named[whole] and {metric, named[whole]} <= apart:
            wholes = [None if w == whole and i >= k else w for i, w in enumerate(wholes)]
            whole = None
        named.append(metric)
        yield Figure(
            section=paragraph.section or "",
            phrase=each.phrase,
            metric_id=metric,
            value=number.value,
            unit=number.unit,
            approximate=number.approximate,
            sentence=match[0].strip(),
            page=paragraph.page_at(match.start() + start),
            raw_text=match[0][start:end],
            part_of=None if whole is None else first + whole,
            stated_as_none=each.none,
            planned=_planned(words).search(lead) is not None,
        )


@lru_cache(maxsize=4)
def _planned(words: Prose) -> re.Pattern[str]:
    """A word of plans with something behind it to be done: not in 规划计划类38条."""
    return re.compile(f"(?:{'|'.join(words.planned)})(?=.{{4}})(?!.{{0,3}}\\d)")


@lru_cache(maxsize=4)
def _no_level(words: Prose) -> re.Pattern[str]:
    return re.compile("|".join(words.no_level))


def _meaning(metric_id: str | None, pipeline: Pipeline) -> str:
    """What a metric counts, in words: parts of requests are requests."""
    return next((m.zh for m in metrics(pipeline) if m.metric_id == metric_id), "")


def _seen_as_part(
    figure: Figure, found: Sequence[Figure], paragraph: Paragraph, pipeline: Pipeline
) -> Figure:
    """A part of a figure of an earlier sentence, named again: 依法公开5件 of the requests."""
    if figure.part_of is None or figure.part_of >= len(found) or figure.stated_as_none:
        return figure
    if _no_level(prose(pipeline)).search(figure.phrase):
        return figure
    whole = found[figure.part_of]
    of = f"{_PARTS}{whole.phrase}{_meaning(whole.metric_id, pipeline)}"
    near = f"{paragraph.sub_heading or ''}{of}"
    metric = metric_of(figure.phrase, figure.unit, of, near, figure.phrase, pipeline)
    return replace(figure, metric_id=metric)


def _none(zero: Zero) -> Told:
    number = Number(zero.start, zero.end, Decimal(0), None, False)
    return Told(number, zero.phrase, none=True)
