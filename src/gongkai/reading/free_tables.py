"""Tables that may be at any place in a report: inside any section, or as an annex after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from gongkai.checks.table_checks import Forms
from gongkai.families.tables import Table
from gongkai.model import Grid, Line, Page
from gongkai.normalizers.documents.headings import Heading, ReportExtent
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.reading.zones import Zone, zone_between

_Place = tuple[int, float]  # page, and y in points


class FreeTables:
    """The tables of one family that no section holds. Built once from the family's tables."""

    def __init__(self, tables: Sequence[Table], reader: TableReader, forms: Forms) -> None:
        self._tables = tables
        self._forms = forms
        self._fold = reader.fold
        own = [reader.labels[table.id] for table in tables]
        self._labels = frozenset(core for each in own for core in each.row_cores | each.parents)

    def without_rows(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Return the lines, without text where a row of such a table looks like a heading.

        Those are rows of a table that is printed without rules, below its title.
        """
        titles = [k for table in self._tables if (k := _title(table, lines)) is not None]
        first = min(titles, default=len(lines))
        return [
            replace(line, text="")
            if k > first and self._fold(line.text).core in self._labels
            else line
            for k, line in enumerate(lines)
        ]

    def without_captions(
        self, lines: Sequence[Line], grids: Sequence[tuple[Grid, str]]
    ) -> Sequence[Line]:
        """Return the lines without the title directly above the first grid of such a table."""
        captions: set[int] = set()
        for table in self._tables:
            first = next((grid for grid, name in grids if name == table.id), None)
            above = [
                k
                for k, line in enumerate(lines)
                if first and line.page == first.page and line.box.bottom <= first.box.middle[1]
            ]
            if above and table.title_pattern.search(lines[above[-1]].text):
                captions.add(above[-1])
        return [line for k, line in enumerate(lines) if k not in captions]

    def zones(
        self,
        others: Mapping[str, Zone],
        grids: Sequence[tuple[Grid, str]],
        headings: Sequence[Heading],
        extent: ReportExtent,
        pages: Mapping[int, Page],
        year: int | None,
    ) -> dict[str, Zone]:
        """Return the zones of all tables, those of ``others`` among them.

        ``grids`` are those of the report, with their tables. If such a table is printed, the
        sections of a form that the report does not use hold no table that is not printed.
        """
        found: dict[str, Zone] = {}
        unused = self._forms.unused_tables(year)
        for table in self._tables:
            if table.id in unused:
                continue
            own = [grid for grid, name in grids if name == table.id]
            title = _title(table, extent.lines)
            if own or title is not None:
                start, end = _ends(title, own, headings, extent)
                found[table.id] = zone_between(start, end, pages)
        if not found:
            return dict(others)
        kept = {table for _, table in grids} | self._forms.due_tables({}, year)
        return {table: zone for table, zone in others.items() if table in kept} | found


def _title(table: Table, lines: Sequence[Line]) -> int | None:
    """The index of the line that ends with the title of a table; None if there is none."""
    pattern = table.title_pattern
    return next((k for k, line in enumerate(lines) if pattern.search(line.text)), None)


def _ends(
    title: int | None, grids: Sequence[Grid], headings: Sequence[Heading], extent: ReportExtent
) -> tuple[_Place, _Place]:
    """Where a table begins and ends: at its title or first grid, and at the next heading."""
    starts = [(grid.page, grid.box.top) for grid in grids]
    if title is not None:
        line = extent.lines[title]
        starts.append((line.page, line.box.bottom))
    start = min(starts)
    last = max([start, *((grid.page, grid.box.bottom) for grid in grids)])
    lines = (extent.lines[heading.line] for heading in headings)
    after = ((line.page, line.box.top) for line in lines)
    return start, next((p for p in after if p >= last), (extent.page_last, float("inf")))
