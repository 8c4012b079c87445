"""How commands start, and how they end when the system ends them."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gongkai.cli.ahead import start_ahead
from gongkai.loaders.writer import Writer
from helpers.families import built_in
from helpers.registry import ROOT

RUN = """
import sys
from gongkai.cli import main
sys.argv = ["gongkai", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    assert not ended.code
late = ("gongkai.families", "gongkai.reading")
print([name for name in sys.modules if name.startswith(late)])
"""


@pytest.mark.parametrize("command", [["--help"], ["query", "SELECT COUNT(*) FROM reports"]])
def test_help_and_queries_load_no_family(command: list[str], tmp_path: Path) -> None:
    db = tmp_path / "gongkai.db"
    with Writer(db, built_in()):
        pass
    where = ["--db", str(db)] if command[0] == "query" else []
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command, *where], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("ingest a.pdf", True),
        ("ingest a.pdf --db new.db", True),
        ("ingest --db=new.db a.pdf", True),
        ("ingest a.pdf --db old.db", False),  # every file may be known
        ("ingest a.pdf --db=new.db --db=old.db", False),
        ("ingest a.pdf --db postgresql://me@host/reports", False),
        ("ingest --help", False),
        ("ingest -h", False),
        ("ingest a.pdf --workers 0", False),
        ("ingest a.pdf --scheduler=tcp://host:8786", False),
        ("query ingest", False),
        ("--help", False),
        ("", False),
    ],
)
def test_a_process_starts_early_if_a_file_has_to_be_read(
    line: str, starts: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.db").touch()
    started = []
    monkeypatch.setattr("gongkai.ingestion.process.start_early", lambda: started.append(1))
    start_ahead(line.split())
    assert bool(started) == starts


def test_a_process_that_was_started_early_ends_with_a_wrong_command(tmp_path: Path) -> None:
    code = (
        "import multiprocessing, sys\n"
        "from gongkai.cli import main\n"
        "if __name__ == '__main__':\n"
        "    sys.argv = ['gongkai', 'ingest', 'no such file', '--nonsense']\n"
        "    try:\n"
        "        main()\n"
        "    finally:\n"
        "        print([each.pid for each in multiprocessing.active_children()])\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--nonsense" in done.stderr
    assert len(done.stderr.splitlines()) < 8  # no traceback
    [pid] = ast.literal_eval(done.stdout)
    assert not psutil.pid_exists(pid)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_ingest_that_the_system_ends_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = (sys.executable, "-m", "gongkai", "ingest", str(ROOT / "samples"), "--ocr=never")
    before = signal.signal(number, signal.SIG_DFL)  # nohup may have told the tests to ignore it
    request.addfinalizer(lambda: signal.signal(number, before))
    with subprocess.Popen(
        [*command, "--db", str(tmp_path / "a.db"), "--workers=1"],
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as ingest:
        assert ingest.stderr is not None
        assert "[1/" in ingest.stderr.readline()
        assert [each.name.startswith("gongkai-reader-") for each in scratch.iterdir()] == [True]
        ingest.send_signal(number)
        said = ingest.stderr.read()
    assert ingest.returncode == 130
    assert "interrupted: the files done so far are complete" in said and "Traceback" not in said
    assert list(scratch.iterdir()) == []
