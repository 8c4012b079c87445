"""Finds parts by their sum: numbers that add up exactly to a number before them."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.families.narrative import NarrativeGrammar
from gongkai.normalizers.narrative.number_kinds import (
    MIN_CERTAIN_TOTAL,
    MIN_PARTS,
    compares,
    is_same_kind,
    is_share,
)
from gongkai.normalizers.narrative.number_mentions import NumberMention

_WINDOW = 8  # characters after the last part that can confirm a small sum


class PartSums:
    """Finds further wholes and parts of a sentence by their sums."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._sum_markers = grammar.sum_markers

    def completed(
        self, text: str, numbers: Sequence[NumberMention], wholes: Sequence[int | None]
    ) -> list[int | None]:
        """The wholes, completed where a number is the exact sum of numbers after it."""
        completed = list(wholes)
        for k in range(len(numbers) - MIN_PARTS):
            parts = _summands(text, numbers, completed, k)
            if parts and self._is_certain(text, numbers, k, parts):
                for part in parts:
                    completed[part] = k
        return completed

    def _is_certain(
        self, text: str, numbers: Sequence[NumberMention], k: int, parts: Sequence[int]
    ) -> bool:
        """Whether a sum is no coincidence: it is large, or a colon or other words confirm it."""
        between = text[numbers[k].end : numbers[parts[0]].start]
        within = text[numbers[k].end : numbers[parts[-1]].end + _WINDOW]
        return not between.startswith("、") and (
            numbers[k].value >= MIN_CERTAIN_TOTAL
            or between.startswith("：")
            or any(word in within for word in self._sum_markers)
        )


def with_exact_wholes(
    numbers: Sequence[NumberMention], wholes: list[int | None]
) -> list[int | None]:
    """The wholes, with parts moved to the number that they add up to.

    办结218件，结转5件，其中当面79件…: the parts of 218.
    """
    for whole in {k for k in wholes if k is not None}:
        parts = [i for i, k in enumerate(wholes) if k == whole]
        total = sum(numbers[i].value for i in parts)
        if total == numbers[whole].value:
            continue
        exact = [
            k
            for k in range(parts[0])
            if wholes[k] is None
            and is_same_kind(numbers[k], numbers[whole])
            and numbers[k].value == total
        ]
        if len(parts) >= MIN_PARTS and len(exact) == 1:
            wholes = [exact[0] if k == whole else k for k in wholes]
    return wholes


def _summands(
    text: str, numbers: Sequence[NumberMention], wholes: Sequence[int | None], k: int
) -> list[int]:
    """The numbers of the same kind after the k-th that add up to it; empty if there are none."""
    left, parts = numbers[k].value, []
    for i in range(k + 1, len(numbers)):
        between = text[numbers[i - 1].end : numbers[i].start]
        if compares(between) or "；" in between:
            break
        if is_share(numbers[i]):
            continue
        if wholes[i] == k:
            continue  # 44件（公民41件、法人3件），答复43件，其余1件: divided twice
        if wholes[i] is not None or not is_same_kind(numbers[k], numbers[i]):
            break
        parts.append(i)
        left -= numbers[i].value
        if left <= 0:
            break
    return parts if left == 0 and len(parts) >= MIN_PARTS and numbers[k].value else []
