"""Sample files as the tables and lines that every family of reports has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gongkai.drafting.lattice import CellTexts, Lattice, join_grids, squeezed
from gongkai.errors import SourceError
from gongkai.extractors.layout.lines import prose_lines, without_furniture
from gongkai.extractors.layout.sheets import displayed_box, file_page
from gongkai.extractors.readers import FilePages, FileReader, ReaderOrder
from gongkai.families.country import Country
from gongkai.families.family import Subject
from gongkai.families.settings import USUAL_READERS
from gongkai.model import Grid, Line, ReadOptions

_SAME_WIDTH = 12.0  # points by which both edges of two parts of a table may differ in sum
_LINES_ABOVE = 4  # lines over a table in which its caption may be
_LINES_BELOW = 2
_LONGEST_CAPTION = 40  # characters
_HANGING = 4  # characters of a label that the page break leaves below the table
_TOUCHING = 6.0  # points by which a line may reach into the rule under it

Progress = Callable[[str, int, int | None], None]  # what is done, how many, of how many


class Sample(Struct, frozen=True):
    """One sample file: its tables and its lines outside of them, in printed order."""

    path: Path
    tables: tuple[Lattice, ...]
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name


class Refused(Struct, frozen=True):
    """A sample from which nothing is learnt, and why."""

    name: str
    reason: str


class SampleReader:
    """Reads sample files without knowing their family. Built once from the country."""

    def __init__(self, country: Country) -> None:
        self._texts = CellTexts(country)
        self._page_number: re.Pattern[str] = country.page_number
        # scans are refused: a draft learns from exact characters only
        options = ReadOptions(ocr="never")
        text_layer = country.settings.text_layer
        self._files = FileReader(ReaderOrder.of(USUAL_READERS), options, text_layer, "")

    def read_all(
        self, paths: Sequence[Path], progress: Progress
    ) -> tuple[list[Sample], list[Refused]]:
        """Read the samples; a scan, or a file that cannot be read, is among the refused."""
        samples, refused = [], []
        for number, path in enumerate(paths):
            progress("samples", number, len(paths))
            try:
                samples.append(self.read(path))
            except SourceError as error:
                refused.append(Refused(path.name, str(error)))
        return samples, refused

    def read(self, path: Path) -> Sample:
        """Read one file. Raises UnreadableFile for a scan, and if it has no usable text."""
        with self._files.pages(path, Subject(())) as file:
            grids = [grid for grid in file.grids if grid.rows * grid.columns > 1]
            lines = self._lines(file, grids)
            tables = tuple(_displayed(each, file) for each in self._tables(grids, lines))
            ordered = tuple(line for number in sorted(lines) for line in lines[number])
            return Sample(path, tables, ordered)

    def _lines(self, file: FilePages, grids: Sequence[Grid]) -> dict[int, list[Line]]:
        """The lines outside of tables by page, without page furniture."""
        found = {}
        for number, page in file.pages.items():
            boxes = [grid.box for grid in grids if grid.page == number]
            free = [
                c
                for c in page.chars
                if not any(b.contains((c.x0 + c.x1) / 2, (c.top + c.bottom) / 2) for b in boxes)
            ]
            found[number] = prose_lines(number, free)
        return without_furniture(found, file.pages, self._page_number)

    def _tables(self, grids: Sequence[Grid], lines: dict[int, list[Line]]) -> Iterator[Lattice]:
        """Join the grids of each table; one continues at the head of the next page."""
        parts: list[tuple[list[Grid], list[str]]] = []
        last: Grid | None = None
        for grid in sorted(grids, key=lambda each: (each.page, each.box.top)):
            top = last.box.bottom if last is not None and last.page == grid.page else 0.0
            above = [
                squeezed(line.text)
                for line in lines[grid.page]
                if top - 2 <= line.box.top and line.box.bottom <= grid.box.top + _TOUCHING
            ]
            if last is not None and not above and _continues(last, grid, lines):
                parts[-1][0].append(grid)
            else:
                above = above or caption_before(last, grid, lines)
                parts.append(([grid], above[-_LINES_ABOVE:]))
            last = grid
        for own, above in parts:
            yield join_grids(own, self._texts, above, _lines_below(own[-1], lines))


def _displayed(table: Lattice, file: FilePages) -> Lattice:
    """A table with page numbers of the file, and boxes in points of displayed pages."""
    if not any(page.part or page.to_displayed for page in file.pages.values()):
        return table
    cells = [
        replace(
            cell,
            page=file_page(file.pages[cell.page]),
            box=displayed_box(file.pages[cell.page], cell.box),
        )
        for cell in table.cells
    ]
    return Lattice(cells, table.above, table.below)


def _continues(last: Grid, grid: Grid, lines: dict[int, list[Line]]) -> bool:
    """Is a grid at the head of a page a further part of the one at the foot of the last page?"""
    if grid.page != last.page + 1:
        return False
    is_last = not any(_is_below(line, last) for line in lines[last.page])
    shift = abs(grid.box.x0 - last.box.x0) + abs(grid.box.x1 - last.box.x1)
    return is_last and shift < _SAME_WIDTH


def caption_before(last: Grid | None, grid: Grid, lines: Mapping[int, Sequence[Line]]) -> list[str]:
    """The lines at the foot of the page before a grid, if they are no prose: its caption."""
    page = grid.page - 1
    top = last.box.bottom if last is not None and last.page == page else 0.0
    under = [squeezed(line.text) for line in lines.get(page, ()) if line.box.top > top - 1]
    is_first = last is None or last.page < grid.page
    return list(takewhile(_may_be_caption, under[::-1]))[::-1] if is_first else []


def _may_be_caption(text: str) -> bool:
    return len(text) <= _LONGEST_CAPTION and not text.endswith(("。", "；", "，"))


def _is_below(line: Line, grid: Grid) -> bool:
    """Is a line below a grid, and not the end of a label that hangs out of its last row?"""
    gap = line.box.top - grid.box.bottom
    return gap > 1 and not (gap < _TOUCHING and len(squeezed(line.text)) <= _HANGING)


def _lines_below(grid: Grid, lines: dict[int, list[Line]]) -> list[str]:
    under = [line for line in lines[grid.page] if line.box.top > grid.box.bottom - 1]
    return [squeezed(line.text) for line in under[:_LINES_BELOW]]
