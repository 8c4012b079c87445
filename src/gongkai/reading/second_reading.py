"""Reads the cells of failed checks a second time, by other readers than the first.

Where only sums fail, it is enough that the picture of a cell shows its number, or that another
reader finds the same characters in the cells of the first. Where it is not certain which cells a
table has, a reader that finds tables itself reads it; so far as it finds the same cells, its own
count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.layout.sheets import parts_of, sheets_of
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.readers import CharReader, PageReader
from gongkai.model import Check, Grid, Key, Observations, Page
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.reading.cross_check import CrossCheck
from gongkai.reading.zones import Readings, ReportPages

# Rules whose failures only a person can explain, whatever a second reader finds.
_OF_LABELS = ("order", "coverage")

# Readers of pages whose fonts are missing: what a viewer shows there is not what was printed.
_WITHOUT_FONTS = ("pdfplumber",)

_OF_PAGE = ("ocr", "sight")  # what confirms a cell on the displayed page


@dataclass
class SecondReads:
    """Second readings of a file's pages, each by another reader than the first.

    OCR reads its own pages again at a finer resolution. Each page is read at most once.
    """

    pages: Mapping[int, Page]  # the first readings
    readers: Mapping[str, PageReader]  # by name, in the order of their use
    ocr: FileOcr
    chars: Mapping[str, CharReader] = field(default_factory=dict)  # the same
    _read: dict[int, Page] = field(default_factory=dict)
    _characters: dict[int, Page] = field(default_factory=dict)

    def read(self, numbers: Iterable[int]) -> list[Page]:
        """Return the second readings of the given pages (from 1) that could be read."""
        wanted = sorted(set(numbers))
        new = [number for number in wanted if number not in self._read]
        scans = [number for number in new if self.pages[number].reader == "ocr"]
        if scans:
            self._keep(self.ocr.reread_pages(self._sheets(scans)), scans)
        for name, reader in self.readers.items():
            texts = [
                number
                for number in new
                if number not in self._read and self.pages[number].reader not in ("ocr", name)
            ]
            if texts:
                sheets = [page.number for page in self._sheets(texts)]
                self._keep(reader.read(self.ocr.path, sheets, self.ocr.options), texts)
        return [self._read[number] for number in wanted if number in self._read]

    def read_characters(self, numbers: Iterable[int]) -> list[Page]:
        """Return the characters of pages with text (from 1), as another reader finds them.

        Pages that no reader of characters can read are read like any other.
        """
        wanted = sorted(set(numbers))
        for name, reader in self.chars.items():
            new = [
                self.pages[number]
                for number in wanted
                if number not in self._characters and self.pages[number].reader != name
            ]
            if new:
                read = reader.chars(self.ocr.path, new)
                self._characters.update((page.number, page) for page in read)
        rest = self.read(number for number in wanted if number not in self._characters)
        return [*(self._characters[n] for n in wanted if n in self._characters), *rest]

    def _sheets(self, numbers: Iterable[int]) -> list[Page]:
        return sheets_of(self.pages[number] for number in numbers)

    def _keep(self, reads: Iterable[Page], numbers: Iterable[int]) -> None:
        parts = parts_of(reads, (self.pages[number] for number in numbers))
        self._read.update((read.number, read) for read in parts)


class SecondCells(NamedTuple):
    """The cells of failed checks as other readers read them."""

    cells: Observations
    readers: Mapping[str, Sequence[str]]  # by table; "ocr" or "sight" if the displayed page does


@dataclass(frozen=True)
class SecondReading:
    """Reads tables with failed checks a second time. Built once from the family."""

    tables: TableReader
    cross_check: CrossCheck

    def read(
        self,
        failed: Sequence[Check],
        first: Observations,
        confirmed: Mapping[Key, str],
        doubted: Readings,
        report: ReportPages,
        reads: SecondReads,
    ) -> SecondCells:
        """Read the cells of failed checks again, but for those that the displayed page confirms.

        ``confirmed`` says by what: "sight" or "ocr". ``doubted`` are the tables of which it is not
        certain which cells they have.
        """
        known = {
            key: cell
            for key, cell in first.items()
            if key in confirmed
            and key.table not in doubted
            and report.pages[cell.page].reader not in _WITHOUT_FONTS
        }
        tested = [first[key] for check in failed for key in check.cells if key in first]
        texts = {cell.page for cell in tested if cell.key not in known}
        found = {grid.page for reading in doubted.values() for grid in reading.grids}

        def with_text(numbers: AbstractSet[int]) -> list[int]:
            return [number for number in numbers if report.pages[number].reader != "ocr"]

        whole = reads.read(with_text(found))
        others = reads.read_characters(with_text(texts - found))
        grids = report.own_grids(grid for read in whole for grid in find_grids(read))
        readings, _ = self.tables.read(grids)
        own = {
            o.key: o for reading in readings.values() for o in reading.observations if not o.flagged
        }
        rest = {key: cell for key, cell in first.items() if key not in own}
        pages = [*whole, *others]
        cells = own | self.cross_check.texts_in_boxes(pages, rest) | known
        names = {page.number: page.reader for page in pages}
        readers: dict[str, list[str]] = defaultdict(list)
        for table, reading in doubted.items():
            readers[table] += [names[grid.page] for grid in reading.grids if grid.page in names]
        for cell in tested:
            if name := confirmed[cell.key] if cell.key in known else names.get(cell.page):
                readers[cell.key.table].append(name)
        return SecondCells(
            cells, {t: sorted(used, key=_OF_PAGE.count) for t, used in readers.items()}
        )


def doubted_tables(
    failed: Sequence[Check], readings: Readings, unruled: Iterable[Grid], cells: Observations
) -> Readings:
    """Return the readings of tables with failed checks of which the structure is not certain.

    That is so if cells are missing or flagged, numbers are left over, or the grid is not that of
    the ruled lines.
    """
    laid_out = {id(grid) for grid in unruled}
    flagged = {key.table for key, cell in cells.items() if cell.flagged}
    incomplete = {check.table for check in failed if check.rule == "complete"}
    tested = {key.table for check in failed if check.rule not in _OF_LABELS for key in check.cells}
    return {
        table: reading
        for table, reading in readings.items()
        if table in incomplete
        or (
            table in tested
            and (
                table in flagged
                or reading.leftovers
                or reading.disorder
                or any(id(grid) in laid_out for grid in reading.grids)
            )
        )
    }
