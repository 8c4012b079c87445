"""Number cells of digital pages, read as one sees them: a witness no text layer deceives."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import pypdfium2 as pdfium

from gongkai.extractors.ocr.picture import DPI, render
from gongkai.extractors.ocr.preparing import told_apart
from gongkai.extractors.ocr.recogniser import Glyph, Recogniser
from gongkai.extractors.ocr.strips import (
    Task,
    agreed,
    cell_task,
    inside_of,
    read_again,
    usual_letter,
)
from gongkai.model import Box


def read_cells(
    document: pdfium.PdfDocument, places: Sequence[tuple[int, Box]], reader: Recogniser
) -> list[tuple[str, float]]:
    """The text of each cell (page from 1, box in points) and its confidence, 0..1.

    A blank cell has no text, and full confidence.
    """
    cv2.setNumThreads(1)
    tasks: dict[int, Task] = {}
    for number in sorted({page for page, _ in places}):
        prepared = told_apart(render(document, number, DPI))
        own = {
            k: inside_of(prepared, box) for k, (page, box) in enumerate(places) if page == number
        }
        letter = usual_letter(prepared, list(own.values()))
        for k, inside in own.items():
            task = cell_task(prepared, inside, letter, (0, k))
            if task is not None:
                tasks[k] = task
    held = list(tasks.values())
    found = [each.certain() for each in reader.read([task.strip for task in held])]
    others = read_again(held, range(len(held)), reader)
    read = {}
    for k, task, one, other in zip(tasks, held, found, others, strict=True):
        glyphs = one if other is None else agreed(one, other)
        read[k] = (task.mark, task.most) if task.mark else _text(glyphs, task.most)
    return [read.get(k, ("", 1.0)) for k in range(len(places))]


def _text(glyphs: Sequence[Glyph], most: float) -> tuple[str, float]:
    return "".join(g.text for g in glyphs), min((*(g.score for g in glyphs), most), default=0.0)
