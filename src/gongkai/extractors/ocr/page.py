"""One page that is a picture, as the same Page that every reader gives."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pypdfium2 as pdfium
from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr.cell_images import Task, cell_tasks, chosen
from gongkai.extractors.ocr.chars import chars_of
from gongkai.extractors.ocr.ink_runs import Run, letter_height, runs_in, strip_of
from gongkai.extractors.ocr.page_bitmap import DPI
from gongkai.extractors.ocr.prepare import (
    LABEL_MARGINS,
    Prepared,
    is_plain,
    prepare,
    right_way_up,
)
from gongkai.extractors.ocr.recogniser import Recogniser
from gongkai.extractors.ocr.rotated_labels import on_their_side
from gongkai.model import Char, Grid, Page

_APART = 3.0  # letters: a wider gap parts two lines of prose that stand side by side
_MARGIN = 0.1  # of the page's height at its head and foot
_MOST_LINES = 400  # printed lines on a page; a page with more is no prose


def read_page(
    document: pdfium.PdfDocument,
    number: int,
    reader: Recogniser,
    *,
    want_text: bool = True,
    image_share: float = 1.0,
    dpi: float = DPI,
    likely: int = 0,
) -> Page:
    """Read one page (from 1) from its picture.

    The page comes upright and straight, in points; ``onto`` tells the way back to the
    page as displayed. Without ``want_text`` only tables, titles and headings are read.
    ``likely``: quarters by which the page has to be turned clockwise, as far as its
    neighbours tell.
    """
    first = prepare(document, number, dpi, likely)
    page = _read(first, number, reader, want_text, image_share)
    telling = want_text or page.rules or number == 1  # else hardly anything was read of it
    if telling and page.chars and not is_plain("".join(char.text for char in page.chars)):
        best = right_way_up(document, number, reader, first, likely)
        if best is not first:
            page = _read(best, number, reader, want_text, image_share)
    return page


def quarters(page: Page) -> int:
    """By how many quarters clockwise a page was turned to be read."""
    if page.onto is None:
        return 0
    # where the upright page's x axis runs on the page as displayed
    return round(-math.degrees(math.atan2(page.onto[3], page.onto[0])) / 90) % 4


def _read(
    prepared: Prepared, number: int, reader: Recogniser, want_text: bool, image_share: float
) -> Page:
    picture = prepared.picture
    rules = prepared.ruling.rules(picture.dpi)
    bare = Page(number, *picture.size(), (), rules, image_share, "ocr", picture.onto_page())
    grids = find_grids(bare)
    tasks = [task for k, grid in enumerate(grids) for task in cell_tasks(prepared, k, grid)]
    tasks += _prose_tasks(prepared, grids, want_text)
    readings = chosen(grids, tasks, reader.read([task.strip for task in tasks]), reader)
    lying = on_their_side(prepared, tasks, readings, reader)
    scale = 72 / picture.dpi
    chars: list[Char] = []
    for i, task in enumerate(tasks):
        glyphs, width = lying.get(i, readings[i]), task.strip.shape[1]
        own = chars_of(glyphs, task.pieces, width, task.origin, scale, task.letter, task.most)
        chars += (replace(char, upright=False) for char in own) if i in lying else own
    return replace(bare, chars=tuple(chars))


def _prose_tasks(prepared: Prepared, grids: Sequence[Grid], want_text: bool) -> list[Task]:
    ink = prepared.ink.copy()
    dpi = prepared.picture.dpi
    for grid in grids:
        x0, top, x1, bottom = (edge * dpi / 72 for edge in grid.box)
        ink[max(0, int(top) - 2) : int(bottom) + 2, max(0, int(x0) - 2) : int(x1) + 2] = 0
    letter = letter_height(ink, dpi)
    runs = [run for run in runs_in(ink, letter, _APART * letter) if _is_line(run, letter)]
    if not want_text:
        margins = [(grid.box.x0 * dpi / 72, grid.box.x1 * dpi / 72) for grid in grids]
        runs = _headings(runs, margins, letter, ink.shape[0])
    tasks = []
    for run in runs[:_MOST_LINES]:
        strip, pieces = strip_of(prepared.picture.grey, [run], LABEL_MARGINS, letter)
        tasks.append(Task(strip, pieces, (0, 0), letter, 1.0, None))
    return tasks


def _is_line(run: Run, letter: float) -> bool:
    width = run.x1 - run.x0
    return width > 0.3 * letter and (run.height > 0.4 * letter or width > 0.6 * letter)


def _headings(
    runs: Sequence[Run], margins: Sequence[tuple[float, float]], letter: float, rows: int
) -> list[Run]:
    """Lines that may be titles or headings: large, or set in and ending short.

    ``margins``: from where to where the page's tables reach; ``rows``: its height in pixels.
    """
    widest = max((run.x1 - run.x0 for run in runs), default=0)
    long = [(run.x0, run.x1) for run in runs if run.x1 - run.x0 > max(0.8 * widest, 15 * letter)]
    spans = [*margins, *long]
    if not spans:
        return list(runs)
    left, right = min(x0 for x0, _ in spans), max(x1 for _, x1 in spans)
    head, foot = _MARGIN * rows, (1 - _MARGIN) * rows
    return [
        run
        for run in runs
        if run.height > 1.25 * letter
        or (run.x0 > left + letter and run.x1 < right - 1.5 * letter)
        or not head < (run.top + run.bottom) / 2 < foot  # page furniture, to be told as such
    ]
