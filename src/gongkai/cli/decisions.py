"""`gongkai decisions`: what people decided, out of a database and into another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.app import BUILT_IN, DEFAULT_DB, Database, Pipeline

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
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files, as exported.")],
    db: Database = DEFAULT_DB,
    pipeline: Pipeline = BUILT_IN,
) -> None:
    """Add decisions to a database, put them in force, and check their reports again.

    What is known already is not added twice. Where people decided contrary things, both are
    kept and shown, and none is in force until someone settles it in `gongkai review`.

    \b
    Example:
      gongkai decisions import decisions.csv
    """
    from gongkai.cli.deciding import take

    take(files, db, pipeline)
