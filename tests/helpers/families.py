"""The built-in family, loaded once for all tests of a process."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family


@cache
def built_in() -> Family:
    """Return the family that commands use by default."""
    return load_family()


def load_once(name_or_folder: str | Path = BUILT_IN) -> Family:
    """Replaces ``load_family``; folders that tests make are loaded anew."""
    return built_in() if name_or_folder == BUILT_IN else load_family(name_or_folder)


def with_other_titles(folder: Path, title: str, subject: str) -> Path:
    """Copy the built-in family to a folder; its reports have this title and this subject word."""
    shutil.copytree(pipelines_folder() / BUILT_IN, folder)
    settings = folder / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    words = re.compile(r"^subject_words = \[[^\]]*\]", re.MULTILINE)
    text = words.sub(f'subject_words = ["{subject}"]', text)
    text = text.replace(f'name = "{BUILT_IN}"', f'name = "{folder.name}"')
    text = re.sub('^title = ".*"', f'title = "{title}"', text, count=1, flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")
    return folder


TREES = {
    "pipeline.toml": """
name = "tree-census"
title = "古树名木普查年报"
uses = "cn"
years = [2010, 2099]
legal_basis = "《古树名木保护条例》"
[readers]
order = ["pdfium", "camelot", "playa", "pdfplumber", "ocr"]
[thresholds]
min_label_similarity = 0.6
sure_label_similarity = 0.8
min_section_similarity = 0.62
[title_words]
subject_words = ["古树名木普查"]
report_words = ["年报"]
filler_words = ["年度", "年", "的"]
letterhead_words = ["文件"]
source_words = ["来源"]
author_patterns = []
""",
    "forms.csv": "form,first_year,legal_basis\n2010,2010,条例\n",
    "tables.csv": "table_id,title_zh,section,layout,corner_zh\n"
    "trees,古树名木普查情况表,,rows_and_columns,类别\n",
    "fields.csv": "table_id,row_id,column_id,forms,row_label_zh,column_label_zh,unit,article_zh,"
    "value_type\n"
    "trees,ancient,number,2010,百年以上古树,现存株数,株,,count\n"
    "trees,famous,number,2010,具有纪念意义的名木,现存株数,株,,count\n"
    "trees,total,number,2010,古树名木合计,现存株数,株,,count\n",
    "labels.csv": "kind,table_id,id,form,spelling,origin,note\n",
    "identities.csv": "identity,severity,table_id,over,relation,group,member,sign,source\n"
    "sum,must,trees,column,eq,,ancient,1,\n"
    "sum,must,trees,column,eq,,famous,1,\n"
    "sum,must,trees,column,eq,,total,-1,\n",
}


def install_with_trees(pipelines: Path) -> Path:
    """Make a folder of pipelines with the country, the built-in family and a minimal third one.

    The minimal family has only the files that a family needs.
    """
    for name in ("cn", BUILT_IN):
        shutil.copytree(pipelines_folder() / name, pipelines / name)
    (pipelines / "tree-census").mkdir()
    for name, text in TREES.items():
        (pipelines / "tree-census" / name).write_text(text, encoding="utf-8")
    return pipelines
