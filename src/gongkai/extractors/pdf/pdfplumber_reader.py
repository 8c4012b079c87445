"""The second reader: pdfplumber, which has its own parser and table finder."""

from __future__ import annotations

import functools
import logging
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gongkai.errors import UnreadableFile
from gongkai.extractors.layout.ruled_tables import grid_from_boxes
from gongkai.extractors.pdf.parser_errors import PARSER_ERRORS
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.model import Box, Char, Grid, Page

Transform = tuple[float, float, float, float, float, float]

_log = logging.getLogger(__name__)

_WHITE_TOLERANCE = 0.02  # colour components, 0..1, this close to white are invisible
_SAME_PLACE = 0.3  # font sizes between two readings of one character
DESCENT = 0.2  # of the font size: how far pdfminer's box reaches below the baseline
# pdfplumber takes the product of a page's edges, and the square of their crossings. Pages of
# reports have 40 edges each way and 900 crossings; dots that draw a rule may be thousands.
_MOST_PAIRS = 250_000
_MOST_CROSSINGS = 3_000
_LAST_CODE = 65_535  # of the characters of a font


def read_with_pdfplumber(path: Path, pages: Iterable[int] | None) -> list[Page]:
    """Read the given pages (from 1), or all of them, with pdfplumber.

    pdfium says which text is not displayed; pdfplumber has no rules for that.

    Returns an empty list where the file is damaged so that pdfplumber cannot read it.
    Imports pdfplumber on the first call, since few reports need it.
    """
    import pdfplumber
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    _bound_widths()
    known = MalformedPDFException, PdfminerException, PSException
    errors: tuple[type[Exception], ...] = (*PARSER_ERRORS, *known)
    try:
        with pdfplumber.open(path) as document:
            numbers = range(1, len(document.pages) + 1) if pages is None else pages
            shown = {page.number: page for page in _as_displayed(path)}
            return [
                _read_page(document.pages[number - 1], number, shown.get(number))
                for number in numbers
            ]
    except errors as error:
        _log.info("%s: pdfplumber cannot read it: %r", path, error)
        return []


@functools.cache
def _bound_widths() -> None:
    """Let pdfminer read no widths beyond the last code of a font.

    It stores every code of a range: one of 20 bytes takes all memory.
    """
    from pdfminer import pdffont
    from pdfminer.pdftypes import resolve1

    def bounded(read: Callable[[Iterable[object]], Any]) -> Callable[[Iterable[object]], Any]:
        def widths(values: Iterable[object]) -> Any:
            found = map(resolve1, values)
            return read([min(v, _LAST_CODE) if isinstance(v, int | float) else v for v in found])

        return widths

    for name in ("get_widths", "get_widths2"):
        setattr(pdffont, name, bounded(getattr(pdffont, name)))


def _as_displayed(path: Path) -> list[Page]:
    try:
        return read_pages(path)
    except UnreadableFile:
        return []


def _read_page(page: Any, number: int, shown: Page | None) -> Page:
    try:
        # pdfplumber measures from the corner of the media box, a viewer from the crop box
        origin = float(page.cropbox[0]), float(page.cropbox[1])
        visible = (
            c for c in page.chars if c["text"].strip() and not is_white(c.get("non_stroking_color"))
        )
        x0, top, x1, bottom = map(float, page.cropbox)
        transform = shown.to_displayed if shown else None
        whole = upright(Box(0, 0, x1 - x0, bottom - top), transform)
        inside = chars_inside(whole, (_char(c, origin, transform) for c in visible))
        chars = tuple(char for char in inside if char.size > 0)  # a damaged matrix has no height
        if shown:
            chars = tuple(displayed(chars, shown))
        # pdfplumber's tolerances are in points: it finds no tables on pages of another scale
        grids = () if transform else tuple(_grids(page, number, origin, chars))
        width, height = whole.x1, whole.bottom
        return Page(number, width, height, chars, (), 0.0, "pdfplumber", transform, grids)
    finally:
        page.close()


def displayed(chars: Iterable[Char], shown: Page) -> list[Char]:
    """Return the characters outside hidden text, and those in it that pdfium finds there, too."""
    found = list(chars)
    if not shown.hidden:
        return found
    x, y = np.array([(c.x0 + c.x1, c.top + c.bottom) for c in found]).reshape(-1, 2).T / 2
    is_under = np.zeros(len(found), np.bool_)
    for x0, top, x1, bottom in shown.hidden:
        is_under |= (x0 <= x) & (x <= x1) & (top <= y) & (y <= bottom)
    seen: dict[str, list[tuple[float, float]]] = {}
    for char in shown.chars:
        seen.setdefault(char.text, []).append(((char.x0 + char.x1) / 2, char.baseline))
    places = {text: np.array(found) for text, found in seen.items()}
    return [
        char
        for char, under in zip(found, is_under.tolist(), strict=True)
        if not under or _is_at(places.get(char.text), char)
    ]


def _is_at(places: npt.NDArray[np.float64] | None, char: Char) -> bool:
    """Is a character at one of these middles and baselines?"""
    if places is None:
        return False
    apart = abs(places - ((char.x0 + char.x1) / 2, char.baseline))
    return bool((apart < _SAME_PLACE * char.size).all(1).any())


def is_white(colour: object) -> bool:
    """Return whether a fill colour (grey, RGB or CMYK, 0 to 1) is white: invisible on paper."""
    if not isinstance(colour, tuple) or not all(isinstance(p, int | float) for p in colour):
        return False
    if len(colour) == 4:  # CMYK
        return all(p <= _WHITE_TOLERANCE for p in colour)
    return min(colour, default=0.0) >= 1 - _WHITE_TOLERANCE


def _grids(
    page: Any, number: int, origin: tuple[float, float], chars: Sequence[Char]
) -> Iterator[Grid]:
    for table in _tables(page):
        boxes = [_displayed_box(cell, origin) for cell in table.cells]
        if len(boxes) > 1:
            own = chars_inside(_displayed_box(table.bbox, origin), chars)
            yield grid_from_boxes(number, "pdfplumber", boxes, own)


def _tables(page: Any) -> Sequence[Any]:
    """The tables that pdfplumber finds on a page; none on a page with too many edges."""
    from pdfplumber.table import TableFinder, edges_to_intersections

    class BoundedFinder(TableFinder):
        def get_edges(self) -> list[Any]:
            edges: list[Any] = super().get_edges()
            upright = sum(edge["orientation"] == "v" for edge in edges)
            if upright * (len(edges) - upright) > _MOST_PAIRS:
                return []
            return edges if len(edges_to_intersections(edges)) <= _MOST_CROSSINGS else []

    return BoundedFinder(page).tables


def _displayed_box(box: Sequence[float], origin: tuple[float, float]) -> Box:
    return Box(*map(float, box)).relative_to(*origin)


def chars_inside(box: Box, chars: Iterable[Char]) -> list[Char]:
    """The characters whose middle is in ``box``."""
    return [c for c in chars if box.contains((c.x0 + c.x1) / 2, (c.top + c.bottom) / 2)]


class PlacedChars:
    """The characters of a page, sorted by height, to look up those in many boxes."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self._chars = chars
        middles = [((c.top + c.bottom) / 2, k) for k, c in enumerate(chars)]
        self._middles = sorted(middles)

    def inside(self, box: Box) -> tuple[Char, ...]:
        """Return the characters whose middle is in ``box``, in the order of the page."""
        first = bisect_left(self._middles, (box.top,))
        last = bisect_left(self._middles, (box.bottom, len(self._chars)), first)
        near = (self._chars[k] for _, k in sorted(self._middles[first:last], key=itemgetter(1)))
        return tuple(chars_inside(box, near))


def upright(box: Box, transform: Transform | None) -> Box:
    """Return a box of the displayed page on the page that ``transform`` maps to it."""
    if transform is None:
        return box
    a, b, c, d, e, f = transform
    scale = a * e - b * d
    corners = [
        ((e * (x - c) - b * (y - f)) / scale, (a * (y - f) - d * (x - c)) / scale)
        for x, y in (box[:2], box[2:])
    ]
    (x0, x1), (top, bottom) = map(sorted, zip(*corners, strict=True))
    return Box(x0, top, x1, bottom)


def _char(char: dict[str, Any], origin: tuple[float, float], transform: Transform | None) -> Char:
    # pdfminer reports the box of the font, not of the ink
    box = _displayed_box((char["x0"], char["top"], char["x1"], char["bottom"]), origin)
    box = upright(box, transform)
    # pdfminer takes the height on the displayed page as the font size
    size = box.bottom - box.top if transform else float(char["size"])
    return Char(
        text=char["text"],
        x0=box.x0,
        top=box.top,
        x1=box.x1,
        bottom=box.bottom,
        baseline=box.bottom - DESCENT * size,
        size=size,
    )
