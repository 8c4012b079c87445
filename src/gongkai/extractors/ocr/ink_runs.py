"""The printed lines of a bitmap as runs of ink: found by rows, then cut at wide gaps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np

from gongkai.extractors.ocr.components import component_boxes, in_specks, percentile
from gongkai.extractors.ocr.page_bitmap import PageBitmap, Pixels, paper_shade

LABEL_MARGINS = (0.14, 0.25)  # above and beside the ink of a label, as multiples of its height
_MIN_SPECK = 4.0  # pixels of ink at 150 dpi: less is dust
_SAMPLE_STEP = 5  # the shade of ink comes from one in this many pixels
# multiples of the height of a letter
_MAX_LETTER = 1.15  # from the top to the foot of a letter in two pieces, such as 二
_MAX_HALF = 0.66  # a lower band is not a whole line, even of digits
_MIN_LINE_GAP = 0.22  # between lines; the pieces of a letter are closer
_MIN_TWO_LINES = 1.75  # a higher band is two lines that touch, or one of a title
_MAX_CUT_INK = 0.3  # of the mean of all rows; lines that touch have less between them
_SLASH_LEAN = -0.3  # pixels to the right a row downward; a slash leans more than this
_SMALLER_INK = 0.6  # share of ink that is in letters and pieces below the typical height


class InkRun(NamedTuple):
    """The ink of one printed line, in pixels."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top


def text_ink(
    bitmap: PageBitmap, ink: Pixels, min_darkness: float, min_dark: float
) -> tuple[Pixels, Pixels]:
    """Return masks of the ink of text, without dust and pale ink, and of the darkest part of it.

    ``ink`` is 1 on all ink but ruled lines; ``min_darkness`` of text and ``min_dark`` of its
    darkest part are from paper (0) to the darkest text (1).
    """
    paper, grey = paper_shade(bitmap.grey), bitmap.grey.ravel()
    places = np.flatnonzero(ink.view(np.bool_))
    # a grey stamp, and text that shows through the paper, are paler than letters
    palest = _palest(grey[places], paper, min_darkness)
    text = _as_dark(ink, bitmap.grey, palest)
    places = places[grey[places] <= palest]
    is_speck = in_specks(text, places, _MIN_SPECK * (bitmap.dpi / 150) ** 2)
    text.ravel()[places[is_speck]] = 0
    palest = _palest(grey[places[~is_speck]], paper, min_dark)
    return text, _as_dark(text, bitmap.grey, palest)


def _palest(letters: Any, paper: float, min_darkness: float) -> int:
    """The grey value of ink with this darkness, from paper (0) to dark letters (1)."""
    if not letters.size:
        return 0
    dark = percentile(letters[::_SAMPLE_STEP], 10)
    return math.floor(paper - min_darkness * (paper - dark))


def _as_dark(ink: Pixels, grey: Pixels, palest: int) -> Pixels:
    """The ink whose grey value is at most ``palest``."""
    _, dark = cv2.threshold(grey, palest, 1, cv2.THRESH_BINARY_INV)
    return cv2.bitwise_and(ink, dark)


def piece_boxes(ink: Pixels) -> Any:
    """The boxes of pieces of ink in pixels, as rows of left, top, right and bottom.

    Strokes of a letter that nearly touch are one piece. A box is wider than its piece by a
    pixel on each side.
    """
    boxes = component_boxes(cv2.dilate(ink, np.ones((3, 3), np.uint8)))
    return np.array(boxes, np.int32).reshape(-1, 4)


def text_height(pieces: Any, dpi: float) -> float:
    """The typical height of letters in pixels: that of ``pieces`` about as wide as high."""
    w, h = pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]
    heights = h[(0.09 * dpi < h) & (h < 0.4 * dpi) & (w > 0.5 * h)] - 2
    return percentile(heights, 60) if heights.size else 0.15 * dpi


def find_runs(ink: Pixels, letter_height: float, max_gap: float) -> list[InkRun]:
    """The printed lines of a bitmap, top to bottom, cut at gaps wider than ``max_gap``.

    Both sizes are in pixels.
    """
    runs = []
    for top, bottom in _line_bands(ink, letter_height):
        for x0, x1 in _between_gaps(_has_ink(ink[top:bottom], 0), max_gap):
            rows = _has_ink(ink[top:bottom, x0:x1], 1).tobytes()
            runs.append(InkRun(x0, top + rows.find(True), x1, top + rows.rfind(True) + 1))
    return runs


def _line_bands(ink: Pixels, letter_height: float) -> Iterator[tuple[int, int]]:
    """Bands of rows (from, to) with one printed line each."""
    profile = cv2.reduce(ink, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    bands: list[tuple[int, int]] = []
    for top, bottom in _true_stretches(profile > 0):
        if bands and (
            bottom - bands[-1][0] <= _MAX_LETTER * letter_height
            or _are_halves(bands[-1], (top, bottom), letter_height)
        ):
            bands[-1] = (bands[-1][0], bottom)
        else:
            bands.append((top, bottom))
    for top, bottom in bands:
        cuts = _cuts(ink[top:bottom], profile[top:bottom], letter_height)
        yield from pairwise(top + cut for cut in cuts)


def _are_halves(above: tuple[int, int], below: tuple[int, int], letter_height: float) -> bool:
    """Are two bands the halves of large letters, such as 告 alone in a line of a title?"""
    are_low = all(bottom - top < _MAX_HALF * letter_height for top, bottom in (above, below))
    return are_low and below[0] - above[1] < _MIN_LINE_GAP * letter_height


def _cuts(band: Pixels, profile: Any, letter_height: float) -> list[int]:
    """The rows where a band is cut into lines, with its first row and the one after its last.

    A line of a title may be as high as two lines of the text below it that touch. ``profile``
    is the ink of each row.
    """
    cuts = _least_ink(profile, letter_height)
    if len(cuts) > 2 and profile[cuts[1:-1]].max() > _MAX_CUT_INK * profile.mean():
        cuts = _least_ink(profile, max(letter_height, _usual_height(band)))
    return cuts


def _least_ink(profile: Any, letter_height: float) -> list[int]:
    """The rows with the least ink between lines of this height, with the first and the last."""
    height = len(profile)
    count = int(height / (1.3 * letter_height) + 0.5) if letter_height else 1
    if height < _MIN_TWO_LINES * letter_height:
        count = 1
    pitch = height / max(count, 1)
    cuts = [0]
    for k in range(1, count):
        low, high = int((k - 0.3) * pitch), int((k + 0.3) * pitch)
        cuts.append(low + int(np.argmin(profile[low:high])))
    return [*cuts, height]


def _usual_height(band: Pixels) -> float:
    """The typical height of the letters of a band in pixels, pieces of letters left aside."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(band, connectivity=8)
    stats = stats[1:count]
    stats = stats[stats[:, cv2.CC_STAT_HEIGHT].argsort()]
    ink = stats[:, cv2.CC_STAT_AREA].cumsum()
    k = int(np.searchsorted(ink, _SMALLER_INK * ink[-1]))
    return float(stats[k, cv2.CC_STAT_HEIGHT])


def _between_gaps(columns: Any, max_gap: float) -> Iterator[tuple[int, int]]:
    """Stretches of columns with ink (from, to), joined over gaps up to ``max_gap``."""
    start = end = -1
    for x0, x1 in _true_stretches(columns):
        if start >= 0 and x0 - end > max_gap:
            yield start, end
            start = x0
        elif start < 0:
            start = x0
        end = x1
    if start >= 0:
        yield start, end


def _true_stretches(flags: Any) -> list[tuple[int, int]]:
    """Where an array of booleans is true: (from, to) for each stretch."""
    found, marks = [], flags.tobytes()
    start = marks.find(True)
    while start >= 0:
        end = marks.find(False, start)
        end = len(marks) if end < 0 else end
        found.append((start, end))
        start = marks.find(True, end)
    return found


def _has_ink(ink: Pixels, axis: int) -> Any:
    """Whether each column (axis 0) or each row (axis 1) has ink, as booleans."""
    return np.bitwise_or.reduce(ink, axis=axis).view(np.bool_)


class StripPart(NamedTuple):
    """One run within a strip, which begins at pixel column ``at`` of the strip."""

    at: int
    run: InkRun


def line_strip(
    grey: Pixels,
    runs: Sequence[InkRun],
    margins: tuple[float, float],
    letter_height: float = 0.0,
) -> tuple[Pixels, list[StripPart]]:
    """The lines of one cell beside each other in one strip, for the recogniser.

    ``margins`` are above and beside the ink, as multiples of the height of the line. Only the
    rows of a line are copied, without parts of its neighbours. Ink lower than a letter, such
    as a dash, keeps its size relative to ``letter_height`` (pixels).
    """
    height = max(*(run.height for run in runs), int(0.6 * letter_height))
    above, beside = max(2, int(margins[0] * height)), max(3, int(margins[1] * height))
    between = max(2, height // 5)
    width = sum(run.x1 - run.x0 for run in runs) + between * (len(runs) - 1) + 2 * beside
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    around = grey[min(run.top for run in runs) : max(run.bottom for run in runs), left:right]
    paper = int(percentile(around, 85))
    strip = np.full((height + 2 * above, width), paper, np.uint8)
    parts = []
    x = beside
    for run in runs:
        top, bottom = max(0, run.top - 1), min(grey.shape[0], run.bottom + 1)
        left, right = max(0, run.x0 - 2), min(grey.shape[1], run.x1 + 2)
        row = above + (height - run.height) // 2 - (run.top - top)
        column = x - (run.x0 - left)
        strip[row : row + bottom - top, column : column + right - left] = grey[
            top:bottom, left:right
        ]
        parts.append(StripPart(x, run))
        x += run.x1 - run.x0 + between
    return strip, parts


def stroke_mark(ink: Pixels, letter_height: float) -> str:
    """The mark whose shape the ink of one run has: /, - or —; empty for any other shape.

    ``ink`` is trimmed to the run. The recogniser scales its images, and it would read a
    dash or slash of any size as a 1.
    """
    height, width = ink.shape
    if height < 0.3 * letter_height and width > 1.8 * height:
        return "-" if width < 0.75 * letter_height else "—"
    row_ink = ink.sum(axis=1)
    if height < 0.6 * letter_height or row_ink.min() == 0 or row_ink.max() > 0.45 * height:
        return ""
    middles = (ink * np.arange(width)).sum(axis=1) / row_ink
    rows = np.arange(height) - (height - 1) / 2
    middles -= middles.mean()
    lean = float(rows @ middles / (rows @ rows))  # of the straight line that fits best
    if lean >= _SLASH_LEAN:
        return ""
    return "/" if np.abs(middles - lean * rows).max() < 0.09 * height else ""
