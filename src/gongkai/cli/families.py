"""`gongkai families`: the families of reports that gongkai can read."""

from __future__ import annotations

from pathlib import Path

from gongkai.cli.formats import write_rows
from gongkai.cli.options import DEFAULT_DB, DatabaseOption, FormatOption


def families(db: DatabaseOption = DEFAULT_DB, output: FormatOption = None) -> None:
    """List the families of reports, with their forms and the reports of each in a database.

    \b
    Examples:
      gongkai families
      gongkai families --db gongkai.db --format csv
    """
    from dataclasses import astuple
    from dataclasses import fields as columns_of

    from gongkai.families.folders import built_in_families
    from gongkai.families.load import load_family
    from gongkai.queries.families import FamilyOverview, family_overviews

    installed = [load_family(name) for name in built_in_families()]
    no_database = str(db) == DEFAULT_DB and not Path(DEFAULT_DB).exists()
    rows = family_overviews(installed, None if no_database else db)
    write_rows([column.name for column in columns_of(FamilyOverview)], map(astuple, rows), output)
