"""A header that is repeated on the next page without a rule below it."""

from __future__ import annotations

from msgspec.structs import replace

from gongkai.model import Box, Cell, Grid
from gongkai.normalizers.tables.open_headers import with_closed_header

X = (0.0, 80.0, 160.0, 240.0)


def grid(texts: list[list[str]], edges: list[float], top: float = 100.0) -> Grid:
    """A grid of three columns with a row for each line of texts; rows end at the edges."""
    cells = []
    for row, line in enumerate(texts):
        above = edges[row - 1] if row else 0.0
        for column, text in enumerate(line):
            box = Box(X[column], top + above, X[column + 1], top + edges[row])
            cells.append(Cell(row, column, 1, 1, box, text))
    return Grid(2, Box(0, top, 240, top + edges[-1]), len(texts), 3, tuple(cells), "pdfium")


FIRST = grid([["科目", "名称", "决算数"], ["201", "教育", "5.00"]], [20, 40])


def texts(found: Grid) -> list[tuple[int, str]]:
    return [(cell.row, cell.text) for cell in found.cells]


def test_the_row_below_an_open_header_is_a_row_of_its_own() -> None:
    further = grid(
        [["科目\n202", "名称\n外交", "决算数\n12.50"], ["203", "", "1.00"]], [40, 60], 50
    )
    found = with_closed_header(further, FIRST)
    assert texts(found) == [
        (0, "科目"), (0, "名称"), (0, "决算数"),
        (1, "202"), (1, "外交"), (1, "12.50"),
        (2, "203"), (2, ""), (2, "1.00"),
    ]  # fmt: skip
    assert found.cells[5].box == Box(160, 70, 240, 90)
    assert found.rows == 3


def test_an_empty_cell_below_an_open_header_stays_empty() -> None:
    further = grid([["科目", "名称\n外交", "决算数\n12.50"]], [40])
    assert texts(with_closed_header(further, FIRST))[3:] == [(1, ""), (1, "外交"), (1, "12.50")]


def test_a_header_with_its_rule_is_left_alone() -> None:
    further = grid([["科目", "名称", "决算数"], ["202", "外交", "12.50"]], [20, 40])
    assert with_closed_header(further, FIRST) is further


def test_a_part_without_a_header_is_left_alone() -> None:
    further = grid([["202", "外交", "12.50"], ["203", "国防", "1.00"]], [20, 40])
    assert with_closed_header(further, FIRST) is further


def test_a_row_below_headers_over_several_rows() -> None:
    first = grid([["项目", "", ""], ["科目", "名称", "决算数"], ["201", "", "5"]], [20, 40, 60])
    wide = replace(first.cells[0], column_span=3)
    first = replace(first, cells=(wide, *first.cells[3:]))
    further = grid([["项目", "", ""], ["科目\n202", "名称", "决算数\n7"]], [20, 60])
    further = replace(further, cells=(wide, *further.cells[3:]))
    found = with_closed_header(further, first)
    assert texts(found)[-3:] == [(2, "202"), (2, ""), (2, "7")]
