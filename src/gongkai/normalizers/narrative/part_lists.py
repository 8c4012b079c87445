"""Finds parts by words and punctuation: after 其中, 包括 and the like, and in brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec import Struct

from gongkai.families.narrative import NarrativeGrammar
from gongkai.normalizers.narrative.number_kinds import (
    MIN_PARTS,
    are_items,
    compares,
    is_same_kind,
    is_share,
)
from gongkai.normalizers.narrative.number_mentions import NumberMention

_NEW_TOTAL = re.compile(
    "(?:^|[，；、])(?:以上|[两三四五六七八九十各]+[项者类])?(?:共计|合计|总计)(?!的)"
    "|(?<!占)总数(?!的)"
)
_AVERAGE = re.compile("每|平均|[人日月年户]均(?![为是已在未不按由])")  # not 申请人均为自然人
_AMONG_THEM = "其中"  # a part of a part, if the previous number is a part
_AMONG_THESE = re.compile("[^，。；：\\d]{0,12}中[，：]")  # 在办结的66件申请中，
_CLAUSE_BREAK = re.compile("[，；。]")
_BRACKETED = re.compile("（[^（）]*）")
_LIST_OPENER = re.compile("(?:其中|包括|分别为|分别是|具体为)：")

_Wholes = list[int | None]


class _Gap(Struct, frozen=True):
    """The text between a number and the one before it, without complete brackets."""

    text: str
    has_marker: bool  # 其中, 包括, …: what follows are parts
    is_comparison: bool

    @property
    def opens_bracket(self) -> bool:
        return self.text.startswith("（") and "）" not in self.text


class _PartList(Struct, frozen=True):
    """A whole and the list of its parts, while the list is read."""

    whole: int | None  # None: the numbers of a bracket are not parts
    first: int  # its first number
    in_bracket: bool  # ends with the bracket
    exact_end: int | None  # the part at which the sum reaches the whole, if there is one
    has_colon: bool  # 其中：… ；… ；…: a list to the end of the sentence
    last_item: int  # the last number of a list that 等 closes, whatever its unit


class PartLists:
    """Finds the parts that words and punctuation mark."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._part_markers = grammar.part_markers

    def wholes(self, text: str, numbers: Sequence[NumberMention]) -> list[int | None]:
        """For each number the index of the one whose list of parts it is in, or None."""
        wholes: _Wholes = [None]
        lists: tuple[_PartList, ...] = ()
        for k in range(1, len(numbers)):
            gap = self._gap(text, numbers, k)
            lists = _without_ended(lists, gap, k)
            lists = _with_opened(lists, gap, text, numbers, wholes)
            whole = None
            if not _AVERAGE.search(gap.text) and (gap.has_marker or not gap.is_comparison):
                lists = _without_complete(lists, gap, numbers, wholes)
                whole = _whole_in(lists, gap, numbers, wholes)
            wholes.append(whole)
        return wholes

    def _gap(self, text: str, numbers: Sequence[NumberMention], k: int) -> _Gap:
        between = _BRACKETED.sub("", text[numbers[k - 1].end : numbers[k].start])
        clause = _CLAUSE_BREAK.split(between)[-1]  # 15件涉及招聘，6件涉及收费: 6 is not a part
        is_new_item = clause and between.endswith(f"；{clause}")  # 维持1件；涉及诉讼2件
        has_marker = (
            _AMONG_THEM in between
            or (not is_new_item and any(marker in clause for marker in self._part_markers))
            or _AMONG_THESE.match(between) is not None
        )
        return _Gap(between, has_marker, compares(between))


def _without_ended(lists: tuple[_PartList, ...], gap: _Gap, k: int) -> tuple[_PartList, ...]:
    """The lists of parts that the gap before the k-th number does not end."""
    if "）" in gap.text:
        brackets = [i for i, each in enumerate(lists) if each.in_bracket]
        lists = lists[: brackets[-1]] if brackets else lists
    _, semicolon, tail = gap.text.rpartition("；")
    if semicolon and not tail.startswith(_AMONG_THEM):
        lists = tuple(
            each
            for each in lists
            if each.has_colon or (each.exact_end is not None and each.exact_end >= k)
        )
    return lists


def _with_opened(
    lists: tuple[_PartList, ...],
    gap: _Gap,
    text: str,
    numbers: Sequence[NumberMention],
    wholes: _Wholes,
) -> tuple[_PartList, ...]:
    """The lists of parts, and the one that begins at the next number, if any."""
    k = len(wholes)
    if gap.opens_bracket:
        has_parts = gap.has_marker or (
            _has_several_in_bracket(text, numbers, k) and not gap.is_comparison
        )
        whole = k - 1 if has_parts else None
        return (*lists, _part_list(text, numbers, k, whole, gap, in_bracket=True))
    if gap.has_marker:
        whole = _whole_before(numbers, wholes, text, deeper=_AMONG_THEM in gap.text)
        kept = (each for each in lists if each.in_bracket or each.whole != whole)
        return (*kept, _part_list(text, numbers, k, whole, gap, in_bracket=False))
    if _NEW_TOTAL.search(gap.text):
        return tuple(each for each in lists if each.in_bracket)
    return lists


def _without_complete(
    lists: tuple[_PartList, ...], gap: _Gap, numbers: Sequence[NumberMention], wholes: _Wholes
) -> tuple[_PartList, ...]:
    """The lists of parts without the innermost ones that already add up to their whole.

    What follows a complete list is a part of an outer one, or not a part.
    """
    while lists and _can_contain(lists[-1], gap, numbers, wholes):
        whole, first = lists[-1].whole, lists[-1].first
        # 322条（A 17条，B 305条），包括C 89条: two divisions of one whole
        parts = (numbers[i].value for i in range(first, len(wholes)) if wholes[i] == whole)
        total = sum(parts, Decimal(0))
        if whole is None or numbers[whole].value != total or not total:
            break
        lists = lists[:-1]
    return lists


def _whole_in(
    lists: tuple[_PartList, ...], gap: _Gap, numbers: Sequence[NumberMention], wholes: _Wholes
) -> int | None:
    """The whole of the innermost list if the next number can be a part of it."""
    if lists and _can_contain(lists[-1], gap, numbers, wholes):
        return lists[-1].whole
    return None


def _can_contain(
    parts: _PartList, gap: _Gap, numbers: Sequence[NumberMention], wholes: _Wholes
) -> bool:
    """Whether the next number can belong to a list of parts.

    The first one after 其中 can have another unit: 公开信息1836条，其中规范性文件172件.
    """
    if parts.whole is None:
        return False
    k, whole = len(wholes), numbers[parts.whole]
    if k <= parts.last_item and not is_share(numbers[k]):
        return True
    if are_items(whole, numbers[k]):
        siblings = {numbers[i].unit for i in range(k) if wholes[i] == parts.whole}
        if gap.has_marker or numbers[k].unit in siblings or gap.text.startswith("、"):
            return True
    return is_same_kind(whole, numbers[k])


def _part_list(
    text: str,
    numbers: Sequence[NumberMention],
    k: int,
    whole: int | None,
    gap: _Gap,
    *,
    in_bracket: bool,
) -> _PartList:
    """The list of parts that begins with the k-th number."""
    exact_end = _exact_end(numbers, k, whole, is_same_kind)
    exact_items = _exact_end(numbers, k, whole, are_items)
    last_item = -1 if exact_items is None else exact_items
    for i in range(k, len(numbers)):
        if i > k and "；" in text[numbers[i - 1].end : numbers[i].start]:
            break
        if text.startswith("等", numbers[i].end):
            last_item = max(last_item, i)
    has_colon = _LIST_OPENER.search(gap.text) is not None
    return _PartList(whole, k, in_bracket, exact_end, has_colon, last_item)


def _exact_end(
    numbers: Sequence[NumberMention],
    k: int,
    whole: int | None,
    is_part: Callable[[NumberMention, NumberMention], bool],
) -> int | None:
    """The last of two or more numbers from the k-th on that add up to the whole."""
    if whole is None:
        return None
    total = Decimal(0)
    for i in range(k, len(numbers)):
        if is_part(numbers[whole], numbers[i]):
            total += numbers[i].value
            if total >= numbers[whole].value:
                return i if total == numbers[whole].value and i > k else None
    return None


def _has_several_in_bracket(text: str, numbers: Sequence[NumberMention], k: int) -> bool:
    """Whether two or more numbers of one kind are in the bracket that begins before the k-th."""
    close = text.find("）", numbers[k].start)
    inside = [i for i in range(k, len(numbers)) if close < 0 or numbers[i].start < close]
    return sum(is_same_kind(numbers[k - 1], numbers[i]) for i in inside) >= MIN_PARTS


def _whole_before(
    numbers: Sequence[NumberMention], wholes: _Wholes, text: str, *, deeper: bool
) -> int | None:
    """The nearest number that the next one can be a part of.

    If that number is itself a part, its whole, unless the text goes a level ``deeper``.
    """
    k = len(wholes)
    for i in range(k - 1, -1, -1):
        if i < k - 1 and "；" in text[numbers[i].end : numbers[k - 1].start]:
            break
        if is_same_kind(numbers[i], numbers[k]) and numbers[i].value >= numbers[k].value:
            return i if deeper or wholes[i] is None else wholes[i]
    # the first part can have another unit: 174条，包含公报24期、预警37条
    return None if is_same_kind(numbers[k - 1], numbers[k]) else k - 1
