"""The second reader of characters: playa, whose parser is independent of pdfium.

It comes with camelot and takes a fifth of the time of pdfplumber, but finds no tables.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gongkai.extractors.layout.sheets import file_page
from gongkai.extractors.pdf.parser_errors import PARSER_ERRORS
from gongkai.extractors.pdf.pdfplumber_reader import DESCENT, displayed, is_white, upright
from gongkai.model import Box, Char, Page

_log = logging.getLogger(__name__)

_UNKNOWN = "\ufffd"  # for a glyph that the font maps to no character


class PlayaReader:
    """playa: characters from an independent parser, at a fifth of pdfplumber's cost."""

    def chars(self, path: Path, pages: Sequence[Page]) -> list[Page]:
        """Return these pages with the characters that playa finds; none if the file is damaged.

        Leaves out what pdfplumber read: the parsers of both have a common origin.
        """
        return chars_with_playa(path, [page for page in pages if page.reader != "pdfplumber"])


def chars_with_playa(path: Path, pages: Sequence[Page]) -> list[Page]:
    """Return pages of a file with the characters that playa reads instead of their own.

    Rules are left out, and what ``pages`` say is hidden. Returns an empty list where the file is
    damaged so that playa cannot read it. Imports playa on the first call: few reports need it.
    """
    import playa
    from playa.exceptions import PDFException

    errors: tuple[type[Exception], ...] = (*PARSER_ERRORS, PDFException)
    try:
        with playa.parse(path.read_bytes()) as document:
            return [
                replace(
                    page,
                    chars=tuple(displayed(_chars(document.pages[file_page(page) - 1], page), page)),
                    rules=(),
                    remains=(),
                    reader="playa",
                    grids=(),
                )
                for page in pages
            ]
    except errors as error:
        _log.info("%s: playa cannot read it: %r", path, error)
        return []


def _chars(source: Any, page: Page) -> Iterator[Char]:
    """The visible characters of a page of the file, in the coordinates of ``page``."""
    left, top = _corner(source)
    for text in source.texts:
        if is_white(text.gstate.ncolor.values):
            continue
        for glyph in text:
            char = _UNKNOWN if glyph.text is None else glyph.text
            if char.isspace():
                continue
            box = upright(_box(glyph).relative_to(left, top), page.to_displayed)
            size = box.bottom - box.top
            if size > 0:  # a damaged matrix has no height
                baseline = box.bottom - DESCENT * size
                yield Char(char, box.x0, box.top, box.x1, box.bottom, baseline, size)


def _box(glyph: Any) -> Box:
    """The box of a character, as wide as its font says, and one font size high.

    The heights that fonts declare are often wrong.
    """
    a, b, c, d, e, f = glyph.matrix
    x0, bottom, x1, top = glyph.font.char_bbox(glyph.cid)
    if not glyph.font.vertical:
        bottom, top = -DESCENT, 1 - DESCENT
    u0, u1 = a * x0 + c * bottom + e, a * x1 + c * top + e
    v0, v1 = b * x0 + d * bottom + f, b * x1 + d * top + f
    return Box(min(u0, u1), min(v0, v1), max(u0, u1), max(v0, v1))


def _corner(source: Any) -> tuple[float, float]:
    """The top left corner of what a viewer shows, in playa's points from that of the media box."""
    from playa.utils import intersect_rects, transform_bbox

    shown = intersect_rects(source.cropbox, source.mediabox)
    x0, top, _, _ = transform_bbox(source.ctm, shown or source.mediabox)
    return x0, top
