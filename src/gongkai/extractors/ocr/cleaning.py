"""Corrects the bitmap of a scan: negatives, dark scanner edges, punch holes, skew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from gongkai.extractors.ocr.page_bitmap import (
    PageBitmap,
    Pixels,
    compose_matrices,
    ink_mask,
    paper_shade,
)

_NEGATIVE = 90  # a page whose paper is darker than this is a negative
_WORK_DPI = 75  # for dark edges and punch holes
_MIN_SOLID = 0.11  # inches: no stroke of a letter is this thick in both directions
_MAX_HOLE = 0.45  # inches: the width of a punch hole
_SCANNER_EDGE = 0.4  # inches from the edge of the bitmap that a scanner may leave dark
_MIN_SKEW = 0.02  # degrees: less is not corrected
_MAX_SKEW = 4.0  # degrees
_MAX_SKEW_PIXELS = 60_000  # this many pixels of ink are enough to measure the skew
_MIN_SKEW_PIXELS = 200
_EQUAL_SCORE = 0.97  # an angle with this share of the best score is as good as the best


def clean(bitmap: PageBitmap) -> PageBitmap:
    """The bitmap with dark ink on light paper, without dark scanner edges and punch holes."""
    if paper_shade(bitmap.grey) < _NEGATIVE:
        bitmap = replace(bitmap, grey=255 - bitmap.grey)
    scale = _WORK_DPI / bitmap.dpi
    small = cv2.resize(bitmap.grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = (small < min(128, int(np.median(small)) - 60)).astype(np.uint8)
    mask = _connected_to_edge(dark)
    _mark_holes(dark, mask)
    if not mask.any():
        return bitmap
    mask = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    grown = cv2.resize(mask, bitmap.grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    grey = bitmap.grey.copy()
    grey[grown > 0] = int(paper_shade(bitmap.grey))
    return replace(bitmap, grey=grey)


def _mark_holes(dark: Pixels, mask: Pixels) -> None:
    """Set ``mask`` to 1 on punch holes: solid, round, and not large."""
    side = max(3, round(_MIN_SOLID * _WORK_DPI))
    solid = cv2.morphologyEx(
        cv2.copyMakeBorder(dark, side, side, side, side, cv2.BORDER_REPLICATE),
        cv2.MORPH_OPEN,
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)),
    )[side:-side, side:-side]
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
    angle = skew_angle(bitmap.grey, bitmap.dpi)
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
    coloured = cv2.warpAffine(bitmap.coloured, rotation, (columns, rows), flags=cv2.INTER_NEAREST)
    matrix = compose_matrices(inverse, bitmap.matrix)
    return replace(bitmap, grey=grey, coloured=coloured, matrix=matrix)


def skew_angle(grey: Pixels, dpi: float) -> float:
    """The rotation in degrees, counter-clockwise, that makes the lines of a page horizontal.

    At this angle the number of ink pixels differs most from row to row.
    """
    angle = 0.0
    for work_dpi, reach, step in ((75, _MAX_SKEW, 0.2), (150, 0.25, 0.03)):
        scale = min(1.0, work_dpi / dpi)
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        ink = ink_mask(small, scale * dpi)
        ys, xs = np.nonzero(ink)
        if len(xs) < _MIN_SKEW_PIXELS:
            return 0.0
        sample_step = max(1, len(xs) // _MAX_SKEW_PIXELS)
        xs, ys = xs[::sample_step], ys[::sample_step]
        middle = small.shape[1] / 2
        candidates = np.arange(angle - reach, angle + reach + step / 2, step)
        scores = [_row_contrast(xs - middle, ys, small.shape[0], a) for a in candidates]
        # pixels are coarse: several angles may be equally good
        good = np.array(scores) >= _EQUAL_SCORE * max(scores)
        angle = float(candidates[good].mean())
    return angle


def _row_contrast(xs: Any, ys: Any, rows: int, angle: float) -> float:
    """The sum of squared differences of ink between rows, after a rotation by ``angle``."""
    margin = rows // 8
    level = np.rint(ys - xs * np.tan(np.radians(angle)) + margin).astype(np.int32)
    profile = np.bincount(np.clip(level, 0, rows + 2 * margin), minlength=rows + 2 * margin)
    return float((np.diff(profile.astype(np.float64)) ** 2).sum())
