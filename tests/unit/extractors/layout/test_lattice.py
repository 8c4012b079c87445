"""Lattice cells merged where no rule covers the edge between them."""

from __future__ import annotations

from gongkai.extractors.layout.lattice import lattice_cells, merge_open_cells
from gongkai.extractors.layout.rule_segments import Segment, Segments
from gongkai.model import Box

CLOSED, OPEN = [True, True], [False, False]


def test_closed_edges_keep_all_cells() -> None:
    cells = list(merge_open_cells([CLOSED] * 3, [CLOSED] * 3))
    assert cells == [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)]


def test_an_open_edge_merges_two_cells() -> None:
    beside = merge_open_cells([CLOSED] * 3, [CLOSED, [False, True], CLOSED])
    assert list(beside) == [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)]
    below = merge_open_cells([CLOSED, [False, True], CLOSED], [CLOSED] * 3)
    assert list(below) == [(0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)]


def test_without_inner_edges_one_cell_is_left() -> None:
    assert list(merge_open_cells([CLOSED, OPEN, CLOSED], [CLOSED, OPEN, CLOSED])) == [(0, 0, 2, 2)]


def test_a_row_that_is_closed_below_part_of_a_run_ends_the_cell() -> None:
    cells = merge_open_cells([CLOSED, [False, True], CLOSED], [CLOSED, OPEN, CLOSED])
    assert list(cells) == [(0, 0, 1, 2), (1, 0, 1, 2)]


def test_the_outermost_ends_of_rules_close_an_open_table() -> None:
    horizontal = [Segment(y, 0, 200) for y in (0, 50, 100)]
    cells = lattice_cells(Segments(horizontal, [Segment(80, 0, 100)]))
    assert cells == [
        Box(0, 0, 80, 50),
        Box(80, 0, 200, 50),
        Box(0, 50, 80, 100),
        Box(80, 50, 200, 100),
    ]


def test_rules_of_one_direction_are_no_table() -> None:
    assert lattice_cells(Segments([Segment(0, 0, 200), Segment(50, 0, 200)], [])) is None
