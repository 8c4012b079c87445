"""Cells of tables as strips for the recogniser, and which reading of a strip counts.

A number cell is read twice, its ink made ready in two ways, with nothing allowed but
what a number cell may hold. What is no letter and yet is ink makes a cell less certain,
and never blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gongkai.extractors.ocr.chars import UNREAD, is_wide, squared
from gongkai.extractors.ocr.ink_runs import Piece, Run, letter_height, mark_of, runs_in, strip_of
from gongkai.extractors.ocr.page_bitmap import Pixels
from gongkai.extractors.ocr.prepare import Prepared, words_in
from gongkai.extractors.ocr.recogniser import Glyph, Recognised, Recogniser
from gongkai.model import Box, Cell, Grid

# above and beside the ink, as parts of its height; wider than in prose: the strip is cheaper
_CELL_MARGINS = (0.2, 0.25)
_NUMBER_MARGINS = (0.28, 0.45)
_OTHER_MARGINS = (0.18, 0.7)
_NUMBER_WIDTH = 7.0  # letters: a single line narrower than this may be a number
_SOILED = 0.85  # the most confidence for ink that something else touches
_MARK_SCORE = 0.95  # confidence in a mark that its shape tells
_PLAIN = 0.99  # score from which on one reading is enough where sums prove the numbers
_MANY = 8  # columns of a table that sums prove
_AT_ODDS = 0.5  # the most confidence where two readings of a cell differ
_WORD = 0.7  # score from which on a Chinese letter makes a cell a label
_DUST = 14  # pixels of ink at 150 dpi that hang together: a cell with more is not blank
_DEEP = 0.3  # letters that ink from beyond a cell's rules reaches into it, to soil it
_BESIDE = 0.015  # inches along a rule that are taken for it
_COLOURED = 0.004  # share of coloured pixels: a stamp lies over the cell

Inside = tuple[int, int, int, int]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Task:
    """One strip to be recognised: of a cell (grid and index of the cell) or of prose."""

    strip: Pixels
    pieces: Sequence[Piece]
    origin: tuple[int, int]
    letter: float
    most: float  # the most confidence this ink deserves
    cell: tuple[int, int] | None
    again: Pixels | None = None  # a number's strip made ready in another way
    mark: str = ""  # what the shape of the ink alone tells: /, - or —


def cell_tasks(prepared: Prepared, k: int, grid: Grid) -> list[Task]:
    """The strips of one table, the k-th of its page. A cell without any ink has none."""
    insides = [inside_of(prepared, cell.box) for cell in grid.cells]
    letter = usual_letter(prepared, insides)
    tasks = [cell_task(prepared, inside, letter, (k, c)) for c, inside in enumerate(insides)]
    return [task for task in tasks if task is not None]


def cell_task(
    prepared: Prepared, inside: Inside, letter: float, cell: tuple[int, int]
) -> Task | None:
    """The strip of one cell, or None where it is blank."""
    x0, top, x1, bottom = inside
    if x1 - x0 < 4 or bottom - top < 4:
        return None
    part = np.s_[top:bottom, x0:x1]
    ink = prepared.ink[part]
    runs = runs_in(ink, letter, float("inf"))
    if not runs:
        return None if _is_blank(prepared, prepared.pale[part]) else _unread(inside, letter, cell)
    grey = prepared.picture.grey[part].copy()
    grey[prepared.ruling.mask[part] > 0] = int(np.percentile(grey, 85))
    # where a grey stamp lies over a number, only the darkest ink is the number's
    dark = prepared.dark[part]
    darkest = [run for run in runs_in(dark, letter, float("inf")) if run.height > 0.5 * letter]
    stained = _is_stained(prepared, part)
    foreign = _reaches_in(ink, letter, _BESIDE * prepared.picture.dpi)
    most = _SOILED if stained or foreign or _is_soiled(prepared, inside) else 1.0
    single = len(runs) == 1 and runs[0].x1 - runs[0].x0 < _NUMBER_WIDTH * letter
    if not single and not (stained and len(darkest) == 1):
        strip, pieces = strip_of(grey, runs, _CELL_MARGINS, letter)
        return Task(strip, pieces, (x0, top), letter, most, cell)
    strip, pieces = strip_of(grey, runs, _NUMBER_MARGINS, letter)
    second = darkest if stained and darkest else runs
    again, _ = strip_of(_hardened(grey, ink), second, _OTHER_MARGINS, letter)
    mark = _shape(ink, runs, letter)
    if stained and mark != _shape(dark, darkest, letter):
        mark = ""
    return Task(strip, pieces, (x0, top), letter, most, cell, again, mark)


def _shape(ink: Pixels, runs: Sequence[Run], letter: float) -> str:
    if len(runs) != 1:
        return ""
    run = runs[0]
    return mark_of(ink[run.top : run.bottom, run.x0 : run.x1], letter)


def inside_of(prepared: Prepared, box: Box) -> Inside:
    """A cell's inside in pixels, its rules left out."""
    dpi = prepared.picture.dpi
    margin = max(2.0, 0.012 * dpi)
    x0, top, x1, bottom = (edge * dpi / 72 for edge in box)
    rows, columns = prepared.ink.shape
    return (
        max(0, round(x0 + margin)),
        max(0, round(top + margin)),
        min(columns, round(x1 - margin)),
        min(rows, round(bottom - margin)),
    )


def usual_letter(prepared: Prepared, insides: Sequence[Inside]) -> float:
    """The usual height of letters in these cells, in pixels."""
    x0, top = min(i[0] for i in insides), min(i[1] for i in insides)
    x1, bottom = max(i[2] for i in insides), max(i[3] for i in insides)
    return letter_height(prepared.ink[top:bottom, x0:x1], prepared.picture.dpi)


def _unread(inside: Inside, letter: float, cell: tuple[int, int]) -> Task:
    """Pale ink where no letter is: not to be read, and not to be called blank."""
    x0, top, x1, bottom = inside
    high = max(4, min(int(letter), bottom - top))
    left, upper = (x1 - x0) // 2, (bottom - top - high) // 2
    run = Run(left, upper, left + high, upper + high)
    paper = np.full((high, high), 255, np.uint8)
    return Task(paper, [Piece(0, run)], (x0, top), letter, 0.0, cell)


def _hardened(grey: Pixels, ink: Pixels) -> Pixels:
    """Only the darkest ink, its edges kept soft: a stamp over a number fades."""
    letters = grey[ink > 0]
    dark, paper = float(np.percentile(letters, 10)), float(np.percentile(grey, 85))
    low, high = dark + 0.15 * (paper - dark), dark + 0.65 * (paper - dark)
    stretched = (grey.astype(np.float32) - low) * (255 / max(high - low, 1.0))
    return np.clip(stretched, 0, 255).astype(np.uint8)


def _is_stained(prepared: Prepared, part: tuple[slice, slice]) -> bool:
    """Does ink that is paler than letters lie in a cell, as a grey stamp's does?"""
    pale = prepared.pale[part].copy()
    pale[cv2.dilate(prepared.dark[part], np.ones((5, 5), np.uint8)) > 0] = 0
    return not _is_blank(prepared, pale)


def _is_blank(prepared: Prepared, pale: Pixels) -> bool:
    count, _, stats, _ = cv2.connectedComponentsWithStats(pale, connectivity=8)
    largest = max((int(s[cv2.CC_STAT_AREA]) for s in stats[1:count]), default=0)
    return largest < _DUST * (prepared.picture.dpi / 150) ** 2


def _is_soiled(prepared: Prepared, inside: Inside) -> bool:
    """Is there coloured or pale ink in a cell that is not of its letters?"""
    x0, top, x1, bottom = inside
    part = np.s_[top:bottom, x0:x1]
    if prepared.picture.coloured[part].mean() > _COLOURED:
        return True
    near = cv2.dilate(prepared.ink[part], np.ones((5, 5), np.uint8))
    pale = prepared.pale[part].copy()
    pale[near > 0] = 0
    return not _is_blank(prepared, pale)


def _reaches_in(ink: Pixels, letter: float, near: float) -> bool:
    """Does ink run into a cell from beyond its rules, as a black stamp's ring does?

    ``near``: pixels along a rule that were taken for it.
    """
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    rows, columns = ink.shape
    return any(
        (h > _DEEP * letter and (y <= near or y + h >= rows - near))
        or (w > _DEEP * letter and (x <= near or x + w >= columns - near))
        for x, y, w, h, _ in stats[1:count].tolist()
    )


# ------------------------------------------------------------------ readings


def chosen(
    grids: Sequence[Grid],
    tasks: Sequence[Task],
    found: Sequence[Recognised],
    reader: Recogniser,
) -> list[tuple[Glyph, ...]]:
    """For each strip its free reading, or in number cells the restricted one."""
    numeric = {
        task.cell: bool(task.mark) or reader.is_number(each.text)
        for task, each in zip(tasks, found, strict=True)
        if task.cell is not None
    }
    readings: list[tuple[Glyph, ...]] = []
    numbers: list[int] = []  # of the tasks whose cells hold numbers
    for i, (task, each) in enumerate(zip(tasks, found, strict=True)):
        glyphs = squared(each.free)
        if task.cell is not None:
            k, c = task.cell
            if task.mark:
                glyphs = (Glyph(task.mark, 0.5, _MARK_SCORE),)
            elif numeric[task.cell] or (
                len(each.free) <= 3
                and not _is_word(each.free)
                and _in_body(grids[k], grids[k].cells[c], k, numeric)
            ):
                glyphs = each.certain()
                if (
                    grids[k].columns < _MANY
                    or task.most < 1.0
                    or any(glyph.score < _PLAIN for glyph in glyphs)
                ):
                    numbers.append(i)
            glyphs = glyphs or (Glyph(UNREAD, 0.5, 0.0),)
        readings.append(glyphs)
    for i, other in zip(numbers, read_again(tasks, numbers, reader), strict=True):
        if other is not None:
            readings[i] = agreed(readings[i], other) or (Glyph(UNREAD, 0.5, 0.0),)
    return readings


def read_again(
    tasks: Sequence[Task], numbers: Sequence[int], reader: Recogniser
) -> list[tuple[Glyph, ...] | None]:
    """The second reading of number cells, None where a cell has none."""
    second = {i: again for i in numbers if (again := tasks[i].again) is not None}
    found = dict(zip(second, reader.read(list(second.values())), strict=True))
    return [found[i].certain() if i in found else None for i in numbers]


def agreed(one: tuple[Glyph, ...], other: tuple[Glyph, ...]) -> tuple[Glyph, ...]:
    """Two readings of one number: where they differ, the surer one, and little trust in it."""
    if [g.text for g in one] == [g.text for g in other]:
        return tuple(
            Glyph(a.text, a.place, (a.score + b.score) / 2) for a, b in zip(one, other, strict=True)
        )
    best = max(one, other, key=lambda glyphs: min((g.score for g in glyphs), default=0.0))
    return tuple(Glyph(g.text, g.place, min(g.score, _AT_ODDS)) for g in best)


def _is_word(glyphs: Sequence[Glyph]) -> bool:
    """Chinese that was read with certainty: a label, whatever stands around it."""
    if not any(is_wide(glyph.text) for glyph in glyphs):
        return False
    known = words_in("".join(glyph.text for glyph in glyphs)) > 0
    return known or all(glyph.score > _WORD for glyph in glyphs)


def _in_body(grid: Grid, cell: Cell, k: int, numeric: dict[tuple[int, int], bool]) -> bool:
    """Is a cell surrounded by numbers, in its row or its column?"""
    for axis in ("row", "column"):
        place = getattr(cell, axis)
        beside = [
            numeric[k, c]
            for c, other in enumerate(grid.cells)
            if other is not cell and getattr(other, axis) == place and (k, c) in numeric
        ]
        if len(beside) > 1 and sum(beside) > 0.5 * len(beside):
            return True
    return False
