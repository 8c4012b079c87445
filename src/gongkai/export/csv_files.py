"""Write CSV files that Excel opens with correct Chinese characters."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.locations import DatabaseLocation
from gongkai.export.cells import column_label, number_text, with_progress
from gongkai.export.package import WrittenTable
from gongkai.queries.table_query import select_table
from gongkai.render.sanitize import escape_formula


def write_csv(
    db: DatabaseLocation,
    folder: Path,
    tables: Sequence[str],
    language: str,
    progress: Callable[[str, int, int], None],
) -> list[WrittenTable]:
    """Write one file per table: UTF-8 with a byte order mark and CRLF line ends, as Excel does."""
    written = []
    for table in tables:
        path = folder / f"{table}.csv"
        with (
            select_table(db, table, with_report=True, counted=True) as found,
            path.open("w", encoding="utf-8-sig", newline="") as file,
        ):
            writer = csv.writer(file)
            writer.writerow(column_label(column, language) for column in found.columns)
            texts = [_text_of(column) for column in found.columns]
            for row in with_progress(found.rows, table, found.count, progress):
                writer.writerow(
                    ["" if v is None else text(v) for text, v in zip(texts, row, strict=True)]
                )
            written.append(WrittenTable(table, found.columns, (path,)))
    return written


def _text_of(column: ColumnInfo) -> Callable[[Any], str]:
    match column.type:
        case "integer":
            return str
        case "text":
            return _text
        case _:
            return number_text


def _text(value: Any) -> str:
    return escape_formula(str(value))
