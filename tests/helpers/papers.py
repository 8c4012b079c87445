"""Images of paper, drawn pixel by pixel, like those of a scanner."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from gongkai.extractors.ocr.page_bitmap import PageBitmap

PAPER, INK = 250, 30


def paper(rows: int = 1400, columns: int = 1000, noise: float = 3.0) -> Any:
    """An empty sheet with the noise of a sensor, from a fixed seed."""
    grain = np.random.default_rng(7).normal(0, noise, (rows, columns))
    return np.clip(PAPER + grain, 0, 255).astype(np.uint8)


def picture(grey: Any, dpi: float = 200.0) -> PageBitmap:
    """The sheet as the bitmap of a page."""
    rows, columns = grey.shape
    matrix = np.array([[72 / dpi, 0, 0], [0, 72 / dpi, 0]])
    return PageBitmap(
        1, columns * 72 / dpi, rows * 72 / dpi, grey, np.zeros_like(grey), dpi, matrix
    )


def draw_lattice(grey: Any, xs: list[int], ys: list[int], thick: int = 2, ink: int = INK) -> None:
    """Draw a lattice of ruled lines at these x and y, in pixels."""
    for x in xs:
        cv2.line(grey, (x, ys[0]), (x, ys[-1]), ink, thick)
    for y in ys:
        cv2.line(grey, (xs[0], y), (xs[-1], y), ink, thick)


def type_text(grey: Any, text: str, x: int, baseline: int, ink: int = INK) -> None:
    """Latin letters and digits, about 22 pixels high."""
    cv2.putText(grey, text, (x, baseline), cv2.FONT_HERSHEY_SIMPLEX, 1.0, ink, 2, cv2.LINE_AA)
