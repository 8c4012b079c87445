"""Finds the stated zeros of a sentence: 未收到政府信息公开申请, 行政复议、行政诉讼均未发生."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from gongkai.families.narrative import Metric, NarrativeGrammar
from gongkai.normalizers.narrative.metrics import contains_any, fits
from gongkai.normalizers.narrative.numbers import NumberMention
from gongkai.normalizers.narrative.phrases import Mention
from gongkai.normalizers.narrative.segmenting import Segmenter

_CLAUSE_BREAKS = "，。；！？（）"
_OBJECT_END = re.compile(f"[{_CLAUSE_BREAKS}]")


class StatedZero(Struct, frozen=True):
    """A thing that the text states as none."""

    mention: Mention  # its offsets are those of the thing
    metric_id: str | None
    statement: tuple[int, int]  # start and end of the words that state it


class StatedZeroFinder:
    """Finds the stated zeros of a sentence."""

    def __init__(
        self, metrics: Sequence[Metric], grammar: NarrativeGrammar, segmenter: Segmenter
    ) -> None:
        self._segmenter = segmenter
        self._metrics = tuple(metric for metric in metrics if metric.stated_zero)
        self._signs = grammar.zero_signs
        self._firm = re.compile(grammar.firm_zero_pattern)
        self._statement = re.compile(f"{grammar.firm_zero_pattern}|{grammar.zero_pattern}")
        self._conjunction = re.compile(
            "|".join(sorted(grammar.zero_conjunctions, key=len, reverse=True))
        )

    def find(self, text: str, numbers: Sequence[NumberMention]) -> Iterator[StatedZero]:
        """The stated zeros of a normalized sentence, in order.

        A thing without a metric is yielded only after unambiguous words (未收到, 未发生).
        """
        if not contains_any(text, self._signs):
            return
        done = 0
        for match in self._statement.finditer(text):
            if match.start() < done or not self._is_word(match, text):
                continue
            stop = _OBJECT_END.search(text, match.end())
            end = stop.start() if stop else len(text)
            if match.end() < end:
                start, thing = match.end(), text[match.end() : end]
            else:  # 行政复议、行政诉讼均未发生
                start = max(text.rfind(c, 0, match.start()) for c in _CLAUSE_BREAKS) + 1
                start = max(done, start)
                thing = text[start : match.start()]
            if any(start <= n.start < start + len(thing) for n in numbers):
                continue
            found = self._things(thing, match[0])
            if not found and match.end() < end and self._firm.fullmatch(match[0]):
                yield _stated_zero(match, thing, None, match.start(), end)
            for metric_id, piece in found.items():
                at = text.index(piece, start)
                yield _stated_zero(match, piece, metric_id, at, at + len(piece))
            done = end

    def _is_word(self, match: re.Match[str], text: str) -> bool:
        """Whether 无 is a separate word: not in 无障碍, 无纸化 or 无锡."""
        at = text.find("无", *match.span())
        return at < 0 or self._segmenter.has_bounds(text, at, at + 1)

    def _things(self, thing: str, statement: str) -> dict[str, str]:
        """The metrics that are stated to be zero, each with its piece of the text."""
        found: dict[str, str] = {}
        for piece in filter(None, self._conjunction.split(thing)):
            words = f"{statement}{piece}"
            metric = next((m for m in self._metrics if fits(m, words, thing)), None)
            # 公民、法人或其他组织提出的申请: the piece that names the thing, otherwise the last
            if metric and not (
                metric.metric_id in found and fits(metric, found[metric.metric_id], "")
            ):
                found[metric.metric_id] = piece
        return found


def _stated_zero(
    match: re.Match[str], thing: str, metric_id: str | None, start: int, end: int
) -> StatedZero:
    number = NumberMention(start, end, Decimal(0), None, False)
    mention = Mention(number, f"{match[0]}{thing}", is_stated_zero=True)
    return StatedZero(mention, metric_id, match.span())
