"""Number cells of digital pages, read as one sees them: a witness that no text layer deceives."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pypdfium2 as pdfium

from gongkai.extractors.ocr.cellstrips import agreed, number_strips
from gongkai.extractors.ocr.page import Prepared, prepared_as_it_lies
from gongkai.extractors.ocr.picture import DPI, render
from gongkai.extractors.ocr.recogniser import Glyph, Recogniser
from gongkai.model import Box


def read_cells(
    document: pdfium.PdfDocument, places: Sequence[tuple[int, Box]], reader: Recogniser
) -> list[tuple[str, float]]:
    """The text of each cell (page from 1, box in points) and its confidence, 0..1."""
    raise NotImplementedError
