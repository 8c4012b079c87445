"""A database as files for other programs: CSV, an Excel workbook, or Parquet.

Beside the data stands ``datapackage.json``, which describes every column (Data Package,
https://specs.frictionlessdata.io). Tables are streamed: size does not matter.
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
    "columns",
)

# Called with the table, rows done and rows in all.
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
    """Write tables and views into a folder, made where it is missing; gives the files written.

    ``csv``: one file a table, UTF-8 with a mark that lets Excel show Chinese. ``xlsx``: one
    workbook, a sheet a table. ``parquet``: a folder a table, parted by year where its rows
    belong to one. ``tables`` are names of tables or views, by default those that people read;
    ``language`` is that of the column names.

    Raises UsageError for an unknown table, format or a place that is no folder, and
    DatabaseError.
    """
    if format not in FORMATS:
        raise UsageError(f"no format {format!r}: name {', '.join(FORMATS)}")
    place, folder = parse_location(db), Path(to)
    names = list(dict.fromkeys(tables or DEFAULT_TABLES))
    for name in names:
        with select_table(place, name):
            pass  # all names are good before anything is written
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
    """The writer of a format; its libraries are loaded only now."""
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
