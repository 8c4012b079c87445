"""Which metric of narrative.csv a figure of prose tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gongkai.knowledge import Metric, metrics
from gongkai.pipeline import Pipeline

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


def has(text: str, words: Sequence[str]) -> bool:
    """Does any of the words stand in the text?"""
    for word in words:  # noqa: SIM110 (a loop takes half the time of any())
        if word in text:
            return True
    return False
