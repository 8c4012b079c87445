"""The divisions that a name begins with."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.agencies.agency_type import AgencyTypes
from gongkai.normalizers.agencies.division_prefix import DivisionPrefixes


@pytest.fixture(scope="module")
def prefixes(family: Family) -> DivisionPrefixes:
    return DivisionPrefixes(family.country, AgencyTypes(family.country))


def found(prefixes: DivisionPrefixes, name: str, year: int | None) -> set[tuple[str, str]]:
    return {
        ("/".join(division.name for division in each.path), each.rest)
        for each in prefixes.find(name, year)
    }


def test_every_way_is_found(prefixes: DivisionPrefixes) -> None:
    assert found(prefixes, "淮安市洪泽区人民政府", 2022) == {
        ("淮安市", "洪泽区人民政府"),
        ("淮安市/洪泽区", "人民政府"),
    }


def test_a_division_must_lie_in_the_one_before_it(prefixes: DivisionPrefixes) -> None:
    assert found(prefixes, "淮安市西湖区人民政府", 2022) == {("淮安市", "西湖区人民政府")}


def test_a_name_of_another_time_does_not_count(prefixes: DivisionPrefixes) -> None:
    assert found(prefixes, "洪泽县人民政府", 2014) == {("洪泽县", "人民政府")}
    assert found(prefixes, "洪泽县人民政府", 2023) == set()
    assert found(prefixes, "洪泽县人民政府", None) == {("洪泽县", "人民政府")}


def test_a_division_without_its_kind_needs_an_agency_behind_it(
    prefixes: DivisionPrefixes,
) -> None:
    [short] = prefixes.find("杭州海关", 2022)
    assert (short.division.name, short.printed, short.rest) == ("杭州市", "杭州", "海关")
    assert found(prefixes, "杭州拾遗", 2022) == set()


def test_a_name_without_a_division_has_none(prefixes: DivisionPrefixes) -> None:
    assert found(prefixes, "教育局", 2022) == set()
