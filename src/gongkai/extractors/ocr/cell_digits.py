"""Cuts the digits of scanned cells out of the page, as pictures of one size (windows)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gongkai.extractors.ocr.cleaning import CleanBitmaps
from gongkai.extractors.ocr.digit_places import DigitPlace
from gongkai.extractors.ocr.page_bitmap import PageBitmap, Pixels
from gongkai.model import Box, bounding_box

HEIGHT, WIDTH = 36, 30  # pixels of a window, with the digit in its middle
_DIGIT_HEIGHT = 19.0  # pixels of a digit in its window
_MARGIN = 3.0  # points around the cells of a page
_RULE_MARGIN = 0.014  # inches inside a cell's edges, where its rules run
_LEAST_CONTRAST = 40  # grey values between paper and ink
_DARK = 0.4  # of the darkest ink: paler pixels are blurred edges or noise
_LEAST_AREA = 6  # pixels of ink; less is dust
_TALL = 0.7  # of the tallest piece of ink: lower pieces are points, commas and dashes
_UPRIGHT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True)
class _Cut:
    """The ink of one place, and the pieces of it that are its digits, left to right."""

    ink: Any  # contrast to the paper, by pixel
    digits: Sequence[tuple[int, int, int, int]]  # left, top, right, bottom

    @property
    def height(self) -> int:
        return max(bottom - top for _, top, _, bottom in self.digits)


def cut_digits(bitmaps: CleanBitmaps, places: Sequence[DigitPlace]) -> dict[int, list[Pixels]]:
    """Return the windows of the digits of each place, left to right, by the place's index.

    A window is an array of HEIGHT × WIDTH with the contrast of the ink to the paper. The digits of
    one group are scaled alike. A place is left out if its ink does not have one piece for each
    character of its text.
    """
    cuts: dict[int, _Cut] = {}
    for number in sorted({place.page for place in places}):
        own = {k: place for k, place in enumerate(places) if place.page == number}
        cuts |= _cuts_of_page(bitmaps.of_page(number), own)
    groups: dict[str, list[int]] = {}
    for k, cut in cuts.items():
        groups.setdefault(places[k].group, []).append(cut.height)
    usual = {group: float(np.median(heights)) for group, heights in groups.items()}
    return {k: _windows(cut, usual[places[k].group]) for k, cut in cuts.items()}


def _cuts_of_page(bitmap: PageBitmap, places: Mapping[int, DigitPlace]) -> dict[int, _Cut]:
    corner, region, scale = _upright_region(bitmap, list(places.values()))
    margin = max(2, round(_RULE_MARGIN * scale * 72))
    found = {}
    for k, place in places.items():
        x0, top, x1, bottom = (
            round(edge * scale) for edge in place.box.relative_to(corner.x0, corner.top)
        )
        cut = _cut(region[top + margin : bottom - margin, x0 + margin : x1 - margin], place.text)
        if cut is not None:
            found[k] = cut
    return found


def _upright_region(bitmap: PageBitmap, places: Sequence[DigitPlace]) -> tuple[Box, Pixels, float]:
    """The upright part of a page around some places: its box, its pixels, and pixels a point."""
    scale = bitmap.dpi / 72
    x0, top, x1, bottom = bounding_box([place.box for place in places])
    box = Box(x0 - _MARGIN, top - _MARGIN, x1 + _MARGIN, bottom + _MARGIN)
    a, b, c, d, e, f = places[0].to_displayed or _UPRIGHT
    # pixels of the upright part to pixels of the displayed page
    matrix = np.array(
        [
            [a, b, (a * box.x0 + b * box.top + c) * scale],
            [d, e, (d * box.x0 + e * box.top + f) * scale],
        ]
    )
    size = max(1, round((box.x1 - box.x0) * scale)), max(1, round((box.bottom - box.top) * scale))
    region = cv2.warpAffine(
        bitmap.grey,
        matrix,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return box, region, scale


def _cut(grey: Pixels, text: str) -> _Cut | None:
    """The digits of a number cell; None if its ink does not match the characters of its text."""
    if min(grey.shape) < 1:
        return None
    ink = np.clip(np.median(grey) - grey.astype(np.float32), 0, None)
    most = ink.max()
    if most < _LEAST_CONTRAST:
        return None
    pieces = _pieces((ink > _DARK * most).astype(np.uint8))
    tallest = max((bottom - top for _, top, _, bottom in pieces), default=0)
    tall = [piece for piece in pieces if piece[3] - piece[1] > _TALL * tallest]
    digits = sum(map(str.isdigit, text))
    signs = sum(not c.isdigit() and not c.isspace() for c in text)
    if len(tall) != digits or len(pieces) - len(tall) != signs:
        return None
    return _Cut(ink, tall)


def _pieces(dark: Pixels) -> list[tuple[int, int, int, int]]:
    """Pieces of ink that do not touch the edge, left to right; pieces above each other joined."""
    rows, columns = dark.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    pieces: list[tuple[int, int, int, int]] = []
    for x, y, w, h, area in sorted(stats[1:count].tolist()):
        if area < _LEAST_AREA or x == 0 or y == 0 or x + w == columns or y + h == rows:
            continue
        if pieces and x < pieces[-1][2] - 1:
            left, top, right, bottom = pieces.pop()
            pieces.append((left, min(top, y), max(right, x + w), max(bottom, y + h)))
        else:
            pieces.append((x, y, x + w, y + h))
    return pieces


def _windows(cut: _Cut, usual_height: float) -> list[Pixels]:
    """The digits, scaled so that one of ``usual_height`` pixels becomes _DIGIT_HEIGHT high."""
    scale = _DIGIT_HEIGHT / usual_height
    windows = []
    for x0, top, x1, bottom in cut.digits:
        around = np.s_[max(0, top - 1) : bottom + 1, max(0, x0 - 1) : x1 + 1]
        ink = np.zeros_like(cut.ink)
        ink[around] = cut.ink[around]
        shift_x, shift_y = (
            WIDTH / 2 - scale * (x0 + x1) / 2,
            HEIGHT / 2 - scale * (top + bottom) / 2,
        )
        matrix = np.array([[scale, 0, shift_x], [0, scale, shift_y]])
        windows.append(cv2.warpAffine(ink, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR))
    return windows
