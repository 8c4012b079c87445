"""Which part of a report's pages belongs to a table, and which is text.

The form puts each table into one section, so a table's zone reaches from the heading of its
section to the next heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongkai.extractors.layout.furniture import without_furniture
from gongkai.extractors.layout.lines import prose_lines
from gongkai.model import Box, Char, Grid, Line, Page
from gongkai.normalizers.documents.headings import Heading, ReportExtent

_FRAMED_TEXT = 80  # characters: a cell with more text has sentences
_FRAME_COLUMNS = 3  # a frame around text has no more

Zone = Mapping[int, tuple[float, float]]  # page -> top and bottom in points
NOWHERE = (0.0, 0.0)  # the span of a zone on a page that it does not reach


@dataclass(frozen=True)
class ReportPages:
    """The pages of one report, as the first reader and OCR read them."""

    pages: Mapping[int, Page]  # of the whole file
    grids: Sequence[Grid]  # ruled grids of the report
    zones: Mapping[str, Zone]  # by table
    lines: Sequence[Line]  # the report's lines outside tables, without page furniture
    year: int | None

    def chars_in(self, page: int, span: tuple[float, float]) -> list[Char]:
        """Return the characters of one page between two heights, without page furniture."""
        kept = [(g.box.top, g.box.bottom) for g in self.grids if g.page == page]
        kept += [(n.box.top, n.box.bottom) for n in self.lines if n.page == page]
        return [
            c
            for c in self.pages[page].chars
            if span[0] < (y := (c.top + c.bottom) / 2) < span[1]
            and any(top <= y <= bottom for top, bottom in kept)
        ]

    def texts_outside(self, zone: Zone, grids: Sequence[Grid]) -> Iterator[tuple[int, Box, str]]:
        """Yield page, box and text of everything in a zone outside the given grids.

        Running text is yielded by line, other grids by cell.
        """
        for line in self.lines:
            top, bottom = zone.get(line.page, NOWHERE)
            if top < line.box.middle[1] < bottom:
                yield line.page, line.box, line.text
        for grid in self.grids:
            top, bottom = zone.get(grid.page, NOWHERE)
            if top < grid.box.middle[1] < bottom and grid not in grids:
                for cell in grid.cells:
                    yield grid.page, cell.box, cell.text

    def own_grids(self, grids: Iterable[Grid]) -> Iterator[Grid]:
        """Yield the grids of this report; its first and last page may have others."""
        for grid in grids:
            spans = [zone[grid.page] for zone in self.zones.values() if grid.page in zone]
            if not spans or any(grid.box.top < s[1] and grid.box.bottom > s[0] for s in spans):
                yield grid

    def scanned_pages(self, table: str, grids: Sequence[Grid]) -> set[int]:
        """Return the pages of a table that OCR read; without grids, those of its zone."""
        pages = {grid.page for grid in grids} or set(self.zones.get(table, {}))
        return {page for page in pages if self.pages[page].reader == "ocr"}


def lines_outside_tables(
    pages: Sequence[Page],
    grids: Sequence[Grid],
    official: Sequence[Grid],
    page_number: re.Pattern[str],
) -> list[Line]:
    """Return the lines of text in reading order, without tables and page furniture.

    ``grids`` are those of all pages; ``official`` those with labels of the form. Text beside
    an official table belongs to it, since one of its sides may have no rule. ``page_number``
    matches a printed page number.
    """
    lines: dict[int, list[Line]] = {}
    for page in pages:
        own = [grid for grid in grids if grid.page == page.number]
        tables = [grid for grid in own if grid in official or not is_text_frame(grid)]
        covered = {id(char) for grid in tables for cell in grid.cells for char in cell.chars}
        free = [char for char in page.chars if id(char) not in covered]
        beside = [(g.box.top, g.box.bottom) for g in tables if g in official]
        lines[page.number] = [
            line
            for line in prose_lines(page.number, free)
            if not any(top < line.box.middle[1] < bottom for top, bottom in beside)
        ]
    kept = without_furniture(lines, {page.number: page for page in pages}, page_number)
    return [line for number in sorted(kept) for line in kept[number]]


def is_text_frame(grid: Grid) -> bool:
    """Is a grid a frame around sentences?"""
    longest = max((len(cell.text) for cell in grid.cells), default=0)
    return longest > _FRAMED_TEXT and grid.columns <= _FRAME_COLUMNS


def table_zones(
    sections: Mapping[str, str],
    headings: Sequence[Heading],
    extent: ReportExtent,
    pages: Mapping[int, Page],
) -> dict[str, Zone]:
    """Return the zone of each table whose section has a heading.

    ``sections`` maps a table's id to the number of its section; ``headings`` are those of
    ``extent.lines``.
    """
    zones: dict[str, Zone] = {}
    for table, section in sections.items():
        for k, heading in enumerate(headings):
            if heading.number != section:
                continue
            last_line = extent.lines[heading.line + heading.lines - 1]
            start = (last_line.page, last_line.box.bottom)
            after = extent.lines[headings[k + 1].line] if k + 1 < len(headings) else None
            end = (after.page, after.box.top) if after else (extent.page_last, float("inf"))
            zones[table] = {
                page: (
                    start[1] if page == start[0] else 0.0,
                    end[1] if page == end[0] else pages[page].height,
                )
                for page in range(start[0], end[0] + 1)
            }
    return zones
