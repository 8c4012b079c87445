"""Finds which figures of a sentence are parts of which.

In 公开信息232条，其中新闻动态126条 the number 232 is a *whole* and 126 one of its *parts*. Words
and punctuation mark a list of parts: 其中, 包括 and the like, and brackets. Without them, parts
are numbers that add up exactly to a number before them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec import Struct

from gongkai.families.narrative import NarrativeGrammar
from gongkai.model import NarrativeFigure
from gongkai.normalizers.narrative.numbers import NumberMention
from gongkai.normalizers.narrative.segmenting import compares

MIN_PARTS = 2  # from so many parts on, an exact sum can prove them
_CARRIED_IN = re.compile("[上去]一?年度?(?:的|内)?(?:结转|转结|转入|遗留|未办结|未结)")
_NEW_TOTAL = re.compile(
    "(?:^|[，；、])(?:以上|[两三四五六七八九十各]+[项者类])?(?:共计|合计|总计)(?!的)"
    "|(?<!占)总数(?!的)"
)
_AVERAGE = re.compile("每|平均|[人日月年户]均(?![为是已在未不按由])")  # not 申请人均为自然人
_AMONG_THEM = "其中"  # a part of a part, if the previous number is a part
_NOT_AMONG_THEM = re.compile("[未不](?:包含|包括|含)|涉及[^，]*(?:不予|无法|予以|告知)")
_ACTS = "收到|受理|接到|办理|办结|答复|回复|处理|召开|举办|开展|组织(?!机构)|印发|采纳|制定|结转"
_ANOTHER_ACT = re.compile(_ACTS)
_VERB = re.compile(f"报送|上报|推送|编发|编印|接待|回应|{_ACTS}")
_REFERS_BACK = re.compile(
    "[^，。；：\\d]{0,12}中[，：]|中(?![心国央小学])"  # 在办结的66件申请中，A3件; 31件中文字22件
    "|[\u4e00-\u9fff]{1,8}：$"  # 42条信息：2条政策解读、…
)
_OUTCOME = re.compile(
    "[，：](?!复议|诉讼)[^，。；：\\d]{0,6}(?:维持[^，]{0,6}|纠正|纠错|驳回|败诉|撤销|撤诉|责令[^，]{0,6}|确认违法|(?:尚未|未)审结)$"
)
_OUTCOME_BEFORE = re.compile("(?:维持|纠正|纠错|驳回|败诉|撤销|撤诉|责令|审结)[^，；]{0,6}$")
_AMONG_SOME = re.compile("[^，。；：\\d]{0,8}?([^，。；：\\d]{2})中有")  # 15个专区中有6个
_CLAUSE_BREAK = re.compile("[，；。]")
_ANOTHER = re.compile("另(?!一)|此外|同时")
_CONCERNING, _NOUN = "涉及", re.compile("(?![均已为是占并按由])[一-鿿]{2}")  # 涉及14个部门
_CLOSING = re.compile("[^（]*）")
_BRACKETED = re.compile("（[^（）]*）")
_VERB_LENGTH = 2
_LIST_OPENER = re.compile("(?:其中|包括|分别为|分别是|具体为)：")

_Numbers = Sequence[NumberMention]
_Wholes = Sequence[int | None]  # for each number the index of the one it is a part of


class PartFinder:
    """Finds the whole of each figure of a sentence, by words such as 其中 or by sums."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._part_markers = grammar.part_markers

    def wholes(self, text: str, numbers: _Numbers) -> list[int | None]:
        """For each number the index of the one it is a part of; None for most."""
        if len(numbers) < 2:
            return [None] * len(numbers)
        wholes: list[int | None] = [None]
        lists: _Lists = ()
        for k in range(1, len(numbers)):
            gap = self._gap(text, numbers, k)
            if not _is_zero_of_list(text, numbers, wholes):
                lists = _without_ended(lists, gap, k)
            lists = _without_sibling(lists, gap, text, numbers, k)
            lists = _with_opened(lists, gap, text, numbers, wholes)
            whole = None
            is_beside = gap.is_another and not any((each.exact_end or 0) >= k for each in lists)
            is_beside |= is_average(gap.text) or (gap.is_comparison and not gap.has_marker)
            if not is_beside:
                lists, whole = _without_complete(lists, gap, text, numbers, wholes)
            wholes.append(whole)
        return with_nested(numbers, with_exact_wholes(numbers, wholes))

    def _gap(self, text: str, numbers: _Numbers, k: int) -> _Gap:
        between = text[numbers[k - 1].end : numbers[k].start]
        between = _BRACKETED.sub("", between) if "（" in between else between
        clause = _CLAUSE_BREAK.split(between)[-1]  # 15件涉及招聘，6件涉及收费: 6 is not a part
        is_new_item = clause and between.endswith(f"；{clause}")  # 维持1件；涉及诉讼2件
        has_marker = not _NOT_AMONG_THEM.search(clause) and (
            _AMONG_THEM in between
            or (
                (not is_new_item and self._opens_list(clause, text, numbers[k - 1].start))
                and not (clause.startswith(_CONCERNING) and _NOUN.match(text, numbers[k].end))
            )
            or _REFERS_BACK.match(between) is not None
            or (
                _OUTCOME.match(between)
                and not _OUTCOME_BEFORE.search(text, 0, numbers[k - 1].start)
            )
            or _is_among_some(between, text[numbers[k].end :])
        )
        # 其中新收54件，上年结转4件 compares nothing
        is_another = not has_marker and _ANOTHER.match(clause) is not None
        is_comparison = compares(between) and compares(_CARRIED_IN.sub("", between))
        return _Gap(between, has_marker, is_comparison, is_another)

    def _opens_list(self, clause: str, text: str, at: int) -> bool:
        """Whether a clause has a marker of parts that the clause of the number at ``at`` lacks.

        涉及交通的20条，涉及教育的15条 are beside each other.
        """
        markers = [marker for marker in self._part_markers if marker in clause]
        before = _CLAUSE_BREAK.split(text[:at])[-1] if markers else ""
        return any(marker not in before for marker in markers)


def _is_among_some(between: str, after: str) -> bool:
    """Whether a number counts some of the things before it, which are not named again."""
    found = _AMONG_SOME.fullmatch(between)
    return found is not None and found[1] not in after[:4]


def with_exact_wholes(numbers: _Numbers, wholes: _Wholes) -> list[int | None]:
    """The wholes, with parts moved to the number that they add up to.

    办结218件，结转5件，其中当面79件…: the parts of 218.
    """
    moved = list(wholes)
    for whole in {k for k in wholes if k is not None}:
        parts = [i for i, k in enumerate(moved) if k == whole]
        total = sum(numbers[i].value for i in parts)
        if total == numbers[whole].value:
            continue
        exact = [
            k
            for k in range(parts[0])
            if moved[k] is None
            and numbers[k].is_same_kind(numbers[whole])
            and numbers[k].value == total
        ]
        if len(parts) >= MIN_PARTS and len(exact) == 1:
            moved = [exact[0] if k == whole else k for k in moved]
    return moved


def with_nested(numbers: _Numbers, wholes: _Wholes) -> list[int | None]:
    """The wholes, with parts moved to the part before them that they add up to.

    行政争议11件，其中行政复议7件，维持6件，尚未审结1件: 6 and 1 are parts of 7, as 14 exceeds 11.
    """
    nested = list(wholes)
    for whole in {k for k in wholes if k is not None}:
        parts = [i for i, k in enumerate(wholes) if k == whole]
        left = numbers[whole].value - sum(numbers[i].value for i in parts)
        if left == -numbers[parts[0]].value:
            continue  # 18件（含结转1件），其中公开9件…: the first part is in the others
        values = [numbers[i].value for i in parts]
        if any(sum(values[at:]) == numbers[whole].value for at in range(1, len(parts) - 1)):
            continue  # 17件，其中涉及旧改9件、停车4件，公开5件、其他12件: divided twice
        for at, part in enumerate(parts):
            if left >= 0:
                break
            total, inner = Decimal(0), []
            for i in parts[at + 1 :]:
                total += numbers[i].value
                inner.append(i)
                if total >= numbers[part].value:
                    break
            if total == numbers[part].value and len(inner) >= MIN_PARTS:
                left += total
                for i in inner:
                    nested[i] = part
    return nested


class _Gap(Struct, frozen=True):
    """The text between a number and the one before it, without complete brackets."""

    text: str
    has_marker: bool  # 其中, 包括, …: what follows are parts
    is_comparison: bool
    is_another: bool  # 另有4件转下年: beside the others

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


_Lists = tuple[_PartList, ...]


def _without_ended(lists: _Lists, gap: _Gap, k: int) -> _Lists:
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


def _without_sibling(lists: _Lists, gap: _Gap, text: str, numbers: _Numbers, k: int) -> _Lists:
    """The lists, without the innermost one if the next clause begins as that of its whole does.

    报送省级信息800条，其中被采用80条，报送市级信息60条: the 60 are beside the 800.
    """
    if not lists or gap.has_marker or not gap.text.startswith("，"):
        return lists
    innermost = lists[-1]
    is_exact = max(innermost.exact_end or 0, innermost.last_item) >= k
    if innermost.whole is None or is_exact or innermost.in_bracket:
        return lists
    of_whole, of_first, own = (
        _clause_verb(text, numbers, i) for i in (innermost.whole, innermost.first, k)
    )
    is_another = not of_first and _ANOTHER_ACT.match(own) is not None
    is_sibling = own and own != of_first and (own == of_whole or is_another)
    return lists[:-1] if is_sibling else lists


def _clause_verb(text: str, numbers: _Numbers, k: int) -> str:
    """The verb that begins the clause before the k-th number, or an empty text."""
    start = numbers[k - 1].end if k else 0
    clause = _CLAUSE_BREAK.split(text[start : numbers[k].start])[-1]
    verb = _VERB.match(clause.removeprefix(_AMONG_THEM).lstrip("已均共"))
    return verb[0] if verb else ""


def _with_opened(lists: _Lists, gap: _Gap, text: str, numbers: _Numbers, wholes: _Wholes) -> _Lists:
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
    lists: _Lists, gap: _Gap, text: str, numbers: _Numbers, wholes: _Wholes
) -> tuple[_Lists, int | None]:
    """The lists without the innermost ones that are complete, and the whole of the next number.

    A list is complete if its parts add up to its whole. What follows it is a part of an outer
    list, or not a part.
    """
    while lists and _can_contain(lists[-1], gap, numbers, wholes):
        whole, first = lists[-1].whole, lists[-1].first
        # 322条（A 17条，B 305条），包括C 89条: two divisions of one whole
        parts = (numbers[i].value for i in range(first, len(wholes)) if wholes[i] == whole)
        total = sum(parts, Decimal(0))
        if whole is None or numbers[whole].value != total or not total:
            return lists, whole
        if _is_zero_of_list(text, numbers, wholes):
            return lists, whole
        lists = lists[:-1]
    return lists, None


def _is_zero_of_list(text: str, numbers: _Numbers, wholes: _Wholes) -> bool:
    """Whether the next number is a zero whose clause ends as that of the last part.

    信函申请42件，占82.4%；当面申请0件: a part too.
    """
    k = len(wholes)
    if numbers[k].value:
        return False
    parts = [i for i in range(k) if wholes[i] is not None and not numbers[i].is_share]
    if not parts:
        return False
    own, before = (text[numbers[i].start - _VERB_LENGTH : numbers[i].start] for i in (k, parts[-1]))
    return own == before


def _can_contain(parts: _PartList, gap: _Gap, numbers: _Numbers, wholes: _Wholes) -> bool:
    """Whether the next number can belong to a list of parts.

    The first one after 其中 can have another unit: 公开信息1836条，其中规范性文件172件.
    """
    if parts.whole is None:
        return False
    k, whole, tail = len(wholes), numbers[parts.whole], gap.text.removeprefix("）")
    if not numbers[k].is_share and (
        k <= parts.last_item or (parts.has_colon and tail.startswith("、"))
    ):
        return True
    if whole.is_work_like(numbers[k]) and parts.whole in wholes and tail.startswith("、"):
        return True  # 解读65篇，其中图解23篇、视频8个
    if whole.is_item_like(numbers[k]):
        siblings = {numbers[i].unit for i in range(k) if wholes[i] == parts.whole}
        if gap.has_marker or numbers[k].unit in siblings or tail.startswith("、"):
            return True
        if siblings and tail.startswith("，") and not _ANOTHER_ACT.search(gap.text):
            return True
    return whole.is_same_kind(numbers[k])


def _part_list(
    text: str, numbers: _Numbers, k: int, whole: int | None, gap: _Gap, *, in_bracket: bool
) -> _PartList:
    """The list of parts that begins with the k-th number."""
    exact_end = _exact_end(numbers, k, whole, NumberMention.is_same_kind)
    exact_items = _exact_end(numbers, k, whole, NumberMention.can_add_up)
    last_item = -1 if exact_items is None else exact_items
    for i in range(k, len(numbers)):
        if i > k and "；" in text[numbers[i - 1].end : numbers[i].start]:
            break
        if text.startswith("等", numbers[i].end):
            last_item = max(last_item, i)
    has_colon = _LIST_OPENER.search(gap.text) is not None
    return _PartList(whole, k, in_bracket, exact_end, has_colon, last_item)


def _exact_end(
    numbers: _Numbers,
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


def _has_several_in_bracket(text: str, numbers: _Numbers, k: int) -> bool:
    """Whether two or more numbers of one kind are in the bracket that begins before the k-th."""
    close = text.find("）", numbers[k].start)
    inside = [i for i in range(k, len(numbers)) if close < 0 or numbers[i].start < close]
    return sum(numbers[k - 1].is_same_kind(numbers[i]) for i in inside) >= MIN_PARTS


def _whole_before(numbers: _Numbers, wholes: _Wholes, text: str, *, deeper: bool) -> int | None:
    """The nearest number that the next one can be a part of.

    If that number is itself a part, its whole, unless the text goes a level ``deeper``.
    """
    k = len(wholes)
    for i in range(k - 1, -1, -1):
        if i < k - 1 and "；" in text[numbers[i].end : numbers[k - 1].start]:
            break
        after = text[numbers[i].end : numbers[k].start]
        if _CLOSING.match(_BRACKETED.sub("", after)):
            continue  # 612条（网站470条，微信142条），其中96条: not of those in the bracket
        if numbers[i].is_same_kind(numbers[k]) and numbers[i].value >= numbers[k].value:
            return i if deeper or wholes[i] is None else wholes[i]
    # the first part can have another unit: 174条，包含公报24期、预警37条; not 8个目录，涉及事项96项
    is_part = numbers[k - 1].value >= numbers[k].value or numbers[k].is_share
    return k - 1 if is_part and not numbers[k - 1].is_same_kind(numbers[k]) else None


def is_average(text: str) -> bool:
    """Whether the number after a text is an average: 每月, 人均."""
    return _AVERAGE.search(text) is not None


def adds_up(whole: Decimal, parts: Sequence[Decimal]) -> bool:
    """Whether parts add up to the whole, once or several times: 按渠道…；按申请人…."""
    left, count = whole, 0
    for part in parts:
        if left == 0 and part and count >= MIN_PARTS:
            left, count = whole, 0
        left, count = left - part, count + 1
        if left < 0:
            return False
    return left == 0 and count >= MIN_PARTS


def largest(figure: NarrativeFigure) -> Decimal:
    """The largest value that a figure can mean: 420 of 410余条."""
    digits = f"{figure.value:.0f}"
    zeros = len(digits) - len(digits.rstrip("0"))
    return figure.value + 10**zeros if figure.approximate else figure.value
