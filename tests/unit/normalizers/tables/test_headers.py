"""Header rows, data rows, and the columns under a header."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Cell
from gongkai.normalizers.tables.headers import HeaderReader
from gongkai.normalizers.tables.label_alignment import LabelAligner
from gongkai.normalizers.tables.labels import LabelFolder
from gongkai.normalizers.tables.rows import PrintedRow
from gongkai.normalizers.tables.table_labels import TableLabels
from gongkai.normalizers.tables.values import CellReader
from helpers.forms import COLUMNS


@pytest.fixture(scope="module")
def headers(family: Family) -> HeaderReader:
    labels = TableLabels(family.table("applications"), LabelFolder(family.variants))
    aligner = LabelAligner(labels.columns, labels, family.settings.thresholds)
    return HeaderReader(labels, aligner, CellReader(family))


def row(*texts: str, **changes: bool) -> PrintedRow:
    cells = [
        Cell(0, k, 1, 1, Box(50 + 60 * k, 100, 110 + 60 * k, 120), text)
        for k, text in enumerate(texts)
    ]
    return PrintedRow(cells, 1, "pdfium", **changes)


HEADER = row("", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")


def test_the_kinds_of_rows(headers: HeaderReader) -> None:
    assert headers.row_kind(row("", "", ""), (), False) == "blank"
    assert headers.row_kind(HEADER, (), False) == "header"
    assert headers.row_kind(row("（一）予以公开", "", ""), (), False) == "data"
    assert headers.row_kind(row("一行别的话", "5", "/"), (), False) == "data"


def test_a_cut_header_goes_on_below_the_break(headers: HeaderReader) -> None:
    pieces = ("然人", "业企业", "公益", "服务机")
    assert headers.row_kind(row(*pieces, is_first=True), (), True) == "header"
    assert headers.row_kind(row(*pieces), (), True) == "data"


def test_columns_are_named_by_the_labels_over_them(headers: HeaderReader) -> None:
    columns = headers.columns([HEADER])
    assert tuple(column.id for column in columns) == COLUMNS
    assert [column.label for column in columns] == [cell.text for cell in HEADER.cells[1:]]
    assert (columns[0].x0, columns[0].x1, columns[0].middle) == (110, 170, 140)
    assert not any(column.doubt for column in columns)


def test_a_column_without_known_label_is_left_out(headers: HeaderReader) -> None:
    columns = headers.columns([row("", "自然人", "与本表无关的话", "商业企业")])
    assert [column.label for column in columns] == ["自然人", "商业企业"]
