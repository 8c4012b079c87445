"""Checks between the reports of one agency in consecutive years.

The rules come from the package ``checks``. This module reads the values that they compare,
and stores the results with the later report in place of older results.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.subqueries import is_main
from gongkai.loaders.dimension_keys import ConnectedKeys, DimensionKeys, insert_columns
from gongkai.loaders.rows import check_rows, to_columns
from gongkai.model import Check, Key

_BATCH = 200  # agencies checked in one transaction
FIRST_HISTORY_POSITION = 100_000  # position of a report's first check between years

Cells = dict[Key, Decimal]
Texts = dict[str, str]
# Checks a report (id, year, cells, texts) against the one of the year before, given first.
YearRule = Callable[[tuple[int, int, Cells, Texts], tuple[int, int, Cells, Texts]], Iterable[Check]]


def check_due_agencies(
    connection: sa.Connection,
    dimensions: DimensionKeys,
    family: str,
    keys: Collection[Key],
    sections: Collection[str],
    rule: YearRule,
) -> tuple[int, bool]:
    """Check the next agencies that have new reports of a family.

    Returns the number of checks stored, and whether further agencies are due. The batch is
    small, so that no transaction locks a large database for minutes. Agencies stay due until
    they are checked: the next run makes up for an interrupted one.
    """
    due = schema.history_due
    agency_ids = _due_agencies(connection, family, _BATCH)
    count = sum(
        check_agency(connection, dimensions, family, agency_id, keys, sections, rule)
        for agency_id in agency_ids
    )
    more = len(agency_ids) == _BATCH
    done = sa.delete(due).where(due.c.family == family)
    connection.execute(done.where(due.c.agency_id.in_(agency_ids)) if more else done)
    return count, more


def check_agency(
    connection: sa.Connection,
    dimensions: DimensionKeys,
    family: str,
    agency_id: int,
    keys: Collection[Key],
    sections: Collection[str],
    rule: YearRule,
) -> int:
    """Check all consecutive years of an agency in a family; returns the number of checks."""
    result = schema.check_result
    count = 0
    reports = _reports(connection, family, agency_id)
    ids = [report_id for report_id, _ in reports]
    connection.execute(
        sa.delete(result).where(
            result.c.report_id.in_(ids), result.c.position >= FIRST_HISTORY_POSITION
        )
    )
    latest = {year: report_id for report_id, year in reports}
    neighbours = [i for year, i in latest.items() if {year - 1, year + 1} & latest.keys()]
    if not neighbours:
        return 0
    cells = _cells(connection, neighbours, {dimensions.field(connection, key): key for key in keys})
    texts = _texts(connection, neighbours, sections)
    for year, report_id in latest.items():
        before = latest.get(year - 1)
        if before is None:
            continue
        checks = tuple(
            rule(
                (before, year - 1, cells[before], texts[before]),
                (report_id, year, cells[report_id], texts[report_id]),
            )
        )
        rows = check_rows(ConnectedKeys(connection, dimensions), checks, FIRST_HISTORY_POSITION)
        if rows:
            own = to_columns(result.name, rows)
            insert_columns(connection, result, {"report_id": [report_id] * len(rows), **own})
        count += len(rows)
    return count


# An agency may be listed twice: looking for duplicates takes longer the more are listed.
_MARK_DUE = sa.insert(schema.history_due).from_select(
    ["agency_id", "family"],
    sa.select(schema.report.c.agency_id, schema.report.c.family)
    .where(schema.report.c.source_id == sa.bindparam("source_id"))
    .where(schema.report.c.agency_id.is_not(None))
    .distinct(),
)


def mark_due(connection: sa.Connection, source_id: int) -> None:
    """Mark the agencies of a file's reports as due for checks between years."""
    connection.execute(_MARK_DUE, {"source_id": source_id})


def _due_agencies(connection: sa.Connection, family: str, most: int) -> list[int]:
    """Agencies that are due. Leaves out unresolved names, which may mean several agencies."""
    due, agencies = schema.history_due, schema.agencies
    return list(
        connection.scalars(
            sa.select(due.c.agency_id)
            .join(agencies, agencies.c.id == due.c.agency_id)
            .where(agencies.c.resolved == 1, due.c.family == family)
            .distinct()
            .order_by(due.c.agency_id)
            .limit(most)
        )
    )


def _reports(connection: sa.Connection, family: str, agency_id: int) -> list[tuple[int, int]]:
    report = schema.report
    rows = connection.execute(
        sa.select(report.c.id, report.c.year)
        .where(
            report.c.agency_id == agency_id,
            report.c.family == family,
            report.c.year.is_not(None),
            is_main(),
        )
        .order_by(report.c.year, report.c.id)
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
