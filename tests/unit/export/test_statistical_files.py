"""Files of Stata, SPSS, R and DuckDB, read back with the libraries of other programs."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from gongkai.errors import UsageError
from gongkai.export import ExportFormat, export
from gongkai.export.short_names import short_names
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Section
from made import report

LONG = "administrative_fees_fees_collected"  # 34 characters


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    path = tmp_path_factory.mktemp("statistics") / "gongkai.db"
    long = report(year=2022, sections=(Section("一", "一、情况", "文" * 40_000, 1, 1),))
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
        writer.store("/r/b.pdf", "b", "loaded", None, [long])
    return path


def names_of(folder: Path) -> dict[str, str]:
    """The column of each variable of the panel, by names.csv."""
    with (folder / "names.csv").open(encoding="utf-8-sig", newline="") as file:
        return {r["name"]: r["column"] for r in csv.DictReader(file) if r["table"] == "panel"}


def test_names_are_short_unique_and_stay() -> None:
    columns = [LONG, f"{LONG}_2", "year", "三、新收（件）", "2019_form", "if"]
    names = short_names(columns)
    assert len(set(names.values())) == len(columns)
    assert all(len(n) <= 32 and len(n.encode()) <= 64 and n.isidentifier() for n in names.values())
    assert names["year"] == "year" and names["if"] != "if"
    assert short_names([LONG]) == {LONG: names[LONG]}, "whatever other columns there are"


def test_stata(db: Path, tmp_path: Path) -> None:
    files = export(db, tmp_path, "dta", tables=["panel", "sections"])
    assert [f.name for f in files] == [
        "panel.dta", "sections.dta", "names.csv", "codebook.html", "datapackage.json",
    ]  # fmt: skip
    with pd.read_stata(tmp_path / "panel.dta", iterator=True) as reader:
        labels = reader.variable_labels()
        frame = reader.read()
    columns = names_of(tmp_path)
    assert set(frame) == set(columns) and len(set(columns.values())) == len(columns)
    assert labels["received_new"] == "新收总计（件）"
    assert frame["received_new"].tolist() == [12, 12]
    assert frame["status"].astype(str).str.contains(" ").all(), "such as proved 已核实"
    [short] = [name for name, column in columns.items() if column == LONG]
    assert frame[short].tolist() == [96171.6, 96171.6]
    assert frame["granted_in_part"].isna().all(), "not printed: missing, not 0"
    texts = pd.read_stata(tmp_path / "sections.dta")["text"]
    assert len(texts.max()) == 40_000


def test_spss(db: Path, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    export(db, tmp_path, "sav", tables=["panel"])
    frame, about = pyreadstat.read_sav(str(tmp_path / "panel.sav"))
    assert about.column_names_to_labels["received_new"] == "新收总计（件）"
    assert about.variable_value_labels["status"].items() <= {
        "proved": "已核实", "doubtful": "存疑", "incomplete": "不完整", "print_fault": "原文有误",
    }.items()  # fmt: skip
    assert set(frame) == set(names_of(tmp_path)) and frame["received_new"].tolist() == [12, 12]
    with pytest.raises(UsageError, match=r"sections\.text has a text of 120000 bytes"):
        export(db, tmp_path, "sav", tables=["sections"])


def test_r(db: Path, tmp_path: Path) -> None:
    rdata = pytest.importorskip("rdata")
    export(db, tmp_path, "rds", tables=["panel", "sections"])
    frame = rdata.read_rds(tmp_path / "panel.rds")
    assert set(frame) == set(names_of(tmp_path)) and frame["received_new"].tolist() == [12, 12]
    assert frame["agency"].iloc[0] == "清河市公安局" and frame["granted_in_part"].isna().all()
    assert isinstance(frame["status"].dtype, pd.CategoricalDtype)


def test_duckdb(db: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    export(db, tmp_path, "duckdb", tables=["panel", "面板", "sections"])
    with duckdb.connect(str(tmp_path / "gongkai.duckdb"), read_only=True) as connection:
        rows = connection.execute(f"SELECT received_new, {LONG}, granted_in_part FROM panel")
        assert rows.fetchall() == [(12, 96171.6, None)] * 2
        assert connection.execute('SELECT "新收总计" FROM "面板"').fetchall() == [(12,)] * 2
        [[comment]] = connection.execute(
            "SELECT comment FROM duckdb_columns() "
            "WHERE table_name = 'panel' AND column_name = 'received_new'"
        ).fetchall()
    assert "件" in comment or "总计" in comment


@pytest.mark.parametrize("language", ["en", "zh"])
def test_codebook_and_package(db: Path, tmp_path: Path, language: str) -> None:
    export(db, tmp_path, tables=["panel"], language="zh" if language == "zh" else "en")
    page = (tmp_path / "codebook.html").read_text(encoding="utf-8")
    expected = ("引用格式", "公式", "新收总计") if language == "zh" else (
        "Suggested citation", "Formulas", "received_new",
    )  # fmt: skip
    assert all(text in page for text in expected) and "http" not in page, "needs no network"
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"] and package["sources"] and package["version"]


def test_a_missing_library_is_named(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    formats: tuple[tuple[ExportFormat, str], ...] = (
        ("sav", "pyreadstat"), ("rds", "rdata"), ("duckdb", "duckdb"),
    )  # fmt: skip
    for wanted, library in formats:
        monkeypatch.setitem(sys.modules, library, None)
        module = {"sav": "spss_files", "rds": "r_files", "duckdb": "duckdb_file"}[wanted]
        monkeypatch.delitem(sys.modules, f"gongkai.export.{module}", raising=False)
        with pytest.raises(UsageError, match=rf'needs {library}.*"gongkai\[publish\]"'):
            export(db, tmp_path, wanted)
    assert not any(tmp_path.iterdir())
