"""Assignments that keep the order."""

from __future__ import annotations

from gongkai.normalizers.tables.monotone import best_assignment, bounds, latest_assignment


def test_nothing_to_assign() -> None:
    assert best_assignment([]) == []
    assert latest_assignment([]) == []


def test_each_label_takes_its_entry() -> None:
    assert best_assignment([[1.0, 0.0], [0.0, 1.0]]) == [0, 1]


def test_labels_that_traded_places_do_not_both_fit() -> None:
    assert best_assignment([[0.0, 1.0], [0.9, 0.0]]) == [1, None]


def test_the_highest_sum_counts_not_the_best_single_score() -> None:
    scores = [[0.6, 1.0, 0.0], [0.0, 0.7, 0.0], [0.0, 0.0, 0.8]]
    assert best_assignment(scores) == [0, 1, 2]


def test_equal_entries_are_taken_early_or_late() -> None:
    scores = [[1.0, 0.0, 1.0]]
    assert best_assignment(scores) == [0]
    assert latest_assignment(scores) == [2]


def test_bounds_of_a_label() -> None:
    assert bounds(1, [0, None, 4], 6) == (0, 4)
    assert bounds(0, [None, 3], 6) == (-1, 3)
    assert bounds(1, [None, None], 6) == (-1, 6)
