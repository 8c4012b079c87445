"""The parts of an agency's name: the divisions that it begins with, and its type."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.agencies.names import (
    AgencyType,
    AgencyTypes,
    DivisionPrefixes,
    NameForm,
    NameGrammar,
)


@pytest.fixture(scope="module")
def types(family: Family) -> AgencyTypes:
    return AgencyTypes(family.country)


@pytest.fixture(scope="module")
def prefixes(family: Family, types: AgencyTypes) -> DivisionPrefixes:
    return DivisionPrefixes(family.country, types)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", AgencyType("government", "人民政府", "")),
        ("政府", AgencyType("government", "人民政府", "")),
        ("政府办", AgencyType("government_office", "人民政府办公室", "")),
        ("政府办公厅", AgencyType("government_office", "人民政府办公厅", "")),
        (
            "荫子镇人民政府",
            AgencyType("government", "人民政府", "", township="荫子镇"),
        ),
        (
            "某某街道党政办公室",
            AgencyType("government_office", "人民政府办公室", "", township="某某街道"),
        ),
        ("某某街道", AgencyType("government", "办事处", "", township="某某街道")),
        ("湖滨新区管委会", AgencyType("zone_committee", "管理委员会", "", zone="湖滨新区")),
        (
            "公安局西湖分局",
            AgencyType("sub_bureau", "公安局西湖分局", "公安", "公安", place="西湖"),
        ),
        ("卫健委", AgencyType("department", "卫生健康委员会", "卫生健康", "卫健")),
        ("天坛", None),
    ],
)
def test_a_name_has_a_type(types: AgencyTypes, name: str, expected: AgencyType | None) -> None:
    assert types.find(name) == expected


def test_an_office_within_a_government_is_a_department(types: AgencyTypes) -> None:
    found = types.find("人民政府外事办公室")
    assert found is not None
    assert found == types.find("外事办公室")


def test_a_department_that_only_its_ending_shows_is_not_known(types: AgencyTypes) -> None:
    found = types.find("桥梁拆除办")
    assert found == AgencyType("department", "桥梁拆除办公室", "桥梁拆除")
    assert types.find_known("桥梁拆除办") is None
    assert types.find_known("教育局") is not None


def test_conjunctions_make_no_difference(types: AgencyTypes) -> None:
    keys = {types.find(name) for name in ("发展和改革局", "发展与改革局", "发展改革局")}
    assert len(keys) == 1


def test_the_empty_name_is_not_known(types: AgencyTypes) -> None:
    assert types.find_known("") is None
    assert types.find_known("人民政府") == types.find("")


def test_a_national_system_is_split_off(types: AgencyTypes) -> None:
    assert types.split_system("国家税务总局珠海市税务局") == ("国家税务总局", "珠海市税务局")
    assert types.split_system("珠海市税务局") == ("", "珠海市税务局")


def test_a_central_agency_is_found_by_its_whole_name(types: AgencyTypes) -> None:
    found = types.central("教育部")
    assert found is not None
    assert (found.type, found.name) == ("department", "教育部")
    assert types.central("某市教育部") is None


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


@pytest.fixture(scope="module")
def grammar(family: Family, types: AgencyTypes, prefixes: DivisionPrefixes) -> NameGrammar:
    return NameGrammar(family.country, types, prefixes)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("青溪县水利局", NameForm(has_place=True, is_known=True)),
        ("云泽市青溪县桃源镇", NameForm(has_place=True, is_known=True)),
        ("海曲市湖滨新城区人民政府", NameForm(has_place=True, is_known=True)),
        ("长春市生态环境局净月分局", NameForm(has_place=True, is_known=True)),
        ("国家统计局宁夏调查总队", NameForm(has_place=True, is_known=True)),
        ("某市市场监督管理局（知识产权局）", NameForm(has_place=True, is_known=True)),
        ("审计署", NameForm(has_place=True, is_known=True)),
        ("三明市", NameForm(has_place=True, is_known=False)),
        ("沱川市茶业发展中心", NameForm(has_place=True, is_known=False)),
        ("重庆市农委", NameForm(has_place=True, is_known=False)),
        ("青溪循环经济产业园区管委会", NameForm(has_place=True, is_known=True)),
        ("经济技术开发区管委会", NameForm(has_place=False, is_known=True)),
        ("全县教育局", NameForm(has_place=False, is_known=True)),
        ("青溪职业学院", NameForm(has_place=False, is_known=False)),
        ("州市场监管局", NameForm(has_place=False, is_known=True)),  # no place 州市
        ("区寿镇人民政府", NameForm(has_place=True, is_known=True)),
        ("我街道", None),
        ("本镇人民政府", NameForm(has_place=False, is_known=True)),
        ("桃源镇人民", None),
        ("相关链接贺州市农业农村局", None),
        ("国务院办公厅政府信息与政务公开办公室", None),
        ("信息与政务公开办公室有关通知要求", None),
        ("渠道平台做好", None),
        ("例》）和有关要求", None),
        ("青溪县人民政府门户网站", None),
        ("公开政府信息556条", None),
    ],
)
def test_only_names_of_bodies_have_a_form(
    grammar: NameGrammar, name: str, form: NameForm | None
) -> None:
    assert grammar.form(name) == form


def test_a_spelling_is_written_out_only_if_it_is_short_for_the_name(types: AgencyTypes) -> None:
    found = [types.find(name) for name in ("科委", "市监局", "环境保护局", "经济合作局")]
    assert [each and each.name for each in found] == [
        "科学技术委员会", "市场监督管理局", "环境保护局", "经济合作局",
    ]  # fmt: skip
