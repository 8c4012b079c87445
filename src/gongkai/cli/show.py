"""`gongkai show`: one report for reading."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption


def show(
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="An id, an agency, or agency and year.")
    ],
    db: DatabaseOption = DEFAULT_DB,
    full: Annotated[bool, typer.Option("--full", help="The whole text of each section.")] = False,
) -> None:
    """Show one report: its text, tables, failed checks and problems.

    \b
    Examples:
      gongkai show 1
      gongkai show "吴忠市公安局 2019" --full
    """
    from gongkai.cli.show_output import print_report
    from gongkai.queries import report_loader

    print_report(report_loader.show(db, report), full=full)
