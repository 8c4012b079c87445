"""A small family of accounts: a table whose rows are codes, and a two-sided summary."""

from __future__ import annotations

import shutil
from pathlib import Path

from gongkai.families.folders import BUILT_IN, pipelines_folder

CODES = """code,name_zh,name_en,parent
201,一般公共服务支出,General public services,
20106,财政事务,Fiscal affairs,201
2010601,行政运行,Administration,20106
"""
TABLES = """table_id,title_zh,section,layout,corner_zh,found_by,side,rows
spending,支出决算表,,rows_and_columns,项目,caption,,functions
summary,收支总表,,two_sided,项目,caption,right,
"""
FIELDS = """\
table_id,row_id,column_id,forms,row_label_zh,column_label_zh,unit,article_zh,value_type,printed
spending,total,all,2024,合计,合计,万元,,amount,
spending,total,basic,2024,合计,基本支出,万元,,amount,sometimes
spending,total,project,2024,合计,项目支出,万元,,amount,
spending,*,all,2024,*,合计,万元,,amount,
spending,*,basic,2024,*,基本支出,万元,,amount,
spending,*,project,2024,*,项目支出,万元,,amount,
summary,services,actual,2024,一、一般公共服务支出,支出／决算数,万元,,signed_amount,
"""
LABELS = """kind,table_id,id,form,spelling,origin,note
corner,spending,corner,,科目编码,,
corner,spending,corner,,科目名称,,
corner,spending,corner,,类,,
corner,spending,corner,,款,,
corner,spending,corner,,项,,
"""
IDENTITIES = """identity,severity,table_id,over,relation,group,member,sign,source,tolerance
parts,must,spending,row,eq,,all,1,,rounding
parts,must,spending,row,eq,,basic,-1,,rounding
parts,must,spending,row,eq,,project,-1,,rounding
tree,must,spending,tree,eq,,total,1,,rounding
services,must,summary,cells,eq,,summary.services.actual,1,,
services,must,summary,cells,eq,,spending.201.all,-1,,
within,must,spending,cells,ge,,spending.*.all,1,,
within,must,spending,cells,ge,,spending.*.basic,-1,,
"""


def write(folder: Path, name: str, text: str) -> None:
    text = text.replace(",\n", ",always\n") if name == "fields.csv" else text
    (folder / name).write_text(text, encoding="utf-8")


def make_folder(parent: Path) -> Path:
    """Write the family below a folder, and return its own folder."""
    shutil.copytree(pipelines_folder() / "cn", parent / "cn")
    folder = Path(shutil.copytree(pipelines_folder() / BUILT_IN, parent / "accounts"))
    for name in ("names", "rates", "not_comparable", "comparisons", "history"):
        (folder / f"{name}.csv").unlink(missing_ok=True)
    write(folder, "forms.csv", "form,first_year,legal_basis\n2024,2024,none\n")
    write(folder, "labels.csv", LABELS)
    write(folder, "codes-functions.csv", CODES)
    write(folder, "tables.csv", TABLES)
    write(folder, "fields.csv", FIELDS)
    write(folder, "identities.csv", IDENTITIES)
    return folder
