"""`gongkai export`, `serve` and `fields`."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import json
import re
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gongkai.cli.progress import progress_indicator, with_row_count
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, built_in_families
from gongkai.ingestion.batch import ingest
from gongkai.language import in_language
from gongkai.loaders.writer import Writer
from gongkai.queries.sql import query
from gongkai.serve.datasette_app import datasette_metadata
from gongkai.serve.questions import ReadyQuery, parameter_name, ready_queries
from helpers import commands
from helpers.commands import served
from helpers.registry import ROOT
from made import report

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return partial(commands.run, tmp_path)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    path = tmp_path_factory.mktemp("desk") / "made reports.db"
    with Writer(path, family) as writer:
        writer.store("/r/清河.pdf", "a", "loaded", None, [report(title="<script>x</script>")])
    return path


@pytest.mark.parametrize("command", ["export", "serve", "fields", "families"])
def test_help_has_an_example(run: Run, command: str) -> None:
    asked = run(command, "--help")
    assert asked.returncode == 0 and f"\n    gongkai {command}" in asked.stdout


def test_a_query_without_rows_names_what_may_be_meant(run: Run, db: Path) -> None:
    sql = "SELECT agency FROM reports WHERE status = 'prooved'"
    done = run("query", sql, "--db", db, "--format", "csv")
    assert done.returncode == 0 and done.stdout == "agency\n"
    assert "no status 'prooved': there are proved (已核实)" in done.stderr


def test_export(run: Run, db: Path, tmp_path: Path) -> None:
    done = run("export", "--db", db, "--to", "out", "--table", "面板", "--table", "checks")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        str(Path("out", name))
        for name in ("面板.csv", "checks.csv", "codebook.html", "datapackage.json")
    ]
    assert done.stderr.startswith("4 files, 0.1 MB in out")
    assert (tmp_path / "out" / "面板.csv").read_text(encoding="utf-8-sig").startswith("报告,机关")
    book = run("export", "--db", db, "--to", "out", "--format", "xlsx", "--language", "zh")
    assert book.returncode == 0 and (tmp_path / "out" / "gongkai.xlsx").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["export", "--to", "out", "--db", "missing.db"], "missing.db does not exist"),
        (["export", "--to", "out", "--db", "{db}", "--table", "pannel"], "did you mean panel"),
        (["serve", "--db", "missing.db"], "missing.db does not exist"),
        (["serve", "--db", "{db}", "--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
        (["query", "SELECT * FROM 面版", "--db", "{db}"], "did you mean 面板"),
    ],
)
def test_wrong_use(run: Run, db: Path, words: list[str], message: str) -> None:
    done = run(*(word.replace("{db}", str(db)) for word in words))
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


def test_fields_and_rates(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("fields").stdout)))
    granted = next(row for row in rows if row["row_id"] == "granted")
    assert granted["identities"] == "applications.results_sum applications.row_total"
    assert {row["years"] for row in rows} >= {"2019-", "2019-2020", "2021-"}
    metrics = json.loads(run("fields", "--metrics", "--format", "json").stdout)
    [received] = [each for each in metrics if each["metric_id"] == "requests_received"]
    assert "本年新收: applications.received_new.total" in received["compared_with_zh"]
    assert received["compared_with_en"].startswith(
        "New requests received, all applicants: applications.received_new.total; "
    )
    rates = json.loads(run("fields", "--rates", "--format", "json").stdout)
    [disclosure] = [rate for rate in rates if rate["id"] == "disclosure_rate"]
    assert disclosure["formula_zh"] == "（予以公开总计 + 部分公开总计） ÷ 办结总计"


def test_ready_queries_run_on_any_database(db: Path) -> None:
    for asked in ready_queries([BUILT_IN]):
        with query(db, asked.example_sql) as found:
            assert list(found.rows) is not None and found.columns, asked.name


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of `make demo`, which has reports of every family."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    ingest([ROOT / "samples" / "demo"], path, workers=0, ocr="never")
    return path


@pytest.mark.parametrize(
    "asked", ready_queries(built_in_families()), ids=lambda asked: str(asked.name)
)
def test_a_ready_query_has_the_same_answer_in_chinese(demo: Path, asked: ReadyQuery) -> None:
    """Its columns and parameters have Chinese names; a column of the dictionary has its own."""
    with in_language("zh"):
        sql = asked.sql_in_language
        parameters = {parameter_name(name): text for name, text in asked.example.items()}
    with contextlib.closing(sqlite3.connect(demo)) as connection:
        connection.row_factory = sqlite3.Row
        chinese = connection.execute(sql, parameters)
        english = connection.execute(asked.sql, asked.example)
        assert [*map(tuple, chinese)] == [*map(tuple, english)]
        names = dict(
            zip(
                (column[0] for column in english.description),
                (column[0] for column in chinese.description),
                strict=True,
            )
        )
        known: dict[str, set[str]] = {}
        for name, name_zh in connection.execute("SELECT column_name, name_zh FROM columns"):
            known.setdefault(name, set()).add(name_zh)
    assert len(set(names.values())) == len(names)
    assert not [each for each in names.values() if re.search("[a-z]", each)]
    own = {"total", "amount", "code", "kind"}  # names of the query, too
    assert {n: zh for n, zh in names.items() if zh not in known.get(n, {zh}) and n not in own} == {}


def test_metadata_describes_everything(db: Path) -> None:
    told = datasette_metadata(db)["databases"]["made reports"]
    with query(db, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')") as found:
        names = {name for (name,) in found.rows if not name.startswith("sqlite_")}
    assert names <= told["tables"].keys()
    shown = {name: table for name, table in told["tables"].items() if not table.get("hidden")}
    assert "panel" in shown and "面板" in shown and "cell" not in shown
    assert all(table["description"] and table["columns"] for table in shown.values())
    assert set(told["queries"]) == {each.name for each in ready_queries([BUILT_IN])}


def test_serve(db: Path) -> None:
    before = db.read_bytes()

    with served("serve", "--db", db) as link:
        home, _, token = link.partition("?token=")
        inside = home + "made~20reports"

        def page(address: str) -> str:
            asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return str(answer.read().decode())

        assert "How do rates differ by level?" in page(home)
        assert "New requests and disclosure rate" in page(inside)
        text = page(f"{inside}/panel")
        assert "Disclosure rate" in text and "清河市公安局" in text
        assert "<script>x" not in page(f"{inside}/reports")
        rows = json.loads(page(f"{inside}/xinshou.json?_shape=array"))
        assert rows[0]["新收总计"] == 12
        for sql in ("DELETE FROM report", "INSERT INTO report (id) VALUES (9)"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                page(f"{inside}.json?{urllib.parse.urlencode({'sql': sql})}")
            assert refused.value.code == 400
            refused.value.close()
    assert db.read_bytes() == before


def test_serve_shows_nothing_without_the_token_or_under_another_name(db: Path) -> None:
    """As after DNS rebinding, when a web page's own name leads to the server."""
    with served("serve", "--db", db) as link:
        parts = urllib.parse.urlsplit(link)
        path = "/made~20reports/reports.csv"

        def status(path: str, **headers: str) -> tuple[int, str]:
            connection = http.client.HTTPConnection(parts.netloc, timeout=20)
            with contextlib.closing(connection):
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                return response.status, response.headers.get("Location", "")

        assert status(path) == (403, "")
        assert status(f"{path}?{parts.query}", Host="evil.example") == (403, "")
        port = parts.netloc.rpartition(":")[2]
        sent = {"Cookie": f"gongkai-{port}={parts.query.removeprefix('token=')}"}
        assert status(path, Host=f"evil.example:{port}", **sent) == (403, "")
        assert status(f"//evil.example/?{parts.query}") == (303, "/evil.example/")
        assert status(path, **sent) == (200, "")
        assert status(path, Host=f"localhost:{port}", **sent) == (200, "")


def test_progress_is_hidden_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_indicator() as update:
        update("rows", 5, 10)
    assert list(with_row_count(range(3))) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_progress_is_shown_on_a_terminal_after_a_delay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from gongkai.cli import progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_DELAY", 30.0)
    assert list(with_row_count(range(3))) == [0, 1, 2]
    assert "rows" not in screen.getvalue()  # done before patience ended
    monkeypatch.setattr(progress, "_DELAY", 0.0)
    with progress_indicator() as update:
        update("panel", 1234, 5000)
        import time

        time.sleep(0.4)
    assert "panel" in screen.getvalue() and "1,234" in screen.getvalue()
