"""The text of a number cell, shape by shape (reports.md 3.4): a value, or why not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.extractors.layout.lines import cell_text
from gongkai.families.family import Family
from gongkai.model import Box, Cell, Char, Key, Observation
from gongkai.normalizers.tables.values import CellReader
from helpers.draw import write

NUMBERS = [
    ("0", "0", None),
    ("00", "0", None),
    ("515251", "515251", None),
    ("3985758", "3985758", None),
    ("1,234,567", "1234567", None),
    ("1，234", "1234", None),
    ("１２３", "123", None),
    ("９６，１７１．６", "96171.6", None),
    ("+2", "2", None),
    ("-417", "-417", None),
    ("－417", "-417", None),
    ("−1", "-1", None),
    ("18.8710", "18.8710", None),
    ("59237.2449", "59237.2449", None),
    ("251000元", "251000", "元"),
    ("96171.6万元", "96171.6", "万元"),
    ("96171.6 万元", "96171.6", "万元"),
    ("3件", "3", "件"),
    ("　0　", "0", None),
]
BLANKS = ["", " ", "　　", "\n", "\u00a0"]
MARKS = ["/", "／", "—", "——", "-", "--", "－", "无", "不适用", "无 ", "　/　", "N/A"]
REFUSED = [
    "1 2",
    "12/7",
    "约300",
    "300余",
    "1.2.3",
    "1,23",
    "12,3456",
    "3百",
    "O",
    "l2",
    "1-2",
    "--5",
    "5-",
    "3件2项",
    "十二",
    "1e5",
    "0x1F",
    "∞",
    "NaN",
    "5%",
    "22（16）",
    "①21",
    "21①2",
    "12（其中3件",
    "（其中3件）",
    "5²",
    "½",
]


@pytest.mark.parametrize(("text", "value", "unit"), NUMBERS)
def test_numbers(family: Family, text: str, value: str, unit: str | None) -> None:
    reading = CellReader(family).read_number(text)
    assert (reading.state, reading.unit, reading.doubt) == ("number", unit, None)
    assert str(reading.value) == value


@pytest.mark.parametrize("text", BLANKS)
def test_blanks(family: Family, text: str) -> None:
    assert CellReader(family).read_number(text).state == "blank"


@pytest.mark.parametrize("text", MARKS)
def test_marks(family: Family, text: str) -> None:
    reading = CellReader(family).read_number(text)
    assert (reading.state, reading.value) == ("mark", None)


@pytest.mark.parametrize("text", REFUSED)
def test_unreadable_texts(family: Family, text: str) -> None:
    reading = CellReader(family).read_number(text)
    assert (reading.state, reading.value) == ("unreadable", None)
    assert reading.doubt


def cell(width: float, *lines: str, size: float = 10.0) -> Cell:
    chars = []
    for k, line in enumerate(lines):
        start = width / 2 - size * 0.25 * len(line)
        chars += write(line, start, 12.0 + 12 * k, size)
    box = Box(0, 0, width, 12.0 * len(lines) + 6)
    return Cell(0, 0, 1, 1, box, cell_text(chars), tuple(chars))


def test_a_number_broken_over_two_lines_of_a_narrow_cell(family: Family) -> None:
    assert CellReader(family).read_cell(cell(24, "3985", "758")).value == Decimal(3985758)
    assert CellReader(family).read_cell(cell(34, "96171.", "6万元")).value == Decimal("96171.6")
    assert CellReader(family).read_cell(cell(24, "2510", "00元")).value == Decimal(251000)


def test_a_number_broken_at_its_decimal_point_or_a_comma(family: Family) -> None:
    lines = {"1234.56": ("1234.", "56"), "78.05": ("78", ".05"), "12345678": ("12,345,", "678")}
    for value, made in lines.items():
        assert CellReader(family).read_cell(cell(120, *made)).value == Decimal(value)
    for other in (("1.", "2."), ("12,", "34"), ("3", ".")):
        assert CellReader(family).read_cell(cell(120, *other)).state == "unreadable"


def test_two_numbers_one_over_the_other_are_unreadable(family: Family) -> None:
    for made in (cell(60, "12", "7"), cell(60, "3", "4"), cell(20, "3", "4")):
        reading = CellReader(family).read_cell(made)
        assert (reading.state, reading.value) == ("unreadable", None)


def test_two_numbers_side_by_side_are_unreadable(family: Family) -> None:
    chars = (*write("12", 5, 12), *write("7", 40, 12))
    made = Cell(0, 0, 1, 1, Box(0, 0, 60, 20), cell_text(chars), chars)
    assert CellReader(family).read_cell(made).state == "unreadable"


def test_a_unit_on_its_own_line(family: Family) -> None:
    reading = CellReader(family).read_cell(cell(60, "96171.6", "万元"))
    assert (reading.value, reading.unit) == (Decimal("96171.6"), "万元")


def test_a_note_on_lines_of_its_own_is_no_number(family: Family) -> None:
    for note in (("（其中修订16件）",), ("（其中修订", "16件）")):
        reading = CellReader(family).read_cell(cell(120, "22", *note))
        assert (reading.state, reading.value) == ("number", Decimal(22))


def test_a_smaller_digit_makes_a_cell_unreadable(family: Family) -> None:
    """The sign of a footnote after a number is not its last digit."""
    chars = (
        Char("4", 30, 90, 36, 100, 100, 12),
        Char("1", 36, 90, 42, 100, 100, 12),
        Char("7", 43, 86, 46, 90, 95, 6),
    )
    reading = CellReader(family).read_cell(Cell(0, 0, 1, 1, Box(20, 80, 60, 110), "417", chars))
    assert (reading.state, reading.value) == ("unreadable", None)
    assert reading.doubt is not None


@pytest.mark.parametrize(("size", "state"), [(12.0, "number"), (80.0, "unreadable")])
def test_a_digit_much_higher_than_its_cell_may_be_of_a_watermark(
    family: Family, size: float, state: str
) -> None:
    chars = tuple(write("0", 20, 15, size))
    reading = CellReader(family).read_cell(Cell(0, 0, 1, 1, Box(0, 0, 60, 18), "0", chars))
    assert (reading.state, reading.doubt is None) == (state, state == "number")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("22（其中修订16件）", 22, None),
        ("22件（其中修订16件）", 22, "件"),
        ("12\n(含上年结转3件)", 12, None),
        ("12①", 12, None),
        ("1,200 ②③", 1200, None),
        ("12[1]", 12, None),
        ("12［注2］", 12, None),
        ("7*", 7, None),
    ],
)
def test_a_note_after_a_number_is_no_part_of_it(
    family: Family, text: str, value: int, unit: str | None
) -> None:
    reading = CellReader(family).read_number(text)
    assert (reading.state, reading.value, reading.unit) == ("number", Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "labels", "converted"),
    [
        ("1.26亿元", "本年收费金额（单位：万元）", "12600"),
        ("735000元", "本年收费金额（单位：万元）", "73.5"),
        ("735000", "本年收费金额（单位：元）", "73.5"),
        ("1.5千万元", "本年收费金额（单位:元）", "1500"),  # the cell's unit comes first
        ("73.5", "本年收费金额（单位：万元）", None),
        ("73.5万元", "本年收费金额", None),
        ("/", "本年收费金额（单位：元）", None),
    ],
)
def test_an_amount_is_converted_to_the_unit_of_its_field(
    family: Family, text: str, labels: str, converted: str | None
) -> None:
    cells = CellReader(family)
    found, doubt = cells.in_unit(cells.read_number(text), "万元", labels)
    assert (found, doubt) == (None if converted is None else Decimal(converted), "")


FEES = Key("proactive_disclosure", "administrative_fees", "fees_collected")


def fees(raw: str, unit: str | None = None, label: str = "本年收费金额") -> Observation:
    value = Decimal(raw)
    box = Box(0, 0, 1, 1)
    return Observation(
        FEES, "number", value, raw, unit, "行政事业性收费", label, "exact", 1, box, "pdfium"
    )


@pytest.mark.parametrize(
    ("cell", "caption", "value"),
    [
        (fees("735000"), "单位：元", "73.5"),
        (fees("735000"), "表1    单位：件、元", "73.5"),
        (fees("735"), "（计量单位:件/千元）", "73.5"),
        (fees("735"), "填报单位：某某局 金额单位：千元", "73.5"),
        (fees("73.5"), "单位：万元", "73.5"),
        (fees("73.5"), "单位：件", "73.5"),
        (fees("73.5"), "填报单位：元山镇人民政府", "73.5"),
        (fees("73.5", "万元"), "单位：元", "73.5"),  # the cell's unit comes first
        (fees("73.5", None, "本年收费金额（单位：万元）"), "单位：件、元", "73.5"),
    ],
)
def test_a_unit_over_the_table_counts_for_its_amounts(
    family: Family, cell: Observation, caption: str, value: str
) -> None:
    found = CellReader(family).with_caption_unit(cell, [caption])
    assert found.value_in_unit == Decimal(value)
    assert (found.value, found.unit, found.flagged) == (cell.value, cell.unit, False)


def test_two_units_of_money_over_a_table_are_doubted(family: Family) -> None:
    found = CellReader(family).with_caption_unit(fees("73.5"), ["单位：元", "单位：万元"])
    assert found.flagged and "不止一个单位" in (found.doubt or "")
    assert found.value_in_unit == Decimal("73.5")


def test_counts_have_no_unit_from_a_caption(family: Family) -> None:
    count = replace(fees("12"), key=Key("proactive_disclosure", "rules", "issued_this_year"))
    assert CellReader(family).with_caption_unit(count, ["单位：元"]) == count


def test_a_unit_of_another_quantity_is_doubted(family: Family) -> None:
    cells = CellReader(family)
    assert cells.in_unit(cells.read_number("12件"), "万元", "") == (
        None,
        "印出的单位“件”与《表》的“万元”不合",
    )
