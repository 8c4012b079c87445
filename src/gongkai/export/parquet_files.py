"""Write Parquet files, partitioned by year, as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.locations import DatabaseLocation
from gongkai.export.cells import column_label, with_progress
from gongkai.export.package import PART_FILES, WrittenTable
from gongkai.queries.table_query import select_table

_BATCH = 20_000  # rows per record batch
_TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "amount": pa.float64(),
    "text": pa.string(),
}


def write_parquet(
    db: DatabaseLocation,
    folder: Path,
    tables: Sequence[str],
    language: str,
    progress: Callable[[str, int, int], None],
) -> list[WrittenTable]:
    """Write one folder per table; rows with a year go to ``year=2023/part-0.parquet``."""
    written = []
    for table in tables:
        files: list[Path] = []
        with select_table(db, table, with_report=True, counted=True) as found:
            schema = _schema(found.columns, language)
            rows = with_progress(found.rows, table, found.count, progress)
            years = [c for c in found.columns if c.name == "year"]
            ds.write_dataset(
                _batches(rows, schema),
                folder / table,
                schema=schema,
                format="parquet",
                partitioning=[column_label(c, language) for c in years] or None,
                partitioning_flavor="hive" if years else None,
                basename_template=PART_FILES.replace("*", "{i}"),
                file_visitor=lambda file, files=files: files.append(Path(file.path)),
                use_threads=False,  # keeps the order of rows
            )
            written.append(WrittenTable(table, found.columns, tuple(sorted(files))))
    return written


def _schema(columns: Sequence[ColumnInfo], language: str) -> pa.Schema:
    return pa.schema(
        pa.field(
            column_label(column, language),
            _TYPES[column.type],
            metadata={"description": column.description_en, "描述": column.description_zh},
        )
        for column in columns
    )


def _batches(rows: Iterator[Sequence[Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while batch := list(islice(rows, _BATCH)):
        arrays = [
            pa.array(values, type=kind)
            for values, kind in zip(zip(*batch, strict=True), schema.types, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
