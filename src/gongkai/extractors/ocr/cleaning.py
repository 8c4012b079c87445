"""Corrects the bitmaps of scans: negatives, dark scanner edges, punch holes, skew."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium

from gongkai.extractors.ocr.page_bitmap import (
    DPI,
    PageBitmap,
    Pixels,
    compose_matrices,
    paper_shade,
    render_bitmap,
)

_MOST_KEPT = 6  # pages: 4 MB each, 8 MB in colour
_NEGATIVE = 90  # a page whose paper is darker than this is a negative
_WORK_DPI = 75  # for dark edges and punch holes
_LOOK_DPI = 100  # for the question whether there are any: 1 ms instead of 7, and less blurred
_MIN_SOLID = 0.11  # inches: no stroke of a letter is this thick in both directions
_MAX_HOLE = 0.45  # inches: the width of a punch hole
_SCANNER_EDGE = 0.4  # inches from the edge of the bitmap that a scanner may leave dark
_MIN_SKEW = 0.02  # degrees: less is not corrected
_MAX_SKEW = 4.0  # degrees
_MIN_SKEW_PIXELS = 200  # of ink: with fewer, no skew is measured
_EQUAL_SCORE = 0.97  # an angle with this share of the best score is as good as the best


class CleanBitmaps:
    """The bitmaps of the pages of a document, cleaned.

    The last ones at the usual resolution stay in ``kept``, for whoever needs them again.
    """

    def __init__(
        self, document: pdfium.PdfDocument, kept: dict[int, PageBitmap] | None = None
    ) -> None:
        self._document = document
        self._kept = {} if kept is None else kept

    def of_page(self, number: int, dpi: float = DPI) -> PageBitmap:
        """The bitmap of one page (from 1), as it is displayed."""
        if dpi != DPI:
            return clean(render_bitmap(self._document, number, dpi))
        bitmap = self._kept.pop(number, None) or clean(render_bitmap(self._document, number))
        if len(self._kept) == _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[number] = bitmap
        return replace(bitmap)  # without the masks that are computed from it


def clean(bitmap: PageBitmap) -> PageBitmap:
    """The bitmap with dark ink on light paper, without dark scanner edges and punch holes."""
    shade = paper_shade(bitmap.grey)
    if shade < _NEGATIVE:
        bitmap, shade = replace(bitmap, grey=255 - bitmap.grey), 255 - shade
    if _looks_clean(_dark_pixels(bitmap, _LOOK_DPI)):
        return bitmap
    dark = _dark_pixels(bitmap, _WORK_DPI)
    mask = _connected_to_edge(dark)
    _mark_holes(dark, mask)
    if not mask.any():
        return bitmap
    mask = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    grown = cv2.resize(mask, bitmap.grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    grey = bitmap.grey.copy()
    grey[grown > 0] = int(shade)
    return replace(bitmap, grey=grey)


def _dark_pixels(bitmap: PageBitmap, dpi: float) -> Pixels:
    """1 where the bitmap is dark, at a lower resolution."""
    scale = dpi / bitmap.dpi
    # in one step from full resolution: twice blurred, a dense letter such as 量 is a hole
    small = cv2.resize(bitmap.grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, dark = cv2.threshold(
        small, min(128, int(np.median(small)) - 60) - 1, 1, cv2.THRESH_BINARY_INV
    )
    return dark


def _looks_clean(dark: Pixels) -> bool:
    """Is there nothing dark at the edges of a page, and nothing solid on it?"""
    at_edge = any(np.rot90(dark, turns)[:3].any() for turns in range(4))
    return not at_edge and not _solid_pixels(dark, _LOOK_DPI).any()


def _solid_pixels(dark: Pixels, dpi: float) -> Pixels:
    """1 where all is dark around a pixel, or within a circle beside it."""
    side = max(3, round(_MIN_SOLID * dpi))
    square = int(side / math.sqrt(2))  # within the circle, and found in a tenth of the time
    if not cv2.erode(dark, np.ones((square, square), np.uint8)).any():
        return np.zeros_like(dark)
    return cv2.morphologyEx(
        cv2.copyMakeBorder(dark, side, side, side, side, cv2.BORDER_REPLICATE),
        cv2.MORPH_OPEN,
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)),
    )[side:-side, side:-side]


def _mark_holes(dark: Pixels, mask: Pixels) -> None:
    """Set ``mask`` to 1 on punch holes: solid, round, and not large."""
    solid = _solid_pixels(dark, _WORK_DPI)
    if not solid.any():
        return
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    for k in range(1, count):
        w, h, area = (int(stats[k][i]) for i in (2, 3, 4))
        is_round = min(w, h) > 0.7 * max(w, h) and area > 0.6 * w * h
        if is_round and max(w, h) < _MAX_HOLE * _WORK_DPI:
            mask[labels == k] = 1


def _connected_to_edge(dark: Pixels) -> Pixels:
    """1 on dark pixels near the edge of the bitmap that are connected to it."""
    mask = np.zeros_like(dark)
    depth = round(_SCANNER_EDGE * _WORK_DPI)
    if not any(np.rot90(dark, turns)[:2].any() for turns in range(4)):
        return mask
    _, labels = cv2.connectedComponents(dark, connectivity=8)
    for turns in range(4):  # rot90 returns views: painting them paints the mask
        rotated, painted = np.rot90(labels, turns), np.rot90(mask, turns)
        touching = np.setdiff1d(np.unique(rotated[:2]), [0])
        painted[:depth][np.isin(rotated[:depth], touching)] = 1
    return mask


def deskew(bitmap: PageBitmap) -> PageBitmap:
    """The bitmap rotated so that lines of text and ruled lines are horizontal."""
    angle = skew_angle(bitmap.half_ink)
    if abs(angle) < _MIN_SKEW:
        return bitmap
    rows, columns = bitmap.grey.shape
    rotation = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    inverse = cv2.invertAffineTransform(rotation)
    grey = cv2.warpAffine(
        bitmap.grey,
        rotation,
        (columns, rows),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=int(paper_shade(bitmap.grey)),
    )
    coloured = bitmap.coloured
    if cv2.countNonZero(coloured):
        coloured = cv2.warpAffine(coloured, rotation, (columns, rows), flags=cv2.INTER_NEAREST)
    matrix = compose_matrices(inverse, bitmap.matrix)
    return replace(bitmap, grey=grey, coloured=coloured, matrix=matrix)


def skew_angle(ink: Pixels) -> float:
    """The rotation in degrees, counter-clockwise, that makes the lines of a page horizontal.

    At this angle the ink, 1 in a mask of 0 and 1, differs most from row to row.
    """
    if cv2.countNonZero(ink) < _MIN_SKEW_PIXELS:
        return 0.0
    angle = 0.0
    # pixels of four are summed in the first search
    quarter = cv2.resize(4 * ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    for mask, reach, step in ((quarter, _MAX_SKEW, 0.2), (ink, 0.25, 0.025)):
        sums = _column_sums(mask)
        candidates = np.arange(angle - reach, angle + reach + step / 2, step)
        scores = np.array([_row_contrast(sums, candidate) for candidate in candidates])
        # pixels are coarse: several angles may be equally good
        angle = float(candidates[scores >= _EQUAL_SCORE * scores.max()].mean())
    return angle


def _column_sums(mask: Pixels) -> Any:
    """In row k, the ink of each row of the mask in its first k columns."""
    sums = np.zeros((mask.shape[1] + 1, mask.shape[0]), np.int32)
    sums[1:] = cv2.transpose(mask)
    for k in range(2, len(sums)):  # four times as fast as numpy.cumsum
        sums[k] += sums[k - 1]
    return sums


def _row_contrast(sums: Any, angle: float) -> float:
    """The sum of squared differences of ink between rows, after a rotation by ``angle``.

    Columns are shifted by whole pixels, so that neighbours with one shift are added at once.
    """
    columns, rows = len(sums) - 1, sums.shape[1]
    shifts = np.rint((columns / 2 - np.arange(columns)) * math.tan(math.radians(angle))).astype(int)
    shifts -= shifts.min()
    edges = [0, *(np.flatnonzero(np.diff(shifts)) + 1).tolist(), columns]
    profile = np.zeros(rows + int(shifts.max()), np.int32)
    for start, end in pairwise(edges):
        shifted = profile[shifts[start] :][:rows]
        shifted += sums[end] - sums[start]
    steps = np.diff(profile).astype(np.float64)
    return float(steps @ steps)
