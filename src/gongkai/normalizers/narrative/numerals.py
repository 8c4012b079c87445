"""Converts the numerals of running text to exact numbers: 1.5万, 二十七, 1,234."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}

CHINESE = "一二两三四五六七八九十百千万亿零〇"
MULTIPLES = {
    **{place: Decimal(value) for place, value in _PLACES.items()},
    **{myriad: Decimal(value) for myriad, value in _MYRIADS.items()},
    "十万": Decimal(10**5),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
}


def chinese_number(text: str) -> Decimal | None:
    """The value of a Chinese numeral, or None if the text is not a numeral.

    >>> chinese_number("一百零三"), chinese_number("二〇一九"), chinese_number("两千")
    (Decimal('103'), Decimal('2019'), Decimal('2000'))
    """
    if not text or any(c not in CHINESE for c in text):
        return None
    if all(c in _DIGITS for c in text) and len(text) > 2:
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total = section = 0
    digit: int | None = None
    smallest = 10**9
    for char in text:
        if char in _DIGITS:
            if digit:
                return None  # 三五: not one number
            digit = _DIGITS[char]
        elif char in _PLACES:
            if _PLACES[char] >= smallest:
                return None
            smallest = _PLACES[char]
            section += (1 if digit is None else digit) * smallest
            digit = None
        else:
            if section + (digit or 0) == 0:
                return None
            total += (section + (digit or 0)) * _MYRIADS[char]
            section, digit, smallest = 0, None, 10**9
    return Decimal(total + section + (digit or 0))


def arabic_number(text: str, multiple: str | None) -> Decimal:
    """The value of digits, which may have thousands separators, times a multiple such as 万.

    >>> arabic_number("1.5", "万")
    Decimal('15000')
    """
    value = Decimal(text.replace(",", ""))
    if multiple:
        value *= MULTIPLES[multiple]
        if value == value.to_integral_value():
            value = value.to_integral_value()
    return value
