"""Ruled lines of bitmaps: all that are ruled, and nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr.page_bitmap import PageBitmap, ink_mask
from gongkai.extractors.ocr.ruled_lines import RuledLines, find_ruled_lines
from gongkai.extractors.ocr.straightening import straighten
from gongkai.model import Page
from helpers.papers import draw_lattice, paper, picture, type_text

XS, YS = [150, 400, 550, 700, 850], [300, 370, 440, 510, 580]


def _ruled_lines_of(bitmap: PageBitmap) -> RuledLines:
    return find_ruled_lines(ink_mask(bitmap.grey, bitmap.dpi), bitmap.dpi)


def _cells(grey: object, dpi: float = 200.0) -> list[int]:
    drawn = picture(grey, dpi)
    rules = _ruled_lines_of(drawn).rules(dpi)
    page = Page(1, *drawn.size(), (), rules, 1.0, "ocr")
    return [len(grid.cells) for grid in find_grids(page)]


@pytest.mark.parametrize("thick", [1, 2, 5])
@pytest.mark.parametrize("ink", [30, 150])
def test_a_lattice_is_found_as_drawn(thick: int, ink: int) -> None:
    grey = paper()
    draw_lattice(grey, XS, YS, thick, ink)
    found = _ruled_lines_of(picture(grey))
    xs = sorted(round(line.at) for line in found.vertical)
    ys = sorted(round(line.at) for line in found.horizontal)
    assert xs == pytest.approx(XS, abs=2)
    assert ys == pytest.approx(YS, abs=2)
    assert _cells(grey) == [16]


def test_strokes_of_letters_and_underlines_are_no_rules() -> None:
    grey = paper()
    for k in range(12):
        type_text(grey, "HTLEF11711 IIHHTT", 120, 200 + 60 * k)
    cv2.line(grey, (120, 1000), (700, 1000), 30, 2)
    found = _ruled_lines_of(picture(grey))
    assert (found.horizontal, found.vertical) == ((), ())


def test_strokes_of_a_large_title_are_no_rules() -> None:
    grey = paper()
    for x in (150, 300):  # 土, 0.5 inches high
        cv2.line(grey, (x, 300), (x + 100, 300), 30, 4)
        cv2.line(grey, (x + 10, 250), (x + 90, 250), 30, 4)
        cv2.line(grey, (x + 50, 205), (x + 50, 300), 30, 4)
    found = _ruled_lines_of(picture(grey))
    assert (found.horizontal, found.vertical) == ((), ())


def test_a_digit_that_reaches_from_rule_to_rule_splits_no_cell() -> None:
    grey = paper()
    draw_lattice(grey, XS, [300, 344, 388, 432])
    cv2.line(grey, (620, 353), (620, 379), 30, 3)  # a 1 in a low row
    assert _cells(grey) == [12]


def test_the_arc_of_a_stamp_is_no_rule() -> None:
    grey = paper()
    draw_lattice(grey, XS, YS)
    cv2.ellipse(grey, (620, 440), (160, 160), 0, 0, 360, 60, 7)
    assert _cells(grey) == [16]


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_the_nearly_horizontal_top_of_a_stamp_s_ring_is_no_rule(dpi: int) -> None:
    k = dpi / 200
    grey = paper(round(1400 * k), round(1000 * k))
    draw_lattice(grey, [round(x * k) for x in XS], [round(y * k) for y in YS])
    middle, radius = (round(550 * k), round(636 * k)), round(162 * k)
    cv2.ellipse(grey, middle, (radius, radius), 0, 250, 290, 60, round(6 * k))
    assert len(_ruled_lines_of(picture(grey, dpi)).horizontal) == len(YS)


def test_a_stroke_that_leans_is_no_rule() -> None:
    grey = paper()
    draw_lattice(grey, XS, YS)
    cv2.line(grey, (550, 469), (700, 481), 30, 5)
    assert _cells(grey) == [16]


def test_the_foot_of_a_table_cut_open_by_a_page_break_keeps_its_columns() -> None:
    grey = paper()
    draw_lattice(grey, XS, YS)
    for x in XS:  # a last row without a rule below, lower than a long rule
        cv2.line(grey, (x, 580), (x, 620), 30, 2)
    assert _cells(grey) == [20]


def test_a_header_row_alone_at_the_foot_of_a_page_is_a_table() -> None:
    grey = paper()
    draw_lattice(grey, XS, [300, 345])
    assert _cells(grey) == [4]


def test_dashed_rules_are_joined_where_no_others_are() -> None:
    grey = paper()
    draw_lattice(grey, XS, YS)
    grey[:, 140:860][:, np.arange(720) % 14 > 8] = np.where(
        np.isin(np.arange(1400), [y + d for y in YS for d in (-1, 0, 1)])[:, None],
        250,
        grey[:, 140:860][:, np.arange(720) % 14 > 8],
    )
    grey[np.arange(1400) % 14 > 8] = np.where(
        np.isin(np.arange(1000), [x + d for x in XS for d in (-1, 0, 1)])[None, :],
        250,
        grey[np.arange(1400) % 14 > 8],
    )
    assert _cells(grey) == [16]


def test_a_slight_curve_is_straightened() -> None:
    grey = paper()
    draw_lattice(grey, XS, YS)
    bend = 30 * (np.linspace(-1, 1, 1000) ** 2)
    rows = np.arange(1400)[:, None] + bend[None, :]
    curved = grey[np.clip(rows.astype(int), 0, 1399), np.arange(1000)[None, :]]
    level = straighten(picture(curved))
    found = _ruled_lines_of(level).horizontal
    assert len(found) == len(YS)
    assert max(line.deviation for line in found) < 1.5
    assert _cells(level.grey) == [16]


def _dash(grey: np.ndarray, x0: int, top: int, x1: int, bottom: int) -> None:
    """Draw a dashed line with dashes of 12 pixels and gaps of 8."""
    for k in range(0, max(x1 - x0, bottom - top), 20):
        if x1 > x0:
            cv2.line(grey, (x0 + k, top), (min(x0 + k + 12, x1), top), 30, 2)
        else:
            cv2.line(grey, (x0, top + k), (x0, min(top + k + 12, bottom)), 30, 2)


def test_a_letter_between_two_dashed_rules_is_no_rule() -> None:
    grey = paper()
    for y in (300, 345, 415):
        _dash(grey, 150, y, 850, y)
    for x in (150, 500, 850):
        _dash(grey, x, 300, x, 415)
    cv2.line(grey, (300, 309), (300, 337), 30, 3)  # 十, with its ends near both rules
    cv2.line(grey, (288, 320), (312, 320), 30, 3)
    cv2.line(grey, (620, 292), (620, 300), 30, 2)  # ink above a rule
    found = _ruled_lines_of(picture(grey))
    assert sorted(round(line.at) for line in found.vertical) == pytest.approx(
        [150, 500, 850], abs=2
    )


def test_a_dashed_rule_may_be_joined_to_letters_beyond_the_rule_that_it_meets() -> None:
    grey = paper()
    for y in (300, 415, 530):
        _dash(grey, 150, y, 850, y)
    for x, bottom in ((150, 530), (500, 415), (850, 530)):
        _dash(grey, x, 300, x, bottom)
    cv2.line(grey, (500, 287), (500, 293), 30, 3)
    assert _cells(grey) == [3]
