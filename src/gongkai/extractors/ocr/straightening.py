"""Removes the slight curve of a scanned sheet, measured along its long ruled lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from gongkai.extractors.ocr.components import find_components
from gongkai.extractors.ocr.page_bitmap import PageBitmap, Pixels, shift_rows
from gongkai.extractors.ocr.ruled_lines import (
    MIN_CURVE_LENGTH,
    MIN_FREE_LENGTH,
    MIN_TABLE_RULES,
    column_middles,
    open_horizontally,
)

_MAX_CURVE = 0.006  # inches by which a long rule may deviate from its mean y without correction


def straighten(bitmap: PageBitmap) -> PageBitmap:
    """The bitmap without the slight curve of its paper, measured along its long rules."""
    for axis in (0, 1):
        bitmap = _straighten_axis(bitmap, axis)
    return bitmap


def _straighten_axis(bitmap: PageBitmap, axis: int) -> PageBitmap:
    """Straighten horizontal rules (axis 0) or vertical ones (axis 1)."""

    def along(ink: Pixels) -> Pixels:
        return ink if axis == 0 else cv2.transpose(ink)

    _, rough = _rule_curves(along(bitmap.half_ink), bitmap.dpi / 2)
    if not _is_curved(rough, bitmap.dpi / 2):
        return bitmap
    levels, shifts = _rule_curves(along(bitmap.ink), bitmap.dpi)
    if not _is_curved(shifts, bitmap.dpi):
        return bitmap
    shift = _interpolate(np.array(levels), np.stack(shifts), bitmap.grey.shape[axis])
    if axis == 0:
        return shift_rows(bitmap, shift)
    return _transpose(shift_rows(_transpose(bitmap), shift))


def _rule_curves(ink: Pixels, dpi: float) -> tuple[list[float], list[Any]]:
    """The mean y of each long rule, and how far it is from this y in each column, in pixels."""
    xs = np.arange(ink.shape[1], dtype=np.float32)
    levels, shifts = [], []
    for x, y in _trace_long_rules(ink, dpi):
        middle, half = (x.min() + x.max()) / 2, (x.max() - x.min()) / 2
        curve = np.polyfit((x - middle) / half, y, 3)  # numpy.polynomial takes 10 ms to import
        levels.append(float(y.mean()))
        inside = np.clip((xs - middle) / half, -1, 1)
        shifts.append((np.polyval(curve, inside) - y.mean()).astype(np.float32))
    return levels, shifts


def _is_curved(shifts: Sequence[Any], dpi: float) -> bool:
    if len(shifts) < MIN_TABLE_RULES:
        return False
    return max(float(np.abs(s).max()) for s in shifts) >= _MAX_CURVE * dpi


def _transpose(bitmap: PageBitmap) -> PageBitmap:
    return replace(bitmap, grey=cv2.transpose(bitmap.grey))


def _interpolate(levels: Any, shifts: Any, rows: int) -> Any:
    """Shifts for every row: interpolated between rules, and those of the nearest one outside."""
    order = np.argsort(levels)
    levels, shifts = levels[order], shifts[order]
    places = np.clip(np.searchsorted(levels, np.arange(rows)), 1, len(levels) - 1)
    low, high = levels[places - 1], levels[places]
    share = np.clip((np.arange(rows) - low) / np.maximum(high - low, 1.0), 0.0, 1.0)
    share = share[:, None].astype(np.float32)
    return shifts[places - 1] * (1 - share) + shifts[places] * share


def _trace_long_rules(ink: Pixels, dpi: float) -> list[tuple[Any, Any]]:
    """The middle of each long rule as arrays of x and y, one for each column with ink."""
    mask = open_horizontally(ink, int(dpi * MIN_FREE_LENGTH))
    traces = []
    for piece in find_components(mask, MIN_CURVE_LENGTH * dpi):
        if piece.height > 0.06 * piece.width:
            continue
        has_ink, _, middle = column_middles(piece.ink_in(mask))
        traces.append((np.nonzero(has_ink)[0] + piece.x, middle[has_ink] + piece.y))
    return traces
