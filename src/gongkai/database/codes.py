"""Codes and spellings in which the database keeps plain values. No database is needed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from gongkai.model import Box

_LARGEST_INTEGER = 2**63 - 1  # that SQLite keeps


def codes(names: Sequence[str]) -> Mapping[str, int]:
    """Number the names from 0; the order is part of the schema, so only ever append."""
    return MappingProxyType({name: code for code, name in enumerate(names)})


STATES = codes(("number", "blank", "mark", "unreadable"))
LABEL_MATCHES = codes(("exact", "alias", "near"))
OTHER_READER = "other"  # a reader that does not come with gongkai
READERS = codes(("pdfium", "pdfplumber", "camelot", "ocr", OTHER_READER))


def sqlite_number(value: Decimal) -> int | float:
    """An INTEGER where the number is whole, else the nearest REAL."""
    if value == value.to_integral_value() and abs(value) <= _LARGEST_INTEGER:
        return int(value)
    return float(value)


def int_if_whole(value: Decimal | None) -> int | Decimal | None:
    """The value as an int where it is whole: cheaper to pass on, and every database knows it."""
    if value is None:
        return None
    whole = int(value)
    return whole if whole == value and abs(whole) <= _LARGEST_INTEGER else value


def decimal_text(value: Decimal) -> str:
    """All digits, no exponent: ``Decimal("1E+3")`` is ``"1000"``."""
    return format(value, "f")


def to_hundredths(box: Box) -> tuple[int, int, int, int]:
    """A box in points as whole hundredths of a point."""
    x0, top, x1, bottom = box
    return round(x0 * 100), round(top * 100), round(x1 * 100), round(bottom * 100)
