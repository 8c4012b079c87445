"""Labels of narrow cells whose letters are rotated by a quarter turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gongkai.extractors.ocr.cell_images import CellImage
from gongkai.extractors.ocr.chars import fix_punctuation, glyph_text
from gongkai.extractors.ocr.ink_runs import LABEL_MARGINS, InkRun, line_strip
from gongkai.extractors.ocr.line_model import Glyph
from gongkai.extractors.ocr.page_bitmap import Pixels
from gongkai.extractors.ocr.recogniser import Recogniser
from gongkai.extractors.ocr.segmented_page import SegmentedPage

_MIN_LINES = 2  # printed lines of one letter each that may be one rotated line
_MAX_WIDTH = 1.5  # letters: a wider line has more than one
_MIN_GAIN = 0.1  # by which the mean score has to rise
_TURNS = (1, 3)  # counter-clockwise quarter turns that are tried


def read_rotated_labels(
    page: SegmentedPage,
    images: Sequence[CellImage],
    readings: Sequence[Sequence[Glyph]],
    reader: Recogniser,
) -> dict[int, tuple[Glyph, ...]]:
    """Better readings of rotated labels, by index of their image."""
    candidates = [
        i
        for i, image in enumerate(images)
        if image.cell is not None
        and _may_be_rotated(image)
        and not reader.count_words(glyph_text(readings[i]))
    ]
    recognitions = reader.read(
        [strip for i in candidates for strip in _rotated_strips(page, images[i])]
    )
    better = {}
    for k, i in enumerate(candidates):
        turned = recognitions[len(_TURNS) * k : len(_TURNS) * (k + 1)]
        free = [fix_punctuation(each.free) for each in turned]
        best = max(free, key=lambda glyphs: _legibility(glyphs, reader))
        # the model may read letters in both orientations; then only their order differs
        has_word = reader.count_words(glyph_text(best)) > 0
        if has_word or _mean_score(best) > _mean_score(readings[i]) + _MIN_GAIN:
            better[i] = best
    return better


def _rotated_strips(page: SegmentedPage, image: CellImage) -> list[Pixels]:
    runs = [part.run for part in image.parts]
    left, upper = image.origin
    x0, x1 = min(r.x0 for r in runs), max(r.x1 for r in runs)
    top, bottom = upper + runs[0].top, upper + runs[-1].bottom
    grey = page.bitmap.grey[top:bottom, left + x0 : left + x1]
    strips = []
    for turns in _TURNS:
        rotated = np.ascontiguousarray(np.rot90(grey, turns))
        run = InkRun(0, 0, rotated.shape[1], rotated.shape[0])
        strips.append(line_strip(rotated, [run], LABEL_MARGINS)[0])
    return strips


def _may_be_rotated(image: CellImage) -> bool:
    runs = [part.run for part in image.parts]
    max_width = _MAX_WIDTH * image.letter_height
    return len(runs) >= _MIN_LINES and all(r.x1 - r.x0 < max_width for r in runs)


def _legibility(glyphs: Sequence[Glyph], reader: Recogniser) -> tuple[int, float]:
    return reader.count_words(glyph_text(glyphs)), _mean_score(glyphs)


def _mean_score(glyphs: Sequence[Glyph]) -> float:
    return sum(glyph.score for glyph in glyphs) / len(glyphs) if glyphs else 0.0
