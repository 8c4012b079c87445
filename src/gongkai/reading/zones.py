"""Which part of a report's pages belongs to a table, and what a reading of that part lacks.

The form prints each table in one section, so a table's zone extends from the heading of its
section to the next heading. A number in the zone, but in none of the table's grids, is a
leftover. Of two readings of a table, the one with fewer missing cells and leftovers is better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain

from msgspec import structs

from gongkai.checks.table_checks import TableChecks
from gongkai.extractors.layout.lines import prose_lines, without_furniture
from gongkai.extractors.layout.ruled_tables import transposed
from gongkai.extractors.layout.sheets import file_page
from gongkai.extractors.layout.text_segments import LabelTests, isolated_values
from gongkai.extractors.layout.unruled_tables import TextPage, unruled_grids
from gongkai.extractors.pdf.page_pictures import PagePictures
from gongkai.model import Box, Char, Grid, Key, Line, Observation, Page
from gongkai.normalizers.documents.headings import Heading, HeadingFinder, ReportExtent
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.values import Leftover, TableReading

_FRAMED_TEXT = 80  # characters: a cell with more text has sentences
_MIDDLE = 0.35  # font sizes between the baseline and the middle of a line
_FRAME_COLUMNS = 3  # a frame around text has no more
_UNIT = "单位"  # in every caption that names units
_CAPTION_CELLS = 2  # the first cells of a table, one of which may be a caption

Readings = Mapping[str, TableReading]  # by table
Zone = Mapping[int, tuple[float, float]]  # page -> top and bottom in points
NOWHERE = (0.0, 0.0)  # the span of a zone on a page without any of it


@dataclass(frozen=True)
class ReportPages:
    """The pages of one report, as the first reader and OCR read them."""

    pages: Mapping[int, Page]  # of the whole file
    grids: Sequence[Grid]  # ruled grids of the report
    zones: Mapping[str, Zone]  # by table
    lines: Sequence[Line]  # the report's lines outside tables, without page furniture
    year: int | None
    pictures: PagePictures | None = None  # None: cells are not compared with their pictures
    unused: AbstractSet[int] = frozenset()  # ids of grids in forms that the year does not use

    def chars_in(self, page: int, span: tuple[float, float]) -> list[Char]:
        """Return the characters of a page between two y (points), without page furniture."""
        kept = [(g.box.top, g.box.bottom) for g in self.grids if g.page == page]
        own = [(n.box, n.size / 2) for n in self.lines if n.page == page]  # one of dashes is thin
        kept += [(min(b.top, b.middle[1] - h), max(b.bottom, b.middle[1] + h)) for b, h in own]
        return [
            c
            for c in self.pages[page].chars
            if span[0] < (y := _height(c)) < span[1]
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
        """Yield those of the grids that belong to this report, not to another on the same page."""
        for grid in grids:
            spans = [zone[grid.page] for zone in self.zones.values() if grid.page in zone]
            if not spans or any(grid.box.top < s[1] and grid.box.bottom > s[0] for s in spans):
                yield grid

    def with_file_pages(self, readings: Readings) -> Readings:
        """Return the readings with page numbers of the file in their leftovers."""
        if not any(page.part for page in self.pages.values()):
            return readings
        return {
            table: structs.replace(
                reading,
                leftovers=tuple(
                    structs.replace(left, page=file_page(self.pages[left.page]))
                    for left in reading.leftovers
                ),
            )
            for table, reading in readings.items()
        }

    def scanned_pages(self, table: str, grids: Sequence[Grid]) -> set[int]:
        """Return the pages of a table that OCR read: those of its grids, or else of its zone."""
        pages = {grid.page for grid in grids} or set(self.zones.get(table, {}))
        return {page for page in pages if self.pages[page].reader == "ocr"}


@dataclass(frozen=True)
class TableZones:
    """Finds what readings of a report's tables lack, and which of two is better."""

    table_reader: TableReader
    checks: TableChecks

    def with_stray_numbers(
        self, readings: Readings, report: ReportPages
    ) -> dict[str, TableReading]:
        """Add the numbers printed in a table's zone, but outside its grids, to its leftovers.

        If every cell of the form has a number, none can have been misplaced: numbers in rows,
        columns and tables that the form does not have are then local additions, not leftovers. If a
        cell is missing, every value that stands alone is a leftover, too: it may be that cell.
        """
        found = dict(readings)
        for table, zone in report.zones.items():
            reading = readings.get(table, TableReading(table))
            strays = [
                Leftover(page, box, text, self._is_in_local_table(page, box, report))
                for page, box, text in report.texts_outside(zone, reading.grids)
                if self._is_bare_number(text) and not _is_in_grids(page, box, reading)
            ]
            if not strays and self._lacks_cells(reading, report):
                strays = list(self._unread_values(reading, report))
            if (strays or reading.leftovers) and self._is_full(reading, report):
                leftovers = tuple(n for n in reading.leftovers if not n.is_local)
                found[table] = reading = structs.replace(reading, leftovers=leftovers)
                strays = [n for n in strays if not n.is_local]
            if strays:
                found[table] = reading.with_leftovers(strays)
        return found

    def _is_full(self, reading: TableReading, report: ReportPages) -> bool:
        """Is every cell of the form printed, and none of them blank?"""
        return not self._lacks_cells(reading, report) and all(
            cell.state != "blank" for cell in reading.observations
        )

    def _lacks_cells(self, reading: TableReading, report: ReportPages) -> bool:
        """Is a cell of the form, or the whole table, not read?"""
        form = self.checks.forms.of_table(reading.table, reading.form, report.year)
        keys = frozenset([cell.key for cell in reading.observations])
        return not keys or bool(self.checks.missing_cells(reading.table, form, keys))

    def _unread_values(self, reading: TableReading, report: ReportPages) -> Iterator[Leftover]:
        """Yield the values in a table's zone that stand alone and in none of its grids.

        A single one on a page may be part of a caption.
        """
        is_value = self.table_reader.cells.is_value
        for page, span in report.zones.get(reading.table, {}).items():
            values = isolated_values(report.chars_in(page, span), is_value)
            for box, text in values if len(values) > 1 else ():
                if not _is_in_grids(page, box, reading):
                    yield Leftover(page, box, text)

    def _is_in_local_table(self, page: int, box: Box, report: ReportPages) -> bool:
        """Is a number in a grid with a header but without any label of the form?"""
        for grid in report.grids:
            if grid.page == page and grid.box.contains(*box.middle):
                header = [cell.text.strip() for cell in grid.cells if cell.row == 0]
                named = all(text and not any(c.isdigit() for c in text) for text in header)
                return named and len(header) > 1 and self.table_reader.table_of(grid) is None
        return False

    def _is_bare_number(self, text: str) -> bool:
        return (
            any(c.isdigit() for c in text)
            and not any(c.isalpha() for c in text)
            and self.table_reader.cells.read_number(text).state in ("number", "unreadable")
        )

    def with_caption_units(
        self, cells: Mapping[Key, Observation], report: ReportPages
    ) -> dict[Key, Observation]:
        """Return the cells with amounts converted from the unit in a caption of their table.

        A caption (单位：万元) is a line in the table's zone, or a cell as wide as the table.
        """
        found = dict(cells)
        lines = [line for line in report.lines if _UNIT in line.text]
        wide = [
            (grid, cell.text)
            for grid in report.grids
            for cell in grid.cells[:_CAPTION_CELLS]
            if cell.column_span == grid.columns and _UNIT in cell.text
        ]
        for table, zone in report.zones.items() if lines or wide else ():
            places = [(line.page, line.box, line.text) for line in lines]
            places += [(grid.page, grid.box, text) for grid, text in wide]
            captions = [
                text
                for page, box, text in places
                if (span := zone.get(page, NOWHERE))[0] < box.middle[1] < span[1]
            ]
            for key, cell in cells.items() if captions else ():
                if key.table == table:
                    found[key] = self.table_reader.cells.with_caption_unit(cell, captions)
        return found

    def tables_with_gaps(self, readings: Readings, report: ReportPages) -> list[str]:
        """Return the tables with leftovers, labels out of order, or numbers in no grid."""
        return [t for t in self.table_reader.labels if self._has_gaps(t, readings, report)]

    def _has_gaps(self, table: str, readings: Readings, report: ReportPages) -> bool:
        reading = readings.get(table)
        if reading is None or not reading.observations:
            return any(True for _ in self._unread_values(TableReading(table), report))
        return bool(reading.leftovers or reading.disorder)

    def grids_without_rules(self, report: ReportPages, tables: Sequence[str]) -> Iterator[Grid]:
        """Yield the report's ruled tables, and grids of unruled text in the zones of ``tables``."""
        ruled = [g for g in report.grids if self.table_reader.table_of(g) is not None]
        yield from ruled
        for table in tables:
            labels = self.table_reader.labels[table]
            tests = LabelTests(
                self.table_reader.cells.is_value, labels.is_row, labels.is_column,
                labels.is_corner, labels.is_article,
            )  # fmt: skip
            yield from unruled_grids(_text_pages(report, table, ruled), tests)

    def read_transposed(self, table: str, grids: Sequence[Grid]) -> TableReading | None:
        """Read a table with rows and columns exchanged; None if no such grid is among ``grids``."""
        own = tuple(grid for grid in grids if self.table_reader.table_of(grid) == table)
        reading = self.table_reader.read(map(transposed, own))[0].get(table)
        if reading is None:
            return None
        cells = [structs.replace(o, box=o.box.transposed) for o in reading.observations]
        return structs.replace(reading, grids=own, observations=tuple(cells))

    def has_only_parents(self, grid: Grid, tables: Sequence[str]) -> bool:
        """Return whether a grid has only labels over several others.

        Without rules, nothing shows which columns such a label covers.
        """
        labels = [self.table_reader.labels[table] for table in tables]
        return any(
            all(each.fold(c.text).core in each.parents for c in grid.cells if c.text)
            for each in labels
        )

    def is_better(
        self, old: TableReading | None, new: TableReading | None, report: ReportPages
    ) -> bool:
        """Return whether a new reading of a table is better than the old one, if there are any."""
        return new is not None and self._quality(new, report) > self._quality(old, report)

    def _quality(self, reading: TableReading | None, report: ReportPages) -> tuple[int, ...]:
        """A sort key: higher for fewer missing cells, then fewer leftovers, failures and so on."""
        if reading is None or not reading.observations:
            return (-10_000,)
        form = self.checks.forms.of_table(reading.table, reading.form, report.year)
        cells = {o.key: o for o in reading.observations}
        failed = [
            c
            for c in self.checks.identities.check(cells, {reading.table: form})
            if c.table == reading.table and c.status == "fail"
        ]
        missing = self.checks.missing_cells(reading.table, form, frozenset(cells))
        # no cell that the form leaves to the author is missing, but a reading may lose it
        found = len(cells) if reading.table in self.table_reader.open_tables else 0
        return (
            found - len(missing),
            -len(reading.leftovers),
            -len(failed),
            -len(reading.disorder),
            -sum(o.state == "unreadable" for o in reading.observations),
        )


def _text_pages(report: ReportPages, table: str, ruled: Sequence[Grid]) -> Iterator[TextPage]:
    """The pages of a table's zone with their text outside the ruled tables."""
    for number, span in report.zones.get(table, {}).items():
        boxes = [grid.box for grid in ruled if grid.page == number]
        chars = [
            c
            for c in report.chars_in(number, span)
            if not any(b.contains((c.x0 + c.x1) / 2, (c.top + c.bottom) / 2) for b in boxes)
        ]
        page = report.pages[number]
        yield TextPage(number, page.reader, chars, page.rules)


def _is_in_grids(page: int, box: Box, reading: TableReading) -> bool:
    """Is the middle of a box in one of the grids of a reading?"""
    return any(g.page == page and g.box.contains(*box.middle) for g in reading.grids)


def _height(char: Char) -> float:
    """The y of the middle of a character's line; the ink of a comma is below it."""
    if char.upright:
        return char.baseline - _MIDDLE * char.size
    return (char.top + char.bottom) / 2


def lines_outside_tables(
    pages: Sequence[Page],
    grids: Sequence[Grid],
    official: Sequence[Grid],
    page_number: re.Pattern[str],
    is_title: Callable[[str], bool],
    headings_in_table: Callable[[Grid], Iterable[Line]],
) -> list[Line]:
    """Return the lines of text in reading order, without tables and page furniture.

    ``grids`` are those of all pages; ``official`` those with labels of the form. Text beside
    an official table belongs to it, since one of its sides may have no rule. A section heading
    that fills a row of a table is a line of text. ``page_number`` matches a printed page number.
    If the running header is a title, its first occurrence is kept.
    """
    lines: dict[int, list[Line]] = {}
    for page in pages:
        own = [grid for grid in grids if grid.page == page.number]
        tables = [grid for grid in own if grid in official or not is_text_frame(grid)]
        cells = chain.from_iterable(grid.cells for grid in tables)
        covered = set(map(id, chain.from_iterable([cell.chars for cell in cells])))
        free = [c for c in page.chars if id(c) not in covered] if covered else page.chars
        beside = [(g.box.top, g.box.bottom) for g in tables if g in official]
        lines[page.number] = [
            line
            for line in prose_lines(page.number, free)
            if not any(top < line.box.middle[1] < bottom for top, bottom in beside)
        ]
        if inside := [line for grid in tables for line in headings_in_table(grid)]:
            lines[page.number] = sorted([*lines[page.number], *inside], key=lambda n: n.box.top)
    kept = without_furniture(lines, {page.number: page for page in pages}, page_number, is_title)
    return [line for number in sorted(kept) for line in kept[number]]


def headings_in(grid: Grid, headings: HeadingFinder) -> Iterator[Line]:
    """Yield the numbered section headings in the cells of a table that span all its columns."""
    for cell in grid.cells:
        if cell.column_span == grid.columns > 1:
            for line in prose_lines(grid.page, cell.chars):
                found = headings.match(line.text)
                if found and found.style not in ("", "bracket"):
                    yield line


def is_text_frame(grid: Grid) -> bool:
    """Return whether a grid is only a frame around sentences or a heading."""
    if len(grid.cells) == 1:
        return True
    longest = max((len(cell.text) for cell in grid.cells), default=0)
    return longest > _FRAMED_TEXT and grid.columns <= _FRAME_COLUMNS


def table_zones(
    sections: Mapping[str, str],
    headings: Sequence[Heading],
    extent: ReportExtent,
    pages: Mapping[int, Page],
) -> dict[str, Zone]:
    """Return the zone of each table whose section has a heading, by the id of the table.

    ``sections`` maps a table's id to the number of its section; the zone of the only table that
    is in no section is the whole report. Several such tables have no zones: a number outside
    of their grids may belong to any of them. ``headings`` are those among ``extent.lines``.
    """
    zones: dict[str, Zone] = {}
    has_one_apart = list(sections.values()).count("") == 1
    for table, section in sections.items():
        if not section and has_one_apart:
            zones[table] = {
                page: (extent.start[1] if page == extent.start[0] else 0.0, pages[page].height)
                for page in range(extent.page_first, extent.page_last + 1)
            }
        for k, heading in enumerate(headings):
            if heading.number != section:
                continue
            last_line = extent.lines[heading.line + heading.lines - 1]
            start = (last_line.page, last_line.box.bottom)
            after = extent.lines[headings[k + 1].line] if k + 1 < len(headings) else None
            end = (after.page, after.box.top) if after else (extent.page_last, float("inf"))
            zones[table] = zone_between(start, end, pages)
    return zones


def zone_between(
    start: tuple[int, float], end: tuple[int, float], pages: Mapping[int, Page]
) -> Zone:
    """Return the zone between two places, each a page and a y in points."""
    return {
        page: (
            start[1] if page == start[0] else 0.0,
            end[1] if page == end[0] else pages[page].height,
        )
        for page in range(start[0], end[0] + 1)
    }
