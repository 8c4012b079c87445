"""Cells of tables: blank only without any ink, uncertain where something else lies in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gongkai.extractors.ocr.preparing import Prepared, told_apart
from gongkai.extractors.ocr.recogniser import Glyph, Recognised, recogniser
from gongkai.extractors.ocr.strips import agreed, cell_task, inside_of
from gongkai.model import Box
from helpers.papers import draw_lattice, paper, picture, type_text

BOX = Box(150 * 0.36, 300 * 0.36, 400 * 0.36, 370 * 0.36)


def _prepared(draw: Any = None) -> Prepared:
    grey = paper()
    draw_lattice(grey, [150, 400, 550, 700], [300, 370, 440, 510])
    for y in (420, 490):
        type_text(grey, "1234", 430, y)
    if draw is not None:
        draw(grey)
    return told_apart(picture(grey))


def _task(prepared: Prepared) -> Any:
    return cell_task(prepared, inside_of(prepared, BOX), 22.0, (0, 0))


def test_a_cell_without_ink_has_nothing_to_read() -> None:
    assert _task(_prepared()) is None


def test_a_faint_digit_is_not_blank() -> None:
    """Sums cannot tell a blank from a zero: ink too pale to read is refused."""

    def faint(grey: Any) -> None:
        type_text(grey, "0", 260, 348, ink=215)

    task = _task(_prepared(faint))
    assert task is not None
    assert task.most == 0.0


def test_dust_is_blank() -> None:
    def dust(grey: Any) -> None:
        grey[330:332, 250:252] = 60
        grey[350:352, 320:322] = 60

    assert _task(_prepared(dust)) is None


def test_a_number_with_other_ink_beside_it_is_trusted_less() -> None:
    def clean(grey: Any) -> None:
        type_text(grey, "17", 260, 348)

    def stamped(grey: Any) -> None:
        clean(grey)
        grey[310:360, 330:336] = 205

    assert _task(_prepared(clean)).most == 1.0
    assert _task(_prepared(stamped)).most < 0.9


def test_two_readings_that_differ_are_little_trusted() -> None:
    one, other = (Glyph("1", 0.5, 0.99),), (Glyph("7", 0.5, 0.95),)
    assert agreed(one, other) == (Glyph("1", 0.5, 0.5),)
    assert agreed(one, one) == one


def test_what_the_model_saw_beside_digits_lowers_the_score() -> None:
    glyphs = (Glyph("0", 0.5, 0.9),)
    assert Recognised(glyphs, glyphs, 0.5).certain()[0].score < 0.5
    assert Recognised(glyphs, glyphs, 0.0).certain()[0].score == 0.9


def test_a_number_is_read_with_nothing_but_its_alphabet() -> None:
    grey = paper(60, 160, 0.0)
    type_text(grey, "4119", 30, 42)
    [found] = recogniser("0123456789").read([grey])
    assert "".join(glyph.text for glyph in found.number) == "4119"
    assert all(glyph.score > 0.9 for glyph in found.number)
    assert np.all(np.diff([glyph.place for glyph in found.number]) > 0)
