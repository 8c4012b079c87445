"""``-v``, ``-vv`` and ``--log-file``: what goes to the terminal, and what to the file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.cli.logs import configure_logging, global_options_first
from gongkai.errors import UsageError
from helpers.commands import logging_restored, run_process


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave logging as it was."""
    with logging_restored():
        yield


def _log_something() -> None:
    logging.getLogger("gongkai.made").debug("detail")
    logging.getLogger("gongkai.made").info("step \x1b[31m")
    logging.getLogger("pdfminer").warning("complaint")
    logging.getLogger("pdfminer").info("chatter")


@pytest.mark.parametrize(
    ("verbose", "terminal", "file"),
    [
        (0, [], ["step"]),
        (1, ["step"], ["step"]),
        (2, ["detail", "step"], ["detail", "step", "complaint"]),
    ],
)
def test_levels(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    verbose: int,
    terminal: list[str],
    file: list[str],
) -> None:
    path = tmp_path / "log.txt"
    configure_logging(verbose, path)
    _log_something()
    written = path.read_text(encoding="utf-8")
    shown = capsys.readouterr().err
    for word in ("detail", "step", "complaint", "chatter"):
        assert (word in shown) == (word in terminal), (word, shown)
        assert (word in written) == (word in file), (word, written)
    assert "\x1b" not in written + shown


def test_no_option_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(0, None)
    _log_something()
    assert capsys.readouterr().err == ""


def test_a_file_that_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"log\.txt cannot be written: No such file"):
        configure_logging(0, tmp_path / "missing" / "log.txt")


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        (["check"], ["check"]),
        (["check", "-v"], ["-v", "check"]),
        (["ingest", "a", "-vv", "--log-file", "x"], ["-vv", "--log-file", "x", "ingest", "a"]),
        (["ingest", "--log-file=x", "a"], ["--log-file=x", "ingest", "a"]),
        (["query", "--", "-v"], ["query", "--", "-v"]),
        (["ingest", "a", "--log-file"], ["--log-file", "ingest", "a"]),
    ],
)
def test_log_options_may_follow_the_command(typed: list[str], understood: list[str]) -> None:
    assert global_options_first(typed) == understood


def test_python_m_gongkai_logs_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("hello", encoding="utf-8")
    done = run_process(
        tmp_path, "ingest", "a.pdf", "--workers", "0", "-vv", "--log-file", "log.txt"
    )
    assert done.returncode == 1
    text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "INFO gongkai.ingestion.run: reading into gongkai.db; files: 1" in text
    assert "a.pdf: unreadable, 不是PDF文件" in text
    assert "INFO gongkai.ingestion.run" in done.stderr
