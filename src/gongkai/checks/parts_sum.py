"""Compares figures in prose with the parts that the text names: 共收到 12 件，其中 … ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from gongkai.model import Cause, Check, CheckStatus, NarrativeFigure

# At least this many parts with at least this share of the total are taken for a full list.
_MANY_PARTS = 3
_NEARLY_ALL = Decimal("0.85")


def check_parts(figures: Sequence[NarrativeFigure]) -> Iterator[Check]:
    """Compare each total with the sum of its parts."""
    parts_of: dict[int, list[NarrativeFigure]] = defaultdict(list)
    for figure in figures:
        if figure.part_of is not None:
            parts_of[figure.part_of].append(figure)
    counts: dict[str, int] = defaultdict(int)
    for index, parts in parts_of.items():
        total = figures[index]
        counts[total.section] += 1
        yield _check(total, parts, f"{total.section or '前言'}{counts[total.section]}")


def wording(figure: NarrativeFigure) -> str:
    """The words and the number of a figure, as printed, for messages."""
    if figure.stated_as_none:
        return figure.phrase[:40]
    return f"{figure.phrase[-24:]}{figure.raw_text or figure.value}"


def _check(total: NarrativeFigure, parts: Sequence[NarrativeFigure], place: str) -> Check:
    found = sum((part.value for part in parts), Decimal(0))
    terms = " + ".join(str(part.value) for part in parts)
    text = f"“{wording(total)}”所列各项：{terms} = {found}"
    approximate = total.approximate or any(part.approximate for part in parts)
    status: CheckStatus = "pass" if found == total.value else "fail"
    if approximate or _may_be_incomplete(parts, found, total):
        status, text = "skipped", f"{text}，未必列全"
    elif status == "fail":
        text = f"{text}，不等于{total.value}"
    cause: Cause | None = "print" if status == "fail" else None
    return Check(
        "narrative", "parts_sum", place, status, "usually", text, total.value, found, cause
    )


def _may_be_incomplete(
    parts: Sequence[NarrativeFigure], found: Decimal, total: NarrativeFigure
) -> bool:
    """May the text leave out some of the parts? 其中 often names only the main ones."""
    if found >= total.value:
        return len(parts) == 1 and found == total.value
    few = len(parts) < _MANY_PARTS or found < _NEARLY_ALL * total.value
    return few or "等" in total.sentence
