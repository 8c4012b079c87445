"""The commands: output, errors and exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from gongkai.families.family import Family
from gongkai.families.folders import built_in_families
from gongkai.loaders.writer import Writer
from gongkai.model import FallbackAttempt, Key
from gongkai.queries.sql import query
from helpers import commands
from helpers.registry import ROOT
from made import observation, report

SAMPLES = ROOT / "samples"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `gongkai` in an empty folder."""
    return partial(commands.run, tmp_path)


@pytest.fixture
def run_process(tmp_path: Path) -> Run:
    """Run `gongkai` in an empty folder, in a process of its own."""
    return partial(commands.run_process, tmp_path)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    """A report with every kind of finding, a report without any, and a refused file."""
    path = tmp_path_factory.mktemp("cli") / "made.db"
    proved = report(agency="乐水县财政局", year=2022, status="proved", checks=(), problems=())
    proved = replace(
        proved,
        observations=tuple(o for o in proved.observations if not o.flagged),
    )
    with Writer(path, family) as writer:
        writer.store("/r/清河.pdf", "a", "loaded", None, [report()])
        writer.store("/r/乐水.pdf", "b", "loaded", None, [proved])
        writer.store("/r/信.pdf", "c", "not_a_report", "读到了文字，但不是年度报告")
    return path


def test_help_and_version(run: Run, run_process: Run) -> None:
    assert run_process("--version").stdout.startswith("gongkai 0.")
    for command in ("ingest", "query", "show", "check", "fields"):
        asked = run(command, "--help")
        assert asked.returncode == 0
        assert "Example" in asked.stdout and f"gongkai {command}" in asked.stdout
    assert run("nonsense").returncode == run_process("nonsense").returncode == 2


# Imported by every Python process of a command, also by its reading processes.
CUT_OFF = """
import socket

def cut(*arguments, **options):
    raise OSError("the network is cut off")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = cut
"""


def test_ingest_samples_and_ask(run: Run, run_process: Run, tmp_path: Path) -> None:
    """One page is read by OCR. golden/test_corpus.py reads and stores all other samples."""
    (tmp_path / "sitecustomize.py").write_text(CUT_OFF, encoding="utf-8")
    paths = [str(tmp_path), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    without_network = {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    connect = "import socket; socket.create_connection(('127.0.0.1', 9))"
    cut = subprocess.run(
        [sys.executable, "-c", connect],
        env={**os.environ, **without_network}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "the network is cut off" in cut.stderr

    corpus = sorted((ROOT / "samples" / "corpus").glob("*.pdf"))
    files = [*SAMPLES.glob("*.pdf"), SAMPLES / "scans" / "mixed-page.pdf", *corpus[::8]]
    (tmp_path / "list.txt").write_text("\n".join(map(str, files)), encoding="utf-8")
    first = run_process("ingest", "@list.txt", "--db", "gongkai.db", **without_network)
    assert first.returncode == 0, first.stderr
    assert "0 refused" in first.stdout and "reports proved" in first.stdout
    assert "[1/" in first.stderr
    again = run("ingest", "@list.txt", "--db", "gongkai.db")
    assert again.returncode == 0 and "(known)" in again.stderr
    asked = run(
        "query",
        "SELECT value, agency, year FROM observations JOIN reports ON reports.id = report_id "
        "WHERE agency = '吴忠市公安局' AND row_id = 'administrative_licensing' "
        "AND column_id = 'decisions'",
    )
    assert asked.stdout == "value,agency,year\n515251,吴忠市公安局,2019\n"
    by_ocr = run("query", "SELECT COUNT(*) > 20 FROM observations WHERE reader = 'ocr'")
    assert by_ocr.stdout.splitlines()[1:] == ["1"]
    shown = run("show", "吴忠市公安局2019", "--full")
    assert "515251" in shown.stdout and "status  proved" in shown.stdout


def test_bad_files_do_not_affect_other_files(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    sample = next(SAMPLES.glob("*.pdf")).read_bytes()
    (folder / "good.pdf").write_bytes(sample)
    (folder / "empty.pdf").touch()
    (folder / "text.pdf").write_text("hello", encoding="utf-8")
    (folder / "cut.pdf").write_bytes(sample[: len(sample) // 3])
    (folder / "坏\x1b[31m.pdf").write_text("hello\x1b", encoding="utf-8")
    done = run("ingest", folder)
    assert done.returncode == 1
    assert "4 refused" in done.stdout and "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    for name in ("empty.pdf", "text.pdf", "cut.pdf", "坏\\x1b[31m.pdf"):
        assert name in done.stdout
    with query(tmp_path / "gongkai.db", "SELECT outcome, COUNT(*) FROM files GROUP BY 1") as found:
        assert list(found.rows) == [("loaded", 1), ("unreadable", 4)]
    assert run("ingest", folder).returncode == 1  # known, and still not read


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ingest", "missing"], "missing does not exist"),
        (["ingest", "."], "holds no PDF"),
        (["ingest", "{db}", "--family", "nothing-such"], "no family 'nothing-such'"),
        (["ingest", "{db}", "--db", "no/such/folder.db"], "there is no folder"),
        (["ingest", "{db}", "--db", "notes.txt"], "notes.txt is not a SQLite database"),
        (["query", "SELECT 1", "--db", "missing.db"], "missing.db does not exist"),
        (["query", "SELECT 1", "--db", "notes.txt"], "notes.txt is not a SQLite database"),
        (["query", "DELETE FROM report", "--db", "{db}"], "query only reads"),
        (["query", "SELEC", "--db", "{db}"], "the statement is wrong"),
        (["query", "SELECT * FROM report_", "--db", "{db}"], "did you mean report"),
        (["show", "无此机关", "--db", "{db}"], "no report matches '无此机关'"),
        (["show", "局", "--db", "{db}"], "2 reports match '局'"),
        (["check", "无此机关", "--db", "{db}"], "no report matches"),
        (["fields", "--family", "x"], "no family 'x'"),
    ],
)
def test_wrong_use_is_reported_in_one_line(
    run: Run, tmp_path: Path, db: Path, words: list[str], message: str
) -> None:
    (tmp_path / "notes.txt").write_text("no database, " * 100, encoding="utf-8")
    done = run(*(word.replace("{db}", str(db)) for word in words))
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("gongkai: ")
    assert done.stdout == ""


def test_query_formats(run: Run, db: Path) -> None:
    sql = (
        "SELECT raw_text AS 原文, value, NULL AS n, 0.1 + 0.2 AS f, '竖|\n线' AS t "
        "FROM observations WHERE unit = '万元' AND report_id = 1"
    )
    as_csv = run("query", sql, "--db", db).stdout
    assert list(csv.reader(io.StringIO(as_csv))) == [
        ["原文", "value", "n", "f", "t"],
        ["96171.6万元", "96171.6", "", "0.3", "竖|\n线"],
    ]
    [row] = json.loads(run("query", sql, "--db", db, "--format", "json").stdout)
    assert row == {"原文": "96171.6万元", "value": 96171.6, "n": None, "f": 0.3, "t": "竖|\n线"}
    as_md = run("query", sql, "--db", db, "--format", "md").stdout
    assert as_md.splitlines()[2] == "| 96171.6万元 | 96171.6 |  | 0.3 | 竖\\|<br>线 |"
    table = run("query", "SELECT agency, year FROM reports", "--db", db, "--format", "table").stdout
    assert table.splitlines()[2:] == ["清河市公安局   2019", "乐水县财政局   2022"]


def test_json_keeps_columns_of_the_same_name_and_no_rows(run: Run, db: Path) -> None:
    sql = "SELECT 1 AS id, 2 AS id, x'00ff' AS raw"
    assert json.loads(run("query", sql, "--db", db, "--format", "json").stdout) == [
        {"id": 1, "id_2": 2, "raw": "00ff"}
    ]
    nothing = run("query", "SELECT 1 WHERE 0", "--db", db, "--format", "json")
    assert json.loads(nothing.stdout) == []


def test_show_distinguishes_blank_zero_mark_and_not_printed(run: Run, db: Path) -> None:
    shown = run("show", "1", "--db", db, "--lang", "zh").stdout
    [received] = [line for line in shown.splitlines() if line.startswith("一、本年新收")]
    assert received.split()[1:] == ["12", "空", "/", "未印", "未印", "未印", "12"]
    [granted] = [line for line in shown.splitlines() if "（一）予以公开" in line]
    assert granted.split()[-1] == "7【疑】"
    assert "空＝印了格子，没有填" in shown
    assert "原文有误" in shown and "96171.6万元" in shown
    assert "× 行政复议：各项之和为 11，总计印作 0。（必须成立，原文如此；" in shown
    assert "两个读取器读法不同" in shown and "第四部分标题印作“刑侦诉讼”。" in shown
    assert "主动公开信息余百条" not in shown
    assert "主动公开信息余百条" in run("show", "清河2019年", "--db", db, "--full").stdout


def test_text_of_reports_cannot_control_the_terminal(
    run: Run, tmp_path: Path, family: Family
) -> None:
    path = tmp_path / "odd.db"
    key = Key("applications", "granted", "total")
    odd = report(
        title="[bold]标题[/bold] \x1b]0;x\x07",
        agency="[red]局\x1b[2J",
        observations=(
            observation(
                key,
                "",
                raw_text="\x1b[1m12",
                state="unreadable",
                value=None,
                flagged=True,
                doubt="[/]\x9b31m",
            ),
        ),
    )
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [odd])
    for words in (["show", "1"], ["check"], ["query", "SELECT title FROM reports"]):
        out = run(*words, "--db", path, *(["--format", "table"] if "query" in words else [])).stdout
        assert "\x1b" not in out and "\x9b" not in out
    assert "[bold]标题[/bold] \\x1b]0;x\\x07" in run("show", "1", "--db", path).stdout


def test_check_lists_everything_with_its_place(run: Run, db: Path) -> None:
    listed = run("check", "--db", db, "--lang", "zh")
    assert listed.returncode == 0 and listed.stderr == "共 4 项\n"
    assert "清河市公安局 2019年  [1]  清河.pdf" in listed.stdout
    assert "[必须成立 · 原文如此]  行政复议：各项之和为 11，总计印作 0。" in listed.stdout
    assert "p. 3 (72.2, 100.5, 110.8, 120.0)  review_litigation.row_total" in listed.stdout
    assert "按勾稽关系应为 1" in listed.stdout
    assert "/r/信.pdf" in listed.stdout and "乐水" not in listed.stdout
    rows = json.loads(run("check", "清河", "--db", db, "--format", "json").stdout)
    assert [row["kind"] for row in rows] == ["check", "cell", "problem"]
    assert (rows[0]["page"], rows[0]["x0"], rows[0]["cause"]) == (3, 72.25, "print")
    assert run("check", "乐水", "--db", db).stderr == "nothing fails and nothing is in doubt\n"


def test_fields_is_the_dictionary(run: Run, family: Family) -> None:
    rows = list(csv.DictReader(io.StringIO(run("fields").stdout)))
    own = [row for row in rows if row["family"] == family.name]
    assert len(own) == len(family.fields)
    assert own[0]["row_label_zh"] == "规章" and own[0]["row_label_en"] == "Rules"
    assert {row["family"] for row in rows} == {*built_in_families()}


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_no_encoding_of_a_console_stops_a_command(
    run: Run, run_process: Run, db: Path, encoding: str
) -> None:
    console = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for done in (
        run_process("show", "1", "--db", db, **console),
        run("check", "--db", db, encoding=encoding),
        run("query", "SELECT title FROM reports", "--db", db, encoding=encoding),
    ):
        assert done.returncode == 0, done.stderr
        assert "清河市公安局" in done.stdout  # into a pipe: UTF-8, whatever the console has


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["query", "--help"],
        ["query", "SELECT 1", "--db", "{db}"],
        ["check", "--db", "{db}"],
        ["search", "申请", "--db", "{db}"],
    ],
)
def test_light_commands_do_not_load_heavy_libraries(db: Path, words: list[str]) -> None:
    heavy = ["pandas", "jieba", "pdfplumber", "camelot", "pypdfium2", "numpy", "cv2", "psutil"]
    code = (
        "import sys\nfrom gongkai.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', [name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    argv = [word.replace("{db}", str(db)) for word in words]
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], capture_output=True, encoding="utf-8", check=True
    )
    assert "loaded: []" in done.stderr


def test_ctrl_c_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai.cli.app import app
    from gongkai.ingestion import batch

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "ingest", interrupted)
    result = CliRunner().invoke(app, ["ingest", "."])
    assert result.exit_code == 130
    assert "run it again to continue" in result.stderr


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (96171.6, "96171.6"),
        (0.1 + 0.2, "0.3"),
        (1e22, "1E+22"),
        (float("inf"), "Infinity"),
        (-417, "-417"),
        (b"\x00\xff", "00ff"),
        (Decimal("1.50"), "1.50"),
        (1e-7, "0.0000001"),
    ],
)
def test_values_read_as_decimals(value: object, text: str) -> None:
    from gongkai.cli.formats import format_value

    assert format_value(value) == text


def test_check_stats_counts_the_further_readers(run: Run, tmp_path: Path, family: Family) -> None:
    path = tmp_path / "fallback.db"
    attempts = (FallbackAttempt("pdfplumber", "applications", "print"),)
    with Writer(path, family) as writer:
        writer.store("/r/清河.pdf", "a", "loaded", None, [report(fallback_attempts=attempts)])
        writer.store("/r/乐水.pdf", "b", "loaded", None, [report(agency="乐水县财政局")])
    told = run("check", "--stats", "--db", path, "--format", "csv")
    assert (told.returncode, told.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(told.stdout)))
    assert [(r["reader"], r["table_id"], r["outcome"], r["reports"]) for r in rows] == [
        ("none", "", "", "1"),
        ("pdfplumber", "applications", "print", "1"),
    ]
