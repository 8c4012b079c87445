"""`gongkai families`: the families of reports that gongkai can read, and drafts of new ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.formats import Target, write_rows
from gongkai.cli.options import (
    DEFAULT_DB,
    DatabaseOption,
    EncodingOption,
    FormatOption,
    OutputOption,
)
from gongkai.language import tr

families = typer.Typer(
    name="families",
    invoke_without_command=True,
    rich_markup_mode=None,
)
SamplesArgument = Annotated[
    list[Path], typer.Argument(metavar="SAMPLES", help="PDF files, or folders with some.")
]


@families.callback()
def list_(
    context: typer.Context,
    db: DatabaseOption = DEFAULT_DB,
    form: FormatOption = None,
    output: OutputOption = None,
    encoding: EncodingOption = None,
) -> None:
    """List the families of reports, draft a new one from samples, check a draft.

    Without a command, lists the families with their forms, and the reports of each in a database.

    \b
    Examples:
      gongkai families
      gongkai families --db gongkai.db --format csv
      gongkai families draft samples/*.pdf --to my-family
      gongkai families check my-family samples/
    """
    if context.invoked_subcommand is not None:
        return
    from dataclasses import astuple
    from dataclasses import fields as columns_of

    from gongkai.families.folders import built_in_families
    from gongkai.families.load import load_family
    from gongkai.queries.families import FamilyOverview, family_overviews

    installed = [load_family(name) for name in built_in_families()]
    no_database = str(db) == DEFAULT_DB and not Path(DEFAULT_DB).exists()
    rows = family_overviews(installed, None if no_database else db)
    write_rows(
        [column.name for column in columns_of(FamilyOverview)],
        map(astuple, rows),
        Target(form, output, encoding),
    )


@families.command()
def draft(
    samples: SamplesArgument,
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help="The folder of the new family.")
    ],
    update: Annotated[
        bool, typer.Option("--update", help="Keep what a person has changed in the folder.")
    ] = False,
) -> None:
    """Draft the folder of a new family from a few sample files.

    Finds the tables that recur, their labels, units and value types, how reports are titled, and
    the sums that the numbers obey, each with its evidence. Four or more samples with few zeros are
    best; one will do. A person finishes the draft by renaming and by accepting sums.

    \b
    Examples:
      gongkai families draft samples/*.pdf --to my-family
      gongkai families draft samples/*.pdf more.pdf --to my-family --update
      gongkai ingest reports/ --family my-family
    """
    from gongkai.cli.draft_output import print_draft
    from gongkai.cli.progress import progress_indicator
    from gongkai.drafting.draft import draft_family, write_draft
    from gongkai.drafting.folder import write_folder
    from gongkai.drafting.page import PAGE, draft_page

    with progress_indicator() as progress:
        drafted = draft_family(_files(samples), to.name, progress)
    write_draft(drafted, to, update=update)
    write_folder(to, {PAGE: draft_page(drafted)})
    print_draft(drafted, to)


@families.command("check")
def check_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of a family.")],
    samples: SamplesArgument,
) -> None:
    """Say how far the folder of a family is: what it reads of samples, and what to do next.

    The exit status is 0 if the family is usable: it names nearly all cells of each sample, and
    none of its sums fails in several.

    \b
    Example:
      gongkai families check my-family samples/
    """
    from gongkai.cli.draft_output import print_state
    from gongkai.cli.progress import progress_indicator
    from gongkai.drafting.check import check_family

    with progress_indicator() as progress:
        state = check_family(folder, _files(samples), progress)
    print_state(state)
    if not state.is_usable:
        raise typer.Exit(1)


def _files(samples: list[Path]) -> list[Path]:
    """The sample files; those of a folder by name."""
    from gongkai.errors import UsageError
    from gongkai.ingestion.sources import pdfs_below

    found: list[Path] = []
    for path in samples:
        if not path.exists():
            raise UsageError(tr("{path}: no such file or folder", path=path))
        found += sorted(pdfs_below(path)) if path.is_dir() else [path]
    return found
