"""One page that is a picture, as the same Page that every reader gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium

from gongkai.extractors.grids import find_grids
from gongkai.extractors.ocr.chars import UNREAD, chars_of, is_wide, squared
from gongkai.extractors.ocr.lines import (
    Piece,
    Run,
    letter_height,
    mark_of,
    runs_in,
    strip_of,
    text_ink,
)
from gongkai.extractors.ocr.picture import (
    DPI,
    Picture,
    Pixels,
    cleaned,
    deskewed,
    ink_of,
    render,
    turned,
)
from gongkai.extractors.ocr.recogniser import Glyph, Recognised, Recogniser
from gongkai.extractors.ocr.rules import Ruling, find_rules, straightened
from gongkai.model import Box, Cell, Char, Grid, Page

_LABEL_MARGINS = (0.14, 0.25)  # above and beside the ink, as parts of its height
_NUMBER_MARGINS = (0.28, 0.45)
_OTHER_MARGINS = (0.18, 0.7)
_NUMBER_WIDTH = 7.0  # letters: a single line narrower than this may be a number
_SOILED = 0.85  # the most confidence for ink that something else touches
_MARK_SCORE = 0.95
_AT_ODDS = 0.5  # the most confidence where two readings of a cell differ
_LINES = 6  # printed lines that tell which way up a page lies
_SURE = 0.9  # score of a letter that is read with certainty
_PLAIN = 8  # such letters that leave no doubt which way up the page lies


@dataclass(frozen=True)
class _Task:
    """One strip to be recognised: of a cell (grid and index) or of prose (None)."""

    strip: Pixels
    pieces: Sequence[Piece]
    origin: tuple[int, int]
    letter: float
    most: float
    cell: tuple[int, int] | None
    again: Pixels | None = None  # a number cell's strip made ready in another way
    mark: str = ""  # what the shape of the ink alone tells: /, - or —


@dataclass(frozen=True)
class Prepared:
    """A page's picture made ready: upright and straight, its rules and inks told apart."""

    picture: Picture
    ruling: Ruling
    ink: Pixels  # letters
    pale: Pixels  # any ink at all but rules: where none is, a cell is blank
    letter: float


def prepare(document: pdfium.PdfDocument, number: int, reader: Recogniser, dpi: float) -> Prepared:
    """Render a page (from 1) and make it ready, whichever way up it lies."""
    cv2.setNumThreads(1)  # workers must not fight for cores
    raw = cleaned(render(document, number, dpi))
    best: tuple[int, Prepared] | None = None
    for quarters in (0, 2, 1, 3):
        prepared = _prepared(turned(raw, quarters))
        sure, doubtful = _legible(prepared, reader)
        if best is None or sure > best[0]:
            best = sure, prepared
        if sure >= _PLAIN and sure > 2 * doubtful:
            break
    assert best is not None
    return best[1]


def _prepared(picture: Picture) -> Prepared:
    picture = straightened(deskewed(picture))
    ruling = find_rules(picture)
    ink = text_ink(picture, ruling.mask)
    pale = ink_of(picture.grey, picture.dpi)
    pale[cv2.dilate(ruling.mask, np.ones((3, 3), np.uint8)) > 0] = 0
    return Prepared(picture, ruling, ink, pale, letter_height(ink, picture.dpi))


def _legible(prepared: Prepared, reader: Recogniser) -> tuple[int, int]:
    """Chinese letters of a few printed lines that are read with certainty this way up, and
    those that are not."""
    letter = prepared.letter
    runs = [
        run
        for run in runs_in(prepared.ink, letter, 1.2 * letter)
        if 0.6 * letter < run.height < 2 * letter and run.x1 - run.x0 > 2 * letter
    ]
    runs.sort(key=lambda run: abs(run.x1 - run.x0 - 8 * letter))
    strips = [strip_of(prepared.picture.grey, [run], _LABEL_MARGINS)[0] for run in runs[:_LINES]]
    found = reader.read([strip[:, : int(14 * letter)] for strip in strips])
    scores = [g.score for each in found for g in each.free if is_wide(g.text)]
    sure = sum(score > _SURE for score in scores)
    return sure, len(scores) - sure


def read_page(
    document: pdfium.PdfDocument,
    number: int,
    reader: Recogniser,
    *,
    want_text: bool = True,
    image_share: float = 1.0,
    dpi: float = DPI,
) -> Page:
    """Read one page (from 1) from its picture."""
    prepared = prepare(document, number, reader, dpi)
    picture, scale = prepared.picture, 72 / prepared.picture.dpi
    bare = Page(number, *picture.size(), (), prepared.ruling.rules(picture.dpi), image_share, "ocr")
    grids = find_grids(bare)
    tasks = [task for k, grid in enumerate(grids) for task in _cell_tasks(prepared, k, grid)]
    tasks += _prose_tasks(prepared, grids, want_text)
    found = reader.read([task.strip for task in tasks])
    chosen = _chosen(grids, tasks, found, reader)
    chars: list[Char] = []
    for task, glyphs in zip(tasks, chosen, strict=True):
        chars += chars_of(
            glyphs,
            task.pieces,
            task.strip.shape[1],
            task.origin,
            scale,
            task.letter,
            task.most,
        )
    return Page(
        number,
        bare.width,
        bare.height,
        tuple(chars),
        bare.rules,
        image_share,
        "ocr",
        picture.onto_page(),
    )


# --------------------------------------------------------------------- cells


def _cell_tasks(prepared: Prepared, k: int, grid: Grid) -> list[_Task]:
    insides = [_inside(prepared, cell) for cell in grid.cells]
    letter = _grid_letter(prepared, insides)
    tasks = []
    for c, (x0, top, x1, bottom) in enumerate(insides):
        if x1 - x0 < 4 or bottom - top < 4:
            continue
        ink = prepared.ink[top:bottom, x0:x1]
        runs = runs_in(ink, letter, float("inf"))
        if not runs:
            pale = prepared.pale[top:bottom, x0:x1]
            if not _is_blank(pale, prepared.picture.dpi):
                tasks.append(_unread(top, bottom, x0, x1, letter, (k, c)))
            continue
        grey = prepared.picture.grey[top:bottom, x0:x1].copy()
        paper = int(np.percentile(grey, 85))
        grey[prepared.ruling.mask[top:bottom, x0:x1] > 0] = paper
        may_be_number = len(runs) == 1 and runs[0].x1 - runs[0].x0 < _NUMBER_WIDTH * letter
        most = _SOILED if _is_soiled(prepared, (x0, top, x1, bottom)) else 1.0
        mark, again = "", None
        if may_be_number:
            strip, pieces = strip_of(grey, runs, _NUMBER_MARGINS, letter)
            again, _ = strip_of(_hardened(grey, ink), runs, _OTHER_MARGINS, letter)
            run = runs[0]
            mark = mark_of(ink[run.top : run.bottom, run.x0 : run.x1], letter)
        else:
            strip, pieces = strip_of(grey, runs, _LABEL_MARGINS, letter)
        tasks.append(_Task(strip, pieces, (x0, top), letter, most, (k, c), again, mark))
    return tasks


def _unread(top: int, bottom: int, x0: int, x1: int, letter: float, cell: tuple[int, int]) -> _Task:
    """Pale ink where no letter is: not to be read, and not to be called blank."""
    high = max(4, min(int(letter), bottom - top))
    run = Run(
        (x1 - x0) // 2,
        (bottom - top - high) // 2,
        (x1 - x0) // 2 + high,
        (bottom - top + high) // 2,
    )
    paper = np.full((high, high), 255, np.uint8)
    return _Task(paper, [Piece(0, run)], (x0, top), letter, 0.0, cell)


def _inside(prepared: Prepared, cell: Cell) -> tuple[int, int, int, int]:
    """A cell's inside in pixels, its rules left out."""
    dpi = prepared.picture.dpi
    margin = max(2.0, 0.012 * dpi)
    x0, top, x1, bottom = (edge * dpi / 72 for edge in cell.box)
    rows, columns = prepared.ink.shape
    return (
        max(0, round(x0 + margin)),
        max(0, round(top + margin)),
        min(columns, round(x1 - margin)),
        min(rows, round(bottom - margin)),
    )


def _grid_letter(prepared: Prepared, insides: Sequence[tuple[int, int, int, int]]) -> float:
    """The usual height of letters in one table."""
    x0, top = min(i[0] for i in insides), min(i[1] for i in insides)
    x1, bottom = max(i[2] for i in insides), max(i[3] for i in insides)
    return letter_height(prepared.ink[top:bottom, x0:x1], prepared.picture.dpi)


def _hardened(grey: Pixels, ink: Pixels) -> Pixels:
    """Only the darkest ink, its edges kept soft: a stamp over a number fades."""
    letters = grey[ink > 0]
    dark, paper = float(np.percentile(letters, 10)), float(np.percentile(grey, 85))
    low, high = dark + 0.15 * (paper - dark), dark + 0.65 * (paper - dark)
    stretched = (grey.astype(np.float32) - low) * (255 / max(high - low, 1.0))
    return np.clip(stretched, 0, 255).astype(np.uint8)


def _is_blank(pale: Pixels, dpi: float) -> bool:
    count, _, stats, _ = cv2.connectedComponentsWithStats(pale, connectivity=8)
    largest = max((int(s[cv2.CC_STAT_AREA]) for s in stats[1:count]), default=0)
    return largest < 14 * (dpi / 150) ** 2


def _is_soiled(prepared: Prepared, inside: tuple[int, int, int, int]) -> bool:
    """Is there coloured or pale ink in a cell that is not of its letters?"""
    x0, top, x1, bottom = inside
    part = np.s_[top:bottom, x0:x1]
    if prepared.picture.coloured[part].mean() > 0.004:
        return True
    near = cv2.dilate(prepared.ink[part], np.ones((5, 5), np.uint8))
    pale = prepared.pale[part].copy()
    pale[near > 0] = 0
    return not _is_blank(pale, prepared.picture.dpi)


def _chosen(
    grids: Sequence[Grid],
    tasks: Sequence[_Task],
    found: Sequence[Recognised],
    reader: Recogniser,
) -> list[tuple[Glyph, ...]]:
    """For each strip its free reading, or in number cells the restricted one."""
    numeric = {
        task.cell: bool(task.mark) or reader.is_number(each.text)
        for task, each in zip(tasks, found, strict=True)
        if task.cell is not None
    }
    chosen: list[tuple[Glyph, ...]] = []
    numbers: list[int] = []  # of the tasks whose cells hold numbers
    for i, (task, each) in enumerate(zip(tasks, found, strict=True)):
        glyphs = squared(each.free)
        if task.cell is not None:
            k, c = task.cell
            if task.mark:
                glyphs = (Glyph(task.mark, 0.5, _MARK_SCORE),)
            elif numeric[task.cell] or (
                len(each.free) <= 2
                and not _is_word(each.free)
                and _in_body(grids[k], grids[k].cells[c], k, numeric)
            ):
                glyphs = each.certain()
                numbers.append(i)
            glyphs = glyphs or (Glyph(UNREAD, 0.5, 0.0),)
        chosen.append(glyphs)
    second = [(i, again) for i in numbers if (again := tasks[i].again) is not None]
    others = reader.read([again for _, again in second])
    for (i, _), other in zip(second, others, strict=True):
        chosen[i] = _agreed(chosen[i], other.certain())
    return chosen


def _agreed(one: tuple[Glyph, ...], other: tuple[Glyph, ...]) -> tuple[Glyph, ...]:
    """Two readings of one number: where they differ, the surer one, and little trust in it."""
    if [g.text for g in one] == [g.text for g in other]:
        return tuple(
            Glyph(a.text, a.place, (a.score + b.score) / 2) for a, b in zip(one, other, strict=True)
        )
    best = max(one, other, key=lambda glyphs: min((g.score for g in glyphs), default=0.0))
    return tuple(Glyph(g.text, g.place, min(g.score, _AT_ODDS)) for g in best)


def _is_word(glyphs: Sequence[Glyph]) -> bool:
    """Chinese that was read with certainty: a label, whatever stands around it."""
    return any(is_wide(glyph.text) for glyph in glyphs) and all(g.score > 0.7 for g in glyphs)


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


# --------------------------------------------------------------------- prose


def _prose_tasks(prepared: Prepared, grids: Sequence[Grid], want_text: bool) -> list[_Task]:
    ink = prepared.ink.copy()
    dpi, letter = prepared.picture.dpi, prepared.letter
    for grid in grids:
        x0, top, x1, bottom = (edge * dpi / 72 for edge in grid.box)
        ink[max(0, int(top) - 2) : int(bottom) + 2, max(0, int(x0) - 2) : int(x1) + 2] = 0
    letter = letter_height(ink, dpi)
    runs = [run for run in runs_in(ink, letter, 3 * letter) if _is_line(run, letter)]
    if not want_text:
        runs = _headings(runs, letter)
    tasks = []
    for run in runs:
        strip, pieces = strip_of(prepared.picture.grey, [run], _LABEL_MARGINS)
        tasks.append(_Task(strip, pieces, (0, 0), letter, 1.0, None))
    return tasks


def _is_line(run: Run, letter: float) -> bool:
    return run.height > 0.4 * letter and run.x1 - run.x0 > 0.3 * letter


def _headings(runs: Sequence[Run], letter: float) -> list[Run]:
    """Lines that may be titles or headings: set in or centred, and ending short."""
    if not runs:
        return []
    widest = max(run.x1 - run.x0 for run in runs)
    long = [run for run in runs if run.x1 - run.x0 > 0.8 * widest]
    left, right = min(run.x0 for run in long), max(run.x1 for run in long)
    return [
        run
        for run in runs
        if run.height > 1.25 * letter or (run.x0 > left + letter and run.x1 < right - 1.5 * letter)
    ]


def cell_boxes(page: Page) -> list[Box]:
    """The boxes of all cells on a page, for tests and for a second look."""
    return [cell.box for grid in find_grids(page) for cell in grid.cells]


_ = Any
