"""What a comparison of a cell with its picture found, and why the cell may be in doubt."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["agrees", "doubt", "unknown"]

# Why a cell is in doubt. {text} is the number in the text layer, {seen} the digit on the page.
REASONS = {
    "no_ink": "文字层作“{text}”，页面上看不到其中的字",
    "ink_in_blank": "文字层此格为空，页面上印有内容",
    "ink_beside": "文字层作“{text}”，页面上此格还印有别的内容",
    "struck": "“{text}”上有横线穿过",
    "raised": "“{text}”中的字高低不一",
    "overlap": "“{text}”中的字互相重叠",
    "gap": "“{text}”中的间隔不一，或不止一个数",
    "edge": "“{text}”紧贴或越过格线",
    "crossed": "邻格的字越过格线，印到此格",
    "shared": "“{text}”与邻格的数字连成一数，其间有格线",
    "other_digit": "文字层作“{text}”，其中一字页面上像“{seen}”",
    "other_sign": "文字层作“{text}”，其中一字与页面上的字形不符",
    "unlike": "文字层作“{text}”，其中一字与页面上的字形不符",
    "misread": "图片识别作“{text}”，其中一字页面上更像“{seen}”",
    "exchanged": "文字层作“{text}”，但同一数字在行标序号中是另一字形",
}

# reasons why characters are not one number, or not of one cell
NOT_ONE_NUMBER = frozenset({"struck", "raised", "overlap", "gap", "edge", "crossed", "shared"})
DRAWN = ("no_ink", "ink_in_blank")  # reasons of cells whose displayed content has no text


class Sighting(NamedTuple):
    """The result of comparing a cell, or a character of it, with its picture.

    ``agrees``: the page shows what the text layer says. ``doubt``: it shows something else;
    ``reason`` is a key of ``REASONS``, ``seen`` a digit or sign. ``unknown``: it does not decide.
    """

    verdict: Verdict
    reason: str = ""
    seen: str = ""

    def message(self, text: str) -> str:
        """Say in one Chinese sentence why a cell with this text is in doubt."""
        return REASONS[self.reason].format(text=text, seen=self.seen)
