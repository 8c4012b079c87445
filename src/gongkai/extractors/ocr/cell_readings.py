"""Chooses the reading of each image: free text, or a number read with a restricted alphabet.

Number cells are read twice, their ink prepared in two ways, with only those characters
allowed that a number cell may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gongkai.extractors.ocr.cell_images import CellImage, CellPlace
from gongkai.extractors.ocr.chars import UNREAD, fix_punctuation, glyph_text, is_wide
from gongkai.extractors.ocr.line_model import Glyph, Recognition
from gongkai.extractors.ocr.recogniser import Recogniser
from gongkai.model import Cell, Grid

_MARK_CONFIDENCE = 0.95  # of a mark that is recognised by its shape
_CLEAR_SCORE = 0.99  # of a number for which one reading is enough, where sums check it
_SUM_COLUMNS = 8  # columns of a table whose sums check its numbers
_DISPUTED_CONFIDENCE = 0.5  # upper limit where two readings of a cell differ
_MIN_WORD_SCORE = 0.7  # of Chinese letters that make a cell a label
_MAX_NUMBER_LETTERS = 3  # of a free reading that may be a misread number


def choose_readings(
    grids: Sequence[Grid],
    images: Sequence[CellImage],
    found: Sequence[Recognition],
    reader: Recogniser,
) -> list[tuple[Glyph, ...]]:
    """The glyphs of each image, in the order of ``images``; ``found`` are their recognitions."""
    numeric = {
        image.cell: bool(image.mark) or reader.is_number(each.text)
        for image, each in zip(images, found, strict=True)
        if image.cell is not None
    }
    readings: list[tuple[Glyph, ...]] = []
    doubtful: list[int] = []  # indices of numbers to read a second time
    for i, (image, each) in enumerate(zip(images, found, strict=True)):
        glyphs = fix_punctuation(each.free)
        if image.mark:
            glyphs = (Glyph(image.mark, 0.5, _MARK_CONFIDENCE),)
        elif image.cell is not None:
            grid = grids[image.cell[0]]
            if numeric[image.cell] or _may_be_number(each, image.cell, grid, numeric, reader):
                glyphs = each.discounted_number()
                if _is_doubtful(glyphs, image, grid):
                    doubtful.append(i)
        if not glyphs and (image.is_single or image.cell is not None):
            glyphs = (Glyph(UNREAD, 0.5, 0.0),)
        readings.append(glyphs)
    for i, merged in read_twice({i: readings[i] for i in doubtful}, images, reader).items():
        readings[i] = merged or (Glyph(UNREAD, 0.5, 0.0),)
    return readings


def _is_doubtful(glyphs: Sequence[Glyph], image: CellImage, grid: Grid) -> bool:
    """Does a number need a second reading?"""
    return (
        grid.columns < _SUM_COLUMNS
        or image.max_confidence < 1.0
        or any(glyph.score < _CLEAR_SCORE for glyph in glyphs)
    )


def read_twice(
    first: Mapping[int, tuple[Glyph, ...]], images: Sequence[CellImage], reader: Recogniser
) -> dict[int, tuple[Glyph, ...]]:
    """Read numbers again, their ink prepared in another way, and merge the readings.

    ``first`` has the first readings by index of ``images``. Where the two differ, the careful
    model alone reads both images.
    """
    merged = dict(first)
    strips = {i: make() for i in first if (make := images[i].second_strip) is not None}
    second = _numbers(reader.read(list(strips.values())), strips)
    differing = [i for i in strips if glyph_text(first[i]) != glyph_text(second[i])]
    both = [strip for i in differing for strip in (images[i].strip, strips[i])]
    careful = reader.read_carefully(both)
    one, other = (_numbers(careful[k::2], differing) for k in (0, 1))
    for i in strips:
        merged[i] = merge_glyphs(one.get(i, first[i]), other.get(i, second[i]))
    return merged


def _numbers(found: Sequence[Recognition], keys: Iterable[int]) -> dict[int, tuple[Glyph, ...]]:
    return {i: each.discounted_number() for i, each in zip(keys, found, strict=True)}


def merge_glyphs(one: tuple[Glyph, ...], other: tuple[Glyph, ...]) -> tuple[Glyph, ...]:
    """Merge two readings of one number.

    If they agree, their scores are averaged. If they differ, the reading whose lowest score is
    higher is kept, with low confidence.
    """
    if [g.text for g in one] == [g.text for g in other]:
        return tuple(
            Glyph(a.text, a.position, (a.score + b.score) / 2)
            for a, b in zip(one, other, strict=True)
        )
    best = max(one, other, key=lambda glyphs: min((g.score for g in glyphs), default=0.0))
    return tuple(Glyph(g.text, g.position, min(g.score, _DISPUTED_CONFIDENCE)) for g in best)


def _may_be_number(
    found: Recognition,
    place: CellPlace,
    grid: Grid,
    numeric: Mapping[CellPlace, bool],
    reader: Recogniser,
) -> bool:
    """Is this a short reading, not a word, surrounded by numbers?"""
    return (
        len(found.free) <= _MAX_NUMBER_LETTERS
        and not _is_word(found.free, reader)
        and _is_among_numbers(grid, grid.cells[place[1]], place[0], numeric)
    )


def _is_word(glyphs: Sequence[Glyph], reader: Recogniser) -> bool:
    """Is a reading certain Chinese text, and so a label, whatever surrounds it?"""
    if not any(is_wide(glyph.text) for glyph in glyphs):
        return False
    is_known = reader.count_words(glyph_text(glyphs)) > 0
    return is_known or all(glyph.score > _MIN_WORD_SCORE for glyph in glyphs)


def _is_among_numbers(
    grid: Grid, cell: Cell, index: int, numeric: Mapping[CellPlace, bool]
) -> bool:
    """Are most other cells in the row or the column of a cell numbers?"""
    for axis in ("row", "column"):
        place = getattr(cell, axis)
        beside = [
            numeric[index, c]
            for c, other in enumerate(grid.cells)
            if other is not cell and getattr(other, axis) == place and (index, c) in numeric
        ]
        if len(beside) > 1 and sum(beside) > 0.5 * len(beside):
            return True
    return False
