"""Numbers told in prose, each with what it counts: 共公开信息232条，其中新闻动态126条."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.narrative import Prose
from gongkai.model import Figure, Paragraph
from gongkai.normalizers.narrative.cross_sentence_parts import parts_of_earlier
from gongkai.normalizers.narrative.metric_names import named, named_as_part
from gongkai.normalizers.narrative.metrics import has
from gongkai.normalizers.narrative.number_mentions import Number, numbers_in, squeezed
from gongkai.normalizers.narrative.parts import parts_of
from gongkai.normalizers.narrative.phrases import Told, told_of
from gongkai.normalizers.narrative.stated_zeros import Zero, stated_zeros

_SENTENCE = re.compile(r"[^。！？]*[。！？]?")


def figures_of(paragraphs: Sequence[Paragraph], family: Family) -> list[Figure]:
    """Every figure told in the paragraphs of one report, in printed order.

    What no metric of narrative.csv fits keeps its phrase, with ``metric_id`` None.
    """
    found: list[Figure] = []
    words = family.prose
    for paragraph in paragraphs:
        before, first = "", len(found)
        for match in _SENTENCE.finditer(paragraph.text):
            if not match[0].strip():
                continue
            own = list(_of_sentence(match, before, paragraph, len(found), family))
            own = parts_of_earlier(match[0], own, found, first, words)
            found += [_seen_as_part(f, found, paragraph, family) for f in own]
            before = match[0]
    return found


def _of_sentence(
    match: re.Match[str], before: str, paragraph: Paragraph, first: int, family: Family
) -> Iterator[Figure]:
    words = family.prose
    text, places = squeezed(match[0])
    numbers = numbers_in(text, family)
    zeros = list(stated_zeros(text, numbers, family)) if has(text, words.none_signs) else []
    if not numbers and not zeros:
        return
    marks = [zero.mark for zero in zeros]  # 行政复议、行政诉讼均为0件: two zeros, no number more
    numbers = [n for n in numbers if not any(a <= n.start < b for a, b in marks)]
    told = sorted(
        [*told_of(text, numbers, family), *map(_none, zeros)], key=lambda t: t.number.start
    )
    wholes = parts_of(text, [t.number for t in told], words)
    none = {zero.start: zero.metric_id for zero in zeros}
    heading = paragraph.sub_heading or ""
    metrics = named(text, told, wholes, none, heading, before, family)
    for each, whole, metric in zip(told, wholes, metrics, strict=True):
        number = each.number
        start, end = places[number.start], places[number.end - 1] + 1
        lead = text[text.rfind("。", 0, number.start) + 1 : number.start]
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


def _seen_as_part(
    figure: Figure, found: Sequence[Figure], paragraph: Paragraph, family: Family
) -> Figure:
    """A figure with its metric, where it is a part of an earlier sentence's."""
    if figure.part_of is None or figure.part_of >= len(found) or figure.stated_as_none:
        return figure
    whole, heading = found[figure.part_of], paragraph.sub_heading or ""
    metric = named_as_part(
        figure.phrase, figure.unit, whole.phrase, whole.metric_id, heading, family
    )
    return replace(figure, metric_id=metric)


def _none(zero: Zero) -> Told:
    number = Number(zero.start, zero.end, Decimal(0), None, False)
    return Told(number, zero.phrase, none=True)
