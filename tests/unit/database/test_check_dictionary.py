"""The dictionary says what each check tests, in Chinese and English."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from gongkai.database.check_dictionary import check_entries
from gongkai.database.sqlite_file import connect_unchecked
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.ingestion.batch import ingest
from helpers.registry import ROOT

DEMO = (
    "county-2021", "county-2022", "county-enforcement-2024", "education-accounts-2024",
    "education-website-2024",
)  # fmt: skip
MEANINGS = {
    "applications.row_total": "每行：自然人 + ",
    "applications.carry_over": "每列：上年结转 = 上年报告的结转下年",
    "narrative.applications_closed": "正文“",
    "report.agency": "标题或署名写明发布机关",
}


def test_rules_are_told_in_both_languages() -> None:
    entries = {each.check_id: each for each in check_entries(read_measures(load_family()))}
    for check_id, text in MEANINGS.items():
        assert entries[check_id].meaning_zh.startswith(text)
    assert entries["applications.carry_over"].meaning_en.endswith("(report of the year before)")
    assert entries["applications.row_total"].severity == "must"


@pytest.mark.parametrize("name", built_in_families())
def test_every_rule_has_a_meaning(name: str) -> None:
    entries = check_entries(read_measures(load_family(name)))
    assert entries and all(each.meaning_zh and each.meaning_en for each in entries)
    assert len({each.check_id for each in entries}) == len(entries)


def test_every_check_of_reports_is_in_the_dictionary(tmp_path: Path) -> None:
    db = tmp_path / "demo.db"
    ingest([ROOT / "samples" / "demo" / f"{n}.pdf" for n in DEMO], db, workers=0, ocr="never")
    with closing(connect_unchecked(db)) as connection:
        unknown = connection.execute(
            "SELECT DISTINCT reports.family, check_key.table_id, rule, class FROM check_result "
            "JOIN check_key ON check_key.id = check_key_id JOIN reports ON reports.id = report_id "
            "EXCEPT SELECT family, substr(check_id, 1, instr(check_id, '.') - 1), "
            "substr(check_id, instr(check_id, '.') + 1), class FROM check_rules"
        ).fetchall()
        levels = connection.execute(
            "SELECT DISTINCT name_zh FROM panel JOIN codes ON code = level "
            "WHERE column_name = 'level'"
        ).fetchall()
    assert unknown == []
    assert levels == [("县级",)]
