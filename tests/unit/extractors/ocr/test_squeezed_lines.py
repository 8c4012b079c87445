"""Checks of squeezed lines: pieces around digits, and the distances between letters."""

from __future__ import annotations

import numpy as np
import pytest

from gongkai.extractors.ocr.line_model import Glyph
from gongkai.extractors.ocr.squeezed_lines import digit_pieces, is_uneven


def _line(text: str, *places: float) -> list[Glyph]:
    """Glyphs of a line; places are in widths of a letter, evenly spaced if not given."""
    at = places or [k + 0.5 for k in range(len(text))]
    return [Glyph(c, x / 20, 1.0) for c, x in zip(text, at, strict=True)]


def test_digits_near_each_other_share_a_piece() -> None:
    pieces = digit_pieces(_line("全年收到申请224件，比上年增加8.6%。"))
    assert [piece.text for piece in pieces] == ["请224件，", "加8.6%。"]
    assert (pieces[0].left, pieces[0].right) == (5 / 20, 11 / 20)
    assert pieces[0].cut(np.zeros((48, 200))).shape == (48, 60)
    assert digit_pieces(_line("无。")) == []


@pytest.mark.parametrize(
    ("other", "agrees"),
    [
        ("请224件，", True),
        ("青 2 2 4 件,", True),  # a letter at the edge, and the width of a comma, do not matter
        ("请2224件，", False),
        ("请24件，", False),
        ("请224。件", False),  # a lost full stop
        ("请", False),
    ],
)
def test_a_piece_agrees_with_the_same_digits(other: str, agrees: bool) -> None:
    [piece] = digit_pieces(_line("收到申请224件，比上年"))
    assert piece.agrees(other) is agrees


def test_a_lost_letter_leaves_a_gap() -> None:
    assert not is_uneven(_line("学生资助信息"))
    assert is_uneven(_line("学生资信息", 0.5, 1.5, 2.5, 4.5, 5.5))  # 助 was lost
    assert not is_uneven(_line("申请 一件", 0.5, 1.5, 2.5, 3.5, 4.5))
    assert not is_uneven(_line("申请", 0.5, 4.5))  # too few to know the usual distance


def test_a_letter_read_twice_is_too_close() -> None:
    places = 0.5, 1.5, 2.5, 2.8, 3.5, 4.5, 5.5, 6.5
    assert is_uneven(_line("（二））改进情况", *places))
    assert is_uneven(_line("(二)）改进情况", *places))  # as of two widths
    assert not is_uneven(_line("（二））改进情况"))
    assert not is_uneven(_line("共22件改进情况", 0.5, 1.2, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5))
