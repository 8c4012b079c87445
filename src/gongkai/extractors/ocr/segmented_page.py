"""A page's bitmap made ready for OCR: straight, its ruled lines separated from its text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np

from gongkai.extractors.ocr.cleaning import CleanBitmaps, deskew
from gongkai.extractors.ocr.ink_runs import piece_boxes, text_height, text_ink
from gongkai.extractors.ocr.page_bitmap import PageBitmap, Pixels, rotate
from gongkai.extractors.ocr.pale_rules import extend_pale_rules
from gongkai.extractors.ocr.ruled_lines import RuledLines, find_ruled_lines
from gongkai.extractors.ocr.straightening import straighten

# Least darkness of ink that counts, from paper (0) to the darkest ink (1).
_MIN_DARKNESS = 0.3
_MIN_DARKNESS_UNSTAMPED = 0.6


@dataclass(frozen=True)
class SegmentedPage:
    """An upright, straight page: its bitmap, its ruled lines, and masks of its ink.

    ``ink`` is the ink of text. ``dark`` is the darkest part of it, without a grey stamp over
    it. ``any_ink`` is all ink except ruled lines: a cell without it is blank.
    """

    bitmap: PageBitmap
    ruled: RuledLines
    ink: Pixels
    dark: Pixels
    any_ink: Pixels
    pieces: Any  # boxes of its connected pieces in pixels: rows of left, top, right, bottom

    @cached_property
    def letter_height(self) -> float:
        """The typical height of letters, in pixels."""
        return text_height(self.pieces, self.bitmap.dpi)

    @cached_property
    def pale_ink(self) -> Pixels:
        """1 on ink that is not near the darkest ink of text."""
        return self._away_from(self.dark)

    @cached_property
    def other_ink(self) -> Pixels:
        """1 on ink that is not near the ink of text."""
        return self._away_from(self.ink)

    def _away_from(self, letters: Pixels) -> Pixels:
        return cv2.subtract(self.any_ink, cv2.dilate(letters, np.ones((5, 5), np.uint8)))


def prepare_page(
    bitmaps: CleanBitmaps, number: int, dpi: float, quarter_turns: int = 0
) -> SegmentedPage:
    """Render a page (from 1), rotate it clockwise, correct it, and segment its ink."""
    cv2.setNumThreads(1)  # workers must not compete for cores
    bitmap = bitmaps.of_page(number, dpi)
    return segment_ink(straighten(deskew(rotate(bitmap, quarter_turns))))


def segment_ink(bitmap: PageBitmap) -> SegmentedPage:
    """Separate the ruled lines and the text of an upright, straight bitmap."""
    found = bitmap.ink
    ruled = extend_pale_rules(find_ruled_lines(found, bitmap.dpi), bitmap.grey, bitmap.dpi)
    ink, dark = text_ink(
        bitmap, cv2.subtract(found, ruled.mask), _MIN_DARKNESS, _MIN_DARKNESS_UNSTAMPED
    )
    any_ink = cv2.subtract(found, cv2.dilate(ruled.mask, np.ones((3, 3), np.uint8)))
    return SegmentedPage(bitmap, ruled, ink, dark, any_ink, piece_boxes(ink))
