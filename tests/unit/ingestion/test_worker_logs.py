"""What reading processes log reaches the process that started them, and no terminal."""

from __future__ import annotations

import logging
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

from gongkai.families.family import Family
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.log_records import OFF
from gongkai.ingestion.worker_logs import LogLevels, levels_here
from gongkai.model import Report
from helpers.registry import ROOT
from made import report

pytestmark = pytest.mark.process


def read_and_complain(path: Path, _family: Family) -> Sequence[Report]:
    """A reader whose libraries complain, as pdfminer does."""
    logging.getLogger("gongkai.reading.made").debug("looking at %s", "page 1")
    logging.getLogger("pdfminer.pdffont").warning("Could not get FontBBox")
    logging.getLogger("pdfminer.psparser").debug("a token")
    warnings.warn("an old function", DeprecationWarning, stacklevel=1)
    if path.stem == "crash":
        raise ZeroDivisionError("division by zero")
    if path.stem == "flood":
        for number in range(5_000):
            logging.getLogger("gongkai.reading.made").info("line %d", number)
    return [report(agency=path.stem)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("calm", "crash"):
        (folder / f"{name}.pdf").write_text(name, encoding="utf-8")
    return folder


@pytest.mark.parametrize("workers", [0, 1])
def test_a_traceback_reaches_the_log_with_the_name_of_the_file(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, workers: int
) -> None:
    with warnings.catch_warnings(), caplog.at_level(logging.INFO, "gongkai"):
        warnings.simplefilter("ignore")
        summary = ingest([folder], tmp_path / "a.db", workers=workers, reader=read_and_complain)
    [refused] = summary.refused
    assert refused.reason == "读取时程序出错（ZeroDivisionError: division by zero）"
    assert "crash.pdf: 读取时程序出错（ZeroDivisionError: division by zero）" in caplog.text
    assert 'raise ZeroDivisionError("division by zero")' in caplog.text
    assert "calm.pdf: loaded" in caplog.text


def test_records_of_workers_have_their_level_logger_and_file(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), caplog.at_level(logging.DEBUG, "gongkai"):
        ingest([folder / "calm.pdf"], tmp_path / "a.db", workers=1, reader=read_and_complain)
    sent = {
        (record.name, record.levelname, getattr(record, "file", ""), record.getMessage())
        for record in caplog.records
    }
    assert ("gongkai.reading.made", "DEBUG", "calm.pdf: ", "looking at page 1") in sent
    assert ("pdfminer.pdffont", "WARNING", "calm.pdf: ", "Could not get FontBBox") in sent
    assert not any(name == "pdfminer.psparser" for name, *_ in sent)


def test_a_flood_of_records_is_cut_off(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "flood.pdf").write_text("flood", encoding="utf-8")
    with caplog.at_level(logging.INFO, "gongkai"):
        summary = ingest(
            [folder / "flood.pdf"], tmp_path / "a.db", workers=1, reader=read_and_complain
        )
    assert summary.loaded == 1
    assert sum(record.name == "gongkai.reading.made" for record in caplog.records) <= 1000


def test_workers_send_nothing_if_nobody_configured_logging(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert levels_here() == LogLevels(OFF, OFF)


SCRIPT = """
import sys
sys.path[:0] = [{tests!r}, {unit!r}]
import gongkai
from test_worker_logs import read_and_complain

if __name__ == "__main__":
    gongkai.ingest(["reports"], "a.db", workers=1, reader=read_and_complain)
"""


def test_a_script_without_logging_sees_no_line_of_a_library(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    places = {"tests": str(ROOT / "tests"), "unit": str(Path(__file__).parent)}
    script.write_text(SCRIPT.format(**places), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    assert "FontBBox" not in done.stderr and "DeprecationWarning" not in done.stderr
    assert folder.is_dir()
