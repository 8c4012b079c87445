"""Finds the ruled lines of a bitmap: long, thin, straight connected ink."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cv2
import numpy as np

from gongkai.extractors.ocr.components import Component, find_components, median
from gongkai.extractors.ocr.openings import open_rows
from gongkai.extractors.ocr.page_bitmap import Pixels
from gongkai.model import Rule

_MAX_BREAK = 5  # pixels: a rule with a shorter break is one rule
MIN_TABLE_RULES = 3  # in one direction: fewer are not a table
# all others are inches
_MIN_LENGTH = 0.14  # a shorter line is a stroke of a letter
MIN_FREE_LENGTH = 0.45  # a shorter line counts only where both its ends meet other rules
_MIN_LARGE = 0.75  # strokes of large letters are shorter than this, and meet only others like them
_MIN_FREE_DASHED = 1.2  # the same for broken rules, which rows of strokes resemble
MIN_CURVE_LENGTH = 2.0  # of rules that show how the paper is curved
_MAX_DEVIATION = 0.012  # of a rule from its middle
_MAX_ARCH = 0.006  # between the middle of a shorter rule and its ends
_MAX_THICKNESS = 0.045
_TOUCH = 0.03  # between an end and the rule that it meets
_MAX_DASH_GAP = 0.06  # between the dashes of a broken rule
_BESIDE_STROKE = 0.035  # within which a stroke of a letter mostly has others beside it
_MAX_BESIDE = 0.22  # shares of a broken rule's length with ink on its sides, added


class _Style(NamedTuple):
    """What counts as a rule, in inches."""

    min_free: float  # a shorter line counts only where both its ends meet others
    overshoot: float  # of a short line beyond the rules that it meets


_SOLID = _Style(MIN_FREE_LENGTH, _TOUCH)
_DASHED = _Style(_MIN_FREE_DASHED, _TOUCH + _MAX_DASH_GAP)  # letters nearby are joined to rules


@dataclass(frozen=True)
class RuledLine:
    """One ruled line in pixels: at ``at`` across, from ``start`` to ``end`` along it."""

    at: float
    start: float
    end: float
    thickness: float
    deviation: float  # the median distance from ``at``
    arch: float = 0.0  # how far the middle third is off the outer thirds


@dataclass(frozen=True)
class RuledLines:
    """The ruled lines of a bitmap, and the mask of their ink."""

    horizontal: tuple[RuledLine, ...]
    vertical: tuple[RuledLine, ...]
    mask: Pixels  # 1 on the ink of ruled lines

    def rules(self, dpi: float) -> tuple[Rule, ...]:
        """The ruled lines in points of the bitmap."""
        k = 72 / dpi
        horizontal = (
            Rule(r.start * k, (r.at - r.thickness / 2) * k, r.end * k, (r.at + r.thickness / 2) * k)
            for r in self.horizontal
        )
        vertical = (
            Rule((r.at - r.thickness / 2) * k, r.start * k, (r.at + r.thickness / 2) * k, r.end * k)
            for r in self.vertical
        )
        return (*horizontal, *vertical)


def find_ruled_lines(ink: Pixels, dpi: float) -> RuledLines:
    """The ruled lines in the ink of an upright, straight page; broken ones if it has no others.

    ``ink`` is 1 on all ink of the page.
    """
    solid = _ruled_lines(ink, lambda: cv2.transpose(ink), dpi, _SOLID)
    if len(solid.horizontal) >= MIN_TABLE_RULES or len(solid.vertical) >= MIN_TABLE_RULES:
        return solid
    bridged = _bridge_dashes(ink, dpi)
    if len(_find_pieces(bridged, int(dpi * _MIN_FREE_DASHED), dpi).boxes) < MIN_TABLE_RULES:
        return solid
    transposed = cv2.transpose(ink)
    dashed = _ruled_lines(bridged, lambda: _bridge_dashes(transposed, dpi), dpi, _DASHED)
    horizontal = _without_strokes(dashed.horizontal, ink, dpi)
    vertical = _without_strokes(dashed.vertical, transposed, dpi)
    vertical = [_trimmed(line, horizontal, dpi) for line in vertical]
    return _painted(horizontal, vertical, ink) if horizontal and vertical else solid


def _trimmed(line: RuledLine, others: Sequence[RuledLine], dpi: float) -> RuledLine:
    """Cut off what a vertical line has in common with letters beyond the rules that it meets."""
    near, beyond = _TOUCH * dpi, _DASHED.overshoot * dpi
    met = [other.at for other in others if _crosses(line, other, near)]
    first, last = min(met, default=line.start), max(met, default=line.end)
    start = first if near < first - line.start <= beyond else line.start
    end = last if near < line.end - last <= beyond else line.end
    return replace(line, start=start, end=end)


def _without_strokes(lines: Sequence[RuledLine], ink: Pixels, dpi: float) -> list[RuledLine]:
    """Leave out short lines with ink beside them: bridged strokes of a letter between two rules."""
    beside = max(3, int(_BESIDE_STROKE * dpi))
    kept = []
    for line in lines:
        if line.end - line.start < _DASHED.min_free * dpi:
            edges = round(line.at - line.thickness / 2) - 1, round(line.at + line.thickness / 2) + 2
            sides = (ink[max(0, edges[0] - beside) : edges[0]], ink[edges[1] : edges[1] + beside])
            along = np.s_[:, int(line.start) + beside : int(line.end) - beside]  # off other rules
            if sum(side[along].any(axis=0).mean() for side in sides) > _MAX_BESIDE:
                continue
        kept.append(line)
    return kept


def _bridge_dashes(ink: Pixels, dpi: float) -> Pixels:
    """Join thin horizontal dashes and dots to lines."""
    thick = max(3, int(_MAX_THICKNESS * dpi))
    thin = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8)))
    gap = int(_MAX_DASH_GAP * dpi)
    return cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))


def _ruled_lines(
    ink: Pixels, transposed: Callable[[], Pixels], dpi: float, style: _Style
) -> RuledLines:
    """The ruled lines of ``ink``; in its transpose, vertical lines are horizontal."""
    min_length = max(8, int(dpi * _MIN_LENGTH))
    rows = _find_pieces(ink, min_length, dpi)
    if not _long(rows.boxes, dpi, style):
        return _painted((), (), ink)
    columns = _find_pieces(transposed(), min_length, dpi)
    # most pieces are strokes of letters, which their position excludes
    horizontal, vertical = _keep_anchored(list(rows.boxes), list(columns.boxes), dpi, style)
    horizontal, vertical = rows.measure(horizontal, dpi), columns.measure(vertical, dpi)
    horizontal, vertical = _keep_anchored(horizontal, vertical, dpi, style)
    return _painted(horizontal, vertical, ink)


def _painted(
    horizontal: Sequence[RuledLine], vertical: Sequence[RuledLine], ink: Pixels
) -> RuledLines:
    mask = np.zeros_like(ink)
    paint(mask, horizontal)
    paint(mask.T, vertical)
    return RuledLines(tuple(horizontal), tuple(vertical), mask)


def open_horizontally(ink: Pixels, length: int, grown: int = 0) -> Pixels:
    """Horizontal runs of ink of at least ``length`` pixels, also with a step of one pixel.

    They are longer by ``grown`` pixels on each side.
    """
    thick = cv2.dilate(ink, np.ones((2, 1), np.uint8))
    return open_rows(thick, length, grown)


def column_middles(ink: Any) -> tuple[Any, Any, Any]:
    """For each column: whether it has ink, how many pixels, and their mean row."""
    height = ink.sum(axis=0)
    rows = np.arange(ink.shape[0])[:, None]
    middle = (ink * rows).sum(axis=0) / np.maximum(height, 1)
    return height > 0, height, middle


@dataclass(frozen=True)
class _Pieces:
    """Horizontal pieces of ink that may be rules."""

    mask: Pixels  # 1 on their ink
    boxes: dict[RuledLine, Component]

    def measure(self, lines: Sequence[RuledLine], dpi: float) -> list[RuledLine]:
        """Measure the given pieces, and drop those that are bent or thick."""
        exact = [self._measure(line) for line in lines]
        if not exact:
            return []
        usual = median([line.thickness for line in exact])
        max_thickness = min(max(2.0 * usual, usual + 3), _MAX_THICKNESS * dpi)
        max_deviation, max_arch = max(1.5, _MAX_DEVIATION * dpi), max(1.0, _MAX_ARCH * dpi)
        return [
            line
            for line in exact
            if line.thickness <= max_thickness
            and line.deviation <= max_deviation
            # the top of a stamp's ring is nearly horizontal
            and (line.arch <= max_arch or line.end - line.start >= MIN_CURVE_LENGTH * dpi)
        ]

    def _measure(self, line: RuledLine) -> RuledLine:
        piece = self.boxes[line]
        has_ink, height, middle = column_middles(piece.ink_in(self.mask))
        middle = middle[has_ink]
        at = median(middle)
        deviation = median(np.abs(middle - at))
        first, second, third = map(median, np.array_split(middle, 3))
        arch = abs(second - (first + third) / 2)
        thickness = median(height[has_ink])
        return RuledLine(at + piece.y, line.start, line.end, thickness, deviation, arch)


def _find_pieces(ink: Pixels, min_length: int, dpi: float) -> _Pieces:
    """Horizontal pieces of ink of at least ``min_length`` pixels, joined over breaks."""
    joined = open_horizontally(ink, min_length, _MAX_BREAK // 2)
    boxes = {}
    for piece in find_components(joined, _MIN_LENGTH * dpi + _MAX_BREAK):
        x, y, w, h, _ = piece
        if h > max(0.3 * w, 3) or h > 0.35 * dpi:
            continue
        ends = x + _MAX_BREAK // 2, x + w - _MAX_BREAK // 2
        boxes[RuledLine(y + (h - 1) / 2, *ends, h, 0.0)] = piece
    return _Pieces(joined, boxes)


def _keep_anchored(
    horizontal: Sequence[RuledLine], vertical: Sequence[RuledLine], dpi: float, style: _Style
) -> tuple[list[RuledLine], list[RuledLine]]:
    """Keep long lines that cross or meet another, and short ones between two rules.

    Strokes of letters and underlines are neither.
    """
    vertical = _keep_meeting(vertical, _long(horizontal, dpi, style), dpi, style)
    horizontal = _keep_meeting(horizontal, vertical, dpi, style)
    return horizontal, _keep_meeting(vertical, horizontal, dpi, style)


def _long(lines: Iterable[RuledLine], dpi: float, style: _Style) -> list[RuledLine]:
    """The lines that count wherever they end, without which no others count."""
    return [line for line in lines if line.end - line.start >= style.min_free * dpi]


def _keep_meeting(
    lines: Sequence[RuledLine], others: Sequence[RuledLine], dpi: float, style: _Style
) -> list[RuledLine]:
    """Keep the lines that meet ``others``; short ones only where both ends meet a rule.

    Of two lines that meet, one is long enough for a table, or both are short ones.
    """
    near, beyond = _TOUCH * dpi, style.overshoot * dpi
    min_length, min_large = style.min_free * dpi, _MIN_LARGE * dpi
    found, short = [], []
    for line in lines:
        met = [other for other in others if _crosses(line, other, near)]
        if not met:
            continue
        length = line.end - line.start
        if length >= min_length and (
            length >= min_large or any(other.end - other.start >= min_large for other in met)
        ):
            found.append(line)
        else:
            short.append((line, min(other.at for other in met), max(other.at for other in met)))
    # where a page break cuts a table open, all its rules end at the same height
    starts, ends = [line.start for line in found], [line.end for line in found]
    for line, first, last in short:
        begins = first <= line.start + beyond or _is_near_any(line.start, starts, near)
        stops = last >= line.end - beyond or _is_near_any(line.end, ends, near)
        if begins and stops:
            found.append(line)
    return found


def _crosses(line: RuledLine, other: RuledLine, near: float) -> bool:
    return (
        line.start - near <= other.at <= line.end + near
        and other.start - near <= line.at <= other.end + near
    )


def _is_near_any(end: float, ends: Sequence[float], near: float) -> bool:
    return any(abs(end - other) <= near for other in ends)


def paint(mask: Pixels, lines: Sequence[RuledLine]) -> None:
    """Set ``mask`` to 1 on horizontal lines."""
    for line in lines:
        top = max(0, int(line.at - line.thickness / 2 - 1))
        bottom = int(line.at + line.thickness / 2 + 2)
        mask[top:bottom, int(line.start) : int(line.end)] = 1
