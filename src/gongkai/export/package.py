"""Write datapackage.json, which describes the exported files for people and programs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai import __version__
from gongkai.database.catalogue import ColumnInfo
from gongkai.export.cells import column_label
from gongkai.export.short_names import short_names
from gongkai.render.sanitize import FORMULA_STARTS

PACKAGE_FILE = "datapackage.json"
NAMES_FILE = "names.csv"
PART_FILES = "part-*.parquet"  # names of a table's files, if it has several
_LICENCE = {
    "name": "other-pd",
    "title": "Official documents, which copyright does not cover (著作权法 第五条)",
}
_SOURCE = {"title": "Published reports of government bodies; the table files names each file"}
_TYPES = {"integer": "integer", "number": "number", "amount": "number", "text": "string"}


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """One exported table: its files, or its sheets in one file."""

    table: str
    columns: tuple[ColumnInfo, ...]
    files: tuple[Path, ...]
    sheets: tuple[str, ...] = ()


def write_package(
    folder: Path, name: str, written: Sequence[WrittenTable], language: str, *, short: bool
) -> Path:
    """Write the description of an export and return its path; ``short`` names variables so."""
    package = {
        "profile": "data-package",
        "name": _slug(name) or "gongkai",
        "title": "政府公开报告数据 (published Chinese government reports)",
        "description": "Read from published reports by gongkai. Counts are as printed; a cell "
        "that is blank, marked or not printed is empty, never 0. Text that begins with "
        f"{' '.join(c for c in FORMULA_STARTS if c.isprintable())} has an apostrophe before it "
        "in CSV.",
        "licenses": [_LICENCE],
        "sources": [_SOURCE],
        "version": __version__,
        "resources": [
            _resource(folder, each, _names(each, language, short), f"table-{number}")
            for number, each in enumerate(written, 1)
        ],
    }
    path = folder / PACKAGE_FILE
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def write_names(folder: Path, written: Sequence[WrittenTable]) -> Path:
    """Write the table of names: each variable with its column, label and unit."""
    path = folder / NAMES_FILE
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "name", "column", "label_zh", "unit", "description_en"])
        for each in written:
            names = short_names([column.name for column in each.columns])
            for column in each.columns:
                writer.writerow(
                    [each.table, names[column.name], column.name, column.name_zh, column.unit,
                     column.description_en]
                )  # fmt: skip
    return path


def _names(written: WrittenTable, language: str, short: bool) -> list[str]:
    if short:
        return list(short_names([column.name for column in written.columns]).values())
    return [column_label(column, language) for column in written.columns]


def _resource(
    folder: Path, written: WrittenTable, names: Sequence[str], fallback_name: str
) -> dict[str, Any]:
    root = folder.resolve()
    paths = [file.resolve().relative_to(root).as_posix() for file in written.files]
    kind = written.files[0].suffix.removeprefix(".") if written.files else "parquet"
    resource: dict[str, Any] = {
        "name": _slug(written.table) or fallback_name,  # the standard allows only Latin letters
        "title": written.table,
        "path": paths[0] if len(paths) == 1 else paths,
        "format": kind,
        "profile": "tabular-data-resource" if kind == "csv" else "data-resource",
    }
    if kind == "csv":
        resource |= {"encoding": "utf-8-sig", "dialect": {"lineTerminator": "\r\n"}}
    if written.sheets:
        resource["dialect"] = {"sheet": written.sheets[0]}
    resource["schema"] = {
        "fields": [
            _field(column, name) for column, name in zip(written.columns, names, strict=True)
        ],
        "missingValues": [""],
    }
    return resource


def _field(column: ColumnInfo, name: str) -> dict[str, Any]:
    field = {
        "name": name,
        "title": column.name if name == column.name_zh else column.name_zh,
        "type": _TYPES[column.type],
        "description": f"{column.description_en} {column.description_zh}",
    }
    if column.unit:
        field["unit"] = column.unit
    return field


def _slug(name: str) -> str:
    return name.lower() if re.fullmatch("[A-Za-z0-9._-]+", name) else ""
