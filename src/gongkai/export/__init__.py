"""Export a database as CSV files, an Excel workbook, or Parquet files.

``datapackage.json`` describes every column (Data Package, https://specs.frictionlessdata.io).
Tables are streamed, so their size does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from gongkai.database.locations import DatabaseLocation, Server, parse_location
from gongkai.errors import UsageError
from gongkai.export.package import WrittenTable, write_package
from gongkai.queries.table_query import select_table

ExportFormat = Literal["csv", "xlsx", "parquet"]
Language = Literal["en", "zh"]
FORMATS: tuple[ExportFormat, ...] = ("csv", "xlsx", "parquet")

DEFAULT_TABLES = (
    "panel",
    "applications_wide",
    "proactive_disclosure_wide",
    "review_litigation_wide",
    "reports",
    "agencies",
    "observations",
    "sections",
    "narrative_figures",
    "checks",
    "problems",
    "decisions",
    "files",
    "fields",
    "rates",
    "metrics",
    "columns",
)

# Called with the name of the table, the rows written so far, and the number of its rows.
ExportProgress = Callable[[str, int, int], None]


def export(
    db: str | Path | Server,
    to: str | Path,
    format: ExportFormat = "csv",  # noqa: A002
    *,
    tables: Sequence[str] | None = None,
    language: Language = "en",
    progress: ExportProgress | None = None,
) -> list[Path]:
    """Write tables and views into a folder and return the files written.

    ``db`` is a SQLite file or a PostgreSQL URL. The folder ``to`` is created if missing.
    ``format`` is ``csv`` (one file per table, UTF-8 with a byte order mark, so that Excel shows
    Chinese), ``xlsx`` (one workbook with one sheet per table) or ``parquet`` (one folder per
    table, partitioned by year if its rows have one). ``tables`` are names of tables or views,
    by default DEFAULT_TABLES; ``language`` is that of the column names.

    Raises UsageError for an unknown table or format, or if ``to`` is a file; and DatabaseError.
    """
    if format not in FORMATS:
        raise UsageError(f"no format {format!r}: name {', '.join(FORMATS)}")
    place, folder = parse_location(db), Path(to)
    names = list(dict.fromkeys(tables or DEFAULT_TABLES))
    for name in names:
        with select_table(place, name):
            pass  # check all names before writing anything
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder to write into")
    folder.mkdir(parents=True, exist_ok=True)
    written = _writer(format)(place, folder, names, language, progress or _silent)
    package = write_package(folder, place.stem, written, language)
    return [*dict.fromkeys(file for each in written for file in each.files), package]


TableWriter = Callable[
    [DatabaseLocation, Path, Sequence[str], Language, ExportProgress], list[WrittenTable]
]


def _writer(wanted: ExportFormat) -> TableWriter:
    """The writer of a format, whose libraries are imported only when needed."""
    match wanted:
        case "csv":
            from gongkai.export.csv_files import write_csv

            return write_csv
        case "xlsx":
            from gongkai.export.workbook import write_xlsx

            return write_xlsx
        case "parquet":
            from gongkai.export.parquet_files import write_parquet

            return write_parquet


def _silent(_table: str, _done: int, _total: int) -> None:
    pass
