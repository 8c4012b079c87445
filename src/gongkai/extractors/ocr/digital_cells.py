"""Number cells of digital pages, read as one sees them: a witness no text layer deceives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import pypdfium2 as pdfium

from gongkai.extractors.ocr.cell_images import (
    Task,
    agreed,
    cell_task,
    inside_of,
    read_again,
    usual_letter,
)
from gongkai.extractors.ocr.page_bitmap import DPI, Picture, render
from gongkai.extractors.ocr.prepare import told_apart
from gongkai.extractors.ocr.recogniser import Glyph, Recogniser
from gongkai.model import Box, around

_AROUND = 18.0  # points about the cells: enough to tell their rules from their numbers


def read_digital_cells(
    document: pdfium.PdfDocument,
    places: Sequence[tuple[int, Box]],
    texts: Sequence[str],
    reader: Recogniser,
) -> list[tuple[str, float]]:
    """What one sees in each cell (page from 1, box in points), and its confidence, 0..1.

    A blank cell has no text, and full confidence. A cell that shows what its text layer
    says (``texts``) at first sight is not read again.
    """
    cv2.setNumThreads(1)
    tasks: dict[int, Task] = {}
    for number in sorted({page for page, _ in places}):
        boxes = {k: box for k, (page, box) in enumerate(places) if page == number}
        part = _around(list(boxes.values()))
        prepared = told_apart(_cut(render(document, number, DPI), part))
        own = {k: inside_of(prepared, box.seen_from(part.x0, part.top)) for k, box in boxes.items()}
        letter = usual_letter(prepared, list(own.values()))
        for k, inside in own.items():
            task = cell_task(prepared, inside, letter, (0, k))
            if task is not None:
                tasks[k] = task
    held = list(tasks.values())
    found = [each.certain() for each in reader.read([task.strip for task in held])]
    unlike = [
        i
        for i, (k, one) in enumerate(zip(tasks, found, strict=True))
        if not held[i].mark and _text(one) != texts[k]
    ]
    others = dict(zip(unlike, read_again(held, unlike, reader), strict=True))
    read = {}
    for i, (k, one) in enumerate(zip(tasks, found, strict=True)):
        other = others.get(i)
        glyphs = one if other is None else agreed(one, other)
        text, scores = (held[i].mark, []) if held[i].mark else (_text(glyphs), _scores(glyphs))
        read[k] = text, min(*scores, held[i].most, 1.0)
    return [read.get(k, ("", 1.0)) for k in range(len(places))]


def _around(boxes: Sequence[Box]) -> Box:
    """The part of a page that holds all boxes, and some more."""
    x0, top, x1, bottom = around(boxes)
    return Box(max(0.0, x0 - _AROUND), max(0.0, top - _AROUND), x1 + _AROUND, bottom + _AROUND)


def _cut(picture: Picture, part: Box) -> Picture:
    """A part of a picture; what is not looked at costs nothing."""
    x0, top, x1, bottom = (round(edge * picture.dpi / 72) for edge in part)
    return replace(
        picture, grey=picture.grey[top:bottom, x0:x1], coloured=picture.coloured[top:bottom, x0:x1]
    )


def _text(glyphs: Sequence[Glyph]) -> str:
    return "".join(glyph.text for glyph in glyphs)


def _scores(glyphs: Sequence[Glyph]) -> list[float]:
    return [glyph.score for glyph in glyphs] or [0.0]
