"""Printed lines of a bitmap, and strokes that are no digits."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gongkai.extractors.ocr.ink_runs import (
    find_runs,
    line_strip,
    piece_boxes,
    stroke_mark,
    text_height,
)
from helpers.papers import PAPER, paper


def _ink(rows: int, columns: int) -> np.ndarray:
    return np.zeros((rows, columns), np.uint8)


def test_pieces_of_one_letter_are_one_line_and_neighbours_are_not() -> None:
    ink = _ink(120, 60)
    ink[10:13, 20:40] = ink[28:31, 15:45] = 1  # 二
    ink[45:70, 15:45] = 1
    assert [(run.top, run.bottom) for run in find_runs(ink, 25.0, 1e9)] == [(10, 31), (45, 70)]


def test_a_large_letter_alone_in_its_line_is_not_cut_at_its_gap() -> None:
    ink = _ink(120, 60)
    ink[10:26, 15:45] = ink[30:46, 18:42] = 1  # 告, half as large again as the letters around
    assert [(run.top, run.bottom) for run in find_runs(ink, 25.0, 1e9)] == [(10, 46)]
    digits = _ink(120, 60)
    digits[10:28, 20:40] = digits[38:56, 20:40] = 1  # a number broken over two lines
    assert len(find_runs(digits, 25.0, 1e9)) == 2


def test_touching_lines_are_split_where_they_have_the_least_ink() -> None:
    ink = _ink(80, 60)
    ink[5:30, 5:55] = ink[35:60, 5:55] = 1
    ink[30:35, 20:22] = 1
    assert len(find_runs(ink, 25.0, 1e9)) == 2


def test_large_letters_are_not_cut_in_half() -> None:
    ink = _ink(80, 200)
    for x in (5, 65, 125):  # 日: twice as high as the letters around
        ink[5:55, x : x + 44] = 1
        ink[10:27, x + 6 : x + 38] = ink[32:50, x + 6 : x + 38] = 0
    assert [(run.top, run.bottom) for run in find_runs(ink, 25.0, 1e9)] == [(5, 55)]


def test_only_gaps_wider_than_the_limit_split_a_line() -> None:
    ink = _ink(40, 300)
    ink[5:30, 5:55] = ink[5:30, 200:250] = 1
    assert len(find_runs(ink, 25.0, 75.0)) == 2
    assert len(find_runs(ink, 25.0, float("inf"))) == 1


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        (((2, 22), (11, 0)), "/"),
        (((0, 1), (8, 1)), "-"),
        (((0, 1), (30, 1)), "—"),
        (((4, 0), (4, 22)), ""),  # 1
        (((4, 0), (2, 22)), ""),  # an italic 1
    ],
)
def test_marks_are_told_by_their_shape(
    line: tuple[tuple[int, int], tuple[int, int]], mark: str
) -> None:
    ink = _ink(24, 34)
    cv2.line(ink, *line, 1, 2)
    ys, xs = np.nonzero(ink)
    assert stroke_mark(ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1], 24.0) == mark


def test_a_seven_is_no_slash() -> None:
    ink = _ink(24, 34)
    cv2.putText(ink, "7", (4, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
    ys, xs = np.nonzero(ink)
    assert stroke_mark(ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1], 24.0) == ""


def test_a_strip_holds_its_lines_side_by_side_and_no_neighbour() -> None:
    grey = paper(120, 100, 0.0)
    grey[20:40, 10:50] = 30
    grey[60:80, 10:70] = 30
    grey[84:90, 10:70] = 90  # the top of the line below
    ink = (grey < 60).astype(np.uint8)
    runs = find_runs(ink, 20.0, 1e9)
    strip, pieces = line_strip(grey, runs, (0.2, 0.3))
    assert len(pieces) == 2
    assert strip.shape[1] >= 100
    assert not ((strip > 60) & (strip < PAPER - 20)).any()


def test_the_height_of_letters_comes_from_pieces_as_wide_as_high() -> None:
    ink = _ink(400, 400)
    for k in range(5):
        ink[20:50, 20 + 60 * k : 50 + 60 * k] = 1  # letters of 30 pixels
    ink[100:110, 20:24] = ink[120:124, 20:380] = 1  # a speck and a rule
    assert text_height(piece_boxes(ink), 200) == 30
    assert text_height(piece_boxes(_ink(40, 40)), 200) == 30  # what is usual, without letters
