"""Finds which figures of a sentence are parts of which.

In 公开信息232条，其中新闻动态126条 the number 232 is a *whole* and 126 one of its *parts*.
"""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.families.narrative import NarrativeGrammar
from gongkai.normalizers.narrative.number_mentions import NumberMention
from gongkai.normalizers.narrative.part_lists import PartLists
from gongkai.normalizers.narrative.part_sums import PartSums, with_exact_wholes


class PartFinder:
    """Finds the whole of each figure of a sentence, by words such as 其中 or by sums."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._lists = PartLists(grammar)
        self._sums = PartSums(grammar)

    def wholes(self, text: str, numbers: Sequence[NumberMention]) -> list[int | None]:
        """For each number the index of the one it is a part of; None for most."""
        if len(numbers) < 2:
            return [None] * len(numbers)
        wholes = with_exact_wholes(numbers, self._lists.wholes(text, numbers))
        return self._sums.completed(text, numbers, wholes)
