"""Encode values for the database: integer codes, numbers, coordinates and index words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from gongkai.model import Box

_MAX_INTEGER = 2**63 - 1  # of SQLite
# Finds each word of the index in its group: the look-ahead lets pairs of characters overlap.
_WORD = re.compile("(?=([\u3400-\u9fff]{1,2}|[0-9a-z]+))(?:[\u3400-\u9fff]|[0-9a-z]+)")
# Characters that NFKC may change: all except ASCII, Chinese and its usual punctuation, which
# separates words as ASCII punctuation does.
_NOT_NORMAL = re.compile("[^\\x00-\\x7f\u3400-\u9fff\u3001\u3002，；：？！“”（）《》]")
_SPACE = re.compile(r"(?<![0-9a-zA-Z])\s+|\s+(?![0-9a-zA-Z])")


def codes(names: Sequence[str]) -> Mapping[str, int]:
    """Number the names from 0. The order is part of the schema: only append names."""
    return MappingProxyType({name: code for code, name in enumerate(names)})


STATES = codes(("number", "blank", "mark", "unreadable", "text"))
LABEL_MATCHES = codes(("exact", "alias", "near"))
OTHER_READER = "other"  # a reader that does not come with gongkai
READERS = codes(("pdfium", "pdfplumber", "camelot", "ocr", OTHER_READER))


def sqlite_number(value: Decimal) -> int | float:
    """An int for a whole number, else the nearest float."""
    if value == value.to_integral_value() and abs(value) <= _MAX_INTEGER:
        return int(value)
    return float(value)


def int_if_whole(value: Decimal | None) -> int | Decimal | None:
    """Convert a whole number to int, which is faster to bind and needs no conversion."""
    if value is None:
        return None
    whole = int(value)
    return whole if whole == value and abs(whole) <= _MAX_INTEGER else value


def decimal_text(value: Decimal) -> str:
    """All digits without an exponent: ``Decimal("1E+3")`` gives ``"1000"``."""
    text = str(value)  # takes a third of the time of format
    return format(value, "f") if "E" in text else text


def to_hundredths(box: Box) -> tuple[int, int, int, int]:
    """Convert a box from points to whole hundredths of a point."""
    x0, top, x1, bottom = box
    return round(x0 * 100), round(top * 100), round(x1 * 100), round(bottom * 100)


def index_words(text: str) -> str:
    """Split a text into the words of the full-text index, joined by spaces.

    These are bigrams (pairs of neighbouring Chinese characters), the last character of each row of
    Chinese ones, and whole Latin words.
    """
    if _NOT_NORMAL.search(text):  # few texts need it, and it takes half the time
        text = unicodedata.normalize("NFKC", text)
    if len(text.split()) > 1:  # few texts have spaces, and looking for them takes longer
        text = _SPACE.sub("", text)
    return " ".join(_WORD.findall(text.lower()))
