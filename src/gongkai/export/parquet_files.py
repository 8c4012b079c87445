"""Write Parquet files, partitioned by year, as a stream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.locations import DatabaseLocation
from gongkai.export.cells import column_label
from gongkai.export.package import PART_FILES, WrittenTable
from gongkai.queries.table_query import select_table

_ROW_GROUP = 100_000  # rows that are compressed together
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"  # the year of reports without one, as Hive names it
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
        with select_table(db, table, with_report=True, counted=True) as found:
            year = next((k for k, c in enumerate(found.columns) if c.name == "year"), None)
            parts = _Parts(folder / table, _schema(found.columns, language), year)
            done = 0
            progress(table, 0, found.count)
            for batch in found.batches:
                parts.add(batch)
                done += len(batch)
                progress(table, done, found.count)
            written.append(WrittenTable(table, found.columns, tuple(sorted(parts.close()))))
    return written


class _Parts:
    """The files of one table: one for each year, in which the column year is left out."""

    def __init__(self, folder: Path, schema: pa.Schema, year: int | None) -> None:
        self._folder, self._schema, self._year = folder, schema, year
        self._waiting: dict[Any, list[pa.RecordBatch]] = defaultdict(list)  # by year
        self._writers: dict[Any, pq.ParquetWriter] = {}
        self._files: list[Path] = []

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, in the order in which they are to be read."""
        columns = zip(*rows, strict=True)
        arrays = [
            pa.array(values, type=kind)
            for values, kind in zip(columns, self._schema.types, strict=True)
        ]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        for value, part in self._by_year(batch):
            waiting = self._waiting[value]
            waiting.append(part)
            if sum(map(len, waiting)) >= _ROW_GROUP:
                self._write(value)

    def close(self) -> list[Path]:
        """Write what is left, and return the files."""
        if not self._waiting:  # a table without rows is one file, too
            self._year = None
            self._waiting[None] = []
        for value in self._waiting:
            self._write(value)
            self._writers[value].close()
        return self._files

    def _by_year(self, batch: pa.RecordBatch) -> Iterator[tuple[Any, pa.RecordBatch]]:
        if self._year is None:
            yield None, batch
            return
        years = batch.column(self._year)
        rest = batch.remove_column(self._year)
        for value in years.unique():
            same = pc.equal(years, value) if value.is_valid else pc.is_null(years)
            yield value.as_py(), rest.filter(same)

    def _write(self, value: Any) -> None:
        if value not in self._writers:
            folder, schema = self._folder, self._schema
            if self._year is not None:
                name = _NO_VALUE if value is None else value
                folder /= f"{schema.names[self._year]}={name}"
                schema = schema.remove(self._year)
            folder.mkdir(parents=True, exist_ok=True)
            self._files.append(folder / PART_FILES.replace("*", "0"))
            self._writers[value] = pq.ParquetWriter(self._files[-1], schema)
        writer = self._writers[value]
        writer.write_table(pa.Table.from_batches(self._waiting[value], writer.schema))
        self._waiting[value] = []


def _schema(columns: Sequence[ColumnInfo], language: str) -> pa.Schema:
    return pa.schema(
        pa.field(
            column_label(column, language),
            _TYPES[column.type],
            metadata={"description": column.description_en, "描述": column.description_zh},
        )
        for column in columns
    )
