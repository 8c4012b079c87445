"""`gongkai export`: the database as files for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption, ExportChoice, LanguageChoice
from gongkai.cli.progress import progress_indicator
from gongkai.cli.streams import print_safely, say
from gongkai.language import current_language, tr


def export(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to write into.")],
    db: DatabaseOption = DEFAULT_DB,
    output: Annotated[
        ExportChoice,
        typer.Option(
            "--format",
            help="Of the files; sav, rds and duckdb need the extra `publish`, parquet `parquet`.",
        ),
    ] = ExportChoice.CSV,
    tables: Annotated[
        list[str] | None,
        typer.Option("--table", metavar="NAME", help="Only this table or view; may be repeated."),
    ] = None,
    language: Annotated[
        LanguageChoice | None,
        typer.Option(
            help="Of the names of columns and sheets, and of the codebook; by default English, "
            "of a workbook that of the command.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the database as files for spreadsheets, Stata, SPSS, R and other databases.

    Every table that people read, with a codebook.html that describes each column, and a
    datapackage.json that programs read. CSV opens in Excel with Chinese intact; a workbook has
    one sheet per table; Parquet has one folder per year; DuckDB is one file. Stata (dta), SPSS
    (sav) and R (rds) get one file per table with Chinese labels, and names.csv with the names of
    the variables, which have at most 32 characters.

    \b
    Examples:
      gongkai export --to out --format xlsx
      gongkai export --to out --format dta --table panel
      gongkai export --to out --table 面板 --table observations
    """
    from gongkai.export import export as export_files

    own = current_language() if output is ExportChoice.XLSX else "en"
    with progress_indicator() as progress:
        files = export_files(
            db,
            to,
            output.value,
            tables=tables,
            language=language.value if language else own,
            progress=progress,
        )
    for file in files:
        print_safely(str(file))
    size = sum(file.stat().st_size for file in files) / 1e6
    say(
        tr(
            "{count} {count:|file|files}, {size:.1f} MB in {folder}",
            count=len(files),
            size=size,
            folder=to,
        )
    )
