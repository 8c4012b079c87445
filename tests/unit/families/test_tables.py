"""Compiled tables and identities: what they look up."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Key


def test_a_table_is_found_by_its_id(family: Family) -> None:
    table = family.table("review_litigation")
    assert (table.section, table.layout) == ("四", "header_only")
    with pytest.raises(KeyError):
        family.table("nowhere")


def test_rows_and_columns_have_the_order_of_the_form(family: Family) -> None:
    table = family.table("applications")
    assert table.rows[:2] == ("received_new", "carried_over_in")
    assert table.columns[-1] == "total"
    assert table.keys[0] == Key("applications", "received_new", table.columns[0])
    assert len(table.keys) == len(set(table.keys))


def test_a_field_is_found_by_its_key(family: Family) -> None:
    key = Key("applications", "received_new", "total")
    assert family.field(key).column_label.endswith("总计")
    with pytest.raises(KeyError):
        family.field(Key("applications", "received_new", "nobody"))


def test_a_cell_belongs_to_the_forms_that_print_it(family: Family) -> None:
    table = family.table("proactive_disclosure")
    key = Key("proactive_disclosure", "rules", "in_force")
    assert table.in_form(key, "2021")
    assert not table.in_form(key, "2019")
    assert table.forms == {"2019", "2021"}


def test_an_identity_holds_where_its_form_prints_all_terms(family: Family) -> None:
    table = family.table("proactive_disclosure")
    [within] = [i for i in table.identities if i.name == "disclosed_within_total"]
    assert within.instances["2019"]
    assert within.instances["2021"] == ()
    assert within.instances[None] == within.instances["2019"]


def test_an_identity_has_each_way_to_print_its_terms(family: Family) -> None:
    grouped = next(i for i in family.identities if len(i.groups) > 1)
    ways = grouped.instances[None][0].ways
    assert len(ways) == len([name for name in grouped.groups if name])
    always = {member for member, _ in grouped.groups.get("", ())}
    over_columns = grouped.over == "column"
    for way in ways:
        members = {key.row if over_columns else key.column for key, _ in way}
        assert always < members <= grouped.members


def test_spellings_are_found_by_kind_and_id(family: Family) -> None:
    label = next(each for each in family.labels if each.kind == "row")
    table = family.table(label.table_id)
    assert label.spelling in table.spellings("row")[label.id]
    assert label.id not in table.spellings("corner")
