"""Pictures of single characters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from gongkai.model import Box, Key
from gongkai.reading.sight.claims import ClaimedCell, fold, placed
from gongkai.reading.sight.digit_shapes import cells_of_other_shape
from gongkai.reading.sight.ink import Glyphs, look_at
from helpers.pdfs import text
from helpers.sight import seen

PAGE = Box(0, 0, 200, 300)


def looked_at(folder: Path, *contents: str) -> list[Glyphs]:
    """The glyphs of the only line of each page."""
    with seen(folder, *contents) as (pages, pictures):
        return [look_at([*placed(page.chars, page.number, PAGE)], pictures) for page in pages]


@pytest.mark.parametrize(
    ("printed", "folded"),
    [("3", "3"), ("３", "3"), ("٣", "3"), ("−", "-"), ("，", ","), ("件", "件"), ("12", "12")],
)
def test_digits_of_any_script_and_signs_are_folded(printed: str, folded: str) -> None:
    assert fold(printed) == folded


def test_a_digit_looks_the_same_at_any_place_and_size_and_unlike_the_others(
    tmp_path: Path,
) -> None:
    small, large = looked_at(
        tmp_path, text(20.3, 200.7, "0123456789", 9), text(30, 150, "0 1 2 3 4 5 6 7 8 9", 13)
    )
    alike = small.pictures @ large.pictures.T
    assert np.diag(alike).min() > 0.97
    assert (alike - np.eye(10)).max() < 0.9
    assert small.could_be_digits().all()


def test_a_glyph_is_seen_without_its_neighbours(tmp_path: Path) -> None:
    alone, inside = looked_at(tmp_path, text(20, 200, "4"), text(50, 200, "848"))
    assert alone.pictures[0] @ inside.pictures[1] > 0.97


def test_signs_are_told_by_their_size_and_height(tmp_path: Path) -> None:
    (glyphs,) = looked_at(tmp_path, text(20, 200, "-1,234.5"))
    assert glyphs.signs() == ["-", "", ".", "", "", "", ".", ""]


def test_a_covered_character_has_no_ink(tmp_path: Path) -> None:
    digits = text(20, 200, "8") + text(60, 200, "8")
    with seen(tmp_path, digits, digits + "1 g 15 195 20 20 re f\n") as (pages, pictures):
        glyphs = look_at([*placed(pages[0].chars, 2, PAGE)], pictures)
    assert glyphs.has_ink.tolist() == [False, True]


def test_a_watermark_under_a_digit_does_not_change_it(tmp_path: Path) -> None:
    watermark = "0.85 g 0 190 40 14 re f\n"
    plain, marked = looked_at(
        tmp_path, text(20, 200, "8"), watermark + text(20, 200, "8", 10, "0 g")
    )
    assert plain.pictures[0] @ marked.pictures[0] > 0.97


def test_a_red_stamp_over_a_digit_does_not_change_it(tmp_path: Path) -> None:
    stamp = "q 1 0 0 RG 2 w 15 195 m 35 215 l S Q\n"
    with seen(tmp_path, text(20, 200, "8"), stamp + text(20, 200, "8")) as (pages, pictures):
        chars = [next(placed(page.chars, page.number, PAGE)) for page in pages]
        plain, stamped = look_at(chars, pictures, without_red=True).pictures
    assert plain @ stamped > 0.97


def test_white_digits_on_a_dark_cell_look_like_black_ones_on_paper(tmp_path: Path) -> None:
    dark = "0 0 0.5 rg 0 180 80 50 re f\n"
    plain, white = looked_at(tmp_path, text(20, 200, "8"), dark + text(20, 200, "8", 10, "1 g"))
    assert plain.pictures[0] @ white.pictures[0] > 0.97


def test_the_foot_is_measured_from_the_baseline(tmp_path: Path) -> None:
    (glyphs,) = looked_at(tmp_path, text(20, 200, "1 7"))
    assert np.abs(glyphs.foot).max() < 0.06


@pytest.mark.parametrize("pair", ["", "38", "69", "17", "56", "08"])
def test_holes_and_bars_show_exchanged_digits(tmp_path: Path, pair: str) -> None:
    other = str.maketrans(pair, pair[::-1])
    with seen(tmp_path, text(20, 200, "0123456789")) as ((page,), pictures):
        read = {c.text: replace(c, text=c.text.translate(other)) for c in page.chars}
        cells = {Key("", digit, ""): ClaimedCell(1, PAGE, (c,)) for digit, c in read.items()}
        assert {key.row for key in cells_of_other_shape(cells, pictures)} == {*pair}
