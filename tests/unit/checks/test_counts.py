"""Counts are whole and not negative; amounts may have decimals, a change may be negative."""

from __future__ import annotations

import pytest

from gongkai.checks.counts import CountChecks
from gongkai.families.family import Family
from gongkai.model import Key
from made import observation


def _key_of_type(family: Family, value_type: str) -> Key:
    return next(field.key for field in family.fields if field.value_type == value_type)


@pytest.mark.parametrize(
    ("value_type", "value", "status"),
    [
        ("count", "3", "pass"),
        ("count", "0", "pass"),
        ("count", "2.353", "fail"),
        ("count", "-1", "fail"),
        ("signed_count", "-1", "pass"),
        ("signed_count", "-1.5", "fail"),
        ("amount", "96171.6", "pass"),
        ("amount", "-96171.6", "fail"),
    ],
)
def test_value_types(family: Family, value_type: str, value: str, status: str) -> None:
    if not any(field.value_type == value_type for field in family.fields):
        pytest.skip(f"the family has no {value_type}")
    key = _key_of_type(family, value_type)
    check = CountChecks(family).check(key.table, {key: observation(key, value)})
    assert (check.status, check.cells) == (status, () if status == "pass" else (key,))


def test_only_the_cells_of_the_table_count(family: Family) -> None:
    key = _key_of_type(family, "count")
    cells = {key: observation(key, "-1")}
    other = next(table.id for table in family.tables if table.id != key.table)
    assert CountChecks(family).check(other, cells).status == "pass"


def test_the_message_names_the_cell_as_printed(family: Family) -> None:
    key = Key("applications", "granted", "total")
    cells = {key: observation(key, "2.353")}
    assert "予以公开·总计印作2.353" in CountChecks(family).check(key.table, cells).message
