"""Finds the table of a grid by the caption that is printed over it.

Some families have tables with the same labels, which only their captions tell apart. The
caption stands above the grid, with at most the unit or the name of the body between. A table
that continues on the next page has no caption there: its grid begins the page and is as wide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import Grid, Line
from gongkai.normalizers.tables.labels import LabelFolder
from gongkai.normalizers.tables.open_headers import with_closed_header

# before a caption: its number, the year, the body that reports: 表1, 公开01表, 某局2024年度
_BEFORE = re.compile(r"(?:附?表\d{0,2}|(?:公开)?\d{1,2}表|.{0,40}20\d{2}年度?)")
_SAME_WIDTH = 6.0  # points by which the widths of two parts of a table may differ
_SAME_SHARE = 0.01  # of the width: how far the columns of two parts of a table may differ
_MAX_LINES = 2  # printed lines of one caption

Position = tuple[int, float]  # page, and y in points


class CaptionedTable(NamedTuple):
    """A caption with the grids below it."""

    tables: tuple[str, ...]  # the ids of the tables with this caption; () if no form has it
    start: Position  # the bottom of the caption
    grids: tuple[Grid, ...]


class CaptionFinder:
    """Finds the captions of one family's tables. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._fold = LabelFolder(family.variants).fold
        self._captions: dict[str, tuple[str, ...]] = {}
        for table in family.tables:
            for text in (table.title, *table.spellings("caption").get(table.id, ())):
                core = self._fold(text).core
                if table.has_caption and table.id not in (known := self._captions.get(core, ())):
                    self._captions[core] = (*known, table.id)
        self._last = tuple({core[-1] for core in self._captions})

    @staticmethod
    def is_needed(family: Family) -> bool:
        """Has a family tables that captions name?"""
        return any(table.has_caption for table in family.tables)

    def tables_of(self, text: str) -> tuple[str, ...]:
        """The ids of the tables with a caption; () if no table has it."""
        core = self._fold(text).core
        if not core.endswith(self._last):
            return ()
        if found := self._captions.get(core):
            return found
        for caption, tables in self._captions.items():
            if core.endswith(caption) and _BEFORE.fullmatch(core[: -len(caption)]):
                return tables
        return ()

    def find(self, grids: Sequence[Grid], lines: Sequence[Line]) -> list[CaptionedTable]:
        """The grids of a file under their captions, in printed order.

        ``lines`` are those outside of tables. A grid below other text has no caption of the
        family, and none has a grid on a further page that is not as wide.
        """
        found: list[CaptionedTable] = []
        before: Grid | None = None
        for grid in sorted(grids, key=lambda each: (each.page, each.box.top)):
            above = _lines_above(grid, before, lines) or self._left_behind(grid, before, lines)
            tables, start = self._caption(above, grid)
            if not above and before is not None and found and _continues(grid, before):
                found[-1] = found[-1]._replace(grids=(*found[-1].grids, grid))
            else:
                found.append(CaptionedTable(tables, start, (grid,)))
            before = grid
        return found

    def _left_behind(self, grid: Grid, before: Grid | None, lines: Sequence[Line]) -> list[Line]:
        """The lines at the end of the page before a grid, if one of them is a caption."""
        page = grid.page - 1
        top = before.box.bottom if before is not None and before.page == page else 0.0
        last = [line for line in lines if line.page == page and line.box.middle[1] >= top][-2:]
        return last if any(self.tables_of(line.text) for line in last) else []

    def _caption(self, above: Sequence[Line], grid: Grid) -> tuple[tuple[str, ...], Position]:
        """The tables that the lines above a grid name, and where their caption ends."""
        for cell in grid.cells[:1]:
            # without a rule below it, the caption is in the first cell
            lines = cell.text.split("\n") if cell.column_span == grid.columns else ()
            if tables := next(filter(None, map(self.tables_of, lines)), ()):
                return tables, (grid.page, grid.box.top)
        for last in range(len(above) - 1, -1, -1):
            for count in range(1, min(_MAX_LINES, last + 1) + 1):
                text = "".join(line.text for line in above[last + 1 - count : last + 1])
                if tables := self.tables_of(text):
                    return tables, (above[last].page, above[last].box.bottom)
        return (), (grid.page, grid.box.top)


def with_tables(found: Sequence[CaptionedTable]) -> list[Grid]:
    """The grids, each with the tables whose caption is over it, and with a closed header."""
    return [
        replace(with_closed_header(grid, each.grids[0]), tables=each.tables)
        for each in found
        for grid in each.grids
    ]


def spans(
    found: Sequence[CaptionedTable], heights: Mapping[int, float]
) -> dict[str, tuple[Position, Position]]:
    """Where each table begins and ends: at its caption, and at the next one or the page's end.

    ``heights`` are those of the pages in points. Of several with one caption the first counts.
    """
    ends: dict[str, tuple[Position, Position]] = {}
    for each, after in zip(found, [*found[1:], None], strict=True):
        last = each.grids[-1].page
        end = after.start if after is not None and after.start[0] <= last else (last, heights[last])
        for table in each.tables:
            ends.setdefault(table, (each.start, end))
    return ends


def _lines_above(grid: Grid, before: Grid | None, lines: Sequence[Line]) -> list[Line]:
    """The lines between a grid and the one before it, on its own page."""
    top = before.box.bottom if before is not None and before.page == grid.page else 0.0
    return [
        line
        for line in lines
        if line.page == grid.page and top <= line.box.middle[1] < grid.box.top
    ]


def _continues(grid: Grid, before: Grid) -> bool:
    """Is a grid without text above it a further part of the grid before it?"""
    if grid.page - before.page not in (0, 1):
        return False
    width, last = (each.box.x1 - each.box.x0 for each in (grid, before))
    if abs(width - last) <= _SAME_WIDTH:
        return True
    ours, theirs = _starts(grid), _starts(before)  # on a page of another orientation
    return len(ours) == len(theirs) > 1 and all(
        abs(x - y) <= _SAME_SHARE for x, y in zip(ours, theirs, strict=True)
    )


def _starts(grid: Grid) -> list[float]:
    """Where the columns of a grid begin, as shares of its width."""
    width = grid.box.x1 - grid.box.x0
    first: dict[int, float] = {}
    for cell in grid.cells:
        first.setdefault(cell.column, (cell.box.x0 - grid.box.x0) / width)
    return [first[column] for column in sorted(first)]
