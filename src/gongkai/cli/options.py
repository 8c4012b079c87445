"""Options that several commands share, and the choices that options offer."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from gongkai.cli import ahead
from gongkai.cli.formats import Encoding, RowFormat

DEFAULT_DB = ahead.DEFAULT_DB


class ExportChoice(StrEnum):
    """What `gongkai export` writes."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    DTA = "dta"
    SAV = "sav"
    RDS = "rds"
    DUCKDB = "duckdb"


class OcrChoice(StrEnum):
    """Which pages `gongkai ingest` reads by OCR."""

    AUTO = "auto"
    NEVER = "never"
    ALWAYS = "always"


class LanguageChoice(StrEnum):
    """Chinese or English, of the messages or of the names of columns."""

    EN = "en"
    ZH = "zh"


def _located(db: str) -> Any:
    from gongkai.database.locations import (
        parse_location,  # loaded late: --version needs no database
    )

    return parse_location(db)


DatabaseOption = Annotated[
    Any,  # a Location
    typer.Option(
        "--db",
        metavar="FILE|URL",
        parser=_located,
        help="The database: a SQLite file, or postgresql://user@host/database.",
    ),
]
StoredFamilyOption = Annotated[
    str | None,
    typer.Option(
        "--family",
        "--pipeline",
        metavar="NAME",
        help="Only reports of this family, or the folder of one that is not built in; by default "
        "of every family in the database.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the rows into a file: .csv (which Excel opens), .json, .md or .txt.",
    ),
]
EncodingOption = Annotated[
    Encoding | None,
    typer.Option(
        "--encoding", help="Of the rows; by default utf-8-sig into a .csv file, else utf-8."
    ),
]
FormatOption = Annotated[
    RowFormat | None,
    typer.Option("--format", help="By default a table on a terminal, CSV into a pipe."),
]
