"""Cell images and their readings: blank only without ink, uncertain with foreign ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from gongkai.extractors.ocr.cell_images import CellImage, cell_image, cell_interior
from gongkai.extractors.ocr.cell_readings import choose_readings, merge_glyphs
from gongkai.extractors.ocr.chars import UNREAD, glyph_chars
from gongkai.extractors.ocr.ink_runs import InkRun, StripPart
from gongkai.extractors.ocr.line_model import Glyph, Recognition
from gongkai.extractors.ocr.recogniser import load_recogniser
from gongkai.extractors.ocr.segmented_page import SegmentedPage, segment_ink
from gongkai.model import Box, Cell, Grid
from helpers.papers import draw_lattice, paper, picture, type_text

BOX = Box(150 * 0.36, 300 * 0.36, 400 * 0.36, 370 * 0.36)


def _prepared(draw: Any = None) -> SegmentedPage:
    grey = paper()
    draw_lattice(grey, [150, 400, 550, 700], [300, 370, 440, 510])
    for y in (420, 490):
        type_text(grey, "1234", 430, y)
    if draw is not None:
        draw(grey)
    return segment_ink(picture(grey))


def _image(prepared: SegmentedPage) -> Any:
    return cell_image(prepared, cell_interior(prepared, BOX), 22.0, (0, 0))


def test_a_cell_without_ink_has_nothing_to_read() -> None:
    assert _image(_prepared()) is None


def test_a_faint_digit_is_not_blank() -> None:
    """Sums cannot tell a blank from a zero: ink too pale to read is refused."""

    def faint(grey: Any) -> None:
        type_text(grey, "0", 260, 348, ink=215)

    image = _image(_prepared(faint))
    assert image is not None
    assert image.max_confidence == 0.0


def test_dust_is_blank() -> None:
    def dust(grey: Any) -> None:
        for k in range(9):  # more ink in all than a small digit has
            grey[330:332, 240 + 12 * k : 242 + 12 * k] = 60

    assert _image(_prepared(dust)) is None


def test_a_number_with_other_ink_beside_it_is_trusted_less() -> None:
    def clean(grey: Any) -> None:
        type_text(grey, "17", 260, 348)

    def stamped(grey: Any) -> None:
        clean(grey)
        grey[310:360, 330:336] = 205

    assert _image(_prepared(clean)).max_confidence == 1.0
    assert _image(_prepared(stamped)).max_confidence < 0.9


def test_a_number_with_coloured_ink_over_it_is_trusted_less() -> None:
    prepared = _prepared(lambda grey: type_text(grey, "17", 260, 348))
    coloured = np.zeros_like(prepared.bitmap.grey)
    coloured[310:360, 300:320] = 1
    red = replace(prepared, bitmap=replace(prepared.bitmap, coloured=coloured))
    assert (_image(prepared).max_confidence, _image(red).max_confidence) == (1.0, 0.85)


def test_a_number_with_black_ink_running_in_beside_it_is_trusted_less() -> None:
    """A stamp in black and white has the digits' own shade: only where it comes from tells."""

    def ringed(grey: Any) -> None:
        type_text(grey, "17", 260, 348)
        cv2.line(grey, (340, 290), (350, 380), 30, 5)

    assert _image(_prepared(ringed)).max_confidence < 0.9


def test_ink_that_cannot_be_read_is_refused_whatever_the_model_says() -> None:
    """Pale ink has no confidence; neither it nor ink without a reading comes out blank."""
    image = _image(_prepared(lambda grey: type_text(grey, "0", 260, 348, ink=215)))
    glyphs = (Glyph("0", 0.5, 0.99),)
    [char] = glyph_chars(glyphs, image, 0.36)
    assert char.confidence == 0.0
    reader = _FixedReader((Recognition((), (), 0.0),))
    images = [replace(_IMAGE, cell=(0, 4))]
    [glyphs] = choose_readings([_GRID], images, reader.first, reader)  # type: ignore[arg-type]
    assert glyphs[0].text == UNREAD


@pytest.mark.parametrize(
    ("image", "read"), [({"is_single": True}, UNREAD), ({"mark": "—"}, "—"), ({}, "")]
)
def test_no_number_or_mark_outside_of_tables_is_blank(image: Any, read: str) -> None:
    reader = _FixedReader((Recognition((), (), 0.0),))
    images = [replace(_IMAGE, cell=None, **image)]
    [glyphs] = choose_readings([_GRID], images, reader.first, reader)  # type: ignore[arg-type]
    assert "".join(glyph.text for glyph in glyphs) == read


def test_a_stain_alone_makes_no_mark() -> None:
    """A stroke of a grey stamp has the shape of a dash, and not its ink."""

    def barred(grey: Any) -> None:
        grey[332:336, 260:291] = 150

    def dashed(grey: Any) -> None:
        cv2.line(grey, (260, 335), (290, 335), 30, 3)

    assert _image(_prepared(dashed)).mark in ("-", "—")
    assert _image(_prepared(barred)).mark == ""


class _FixedReader:
    """A recogniser that returns the given readings of first and second strips.

    ``careful`` are the careful model's readings of the strips of a number, first and second.
    """

    def __init__(
        self,
        first: Sequence[Recognition],
        second: Sequence[Recognition] = (),
        careful: Sequence[Recognition] = (),
    ) -> None:
        self.first, self.second, self.careful, self.count = first, second, careful, 0

    def read(self, images: Sequence[Any]) -> Sequence[Recognition]:
        self.count += len(images)
        return self.second if images else []

    def read_carefully(self, images: Sequence[Any]) -> Sequence[Recognition]:
        return self.careful if images else []

    def is_number(self, text: str) -> bool:
        return bool(text) and text.isdigit()

    def count_words(self, text: str) -> int:
        return text.count("其他")


def _grid() -> Grid:
    cells = [
        Cell(row, column, 1, 1, Box(60 * column, 20 * row, 60 * column + 60, 20 * row + 20), "", ())
        for row in range(3)
        for column in range(3)
    ]
    return Grid(1, Box(0, 0, 180, 60), 3, 3, tuple(cells), "ocr")


_GRID = _grid()
_IMAGE = CellImage(paper(20, 20), [StripPart(0, InkRun(0, 0, 20, 20))], (0, 0), 20.0, 1.0, (0, 4))


def _recognition(text: str, score: float = 0.995, number: str | None = None) -> Recognition:
    def glyphs(letters: str) -> tuple[Glyph, ...]:
        return tuple(Glyph(each, 0.5, score) for each in letters)

    return Recognition(glyphs(text), glyphs(text if number is None else number), 0.0)


def _read_middle(
    one: Recognition,
    second: Recognition | None = None,
    careful: Sequence[Recognition] = (),
    **changes: Any,
) -> tuple[Any, int]:
    """The glyphs of the middle one of nine cells, the others zeros; the number of second strips."""
    images = [replace(_IMAGE, cell=(0, k)) for k in range(9)]
    second_strip = (lambda: _IMAGE.strip) if second else None
    images[4] = replace(images[4], second_strip=second_strip, **changes)
    first = [_recognition("0") for _ in images]
    first[4] = one
    reader = _FixedReader(first, [second] if second else [], careful)
    readings = choose_readings([_GRID], images, first, reader)  # type: ignore[arg-type]
    return readings[4], reader.count


def test_a_number_in_doubt_is_read_twice_and_trusted_only_where_both_agree() -> None:
    one, other = _recognition("1", 0.9), _recognition("7", 0.8)
    glyphs, count = _read_middle(one, other, [one, other])
    assert (glyphs, count) == ((Glyph("1", 0.5, 0.5),), 1)
    glyphs, _ = _read_middle(_recognition("1", 0.9), _recognition("1", 0.9))
    assert glyphs[0].score > 0.8


def test_the_careful_model_decides_between_two_readings_that_differ() -> None:
    seven = _recognition("7", 0.98)
    glyphs, _ = _read_middle(_recognition("1", 0.9), _recognition("7", 0.8), [seven, seven])
    assert glyphs == (Glyph("7", 0.5, 0.98),)


def test_a_label_among_numbers_stays_a_label() -> None:
    glyphs, _ = _read_middle(_recognition("总计", number="1"))
    assert "".join(g.text for g in glyphs) == "总计"


def test_a_stroke_among_numbers_stays_a_stroke() -> None:
    glyphs, _ = _read_middle(_recognition("1"), mark="/")
    assert glyphs[0].text == "/"


def test_two_readings_that_differ_are_little_trusted() -> None:
    one, other = (Glyph("1", 0.5, 0.99),), (Glyph("7", 0.5, 0.95),)
    assert merge_glyphs(one, other) == (Glyph("1", 0.5, 0.5),)
    assert merge_glyphs(one, one) == one


def test_what_the_model_saw_beside_digits_lowers_the_score() -> None:
    glyphs = (Glyph("0", 0.5, 0.9),)
    assert Recognition(glyphs, glyphs, 0.5).discounted_number()[0].score < 0.5
    assert Recognition(glyphs, glyphs, 0.0).discounted_number()[0].score == 0.9


@pytest.mark.model
def test_a_number_is_read_with_nothing_but_its_alphabet() -> None:
    grey = paper(60, 160, 0.0)
    type_text(grey, "4119", 30, 42)
    [found] = load_recogniser("0123456789").read([grey])
    assert "".join(glyph.text for glyph in found.number) == "4119"
    assert all(glyph.score > 0.9 for glyph in found.number)
    assert np.all(np.diff([glyph.position for glyph in found.number]) > 0)
