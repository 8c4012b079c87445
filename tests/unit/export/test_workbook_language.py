"""The sentences of an exported workbook in the language of its reader; data as it is stored."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import openpyxl
import pyarrow.dataset as ds
import pytest

from gongkai.export import ExportFormat, export
from gongkai.export.sheet_names import SheetNames, chinese_title
from gongkai.families.family import Family
from gongkai.language import Language, in_language
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Check, Key, Problem
from gongkai.render.stored_texts import stored_text
from made import observation, report

TOTAL = Key("applications", "granted", "total")
SENTENCES = {  # by table and column
    ("checks", "message"): "件数应为非负整数：总计",
    ("problems", "message"): "有3个法定章节没有找到",
    ("observations", "doubt"): "此格读不出",
    ("agencies", "reason"): "名称里没有已知的行政区划，正文也没有说明，无法确定是哪里的“教育局”",
    ("files", "reason"): "是图片，没有文字层",
}
PRINT = "此格读不出"  # also printed: quoted text stays as it is
_CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    path = tmp_path_factory.mktemp("language") / "made.db"
    doubtful = observation(
        TOTAL, "7", flagged=True, raw_text=PRINT, doubt=SENTENCES["observations", "doubt"]
    )
    check = Check("applications", "counts", "", "fail", "must", SENTENCES["checks", "message"])
    problem = Problem("section_missing", SENTENCES["problems", "message"])
    unknown = Agency("?|教育局", "教育局", resolved=False, reason=SENTENCES["agencies", "reason"])
    made = report(
        agency_ref=unknown, observations=(doubtful,), checks=(check,), problems=(problem,)
    )
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [made])
        writer.store("/r/b.pdf", "b", "no_text", SENTENCES["files", "reason"], [])
    return path


def values(to: Path, sheet: str, column: str) -> set[str]:
    """The texts of a column in an exported workbook."""
    head, *rows = openpyxl.load_workbook(to / "gongkai.xlsx")[sheet].iter_rows(values_only=True)
    place = head.index(column)
    return {str(row[place]) for row in rows if row[place] is not None}


def test_sentences_of_a_workbook_are_english_for_english_readers(db: Path, tmp_path: Path) -> None:
    with in_language("en"):
        export(db, tmp_path, "xlsx")
        for (table, column), stored in SENTENCES.items():
            found = values(tmp_path, table, column)
            assert stored_text(stored) in found, table
            assert not [text for text in found if text in SENTENCES.values()], table
    assert PRINT in values(tmp_path, "observations", "raw_text")


@pytest.mark.parametrize(("reader", "columns"), [("zh", "en"), ("en", "zh")])
def test_they_are_chinese_if_the_reader_or_the_export_is(
    db: Path, tmp_path: Path, reader: Language, columns: Language
) -> None:
    with in_language(reader):
        export(db, tmp_path, "xlsx", tables=["problems"], language=columns)
    sheet, name = ("problems", "message") if columns == "en" else ("说明", "说明")
    assert values(tmp_path, sheet, name) == {SENTENCES["problems", "message"]}


def test_sheets_of_a_chinese_workbook_have_chinese_names(db: Path, tmp_path: Path) -> None:
    tables = ["panel", "applications_wide", "reports", "checks", "columns", "panel_all_trusted"]
    export(db, tmp_path, "xlsx", tables=tables, language="zh")
    names = openpyxl.load_workbook(tmp_path / "gongkai.xlsx").sheetnames
    assert names == ["栏目", "面板", "依申请公开", "报告", "核对", "面板_全部_可信"]
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["resources"][0]["dialect"] == {"sheet": "栏目"}


def test_views_of_other_families_are_named_by_their_title() -> None:
    assert chinese_title("final_accounts_三公经费_可信") == "部门决算_三公经费_可信"
    assert chinese_title("面板") == "面板"


def test_names_of_sheets_are_as_excel_takes_them() -> None:
    names = SheetNames()
    assert names.new("a/b:[c]*?\\d") == "a b  c    d"
    assert names.new("'quoted'") == "quoted" and names.new("QUOTED") == "QUOTED 2"
    assert names.new("History") == "History 2" and names.new("//") == "-"
    long = names.new("政府网站工作年度报表" * 4), names.new("政府网站工作年度报表" * 4)
    assert [len(each) for each in long] == [31, 31] and long[1].endswith(" 2")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_data_is_as_stored_for_all_readers(db: Path, tmp_path: Path, form: ExportFormat) -> None:
    with in_language("en"):
        export(db, tmp_path, form)
    for (table, column), stored in SENTENCES.items():
        if form == "csv":
            with (tmp_path / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
                found = {row[column] for row in csv.DictReader(file)}
        else:
            found = set(ds.dataset(tmp_path / table).to_table()[column].to_pylist())
        assert stored in found, table


def test_the_english_codebook_has_chinese_in_labels_only(db: Path, tmp_path: Path) -> None:
    with in_language("en"):
        export(db, tmp_path, "csv", tables=["checks", "problems", "files"])
    text = (tmp_path / "codebook.html").read_text(encoding="utf-8")
    label = "<td>[^<]*<td>(?:integer|number|amount|text)<td>"  # and the type beside it
    assert _CHINESE.search(text), "the labels of Stata, SPSS and R are Chinese"
    assert _CHINESE.findall(re.sub(label, "", text)) == []
