"""Misprints made by changing characters on pages that were read.

The rules stay; only the characters in a cell change. So grids, labels, numbers and checks treat
a changed page as they would treat a real misprint.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest
from msgspec.structs import replace

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.pdf.playa_reader import PlayaReader
from gongkai.extractors.readers import CamelotReader, PdfplumberReader
from gongkai.model import Box, Cell, Char, Grid, Page, ReadOptions, Report
from gongkai.reading.fallback import CheckedTables, TableFallback
from gongkai.reading.report import ReportReader
from helpers.draw import char_width

Pages = Sequence[Page]


@contextmanager
def everything_seen() -> Iterator[None]:
    """Let every number count as seen on the page: changed pages have no pictures."""

    with_sight = TableFallback.with_sight

    def seen(self: TableFallback, checked: CheckedTables) -> CheckedTables:
        compared = with_sight(self, checked)
        return dataclasses.replace(compared, seen=dict.fromkeys(compared.observations, True))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TableFallback, "with_sight", seen)
        yield


class UnchangedPages:
    """Finds the grids of the pages of a report once, whatever changes on the others."""

    def __init__(self, pages: Pages) -> None:
        self._pages = {id(page): page for page in pages}
        self._copies: dict[tuple[int, str], Page] = {}
        self._grids: dict[int, list[Grid]] = {}

    def as_read_by(self, page: Page, reader: str) -> Page:
        """Return a page, changed or not, as another reader would read it."""
        key = id(page), reader
        if key not in self._copies:
            copy = replace(page, reader=reader)
            if id(page) not in self._pages:
                return copy
            self._copies[key] = self._pages[id(copy)] = copy
        return self._copies[key]

    def find_grids(self, page: Page) -> list[Grid]:
        """Replaces ``find_grids`` of the program."""
        if id(page) not in self._pages:
            return find_grids(page)
        if id(page) not in self._grids:
            self._grids[id(page)] = find_grids(page)
        return list(self._grids[id(page)])


@contextmanager
def patched_readers(pages: Pages, unchanged: UnchangedPages | None = None) -> Iterator[None]:
    """Let playa, pdfplumber and camelot read these changed pages, not the file they come from.

    The pages have no pictures: every number that is read counts as seen.
    """
    found = unchanged or UnchangedPages(())

    def second(
        _: PdfplumberReader, _path: Path, numbers: Sequence[int], _options: ReadOptions
    ) -> list[Page]:
        return [found.as_read_by(page, "pdfplumber") for page in pages if page.number in numbers]

    def chars(_: PlayaReader, _path: Path, asked: Pages) -> list[Page]:
        numbers = {page.number for page in asked}
        return [found.as_read_by(page, "playa") for page in pages if page.number in numbers]

    def grids(_: CamelotReader, _path: Path, asked: Pages) -> list[Grid]:
        numbers = {page.number for page in asked if page.reader != "ocr"}
        return [
            grid
            for page in pages
            if page.number in numbers
            for grid in found.find_grids(found.as_read_by(page, "camelot"))
        ]

    with everything_seen(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(PdfplumberReader, "read", second)
        patch.setattr(PlayaReader, "chars", chars)
        patch.setattr(CamelotReader, "grids", grids)
        for module in ("extractors.readers", "reading.fallback", "reading.second_reading"):
            patch.setattr(f"gongkai.{module}.find_grids", found.find_grids)
        yield


def reports_of_pages(reader: ReportReader, pages: Pages, path: Path) -> list[Report]:
    """Return the reports on pages that were read, and perhaps changed, before."""
    return reader.reports(reader.files.of_pages(path, pages))


def within(char: Char, box: Box) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return box.x0 < x < box.x1 and box.top < y < box.bottom


def with_page(pages: Pages, changed: Page) -> list[Page]:
    return [changed if page.number == changed.number else page for page in pages]


def page_of(pages: Pages, number: int) -> Page:
    return next(page for page in pages if page.number == number)


def replaced(page: Page, old: Iterable[Char], new: Iterable[Char]) -> Page:
    """Return the page with new characters in the place of old ones."""
    gone = set(old)
    return replace(page, chars=(*(c for c in page.chars if c not in gone), *new))


def number_chars(text: str, like: Sequence[Char], box: Box) -> list[Char]:
    """Return the characters of a number that replaces another one inside a cell.

    They keep its baseline and size; digits are half as wide as high, or narrower if the cell is
    too narrow.
    """
    size = median(c.size for c in like)
    first = min(like, key=lambda c: (c.baseline, c.x0))
    middle = (min(c.x0 for c in like) + max(c.x1 for c in like)) / 2
    room = max(box.x1 - box.x0 - 1.0, 1.0)
    wish = [char_width(letter, size) for letter in text]
    widths = [width * min(1.0, room / sum(wish)) for width in wish]
    x = middle - sum(widths) / 2
    x = max(box.x0 + 0.5, min(x, box.x1 - 0.5 - sum(widths)))
    chars = []
    for letter, width in zip(text, widths, strict=True):
        chars.append(
            Char(
                letter,
                x + 0.05 * width,
                first.baseline - 0.7 * size,
                x + 0.95 * width,
                first.baseline,
                first.baseline,
                size,
            )
        )
        x += width
    return chars


def fitted(chars: Sequence[Char], box: Box) -> list[Char]:
    """Return characters moved into another cell, and made smaller if they do not fit."""
    x0, x1 = min(c.x0 for c in chars), max(c.x1 for c in chars)
    top, bottom = min(c.top for c in chars), max(c.bottom for c in chars)
    scale = min(
        1.0, (box.x1 - box.x0 - 1.5) / (x1 - x0), (box.bottom - box.top - 1.5) / (bottom - top)
    )
    dx = (box.x0 + box.x1) / 2 - scale * (x0 + x1) / 2
    dy = (box.top + box.bottom) / 2 - scale * (top + bottom) / 2
    return [
        replace(
            c,
            x0=scale * c.x0 + dx,
            x1=scale * c.x1 + dx,
            top=scale * c.top + dy,
            bottom=scale * c.bottom + dy,
            baseline=scale * c.baseline + dy,
            size=scale * c.size,
        )
        for c in chars
    ]


def swapped(pages: Pages, one: tuple[int, Cell], other: tuple[int, Cell]) -> list[Page]:
    """Return the pages with the texts of two cells (page number, cell) swapped."""
    (first, a), (second, b) = one, other
    changed = list(pages)
    changed = with_page(changed, replaced(page_of(changed, first), a.chars, fitted(b.chars, a.box)))
    return with_page(changed, replaced(page_of(changed, second), b.chars, fitted(a.chars, b.box)))


def blanked(pages: Pages, cells: Iterable[tuple[int, Cell]]) -> list[Page]:
    """Return the pages without the text of the given cells."""
    changed = list(pages)
    for number, cell in cells:
        changed = with_page(changed, replaced(page_of(changed, number), cell.chars, ()))
    return changed


def grids_of(pages: Pages) -> dict[int, list[Grid]]:
    return {page.number: find_grids(page) for page in pages}


def cell_at(grids: dict[int, list[Grid]], page: int, x: float, y: float) -> Cell | None:
    """Return the cell of a page's grids that holds a point."""
    for grid in grids[page]:
        for cell in grid.cells:
            if cell.box.x0 < x < cell.box.x1 and cell.box.top < y < cell.box.bottom:
                return cell
    return None
