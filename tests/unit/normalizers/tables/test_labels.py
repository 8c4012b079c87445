"""Printed labels folded for comparison and matched to the spellings of the form."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.tables.labels import LabelFolder, TableLabels


def labels_of(family: Family, table: str) -> TableLabels:
    return TableLabels(family.table(table), LabelFolder(family.variants))


@pytest.mark.parametrize(
    ("printed", "ordinal", "core"),
    [
        ("1.属于国家秘密", "1", "属于国家秘密"),
        ("1、属于国家秘密", "1", "属于国家秘密"),
        ("１．属于国家秘密", "1", "属于国家秘密"),
        ("1．属于\n国家 秘密", "1", "属于国家秘密"),
        ("（一）予以公开", "一", "予以公开"),
        ("(一)予以公开", "一", "予以公开"),
        ("（ 一 ）予以公开", "一", "予以公开"),
        ("一、本年新收政府信息公开申请数量", "一", "本年新收政府信息公开申请数量"),
        ("予以公开", "", "予以公开"),
        ("3.危及“三安全一稳定”", "3", "危及三安全一稳定"),
        ('3.危及"三安全一稳定"', "3", "危及三安全一稳定"),
        ("本年增/减", "", "本年增减"),
        ("总 计", "", "总计"),
        ("总\n计", "", "总计"),
        ("", "", ""),
        ("总⻚", "", "总页"),  # a look-alike of the CJK radical blocks
        ("⾏政许可", "", "行政许可"),
        ("三类内部事务信息", "", "三类内部事务信息"),  # a numeral is no ordinal by itself
        ("一般公共预算", "", "一般公共预算"),
        ("（一）予以公開", "一", "予以公开"),  # traditional characters
        ("現行有效件數", "", "现行有效件数"),
        # a second script: the Chinese decides
        ("商业\n企业\nكارخانا", "", "商业企业"),
        ("总计 སྤྱི་འབོར", "", "总计"),
        ("1.属于国家秘密\n1. State secrets", "1", "属于国家秘密"),
        ("1. State secrets\n1.属于国家秘密", "1", "属于国家秘密"),
        ("(I) Disclosed （一）予以公开", "一", "予以公开"),
        ("Total", "", "Total"),
    ],
)
def test_folding(family: Family, printed: str, ordinal: str, core: str) -> None:
    folded = LabelFolder(family.variants).fold(printed)
    assert (folded.ordinal, folded.core) == (ordinal, core)


@pytest.mark.parametrize(
    ("table", "kind", "printed", "wanted", "how"),
    [
        ("applications", "rows", "1.属于国家秘密", "denied_state_secret", "exact"),
        ("applications", "rows", "2.其他法律行政止公开", "denied_law_prohibits", "alias"),
        ("applications", "rows", "（二）部分公开", "granted_in_part", "alias"),
        ("applications", "rows", "四、结转下一年度继续办理", "carried_over_out", "alias"),
        ("applications", "rows", "5.属于三类内部事物信息", "denied_internal_affairs", "near"),
        ("applications", "columns", "商业\n企业", "commercial_enterprise", "exact"),
        ("applications", "columns", "合计", "total", "alias"),
        ("proactive_disclosure", "columns", "本年度制发数", "issued_this_year", "alias"),
        ("proactive_disclosure", "columns", "年废止件数", "repealed_this_year", "alias"),
        ("proactive_disclosure", "rows", "政许可", "administrative_licensing", "near"),
        ("proactive_disclosure", "rows", "规范性文件", "normative_documents", "exact"),
        ("proactive_disclosure", "rows", "行政规范性文件", "normative_documents", "exact"),
    ],
)
def test_a_label_is_most_like_its_own_entry(
    family: Family, table: str, kind: str, printed: str, wanted: str, how: str
) -> None:
    labels = labels_of(family, table)
    axis = labels.rows if kind == "rows" else labels.columns
    found = axis.similarities((labels.fold(printed),))
    best = max(range(len(axis.entries)), key=lambda j: found[j][0])
    assert (axis.entries[best].id, found[best][1]) == (wanted, how)


def test_the_header_of_section_four_names_every_cell(family: Family) -> None:
    labels = labels_of(family, "review_litigation")
    assert len(labels.rows.entries) == 0
    ids = [entry.id for entry in labels.columns.entries]
    assert len(ids) == 15
    assert (ids[0], ids[5]) == ("reconsideration.upheld", "litigation_direct.upheld")


def test_rows_are_in_the_order_of_the_form(family: Family) -> None:
    ids = [entry.id for entry in labels_of(family, "applications").rows.entries]
    assert ids[:3] == ["received_new", "carried_over_in", "granted"]
    assert ids[-2:] == ["total_processed", "carried_over_out"]
    assert len(ids) == 26


@pytest.mark.parametrize(
    ("table", "printed", "core"),
    [
        ("proactive_disclosure", "现行有效件数（历史累计）", "现行有效件数"),
        ("proactive_disclosure", "本年制发件数(含联合发文)", "本年制发件数"),
        ("applications", "自然人（含个体）", "自然人"),
        ("applications", "总计\n（件）", "总计"),
        # brackets that belong to a label of the form, and notes after unknown labels
        ("proactive_disclosure", "本年收费金额（单位：万元）", "本年收费金额单位万元"),
        ("applications", "网上申请（件）", "网上申请件"),
        ("applications", "（其他）", "其他"),
    ],
)
def test_a_note_in_brackets_after_a_known_label_is_no_part_of_it(
    family: Family, table: str, printed: str, core: str
) -> None:
    assert labels_of(family, table).fold(printed).core == core


def test_a_label_is_stored_with_characters_for_its_radicals(family: Family) -> None:
    readable = LabelFolder(family.variants).readable
    assert readable("⾏政许可／⼀、⼈⺠政府（１）") == "行政许可／一、人民政府（１）"
