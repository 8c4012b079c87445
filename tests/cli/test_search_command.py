"""`gongkai search`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gongkai.cli.app import app
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Box, Paragraph, Section
from made import report

TEXT = "全年政务新媒体推送信息12条。"


@pytest.fixture
def db(tmp_path: Path, family: Family) -> Path:
    path = tmp_path / "gongkai.db"
    made = report(
        sections=(Section("一", "一、总体情况", TEXT, 2, 2),),
        paragraphs=(Paragraph("一", None, None, TEXT, 2, Box(72, 100, 500, 140)),),
    )
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [made])
    return path


def test_hits_as_rows(db: Path) -> None:
    run = CliRunner().invoke(app, ["search", "新媒体", "--db", str(db), "--format", "json"])
    assert run.exit_code == 0
    [hit] = json.loads(run.stdout)
    assert (hit["agency"], hit["year"], hit["section"], hit["page"]) == (
        "清河市公安局",
        2019,
        "一",
        2,
    )
    assert hit["excerpt"] == "全年政务【新媒体】推送信息12条。"


def test_no_hit_is_no_error(db: Path) -> None:
    run = CliRunner().invoke(app, ["search", "不存在的词", "--db", str(db), "--format", "csv"])
    assert run.exit_code == 0
    assert run.stdout.count("\n") == 1


def test_help_has_an_example() -> None:
    run = CliRunner().invoke(app, ["search", "--help"])
    assert "gongkai search 政务新媒体" in run.stdout
