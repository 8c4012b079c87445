"""Printed rows of one table over page breaks."""

from __future__ import annotations

from gongkai.model import Box, Cell, Grid
from gongkai.normalizers.tables.rows import distinct, printed_rows


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
    assert distinct(c for row in rows for c in row.cells)[0] is tall


def test_a_part_with_another_margin_is_moved_to_the_first() -> None:
    first, second = four(), four(x=130.0, page=2)
    rows = printed_rows([first, second])
    assert (rows[2].shift, rows[2].scale) == (-30.0, 1.0)
    assert rows[2].span(rows[2].cells[0]) == rows[0].span(rows[0].cells[0])
    assert rows[2].middle(rows[2].cells[1]) == rows[0].middle(rows[0].cells[1])


def test_a_part_in_the_same_place_stays() -> None:
    rows = printed_rows([four(), four(page=2)])
    assert {(row.shift, row.scale) for row in rows} == {(0.0, 1.0)}
