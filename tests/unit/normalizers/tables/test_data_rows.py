"""Data rows, and rows that a page break cuts."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Cell
from gongkai.normalizers.tables.data_rows import DataRow, RowJoiner
from gongkai.normalizers.tables.headers import TableColumn
from gongkai.normalizers.tables.labels import LabelFolder
from gongkai.normalizers.tables.rows import PrintedRow
from gongkai.normalizers.tables.table_labels import TableLabels

COLUMNS = tuple(
    TableColumn(x, x + 60, name, "exact", name, None)
    for x, name in ((200.0, "natural_person"), (260.0, "total"))
)


@pytest.fixture(scope="module")
def joiner(family: Family) -> RowJoiner:
    return RowJoiner(TableLabels(family.table("applications"), LabelFolder(family.variants)))


def row(label: str, *values: str, **changes: bool) -> DataRow:
    cells = [Cell(0, 0, 1, 1, Box(100, 0, 200, 20), label)]
    cells += [
        Cell(0, k, 1, 1, Box(140 + 60 * k, 0, 200 + 60 * k, 20), text)
        for k, text in enumerate(values, 1)
    ]
    return DataRow.of(PrintedRow(cells, 1, "pdfium", **changes), COLUMNS)


def last(label: str, *values: str) -> DataRow:
    return row(label, *values, is_last=True)


def first(label: str, *values: str) -> DataRow:
    return row(label, *values, is_first=True)


def test_labels_and_body_are_split_at_the_first_column() -> None:
    one = row("（一）予以公开", "3", "4")
    assert [cell.text for cell in one.labels] == ["（一）予以公开"]
    assert [[cell.text for cell in one.under(column)] for column in COLUMNS] == [["3"], ["4"]]
    assert not one.is_blank


def test_a_cell_over_two_columns_covers_both() -> None:
    wide = Cell(0, 1, 1, 2, Box(200, 0, 320, 20), "7")
    one = DataRow.of(PrintedRow([wide], 1, "pdfium"), COLUMNS)
    assert one.covers_columns(wide)
    assert one.under(COLUMNS[0]) == one.under(COLUMNS[1]) == [wide]


def test_two_whole_rows_stay_two(joiner: RowJoiner) -> None:
    rows = [last("（一）予以公开", "3", "4"), first("（二）部分公开", "5", "6")]
    assert len(joiner.join(rows)) == 2


def test_a_cut_label_is_joined(joiner: RowJoiner) -> None:
    rows = [last("1.属于国家", "3", "4"), first("秘密", "", "")]
    [joined] = joiner.join(rows)
    assert joiner.label_texts(joined) == ["1.属于国家秘密"]
    assert len(joined.continuations) == 1
    assert rows[0].row.continuations == ()  # the rows given are unchanged


def test_the_numbers_may_be_below_the_break(joiner: RowJoiner) -> None:
    [joined] = joiner.join([last("1.属于国家", "", ""), first("秘密", "3", "4")])
    assert joiner.label_texts(joined) == ["1.属于国家秘密"]
    assert [cell.text for cell in joined.continuations[0].body] == ["3", "4"]


def test_pieces_inside_one_page_are_not_joined(joiner: RowJoiner) -> None:
    assert len(joiner.join([row("1.属于国家", "3", "4"), row("秘密", "5", "6")])) == 2


def test_a_row_without_label_and_number_is_dropped(joiner: RowJoiner) -> None:
    assert joiner.join([row("", "", "")]) == []
