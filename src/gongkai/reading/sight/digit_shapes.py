"""Tells by its holes which digits a glyph cannot be, where no picture of a digit is known."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gongkai.extractors.pdf.page_pictures import PagePictures
from gongkai.model import Key
from gongkai.reading.sight.claims import ClaimedCell
from gongkai.reading.sight.ink import Flags, extent, ink_of

# Holes of digits, one over the other; 2 and 4 have one in some fonts only. The middle of a single
# hole lies between two heights, from 0 at the top of the digit to 1.
_HOLES = {"0": 1, "1": 0, "3": 0, "5": 0, "6": 1, "7": 0, "8": 2, "9": 1}
_MIDDLES = {"0": (0.35, 0.65), "6": (0.5, 1.0), "9": (0.0, 0.5)}
_TOPS = {"1": (0.0, 0.5), "7": (0.4, 2.0)}  # least and most width of the upper end, in heights
_TOP = 0.04  # of the height of a glyph: its upper end
_STROKE = (0.3, 0.6)  # of the darkest ink: what belongs to a stroke, at most and at least
_ZOOM = 2  # for shapes: thin strokes need more pixels


def cells_of_other_shape(cells: Mapping[Key, ClaimedCell], pictures: PagePictures) -> set[Key]:
    """Return the cells with a digit that has the shape of another digit on the page.

    In every font 8 has two holes one over the other; 6, 9 and 0 have one, low, high or in the
    middle; 1, 3, 5 and 7 have none, and only 7 has a bar on top. This needs no sample of the
    font, but proves no digit.
    """
    placed = [(key, char) for key, cell in cells.items() for char in cell.placed()]
    found = [(key, char) for key, char in placed if char.text in _HOLES]
    if not found:
        return set()
    ink, most, _ = ink_of([char for _, char in found], pictures, without_red=True, zoom=_ZOOM)
    faint, bold = (_shapes(ink >= part * most[:, None, None]) for part in _STROKE)
    return {
        key
        for (key, char), *shapes in zip(found, faint, bold, strict=True)
        if all(shape.excludes(char.text) for shape in shapes)
    }


class _Shape(NamedTuple):
    """What tells digits apart in every font. Lengths are in heights of the glyph."""

    holes: list[float]  # how far below its top the middle of each hole is
    top: float  # width of its upper end

    def excludes(self, digit: str) -> bool:
        """Return whether the glyph cannot be this digit."""
        if len(self.holes) != _HOLES[digit]:
            return True
        low, high = _MIDDLES.get(digit, (0.0, 1.0))
        narrowest, widest = _TOPS.get(digit, (0.0, 9.0))
        is_inside = all(low < hole < high for hole in self.holes)
        return not (is_inside and narrowest < self.top < widest)


def _in_holes(dark: Flags) -> Flags:
    """Return where the paper lies within glyphs; the last axis counts the glyphs.

    Paper outside is found from the upper edge on, by sweeps down, up, right and left. It reaches
    the paper diagonally beside it, too: the ink around a hole has no gap.
    """
    paper = np.pad(~dark, ((1, 1), (1, 1), (0, 0)), constant_values=True)
    outside = np.zeros_like(paper)
    outside[0] = True
    count = 0
    while (reached := int(np.count_nonzero(outside))) > count:
        count = reached
        for lines, own in ((outside, paper), (outside.swapaxes(0, 1), paper.swapaxes(0, 1))):
            last = len(lines) - 1
            for before, at in (*pairwise(range(last + 1)), *pairwise(range(last, -1, -1))):
                near = lines[before].copy()
                near[1:] |= lines[before, :-1]
                near[:-1] |= lines[before, 1:]
                lines[at] |= near & own[at]
    return (paper & ~outside)[1:-1, 1:-1]


def _shapes(dark: Flags) -> list[_Shape]:
    """Return the shape of each glyph.

    Holes beside each other, as in a 0 with a stroke through it, count as one.
    """
    holed = _in_holes(dark.transpose(1, 2, 0)).max(1).T.astype(np.int8)
    found = []
    for glyph, rows, first, end in zip(dark, holed, *extent(dark.max(2)), strict=True):
        height = max(1.0, float(end - first))
        holes = np.flatnonzero(np.diff(rows, prepend=0, append=0)).reshape(-1, 2).mean(1)
        upper = glyph[int(first) : int(first + _TOP * height) + 1].any(0, keepdims=True)
        left, right = extent(upper)
        width = float(right[0] - left[0])
        found.append(_Shape(((holes - first) / height).tolist(), width / height))
    return found
