"""Printed rows over page breaks, the columns under a header, and rows that a page break cuts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import Box, Cell, Char, Grid
from gongkai.normalizers.tables.label_alignment import LabelAligner
from gongkai.normalizers.tables.labels import LabelFolder, TableLabels
from gongkai.normalizers.tables.rows import (
    DataRow,
    HeaderReader,
    PrintedRow,
    RowJoiner,
    TableColumn,
    printed_rows,
)
from gongkai.normalizers.tables.values import CellReader
from helpers.forms import COLUMNS


def cell(row: int, column: int, x: float, text: str, row_span: int = 1) -> Cell:
    top = 100.0 + 20 * row
    return Cell(row, column, row_span, 1, Box(x, top, x + 50, top + 20 * row_span), text)


def grid(cells: list[Cell], page: int = 1) -> Grid:
    boxes = [c.box for c in cells]
    box = Box(min(b.x0 for b in boxes), 100, max(b.x1 for b in boxes), max(b.bottom for b in boxes))
    rows = max(c.row + c.row_span for c in cells)
    return Grid(page, box, rows, max(c.column for c in cells) + 1, tuple(cells), "pdfium")


def four(x: float = 100.0, page: int = 1) -> Grid:
    return grid([cell(r, c, x + 50 * c, f"{r}{c}") for r in (0, 1) for c in range(4)], page)


def test_first_and_last_row_of_each_grid() -> None:
    rows = printed_rows([four(), four(page=2)])
    assert [(row.page, row.is_first, row.is_last) for row in rows] == [
        (1, True, False), (1, False, True), (2, True, False), (2, False, True),
    ]  # fmt: skip


def test_a_spanning_cell_is_in_each_of_its_rows() -> None:
    tall = cell(0, 0, 100, "三、本年度办理结果", row_span=2)
    rows = printed_rows([grid([tall, cell(0, 1, 150, "1"), cell(1, 1, 150, "2")])])
    assert [[c.text for c in row.cells] for row in rows] == [[tall.text, "1"], [tall.text, "2"]]
    assert all(row.cells[0] is tall for row in rows)


@pytest.mark.parametrize(("text", "kept"), [("7", ["7"]), ("第二十条第（五）项", []), ("", [])])
def test_a_number_in_a_row_that_mostly_spans_the_one_above_is_in_that(
    text: str, kept: list[str]
) -> None:
    tall = [cell(0, c, 100 + 50 * c, str(c), row_span=2) for c in range(3)]
    rows = printed_rows([grid([*tall, cell(0, 3, 250, ""), cell(1, 3, 250, text)])])
    assert [[c.text for c in row.cells] for row in rows] == [["0", "1", "2", "", *kept]]


def test_a_part_with_another_margin_is_moved_to_the_first() -> None:
    first, second = four(), four(x=130.0, page=2)
    rows = printed_rows([first, second])
    assert (rows[2].shift, rows[2].scale) == (-30.0, 1.0)
    assert rows[2].span(rows[2].cells[0]) == rows[0].span(rows[0].cells[0])
    assert rows[2].middle(rows[2].cells[1]) == rows[0].middle(rows[0].cells[1])


def test_a_part_in_the_same_place_stays() -> None:
    rows = printed_rows([four(), four(page=2)])
    assert {(row.shift, row.scale) for row in rows} == {(0.0, 1.0)}


@pytest.fixture(scope="module")
def headers(family: Family) -> HeaderReader:
    labels = TableLabels(family.table("applications"), LabelFolder(family.variants))
    aligner = LabelAligner(labels.columns, labels, family.settings.thresholds)
    return HeaderReader(labels, aligner, CellReader(family))


def printed(*texts: str, **changes: bool) -> PrintedRow:
    cells = [
        Cell(0, k, 1, 1, Box(50 + 60 * k, 100, 110 + 60 * k, 120), text)
        for k, text in enumerate(texts)
    ]
    return PrintedRow(cells, 1, "pdfium", **changes)


HEADER = printed(
    "", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"
)


def test_the_kinds_of_rows(headers: HeaderReader) -> None:
    assert headers.row_kind(printed("", "", ""), (), False) == "blank"
    assert headers.row_kind(HEADER, (), False) == "header"
    assert headers.row_kind(printed("（一）予以公开", "", ""), (), False) == "data"
    assert headers.row_kind(printed("一行别的话", "5", "/"), (), False) == "data"


def test_a_cut_header_goes_on_below_the_break(headers: HeaderReader) -> None:
    pieces = ("然人", "业企业", "公益", "服务机")
    assert headers.row_kind(printed(*pieces, is_first=True), (), True) == "header"
    assert headers.row_kind(printed(*pieces), (), True) == "data"


def test_columns_are_named_by_the_labels_over_them(headers: HeaderReader) -> None:
    columns = headers.columns([HEADER])
    assert tuple(column.id for column in columns) == COLUMNS
    assert [column.label for column in columns] == [cell.text for cell in HEADER.cells[1:]]
    assert (columns[0].x0, columns[0].x1, columns[0].middle) == (110, 170, 140)
    assert not any(column.doubt for column in columns)


def test_a_column_without_known_label_is_left_out(headers: HeaderReader) -> None:
    columns = headers.columns([printed("", "自然人", "与本表无关的话", "商业企业")])
    assert [column.label for column in columns] == ["自然人", "商业企业"]


TWO_COLUMNS = tuple(
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
    return DataRow.of(PrintedRow(cells, 1, "pdfium", **changes), TWO_COLUMNS)


def last(label: str, *values: str) -> DataRow:
    return row(label, *values, is_last=True)


def first(label: str, *values: str) -> DataRow:
    return row(label, *values, is_first=True)


def test_labels_and_body_are_split_at_the_first_column() -> None:
    one = row("（一）予以公开", "3", "4")
    assert [cell.text for cell in one.labels] == ["（一）予以公开"]
    assert [[cell.text for cell in one.under(column)] for column in TWO_COLUMNS] == [["3"], ["4"]]
    assert not one.is_blank


def test_a_cell_over_two_columns_covers_both() -> None:
    wide = Cell(0, 1, 1, 2, Box(200, 0, 320, 20), "7")
    one = DataRow.of(PrintedRow([wide], 1, "pdfium"), TWO_COLUMNS)
    assert one.covers_columns(wide)
    assert one.under(TWO_COLUMNS[0]) == one.under(TWO_COLUMNS[1]) == [wide]


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


def test_a_digit_over_an_edge_reaches_into_the_blank_cell_beside() -> None:
    """A 0 whose middle is past the rule belongs to the next cell, but this one is not blank."""
    label, blank = cell(0, 0, 100, "规章"), cell(0, 1, 150, "")
    for x, over in ((198.0, "0"), (201.0, "")):
        digit = Char("0", x, 105, x + 5, 113, 113, 9)
        beside = replace(cell(0, 2, 200, "0"), chars=(digit,))
        data = DataRow.of(PrintedRow([label, blank, beside], 1, "pdfium"), TWO_COLUMNS)
        assert data.number_over_edge(blank) == over
