"""Tables of the database as pandas frames, with the names that statistical programs take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.locations import DatabaseLocation
from gongkai.export.cells import with_progress
from gongkai.export.package import WrittenTable
from gongkai.export.short_names import label_of, short_names, value_labels
from gongkai.queries.table_query import select_table

Progress = Callable[[str, int, int], None]
_DTYPES = {"integer": "Int64", "number": "float64", "amount": "float64", "text": "object"}


@dataclass(frozen=True)
class LabelledFrame:
    """A whole table in memory: columns by their short names, texts without a value are None."""

    columns: tuple[ColumnInfo, ...]
    frame: pd.DataFrame
    labels: dict[str, str]  # of the variables, in Chinese
    values: dict[str, dict[str, str]]  # of coded texts, in Chinese, by variable


def frame_writer(
    ending: str, save: Callable[[LabelledFrame, Path], None]
) -> Callable[[DatabaseLocation, Path, Sequence[str], str, Progress], list[WrittenTable]]:
    """Return a writer of one file per table, named after it; each table is held in memory.

    ``save`` writes one table, and may change its frame.
    """

    def write(
        db: DatabaseLocation,
        folder: Path,
        tables: Sequence[str],
        _language: str,
        progress: Progress,
    ) -> list[WrittenTable]:
        written = []
        for table in tables:
            read = read_frame(db, table, progress)
            path = folder / f"{table}.{ending}"
            save(read, path)
            written.append(WrittenTable(table, read.columns, (path,)))
        return written

    return write


def read_frame(db: DatabaseLocation, table: str, progress: Progress) -> LabelledFrame:
    """Read a table; raises UsageError for an unknown one, and DatabaseError."""
    with select_table(db, table, with_report=True, counted=True) as found:
        columns = found.columns
        rows = list(with_progress(found.rows, table, found.count, progress))
    names = short_names([column.name for column in columns])
    values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(columns)
    frame = pd.DataFrame(
        {
            names[column.name]: pd.Series(list(each), dtype=_DTYPES[column.type])
            for column, each in zip(columns, values, strict=True)
        }
    )
    labels = {names[column.name]: label_of(column) for column in columns}
    coded = {names[c.name]: _labels_in_use(c, frame[names[c.name]]) for c in columns}
    return LabelledFrame(columns, frame, labels, {n: found for n, found in coded.items() if found})


def longest_text(texts: pd.Series[Any]) -> int:
    """The bytes in UTF-8 of the longest text of a column."""
    return max((len(text.encode()) for text in texts.dropna()), default=0)


def _labels_in_use(column: ColumnInfo, values: pd.Series[Any]) -> dict[str, str]:
    """The labels of a coded column; none if a value has no label."""
    known = value_labels(column)
    used = set(values.dropna().unique())
    return {code: known[code] for code in known if code in used} if used <= known.keys() else {}
