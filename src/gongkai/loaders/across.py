"""Checks between reports of two families about one body and year; replaces older results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

import sqlalchemy as sa

from gongkai.checks.across import AcrossChecks
from gongkai.database import schema
from gongkai.database.codes import STATES
from gongkai.database.subqueries import value_in_unit
from gongkai.loaders.dimension_keys import ConnectedKeys, DimensionKeys
from gongkai.loaders.history import delete_checks, insert_checks, reports_of_agency
from gongkai.model import Key

FIRST_ACROSS_POSITION = 200_000  # position of a report's first check against another family
_READ = [STATES[state] for state in ("number", "blank", "mark")]


def check_across(
    connection: sa.Connection, dimensions: DimensionKeys, checks: AcrossChecks, agency_id: int
) -> int:
    """Compare all reports of an agency with its reports of other families, year by year.

    Returns the number of checks stored.
    """
    delete_checks(connection, checks.family, agency_id, FIRST_ACROSS_POSITION)
    reports = reports_of_agency(connection, checks.family, agency_id)
    if not reports:
        return 0
    cells = _cells(connection, dimensions, [report_id for report_id, _ in reports], checks.cells)
    others: dict[int, dict[str, dict[Key, Decimal | None]]] = defaultdict(dict)  # by year
    for family, keys in checks.other_cells.items():
        of_year = {y: i for i, y in reports_of_agency(connection, family, agency_id)}
        found = _cells(connection, dimensions, of_year.values(), keys)
        for year, report_id in of_year.items():
            others[year][family] = found[report_id]
    count = 0
    keys_of = ConnectedKeys(connection, dimensions)
    for report_id, year in reports:
        compared = tuple(checks.compare(cells[report_id], others[year]))
        count += insert_checks(connection, keys_of, report_id, compared, FIRST_ACROSS_POSITION)
    return count


def _cells(
    connection: sa.Connection,
    dimensions: DimensionKeys,
    ids: Collection[int],
    keys: Collection[Key],
) -> dict[int, dict[Key, Decimal | None]]:
    """The number of each printed cell, None without one; cells in doubt are left out."""
    cell = schema.cell
    names = {dimensions.field(connection, key): key for key in keys}
    query = sa.select(cell.c.report_id, cell.c.field_id, value_in_unit().label("value")).where(
        cell.c.report_id.in_(ids),
        cell.c.field_id.in_(names),
        cell.c.occurrence == 1,
        cell.c.flagged == 0,
        cell.c.state.in_(_READ),
    )
    found: dict[int, dict[Key, Decimal | None]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.report_id][names[row.field_id]] = row.value
    return found
