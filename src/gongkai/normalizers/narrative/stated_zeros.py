"""What prose says there was none of: 未收到政府信息公开申请, 行政复议、行政诉讼均未发生."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.families.narrative import Prose
from gongkai.normalizers.narrative.metrics import fits
from gongkai.normalizers.narrative.number_mentions import Number
from gongkai.normalizers.narrative.segmenting import is_word

_OBJECT_ENDS = re.compile("[，。；！？（）]")


class Zero(Struct, frozen=True):
    """One thing that there was none of; places count characters of the squeezed text."""

    start: int
    end: int
    phrase: str
    metric_id: str | None
    mark: tuple[int, int]  # where the words stand that say so


def stated_zeros(text: str, numbers: Sequence[Number], family: Family) -> Iterator[Zero]:
    """Each thing of a squeezed sentence that is said to be none, in order.

    What narrative.csv does not know is kept where the words leave no doubt (未收到, 未发生).
    """
    words = family.prose
    firm, pattern, joints = _patterns(words)
    done = 0
    for match in pattern.finditer(text):
        if match.start() < done or not _is_word(match, text, family):
            continue
        stop = _OBJECT_ENDS.search(text, match.end())
        end = stop.start() if stop else len(text)
        if match.end() < end:
            start, thing = match.end(), text[match.end() : end]
        else:  # 行政复议、行政诉讼均未发生
            start = max(done, max(text.rfind(c, 0, match.start()) for c in "，。；！？（）") + 1)
            thing = text[start : match.start()]
        if any(start <= n.start < start + len(thing) for n in numbers):
            continue
        found = list(_things(thing, match[0], joints, family))
        if not found and match.end() < end and firm.fullmatch(match[0]):
            yield Zero(match.start(), end, f"{match[0]}{thing}", None, match.span())
        for metric_id, piece in found:
            at = text.index(piece, start)
            yield Zero(at, at + len(piece), f"{match[0]}{piece}", metric_id, match.span())
        done = end


def _is_word(match: re.Match[str], text: str, family: Family) -> bool:
    """Is 无 a word by itself? Not in 无障碍, 无纸化 or 无锡."""
    at = text.find("无", *match.span())
    return at < 0 or is_word(text, at, at + 1, family.folder)


def _things(
    thing: str, mark: str, joints: re.Pattern[str], family: Family
) -> Iterator[tuple[str, str]]:
    """Each metric that is said to be none, with the words that say so."""
    pieces = [p for p in joints.split(thing) if p]
    named: dict[str, str] = {}
    for piece in pieces:
        for metric in family.metrics:
            if metric.zero and fits(metric, f"{mark}{piece}", thing):
                # 公民、法人或其他组织提出的申请: the piece with the thing itself, or the last
                if metric.metric_id not in named or not fits(metric, named[metric.metric_id], ""):
                    named[metric.metric_id] = piece
                break
    yield from named.items()


@lru_cache(maxsize=4)
def _patterns(words: Prose) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    joints = sorted(words.none_joints, key=len, reverse=True)
    return (
        re.compile(words.none_firm),
        re.compile(f"{words.none_firm}|{words.none}"),
        re.compile("|".join(joints)),
    )
