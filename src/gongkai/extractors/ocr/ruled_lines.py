"""Ruled lines in a picture: long, thin, straight ink that hangs together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from gongkai.extractors.ocr.page_bitmap import Picture, Pixels, ink_of, moved_rows
from gongkai.model import Rule

_SHORTEST = 0.14  # inches: a shorter line is a stroke of a letter
_FREE = 0.45  # inches: a shorter line counts only where both its ends meet other rules
_FREE_DASHED = 1.2  # inches: the same for broken rules, which strokes of letters feign
_GAP = 5  # pixels: a rule broken by less is one rule
_LEAN = 0.012  # inches a rule may stray from its middle
_TOUCH = 0.03  # inches between an end and the rule it meets
_THICKEST = 0.045  # inches
_DASH = 0.06  # inches between the dashes of a broken rule
_FEW = 3  # rules in one direction: fewer are no table
_BENT = 0.006  # inches a long rule may stray from level and need no straightening
_LONG = 2.0  # inches: rules that tell how the paper was curved
_ARCHED = 0.006  # inches by which the middle of a shorter rule may stand off its ends


@dataclass(frozen=True)
class Line:
    """One ruled line in pixels: where it runs across, from where to where along."""

    at: float
    start: float
    end: float
    thick: float
    stray: float  # pixels by which the middle half of it strays from its middle
    arch: float = 0.0  # pixels by which its middle third stands off the outer ones


@dataclass(frozen=True)
class Ruling:
    """The rules of a picture, and their ink."""

    across: tuple[Line, ...]
    upright: tuple[Line, ...]
    mask: Pixels  # 1 on the ink of rules

    def rules(self, dpi: float) -> tuple[Rule, ...]:
        """The rules in points of the upright page."""
        k = 72 / dpi
        flat = [
            Rule(r.start * k, (r.at - r.thick / 2) * k, r.end * k, (r.at + r.thick / 2) * k)
            for r in self.across
        ]
        return (
            *flat,
            *(
                Rule((r.at - r.thick / 2) * k, r.start * k, (r.at + r.thick / 2) * k, r.end * k)
                for r in self.upright
            ),
        )


def straightened(picture: Picture) -> Picture:
    """The picture without the slight curve of its paper, as far as long rules tell it."""
    for axis in (0, 1):
        picture = _straightened(picture, axis)
    return picture


def _straightened(picture: Picture, axis: int) -> Picture:
    """Level what runs across (axis 0), or what runs down (axis 1)."""
    grey = picture.grey if axis == 0 else np.ascontiguousarray(picture.grey.T)
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, rough = _bends(half, picture.dpi / 2)
    if not _is_bent(rough, picture.dpi / 2):
        return picture
    levels, shifts = _bends(grey, picture.dpi)
    if not _is_bent(shifts, picture.dpi):
        return picture
    shift = _between(np.array(levels), np.stack(shifts), grey.shape[0])
    if axis == 0:
        return moved_rows(picture, shift)
    return _sideways(moved_rows(_sideways(picture), shift))


def _bends(grey: Pixels, dpi: float) -> tuple[list[float], list[Any]]:
    """For each long rule its height, and by how much it strays from it at each column."""
    xs = np.arange(grey.shape[1], dtype=np.float32)
    levels, shifts = [], []
    for x, y in _traces(grey, dpi):
        curve = np.polynomial.Polynomial.fit(x, y, 3)
        inside = np.clip(xs, x.min(), x.max())
        levels.append(float(y.mean()))
        shifts.append((curve(inside) - y.mean()).astype(np.float32))
    return levels, shifts


def _is_bent(shifts: Sequence[Any], dpi: float) -> bool:
    return len(shifts) >= _FEW and max(float(np.abs(s).max()) for s in shifts) >= _BENT * dpi


def _sideways(picture: Picture) -> Picture:
    return replace(picture, grey=np.ascontiguousarray(picture.grey.T))


def _between(levels: Any, shifts: Any, rows: int) -> Any:
    """Shifts for every row: interpolated between the rules, as the nearest one outside."""
    order = np.argsort(levels)
    levels, shifts = levels[order], shifts[order]
    places = np.clip(np.searchsorted(levels, np.arange(rows)), 1, len(levels) - 1)
    low, high = levels[places - 1], levels[places]
    share = np.clip((np.arange(rows) - low) / np.maximum(high - low, 1.0), 0.0, 1.0)
    share = share[:, None].astype(np.float32)
    return shifts[places - 1] * (1 - share) + shifts[places] * share


def _traces(grey: Pixels, dpi: float) -> list[tuple[Any, Any]]:
    """The middle of each long rule, column by column."""
    mask = _opened(ink_of(grey, dpi), int(dpi * _FREE))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    traces = []
    for k in range(1, count):
        x, y, w, h, _ = stats[k]
        if w < _LONG * dpi or h > 0.06 * w:
            continue
        own = labels[y : y + h, x : x + w] == k
        held = own.sum(axis=0)
        middle = (own * np.arange(h)[:, None]).sum(axis=0) / np.maximum(held, 1)
        good = held > 0
        traces.append((np.nonzero(good)[0] + x, middle[good] + y))
    return traces


def find_rules(picture: Picture) -> Ruling:
    """All ruled lines of an upright, straightened picture; broken ones where no others are."""
    ink = ink_of(picture.grey, picture.dpi)
    side = np.ascontiguousarray(ink.T)
    solid = _ruling(ink, side, picture.dpi, _FREE)
    if len(solid.across) >= _FEW or len(solid.upright) >= _FEW:
        return solid
    bridged = _bridged(ink, picture.dpi)
    beams = _pieces(_opened(bridged, int(picture.dpi * _FREE_DASHED)), picture.dpi).boxes
    if len(beams) < _FEW:
        return solid
    dashed = _ruling(bridged, _bridged(side, picture.dpi), picture.dpi, _FREE_DASHED)
    return dashed if dashed.across and dashed.upright else solid


def _bridged(ink: Pixels, dpi: float) -> Pixels:
    """Thin level dashes and dots joined to lines."""
    thick = max(3, int(_THICKEST * dpi))
    thin = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8)))
    return cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, int(_DASH * dpi)), np.uint8))


def _ruling(ink: Pixels, side: Pixels, dpi: float, free: float) -> Ruling:
    """``side`` is the ink turned over its diagonal, for the rules that run down."""
    flat = _pieces(_opened(ink, max(8, int(dpi * _SHORTEST))), dpi)
    tall = _pieces(_opened(side, max(8, int(dpi * _SHORTEST))), dpi)
    # most pieces are strokes of letters: their place alone drops them
    across, upright = _anchored(flat.rough(), tall.rough(), dpi, free)
    across, upright = flat.measured(across, dpi), tall.measured(upright, dpi)
    across, upright = _anchored(across, upright, dpi, free)
    mask = np.zeros_like(ink)
    _paint(mask, across)
    _paint(mask.T, upright)
    return Ruling(tuple(across), tuple(upright), mask)


def _opened(ink: Pixels, length: int) -> Pixels:
    """Level runs of ink of at least ``length`` pixels; a lean of one pixel is bridged."""
    thick = cv2.dilate(ink, np.ones((2, 1), np.uint8))
    return cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))


@dataclass(frozen=True)
class _Pieces:
    """Level pieces of ink that may be rules."""

    labels: Any
    boxes: dict[Line, tuple[int, int, int, int, int]]  # label, x, y, width, height

    def rough(self) -> list[Line]:
        return list(self.boxes)

    def measured(self, lines: Sequence[Line], dpi: float) -> list[Line]:
        """The given pieces measured, and those dropped that are bent or thick."""
        exact = [self._measured(line) for line in lines]
        if not exact:
            return []
        usual = float(np.median([line.thick for line in exact]))
        limit = min(max(2.0 * usual, usual + 3), _THICKEST * dpi)
        straight, level = max(1.5, _LEAN * dpi), max(1.0, _ARCHED * dpi)
        return [
            line
            for line in exact
            if line.thick <= limit
            and line.stray <= straight
            # the head of a stamp's ring runs nearly level
            and (line.arch <= level or line.end - line.start >= _LONG * dpi)
        ]

    def _measured(self, line: Line) -> Line:
        label, x, y, w, h = self.boxes[line]
        own = self.labels[y : y + h, x : x + w] == label
        held = own.sum(axis=0)
        middle = (own * np.arange(h)[:, None]).sum(axis=0) / np.maximum(held, 1)
        good = held > 0
        at = float(np.median(middle[good]))
        stray = float(np.median(np.abs(middle[good] - at)))
        first, second, third = (float(np.median(part)) for part in np.array_split(middle[good], 3))
        arch = abs(second - (first + third) / 2)
        return Line(at + y, line.start, line.end, float(np.median(held[good])), stray, arch)


def _pieces(mask: Pixels, dpi: float) -> _Pieces:
    joined = cv2.dilate(mask, np.ones((1, _GAP), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = {}
    for k, (x, y, w, h, area) in enumerate(stats[1:count].tolist(), 1):
        if w - _GAP < _SHORTEST * dpi or h > max(0.3 * w, 3) or h > 0.35 * dpi:
            continue
        ends = x + _GAP // 2, x + w - _GAP // 2
        boxes[Line(y + (h - 1) / 2, *ends, area / w, 0.0)] = (k, x, y, w, h)
    return _Pieces(labels, boxes)


def _anchored(
    across: Sequence[Line], upright: Sequence[Line], dpi: float, free: float
) -> tuple[list[Line], list[Line]]:
    """Long lines that cross or meet another, and short ones that run from rule to rule.

    Strokes of letters and underlines do neither.
    """
    near = _TOUCH * dpi

    def crosses(line: Line, other: Line) -> bool:
        return (
            line.start - near <= other.at <= line.end + near
            and other.start - near <= line.at <= other.end + near
        )

    def kept(lines: Sequence[Line], others: Sequence[Line]) -> list[Line]:
        found, short = [], []
        for line in lines:
            met = [other.at for other in others if crosses(line, other)]
            if not met:
                continue
            if line.end - line.start >= free * dpi:
                found.append(line)
            else:
                short.append((line, min(met), max(met)))
        # where a page break cuts a table open, all its rules end at one height
        starts, ends = [line.start for line in found], [line.end for line in found]
        for line, first, last in short:
            begins = first <= line.start + near or _meets(line.start, starts, near)
            stops = last >= line.end - near or _meets(line.end, ends, near)
            if begins and stops:
                found.append(line)
        return found

    pillars = kept(upright, [line for line in across if line.end - line.start >= free * dpi])
    beams = kept(across, pillars)
    return beams, kept(pillars, beams)


def _meets(end: float, ends: Sequence[float], near: float) -> bool:
    return any(abs(end - other) <= near for other in ends)


def _paint(mask: Pixels, lines: Sequence[Line]) -> None:
    for line in lines:
        top = max(0, int(line.at - line.thick / 2 - 1))
        mask[top : int(line.at + line.thick / 2 + 2), int(line.start) : int(line.end)] = 1
