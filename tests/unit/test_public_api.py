"""The public API: its names, ``gongkai.read``, options as keywords, and types for users."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import gongkai
from gongkai import errors
from gongkai.ingestion.options import IngestKeywords
from gongkai.language import in_language
from helpers.registry import ROOT

SAMPLE = ROOT / "samples" / "chengjiang-district-2023.pdf"
PAGE = ROOT / "docs" / "python.md"


def test_every_public_name_is_there_listed_and_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in gongkai.__all__:
        assert getattr(gongkai, name) is not None
        assert name in dir(gongkai)
        assert name in page, f"docs/python.md does not explain {name}"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = gongkai.nothing


def test_type_checkers_see_what_is_loaded_late() -> None:
    tree = ast.parse((ROOT / "src" / "gongkai" / "__init__.py").read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    typed = {
        alias.asname or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(gongkai.__all__) - {"__version__", "open", "read"} == typed - {"OcrMode"}


def test_every_error_is_public_and_in_the_tree() -> None:
    raised = {
        name
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, gongkai.GongkaiError)
    }
    assert raised <= set(gongkai.__all__)
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in raised)


def test_a_file_is_read_without_a_database() -> None:
    [report] = gongkai.read(SAMPLE, ocr="never")
    assert (report.agency, report.year) == ("望江市澄江区人民政府", 2023)
    assert isinstance(report, gongkai.Report)


def test_a_file_that_is_no_report_raises(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(gongkai.UnreadableFile, match="The file is not a PDF"):
        gongkai.read(path)
    with in_language("zh"), pytest.raises(gongkai.UnreadableFile, match="不是PDF文件"):
        gongkai.read(path)
    with pytest.raises(gongkai.FamilyError, match="no family 'x'"):
        gongkai.read(path, family="x")


def test_keywords_of_ingest_are_the_fields_of_its_options() -> None:
    assert list(IngestKeywords.__annotations__) == [
        each.name for each in fields(gongkai.IngestOptions)
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"workers": -1}, "-1 workers: name 0 or more"),
        ({"workers": 1, "scheduler": "tcp://host:8786"}, "name workers or a scheduler, not both"),
        ({"timeout": 0}, "a timeout of 0 seconds: name more than 0"),
        ({"max_memory": 0.1}, "0.1 GB of memory: name 0.25 or more"),
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(gongkai.UsageError, match=message):
        gongkai.IngestOptions(**wrong)  # type: ignore[arg-type]


def test_a_reader_failure_survives_the_way_between_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(gongkai.ReaderFailed("内存超过 1 GB", "Traceback ...")))
    assert (str(error), error.remote_traceback) == ("内存超过 1 GB", "Traceback ...")
    assert error.outcome == "failed"


SCRIPT = """
import pandas as pd
import gongkai


def show(done: int, total: int, result: gongkai.FileResult | None) -> None:
    print(done, total, "" if result is None else result.path)


def main() -> int:
    reports: list[gongkai.Report] = gongkai.read("report.pdf", ocr="never")
    frames: dict[str, pd.DataFrame] = gongkai.frames(reports[0])
    options = gongkai.IngestOptions(workers=2, timeout=60)
    try:
        summary: gongkai.Summary = gongkai.ingest(["."], "a.db", options, progress=show)
        gongkai.ingest(["."], "a.db", ocr="never", force=True)
    except (gongkai.UsageError, gongkai.DatabaseBusy) as error:
        raise SystemExit(str(error)) from error
    panel: pd.DataFrame = gongkai.open("a.db").panel(year=2023)
    return summary.loaded + len(panel) + len(frames)
"""


@pytest.mark.process
def test_a_script_of_a_user_passes_mypy_strict(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    checked = [sys.executable, "-m", "mypy", "--strict", str(script)]  # the cache is that of make
    done = subprocess.run(checked, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout
    wrong = SCRIPT.replace('ocr="never", force=True', 'ocr="sometimes"')
    script.write_text(wrong, encoding="utf-8")
    done = subprocess.run(checked, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert 'Argument "ocr" to "ingest" has incompatible type' in done.stdout


@pytest.mark.process
@pytest.mark.parametrize("parser", ["pdfminer.pdffont", "playa.font", "camelot"])
def test_warnings_of_parsers_are_not_printed(parser: str) -> None:
    """They were, in a program or notebook that does not set up logging: 80 lines for one font."""
    code = (
        "import logging; from gongkai.extractors.pdf import pdfplumber_reader; "
        f"logging.getLogger('{parser}').warning('no bounding box')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr == b""
