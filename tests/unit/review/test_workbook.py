"""The queue as a workbook: written with crops, filled by a person, imported."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gongkai.errors import UsageError
from gongkai.review.workbook import read_review_workbook
from helpers.commands import run
from helpers.doubtful_reports import misread, without_agency, without_year
from helpers.review_server import CELL, REVIEW_CELL, make_database, with_agency
from helpers.stored import rows

pytestmark = pytest.mark.process

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sheet")
    changes = [misread(CELL), misread(REVIEW_CELL, flagged=False), without_agency, without_year]
    make_database(made, [*changes, with_agency(FORMULA, misread(CELL))])
    done = run(made, "decisions", "sheet", "--db", "doubts.db", "--to", "queue.xlsx",
               "--pdf-root", "pdf")  # fmt: skip
    assert done.returncode == 0 and done.stdout == "queue.xlsx\n", done.stderr
    return made


def fill(folder: Path, to: str, answers: dict[str, tuple[str, Any]]) -> None:
    """Write a verdict and a text in the rows of each kind of item, as a person does."""
    book = openpyxl.load_workbook(folder / "queue.xlsx")
    sheet = book["核定"]
    for line in range(2, sheet.max_row + 1):
        verdict, text = answers.get(sheet.cell(line, 2).value, ("", ""))
        sheet.cell(line, 9).value = verdict or None
        sheet.cell(line, 10).value = text or None
        sheet.cell(line, 11).value = "对照印件" if verdict else None
    book.save(folder / to)


def test_each_item_has_a_row_with_a_crop(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "queue.xlsx")["核定"]
    head = [cell.value for cell in sheet[1]]
    assert head[:3] == ["印件", "类别", "机关"] and head[8:11] == ["核定", "印的是", "理由"]
    kinds = [sheet.cell(line, 2).value for line in range(2, sheet.max_row + 1)]
    assert sorted(set(kinds)) == ["勾稽不成立", "单元格", "年度不明", "机关不明"]
    with zipfile.ZipFile(folder / "queue.xlsx") as book:
        images = {name for name in book.namelist() if name.startswith("xl/media/")}
        cells = book.read("xl/worksheets/sheet1.xml")
    assert len(images) >= 3 and b"<f>" not in cells
    assert FORMULA in [sheet.cell(line, 3).value for line in range(2, sheet.max_row + 1)]
    hidden = sheet.column_dimensions["L"].hidden
    assert hidden and sheet.data_validations.dataValidation


def test_a_filled_workbook_is_imported(folder: Path) -> None:
    fill(folder, "filled.xlsx", {
        "单元格": ("改为", 6), "机关不明": ("改为", "江苏省淮安市洪泽区教育局"),
        "年度不明": ("改为", "2022年度"),
    })  # fmt: skip
    done = run(folder, "decisions", "import", "filled.xlsx", "--db", "doubts.db", "--who", "乙")
    assert done.returncode == 0 and done.stdout == "4 decisions added, 0 known before\n"
    db = folder / "doubts.db"
    decisions = rows(
        db, "SELECT kind, verdict, standing, who, why FROM decisions ORDER BY kind, at"
    )
    assert decisions == [
        ("agency", "set", "in_force", "乙", "对照印件"),
        ("cell", "typed", "in_force", "乙", "对照印件"),
        ("cell", "typed", "in_force", "乙", "对照印件"),
        ("year", "set", "in_force", "乙", "对照印件"),
    ]
    statuses = [status for (status,) in rows(db, "SELECT status FROM reports ORDER BY id")]
    assert statuses[0] == "proved" and statuses[1] == "doubtful"
    fill(folder, "more.xlsx", {"勾稽不成立": ("原文有误", "")})
    done = run(folder, "decisions", "import", "more.xlsx", "--db", "doubts.db", "--who", "乙")
    assert done.returncode == 0, done.stderr
    assert rows(db, "SELECT status FROM reports WHERE id = 2") == [("print_fault",)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (("改为", "六个"), "neither a number"),
        (("改为", ""), "nothing is said about"),
        (("原文有误", ""), "the decision is one of 照读、改为、空格、读不出"),
    ],
)
def test_an_impossible_answer_is_refused_with_its_row(
    folder: Path, answer: tuple[str, str], message: str
) -> None:
    fill(folder, "wrong.xlsx", {"单元格": answer})
    done = run(folder, "decisions", "import", "wrong.xlsx", "--db", "doubts.db", "--who", "乙")
    assert done.returncode == 2 and message in done.stderr and "wrong.xlsx, row" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "queue.csv", "--pdf-root", "pdf"], "ends in .xlsx"),
        (["--to", "no/queue.xlsx", "--pdf-root", "pdf"], "there is no folder"),
        (["--to", "other.xlsx", "--pdf-root", "nowhere"], "nowhere is not a folder"),
    ],
)
def test_wrong_arguments_are_refused(folder: Path, words: list[str], message: str) -> None:
    done = run(folder, "decisions", "sheet", "--db", "doubts.db", *words)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


def test_another_file_than_a_workbook_is_refused(folder: Path) -> None:
    (folder / "text.xlsx").write_text("no workbook", encoding="utf-8")
    done = run(folder, "decisions", "import", "text.xlsx", "--db", "doubts.db", "--who", "乙")
    assert done.returncode == 2 and "cannot be read as a workbook" in done.stderr


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/media/image1.png"])
def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, name: str) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(26_000_000))
    with pytest.raises(UsageError, match="unpacks to 26 MB"):
        read_review_workbook(bomb, "甲", [])
