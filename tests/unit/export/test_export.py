"""Exported files, read with the libraries of other programs."""

from __future__ import annotations

import csv
import errno
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pyarrow.dataset as ds
import pytest

from gongkai.errors import UsageError
from gongkai.export import DEFAULT_TABLES, ExportFormat, export, workbook
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Section
from made import observation, report

RISKY = ('=HYPERLINK("http://example.com")', "+2", "-417", "@SUM(A1)", "\t=1+1")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Path:
    path = tmp_path_factory.mktemp("export") / "gongkai.db"
    rows = [f for f in family.fields if f.table_id == "applications" and f.column_id == "total"]
    risky = tuple(
        observation(line.key, "5", raw_text=text) for line, text in zip(rows, RISKY, strict=False)
    )
    hostile = report(
        year=2022,
        agency="=1+1公安局",
        observations=risky,
        sections=(Section("一", "一、\x01情况", "文" * 40_000, 1, 1),),
    )
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
        writer.store("/r/b.pdf", "b", "loaded", None, [hostile, report(year=None)])
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel needs the mark"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv(db: Path, tmp_path: Path) -> None:
    files = export(db, tmp_path / "new" / "out")
    assert [f.name for f in files] == [
        *(f"{t}.csv" for t in DEFAULT_TABLES),
        "codebook.html",
        "datapackage.json",
    ]
    panel = rows_of(tmp_path / "new/out/panel.csv")
    assert (panel[0]["agency"], panel[0]["received_new"]) == ("清河市公安局", "12")
    assert panel[0]["administrative_fees_fees_collected"] == "96171.6"
    assert panel[0]["granted_in_part"] == ""  # not printed: empty, not 0
    cells = rows_of(tmp_path / "new/out/observations.csv")
    assert (cells[0]["agency"], cells[0]["year"]) == ("清河市公安局", "2019")


def test_nothing_becomes_a_formula_in_csv(db: Path, tmp_path: Path) -> None:
    export(db, tmp_path, tables=["observations", "panel"])
    texts = [row["raw_text"] for row in rows_of(tmp_path / "observations.csv")]
    assert [f"'{text}" for text in RISKY] == [t for t in texts if t.startswith("'")]
    assert rows_of(tmp_path / "panel.csv")[1]["agency"] == "'=1+1公安局"
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        risky = [c for c in cells if c[:1] in "=+-@\t\r" and c]
        assert all(_is_number(c) for c in risky), risky


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_xlsx(db: Path, tmp_path: Path) -> None:
    files = export(db, tmp_path, "xlsx")
    assert [file.name for file in files] == ["gongkai.xlsx", "codebook.html", "datapackage.json"]
    book = openpyxl.load_workbook(files[0])
    assert book.sheetnames[0] == "columns" and sorted(book.sheetnames) == sorted(DEFAULT_TABLES)
    panel = book["panel"]
    assert panel.freeze_panes == "A2" and panel.auto_filter.ref is not None
    head = [cell.value for cell in panel[1]]
    first = dict(zip(head, panel[2], strict=True))
    assert first["agency"].value == "清河市公安局" and first["received_new"].value == 12
    assert first["administrative_fees_fees_collected"].value == 96171.6
    assert first["granted_in_part"].value is None
    assert panel.column_dimensions[first["disclosure_rate"].column_letter].width > 8
    texts = [c for row in book["observations"].iter_rows(min_row=2) for c in row if c.value]
    risky = [c for c in texts if c.value in RISKY]
    assert len(risky) == len(RISKY)
    assert all(c.data_type == "s" and c.quotePrefix for c in risky)
    assert not any(c.data_type == "f" for s in book for row in s.iter_rows() for c in row)
    section = next(r for r in book["sections"].iter_rows(values_only=True) if "文文" in str(r))
    assert any("容不下全文" in str(value) for value in section)


def test_a_table_too_long_for_a_sheet_continues_on_the_next(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 10)
    export(db, tmp_path, "xlsx", tables=["observations"])
    book = openpyxl.load_workbook(tmp_path / "gongkai.xlsx")
    assert book.sheetnames == ["observations", "observations 2", "observations 3"]
    assert sum(sheet.max_row - 1 for sheet in book) == 11 + len(RISKY) + 11


def test_parquet(db: Path, tmp_path: Path) -> None:
    files = export(db, tmp_path, "parquet")
    parts = {str(f.relative_to(tmp_path).parent) for f in files if f.parts[-3] == "panel"}
    assert {"panel/year=2019", "panel/year=2022"} <= parts and len(parts) == 3
    table = ds.dataset(tmp_path / "panel", partitioning="hive").to_table()
    found = {row["agency"]: row for row in table.to_pylist()}
    assert found["清河市公安局"]["received_new"] == 12
    assert found["=1+1公安局"]["year"] == 2022  # as it is: no program runs it
    cells = ds.dataset(tmp_path / "observations", partitioning="hive")
    assert cells.count_rows() == 11 + len(RISKY) + 11
    assert ds.dataset(tmp_path / "rates").count_rows() > 30
    again = export(db, tmp_path, "parquet")
    assert again == files and cells.count_rows() == 11 + len(RISKY) + 11


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_the_package_describes_every_column(db: Path, tmp_path: Path, kind: ExportFormat) -> None:
    export(db, tmp_path, kind, tables=["panel", "observations", "面板"])
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
        assert all((tmp_path / path).is_file() for path in paths)
        for field in resource["schema"]["fields"]:
            assert field["title"] and field["description"] and field["type"]
    by_name = {r["title"]: r["schema"]["fields"] for r in package["resources"]}
    assert "新收总计" in {f["name"] for f in by_name["面板"]}
    assert {f["name"]: f["type"] for f in by_name["panel"]}["disclosure_rate"] == "number"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_an_export_that_fails_leaves_the_earlier_one_whole(
    db: Path, tmp_path: Path, kind: ExportFormat
) -> None:
    out = tmp_path / "out"
    export(db, out, kind, tables=["panel", "reports"])
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def full(_table: str, done: int, total: int) -> None:
        if _table == "reports" and done == total:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(UsageError, match="out cannot be written, and is as it was: No space"):
        export(db, out, kind, tables=["panel", "reports"], language="zh", progress=full)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_years_that_are_gone_leave_the_parquet_folder(db: Path, tmp_path: Path) -> None:
    stale = tmp_path / "panel" / "year=2001" / "part-0.parquet"
    stale.parent.mkdir(parents=True)
    stale.touch()
    files = export(db, tmp_path, "parquet", tables=["panel"])
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(files)


@pytest.mark.process
def test_the_package_is_valid(db: Path, tmp_path: Path) -> None:
    """Frictionless validates the description and the data, in a separate process."""
    export(db, tmp_path)
    code = (
        "import sys, frictionless; r = frictionless.validate(sys.argv[1]); "
        "print(r.valid, r.flatten(['rowNumber', 'fieldName', 'type', 'note'])[:5])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "datapackage.json")],
        capture_output=True, encoding="utf-8", check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout == "True []\n"


def test_chinese_headers(db: Path, tmp_path: Path) -> None:
    export(db, tmp_path, tables=["panel"], language="zh")
    assert rows_of(tmp_path / "panel.csv")[0]["新收总计"] == "12"


def test_progress_and_wrong_use(db: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    export(db, tmp_path, tables=["checks"], progress=lambda *told: seen.append(told))
    assert seen == [("checks", 0, 9), ("checks", 9, 9)]
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        export(db, tmp_path / "file")
    with pytest.raises(UsageError, match="no table 'panle': did you mean panel"):
        export(db, tmp_path, tables=["panel", "panle"])
    with pytest.raises(UsageError, match="no format 'pdf'"):
        export(db, tmp_path, "pdf")  # type: ignore[arg-type]


def test_a_hopeless_guess_of_a_table_is_answered_with_where_to_look(
    db: Path, tmp_path: Path
) -> None:
    """A hundred names would fill the screen."""
    with pytest.raises(UsageError, match=r"no table 'zzz': `gongkai query .*` lists them$"):
        export(db, tmp_path, tables=["zzz"])
