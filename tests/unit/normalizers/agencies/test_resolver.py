"""Printed names and the agencies that they mean."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.agencies.resolver import AgencyResolver


@pytest.fixture(scope="module")
def resolver(family: Family) -> AgencyResolver:
    return AgencyResolver(family)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("洪泽区人民政府", "淮安市洪泽区人民政府"),
        ("泰安市泰山区卫健委", "泰安市泰山区卫生健康局"),
        ("深圳市发展改革委", "深圳市发展和改革委员会"),
        ("淮安市洪泽县人民政府", "淮安市洪泽区人民政府"),
        ("西昌市住建局", "凉山彝族自治州西昌市住房和城乡建设局"),
    ],
)
def test_two_spellings_of_one_agency(one: str, other: str, resolver: AgencyResolver) -> None:
    first, second = (resolver.resolve(name, "", 2016) for name in (one, other))
    assert first.resolved
    assert first.key == second.key


def test_a_government_and_its_office_are_two(resolver: AgencyResolver) -> None:
    office = resolver.resolve("三明市人民政府办公室", "", 2020)
    assert office.body_type == "government_office"
    assert office.key != resolver.resolve("三明市人民政府", "", 2020).key


def test_an_office_that_speaks_for_its_government(resolver: AgencyResolver) -> None:
    text = "市政府办公室代表市政府编制本报告。"
    spoken = resolver.resolve("三明市人民政府办公室", text, 2020)
    assert spoken.key == resolver.resolve("三明市人民政府", "", 2020).key


def test_a_name_of_several_places_stays_open(resolver: AgencyResolver) -> None:
    agency = resolver.resolve("普陀区人民政府", "", 2022)
    assert not agency.resolved
    assert agency.division_code is None
    assert "舟山市" in (agency.reason or "")


def test_the_text_says_which_place(resolver: AgencyResolver) -> None:
    agency = resolver.resolve("普陀区人民政府", "舟山市普陀区坚持公开为常态。", 2022)
    assert agency.division_code == "330903"


def test_a_printed_index_number_says_which_place(resolver: AgencyResolver) -> None:
    agency = resolver.resolve("普陀区人民政府", "索引号：11330903002661234K/2023-00013", 2022)
    assert agency.division_code == "330903"


def test_another_place_mentioned_in_passing_decides_nothing(resolver: AgencyResolver) -> None:
    agency = resolver.resolve("鼓楼区人民政府", "组织人员赴南京市学习先进经验。", 2022)
    assert not agency.resolved


def test_a_functional_zone_belongs_to_its_host(resolver: AgencyResolver) -> None:
    agency = resolver.resolve("宿迁市湖滨新区管理委员会", "", 2023)
    assert (agency.functional_zone, agency.division_code) == (True, None)
    assert (agency.host_division_code, agency.level) == ("321300", "functional_zone")


def test_a_zone_named_by_its_county_belongs_to_it(resolver: AgencyResolver) -> None:
    zone = resolver.resolve("海门经济技术开发区", "", 2023)
    assert (zone.host_division_code, zone.city, zone.county) == ("320614", "南通市", "海门区")
    # 龙湖新区 may be named after anything
    assert not resolver.resolve("龙湖新区管委会", "", 2023).resolved


def test_an_unknown_place_is_left_open_but_said_what_it_is(resolver: AgencyResolver) -> None:
    agency = resolver.resolve("鹤溪县教育局", "", 2022)
    assert not agency.resolved
    assert (agency.sector, agency.body_type, agency.level) == ("教育", "department", "county")


def test_no_name_at_all(resolver: AgencyResolver) -> None:
    assert resolver.resolve("", "", None).reason


@pytest.mark.parametrize("name", ["县教育局", "公安局", "人民政府", "市", "（）", "第三中学"])
def test_names_that_could_be_anyones_stay_open(name: str, resolver: AgencyResolver) -> None:
    assert not resolver.resolve(name, "洛阳市教育局、洛阳市公安局给予指导。", 2022).resolved
