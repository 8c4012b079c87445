"""Kinds of numbers: which of them count the same kind of thing."""

from __future__ import annotations

from gongkai.normalizers.narrative.number_mentions import NumberMention

SHARE_UNITS = ("%", "个百分点", "百分点", "倍", "成", "‰")
_COMPARISON_WORDS = (
    "上年", "去年", "同期", "增长", "增加", "下降", "减少", "上升", "提高", "相比",
)  # fmt: skip
MIN_PARTS = 2  # from so many parts on, an exact sum can prove them
MIN_CERTAIN_TOTAL = 10  # a smaller sum can be a coincidence, unless words such as 其余 confirm it
_ITEM_UNITS = set("条件篇项份例宗起")  # all count pieces of information, or cases


def compares(text: str) -> bool:
    """Whether a text compares with another year: the number after it is not a part."""
    return any(word in text for word in _COMPARISON_WORDS)


def is_share(number: NumberMention) -> bool:
    """Whether a number is a percentage or a multiple."""
    return number.unit in SHARE_UNITS


def are_items(one: NumberMention, other: NumberMention) -> bool:
    """Whether both numbers count pieces of information or cases, in whatever units."""
    return one.unit in _ITEM_UNITS and other.unit in _ITEM_UNITS


def is_same_kind(one: NumberMention, other: NumberMention) -> bool:
    """Whether both numbers count the same kind of thing."""
    if is_share(one) or is_share(other) or one.end == other.start:
        return False
    return one.unit == other.unit or bool(set(one.unit or "") & set(other.unit or ""))
