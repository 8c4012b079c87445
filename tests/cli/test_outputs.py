"""Rows on a terminal of any width, in files of any encoding, and failures to write them."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import re
from functools import partial
from pathlib import Path

import pytest
from rich.cells import cell_len

from gongkai.cli.folding import folded, widest_piece
from gongkai.cli.formats import RowFormat, Target, write_rows
from gongkai.cli.show_output import print_report
from gongkai.families.family import Family
from gongkai.language import Language, in_language
from gongkai.loaders.writer import Writer
from gongkai.model import Problem
from gongkai.queries.report_loader import show
from helpers import commands
from made import report

NAMES = ("机关", "年度", "新收总计", "说明")
ROWS = [("清河市公安局", 2019, 12, "一句话" * 30), ("乐水县财政局", 2022, None, "短")]


class Terminal(io.StringIO):
    """A terminal of so many columns."""

    def isatty(self) -> bool:
        return True


def plain(terminal: io.StringIO) -> str:
    """What a terminal shows, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    path = tmp_path_factory.mktemp("outputs") / "made.db"
    with Writer(path, family) as writer:
        problem = Problem("section_missing", "有3个法定章节没有找到")
        writer.store("/r/清河.pdf", "a", "loaded", None, [report(problems=(problem,))])
    return path


@pytest.mark.parametrize("columns", [30, 50, 80, 120, 200])
def test_no_value_is_cut_on_a_terminal_of_any_width(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    with contextlib.redirect_stdout(Terminal()) as terminal:
        write_rows(NAMES, ROWS, Target(RowFormat.TABLE))
    lines = plain(terminal).splitlines()
    assert all(cell_len(line) <= columns for line in lines)
    shown = "".join(plain(terminal).split())
    assert shown.count("一句话") >= 29 and "…" not in shown  # one may be folded in the middle
    for text in ("机关", "新收总计", "清河市公安局", "2022", "NULL"):
        assert text in shown


def test_a_table_that_does_not_fit_has_one_line_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    with contextlib.redirect_stdout(Terminal()) as terminal:
        write_rows(NAMES, ROWS, Target(RowFormat.TABLE))
    first, agency, year, *_ = plain(terminal).splitlines()
    assert first.startswith("row 1 ─")
    assert agency.split() == ["机关", "清河市公安局"] and year.split() == ["年度", "2019"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_show_keeps_the_totals(
    monkeypatch: pytest.MonkeyPatch, db: Path, language: str, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    chosen: Language = "zh" if language == "zh" else "en"
    with in_language(chosen), contextlib.redirect_stdout(Terminal()) as terminal:
        print_report(show(db, "1"), full=False)
    shown = "".join(plain(terminal).split())
    assert ("总计" if language == "zh" else "applicants") in shown
    grid = [line for line in plain(terminal).splitlines() if "─" in line]
    assert all(cell_len(line) <= columns for line in grid)


def test_csv_files_open_in_excel_and_others_are_plain(db: Path, tmp_path: Path) -> None:
    run = partial(commands.run, tmp_path, "query", "SELECT 机关 FROM 面板", "--db", db)
    for file, start in (("a.csv", b"\xef\xbb\xbf"), ("a.json", b"[\n{"), ("a.md", b"| ")):
        done = run("--output", file)
        assert (done.returncode, done.stdout) == (0, f"{file}\n")
        assert (tmp_path / file).read_bytes().startswith(start)
    assert run("-o", "b.csv", "--encoding", "gbk").returncode == 0
    with (tmp_path / "b.csv").open(encoding="gbk", newline="") as file:
        assert list(csv.reader(file)) == [["机关"], ["清河市公安局"]]


@pytest.mark.parametrize(("form", "is_stored"), [("csv", True), ("json", True), ("md", False)])
def test_data_is_as_stored_and_tables_for_people_are_in_their_language(
    db: Path, tmp_path: Path, form: str, is_stored: bool
) -> None:
    sql = "SELECT '件数都是非负整数' AS message"
    done = commands.run(tmp_path, "query", sql, "--db", db, "--format", form, "--lang", "en")
    assert ("件数都是非负整数" in done.stdout) is is_stored
    assert ("whole" in done.stdout) is not is_stored
    findings = commands.run(tmp_path, "check", "--db", db, "--format", form, "--lang", "en").stdout
    assert ("有3个法定章节没有找到" in findings) is is_stored
    assert ("Not found: 3 of the statutory sections" in findings) is not is_stored


def test_a_character_that_an_encoding_lacks_is_named_and_nothing_is_written(
    db: Path, tmp_path: Path
) -> None:
    words = ("query", "SELECT '𠮷'", "--db", db, "-o", "x.csv", "--encoding", "gbk")
    done = commands.run(tmp_path, *words)
    assert done.returncode == 2 and "gbk has no “𠮷”" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_said_without_a_traceback(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gongkai.cli.formats._write", full)
    done = commands.run(tmp_path, "query", "SELECT 1", "--db", db)
    assert done.returncode == 1
    assert done.stderr == "gongkai: the output cannot be written: No space left on device\n"
    done = commands.run(tmp_path, "query", "SELECT 1", "--db", db, "-o", "x.csv")
    assert done.returncode == 2 and "x.csv cannot be written: No space left" in done.stderr


def test_an_interruption_ends_a_command_with_its_status(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gongkai.cli.formats._write", interrupted)
    monkeypatch.setattr("gongkai.cli.signal.signal", lambda *_: None)
    done = commands.run(tmp_path, "query", "SELECT 1", "--db", db)
    assert (done.returncode, done.stderr) == (130, "")


def test_a_missing_column_is_answered_from_the_table_that_was_asked(
    db: Path, tmp_path: Path
) -> None:
    done = commands.run(tmp_path, "query", "SELECT kind FROM problems", "--db", db)
    assert "did you mean" not in done.stderr and "problems has " in done.stderr
    assert "message" in done.stderr


def test_help_is_folded_by_columns_and_never_before_a_closing_sign() -> None:
    text = "监听的地址（默认只限本机），用 gongkai query 查询。［默认 127.0.0.1］"
    for width in range(10, 70):
        lines = list(folded(text, width))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line.startswith(tuple("）］，。")) for line in lines)
        assert all(cell_len(line) <= max(width, widest_piece(text)) for line in lines)


def test_an_unknown_ending_of_a_file_is_refused(db: Path) -> None:
    """CSV in a file called .foo is a surprise."""
    asked = ("query", "SELECT 1 AS a", "--db", db.name, "--output", "rows.foo")
    done = commands.run(db.parent, *asked)
    assert done.returncode == 2 and not (db.parent / "rows.foo").exists()
    assert done.stderr == (
        "gongkai: rows.foo does not say its format: end it in one of .csv, .json, .md, .txt, or "
        "add --format\n"
    )
    assert commands.run(db.parent, *asked, "--format", "csv").returncode == 0
    assert (db.parent / "rows.foo").read_text(encoding="utf-8") == "a\n1\n"
    asked = ("query", "SELECT 1 AS a", "--db", db.name, "--output", "rows.txt")
    assert commands.run(db.parent, *asked).returncode == 0
    assert (db.parent / "rows.txt").read_text(encoding="utf-8").split() == ["a", "─", "1"]
