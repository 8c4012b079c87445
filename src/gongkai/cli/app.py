"""The application: global options, and one command per module."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai import __version__
from gongkai.cli.check import check
from gongkai.cli.decisions import decisions
from gongkai.cli.export import export
from gongkai.cli.families import families
from gongkai.cli.fields import fields
from gongkai.cli.ingest import ingest
from gongkai.cli.logs import configure_logging
from gongkai.cli.options import LanguageChoice
from gongkai.cli.proof import proof
from gongkai.cli.query import query
from gongkai.cli.remove import remove
from gongkai.cli.report import report
from gongkai.cli.review import review
from gongkai.cli.search import search
from gongkai.cli.serve import serve
from gongkai.cli.show import show
from gongkai.language import use_language

app = typer.Typer(
    name="gongkai",
    help="Chinese government annual reports on open information, from PDF to a proved, "
    "queryable SQLite database.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    ingest,
    query,
    show,
    search,
    check,
    proof,
    report,
    fields,
    export,
    remove,
    serve,
    review,
):
    app.command()(_command)
app.add_typer(families)
app.add_typer(decisions)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gongkai {__version__}")
        raise typer.Exit


def _speak(language: LanguageChoice | None) -> None:
    if language is not None:
        use_language(language.value)


@app.callback()
def _gongkai(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "-v",
            "--verbose",
            count=True,
            metavar="",
            show_default=False,
            help="Log to the terminal; -vv in detail.",
        ),
    ] = 0,
    log_file: Annotated[
        Path | None,
        typer.Option(
            "--log-file", metavar="FILE", help="Log to a file; with -vv other libraries, too."
        ),
    ] = None,
    _language: Annotated[
        LanguageChoice | None,
        typer.Option(
            "--lang",
            callback=_speak,
            is_eager=True,
            help="Chinese or English; by default GONGKAI_LANG, else the language of the system.",
        ),
    ] = None,
) -> None:
    configure_logging(verbose, log_file)
