"""Which metric of narrative.csv a figure of prose tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from gongkai.knowledge import Metric, metrics
from gongkai.pipeline import Pipeline
from gongkai.segmenting import bounds, cut

_DENIED = ("未", "不", "拟", "待", "非", "没", "不予", "未予", "无法")
_CHANCE = 2  # characters of a name that may stand by chance between others
_EXAMPLES = re.compile("[、和].*等(?![级待候])")
_JOINTS = ("、", "和", "及", "与", "以及")


def metric_of(
    phrase: str, unit: str | None, whole: str, around: str, lead: str, pipeline: Pipeline
) -> str | None:
    """The first metric of narrative.csv that fits the words about a number.

    ``whole`` is said of what it is a part of: no part of files checked is a file published.
    ``lead`` is its sentence up to the number: 局网站访问量5万次，发布信息90条 are no total.
    """
    lines = _counted_in(unit or "-", pipeline)
    told = _told(phrase, pipeline)
    for metric in lines:
        if not _names(metric, told, around, pipeline) or has(whole, metric.never):
            continue
        if metric.unless and any(re.search(metric.unless, t) for t in (lead, f"\n{phrase}")):
            continue
        if not has(told.counted, _JOINTS):
            return metric.metric_id
        things = [
            next((m.metric_id for m in lines if _names(m, piece, around, pipeline)), None)
            for piece in _pieces(told.counted, pipeline)
        ]
        mixed = len({*things} - {None}) > 1 and metric.metric_id in things
        same = things[0] == things[-1] == metric.metric_id  # 收到公民、法人提出的申请
        others = metric.metric_id in things[:-1] and things[-1] != metric.metric_id
        return None if others or (mixed and not same) else metric.metric_id
    return None


@dataclass(frozen=True, slots=True)
class _Told:
    """The words about a number, once with the first of several examples, once without any."""

    phrase: str
    counted: str


def _told(phrase: str, pipeline: Pipeline) -> _Told:
    """公开预决算、政策解读等信息: what 等 closes is none of its examples alone."""
    found = _EXAMPLES.search(phrase)
    if found is None:
        return _Told(phrase, phrase)
    start = max((e for e in bounds(phrase, pipeline.folder) if e < found.start()), default=0)
    rest = phrase[found.end() - 1 :]
    return _Told(f"{phrase[: found.start()]}{rest}", f"{phrase[:start]}{rest}")


def _pieces(phrase: str, pipeline: Pipeline) -> Iterator[_Told]:
    """The things that a phrase names one after the other."""
    words = cut(phrase, pipeline.folder)
    for joint, run in groupby(words, key=lambda word: word in _JOINTS):
        if not joint:
            piece = "".join(run)
            yield _Told(piece, piece)


def _names(metric: Metric, told: _Told, around: str, pipeline: Pipeline) -> bool:
    return fits(metric, told.phrase, around) and _said(told.counted, metric.phrase, pipeline)


def fits(metric: Metric, phrase: str, around: str) -> bool:
    """Do the words about a number, and those around them, tell this metric?"""
    return (
        has(phrase, metric.phrase)
        and not has(phrase, metric.never)
        and all(has(phrase, group) or has(around, group) for group in metric.context)
    )


@lru_cache(maxsize=512)
def _counted_in(unit: str, pipeline: Pipeline) -> tuple[Metric, ...]:
    """The metrics that a unit may count; 篇（条） counts what 篇 and 条 count."""
    units = set(unit.rstrip("）").split("（")) | {unit}
    return tuple(line for line in metrics(pipeline) if units & set(line.units))


def _said(phrase: str, names: Sequence[str], pipeline: Pipeline) -> bool:
    """Does one of the names stand in the phrase as words do, and not denied?

    应诉 does not in 回应诉求: a word of it lies across an edge of the name; nor 答复 in 未答复.
    """
    for name in names:
        at = phrase.find(name)
        while at >= 0:
            if not phrase[:at].endswith(_DENIED) and (
                len(name) != _CHANCE or not _crossed(at, bounds(phrase, pipeline.folder))
            ):
                return True
            at = phrase.find(name, at + 1)
    return False


def _crossed(at: int, edges: frozenset[int]) -> bool:
    """Does a word end between the two characters of a name, and another across its edge?"""
    return at + 1 in edges and not {at, at + _CHANCE} <= edges


def has(text: str, words: Sequence[str]) -> bool:
    """Does any of the words stand in the text?"""
    for word in words:  # noqa: SIM110 (a loop takes half the time of any())
        if word in text:
            return True
    return False
