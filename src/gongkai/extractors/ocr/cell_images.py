"""The images of table cells for the recogniser.

Ink other than letters lowers the confidence of a cell, and a cell with ink is never blank.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from gongkai.extractors.ocr.components import percentile
from gongkai.extractors.ocr.ink_runs import (
    InkRun,
    StripPart,
    find_runs,
    line_strip,
    stroke_mark,
    text_height,
)
from gongkai.extractors.ocr.page_bitmap import Pixels
from gongkai.extractors.ocr.segmented_page import SegmentedPage
from gongkai.model import Box, Grid

# Above and beside the ink, as multiples of its height. Those of cells are wider than those of
# prose: a cell has little text, so its strip costs less.
_CELL_MARGINS = (0.2, 0.25)
_NUMBER_MARGINS = (0.28, 0.45)
_SECOND_MARGINS = (0.18, 0.7)
_MAX_NUMBER_WIDTH = 7.0  # letters: a single line narrower than this may be a number
_SOILED_CONFIDENCE = 0.85  # upper limit for ink that other ink touches
_MIN_INK = 14  # connected pixels of ink at 150 dpi: a cell with more is not blank
_MIN_INTRUSION = 0.3  # letter heights: ink that enters a cell so far across its rules soils it
_RULE_MARGIN = 0.015  # inches beside a rule that count as part of it
_MIN_COLOURED = 0.004  # share of coloured pixels in a cell that a stamp covers

PixelBox = tuple[int, int, int, int]  # left, top, right, bottom
CellPlace = tuple[int, int]  # index of the grid on its page, index of the cell in the grid


@dataclass(frozen=True)
class CellImage:
    """One image for the recogniser: the text of one cell, or one line of prose."""

    strip: Pixels  # the lines of text beside each other, dark on light
    parts: Sequence[StripPart]
    origin: tuple[int, int]  # x, y in pixels of the page: the origin of the runs in the parts
    letter_height: float  # the typical one, in pixels
    max_confidence: float  # upper limit of the confidence in this ink, 0..1
    cell: CellPlace | None  # None for a line of prose
    second_strip: Callable[[], Pixels] | None = None  # of a number: prepares its ink in another way
    mark: str = ""  # /, - or — if the ink has that shape; else empty
    is_single: bool = False  # one or two letters beside a line of prose or of a table without rules


def table_images(page: SegmentedPage, index: int, grid: Grid) -> list[CellImage]:
    """The images of the cells of a grid, number ``index`` of its page; none for blank cells."""
    interiors = [cell_interior(page, cell.box) for cell in grid.cells]
    height = letter_height_in(page, interiors)
    images = [cell_image(page, each, height, (index, c)) for c, each in enumerate(interiors)]
    return [image for image in images if image is not None]


def cell_image(
    page: SegmentedPage, interior: PixelBox, letter_height: float, cell: CellPlace
) -> CellImage | None:
    """The image of one cell; None where it is blank."""
    x0, top, x1, bottom = interior
    if x1 - x0 < 4 or bottom - top < 4:
        return None
    part = np.s_[top:bottom, x0:x1]
    ink, dark = page.ink[part], page.dark[part]
    runs = find_runs(ink, letter_height, float("inf"))
    if not runs:
        if _is_blank(page, page.any_ink[part]):
            return None
        return _unreadable_image(interior, letter_height, cell)
    grey, rules = page.bitmap.grey[part], page.ruled.mask[part]
    if cv2.countNonZero(rules):
        grey = np.where(rules > 0, np.uint8(percentile(grey, 85)), grey)
    is_stained = _is_stained(page, part)
    dark_runs = _high_runs(dark, letter_height) if is_stained else []
    has_intrusion = _has_intrusion(ink, runs, letter_height, _RULE_MARGIN * page.bitmap.dpi)
    is_soiled = is_stained or has_intrusion or _is_soiled(page, part)
    confidence = _SOILED_CONFIDENCE if is_soiled else 1.0
    is_narrow = len(runs) == 1 and runs[0].x1 - runs[0].x0 < _MAX_NUMBER_WIDTH * letter_height
    if not is_narrow and not (is_stained and len(dark_runs) == 1):
        strip, parts = line_strip(grey, runs, _CELL_MARGINS, letter_height)
        return CellImage(strip, parts, (x0, top), letter_height, confidence, cell)
    strip, parts = line_strip(grey, runs, _NUMBER_MARGINS, letter_height)
    # below a grey stamp only the darkest ink is that of the number
    second_runs = dark_runs or runs
    second = partial(_second_strip, grey, ink, second_runs, letter_height)
    mark = _single_mark(ink, runs, letter_height)
    if is_stained and mark != _single_mark(dark, dark_runs, letter_height):
        mark = ""
    return CellImage(strip, parts, (x0, top), letter_height, confidence, cell, second, mark)


def _high_runs(ink: Pixels, letter_height: float) -> list[InkRun]:
    """The printed lines in the darkest ink of a cell, without specks."""
    runs = find_runs(ink, letter_height, float("inf"))
    return [run for run in runs if run.height > 0.5 * letter_height]


def _single_mark(ink: Pixels, runs: Sequence[InkRun], letter_height: float) -> str:
    if len(runs) != 1:
        return ""
    run = runs[0]
    return stroke_mark(ink[run.top : run.bottom, run.x0 : run.x1], letter_height)


def cell_interior(page: SegmentedPage, box: Box) -> PixelBox:
    """The pixels inside a cell (box in points of the bitmap), without its rules."""
    dpi = page.bitmap.dpi
    margin = max(2.0, 0.012 * dpi)
    x0, top, x1, bottom = (edge * dpi / 72 for edge in box)
    rows, columns = page.ink.shape
    return (
        max(0, round(x0 + margin)),
        max(0, round(top + margin)),
        min(columns, round(x1 - margin)),
        min(rows, round(bottom - margin)),
    )


def letter_height_in(page: SegmentedPage, interiors: Sequence[PixelBox]) -> float:
    """The typical height of letters in the area of these cells, in pixels."""
    x0, top = min(i[0] for i in interiors), min(i[1] for i in interiors)
    x1, bottom = max(i[2] for i in interiors), max(i[3] for i in interiors)
    left, above, right, below = page.pieces.T
    is_inside = (left >= x0) & (above >= top) & (right <= x1) & (below <= bottom)
    return text_height(page.pieces[is_inside], page.bitmap.dpi)


def _unreadable_image(interior: PixelBox, letter_height: float, cell: CellPlace) -> CellImage:
    """An empty image without confidence, for pale ink: the cell is unreadable, not blank."""
    x0, top, x1, bottom = interior
    height = max(4, min(int(letter_height), bottom - top))
    left, upper = (x1 - x0) // 2, (bottom - top - height) // 2
    run = InkRun(left, upper, left + height, upper + height)
    paper = np.full((height, height), 255, np.uint8)
    return CellImage(paper, [StripPart(0, run)], (x0, top), letter_height, 0.0, cell)


def _second_strip(
    grey: Pixels, ink: Pixels, runs: Sequence[InkRun], letter_height: float
) -> Pixels:
    stretched = _stretch_contrast(grey, ink)
    return line_strip(stretched, runs, _SECOND_MARGINS, letter_height)[0]


def _stretch_contrast(grey: Pixels, ink: Pixels) -> Pixels:
    """The darkest ink with soft edges: a stamp over a number fades."""
    letters = grey[ink > 0]
    dark, paper = percentile(letters, 10), percentile(grey, 85)
    low, high = dark + 0.15 * (paper - dark), dark + 0.65 * (paper - dark)
    stretched = (grey.astype(np.float32) - low) * (255 / max(high - low, 1.0))
    return np.clip(stretched, 0, 255).astype(np.uint8)


def _is_blank(page: SegmentedPage, ink: Pixels) -> bool:
    """Is the ink of a cell only dust?"""
    min_ink = _MIN_INK * (page.bitmap.dpi / 150) ** 2
    if cv2.countNonZero(ink) < min_ink:  # nearly always
        return True
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    return int(np.bincount(labels[ink > 0]).max()) < min_ink


def _is_stained(page: SegmentedPage, part: tuple[slice, slice]) -> bool:
    """Is there ink in a cell that is paler than its letters, such as that of a grey stamp?"""
    return not _is_blank(page, page.pale_ink[part])


def _is_soiled(page: SegmentedPage, part: tuple[slice, slice]) -> bool:
    """Is there coloured ink in a cell, or pale ink that is not part of its letters?"""
    coloured = page.bitmap.coloured[part]
    if cv2.countNonZero(coloured) > _MIN_COLOURED * coloured.size:
        return True
    return not _is_blank(page, page.other_ink[part])


def _has_intrusion(
    ink: Pixels, runs: Sequence[InkRun], letter_height: float, margin: float
) -> bool:
    """Does ink reach into a cell from beyond its rules, such as the ring of a black stamp?

    ``margin``: pixels beside a rule that count as part of it.
    """
    rows, columns = ink.shape
    if not any(
        min(run.x0, run.top) <= margin or run.x1 >= columns - margin or run.bottom >= rows - margin
        for run in runs
    ):
        return False
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    min_size = _MIN_INTRUSION * letter_height
    return any(
        (h > min_size and (y <= margin or y + h >= rows - margin))
        or (w > min_size and (x <= margin or x + w >= columns - margin))
        for x, y, w, h, _ in stats[1:count].tolist()
    )
