"""`gongkai decisions export` and `import`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.store import DecisionStore
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.queries.sql import query
from helpers.commands import run
from helpers.doubtful_reports import PDF, cell_key, misread, reader

CELL = cell_key("applications", "granted")
CELL_OF = "SELECT raw_text FROM observations WHERE table_id = ? AND row_id = ? AND column_id = ?"


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    """A folder with two databases of one doubtful report; in a.db, a person decided."""
    folder = tmp_path_factory.mktemp("decisions")
    read = reader(misread(CELL))
    ingest([PDF], folder / "b.db", family=BUILT_IN, workers=0, reader=read)
    shutil.copy(folder / "b.db", folder / "a.db")
    with DecisionStore(folder / "a.db", [family]) as book:
        with book.transaction() as connection:
            target = find_target(connection, 1, kind="cell", key=CELL, occurrence=1)
            made = make_decision(connection, target, Answer("甲", "typed", "number", "6", "6"))
        book.add([made])
    return folder


@pytest.fixture
def folder(databases: Path, tmp_path: Path) -> Path:
    """A copy of the databases for one test."""
    return Path(shutil.copytree(databases, tmp_path / "decisions"))


def test_decisions_are_exported_and_imported(folder: Path) -> None:
    out = run(folder, "decisions", "export", "--db", "a.db", "--to", "d.csv")
    assert out.returncode == 0 and (out.stdout, out.stderr) == ("d.csv\n", "1 decision\n")
    taken = run(folder, "decisions", "import", "d.csv", "--db", "b.db")
    assert taken.returncode == 0 and taken.stdout == "1 decision added, 0 known before\n"
    with query(folder / "b.db", "SELECT status FROM reports") as found:
        assert list(found.rows) == [("proved",)]
    piped = run(folder, "decisions", "export", "--db", "b.db").stdout
    assert piped == (folder / "d.csv").read_text(encoding="utf-8-sig")
    text = piped.replace("甲", "乙").replace(",6,6,", ",8,8,")
    (folder / "other.csv").write_text(text.replace(piped.rsplit(",", 1)[1], "\n"), "utf-8")
    contrary = run(folder, "decisions", "import", "other.csv", "--db", "b.db")
    assert "2 contradict each other and are not in force" in contrary.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["import", "missing.csv", "--db", "a.db"], "missing.csv does not exist"),
        (["import", "a.db", "--db", "a.db"], "is not UTF-8"),
        (["export", "--db", "missing.db"], "missing.db does not exist"),
        (["export", "--db", "a.db", "--to", "no/where.csv"], "there is no folder"),
    ],
)
def test_wrong_use(folder: Path, words: list[str], message: str) -> None:
    done = run(folder, "decisions", *words)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["export", "import", "sheet"])
def test_help_has_an_example(folder: Path, command: str) -> None:
    asked = run(folder, "decisions", command, "--help")
    assert asked.returncode == 0 and f"gongkai decisions {command}" in asked.stdout


def test_decided_cells_name_the_person(folder: Path) -> None:
    """A decided number names the person, and what the program had read."""
    settled, machine = (
        run(folder, "show", "1", "--db", db, "--lang", "zh").stdout for db in ("a.db", "b.db")
    )
    assert "核定  1 格由甲对照原件核定" in settled
    assert "核定" not in machine
    proof = ("proof", "1", str(CELL), "--pdf-root", PDF.parent)
    [line] = [
        each
        for each in run(folder, *proof, "--db", "a.db", "--lang", "zh").stdout.splitlines()
        if each.startswith("核定")
    ]
    with query(folder / "b.db", CELL_OF, list(CELL)) as found:
        [(misread_as,)] = found.rows
    assert line == f"核定  由甲对照原件核定；机器读作“{misread_as}”"
    page = run(folder, *proof[:2], *proof[3:], "--db", "a.db", "-o", "p.html", "--lang", "zh")
    assert page.returncode == 0
    assert line.removeprefix("核定  ") in (folder / "p.html").read_text(encoding="utf-8")
