"""The second, independent reader: pdfplumber, its own parser and its own tables."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.extractors.layout.ruled_tables import grid_of_cells
from gongkai.extractors.pdf.parser_errors import PARSER_ERRORS
from gongkai.model import Box, Char, Grid

_log = logging.getLogger(__name__)

_FAINT = 0.02  # how far from white a colour may be and still leave no mark


@dataclass(frozen=True)
class PageReading:
    """What pdfplumber makes of one page: its characters, and its own tables."""

    page: int
    chars: tuple[Char, ...]
    grids: tuple[Grid, ...]


def read_with_pdfplumber(path: Path, pages: Iterable[int]) -> list[PageReading]:
    """What pdfplumber sees on the given pages (from 1).

    Loaded only when asked for: a report that needs no second look does not pay for it.
    Nothing where the file is damaged so that pdfplumber cannot read it.
    """
    import pdfplumber
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    known = MalformedPDFException, PdfminerException, PSException
    stumbles: tuple[type[Exception], ...] = (*PARSER_ERRORS, *known)
    try:
        with pdfplumber.open(path) as document:
            return [_look(document.pages[number - 1], number) for number in pages]
    except stumbles as error:
        _log.info("%s: pdfplumber cannot read it: %r", path, error)
        return []


def _look(page: Any, number: int) -> PageReading:
    try:
        # pdfplumber counts from the media box's corner, a viewer from the crop box's
        origin = float(page.cropbox[0]), float(page.cropbox[1])
        seen = (c for c in page.chars if c["text"].strip() and not _is_white(c))
        chars = tuple(_char(c, origin) for c in seen)
        return PageReading(number, chars, tuple(_grids(page, number, origin, chars)))
    finally:
        page.close()


def _is_white(char: dict[str, Any]) -> bool:
    """Is a character painted so that nobody sees it on white paper?"""
    colour = char.get("non_stroking_color")
    if not isinstance(colour, tuple) or not all(isinstance(p, int | float) for p in colour):
        return False
    return all(p <= _FAINT for p in colour) if len(colour) == 4 else min(colour) >= 1 - _FAINT


def _grids(
    page: Any, number: int, origin: tuple[float, float], chars: Sequence[Char]
) -> Iterator[Grid]:
    for table in page.find_tables():
        boxes = [_moved(cell, origin) for cell in table.cells]
        if len(boxes) > 1:
            own = chars_inside(_moved(table.bbox, origin), chars)
            yield grid_of_cells(number, "pdfplumber", boxes, own)


def _moved(box: Sequence[float], origin: tuple[float, float]) -> Box:
    return Box(*map(float, box)).seen_from(*origin)


def chars_inside(box: Box, chars: Iterable[Char]) -> list[Char]:
    """The characters whose middle is in a box."""
    return [c for c in chars if box.holds((c.x0 + c.x1) / 2, (c.top + c.bottom) / 2)]


def _char(char: dict[str, Any], origin: tuple[float, float]) -> Char:
    # pdfminer's box is the font's, not the ink's: its lower part is below the baseline
    size = float(char["size"])
    box = _moved((char["x0"], char["top"], char["x1"], char["bottom"]), origin)
    return Char(
        text=char["text"],
        x0=box.x0,
        top=box.top,
        x1=box.x1,
        bottom=box.bottom,
        baseline=box.bottom - 0.2 * size,
        size=size,
    )
