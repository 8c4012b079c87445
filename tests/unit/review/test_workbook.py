"""The queue as a workbook: written with crops, filled by a person, imported."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.ingestion.batch import ingest
from gongkai.language import in_language
from gongkai.review.crops import CropRenderer
from gongkai.review.workbook import read_review_workbook, write_review_workbook
from helpers.commands import run
from helpers.doubtful_reports import misread, unread, without_agency, without_year
from helpers.doubtful_reports import reader as doubtful_reader
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
    sheet = book["Review"]
    for line in range(2, sheet.max_row + 1):
        verdict, text = answers.get(sheet.cell(line, 2).value, ("", ""))
        sheet.cell(line, 9).value = verdict or None
        sheet.cell(line, 10).value = text or None
        sheet.cell(line, 11).value = "对照印件" if verdict else None
    book.save(folder / to)


def test_each_item_has_a_row_with_a_crop(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "queue.xlsx")["Review"]
    head = [cell.value for cell in sheet[1]]
    assert head[:3] == ["The print", "kind", "agency"] and head[8] == "Answer"
    kinds = [sheet.cell(line, 2).value for line in range(2, sheet.max_row + 1)]
    assert sorted(set(kinds)) == ["cell", "failing sum", "unknown agency", "unknown year"]
    with zipfile.ZipFile(folder / "queue.xlsx") as book:
        images = {name for name in book.namelist() if name.startswith("xl/media/")}
        cells = book.read("xl/worksheets/sheet1.xml")
    assert len(images) >= 3 and b"<f>" not in cells
    assert FORMULA in [sheet.cell(line, 3).value for line in range(2, sheet.max_row + 1)]
    hidden = sheet.column_dimensions["L"].hidden
    assert hidden and sheet.data_validations.dataValidation


def test_a_filled_workbook_is_imported(folder: Path) -> None:
    fill(folder, "filled.xlsx", {
        "cell": ("change to", 6), "unknown agency": ("set to", "江苏省淮安市洪泽区教育局"),
        "unknown year": ("set to", "2022年度"),
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
    fill(folder, "more.xlsx", {"failing sum": ("print fault", "")})
    done = run(folder, "decisions", "import", "more.xlsx", "--db", "doubts.db", "--who", "乙")
    assert done.returncode == 0, done.stderr
    assert rows(db, "SELECT status FROM reports WHERE id = 2") == [("print_fault",)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (("改为", "六个"), "neither a number"),
        (("改为", ""), "nothing is said about"),
        (("原文有误", ""), "the decision is one of as read, change to, blank, unreadable"),
        (("照读", "6"), "“照读” and “6” contradict each other"),
    ],
)
def test_wrong_rows_are_named_and_the_right_ones_taken(
    folder: Path, tmp_path: Path, answer: tuple[str, str], message: str
) -> None:
    for name in ("doubts.db", "queue.xlsx"):
        shutil.copy(folder / name, tmp_path / name)
    fill(tmp_path, "mixed.xlsx", {"cell": answer, "unknown year": ("set to", "2022")})
    done = run(tmp_path, "decisions", "import", "mixed.xlsx", "--db", "doubts.db", "--who", "丙")
    assert done.returncode == 1 and done.stdout == "1 decision added, 0 known before\n"
    assert message in done.stderr and "2 rows were not taken" in done.stderr
    assert done.stderr.count("mixed.xlsx, row ") == 2
    told = "SELECT kind, verdict FROM decisions WHERE who = '丙'"
    assert rows(tmp_path / "doubts.db", told) == [("year", "set")]
    fill(tmp_path, "right.xlsx", {"cell": ("改为", 6), "unknown year": ("set to", "2022")})
    done = run(tmp_path, "decisions", "import", "right.xlsx", "--db", "doubts.db", "--who", "丙")
    assert done.returncode == 0 and done.stdout == "2 decisions added, 1 known before\n"


def test_words_of_both_languages_are_taken(folder: Path, tmp_path: Path) -> None:
    for name in ("doubts.db", "queue.xlsx"):
        shutil.copy(folder / name, tmp_path / name)
    fill(tmp_path, "words.xlsx", {
        "cell": ("空格", ""), "unknown agency": ("As read", ""), "unknown year": ("改为", "2022"),
    })  # fmt: skip
    done = run(tmp_path, "decisions", "import", "words.xlsx", "--db", "doubts.db", "--who", "丙")
    assert done.returncode == 0, done.stderr
    told = "SELECT DISTINCT kind, verdict FROM decisions WHERE who = '丙' ORDER BY kind"
    assert rows(tmp_path / "doubts.db", told) == [
        ("agency", "accepted"), ("cell", "blank"), ("year", "set"),
    ]  # fmt: skip


@pytest.mark.parametrize("change", ["not json", '{"kind": "cell"}', "{}"])
def test_a_changed_hidden_column_is_a_wrong_row(
    folder: Path, family: Family, tmp_path: Path, change: str
) -> None:
    book = openpyxl.load_workbook(folder / "queue.xlsx")
    sheet = book["Review"]
    sheet.cell(2, 9).value = "blank"
    sheet.cell(2, 12).value = change
    book.save(tmp_path / "changed.xlsx")
    answers = read_review_workbook(tmp_path / "changed.xlsx", "丙", [family])
    [wrong] = answers.wrong
    assert wrong.number == 2 and "its hidden column was changed" in wrong.reason
    assert answers.decisions == []


def test_as_read_is_no_choice_where_nothing_was_read(tmp_path: Path, family: Family) -> None:
    db = make_database(
        tmp_path, [with_agency("甲局", misread(CELL)), with_agency("乙局", unread(CELL))]
    )
    renderer = CropRenderer(tmp_path / "pdf")
    with DecisionStore(db, [family]) as store, in_language("zh"):
        write_review_workbook(store, renderer, tmp_path / "queue.xlsx")
        renderer.close()
        sheet = openpyxl.load_workbook(tmp_path / "queue.xlsx")["核定"]
        cells = [
            line for line in range(2, sheet.max_row + 1) if sheet.cell(line, 2).value == "单元格"
        ]
        choices = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert [cell.value for cell in sheet[1]][:2] == ["印件", "类别"]
    own = {sheet.cell(line, 3).value: choices[f"I{line}"] for line in cells}
    assert own["甲局"] == '"照读,改为,空格,读不出"' and own["乙局"] == '"改为,空格,读不出"'


def test_files_that_cannot_be_shown_are_left_out_and_named(tmp_path: Path, family: Family) -> None:
    make_database(tmp_path, [misread(CELL), misread(REVIEW_CELL, flagged=False)])
    other = tmp_path / "other"
    other.mkdir()
    sheet = ("decisions", "sheet", "--db", "doubts.db", "--to", "q.xlsx", "--pdf-root")
    done = run(tmp_path, *sheet, "other")
    assert done.returncode == 2 and "is not in other" in done.stderr
    assert not (tmp_path / "q.xlsx").exists(), "nothing can be shown"
    further = shutil.copy(tmp_path / "pdf" / "report.pdf", other / "further.pdf")
    with Path(further).open("ab") as file:
        file.write(b"\n% another file\n")
    reader = doubtful_reader(misread(CELL))
    ingest([Path(further)], tmp_path / "doubts.db", family=family.name, workers=0, reader=reader)
    (other / "broken.pdf").write_bytes(b"no PDF")
    done = run(tmp_path, *sheet, "other")
    assert (done.returncode, done.stdout) == (1, "q.xlsx\n")
    counted, *left_out = done.stderr.splitlines()
    assert counted == "3 items"
    [line] = left_out
    assert line.startswith("not in the sheet: 4 items of report.pdf: report.pdf is not in other")
    rows_of_sheet = list(openpyxl.load_workbook(tmp_path / "q.xlsx")["Review"].values)
    assert len(rows_of_sheet) == 1 + 3


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
