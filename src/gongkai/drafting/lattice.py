"""A printed table as cells on one lattice, joined over the pages on which it stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import replace

from gongkai.extractors.layout.lines import cell_text
from gongkai.families.country import Country
from gongkai.model import Box, Grid

_SAME_EDGE = 4.0  # points between two edges that are one column line
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_NOTE_SIGNS = ("注", "说明", "备注")  # a note under a table begins with one of them


def squeezed(text: str) -> str:
    """A printed text without white space."""
    return "".join(text.split())


class PrintedCell(Struct, frozen=True):
    """One cell: the lattice lines between which it stands, and what is printed in it."""

    row: int
    row_end: int  # the first row below it
    column: int
    column_end: int  # the first column right of it
    text: str  # without white space
    number: Decimal | None  # of a text that is a number, perhaps with a unit
    unit: str  # printed with the number
    page: int
    box: Box

    @property
    def is_text(self) -> bool:
        """Is something printed that is no number?"""
        return bool(self.text) and self.number is None


class CellTexts:
    """Tells numbers, marks and text apart, with the units and marks of a country."""

    def __init__(self, country: Country) -> None:
        self._marks = country.marks
        self.units = country.units

    def parse(self, text: str) -> tuple[str, Decimal | None, str]:
        """The text without white space ("" for a mark), its number, and the unit after it."""
        printed = squeezed(text)
        folded = normalize("NFKC", printed).replace("−", "-")
        if folded in self._marks or printed in self._marks:
            return "", None, ""
        found = _NUMBER.match(folded)
        if found is None:
            return printed, None, ""
        unit = folded[found.end() :]
        if unit and unit not in self.units:
            return printed, None, ""
        return printed, Decimal(found[0].replace(",", "")), unit


class Lattice:
    """The cells of one table. Built once from the grids that it consists of.

    ``above``: the lines over its first grid, nearest last. ``below``: those under its last one.
    """

    def __init__(
        self, cells: Sequence[PrintedCell], above: Sequence[str] = (), below: Sequence[str] = ()
    ) -> None:
        self.cells = tuple(cells)
        self.above = tuple(above)
        self.below = tuple(below)
        self.rows = max((cell.row_end for cell in cells), default=0)
        self.columns = max((cell.column_end for cell in cells), default=0)
        self._at: Mapping[tuple[int, int], PrintedCell] = {
            (row, column): cell
            for cell in cells
            for row in range(cell.row, cell.row_end)
            for column in range(cell.column, cell.column_end)
        }

    def at(self, row: int, column: int) -> PrintedCell | None:
        """The cell that covers a place of the lattice."""
        return self._at.get((row, column))

    @cached_property
    def row_cells(self) -> tuple[tuple[PrintedCell, ...], ...]:
        """The cells of each row, left to right; a tall cell is in each of its rows."""
        found: list[tuple[PrintedCell, ...]] = []
        for row in range(self.rows):
            own = (self._at.get((row, column)) for column in range(self.columns))
            found.append(tuple({id(cell): cell for cell in own if cell is not None}.values()))
        return tuple(found)

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages on which it stands."""
        return tuple(sorted({cell.page for cell in self.cells}))


def join_grids(
    grids: Sequence[Grid], texts: CellTexts, above: Sequence[str] = (), below: Sequence[str] = ()
) -> Lattice:
    """One lattice of the grids of a table, in printed order.

    A header that a further page repeats is left out, and a merged label that a page break cuts
    is one cell again.
    """
    edges = _column_edges(grids)
    cells: list[PrintedCell] = []
    rows = 0
    for grid in map(_without_note, grids):
        own = [cell for cell in _placed(grid, edges, texts) if cell.column_end > cell.column]
        repeated = _repeated_rows(cells, own, rows)
        moved = [
            replace(
                cell,
                row=max(cell.row, repeated) - repeated + rows,
                row_end=cell.row_end - repeated + rows,
            )
            for cell in own
            if cell.row_end > repeated
        ]
        cells, moved = _closed(cells, moved, rows)
        cells += moved
        rows = max((cell.row_end for cell in cells), default=0)
    return Lattice(cells, above, below)


def _column_edges(grids: Iterable[Grid]) -> list[float]:
    """The column lines of all grids; those closer than a few points are one."""
    found: list[float] = []
    for x in sorted(x for g in grids for c in g.cells for x in (c.box.x0, c.box.x1)):
        if not found or x - found[-1] > _SAME_EDGE:
            found.append(x)
    return found


def _without_note(grid: Grid) -> Grid:
    """A grid without the note under it, which a reader may have put into its last row."""
    loose = {
        id(char): char
        for cell in grid.cells
        for char in cell.chars
        if (char.top + char.bottom) / 2 > grid.box.bottom
    }
    if not loose or not cell_text(list(loose.values())).startswith(_NOTE_SIGNS):
        return grid
    cells = [
        replace(cell, text=cell_text([char for char in cell.chars if id(char) not in loose]))
        for cell in grid.cells
    ]
    return replace(grid, cells=tuple(cells))


def _placed(grid: Grid, edges: Sequence[float], texts: CellTexts) -> list[PrintedCell]:
    """The cells of one grid between the column lines of its table."""
    found = []
    for cell in grid.cells:
        text, number, unit = texts.parse(cell.text)
        found.append(
            PrintedCell(
                cell.row,
                cell.row + cell.row_span,
                _nearest(edges, cell.box.x0),
                _nearest(edges, cell.box.x1),
                text,
                number,
                unit,
                grid.page,
                cell.box,
            )
        )
    return found


def _nearest(edges: Sequence[float], x: float) -> int:
    k = bisect_left(edges, x)
    return min((n for n in (k - 1, k) if 0 <= n < len(edges)), key=lambda n: abs(edges[n] - x))


def _repeated_rows(before: Sequence[PrintedCell], own: Sequence[PrintedCell], rows: int) -> int:
    """How many rows at the top of a grid repeat those of the table's header."""

    def row_of(cells: Sequence[PrintedCell], row: int) -> list[tuple[int, str]]:
        return sorted((cell.column, cell.text) for cell in cells if cell.row == row)

    count = 0
    while before and count < min(rows, max((c.row_end for c in own), default=0)):
        printed = row_of(own, count)
        same = printed == row_of(before, count) and any(text for _, text in printed)
        if not same or any(c.number is not None for c in own if c.row == count):
            break
        count += 1
    return count


def _closed(
    before: list[PrintedCell], own: list[PrintedCell], rows: int
) -> tuple[list[PrintedCell], list[PrintedCell]]:
    """The cells on both sides of a page break, with tall labels that it cuts in one piece."""
    above = {(c.column, c.column_end): c for c in before if c.row_end == rows}
    used: set[int] = set()
    joined = []
    for cell in own:
        over = above.get((cell.column, cell.column_end))
        is_cut = (
            over is not None
            and cell.row == rows
            and cell.number is None
            and over.is_text
            and max(cell.row_end - cell.row, over.row_end - over.row) > 1
            and (not cell.text or _is_torn(over, cell))
        )
        if over is not None and is_cut:
            used.add(id(over))
            joined.append(replace(cell, row=over.row, text=over.text + cell.text))
        else:
            joined.append(cell)
    return [cell for cell in before if id(cell) not in used], joined


def _is_torn(over: PrintedCell, cell: PrintedCell) -> bool:
    """Do the tops of two labels on both sides of a page break make one label: （四）无法提｜供?"""
    return cell.row_end - cell.row > 1 and over.row_end - over.row >= 1 and len(cell.text) <= 2
