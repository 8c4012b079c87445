"""The second, independent reader: pdfplumber, its own parser and its own tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gongkai.extractors.grids import grid_of_cells
from gongkai.model import Box, Char, Grid


def second_grids(path: Path, pages: Iterable[int]) -> list[Grid]:
    """The grids that pdfplumber finds on the given pages (from 1).

    Loaded only when asked for: a report that needs no second look does not pay for it.
    """
    import pdfplumber

    with pdfplumber.open(path) as document:
        return [grid for number in pages for grid in _grids(document.pages[number - 1], number)]


def _grids(page: Any, number: int) -> Iterator[Grid]:
    try:
        chars = [_char(c) for c in page.chars if c["text"].strip()]
        for table in page.find_tables():
            boxes = [Box(*map(float, cell)) for cell in table.cells]
            if len(boxes) < 2:
                continue
            x0, top, x1, bottom = table.bbox
            inside = [
                c
                for c in chars
                if x0 <= (c.x0 + c.x1) / 2 <= x1 and top <= (c.top + c.bottom) / 2 <= bottom
            ]
            yield grid_of_cells(number, "pdfplumber", boxes, inside)
    finally:
        page.close()


def _char(char: dict[str, Any]) -> Char:
    # pdfminer's box is the font's, not the ink's: its lower part is below the baseline
    bottom, size = float(char["bottom"]), float(char["size"])
    return Char(
        text=char["text"],
        x0=float(char["x0"]),
        top=float(char["top"]),
        x1=float(char["x1"]),
        bottom=bottom,
        baseline=bottom - 0.2 * size,
        size=size,
    )
