"""Checks between the reports of one agency in consecutive years.

The rules come from the package ``checks``. This module reads the values that they compare,
and stores the results with the later report in place of older results.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.subqueries import is_counted
from gongkai.loaders.dimension_keys import ConnectedKeys, DimensionKeys, insert_columns
from gongkai.loaders.rows import check_rows, to_columns
from gongkai.model import Check, Key

FIRST_HISTORY_POSITION = 100_000  # position of a report's first check between years

Cells = dict[Key, Decimal]
Texts = dict[str, str]
# Checks a report (id, year, cells, texts) against the one of the year before, given first.
YearRule = Callable[[tuple[int, int, Cells, Texts], tuple[int, int, Cells, Texts]], Iterable[Check]]


@dataclass(frozen=True, slots=True)
class HistoryRules:
    """How the reports of one agency are compared from year to year."""

    family: str
    cells: Collection[Key]  # that are compared
    sections: Collection[str]  # whose texts are compared
    rule: YearRule


def check_history(
    connection: sa.Connection, dimensions: DimensionKeys, rules: HistoryRules, agency_id: int
) -> int:
    """Check all consecutive years of an agency in a family; returns the number of checks."""
    count = 0
    delete_checks(connection, rules.family, agency_id, FIRST_HISTORY_POSITION)
    latest = {
        y: report_id for report_id, y in reports_of_agency(connection, rules.family, agency_id)
    }
    neighbours = [i for year, i in latest.items() if {year - 1, year + 1} & latest.keys()]
    if not neighbours:
        return 0
    keys = {dimensions.field(connection, key): key for key in rules.cells}
    cells = _cells(connection, neighbours, keys)
    texts = _texts(connection, neighbours, rules.sections)
    keys_of = ConnectedKeys(connection, dimensions)
    for year, report_id in latest.items():
        before = latest.get(year - 1)
        if before is None:
            continue
        checks = tuple(
            rules.rule(
                (before, year - 1, cells[before], texts[before]),
                (report_id, year, cells[report_id], texts[report_id]),
            )
        )
        count += insert_checks(connection, keys_of, report_id, checks, FIRST_HISTORY_POSITION)
    return count


def delete_checks(
    connection: sa.Connection, family: str, agency_id: int, first_position: int
) -> None:
    """Delete the checks of an agency's reports in a family from a position on."""
    report, result = schema.report, schema.check_result
    own = sa.select(report.c.id).where(report.c.agency_id == agency_id, report.c.family == family)
    connection.execute(
        sa.delete(result).where(result.c.report_id.in_(own), result.c.position >= first_position)
    )


def insert_checks(
    connection: sa.Connection,
    keys_of: ConnectedKeys,
    report_id: int,
    checks: Sequence[Check],
    first_position: int,
) -> int:
    """Store checks of a report from a position on; return their number."""
    rows = check_rows(keys_of, checks, first_position)
    if rows:
        own = to_columns(schema.check_result.name, rows)
        ids = {"report_id": [report_id] * len(rows)}
        insert_columns(connection, schema.check_result, {**ids, **own})
    return len(rows)


def reports_of_agency(
    connection: sa.Connection, family: str, agency_id: int
) -> list[tuple[int, int]]:
    """The id and year of each counted report of an agency in a family, by year."""
    report = schema.report
    rows = connection.execute(
        sa.select(report.c.id, report.c.year)
        .where(
            report.c.agency_id == agency_id,
            report.c.family == family,
            report.c.year.is_not(None),
            is_counted(),
        )
        .order_by(report.c.year)
    )
    return [(row.id, row.year) for row in rows]


def _cells(
    connection: sa.Connection, ids: Collection[int], keys: Mapping[int, Key]
) -> dict[int, Cells]:
    cell = schema.cell
    found: dict[int, Cells] = defaultdict(dict)
    rows = connection.execute(
        sa.select(cell.c.report_id, cell.c.field_id, cell.c.value)
        .where(cell.c.report_id.in_(ids), cell.c.field_id.in_(keys))
        .where(cell.c.value.is_not(None), cell.c.flagged == 0)
        .order_by(cell.c.report_id, cell.c.field_id, cell.c.occurrence)
    )
    for row in rows:
        found[row.report_id].setdefault(keys[row.field_id], row.value)
    return found


def _texts(
    connection: sa.Connection, ids: Collection[int], numbers: Collection[str]
) -> dict[int, Texts]:
    table = schema.sections
    found: dict[int, Texts] = defaultdict(dict)
    for row in connection.execute(
        sa.select(table.c.report_id, table.c.number, table.c.text).where(
            table.c.report_id.in_(ids), table.c.number.in_(numbers)
        )
    ):
        found[row.report_id].setdefault(row.number, row.text)
    return found
