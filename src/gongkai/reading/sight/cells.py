"""Compares the ink in cells, and its layout, with the characters that the text layer claims."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from gongkai.extractors.layout.lines import in_lines
from gongkai.extractors.pdf.page_pictures import LEAST_INK, PagePictures, Pixels
from gongkai.model import Box, Char, Rule, bounding_box
from gongkai.reading.sight.glyphs import DIGITS, fold

_USUAL_SIZE = 10.5  # points: the font size assumed where no character gives one
_COARSE, _FINE = 10, 20  # pixels a font size: to look at a whole table, at one cell
_EDGE = 2  # pixels at coarse scale inside a cell's edges, where its rules run
_FEW = 3  # dark pixels at coarse scale that may be the blurred edge of a character
_PATCH = np.arange(-4, 4)[:, None], np.arange(-3, 3)  # pixels around the middle of a character
_ZEROS = frozenset("0０")
_ALIKE = 0.8  # likeness to the average zero at coarse scale; less is another shape

# In font sizes.
_RULE_MARGIN = 0.15  # inside a cell's edges
_CHAR_MARGIN = 0.1  # around claimed characters
_LEAST_AREA = 0.02  # of ink, in squares of the font size; less is dust
_RULE_SHARE = 0.7  # of a row or column of pixels; more is a rule inside a cell

_RAISED = 0.12  # between the baselines of neighbouring characters; more is a raised one
_OVERLAP = 0.3  # of the narrower of two characters; more is text over text
_GAP = 0.2  # beyond the usual distance between two digits; more is a gap
_GROUP_GAP = 0.45  # the same between groups of three digits (1 234 567)
_EVEN = 0.12  # most difference between the distances of an evenly spaced number
_USUAL_PITCH = 0.5  # distance of two digits, where no number of the report has two
_TO_EDGE = 0.05  # least distance from a character to the edge of its cell
_TALL = 0.3  # least height of a character that a rule can strike out; lower ones are signs
_THIN = 0.3  # of a character's height; a thicker rule is a filled area
_MIDDLE = 0.2  # of a character's height, at top and foot: a rule there does not strike it out


@dataclass(frozen=True)
class ClaimedCell:
    """A cell with the characters that the text layer gives it; lengths in points."""

    page: int
    box: Box
    chars: tuple[Char, ...]


@dataclass(frozen=True)
class Suspects:
    """Cells that need a closer look, by their index."""

    ink: frozenset[int]  # cells with ink that no character claims, or a character without ink
    zeros: frozenset[int]  # cells with a 0 that does not look like the other zeros


def suspects(cells: Sequence[ClaimedCell], pictures: PagePictures) -> Suspects:
    """Render cells of one page once, at a coarse scale, and return those to look at closely."""
    sizes = [char.size for cell in cells for char in cell.chars[:1]]
    whole = bounding_box([cell.box for cell in cells])
    shown, scale = pictures.grey(
        cells[0].page, whole, _COARSE / (median(sizes) if sizes else _USUAL_SIZE)
    )
    owners = [k for k, cell in enumerate(cells) for _ in cell.chars]
    chars = [char for cell in cells for char in cell.chars]
    claimed = np.array([(c.x0, c.top, c.x1, c.bottom) for c in chars]).reshape(-1, 4)
    claimed = (claimed - (*whole[:2], *whole[:2])) * scale
    patches = _patches(shown, claimed)
    faint = patches.max((1, 2), initial=0) < LEAST_INK
    beside = _unclaimed(
        shown, claimed, (np.array([c.box for c in cells]) - (whole[:2] * 2)) * scale
    )
    zeros = np.array([char.text in _ZEROS for char in chars], bool)
    odd: Sequence[int] = (
        np.flatnonzero(zeros)[_unlike_the_others(patches[zeros])].tolist() if zeros.any() else []
    )
    return Suspects(
        frozenset(k for k, count in enumerate(beside) if count > _FEW)
        | {owners[k] for k in np.flatnonzero(faint)},
        frozenset(owners[k] for k in odd),
    )


def _patches(shown: Pixels, claimed: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return the darkness of the pixels around the middle of each character."""
    x = ((claimed[:, 0] + claimed[:, 2]) / 2).astype(int)[:, None, None] + _PATCH[1]
    y = ((claimed[:, 1] + claimed[:, 3]) / 2).astype(int)[:, None, None] + _PATCH[0]
    rows, columns = shown.shape
    dark = 255 - shown[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)]
    return dark.astype(np.float32)


def _unclaimed(
    shown: Pixels, claimed: npt.NDArray[np.float64], boxes: npt.NDArray[np.float64]
) -> list[int]:
    """Count the dark pixels of each cell that lie outside its characters' boxes."""
    dark = shown < 255 - LEAST_INK
    blanked = np.maximum(claimed + np.array((-1, -1, 2, 2)), 0).astype(int)
    for x0, top, x1, bottom in blanked.tolist():
        dark[top:bottom, x0:x1] = False
    inside = np.array((_EDGE, _EDGE, 1 - _EDGE, 1 - _EDGE))
    inner = np.maximum(boxes.astype(int) + inside, 0)
    return [
        int(np.count_nonzero(dark[top:bottom, x0:x1])) for x0, top, x1, bottom in inner.tolist()
    ]


def _unlike_the_others(patches: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which of some zeros differ from their average."""
    flat = patches.reshape(len(patches), -1)
    flat = flat - flat.mean(1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1)
    usual = flat.mean(0)
    differs: npt.NDArray[np.bool_] = flat @ usual < _ALIKE * np.linalg.norm(usual)
    return differs


def ink_fault(cell: ClaimedCell, pictures: PagePictures) -> str:
    """Render one cell at a fine scale; return what is wrong with its ink, or "".

    The result is a key of ``witness.REASONS``: no_ink, ink_beside or ink_in_blank.
    """
    size = median([char.size for char in cell.chars]) if cell.chars else _USUAL_SIZE
    shown, scale = pictures.without_red(cell.page, cell.box, _FINE / size)
    ink = np.abs(shown - np.median(shown))
    most = 0.0
    rest = ink.copy()
    for char in cell.chars:
        x0, top, x1, bottom = _pixels(char, cell.box, scale, 0.0)
        own = float(ink[top : bottom + 1, x0 : x1 + 1].max(initial=0))
        if own < LEAST_INK and char.text.strip():
            return "no_ink"
        most = max(most, own)
        x0, top, x1, bottom = _pixels(char, cell.box, scale, _CHAR_MARGIN * size)
        rest[top : bottom + 1, x0 : x1 + 1] = 0
    dark = rest >= max(LEAST_INK, most / 2)
    edge = round(_RULE_MARGIN * _FINE)
    dark = dark[edge:-edge, edge:-edge]
    if not dark.size:
        return ""
    across, upright = dark.mean(1) > _RULE_SHARE, dark.mean(0) > _RULE_SHARE
    dark[across] = False
    dark[:, upright] = False
    if dark.sum() < _LEAST_AREA * _FINE**2:
        return ""
    return "ink_beside" if cell.chars else "ink_in_blank"


def _pixels(char: Char, corner: Box, scale: float, margin: float) -> tuple[int, int, int, int]:
    """Return the pixels of a character's box, widened by a margin in points."""
    return (
        max(0, int((char.x0 - margin - corner.x0) * scale)),
        max(0, int((char.top - margin - corner.top) * scale)),
        max(0, int((char.x1 + margin - corner.x0) * scale)),
        max(0, int((char.bottom + margin - corner.top) * scale)),
    )


class StrikingRules:
    """The horizontal rules of a page, to find characters that one strikes out."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(
            ((top + bottom) / 2, bottom - top, x0, x1)
            for x0, top, x1, bottom in rules
            if bottom - top < x1 - x0
        )

    def strike(self, char: Char) -> bool:
        """Return whether a rule runs through the middle of a character."""
        x, height = (char.x0 + char.x1) / 2, char.bottom - char.top
        if height < _TALL * char.size:
            return False
        first = bisect_right(self._rules, (char.top + _MIDDLE * height,))
        for y, thickness, x0, x1 in self._rules[first:]:
            if y > char.bottom - _MIDDLE * height:
                return False
            if x0 < x < x1 and thickness < _THIN * height:
                return True
        return False


class DigitSpacing:
    """The distances between the middles of neighbouring digits in a report, in font sizes.

    ``numbers`` are proved numbers; they give the usual distance. ``others`` are unproved
    numbers: those of three or more evenly spaced digits add further distances that are normal.
    """

    def __init__(self, numbers: Iterable[ClaimedCell], others: Iterable[ClaimedCell]) -> None:
        found = [width for cell in numbers for width in _distances(cell)]
        self._usual = median(found) if found else None
        rows = [widths for cell in others if len(widths := _distances(cell)) > 1]
        self._even = [sum(each) / len(each) for each in rows if _is_even(each)]

    def has_gap(self, line: Sequence[Char]) -> bool:
        """Return whether a distance between digits is too wide for one number.

        Groups of three digits may be further apart than other digits.
        """
        is_digit = [fold(char.text) in DIGITS for char in line]
        pairs = [k for k in range(len(line) - 1) if is_digit[k] and is_digit[k + 1]]
        widths = [_distance(line[k], line[k + 1]) for k in pairs]
        if not widths or (_is_even(widths) and (len(widths) > 1 or self._is_known(widths[0]))):
            return False
        usual = min(widths) if self._usual is None else self._usual
        between_groups = [sum(is_digit[k + 1 :]) % 3 == 0 for k in pairs]
        gaps = list(zip(between_groups, (width - usual for width in widths), strict=True))
        in_threes = all(gap > _GAP for is_group, gap in gaps if is_group)
        return any(gap > (_GROUP_GAP if is_group and in_threes else _GAP) for is_group, gap in gaps)

    def continues(self, left: Char, right: Char) -> bool:
        """Return whether digits of neighbouring cells are as close as those of one number."""
        return (
            fold(left.text) in DIGITS
            and fold(right.text) in DIGITS
            and abs(left.baseline - right.baseline) < _RAISED * left.size
            and _distance(left, right) < (self._usual or _USUAL_PITCH) + _EVEN
        )

    def _is_known(self, width: float) -> bool:
        return self._usual is None or any(abs(width - even) < _EVEN for even in self._even)


def _distances(cell: ClaimedCell) -> list[float]:
    """Return the distances between neighbouring digits of a cell, in font sizes."""
    if len(cell.chars) < 2:
        return []
    return [
        _distance(a, b)
        for line in in_lines(cell.chars)
        for a, b in pairwise(line)
        if fold(a.text) in DIGITS and fold(b.text) in DIGITS
    ]


def _distance(a: Char, b: Char) -> float:
    return (b.x0 + b.x1 - a.x0 - a.x1) / 2 / a.size


def _is_even(widths: Sequence[float]) -> bool:
    return max(widths) - min(widths) < _EVEN


def spilt(cells: Sequence[ClaimedCell], spacing: DigitSpacing) -> set[int]:
    """Return the indices of cells that share one number, printed across the rule between them.

    ``cells`` are those of one row, left to right.
    """
    found: set[int] = set()
    for k, (left, right) in enumerate(pairwise(cells)):
        if left.chars and right.chars:
            last = max(left.chars, key=lambda char: char.x1)
            first = min(right.chars, key=lambda char: char.x0)
            if spacing.continues(last, first):
                found |= {k, k + 1}
    return found


def layout_fault(cell: ClaimedCell, rules: StrikingRules, spacing: DigitSpacing) -> str:
    """Return what is wrong with the places of a number's characters, or "".

    ``rules`` are those of the cell's page. The result is a key of ``witness.REASONS``.
    """
    for char in cell.chars:
        if min(char.x0 - cell.box.x0, cell.box.x1 - char.x1) < _TO_EDGE * char.size:
            return "edge"
        if rules.strike(char):
            return "struck"
    for line in in_lines(cell.chars):
        for a, b in pairwise(line):
            if abs(a.baseline - b.baseline) > _RAISED * a.size:
                return "raised"
            narrower = min(a.x1 - a.x0, b.x1 - b.x0)
            if min(a.x1, b.x1) - max(a.x0, b.x0) > _OVERLAP * narrower:
                return "overlap"
        if spacing.has_gap(line):
            return "gap"
    return ""
