"""The text of a number cell: a number, a blank, a mark, or a refusal. Never a guess."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.model import Cell, Char, State

_NUMBER = re.compile(
    r"""(?P<sign>[+-]?)
        (?P<digits>\d{1,3}(?:,\d{3})+|\d+)
        (?P<decimals>\.\d+)?
        \s*(?P<unit>[^\d\s.,+-]*)""",
    re.VERBOSE,
)
# glyphs that stand for a minus or a comma and that NFKC leaves alone
_FOLD = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "，": ",", "﹣": "-"})


class Reading(Struct, frozen=True):
    """What a cell holds; ``doubt`` says in Chinese why it needs a person."""

    state: State
    value: Decimal | None = None
    unit: str | None = None
    doubt: str | None = None


_SMALLER = 0.8  # of its neighbour's size: a digit this small is a footnote's sign
BLANK = Reading("blank")


def read_cell(cell: Cell, family: Family) -> Reading:
    """Read one number cell; a number broken over two lines is joined only where the
    first line left no room for another digit."""
    if len(cell.chars) < 2:
        return read_number(cell.text, family)
    sizes = [char.size for char in cell.chars if char.text.isdigit()]
    if sizes and min(sizes) < _SMALLER * max(sizes):
        return Reading("unreadable", doubt=f"一格里的数字大小不一，或有脚注：{cell.text.strip()}")
    lines = [line for line in cell.text.split("\n") if line.strip()]
    if len(lines) > 1 and all(_digits_only(line) for line in lines) and not _is_full(cell):
        return Reading("unreadable", doubt=f"一格里印有不止一个数：{' '.join(lines)}")
    return read_number("".join(lines), family)


@lru_cache(maxsize=4096)  # most cells of most reports hold one of a few texts
def read_number(text: str, family: Family) -> Reading:
    """Read the text of a number cell, white space at the ends ignored.

    >>> read_number("９６，１７１.６万元", pipeline).value   # doctest: +SKIP
    Decimal('96171.6')
    """
    text = text.strip()
    if not text:
        return BLANK
    if text in family.marks:
        return Reading("mark")
    folded = unicodedata.normalize("NFKC", text.translate(_FOLD)).strip()
    if folded in family.marks:
        return Reading("mark")
    # a footnote's ① or ² would fold into a digit of the number
    signs = any(unicodedata.category(c) in ("No", "Nl") for c in text)
    found = None if signs else _NUMBER.fullmatch(folded)
    if found is None:
        return Reading("unreadable", doubt=f"不是一个数：{text}")
    unit = found["unit"] or None
    if unit is not None and unit not in family.units:
        return Reading("unreadable", doubt=f"数后的文字不是已知的单位：{text}")
    digits = found["digits"].replace(",", "")
    value = Decimal(f"{found['sign']}{digits}{found['decimals'] or ''}")
    return Reading("number", value, unit)


def _is_wide(char: Char) -> bool:
    """A full-width digit takes as much room as two others."""
    return unicodedata.east_asian_width(char.text[0]) in "WF"


def _digits_only(line: str) -> bool:
    return any(c.isdigit() for c in line)


def _is_full(cell: Cell) -> bool:
    """Does the first printed line leave less room than one more digit needs?"""
    if not cell.chars:
        return False
    first = min(c.baseline for c in cell.chars)
    line = [c for c in cell.chars if c.baseline - first <= 0.5 * c.size]
    if len(line) < 2 and not _is_wide(line[0]):
        return False  # a lone digit over another is as likely a second number
    ink = max(c.x1 for c in line) - min(c.x0 for c in line)
    # a digit is half as wide as the font is high, or as wide; cells keep padding on both sides
    digit = 1.0 if _is_wide(line[0]) else 0.5
    return (cell.box.x1 - cell.box.x0) - ink < (1.5 + digit) * line[0].size
