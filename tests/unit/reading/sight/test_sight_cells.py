"""The ink of cells and the places of their characters."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.model import Box, Char, Rule
from gongkai.reading.sight.claims import (
    ClaimedCell,
    DigitSpacing,
    StrikingRules,
    layout_fault,
    sharing_a_number,
)
from gongkai.reading.sight.ink import UnclearCells, ink_fault, unclear_cells
from helpers.draw import write
from helpers.pdfs import text
from helpers.sight import chars_in, seen

FRAME = "0.5 w 20 180 50 20 re S 70 180 50 20 re S 120 180 50 20 re S\n"
BOXES = (Box(20, 100, 70, 120), Box(70, 100, 120, 120), Box(120, 100, 170, 120))
NONE = DigitSpacing((), ())


def faults(folder: Path, content: str) -> tuple[UnclearCells, list[str]]:
    """What is unclear in three cells side by side, and what a close look finds."""
    with seen(folder, FRAME + content) as ((page,), pictures):
        cells = [ClaimedCell(1, box, chars_in(page, box)) for box in BOXES]
        return unclear_cells([cells], pictures), [ink_fault(cell, pictures) for cell in cells]


@pytest.mark.parametrize(
    ("ink", "found"),
    [
        ("", ["", "", ""]),
        ("100 184 6 8 re f\n", ["", "ink_beside", ""]),
        ("144 184 6 8 re f\n", ["", "", "ink_in_blank"]),
    ],
)
def test_ink_is_compared_with_the_claimed_characters(
    tmp_path: Path, ink: str, found: list[str]
) -> None:
    unclear, closer = faults(tmp_path, text(40, 186, "8") + text(92, 186, "8") + ink)
    assert closer == found
    assert unclear.ink == {k for k, fault in enumerate(found) if fault}


def test_a_table_without_characters_is_searched_for_ink(tmp_path: Path) -> None:
    unclear, closer = faults(tmp_path, "100 184 6 8 re f\n")
    assert unclear == UnclearCells(frozenset({1}), frozenset(), frozenset())
    assert closer == ["", "ink_in_blank", ""]


def test_a_claimed_character_without_ink_is_found(tmp_path: Path) -> None:
    digits = text(40, 186, "8") + text(92, 186, "8")
    with seen(tmp_path, digits, digits + "1 g 90 182 20 16 re f\n") as (pages, pictures):
        cells = [ClaimedCell(2, box, chars_in(pages[0], box)) for box in BOXES]
        assert unclear_cells([cells], pictures).ink == {1}
        assert [ink_fault(cell, pictures) for cell in cells] == ["", "no_ink", ""]


def test_a_pale_watermark_a_red_stamp_and_a_rule_are_no_ink(tmp_path: Path) -> None:
    marks = (
        "q 0.85 g 20 182 150 8 re f Q q 1 0 0 RG 2 w 125 182 m 165 198 l S Q 70 190 m 120 190 l S\n"
    )
    _, closer = faults(tmp_path, marks + text(40, 186, "8", before="0 g"))
    assert closer == ["", "", ""]


def test_a_zero_that_looks_odd_is_found(tmp_path: Path) -> None:
    boxes = [Box(20 * k, 100, 20 * k + 20, 120) for k in range(8)]
    content = "".join(text(20 * k + 7, 186, "1" if k == 5 else "0") for k in range(8))
    with seen(tmp_path, content) as ((page,), pictures):
        claimed = [
            tuple(
                Char("0", *char_box, c.baseline, c.size)
                for c in chars_in(page, box)
                for char_box in [(c.x0, c.top, c.x1, c.bottom)]
            )
            for box in boxes
        ]
        cells = [ClaimedCell(1, box, chars) for box, chars in zip(boxes, claimed, strict=True)]
        assert unclear_cells([cells], pictures) == UnclearCells(
            frozenset(), frozenset({5}), frozenset()
        )


def cell(*chars: Char, box: Box = BOXES[0]) -> ClaimedCell:
    return ClaimedCell(1, box, chars)


def number(printed: str, x: float = 30, pitch: float = 5.0) -> tuple[Char, ...]:
    """Digits of 10 points with their middles at one distance."""
    return tuple(
        Char(digit, x + pitch * k, 106, x + pitch * k + 4.4, 113, 113, 10)
        for k, digit in enumerate(printed)
    )


def fault(*chars: Char, rules: tuple[Rule, ...] = (), spacing: DigitSpacing = NONE) -> str:
    return layout_fault(cell(*chars), StrikingRules(rules), spacing)


def test_an_ordinary_number_has_no_fault() -> None:
    assert fault(*number("8434"), rules=(Rule(20, 99.8, 70, 100.2), Rule(20, 113.5, 70, 114))) == ""


def test_a_rule_through_the_middle_of_digits_strikes_them_out() -> None:
    assert fault(*number("84"), rules=(Rule(28, 109, 42, 109.6),)) == "struck"
    assert fault(*number("84"), rules=(Rule(50, 109, 70, 109.6),)) == ""


def test_digits_on_two_baselines_or_over_each_other_are_not_one_number() -> None:
    (raised,) = write("1", 40, 110.5, 10)
    assert fault(*number("84"), raised) == "raised"
    assert fault(*number("84"), *number("3", x=33)) == "overlap"


def test_a_digit_at_the_edge_of_its_cell_may_belong_to_a_longer_number() -> None:
    assert fault(*number("84", x=20.2)) == "edge"


def test_a_gap_wider_than_the_others_separates_two_numbers() -> None:
    two = (*number("12"), *number("84", x=43))
    assert fault(*two) == "gap"
    proved = DigitSpacing([cell(*number("843"))], ())
    assert fault(*number("8", x=30), *number("4", x=38), spacing=proved) == "gap"


def test_a_gap_is_noticed_where_no_sum_proves_a_number_of_two_digits() -> None:
    two = number("84", pitch=7.3)
    other = DigitSpacing((), [cell(*number("843"))])
    assert fault(*two, spacing=other) == "gap"
    assert fault(*two) == ""  # in some fonts digits are so wide
    assert fault(*number("84", pitch=8.8)) == "gap"
    assert fault(*number("８４", pitch=10)) == ""


def test_groups_of_three_and_evenly_spaced_numbers_have_no_gap() -> None:
    proved = DigitSpacing([cell(*number("843"))], ())
    assert fault(*number("12"), *number("843", x=43), spacing=proved) == ""
    assert fault(*number("8434", pitch=10), spacing=proved) == ""
    assert fault(*number("21", pitch=10), spacing=proved) == "gap"
    wide = DigitSpacing([cell(*number("843"))], [cell(*number("8434", pitch=10))])
    assert fault(*number("21", pitch=10), spacing=wide) == ""


def test_a_number_printed_over_a_rule_is_found_in_both_cells() -> None:
    left, right = cell(*number("1", x=65.3)), cell(*number("1", x=70.3), box=BOXES[1])
    assert sharing_a_number([left, right], NONE) == {0, 1}
    apart = cell(*number("1", x=80), box=BOXES[1])
    assert sharing_a_number([left, apart], NONE) == set()
    assert sharing_a_number([left, cell(box=BOXES[1])], NONE) == set()
