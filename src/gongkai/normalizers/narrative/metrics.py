"""Which metric of narrative.csv a figure of prose tells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.families.narrative import Metric
from gongkai.normalizers.narrative.segmenting import bounds, cut, is_bound, is_word

_DENIED = ("未", "不", "拟", "待", "非", "没", "不予", "未予", "无法")
_CHANCE = 2  # characters of a name that may stand by chance between others
_EXAMPLES = re.compile("[、和].*等(?![级待候])")
_JOINTS = ("、", "和", "及", "与", "以及")


def metric_of(
    phrase: str, unit: str | None, whole: str, around: str, lead: str, family: Family
) -> str | None:
    """The first metric of narrative.csv that fits the words about a number.

    ``whole`` is said of what it is a part of: no part of files checked is a file published.
    ``lead`` is its sentence up to the number: 局网站访问量5万次，发布信息90条 are no total.
    """
    told = _told(phrase, family)
    for metric in _said_in(told.phrase, unit, family):
        if not _names(metric, told, around, family) or has(whole, metric.never):
            continue
        if _is_held_back(metric, (lead, f"\n{phrase}"), family):
            continue
        if not has(told.counted, _JOINTS):
            return metric.metric_id
        things = [
            next(_named_in(piece, unit, around, family), None)
            for piece in _pieces(told.counted, family)
        ]
        mixed = len({*things} - {None}) > 1 and metric.metric_id in things
        same = things[0] == things[-1] == metric.metric_id  # 收到公民、法人提出的申请
        others = metric.metric_id in things[:-1] and things[-1] != metric.metric_id
        return None if others or (mixed and not same) else metric.metric_id
    return None


class _Told(Struct, frozen=True):
    """The words about a number, once with the first of several examples, once without any."""

    phrase: str
    counted: str


def _told(phrase: str, family: Family) -> _Told:
    """公开预决算、政策解读等信息: what 等 closes is none of its examples alone."""
    found = _EXAMPLES.search(phrase)
    if found is None:
        return _Told(phrase, phrase)
    start = max((e for e in bounds(phrase, family.folder) if e < found.start()), default=0)
    rest = phrase[found.end() - 1 :]
    return _Told(f"{phrase[: found.start()]}{rest}", f"{phrase[:start]}{rest}")


def _pieces(phrase: str, family: Family) -> Iterator[_Told]:
    """The things that a phrase names one after the other."""
    words = cut(phrase, family.folder)
    for joint, run in groupby(words, key=lambda word: word in _JOINTS):
        if not joint:
            piece = "".join(run)
            yield _Told(piece, piece)


def _is_held_back(metric: Metric, texts: Sequence[str], family: Family) -> bool:
    """Does the sentence up to the number, or do the words about it, say that it is not this?"""
    patterns = _patterns(family)
    return any(patterns[name].search(text) for name in metric.unless for text in texts)


@lru_cache(maxsize=4)
def _patterns(family: Family) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in family.prose.unless.items()}


def _named_in(told: _Told, unit: str | None, around: str, family: Family) -> Iterator[str]:
    for metric in _said_in(told.phrase, unit, family):
        if _names(metric, told, around, family):
            yield metric.metric_id


def _names(metric: Metric, told: _Told, around: str, family: Family) -> bool:
    return fits(metric, told.phrase, around) and _said(told.counted, metric.phrase, family)


def fits(metric: Metric, phrase: str, around: str) -> bool:
    """Do the words about a number, and those around them, tell this metric?"""
    return (
        has(phrase, metric.phrase)
        and not has(phrase, metric.never)
        and all(has(phrase, group) or has(around, group) for group in metric.context)
    )


def _said_in(phrase: str, unit: str | None, family: Family) -> list[Metric]:
    """The metrics that a unit may count and of which a name stands in a phrase, in order."""
    lines, names = _counted_in(unit or "-", family)
    found: set[int] = set()
    for at, character in enumerate(phrase):
        for name, places in names.get(character, ()):
            if phrase.startswith(name, at):
                found |= places
    return [lines[k] for k in sorted(found)]


_Names = dict[str, list[tuple[str, set[int]]]]  # by first character: names, and whose they are


@lru_cache(maxsize=512)
def _counted_in(unit: str, family: Family) -> tuple[tuple[Metric, ...], _Names]:
    """The metrics that a unit may count, and their names; 篇（条） counts what 篇 and 条 count."""
    units = set(unit.rstrip("）").split("（")) | {unit}
    lines = tuple(line for line in family.metrics if units & set(line.units))
    places: dict[str, set[int]] = defaultdict(set)
    for k, line in enumerate(lines):
        for name in line.phrase:
            places[name].add(k)
    names: _Names = defaultdict(list)
    for name, own in places.items():
        names[name[0]].append((name, own))
    return lines, dict(names)


def _said(phrase: str, names: Sequence[str], family: Family) -> bool:
    """Does one of the names stand in the phrase as words do, and not denied?

    应诉 does not in 回应诉求: a word of it lies across an edge of the name; nor 答复 in 未答复.
    """
    for name in names:
        at = phrase.find(name)
        while at >= 0:
            if not phrase[:at].endswith(_DENIED) and (
                len(name) != _CHANCE or not _crossed(phrase, at, family)
            ):
                return True
            at = phrase.find(name, at + 1)
    return False


def _crossed(phrase: str, at: int, family: Family) -> bool:
    """Does a word end between the two characters of a name, and another across its edge?"""
    whole = is_word(phrase, at, at + _CHANCE, family.folder)
    return not whole and is_bound(phrase, at + 1, family.folder)


def has(text: str, words: Sequence[str]) -> bool:
    """Does any of the words stand in the text?"""
    for word in words:  # noqa: SIM110 (a loop takes half the time of any())
        if word in text:
            return True
    return False
