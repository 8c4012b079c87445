"""Which metric of narrative.csv a figure of prose tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gongkai.knowledge import Metric, metrics
from gongkai.pipeline import Pipeline
from gongkai.segmenting import bounds

_DENIED = ("未", "不", "拟", "待", "非", "没", "不予", "未予", "无法")
_CHANCE = 2  # characters of a name that may stand by chance between others
_EXAMPLES = re.compile("、.*等(?![级待候])")  # 公开预决算、政策解读等信息: none of them alone


def metric_of(
    phrase: str, unit: str | None, whole: str, around: str, lead: str, pipeline: Pipeline
) -> str | None:
    """The first metric of narrative.csv that fits the words about a number.

    ``whole`` is said of what it is a part of: no part of files checked is a file published.
    ``lead`` is its sentence up to the number: 局网站访问量5万次，发布信息90条 are no total.
    """
    phrase = _EXAMPLES.sub("等", phrase)
    for metric in _counted_in(unit or "-", pipeline):
        if not fits(metric, phrase, around) or has(whole, metric.never):
            continue
        if not _said(phrase, metric.phrase, pipeline):
            continue
        if not metric.unless or not any(re.search(metric.unless, t) for t in (lead, phrase)):
            return metric.metric_id
    return None


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
    edges = bounds(phrase, pipeline.folder)
    for name in names:
        at = phrase.find(name)
        while at >= 0:
            end = at + len(name)
            crossed = len(name) == _CHANCE and at + 1 in edges and not {at, end} <= edges
            if not crossed and not phrase[:at].endswith(_DENIED):
                return True
            at = phrase.find(name, at + 1)
    return False


def has(text: str, words: Sequence[str]) -> bool:
    """Does any of the words stand in the text?"""
    for word in words:  # noqa: SIM110 (a loop takes half the time of any())
        if word in text:
            return True
    return False
