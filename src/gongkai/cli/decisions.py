"""`gongkai decisions`: export and import decisions, and the workbook to make them in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption, StoredFamilyOption

decisions = typer.Typer(
    name="decisions",
    help="Exchange decisions on doubtful readings with other people and databases.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

CsvOption = Annotated[
    Path | None, typer.Option("--to", metavar="FILE", help="A CSV file; by default stdout.")
]


@decisions.command("export")
def export_(
    to: CsvOption = None,
    db: DatabaseOption = DEFAULT_DB,
) -> None:
    """Write every decision as CSV: who, when, what was read, what was decided, why.

    A decision names the content of the file and the place of the cell, so that it applies
    in every database that has the file.

    \b
    Example:
      gongkai decisions export --to decisions.csv
    """
    from gongkai.cli.decision_files import export_csv

    export_csv(db, to)


@decisions.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="CSV as exported, filled sheets, or a copy (.jsonl)."),
    ],
    db: DatabaseOption = DEFAULT_DB,
    who: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who filled the sheets; by default the system's user."),
    ] = None,
    family: StoredFamilyOption = None,
) -> None:
    """Add decisions to a database, put them in force, and check their reports again.

    A known decision is not added twice. If two people contradict each other, both decisions are
    kept and shown, and neither is in force until someone decides in `gongkai review`. Rows of a
    sheet that make no sense are named and left out; the exit status is 1 then.

    \b
    Example:
      gongkai decisions import decisions.csv
    """
    from gongkai.cli.decision_files import import_files

    if not import_files(files, db, family, who):
        raise typer.Exit(1)


@decisions.command("rescue")
def rescue_(
    to: CsvOption = None,
    db: DatabaseOption = DEFAULT_DB,
) -> None:
    """Write every decision that can be read of a damaged database, as `export` does.

    Reads the database as far as it goes, and the copy of decisions beside it,
    gongkai.db-decisions.jsonl. Neither is changed. Import the file into a new database.

    \b
    Example:
      gongkai decisions rescue --db gongkai.db --to decisions.csv
    """
    from gongkai.cli.decision_files import rescue_csv

    rescue_csv(db, to)


@decisions.command("sheet")
def sheet_(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The workbook: queue.xlsx.")],
    pdf_root: Annotated[
        Path,
        typer.Option("--pdf-root", metavar="DIR", help="The folder that holds the PDF files."),
    ],
    db: DatabaseOption = DEFAULT_DB,
    most: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 2_000,
    family: StoredFamilyOption = None,
) -> None:
    """Write the review queue as an Excel workbook, with images of the printed cells.

    One row per item, the most valuable first. Choose an answer from the list, write what is
    printed, save, and take it back with `gongkai decisions import`. Files whose pages cannot be
    shown are named and left out; the exit status is 1 then. It needs the extra: pip install
    "gongkai[review]".

    \b
    Example:
      gongkai decisions sheet --to queue.xlsx --pdf-root reports
    """
    from gongkai.cli.decision_files import write_workbook

    if not write_workbook(db, to, pdf_root, most, family):
        raise typer.Exit(1)
