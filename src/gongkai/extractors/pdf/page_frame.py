"""The displayed page: size, and the matrix from PDF user space to displayed points."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as raw

from gongkai.model import Box

# (a, b, c, d, e, f) as in a PDF: x' = a·x + c·y + e and y' = b·x + d·y + f
Matrix = tuple[float, float, float, float, float, float]
UPRIGHT = (1, 0, 0, -1)  # a to d of a page that is not rotated: only y changes its direction


class PageFrame:
    """How a page is displayed: cropped, rotated, origin at the top left.

    ``matrix`` maps PDF user space to displayed points; ``width`` and ``height`` are in points.
    """

    def __init__(self, page: Any) -> None:
        rect = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(page, ctypes.byref(rect))
        left, right = sorted((rect.left, rect.right))
        bottom, top = sorted((rect.bottom, rect.top))
        self.matrix: Matrix = (  # one for each quarter turn
            (*UPRIGHT, -left, top),
            (0, 1, 1, 0, -bottom, -left),
            (-1, 0, 0, 1, right, -bottom),
            (0, -1, -1, 0, top, right),
        )[raw.FPDFPage_GetRotation(page) % 4]
        # a damaged page may have no area, and callers divide by it
        self.width = max(1.0, raw.FPDF_GetPageWidthF(page))
        self.height = max(1.0, raw.FPDF_GetPageHeightF(page))

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The displayed box of a rectangle given by two opposite corners in user space."""
        a, b, c, d, e, f = self.matrix
        u0, v0 = a * x0 + c * y0 + e, b * x0 + d * y0 + f
        u1, v1 = a * x1 + c * y1 + e, b * x1 + d * y1 + f
        return Box(min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1))


def compose(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies ``inner`` first and ``outer`` second."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )
