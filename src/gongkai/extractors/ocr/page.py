"""OCR of one page; the result is a Page, as from every reader."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr.cell_images import CellImage, table_images
from gongkai.extractors.ocr.cell_readings import choose_readings
from gongkai.extractors.ocr.chars import glyph_chars
from gongkai.extractors.ocr.cleaning import CleanBitmaps
from gongkai.extractors.ocr.ink_runs import (
    LABEL_MARGINS,
    InkRun,
    find_runs,
    line_strip,
    stroke_mark,
    text_height,
)
from gongkai.extractors.ocr.orientation import find_upright, is_clearly_upright, looks_upright
from gongkai.extractors.ocr.page_bitmap import DPI, Pixels
from gongkai.extractors.ocr.recogniser import Recogniser
from gongkai.extractors.ocr.rotated_labels import read_rotated_labels
from gongkai.extractors.ocr.segmented_page import SegmentedPage, prepare_page
from gongkai.model import Char, Grid, Page

_MAX_GAP = 3.0  # letters: a wider gap separates two lines of prose beside each other
_MARGIN = 0.1  # share of the page's height, at its head and foot
_LOWEST = 0.4  # letters: the least height of a line beside which ink is measured
_SINGLE = 2.0  # heights of the line beside: shorter ink is a number or mark, not a line
_DIGIT, _STROKE = 0.5, 0.2  # heights of the line beside: least height and width of a digit
_MAX_LINES = 400  # printed lines on a page; a page with more is not prose


@dataclass(frozen=True)
class PageOcrOptions:
    """How one page is read.

    Without ``want_text`` only tables, titles and headings are read. ``image_share`` is the
    share of the page that images cover, for the result. ``expected_turns`` are the clockwise
    quarter turns that made similar pages of the file upright; None: not known.
    """

    want_text: bool = True
    image_share: float = 1.0
    dpi: float = DPI
    expected_turns: int | None = 0


_DEFAULTS = PageOcrOptions()


def read_page(
    bitmaps: CleanBitmaps,
    number: int,
    reader: Recogniser,
    options: PageOcrOptions = _DEFAULTS,
) -> Page:
    """Read one page (from 1) by OCR.

    The result is upright and straight, in points; ``Page.to_displayed`` is the transform to the
    displayed page.
    """
    turns = options.expected_turns or 0
    first = prepare_page(bitmaps, number, options.dpi, turns)
    if options.expected_turns is None and not looks_upright(first, reader):
        first = find_upright(bitmaps, number, reader, first, turns)
    page = _read_segmented(first, number, reader, options)
    # without text and tables, too little of the page was read to tell its orientation
    has_evidence = options.want_text or page.rules or number == 1
    # on a page on its side, letters are read like the labels that are printed on their side
    text = "".join(char.text for char in page.chars if char.upright)
    if has_evidence and page.chars and not is_clearly_upright(text, reader):
        best = find_upright(bitmaps, number, reader, first, turns)
        if best is not first:
            page = _read_segmented(best, number, reader, options)
    return page


def quarter_turns(page: Page) -> int:
    """The clockwise quarter turns by which OCR made a page upright."""
    if page.to_displayed is None:
        return 0
    # the direction of the upright page's x axis on the displayed page
    return round(-math.degrees(math.atan2(page.to_displayed[3], page.to_displayed[0])) / 90) % 4


def _read_segmented(
    segmented: SegmentedPage, number: int, reader: Recogniser, options: PageOcrOptions
) -> Page:
    bitmap = segmented.bitmap
    page = Page(
        number,
        *bitmap.size(),
        chars=(),
        rules=segmented.ruled.rules(bitmap.dpi),
        image_share=options.image_share,
        reader="ocr",
        to_displayed=bitmap.to_displayed(),
    )
    grids = find_grids(page)
    images = [image for k, grid in enumerate(grids) for image in table_images(segmented, k, grid)]
    images += _prose_images(segmented, grids, want_text=options.want_text)
    found = reader.read([image.strip for image in images])
    readings = choose_readings(grids, images, found, reader)
    rotated = read_rotated_labels(segmented, images, readings, reader)
    chars: list[Char] = []
    for i, image in enumerate(images):
        own = glyph_chars(rotated.get(i, readings[i]), image, 72 / bitmap.dpi)
        chars += (replace(char, upright=False) for char in own) if i in rotated else own
    return replace(page, chars=tuple(chars))


def _prose_images(
    page: SegmentedPage, grids: Sequence[Grid], *, want_text: bool
) -> list[CellImage]:
    """The images of the printed lines outside of grids."""
    ink = page.ink.copy() if grids else page.ink
    dpi = page.bitmap.dpi
    x, y = (page.pieces[:, :2] + page.pieces[:, 2:]).T / 2
    is_outside = np.ones(len(page.pieces), np.bool_)
    for grid in grids:
        x0, top, x1, bottom = (edge * dpi / 72 for edge in grid.box)
        ink[max(0, int(top) - 2) : int(bottom) + 2, max(0, int(x0) - 2) : int(x1) + 2] = 0
        is_outside &= (x < x0) | (x > x1) | (y < top) | (y > bottom)
    height = text_height(page.pieces[is_outside], dpi)
    runs = [*_text_runs(ink, height)]
    if not want_text:
        spans = [(grid.box.x0 * dpi / 72, grid.box.x1 * dpi / 72) for grid in grids]
        kept = {*_heading_runs([each.run for each in runs], spans, height, ink.shape[0])}
        runs = [each for each in runs if each.run in kept]
    images = []
    for run, letter_height, is_single in runs[:_MAX_LINES]:
        strip, parts = line_strip(page.bitmap.grey, [run], LABEL_MARGINS, letter_height)
        mark = ""
        if is_single:
            mark = stroke_mark(ink[run.top : run.bottom, run.x0 : run.x1], letter_height)
        images.append(
            CellImage(
                strip, parts, (0, 0), letter_height, 1.0, None, mark=mark, is_single=is_single
            )
        )
    return images


class _TextRun(NamedTuple):
    run: InkRun
    letter_height: float  # pixels
    is_single: bool  # one or two letters beside a line, as a number of a table without rules


def _text_runs(ink: Pixels, letter_height: float) -> Iterator[_TextRun]:
    """The runs of ink that are large enough for text.

    Short ones beside a line are measured by that line: the rows of a table without rules are often
    smaller than the prose of the page.
    """
    runs = find_runs(ink, letter_height, _MAX_GAP * letter_height)
    lines = [run for run in runs if _is_line(run, letter_height)]
    if not lines:
        return
    left, right = min(run.x0 for run in lines), max(run.x1 for run in lines)
    for run in runs:
        y, width = (run.top + run.bottom) / 2, run.x1 - run.x0
        beside = [line.height for line in lines if line.top <= y <= line.bottom and line != run]
        height = max(_LOWEST * letter_height, *beside) if beside else letter_height
        is_digit = _DIGIT * height < run.height <= height and width > _STROKE * height
        is_single = left <= run.x0 and run.x1 <= right and width < _SINGLE * height
        if beside and is_single and (is_digit or _is_line(run, height)):
            yield _TextRun(run, height, True)
        elif _is_line(run, letter_height):
            yield _TextRun(run, letter_height, False)


def _is_line(run: InkRun, letter_height: float) -> bool:
    """Is a run of ink large enough for text?"""
    width = run.x1 - run.x0
    return width > 0.3 * letter_height and (
        run.height > 0.4 * letter_height or width > 0.6 * letter_height
    )


def _heading_runs(
    runs: Sequence[InkRun],
    table_spans: Sequence[tuple[float, float]],
    letter_height: float,
    page_height: int,
) -> list[InkRun]:
    """Lines that may be titles or headings: large, or indented and ending short.

    ``table_spans`` are the x ranges of the page's tables. All sizes are in pixels.
    """
    widest = max((run.x1 - run.x0 for run in runs), default=0)
    min_long = max(0.8 * widest, 15 * letter_height)
    long = [(run.x0, run.x1) for run in runs if run.x1 - run.x0 > min_long]
    spans = [*table_spans, *long]
    if not spans:
        return list(runs)
    left, right = min(x0 for x0, _ in spans), max(x1 for _, x1 in spans)
    head, foot = _MARGIN * page_height, (1 - _MARGIN) * page_height
    return [
        run
        for run in runs
        if run.height > 1.25 * letter_height
        or (run.x0 > left + letter_height and run.x1 < right - 1.5 * letter_height)
        # page furniture is read, too, so that it is recognised as such
        or not head < (run.top + run.bottom) / 2 < foot
    ]
