"""Where printed lines stand in a picture: runs of ink, by rows and then by gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, cast

import cv2
import numpy as np

from gongkai.extractors.ocr.page_bitmap import Picture, Pixels, ink_of, paper_of

_SPECK = 4.0  # pixels of ink at 150 dpi: less is dust
_SAMPLE = 5  # of so many pixels one is looked at for the usual shade
_HIGHEST = 1.15  # of a letter's height: pieces of one letter (二) reach no farther
_HALF = 0.66  # of a letter's height: no whole line is lower, be it all digits
_INNER_GAP = 0.22  # of a letter's height: lines stand farther apart than the parts of a letter
_TALL = 1.75  # of a letter's height: more is two lines that touch


class Run(NamedTuple):
    """The ink of one printed line in pixels."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top


def text_ink(picture: Picture, rules: Pixels, least: float) -> Pixels:
    """1 on the ink of letters: rules, dust and pale ink left out.

    ``least``: how dark ink must be, from paper (0) to the darkest letters (1).
    """
    grey = picture.grey
    ink = ink_of(grey, picture.dpi)
    ink[rules > 0] = 0
    letters = grey[ink > 0]
    if letters.size:
        paper, dark = shades(grey, letters)
        # a grey stamp and what shows through the paper are paler than letters
        ink[grey > paper - least * (paper - dark)] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= _SPECK * (picture.dpi / 150) ** 2
    kept[0] = False
    if count > 1:
        ink = kept[labels].astype(np.uint8)
    return ink


def shades(grey: Pixels, letters: Any) -> tuple[float, float]:
    """How light the paper is and how dark its letters are; a sample of them tells."""
    return paper_of(grey), float(np.percentile(letters[::_SAMPLE], 10))


def darkest(picture: Picture, ink: Pixels, least: float) -> Pixels:
    """1 where the ink of letters is at least so dark, from paper (0) to the darkest (1)."""
    letters = picture.grey[ink > 0]
    if not letters.size:
        return ink
    paper, dark = shades(picture.grey, letters)
    return cast(Pixels, ink & (picture.grey <= paper - least * (paper - dark)))


def letter_height(ink: Pixels, dpi: float) -> float:
    """The usual height of the letters: that of components about as wide as high."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(
        cv2.dilate(ink, np.ones((3, 3), np.uint8)), connectivity=8
    )
    heights = [
        h - 2 for _, _, w, h, _ in stats[1:count] if 0.09 * dpi < h < 0.4 * dpi and w > 0.5 * h
    ]
    return float(np.percentile(heights, 60)) if heights else 0.15 * dpi


def runs_in(ink: Pixels, letter: float, apart: float) -> list[Run]:
    """Printed lines in a piece of a picture, top to bottom, cut at gaps wider than ``apart``.

    ``letter`` is the usual height of a letter there, in pixels.
    """
    runs = []
    for top, bottom in _rows(ink, letter):
        for x0, x1 in _between_gaps(ink[top:bottom].any(axis=0), apart):
            held = np.nonzero(ink[top:bottom, x0:x1].any(axis=1))[0]
            runs.append(Run(x0, top + int(held[0]), x1, top + int(held[-1]) + 1))
    return runs


def _rows(ink: Pixels, letter: float) -> Iterator[tuple[int, int]]:
    """Bands of rows that hold one printed line each."""
    profile = ink.sum(axis=1)
    bands: list[tuple[int, int]] = []
    for top, bottom in _stretches(profile > 0):
        if bands and (
            bottom - bands[-1][0] <= _HIGHEST * letter
            or _are_halves(bands[-1], (top, bottom), letter)
        ):
            bands[-1] = (bands[-1][0], bottom)
        else:
            bands.append((top, bottom))
    for top, bottom in bands:
        yield from _parted(profile, top, bottom, letter)


def _are_halves(above: tuple[int, int], below: tuple[int, int], letter: float) -> bool:
    """Are two bands the halves of letters larger than usual (告 alone in a title's line)?"""
    low = all(bottom - top < _HALF * letter for top, bottom in (above, below))
    return low and below[0] - above[1] < _INNER_GAP * letter


def _parted(profile: Any, top: int, bottom: int, letter: float) -> Iterator[tuple[int, int]]:
    """A band too high for one line, cut where its ink is thinnest."""
    count = int((bottom - top) / (1.3 * letter) + 0.5) if letter else 1
    if bottom - top < _TALL * letter or count < 2:
        yield top, bottom
        return
    pitch = (bottom - top) / count
    cuts = [top]
    for k in range(1, count):
        low, high = int(top + (k - 0.3) * pitch), int(top + (k + 0.3) * pitch)
        cuts.append(low + int(np.argmin(profile[low:high])))
    yield from pairwise([*cuts, bottom])


def _between_gaps(columns: Any, apart: float) -> Iterator[tuple[int, int]]:
    start = end = -1
    for x0, x1 in _stretches(columns):
        if start >= 0 and x0 - end > apart:
            yield start, end
            start = x0
        elif start < 0:
            start = x0
        end = x1
    if start >= 0:
        yield start, end


def _stretches(held: Any) -> list[tuple[int, int]]:
    """Where a row of truths is true: from, to."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], held.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


class Piece(NamedTuple):
    """One run within a strip: where its first pixel column stands there."""

    at: int
    run: Run


def strip_of(
    grey: Pixels, runs: Sequence[Run], margins: tuple[float, float], letter: float = 0.0
) -> tuple[Pixels, list[Piece]]:
    """The lines of one cell side by side, as one line for the recogniser.

    ``margins`` above and beside, as parts of the line's height. Only a line's own rows
    are copied, so that no neighbour looks in. A dash alone is not blown up to the height
    of a ``letter``.
    """
    height = max(*(run.height for run in runs), int(0.6 * letter))
    above, beside = max(2, int(margins[0] * height)), max(3, int(margins[1] * height))
    between = max(2, height // 5)
    width = sum(run.x1 - run.x0 for run in runs) + between * (len(runs) - 1) + 2 * beside
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    around = grey[min(run.top for run in runs) : max(run.bottom for run in runs), left:right]
    paper = int(np.percentile(around, 85))
    strip = np.full((height + 2 * above, width), paper, np.uint8)
    pieces = []
    x = beside
    for run in runs:
        top, bottom = max(0, run.top - 1), min(grey.shape[0], run.bottom + 1)
        left, right = max(0, run.x0 - 2), min(grey.shape[1], run.x1 + 2)
        row = above + (height - run.height) // 2 - (run.top - top)
        column = x - (run.x0 - left)
        strip[row : row + bottom - top, column : column + right - left] = grey[
            top:bottom, left:right
        ]
        pieces.append(Piece(x, run))
        x += run.x1 - run.x0 + between
    return strip, pieces


def mark_of(ink: Pixels, letter: float) -> str:
    """A stroke that is no digit, told by its shape: /, - or —; else nothing.

    ``ink`` is trimmed to one run. The recogniser sees shapes, not sizes: once scaled, a
    dash or slash looks like a 1 to it.
    """
    height, width = ink.shape
    if height < 0.3 * letter and width > 1.8 * height:
        return "-" if width < 0.75 * letter else "—"
    held = ink.sum(axis=1)
    if height < 0.6 * letter or held.min() == 0 or held.max() > 0.45 * height:
        return ""
    middles = (ink * np.arange(width)).sum(axis=1) / held
    rows = np.arange(height)
    lean = np.polyfit(rows, middles, 1)
    stray = np.abs(middles - np.polyval(lean, rows)).max()
    return "/" if lean[0] < -0.3 and stray < 0.09 * height else ""
