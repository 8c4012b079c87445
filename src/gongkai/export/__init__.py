"""Export a database as files of other programs: spreadsheets, statistics, databases.

``datapackage.json`` describes every column (Data Package, https://specs.frictionlessdata.io),
``codebook.html`` does so for people. CSV, Excel, Parquet and DuckDB are streamed, so the size
of a table does not matter; Stata, SPSS and R take each table from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Literal, get_args

from gongkai.database.locations import DatabaseLocation, Server, parse_location
from gongkai.errors import UsageError
from gongkai.export.codebook import write_codebook
from gongkai.export.package import (
    PACKAGE_FILE,
    PART_FILES,
    WrittenTable,
    write_names,
    write_package,
)
from gongkai.language import tr
from gongkai.queries.table_query import select_table
from gongkai.whole_files import staged

ExportFormat = Literal["csv", "xlsx", "parquet", "dta", "sav", "rds", "duckdb"]
Language = Literal["en", "zh"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
SHORT_NAMED = ("dta", "sav", "rds")  # formats whose variables have short names

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
    Chinese), ``xlsx`` (one workbook with one sheet per table), ``parquet`` (one folder per
    table, partitioned by year if its rows have one), ``duckdb`` (one database), or ``dta``,
    ``sav`` or ``rds`` (one file of Stata, SPSS or R per table, with Chinese labels; ``names.csv``
    has the name of each variable). ``tables`` are names of tables or views, by default
    DEFAULT_TABLES; ``language`` is that of the column names, and of the codebook. Data has stored
    sentences as they are, in Chinese; a workbook, which is for people, has them in English unless
    this language, or that of the command, is Chinese.

    All files are written beside before the first one takes its place, and the description comes
    last: an export that fails or is killed while it writes leaves an earlier one as it was.

    Raises UsageError for an unknown table or format, if ``to`` is a file, or if the files cannot
    be written; and DatabaseError.
    """
    if format not in FORMATS:
        raise UsageError(
            tr("no format {format!r}: name {names}", format=format, names=", ".join(FORMATS))
        )
    place, folder = parse_location(db), Path(to)
    names = list(dict.fromkeys(tables or DEFAULT_TABLES))
    for name in names:
        with select_table(place, name):
            pass  # check all names before writing anything
    if folder.exists() and not folder.is_dir():
        raise UsageError(tr("{folder} is a file: name a folder to write into", folder=folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with staged(folder, last=PACKAGE_FILE) as stage:
            written = _writer(format)(place, stage, names, language, progress or _silent)
            short = format in SHORT_NAMED
            named = [write_names(stage, written)] if short else []
            codebook = write_codebook(place, stage, written, language, short=short)
            package = write_package(stage, place.stem, written, language, short=short)
            tables_of = dict.fromkeys(file for each in written for file in each.files)
            files = [*tables_of, *named, codebook, package]
            new = [folder / file.relative_to(stage) for file in files]
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(
            tr(
                "{folder} cannot be written, and is as it was: {reason}",
                folder=folder,
                reason=reason,
            )
        ) from error
    _remove_earlier_parts(folder, names, set(new))
    return new


def _remove_earlier_parts(folder: Path, names: Sequence[str], new: Collection[Path]) -> None:
    """Remove the parts of an earlier export of the same tables, such as those of other years."""
    for name in names:
        for part in (folder / name).rglob(PART_FILES):
            if part not in new:
                part.unlink()


TableWriter = Callable[
    [DatabaseLocation, Path, Sequence[str], Language, ExportProgress], list[WrittenTable]
]


def _writer(wanted: ExportFormat) -> TableWriter:
    """The writer of a format, whose libraries are imported only when needed."""
    try:
        return _import_writer(wanted)
    except ModuleNotFoundError as error:
        extra = "parquet" if wanted == "parquet" else "publish"
        raise UsageError(
            tr(
                'the format {format} needs {library}: pip install "gongkai[{extra}]"',
                format=wanted,
                library=error.name,
                extra=extra,
            )
        ) from error


def _import_writer(wanted: ExportFormat) -> TableWriter:
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
        case "dta":
            from gongkai.export.stata_files import write_dta

            return write_dta
        case "sav":
            from gongkai.export.spss_files import write_sav

            return write_sav
        case "rds":
            from gongkai.export.r_files import write_rds

            return write_rds
        case "duckdb":
            from gongkai.export.duckdb_file import write_duckdb

            return write_duckdb


def _silent(_table: str, _done: int, _total: int) -> None:
    pass
