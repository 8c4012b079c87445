"""`gongkai check`: failed checks, doubtful cells and problems, for reading or as rows."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.cli.formats import RowFormat, Target, write_rows
from gongkai.cli.options import DEFAULT_DB, DatabaseOption, EncodingOption, OutputOption

_STATS_COLUMNS = ("run", "reader", "table_id", "outcome", "reports")


def check(
    report: Annotated[
        str | None, typer.Argument(metavar="REPORT", help="Only this one, as for show.")
    ] = None,
    db: DatabaseOption = DEFAULT_DB,
    form: Annotated[
        RowFormat | None, typer.Option("--format", help="Rows instead of a list for reading.")
    ] = None,
    output: OutputOption = None,
    encoding: EncodingOption = None,
    stats: Annotated[
        bool, typer.Option("--stats", help="How often each further reader was asked.")
    ] = False,
) -> None:
    """List failed checks, doubtful cells and problems, with page and place.

    Places are boxes (x0, top, x1, bottom) in PDF points from the page's top left corner.
    With --stats: which further readers were asked, for which table, and with what outcome.

    \b
    Examples:
      gongkai check
      gongkai check "洪泽区 2023" --format csv
      gongkai check --stats
    """
    from gongkai.cli.check_output import print_findings
    from gongkai.queries import findings

    target = Target(form, output, encoding)
    if stats:
        write_rows(_STATS_COLUMNS, findings.fallback_stats(db), target)
    else:
        print_findings(findings.check(db, report), target)
