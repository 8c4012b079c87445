"""Write datapackage.json, which describes the exported files for people and programs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.database.catalogue import ColumnInfo
from gongkai.export.cells import column_label
from gongkai.render.sanitize import FORMULA_STARTS

PACKAGE_FILE = "datapackage.json"
PART_FILES = "part-*.parquet"  # names of a table's files, if it has several
_TYPES = {"integer": "integer", "number": "number", "amount": "number", "text": "string"}


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """One exported table: its files, or its sheets in one file."""

    table: str
    columns: tuple[ColumnInfo, ...]
    files: tuple[Path, ...]
    sheets: tuple[str, ...] = ()


def write_package(folder: Path, name: str, written: Sequence[WrittenTable], language: str) -> Path:
    """Write the description of an export and return its path."""
    package = {
        "profile": "data-package",
        "name": _slug(name) or "gongkai",
        "title": "政府公开报告数据 (published Chinese government reports)",
        "description": "Read from published reports by gongkai. Counts are as printed; a cell "
        "that is blank, marked or not printed is empty, never 0. Text that begins with "
        f"{' '.join(c for c in FORMULA_STARTS if c.isprintable())} has an apostrophe before it "
        "in CSV.",
        "resources": [
            _resource(folder, each, language, f"table-{number}")
            for number, each in enumerate(written, 1)
        ],
    }
    path = folder / PACKAGE_FILE
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def _resource(
    folder: Path, written: WrittenTable, language: str, fallback_name: str
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
        "fields": [_field(column, language) for column in written.columns],
        "missingValues": [""],
    }
    return resource


def _field(column: ColumnInfo, language: str) -> dict[str, Any]:
    field = {
        "name": column_label(column, language),
        "title": column.name_zh if language == "en" else column.name,
        "type": _TYPES[column.type],
        "description": f"{column.description_en} {column.description_zh}",
    }
    if column.unit:
        field["unit"] = column.unit
    return field


def _slug(name: str) -> str:
    return name.lower() if re.fullmatch("[A-Za-z0-9._-]+", name) else ""
