"""Which metrics the figures of one sentence tell, each read with the whole it is a part of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from gongkai.families.family import Family
from gongkai.families.narrative import Prose
from gongkai.normalizers.narrative.metrics import metric_of
from gongkai.normalizers.narrative.phrases import Told

_PARTS = "其中"  # stands near each part, for metrics that only a part may be


def named(
    text: str,
    told: Sequence[Told],
    wholes: list[int | None],
    none: Mapping[int, str | None],
    heading: str,
    before: str,
    family: Family,
) -> list[str | None]:
    """The metric of each figure of a squeezed sentence, or None where none is certain.

    ``none`` has those of stated zeros by their place, ``before`` is the sentence before. In
    ``wholes`` those are taken out that, by what they count, are no parts after all.
    """
    words = family.prose
    found: list[str | None] = []
    for k, each in enumerate(told):
        whole = wholes[k]
        if each.none:
            metric = none[each.number.start]
        elif each.relation or is_no_level(each.phrase, words):
            metric = None
        else:
            of, near = "", f"{heading}{before}{text}"
            if whole is not None:
                outer = wholes[whole]
                of = f"{_PARTS}{told[whole].phrase}" + ("" if outer is None else told[outer].phrase)
            if k and each.phrase in words.about_before:
                of += told[k - 1].phrase  # 受理咨询94件，答复94件: replies to those
            if whole is not None:
                of += _meaning(found[whole], family)
                near = f"{heading}{of}"
            lead = text[text.rfind("。", 0, each.number.start) + 1 : each.number.start]
            metric = metric_of(each.counted, each.number.unit, of, near, lead, family)
        if whole is not None and _stands_apart(metric, found[whole], words) and not each.none:
            later = metric in words.apart and found[whole] in words.apart
            if later or whole in wholes[:k]:
                wholes[k:] = [None if w == whole else w for w in wholes[k:]]
        found.append(metric)
    return found


def named_as_part(
    phrase: str, unit: str | None, whole: str, metric: str | None, heading: str, family: Family
) -> str | None:
    """The metric of a part of an earlier sentence's figure: 依法公开5件 of the requests.

    ``whole`` and ``metric`` are the words and the meaning of that figure.
    """
    if is_no_level(phrase, family.prose):
        return None
    of = f"{_PARTS}{whole}{_meaning(metric, family)}"
    return metric_of(phrase, unit, of, f"{heading}{of}", phrase, family)


def is_no_level(phrase: str, words: Prose) -> bool:
    """Do the words tell a change, a rate or an extreme?"""
    return _no_level(words).search(phrase) is not None


def _stands_apart(metric: str | None, whole: str | None, words: Prose) -> bool:
    """Are these two of which one is no part of the other?"""
    return metric != whole and (
        (metric in words.apart and whole in words.apart) or metric in words.beside
    )


@lru_cache(maxsize=4)
def _no_level(words: Prose) -> re.Pattern[str]:
    return re.compile("|".join(words.no_level))


@lru_cache(maxsize=512)
def _meaning(metric_id: str | None, family: Family) -> str:
    """What a metric counts, in words: parts of requests are requests."""
    return next((m.zh for m in family.metrics if m.metric_id == metric_id), "")
