"""`gongkai decisions`: what people decided, out of a database and into another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.app import BUILT_IN, DEFAULT_DB, Database, Family

decisions = typer.Typer(
    name="decisions",
    help="What people decided about doubtful readings: to and from other people and databases.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@decisions.command("export")
def export_(
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="A CSV file; by default stdout.")
    ] = None,
    db: Database = DEFAULT_DB,
) -> None:
    """Write every decision as CSV: who, when, what was read, what was decided, why.

    Decisions are tied to the content of the file and the place of the cell, so that they
    hold in every database that has the file.

    \b
    Example:
      gongkai decisions export --to decisions.csv
    """
    from gongkai.cli.deciding import export

    export(db, to)


@decisions.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV as exported, or filled sheets.")
    ],
    db: Database = DEFAULT_DB,
    who: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who filled the sheets; by default the system's user."),
    ] = None,
    pipeline: Family = BUILT_IN,
) -> None:
    """Add decisions to a database, put them in force, and check their reports again.

    What is known already is not added twice. Where people decided contrary things, both are
    kept and shown, and none is in force until someone settles it in `gongkai review`.

    \b
    Example:
      gongkai decisions import decisions.csv
    """
    from gongkai.cli.deciding import take

    take(files, db, pipeline, who)


@decisions.command("sheet")
def sheet_(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The workbook: queue.xlsx.")],
    pdf_root: Annotated[
        Path,
        typer.Option("--pdf-root", metavar="DIR", help="The folder that holds the PDF files."),
    ],
    db: Database = DEFAULT_DB,
    most: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 2_000,
    pipeline: Family = BUILT_IN,
) -> None:
    """Write what waits for a person as an Excel workbook, with pictures of the print.

    A row an item, the most valuable first. Fill the columns 核定, 印的是 and 理由, save, and
    take it back with `gongkai decisions import`. It needs the extra: pip install
    "gongkai[review]".

    \b
    Example:
      gongkai decisions sheet --to queue.xlsx --pdf-root reports
    """
    from gongkai.cli.deciding import write

    write(db, to, pdf_root, most, pipeline)
