"""Which figures are parts of which: by the words between them, or by their sum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from gongkai.families.narrative import Prose
from gongkai.normalizers.narrative.number_mentions import Number

SHARES = ("%", "个百分点", "百分点", "倍", "成", "‰")
OTHER_TIMES = ("上年", "去年", "同期", "增长", "增加", "下降", "减少", "上升", "提高", "相比")
_WHOLE_AGAIN = re.compile(
    "(?:^|[，；、])(?:以上|[两三四五六七八九十各]+[项者类])?(?:共计|合计|总计)(?!的)"
    "|(?<!占)总数(?!的)"
)
_EACH = re.compile("每|平均|[人日月年户]均(?![为是已在未不按由])")  # not 申请人均为自然人
_ITEMS = set("条件篇项份例宗起")  # all count pieces of information, or cases
_DEEPER = "其中"
_AMONG = re.compile("[^，。；：\\d]{0,12}中[，：]")  # 在办结的66件申请中，
FEWEST = 2  # parts that a sum alone may prove
SURE = 10  # a smaller sum may be chance, unless words such as 其余 say that it is none
_CLAUSES = re.compile("[，；。]")
_WITHIN = re.compile("（[^（）]*）")


class _Open(Struct):
    """A whole whose parts are being told."""

    whole: int | None
    first: int  # the number it begins with
    bracket: bool  # in a bracket, which ends it
    last: int | None  # the part with which the sum is exact, where there is one
    listed: bool  # 其中：… ；… ；…: a list, to the end of the sentence
    named: int  # the last number of a list that 等 closes, whatever its unit


def parts_of(text: str, numbers: Sequence[Number], words: Prose) -> list[int | None]:
    """For each number the one it is a part of, by place in ``numbers``; None for most."""
    whole: list[int | None] = [None] * len(numbers)
    if len(numbers) > 1:
        _by_words(text, numbers, whole, words)
        _better_whole(numbers, whole)
        _by_sum(text, numbers, whole, words)
    return whole


def _by_words(text: str, numbers: Sequence[Number], whole: list[int | None], words: Prose) -> None:
    """其中, 包括 and brackets: what follows are parts of what stands before."""
    opened: list[_Open] = []
    for k in range(1, len(numbers)):
        between = _WITHIN.sub("", text[numbers[k - 1].end : numbers[k].start])
        clause = _CLAUSES.split(between)[-1]  # 15件涉及招聘，6件涉及收费: no mark for the 6
        anew = clause and between.endswith(f"；{clause}")  # 维持1件；涉及诉讼2件: a thing beside
        marked = _DEEPER in between or (
            not anew and any(mark in clause for mark in words.part_marks)
        )
        marked = marked or _AMONG.match(between) is not None
        if "）" in between:
            while any(o.bracket for o in opened):
                if opened.pop().bracket:
                    break
        _, semicolon, tail = between.rpartition("；")
        if semicolon and not tail.startswith(_DEEPER):
            opened = [o for o in opened if o.listed or (o.last is not None and o.last >= k)]
        if between.startswith("（") and "）" not in between:
            told = marked or _several(text, numbers, k)
            other = not told or (not marked and any(w in between for w in OTHER_TIMES))
            given = None if other else k - 1
            opened.append(_opened(text, numbers, k, given, between, bracket=True))
        elif marked:
            given = _whole_before(numbers, k, whole, text, deeper=_DEEPER in between)
            opened = [o for o in opened if o.bracket or o.whole != given]
            opened.append(_opened(text, numbers, k, given, between, bracket=False))
        elif _WHOLE_AGAIN.search(between):
            opened = [o for o in opened if o.bracket]
        if _EACH.search(between) or (not marked and any(w in between for w in OTHER_TIMES)):
            continue
        _place(numbers, k, opened, whole, between, first=marked)


def _place(
    numbers: Sequence[Number],
    k: int,
    opened: list[_Open],
    whole: list[int | None],
    joint: str,
    *,
    first: bool,
) -> None:
    """Put a number among the parts that are told, and close what is complete.

    The ``first`` behind 其中 may be counted in another way: 公开信息1836条，其中规范性文件172件.
    """
    while opened:
        given = opened[-1].whole
        if given is None:
            return
        items = {numbers[given].unit, numbers[k].unit} <= _ITEMS
        siblings = {numbers[i].unit for i in range(k) if whole[i] == given}
        listed = k <= opened[-1].named and not _share(numbers[k])
        named = items and (first or numbers[k].unit in siblings or joint.startswith("、"))
        if not (listed or named or _like(numbers[given], numbers[k])):
            return
        begun = range(opened[-1].first, k)  # 322条（A 17条，B 305条），包括C 89条: two divisions
        told = sum((numbers[i].value for i in begun if whole[i] == given), Decimal(0))
        if numbers[given].value == told and numbers[given].value:
            opened.pop()  # complete: what follows is something else, or a part further out
            continue
        whole[k] = given
        return


def _opened(
    text: str, numbers: Sequence[Number], k: int, given: int | None, between: str, *, bracket: bool
) -> _Open:
    last = None
    if given is not None:
        total = Decimal(0)
        for i in range(k, len(numbers)):
            if _like(numbers[given], numbers[i]):
                total += numbers[i].value
                if total >= numbers[given].value:
                    last = i if total == numbers[given].value and i > k else None
                    break
    items = _exact(numbers, k, given) if given is not None else -1
    listed = re.search("(?:其中|包括|分别为|分别是|具体为)：", between) is not None
    named = items
    for i in range(k, len(numbers)):
        if i > k and "；" in text[numbers[i - 1].end : numbers[i].start]:
            break
        if text.startswith("等", numbers[i].end):
            named = max(named, i)
    return _Open(given, k, bracket, last, listed, named)


def _exact(numbers: Sequence[Number], k: int, given: int) -> int:
    """The last of the pieces of information from the k-th on that add up to the whole; or -1."""
    total = Decimal(0)
    for i in range(k, len(numbers)):
        if numbers[i].unit in _ITEMS and numbers[given].unit in _ITEMS:
            total += numbers[i].value
            if total >= numbers[given].value:
                return i if total == numbers[given].value and i > k else -1
    return -1


def _several(text: str, numbers: Sequence[Number], k: int) -> bool:
    """Do two numbers or more of one kind stand in the bracket?"""
    close = text.find("）", numbers[k].start)
    inside = [i for i in range(k, len(numbers)) if close < 0 or numbers[i].start < close]
    return sum(_like(numbers[k - 1], numbers[i]) for i in inside) >= FEWEST


def _whole_before(
    numbers: Sequence[Number], k: int, whole: Sequence[int | None], text: str, *, deeper: bool
) -> int | None:
    """The nearest number that the k-th may be a part of; a part's own whole unless it
    goes a level deeper."""
    for i in range(k - 1, -1, -1):
        if i < k - 1 and "；" in text[numbers[i].end : numbers[k - 1].start]:
            break
        if _like(numbers[i], numbers[k]) and numbers[i].value >= numbers[k].value:
            return i if deeper or whole[i] is None else whole[i]
    # the first thing named may be counted in another way: 174条，包含公报24期、预警37条
    return None if _like(numbers[k - 1], numbers[k]) else k - 1


def _better_whole(numbers: Sequence[Number], whole: list[int | None]) -> None:
    """办结218件，结转5件，其中当面79件…: of several wholes, the one the parts add up to."""
    for given in {k for k in whole if k is not None}:
        parts = [i for i, k in enumerate(whole) if k == given]
        total = sum(numbers[i].value for i in parts)
        if total == numbers[given].value:
            continue
        exact = [
            k
            for k in range(parts[0])
            if whole[k] is None and _like(numbers[k], numbers[given]) and numbers[k].value == total
        ]
        if len(parts) >= FEWEST and len(exact) == 1:
            for part in parts:
                whole[part] = exact[0]


def _by_sum(text: str, numbers: Sequence[Number], whole: list[int | None], words: Prose) -> None:
    """A number that is exactly the sum of those right behind it, of its own kind."""
    for k in range(len(numbers) - FEWEST):
        total, parts = numbers[k].value, []
        for i in range(k + 1, len(numbers)):
            between = text[numbers[i - 1].end : numbers[i].start]
            if any(word in between for word in OTHER_TIMES) or "；" in between:
                break
            if numbers[i].unit in SHARES:
                continue
            if whole[i] == k:
                continue  # 44件（公民41件、法人3件），答复43件，其余1件: divided twice
            if whole[i] is not None or not _like(numbers[k], numbers[i]):
                break
            parts.append(i)
            total -= numbers[i].value
            if total <= 0:
                break
        if total == 0 and len(parts) >= FEWEST and numbers[k].value:
            between = text[numbers[k].end : numbers[parts[0]].start]
            within = text[numbers[k].end : numbers[parts[-1]].end + 8]
            sure = (
                numbers[k].value >= SURE
                or between.startswith("：")
                or any(w in within for w in words.outcomes)
            )
            if sure and not between.startswith("、"):
                for part in parts:
                    whole[part] = k


def _share(number: Number) -> bool:
    return number.unit in SHARES


def _like(one: Number, other: Number) -> bool:
    """Do both count the same kind of thing?"""
    if _share(one) or _share(other) or one.end == other.start:
        return False
    return one.unit == other.unit or bool(set(one.unit or "") & set(other.unit or ""))
