"""Which figures of a sentence are parts of one told in a sentence before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from gongkai.families.narrative import Prose
from gongkai.model import Figure
from gongkai.normalizers.narrative.parts import FEWEST, OTHER_TIMES, SHARES, SURE

_SURE_OF_TWO = 30  # a smaller sum of two parts that fill a sentence may be chance
_BY_CHANNEL = re.compile(
    "^(?:从|按|依|根据|就|分)[^，：。]{2,14}(?:看|分|划分|统计|分类|来说)[，：]?|^按[^，：。]{2,12}[，：]"
)


def parts_of_earlier(
    sentence: str, own: list[Figure], found: Sequence[Figure], first: int, words: Prose
) -> list[Figure]:
    """The figures of a sentence, with what they are parts of in the sentences before it.

    其中 tells parts of the sentence before; 从渠道看 of the one that they add up to. ``first``
    is where the figures of the paragraph begin in ``found``.
    """
    if not own or len(found) == first:
        return own
    text = "".join(sentence.split())
    marked = text.startswith(words.part_marks[0])
    parts = [f for f in own if f.part_of is None and f.unit == own[0].unit and not f.stated_as_none]
    total = sum((f.value for f in parts), Decimal(0))
    before = found[-1].sentence
    likely = [
        k
        for k in range(first, len(found))
        if found[k].unit == own[0].unit and found[k].part_of is None
    ]
    exact = [k for k in likely if _divided(found[k].value, parts)]
    larger = [k for k in likely if found[k].value >= total and found[k].sentence == before]
    two = total >= _SURE_OF_TWO and all(f in parts or f.unit in SHARES for f in own)
    many = total >= SURE and (len(parts) > FEWEST or two)
    many = many and not any(word in text for word in OTHER_TIMES)
    split = marked or many or _BY_CHANNEL.match(text) is not None
    if exact and len(parts) >= FEWEST and split:
        whole = exact[-1]
    elif marked and len(larger) == 1:
        whole = larger[0]
    else:
        return own  # several it may be said of, or none
    other = set(words.apart) - {found[whole].metric_id}
    ends = (k for k, f in enumerate(parts) if f.metric_id in other)
    if found[whole].metric_id in words.apart:
        parts = parts[: next(ends, len(parts))]
    chosen = {id(f) for f in parts}
    return [replace(f, part_of=whole) if id(f) in chosen else f for f in own]


def _divided(whole: Decimal, parts: Sequence[Figure]) -> bool:
    """Do the parts add up to the whole: once, or one division after the other (按渠道…；按人…)?"""
    left, since, most = whole, 0, 0
    for part in parts:
        if left == 0 and part.value:
            left, since = whole, 0
        left, since = left - part.value, since + 1
        most = max(most, since)
        if left < 0:
            return False
    return left == 0 and most >= FEWEST
