"""Reads number cells of pages with a text layer by OCR, to check that text layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import pypdfium2 as pdfium

from gongkai.extractors.ocr.cell_images import (
    CellImage,
    cell_image,
    cell_interior,
    letter_height_in,
)
from gongkai.extractors.ocr.cell_readings import read_twice
from gongkai.extractors.ocr.chars import glyph_text
from gongkai.extractors.ocr.page_bitmap import DPI, render_bitmap
from gongkai.extractors.ocr.recogniser import Recogniser
from gongkai.extractors.ocr.segmented_page import segment_ink
from gongkai.model import Box, bounding_box

_MARGIN = 18.0  # points rendered around the cells, so that their rules are found and removed


def read_digital_cells(
    document: pdfium.PdfDocument,
    places: Sequence[tuple[int, Box]],
    texts: Sequence[str],
    reader: Recogniser,
) -> list[tuple[str, float]]:
    """Return the text that OCR reads in each cell, and its confidence from 0 to 1.

    ``places`` gives each cell's page (from 1) and box (points); ``texts`` its text in the text
    layer. A cell is read a second time if the first reading differs from that text. A blank
    cell gives "" with confidence 1.
    """
    cv2.setNumThreads(1)
    by_place: dict[int, CellImage] = {}
    for number in sorted({page for page, _ in places}):
        boxes = {k: box for k, (page, box) in enumerate(places) if page == number}
        by_place |= _images_of(document, number, boxes)
    images = list(by_place.values())
    found = reader.read([image.strip for image in images])
    readings = {i: each.discounted_number() for i, each in enumerate(found)}
    differing = {
        i: readings[i]
        for i, k in enumerate(by_place)
        if not images[i].mark and glyph_text(readings[i]) != texts[k]
    }
    readings |= read_twice(differing, images, reader)
    read = {}
    for i, (k, image) in enumerate(by_place.items()):
        if image.mark:
            read[k] = image.mark, min(image.max_confidence, 1.0)
            continue
        scores = [glyph.score for glyph in readings[i]] or [0.0]
        read[k] = glyph_text(readings[i]), min(*scores, image.max_confidence, 1.0)
    return [read.get(k, ("", 1.0)) for k in range(len(places))]


def _images_of(
    document: pdfium.PdfDocument, number: int, boxes: Mapping[int, Box]
) -> dict[int, CellImage]:
    """Return the images of those cells of one page that are not blank, by the key of their box."""
    x0, top, x1, bottom = bounding_box(list(boxes.values()))
    part = Box(max(0.0, x0 - _MARGIN), max(0.0, top - _MARGIN), x1 + _MARGIN, bottom + _MARGIN)
    page = segment_ink(render_bitmap(document, number, DPI, part))
    interiors = {
        k: cell_interior(page, box.relative_to(part.x0, part.top)) for k, box in boxes.items()
    }
    height = letter_height_in(page, list(interiors.values()))
    images = {k: cell_image(page, each, height, (0, k)) for k, each in interiors.items()}
    return {k: image for k, image in images.items() if image is not None}
