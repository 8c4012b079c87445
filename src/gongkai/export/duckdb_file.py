"""Write one DuckDB database with the tables of an export, and comments on their columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import duckdb
import pandas as pd

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.locations import DatabaseLocation
from gongkai.export.cells import column_label, with_progress
from gongkai.export.package import WrittenTable
from gongkai.queries.table_query import select_table

_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "amount": "DOUBLE", "text": "VARCHAR"}
_DTYPES = {"integer": "Int64", "number": "Float64", "amount": "Float64", "text": "str"}
_BATCH = 20_000  # rows


def write_duckdb(
    db: DatabaseLocation,
    folder: Path,
    tables: Sequence[str],
    language: str,
    progress: Callable[[str, int, int], None],
) -> list[WrittenTable]:
    """Write ``gongkai.duckdb`` as a stream."""
    path = folder / "gongkai.duckdb"
    written = []
    with duckdb.connect(str(path)) as target:
        for table in tables:
            with select_table(db, table, with_report=True, counted=True) as found:
                names = [column_label(column, language) for column in found.columns]
                target.execute(_create(table, names, found.columns))
                rows = with_progress(found.rows, table, found.count, progress)
                while batch := list(islice(rows, _BATCH)):
                    frame = pd.DataFrame(
                        {
                            name: pd.Series(list(values), dtype=_DTYPES[column.type])
                            for name, column, values in zip(
                                names, found.columns, zip(*batch, strict=True), strict=True
                            )
                        }
                    )
                    target.register("batch", frame)
                    target.execute(f"INSERT INTO {_quoted(table)} SELECT * FROM batch")
                for name, column in zip(names, found.columns, strict=True):
                    text = f"{column.description_en} {column.description_zh}".replace("'", "''")
                    place = f"{_quoted(table)}.{_quoted(name)}"
                    target.execute(f"COMMENT ON COLUMN {place} IS '{text}'")
                written.append(WrittenTable(table, found.columns, (path,)))
    return written


def _create(table: str, names: Sequence[str], columns: Sequence[ColumnInfo]) -> str:
    parts = (
        f"{_quoted(name)} {_TYPES[column.type]}"
        for name, column in zip(names, columns, strict=True)
    )
    return f"CREATE TABLE {_quoted(table)} ({', '.join(parts)})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
