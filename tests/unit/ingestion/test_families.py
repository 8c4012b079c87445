"""Several families of reports in one database, each with its own result for every file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import FamilyError, NotAReport, ReaderFailed, UnreadableFile
from gongkai.families import folders
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.ingestion import run as one_run
from gongkai.ingestion.batch import ingest
from gongkai.model import Report
from helpers.families import with_other_titles
from helpers.registry import ROOT
from helpers.stored import content, faults, rows
from made import read_made, report

REPORTS = "SELECT family, agency FROM reports ORDER BY family, agency"
FILES = "SELECT file_name, outcome, family, reason FROM files ORDER BY file_name"


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The folder of a family with the fields of the built-in one and another name."""
    return with_other_titles(tmp_path / "budget-reports", "预算公开报告", "预算公开")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    for name, text in {"a.pdf": "report 甲局", "b.pdf": "report 乙局", "c.pdf": "letter"}.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "gongkai.db"


def read_second(path: Path, _family: Family) -> Sequence[Report]:
    if path.name == "a.pdf":
        return [report(agency="丙局"), report(agency="丁局")]
    raise NotAReport("没有")


def run(folder: Path, db: Path, **options: Any) -> Any:
    """Ingest a folder as the first family, unless the options name another, or None for all."""
    given = {"workers": 0, "reader": read_made, "family": BUILT_IN, **options}
    return ingest([folder], db, **given)


def test_a_second_family_leaves_the_first_as_it_was(folder: Path, db: Path, second: Path) -> None:
    run(folder, db)
    before = content(db)["cell"]
    run(folder, db, family=second, reader=read_second)
    assert rows(db, REPORTS) == [
        ("budget-reports", "丁局"),
        ("budget-reports", "丙局"),
        (BUILT_IN, "乙局"),
        (BUILT_IN, "甲局"),
    ]
    assert set(before) <= set(content(db)["cell"])
    assert rows(db, "SELECT COUNT(*) FROM panel") == [(2,)]
    assert rows(db, "SELECT COUNT(*) FROM budget_reports_panel") == [(2,)]
    assert faults(db) == []


def test_a_file_is_loaded_if_any_family_found_a_report(
    folder: Path, db: Path, second: Path
) -> None:
    run(folder, db)
    run(folder, db, family=second, reader=read_second)
    [a, b, c] = rows(db, FILES)
    assert (a[1], set(a[2].split(", "))) == ("loaded", {"budget-reports", BUILT_IN})
    assert b[1:3] == ("loaded", BUILT_IN)
    assert c[1:3] == ("not_a_report", None)


@pytest.mark.parametrize("first", [True, False])
def test_reading_one_family_again_does_not_change_the_other(
    folder: Path, db: Path, second: Path, first: bool
) -> None:
    run(folder, db)
    run(folder, db, family=second, reader=read_second)
    before = rows(db, REPORTS)
    kept = "budget-reports" if first else BUILT_IN
    cells = f"SELECT o.* FROM observations o WHERE family = '{kept}' ORDER BY 1, 2, 3, 4"
    cells_before = rows(db, cells)
    if first:
        run(folder, db, force=True)
    else:
        run(folder, db, family=second, reader=read_second, force=True)
    assert rows(db, REPORTS) == before
    assert rows(db, cells) == cells_before
    assert faults(db) == []


def test_by_default_every_built_in_family_is_offered_each_file(
    folder: Path, db: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cn", BUILT_IN):
        shutil.copytree(pipelines_folder() / name, second.parent / name)
    monkeypatch.setattr(folders, "pipelines_folder", lambda: second.parent)
    summary = run(folder, db, family=None, reader=read_as_named)
    assert set(summary.run_ids) == {"budget-reports", BUILT_IN}
    assert rows(db, REPORTS) == [("budget-reports", "甲局"), (BUILT_IN, "乙局")]
    assert (summary.offered, summary.loaded, summary.known) == (3, 2, 0)
    assert run(folder, db, family=None, reader=read_as_named).known == 3


def read_as_named(path: Path, family: Family) -> Sequence[Report]:
    """Read a.pdf as the second family only, and b.pdf as the first only."""
    if (path.name == "a.pdf") != (family.name == BUILT_IN):
        return read_made(path, family)
    raise NotAReport("没有")


def test_a_known_file_is_read_only_as_the_family_that_has_not_read_it(
    folder: Path, db: Path, second: Path
) -> None:
    run(folder, db)
    assert run(folder, db, family=second, reader=read_second).known == 0
    assert run(folder, db, reader=None).known == 3
    assert run(folder, db, family=second, reader=None).known == 3


def test_a_failed_reading_keeps_the_reports_and_is_tried_again(folder: Path, db: Path) -> None:
    run(folder, db)
    before = content(db, runs=False)
    summary = run(folder, db, reader=crash, force=True)
    assert (summary.loaded, len(summary.kept)) == (2, 2)
    kept = [row for row in rows(db, FILES) if row[1] == "loaded"]
    assert [(name, "内存" in reason) for name, _, _, reason in kept] == [
        ("a.pdf", True), ("b.pdf", True),
    ]  # fmt: skip
    assert content(db, runs=False)["cell"] == before["cell"]
    assert run(folder, db).known == 0
    assert [row[3] for row in rows(db, FILES) if row[1] == "loaded"] == [None, None]
    assert rows(db, REPORTS) == [(BUILT_IN, "乙局"), (BUILT_IN, "甲局")]


def test_a_file_that_cannot_be_opened_keeps_the_reports_of_every_family(
    folder: Path, db: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, db)
    run(folder, db, family=second, reader=read_second)
    before = rows(db, REPORTS)

    def refuse(path: Path, *_: object) -> None:
        raise UnreadableFile(f"{path.name}打不开")

    with monkeypatch.context() as patch:
        patch.setattr(one_run, "content_of", refuse)
        summary = run(folder, db, family=second, reader=read_second, force=True)
    assert [(each.path.name, each.reason) for each in summary.kept] == [("a.pdf", "a.pdf打不开")]
    assert rows(db, REPORTS) == before
    run(folder, db, family=second, reader=read_second)
    assert [row[3] for row in rows(db, FILES) if row[1] == "loaded"] == [None, None]


def crash(_path: Path, _family: Family) -> Sequence[Report]:
    raise ReaderFailed("内存不够")


def test_a_changed_file_loses_the_reports_of_all_families(
    folder: Path, db: Path, second: Path
) -> None:
    run(folder, db)
    run(folder, db, family=second, reader=read_second)
    (folder / "a.pdf").write_text("letter", encoding="utf-8")
    run(folder, db)
    assert rows(db, REPORTS) == [(BUILT_IN, "乙局")]


@pytest.mark.slow
def test_one_run_for_two_families_stores_what_two_runs_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "pipelines"
    shutil.copytree(pipelines_folder() / "cn", installed / "cn")
    names = {"affairs": "政务信息公开", "information": "政府信息公开"}
    for name, subject in names.items():
        with_other_titles(installed / name, f"{subject}报告", subject)
    monkeypatch.setattr(folders, "pipelines_folder", lambda: installed)
    paths = [
        ROOT / "samples" / "hexi-county-education-2022.pdf",
        *(ROOT / "samples" / "corpus").glob("*title-affairs-browser.pdf"),
    ]
    options = {"workers": 0, "ocr": "never"}
    summary = ingest(paths, tmp_path / "both.db", **options)
    assert (summary.loaded, summary.statuses) == (2, {"proved": 2})
    for name, path in zip(names, reversed(paths), strict=True):
        alone = tmp_path / f"{name}.db"
        ingest([path], alone, family=name, **options)
        for sql in STORED:
            assert rows(tmp_path / "both.db", sql, name) == rows(alone, sql, name)
            assert rows(alone, sql, name)


STORED = [
    "SELECT title, agency, year, form, status, page_first, page_last FROM reports WHERE family = ?",
    "SELECT table_id, row_id, column_id, state, raw_text, proof, page, x0, top, flagged "
    "FROM observations WHERE family = ? ORDER BY 1, 2, 3",
    "SELECT number, title, text FROM sections WHERE family = ? ORDER BY 1",
    "SELECT check_id, status, expected, actual FROM checks WHERE family = ? ORDER BY 1",
    "SELECT phrase, metric_id, value, proof FROM narrative_figures WHERE family = ? ORDER BY 1, 3",
]


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "cache"))


@pytest.mark.usefixtures("own_cache")
def test_a_mistake_in_a_family_that_was_checked_before_stops_the_next_run(
    folder: Path, db: Path, second: Path
) -> None:
    run(folder, db, family=second, reader=read_second)
    history = second / "history.csv"
    right = history.read_text(encoding="utf-8")
    history.write_text(f"{right}nonsense\n", encoding="utf-8")
    for _ in range(2):  # a mistake is not taken as checked either
        with pytest.raises(FamilyError, match=r"history\.csv"):
            run(folder, db, family=second, reader=read_second)
    history.write_text(right, encoding="utf-8")
    run(folder, db, family=second, reader=read_second)


@pytest.mark.usefixtures("own_cache")
def test_a_family_is_checked_once(
    folder: Path, db: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    monkeypatch.setattr(Family, "load_all", lambda family: checked.append(family.name))
    for digest in ("one code", "one code", "other code"):
        monkeypatch.setattr(one_run, "code_digest", lambda digest=digest: digest)
        run(folder, db, family=second, reader=read_second)
    assert checked == ["budget-reports"] * 2
