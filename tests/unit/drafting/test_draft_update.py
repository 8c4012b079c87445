"""A further draft keeps what a person has changed in the folder."""

from __future__ import annotations

from pathlib import Path

from gongkai.drafting.update import DRAFTED, updated_files

TABLES = "table_id,title_zh,side\n{table},情况表,\n"
FIELDS = """table_id,row_id,column_id,forms,row_label_zh,column_label_zh,unit
{table},{row},number,2021,甲,数,{unit}
{table},row_2,number,2021,乙,数,
"""
IDENTITIES = """identity,severity,table_id,over,relation,group,member,sign,source
sum,{severity},{table},column,eq,,{row},1,weak
sum,{severity},{table},column,eq,,row_2,-1,
"""


def files(table: str, row: str, unit: str, severity: str) -> dict[str, str]:
    return {
        "tables.csv": TABLES.format(table=table),
        "fields.csv": FIELDS.format(table=table, row=row, unit=unit),
        "identities.csv": IDENTITIES.format(table=table, row=row, severity=severity),
    }


def write(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def lines(text: str) -> list[str]:
    return text.splitlines()[1:]


def test_renamed_ids_and_changed_cells_are_kept_in_old_and_new_lines(tmp_path: Path) -> None:
    write(tmp_path / DRAFTED, files("table_1", "row_1", "", "usually"))
    write(tmp_path, files("trees", "ancient", "株", "must"))
    new = files("table_1", "row_1", "", "usually")
    new["fields.csv"] += "table_1,row_3,number,2021,丙,数,\n"
    new["identities.csv"] = new["identities.csv"].replace(",weak", ",strong")
    found = updated_files(tmp_path, new)
    kept = [(*line.split(",")[:3], line.split(",")[6]) for line in lines(found["fields.csv"])]
    assert kept == [
        ("trees", "ancient", "number", "株"),
        ("trees", "row_2", "number", ""),
        ("trees", "row_3", "number", ""),
    ]
    assert lines(found["identities.csv"])[0] == "sum,must,trees,column,eq,,ancient,1,strong,"


def test_a_deleted_line_stays_deleted_and_an_added_one_stays(tmp_path: Path) -> None:
    drafted = files("t", "r", "", "usually")
    write(tmp_path / DRAFTED, drafted)
    own = drafted["identities.csv"].splitlines()[0] + "\nmine,must,t,column,eq,,r,1,a law\n"
    write(tmp_path, {**drafted, "identities.csv": own})
    assert lines(updated_files(tmp_path, drafted)["identities.csv"]) == [
        "mine,must,t,column,eq,,r,1,a law,"
    ]


def test_settings_are_kept_once_a_person_has_changed_them(tmp_path: Path) -> None:
    write(tmp_path / DRAFTED, {"pipeline.toml": "title = 'a'\n"})
    write(tmp_path, {"pipeline.toml": "title = 'b'\n"})
    new = {"pipeline.toml": "title = 'c'\n"}
    assert updated_files(tmp_path, new) == {"pipeline.toml": "title = 'b'\n"}
    write(tmp_path, {"pipeline.toml": "title = 'a'\n"})
    assert updated_files(tmp_path, new) == new
