"""Which ink of a scanned page is text, outside of ruled tables."""

from __future__ import annotations

import numpy as np
import pytest

from gongkai.extractors.ocr.page import _text_runs

LETTER = 40.0  # pixels, of the prose
PROSE = (100, 300, 1300, 340)  # left, top, right, bottom of its ink
LABEL = (100, 600, 300, 622)  # of a row of a table in a smaller font
Ink = tuple[int, int, int, int]


def runs_beside_label(ink: Ink) -> list[tuple[int, float, bool]]:
    """Left end, height of letters and whether it is a single letter, of each run of text."""
    page = np.zeros((900, 1400), np.uint8)
    for x0, top, x1, bottom in (PROSE, LABEL, ink):
        page[top:bottom, x0:x1] = 1
    return [(each.run.x0, each.letter_height, each.is_single) for each in _text_runs(page, LETTER)]


@pytest.mark.parametrize(
    "ink",
    [
        (600, 602, 612, 620),  # 0: narrower than a third of a letter of the prose
        (600, 602, 606, 620),  # 1
        (600, 610, 615, 613),  # a dash
        (600, 602, 625, 620),  # 38
    ],
)
def test_short_ink_beside_a_line_is_measured_by_that_line(ink: Ink) -> None:
    assert runs_beside_label(ink) == [
        (100, LETTER, False),
        (100, LETTER, False),
        (600, 22.0, True),
    ]


@pytest.mark.parametrize(
    "ink",
    [
        (600, 700, 612, 718),  # beside no line
        (600, 610, 604, 614),  # a speck
        (600, 600, 603, 621),  # a stroke thinner than any digit
        (1350, 602, 1362, 620),  # beyond the text: the edge of the sheet
    ],
)
def test_other_small_ink_is_no_text(ink: Ink) -> None:
    assert runs_beside_label(ink) == [(100, LETTER, False), (100, LETTER, False)]


def test_a_page_without_lines_has_no_text() -> None:
    assert list(_text_runs(np.zeros((900, 1400), np.uint8), LETTER)) == []
