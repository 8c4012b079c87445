"""Extends ruled lines over their pale stretches, up to the rule that they must meet.

Beside letters, the ink of a thin rule does not stand out from its surroundings, and the rule ends
within a cell. A rule of a table never does: it ends at another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gongkai.extractors.ocr.page_bitmap import Pixels
from gongkai.extractors.ocr.ruled_lines import RuledLine, RuledLines, paint

# inches
_TOUCH = 0.03  # between an end and the rule that it meets
_STRETCH = 0.2  # pieces of a pale stretch whose darkness is measured
_WANDER = 0.015  # of the pale stretch from the middle of its rule
_BESIDE = 0.02  # between a rule and the text beside it, at least
_MIN_CONTRAST = 6.0  # grey values between a pale rule and the paper above and below it
_MIN_PALE = 0.8  # share of the pieces that are darker than the paper


def extend_pale_rules(found: RuledLines, grey: Pixels, dpi: float) -> RuledLines:
    """The ruled lines of a page, extended where its grey values show that they go on."""
    horizontal = _extended(found.horizontal, found.vertical, grey, dpi)
    vertical = _extended(found.vertical, horizontal, grey.T, dpi)
    if horizontal == found.horizontal and vertical == found.vertical:
        return found
    mask = found.mask.copy()
    paint(mask, horizontal)
    paint(mask.T, vertical)
    return RuledLines(horizontal, vertical, mask)


def _extended(
    lines: Sequence[RuledLine], others: Sequence[RuledLine], grey: Pixels, dpi: float
) -> tuple[RuledLine, ...]:
    """Extend horizontal lines to vertical ones."""
    near = _TOUCH * dpi
    longer = []
    for line in lines:
        met = [o.at for o in others if o.start - near <= line.at <= o.end + near]
        start = max((at for at in met if at <= line.start + near), default=line.start)
        end = min((at for at in met if at >= line.end - near), default=line.end)
        if start > line.start - near or not _is_pale(grey, line.at, start, line.start, dpi):
            start = line.start
        if end < line.end + near or not _is_pale(grey, line.at, line.end, end, dpi):
            end = line.end
        longer.append(replace(line, start=start, end=end))
    return tuple(longer)


def _is_pale(grey: Pixels, at: float, start: float, end: float, dpi: float) -> bool:
    """Is there a pale line in a row of pixels: darker than the paper on both sides of it?"""
    wander, beside = max(1, round(_WANDER * dpi)), max(2, round(_BESIDE * dpi))
    top = round(at) - wander - beside
    rows = grey[max(top, 0) : round(at) + wander + beside + 1, round(start) : round(end)]
    if len(rows) < 2 * (wander + beside) + 1:
        return False
    pieces = np.array_split(rows, max(1, round(rows.shape[1] / (_STRETCH * dpi))), axis=1)
    shades = np.array([piece.mean(axis=1) for piece in pieces])
    line = shades[:, beside:-beside].min(axis=1)
    # the lightest rows on each side: those between the line and the letters beside it
    paper = np.minimum(shades[:, :beside].max(axis=1), shades[:, -beside:].max(axis=1))
    return bool((paper - line >= _MIN_CONTRAST).mean() >= _MIN_PALE)
