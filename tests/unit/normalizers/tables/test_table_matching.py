"""Which grid is which table, over page breaks."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Cell, Grid
from gongkai.normalizers.tables.table_reader import TableReader


@pytest.fixture(scope="module")
def reader(family: Family) -> TableReader:
    return TableReader(family)


def grid(*rows: tuple[str, ...], page: int = 1, top: float = 100.0, width: float = 60.0) -> Grid:
    """A grid of equal cells, 20 points high."""
    columns = len(rows[0])
    cells = tuple(
        Cell(
            r, c, 1, 1,
            Box(50 + c * width, top + 20 * r, 50 + (c + 1) * width, top + 20 * r + 20), text,
        )
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )  # fmt: skip
    box = Box(50, top, 50 + columns * width, top + 20 * len(rows))
    return Grid(page, box, len(rows), columns, cells, "pdfium")


RESULTS = grid(("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))


def test_a_grid_is_known_by_its_labels(reader: TableReader) -> None:
    assert reader.table_of(RESULTS) == "review_litigation"
    assert reader.table_of(grid(("（一）予以公开", "7"))) == "applications"


@pytest.mark.parametrize("text", ["其他", "总计", "与本表无关的话", ""])
def test_labels_of_too_many_tables_tell_nothing(reader: TableReader, text: str) -> None:
    assert reader.table_of(grid((text, "7"))) is None


def test_numbers_of_the_same_width_continue_the_table(reader: TableReader) -> None:
    below = grid(("1", "2", "3", "4", "10"), page=2, top=50)
    [table], others = reader.sort_grids([below, RESULTS])
    assert (table.table, table.grids, others) == ("review_litigation", (RESULTS, below), [])


def test_numbers_of_another_shape_are_another_table(reader: TableReader) -> None:
    other = grid(("1", "2"), page=2, width=20)
    [table], others = reader.sort_grids([RESULTS, other])
    assert (table.grids, others) == ((RESULTS,), [other])


def test_numbers_two_pages_later_are_another_table(reader: TableReader) -> None:
    far = grid(("1", "2", "3", "4", "10"), page=3)
    assert reader.sort_grids([RESULTS, far])[1] == [far]


def test_the_foot_of_a_cut_row_belongs_to_the_table(reader: TableReader) -> None:
    foot = grid(("信息", "", "", "", ""), page=2)
    [table], _ = reader.sort_grids([RESULTS, foot])
    assert table.grids == (RESULTS, foot)


def test_empty_grids_are_dropped(reader: TableReader) -> None:
    assert reader.sort_grids([grid(("", ""))]) == ([], [])
