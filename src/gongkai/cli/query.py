"""`gongkai query`: one SQL statement, answered as rows."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.cli.formats import write_rows
from gongkai.cli.options import DEFAULT_DB, DatabaseOption, FormatOption


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT statement.")],
    db: DatabaseOption = DEFAULT_DB,
    output: FormatOption = None,
) -> None:
    """Query the database in SQL. It is opened read-only.

    \b
    Examples:
      gongkai query "SELECT agency, year, status FROM reports"
      gongkai query "SELECT * FROM checks WHERE status = 'fail'" --format json
    """
    from gongkai.queries.sql import query as run_query

    with run_query(db, sql) as result:
        write_rows(result.columns, result.rows, output)
