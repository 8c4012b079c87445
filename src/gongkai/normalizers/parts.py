"""Which figures of a sentence are parts of which: by the words between them, or by their sum."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.knowledge import Prose
from gongkai.normalizers.scanning import Number

_SHARES = ("%", "个百分点", "百分点", "倍")
_OTHER_TIMES = ("上年", "去年", "同期", "增长", "增加", "下降", "减少")
_DEEPER = "其中"
_FEWEST = 2  # parts that a sum alone may prove


def parts_of(text: str, numbers: Sequence[Number], words: Prose) -> list[int | None]:
    """For each number the one it is a part of, by place in ``numbers``; None for most."""
    whole: list[int | None] = [None] * len(numbers)
    for start, end in _stretches(text, numbers, words):
        _by_words(text, numbers, range(start, end), whole, words)
        _better_whole(numbers, range(start, end), whole)
        _by_sum(text, numbers, range(start, end), whole)
    return whole


def _better_whole(numbers: Sequence[Number], run: range, whole: list[int | None]) -> None:
    """办结218件，结转5件，其中当面79件…: of several wholes, the one the parts add up to."""
    for given in {k for k in whole if k is not None and k in run}:
        parts = [i for i in run if whole[i] == given]
        total = sum(numbers[i].value for i in parts)
        if total == numbers[given].value:
            continue
        exact = [
            k
            for k in range(run.start, parts[0])
            if whole[k] is None and _like(numbers[k], numbers[given]) and numbers[k].value == total
        ]
        if len(parts) >= _FEWEST and len(exact) == 1:
            for part in parts:
                whole[part] = exact[0]


def _stretches(text: str, numbers: Sequence[Number], words: Prose) -> list[tuple[int, int]]:
    """Runs of numbers with no semicolon between them; one before 其中 does not part them."""
    cuts = [0]
    listed = False  # 其中：… ；… ；…: a list, to the end of the sentence
    for k in range(1, len(numbers)):
        between = text[numbers[k - 1].end : numbers[k].start]
        _, semicolon, tail = between.rpartition("；")
        listed = listed or any(f"{mark}：" in between for mark in words.part_marks)
        if semicolon and not listed and not tail.startswith(words.part_marks):
            cuts.append(k)
    return list(zip(cuts, [*cuts[1:], len(numbers)], strict=True))


def _by_words(
    text: str, numbers: Sequence[Number], run: range, whole: list[int | None], words: Prose
) -> None:
    """其中, 包括 and brackets: what follows are parts of what stands before."""
    current: int | None = None
    outer: int | None = None  # the whole that an open bracket interrupts
    inside = False
    for k in run:
        between = text[numbers[k - 1].end : numbers[k].start] if k > run.start else ""
        if inside and "）" in between:
            current, inside = outer, False
        if k > run.start and between.startswith("（") and "）" not in between:
            outer, inside = current, True
            told_of_parts = any(w in between for w in words.part_marks)
            current = k - 1 if told_of_parts or _several(text, numbers, k, run) else None
            if not told_of_parts and any(word in between for word in _OTHER_TIMES):
                current = None
        elif k > run.start and any(mark in between for mark in words.part_marks):
            current = _whole_before(numbers, k, run, whole, deeper=_DEEPER in between)
        elif any(word in between for word in ("共计", "合计", "总计")):
            current = None
        if "每" in between or "平均" in between:
            continue
        if current is not None and _like(numbers[current], numbers[k]) and k != current:
            whole[k] = current
            parts = [numbers[i].value for i in run if whole[i] == current]
            if sum(parts) == numbers[current].value:
                current = None  # complete: what follows is something else


def _several(text: str, numbers: Sequence[Number], k: int, run: range) -> bool:
    """Do two numbers or more of one kind stand in the bracket?"""
    close = text.find("）", numbers[k].start)
    inside = [i for i in run if i >= k and (close < 0 or numbers[i].start < close)]
    return sum(_like(numbers[k - 1], numbers[i]) for i in inside) >= _FEWEST


def _whole_before(
    numbers: Sequence[Number], k: int, run: range, whole: Sequence[int | None], *, deeper: bool
) -> int | None:
    """The nearest number that the k-th may be a part of; a part's own whole unless it
    goes a level deeper."""
    for i in range(k - 1, run.start - 1, -1):
        if _like(numbers[i], numbers[k]) and numbers[i].value >= numbers[k].value:
            return i if deeper or whole[i] is None else whole[i]
    # the first thing named may be counted in another way: 174条，包含公报24期、预警37条
    return k - 1 if k > run.start else None


def _by_sum(text: str, numbers: Sequence[Number], run: range, whole: list[int | None]) -> None:
    """A number that is exactly the sum of those right behind it, of its own kind."""
    for k in run:
        total, i = numbers[k].value, k + 1
        parts: list[int] = []
        while i in run and _like(numbers[k], numbers[i]) and whole[i] is None:
            if any(word in text[numbers[i - 1].end : numbers[i].start] for word in _OTHER_TIMES):
                break
            parts.append(i)
            total -= numbers[i].value
            if total <= 0:
                break
            i += 1
        if total == 0 and len(parts) >= _FEWEST and numbers[k].value:
            for part in parts:
                whole[part] = k


def _like(one: Number, other: Number) -> bool:
    """Do both count the same kind of thing?"""
    if one.unit in _SHARES or other.unit in _SHARES or one.end == other.start:
        return False
    return one.unit == other.unit or bool(set(one.unit or "") & set(other.unit or ""))
