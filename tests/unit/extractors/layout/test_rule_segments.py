"""Rules joined to segments, grouped where they touch, and measured along lines."""

from __future__ import annotations

from gongkai.extractors.layout.rule_segments import (
    Segment,
    cluster,
    connected_groups,
    full_width_levels,
    join_rules,
    nearest,
)
from gongkai.model import Rule


def test_dashes_of_one_line_are_joined_and_short_marks_dropped() -> None:
    dashes = [Rule(x, 50, x + 5, 50.5) for x in range(0, 100, 8)]
    segments = join_rules([*dashes, Rule(300, 80, 304, 80.5)])
    assert segments.horizontal == [Segment(50.25, 0, 101)]
    assert segments.vertical == []


def test_segments_that_touch_are_one_group() -> None:
    table = [Rule(0, 0, 100, 0.5), Rule(50, 0, 50.5, 60)]
    apart = [Rule(0, 200, 100, 200.5)]
    groups = list(connected_groups(join_rules([*table, *apart])))
    assert sorted(len(h) + len(v) for h, v in groups) == [1, 2]


def test_only_rules_over_most_of_the_width_are_levels() -> None:
    rules = [Rule(0, 40, 200, 40.5), Rule(0, 80, 60, 80.5)]
    assert full_width_levels(rules, 10, 190) == [40.25]
    assert full_width_levels([], 10, 190) == []


def test_near_values_are_one_cluster() -> None:
    assert cluster([10.0, 1.0, 2.0, 3.0]) == [2.0, 10.0]


def test_the_lower_of_two_equally_near_values_is_nearest() -> None:
    assert [nearest([0.0, 10.0, 20.0], v) for v in (-5, 4, 5, 6, 15, 99)] == [0, 0, 0, 1, 1, 2]
