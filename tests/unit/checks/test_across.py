"""Comparisons of a report with one of another family about the same body and year."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from gongkai.checks.across import AcrossChecks
from gongkai.families.across import AcrossLine
from gongkai.model import Check, Key

OTHER = "ogi-annual-report"
THEIRS = Key("disclosure", "licences", "decisions")
GRANTED, REFUSED = Key("licensing", "total", "granted"), Key("licensing", "total", "refused")


def line(meaning: str, terms: str) -> AcrossLine:
    return AcrossLine(
        check="decisions",
        other_family=OTHER,
        other_cell=".".join(THEIRS),
        other_label_zh="年报处理决定数量",
        meaning_zh=meaning,
        terms=terms.split(),
    )


CHECKS = AcrossChecks(
    "enforcement",
    [
        line("许可与不予许可", "licensing.total.granted licensing.total.refused"),
        line("许可数量", "licensing.total.granted"),
    ],
)


def compare(own: Mapping[Key, int | None], theirs: Mapping[Key, int | None] | None) -> list[Check]:
    others = {} if theirs is None else {OTHER: as_numbers(theirs)}
    return list(CHECKS.compare(as_numbers(own), others))


def as_numbers(cells: Mapping[Key, int | None]) -> dict[Key, Decimal | None]:
    return {key: None if value is None else Decimal(value) for key, value in cells.items()}


@pytest.mark.parametrize(
    ("own", "expected", "words"),
    [
        ({GRANTED: 5, REFUSED: 2}, 7, "许可与不予许可一致"),
        ({GRANTED: 5, REFUSED: 2}, 5, "许可数量一致"),
        ({GRANTED: 5, REFUSED: None}, 5, "许可与不予许可一致"),  # a blank is no number
        ({GRANTED: 5}, 5, "许可数量一致"),  # the form has no column of refusals
    ],
)
def test_one_fitting_meaning_passes(own: dict[Key, int], expected: int, words: str) -> None:
    [check] = compare(own, {THEIRS: expected})
    assert (check.check_id, check.status, check.severity) == (
        "licensing.decisions", "pass", "usually",
    )  # fmt: skip
    assert words in check.message
    assert set(check.cells) == set(own)


def test_a_difference_names_every_meaning_that_was_tried() -> None:
    [check] = compare({GRANTED: 5, REFUSED: 2}, {THEIRS: 9})
    assert (check.status, check.cause, check.expected, check.actual) == ("fail", "print", 9, 7)
    assert (
        check.message == "年报处理决定数量9，与本报告各种口径都不一致：许可与不予许可7，许可数量5"
    )


@pytest.mark.parametrize(
    ("theirs", "words"),
    [(None, "没有同一机关同一年度的报告"), ({THEIRS: None}, "没有可用的数"), ({}, "没有可用的数")],
)
def test_what_cannot_be_compared_is_said(theirs: dict[Key, int] | None, words: str) -> None:
    [check] = compare({GRANTED: 5, REFUSED: 2}, theirs)
    assert (check.status, check.cause) == ("skipped", None)
    assert words in check.message


def test_a_table_that_is_not_printed_is_not_compared() -> None:
    assert compare({}, {THEIRS: 3}) == []


def test_a_report_without_numbers_is_not_compared() -> None:
    [check] = compare({GRANTED: None, REFUSED: None}, {THEIRS: 3})
    assert check.status == "skipped"
