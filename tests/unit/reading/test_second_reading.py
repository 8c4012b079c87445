"""Failed checks are read again: their characters, or whole tables where structure is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.readers import NamedChars, NamedPages
from gongkai.model import Box, Check, Grid, Key, Observation, Page, ReadOptions
from gongkai.normalizers.tables.values import Leftover, TableReading
from gongkai.reading.second_reading import SecondReads, doubted_tables
from helpers.draw import make_page

CELL = Key("a", "row", "total")
SUM_FAILS = Check("a", "row_total", "row", "fail", "must", "", cells=(CELL,))
GRID = Grid(1, Box(0, 0, 9, 9), 1, 1, (), "pdfium")


class _Second:
    """A reader that can read some pages only, whole or their characters."""

    def __init__(self, *readable: int) -> None:
        self.readable = readable
        self.asked: list[int] = []

    def read(self, _path: Path, pages: Sequence[int] | None, _: ReadOptions) -> list[Page]:
        self.asked += pages or ()
        return [make_page(number=n) for n in pages or () if n in self.readable]

    def chars(self, _path: Path, pages: Sequence[Page]) -> list[Page]:
        self.asked += [page.number for page in pages]
        return [page for page in pages if page.number in self.readable]


def _second_reads(
    pages: Sequence[Page], chars: dict[str, _Second] | None = None, **readers: _Second
) -> SecondReads:
    named = {name: NamedPages(name, reader) for name, reader in readers.items()}
    of_chars = {name: NamedChars(name, reader) for name, reader in (chars or {}).items()}
    ocr = FileOcr(Path("x.pdf"), ReadOptions(), "0123456789")
    return SecondReads({page.number: page for page in pages}, named, ocr, of_chars)


def test_each_page_is_read_a_second_time_once() -> None:
    mine = _Second(1, 2)
    reads = _second_reads([make_page(number=n) for n in (1, 2)], mine=mine)
    assert [page.number for page in reads.read([2])] == [2]
    assert [page.number for page in reads.read([1, 2])] == [1, 2]
    assert mine.asked == [2, 1]


def test_the_next_reader_is_asked_for_what_the_one_before_could_not_read() -> None:
    first, second = _Second(1), _Second(1, 2)
    reads = _second_reads([make_page(number=n) for n in (1, 2, 3)], first=first, second=second)
    assert [(p.number, p.reader) for p in reads.read([1, 2, 3])] == [(1, "first"), (2, "second")]
    assert (first.asked, second.asked) == ([1, 2, 3], [2, 3])


def test_a_reader_gives_no_second_reading_of_its_own_pages() -> None:
    mine = _Second(1)
    reads = _second_reads([make_page(number=1, reader="mine")], mine=mine)
    assert (reads.read([1]), mine.asked) == ([], [])
    reads = _second_reads([make_page(number=1, reader="mine")], {"mine": mine})
    assert (reads.read_characters([1]), mine.asked) == ([], [])


def test_characters_are_read_by_other_readers_if_a_reader_of_characters_cannot() -> None:
    first, whole = _Second(1), _Second(1, 2)
    reads = _second_reads([make_page(number=n) for n in (1, 2)], {"first": first}, whole=whole)
    for _ in range(2):
        read = reads.read_characters([2, 1])
        assert [(page.number, page.reader) for page in read] == [(1, "first"), (2, "whole")]
    assert whole.asked == [2]
    assert first.asked[:2] == [1, 2]


def _observation(**changes: object) -> Observation:
    blank = Observation(
        CELL, "blank", None, "", None, "", "", "exact", 1, Box(0, 0, 9, 9), "pdfium"
    )
    return replace(blank, **changes)


@pytest.mark.parametrize(
    "reading",
    [
        TableReading("a", grids=(GRID,)).with_leftovers([Leftover(1, Box(0, 0, 9, 9), "17")]),
        TableReading("a", grids=(GRID,), disorder=("其他",)),
    ],
    ids=["leftovers", "disorder"],
)
def test_the_structure_of_a_table_is_in_doubt_if_its_reading_is_not_complete(
    reading: TableReading,
) -> None:
    cells = {CELL: _observation()}
    assert doubted_tables([SUM_FAILS], {"a": reading}, (), cells) == {"a": reading}
    of_labels = replace(SUM_FAILS, rule="order")
    assert doubted_tables([of_labels], {"a": reading}, (), cells) == {}  # for a person anyway


def test_the_structure_of_a_table_is_in_doubt_if_cells_are_flagged_or_missing() -> None:
    readings, cells = {"a": TableReading("a", grids=(GRID,))}, {CELL: _observation()}
    assert doubted_tables([SUM_FAILS], readings, (), cells) == {}
    assert doubted_tables([SUM_FAILS], readings, (), {CELL: _observation(flagged=True)})
    assert doubted_tables([replace(SUM_FAILS, rule="complete")], readings, (), cells)


def test_the_structure_of_a_table_without_ruled_lines_is_in_doubt() -> None:
    readings, cells = {"a": TableReading("a", grids=(GRID,))}, {CELL: _observation()}
    assert doubted_tables([SUM_FAILS], readings, (GRID,), cells)
    other = replace(GRID, page=2)
    assert doubted_tables([SUM_FAILS], readings, (other,), cells) == {}
