"""Text that hangs out of a cell cut by a page break belongs to the cell, prose does not."""

from __future__ import annotations

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.model import Char, Page, Rule

SIZE = 10.0


def _write(text: str, x: float, baseline: float) -> tuple[Char, ...]:
    return tuple(
        Char(c, x + SIZE * k, baseline - 9, x + SIZE * k + 9, baseline + 1, baseline, SIZE)
        for k, c in enumerate(text)
    )


def _page(*texts: tuple[Char, ...]) -> Page:
    """Two cells side by side, x 100 to 140 and 140 to 300, y 100 to 150."""
    across = (Rule(100, 100, 300, 100.5), Rule(100, 150, 300, 150.5))
    upright = tuple(Rule(x, 100, x + 0.5, 150) for x in (100, 140, 300))
    return Page(1, 595, 842, tuple(c for t in texts for c in t), across + upright, 0.0, "pdfium")


CUT = (_write("（三）", 104, 122), _write("不予公", 104, 134), _write("其他", 150, 130))


def test_a_line_below_the_edge_goes_on_with_the_cell() -> None:
    [grid] = find_grids(_page(*CUT, _write("不", 104, 146), _write("开", 110, 158)))
    assert [cell.text for cell in grid.cells] == ["（三）\n不予公\n不\n开", "其他"]


def test_a_line_of_prose_below_the_table_is_not_drawn_in() -> None:
    prose = _write("开展政府信息公开工作检查", 104, 158)
    [grid] = find_grids(_page(*CUT, _write("不", 104, 146), prose))
    assert [cell.text for cell in grid.cells] == ["（三）\n不予公\n不", "其他"]


def test_a_short_paragraph_further_down_is_not_drawn_in() -> None:
    [grid] = find_grids(_page(*CUT, _write("无。", 104, 180)))
    assert [cell.text for cell in grid.cells] == ["（三）\n不予公", "其他"]


def test_a_line_that_the_edge_runs_through_is_one_line() -> None:
    low, high = _write("不", 104, 146), Char("、", 115, 148, 118, 153, 146, SIZE)
    [grid] = find_grids(_page(*CUT, low, (high,)))
    assert grid.cells[0].text == "（三）\n不予公\n不、"


def test_a_label_goes_on_below_an_edge_that_leaves_room_for_no_line() -> None:
    """One letter a line, and the edge a little more than its size below the last one."""
    low = Char("、", 104, 150.5, 108, 153, 152, SIZE)
    [grid] = find_grids(_page(_write("三", 104, 139), (low,), _write("本", 104, 164)))
    assert [cell.text for cell in grid.cells] == ["三\n、\n本", ""]
