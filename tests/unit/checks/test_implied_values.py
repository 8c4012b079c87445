"""The value that the sums imply is offered beside a doubtful cell, never in its place."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.checks.implied_values import with_implied_values
from gongkai.families.family import Family
from gongkai.model import Box, Key, Observation

TABLE, FORMS = "review_litigation", {"review_litigation": "2021"}
COLUMNS = ("upheld", "corrected", "other", "pending", "total")


def _seen(*values: int | None) -> dict[Key, Observation]:
    keys = [Key(TABLE, "reconsideration", column) for column in COLUMNS]
    return {
        key: Observation(
            key, "unreadable" if value is None else "number",
            None if value is None else Decimal(value), str(value), None, "", "", "exact", 1,
            Box(0, 0, 9, 9), "ocr", 0.9, value is None,
        )
        for key, value in zip(keys, values, strict=True)
    }  # fmt: skip


def _with_implied(seen: dict[Key, Observation], family: Family) -> dict[Key, Observation]:
    return with_implied_values(seen, IdentityChecks(family).sums(seen, FORMS))


def _implied(seen: dict[Key, Observation], family: Family) -> list[Decimal | None]:
    return [cell.implied_value for cell in _with_implied(seen, family).values()]


def test_one_missing_term_is_implied(family: Family) -> None:
    assert _implied(_seen(10, None, 0, 0, 11), family) == [None, 1, None, None, None]
    assert _implied(_seen(10, 1, 0, 0, None), family) == [None, None, None, None, 11]


def test_two_missing_terms_are_not_implied(family: Family) -> None:
    assert _implied(_seen(10, None, None, 0, 11), family) == [None] * 5


def test_a_flagged_cell_keeps_its_value(family: Family) -> None:
    seen = _seen(10, 7, 0, 0, 11)
    key = Key(TABLE, "reconsideration", "corrected")
    seen[key] = replace(seen[key], flagged=True)
    cell = _with_implied(seen, family)[key]
    assert (cell.value, cell.implied_value) == (7, 1)


def test_a_blank_total_is_implied_by_its_terms(family: Family) -> None:
    seen = _seen(10, 1, 0, 0, 0)
    key = Key(TABLE, "reconsideration", "total")
    seen[key] = replace(seen[key], state="blank", value=None, raw_text="")
    assert _with_implied(seen, family)[key].implied_value == 11


def test_a_negative_value_is_not_implied(family: Family) -> None:
    assert _implied(_seen(10, None, 0, 0, 3), family) == [None] * 5


def test_a_report_without_doubtful_cells_is_unchanged(family: Family) -> None:
    seen = _seen(10, 1, 0, 0, 11)
    assert _with_implied(seen, family) == seen
