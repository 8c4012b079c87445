"""A number printed in any usual way is read as that number; other text is not a number."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from gongkai.normalizers.tables.values import CellReader
from helpers.families import built_in

FAMILY = built_in()
CELLS = CellReader(FAMILY)
_WIDE = str.maketrans("0123456789.,+-", "０１２３４５６７８９．，＋－")
_SPACES = st.sampled_from(["", " ", "  ", "　", "\n", "\t", "\u00a0"])

decimals = st.decimals(
    min_value=-(10**12), max_value=10**12, places=None, allow_nan=False, allow_infinity=False
).map(lambda d: d.quantize(Decimal(1).scaleb(max(-6, d.as_tuple().exponent))))  # type: ignore[arg-type]


@st.composite
def printed(draw: st.DrawFn) -> tuple[Decimal, str, str]:
    """Draw a number, its printed text, and the unit printed after it."""
    value = draw(decimals)
    separated = draw(st.booleans())
    text = format(value, ",f" if separated else "f")
    if not text.startswith("-") and draw(st.booleans()):
        text = "+" + text
    if text.startswith("-"):
        text = draw(st.sampled_from("-−–‑")) + text[1:]
    if draw(st.booleans()):
        text = text.translate(_WIDE)
    unit = draw(st.sampled_from(["", *sorted(FAMILY.units)]))
    return value, draw(_SPACES) + text + unit + draw(_SPACES), unit


@given(printed())
def test_number_text_round_trips(made: tuple[Decimal, str, str]) -> None:
    value, text, unit = made
    reading = CELLS.read_number(text)
    assert reading.state == "number"
    assert reading.value == value
    assert reading.value is not None
    # all printed decimals are kept: 18.8710 is not 18.871
    assert reading.value.as_tuple().exponent == value.as_tuple().exponent
    assert (reading.unit or "") == unit
    assert reading.doubt is None


@given(st.text(" \n\t\r　\u00a0\u2003", max_size=6))
def test_white_space_is_a_blank_cell(text: str) -> None:
    assert CELLS.read_number(text).state == "blank"


@given(st.sampled_from(sorted(FAMILY.marks)), _SPACES, _SPACES)
def test_a_mark_is_never_a_number(mark: str, before: str, after: str) -> None:
    reading = CELLS.read_number(before + mark + after)
    assert (reading.state, reading.value) == ("mark", None)


@given(st.text(max_size=8) | st.text("0127９０.,，．+-−/万元件 \n²①③⑵Ⅲ½〇", max_size=5))
@example("21①")  # a footnote mark is not a digit of the number
@example("21[1]")
@example("21（含3件）")
@example("5²")
def test_a_value_comes_only_from_printed_digits(text: str) -> None:
    """A number has only the digits printed before its notes, in their printed order."""
    reading = CELLS.read_number(text)
    if reading.state != "number":
        assert reading.value is None
        return
    assert reading.value is not None
    text = re.split("[①③[（(]", text)[0]
    assert not any(unicodedata.category(c) in ("No", "Nl") for c in text)
    digits = [unicodedata.decimal(c) for c in text if unicodedata.category(c) == "Nd"]
    shown = [int(c) for c in format(reading.value.copy_abs(), "f") if c.isdigit()]
    assert shown == (digits if digits[0] else digits[len(digits) - len(shown) :])


@given(decimals, decimals, st.sampled_from([" ", "/", "、", "　", "("]))
def test_two_numbers_in_one_cell_are_unreadable(a: Decimal, b: Decimal, between: str) -> None:
    text = f"{format(a, 'f')}{between}{format(abs(b), 'f')}"
    assert CELLS.read_number(text).state == "unreadable"


@given(st.integers(0, 10**7), st.text("公开项目约余多个月份ABCxyz%％℃", min_size=1, max_size=3))
def test_a_number_with_unknown_words_is_unreadable(value: int, words: str) -> None:
    reading = CELLS.read_number(f"{value}{words}")
    if words in FAMILY.units:
        assert reading.unit == words
    else:
        assert reading.state == "unreadable"
        assert reading.value is None
        assert reading.doubt
