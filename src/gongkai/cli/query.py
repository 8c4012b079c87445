"""`gongkai query`: one SQL statement, answered as rows."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.cli.formats import RowFormat, Target, write_rows
from gongkai.cli.options import (
    DEFAULT_DB,
    DatabaseOption,
    EncodingOption,
    FormatOption,
    OutputOption,
)
from gongkai.cli.streams import say


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT statement.")],
    db: DatabaseOption = DEFAULT_DB,
    form: FormatOption = None,
    output: OutputOption = None,
    encoding: EncodingOption = None,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds the query may take.")] = 60.0,
    max_rows: Annotated[
        int | None,
        typer.Option(
            min=1, help="Most rows; by default 10,000 of a table, a million of other formats."
        ),
    ] = None,
) -> None:
    """Query the database in SQL. It is opened read-only.

    \b
    Examples:
      gongkai query "SELECT agency, year, status FROM reports"
      gongkai query "SELECT * FROM checks WHERE status = 'fail'" --format json
    """
    from itertools import chain

    from gongkai.queries.sql import query as run_query

    target = Target(form, output, encoding)
    usual = 10_000 if target.chosen_form is RowFormat.TABLE else 1_000_000
    with run_query(db, sql, timeout=timeout, max_rows=max_rows or usual) as result:
        first = next(result.rows, None)
        rows = iter(()) if first is None else chain([first], result.rows)
        write_rows(result.columns, rows, target)
    if first is None:
        from gongkai.queries.known_names import unknown_values

        for line in unknown_values(db, sql):
            say(line)
