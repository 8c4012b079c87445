"""Places of digits on pages that OCR read. Separate from ``cell_digits``, which loads OpenCV."""

from __future__ import annotations

from typing import NamedTuple

from gongkai.model import Box


class DigitPlace(NamedTuple):
    """A box with one line of digits and signs, such as 1,234, in points of its upright page."""

    page: int  # of the file, from 1
    box: Box
    text: str
    group: str  # places of one group have digits of one height
    to_displayed: tuple[float, float, float, float, float, float] | None  # as ``Page`` has it
