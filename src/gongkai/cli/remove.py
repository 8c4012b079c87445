"""`gongkai remove`: take reports out of the database."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption
from gongkai.cli.streams import say
from gongkai.language import tr


def remove(
    reports: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REPORT]...", help="Reports: an id, an agency, or agency and year."
        ),
    ] = None,
    db: DatabaseOption = DEFAULT_DB,
    file: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A file: its path, its name, or its SHA-256."),
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="All files that do not exist any more.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what would be removed.")
    ] = False,
) -> None:
    """Remove reports from the database. Decisions of people stay, and return with the file.

    Prints each report that goes. A report returns when its file is ingested again.

    \b
    Examples:
      gongkai remove --missing --dry-run
      gongkai remove "吴忠市公安局 2019"
      gongkai remove --file reports/2019.pdf
    """
    from gongkai.errors import UsageError
    from gongkai.families.titles import family_title
    from gongkai.ingestion.remove import remove as remove_from
    from gongkai.render.sanitize import escape_line

    if not (reports or file or missing):
        raise UsageError(tr("nothing to remove: name a report, --file, or --missing"))
    removal = remove_from(
        db, reports=reports or (), files=file or (), missing=missing, dry_run=dry_run
    )
    for each in removal.reports:
        words = [
            str(each.id),
            each.agency,
            str(each.year or "?"),
            family_title(each.family),
            each.file,
        ]
        if each.decisions:
            words.append(tr("{count} {count:|decision|decisions} kept", count=each.decisions))
        typer.echo(escape_line("  ".join(words)))
    for path in sorted({*map(str, removal.files)} - {each.file for each in removal.reports}):
        typer.echo(escape_line(path))
    counts = {"reports": len(removal.reports), "files": len(removal.files)}
    if dry_run:
        say(
            tr(
                "{reports} {reports:|report|reports} and {files} {files:|file|files} would be "
                "removed",
                **counts,
            )
        )
    else:
        say(
            tr(
                "{reports} {reports:|report|reports} and {files} {files:|file|files} removed",
                **counts,
            )
        )
