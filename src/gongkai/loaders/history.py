"""Reports of one body, year by year, and the checks over them.

The rules are the checks'; this module gives them what they compare, and keeps what they
find with the later report, in place of what was found before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal

import sqlalchemy as sa

from gongkai.loaders import schema
from gongkai.loaders.interning import Interners
from gongkai.loaders.rows import check_rows
from gongkai.model import Check, Key

FIRST = 100_000  # position of the first check over years among a report's checks

Cells = dict[Key, Decimal]
Texts = dict[str, str]
# Gives the checks of a body's report (id, year, cells, texts) against the one before it.
Rule = Callable[[tuple[int, int, Cells, Texts], tuple[int, int, Cells, Texts]], Iterable[Check]]


def write_history(
    connection: sa.Connection,
    interners: Interners,
    run_id: int,
    keys: Collection[Key],
    sections: Collection[str],
    rule: Rule,
) -> int:
    """Check every body of which this run read a report; gives how many checks were kept."""
    return sum(
        check_body(connection, interners, agency_id, keys, sections, rule)
        for agency_id in _bodies_of(connection, run_id)
    )


def check_body(
    connection: sa.Connection,
    interners: Interners,
    agency_id: int,
    keys: Collection[Key],
    sections: Collection[str],
    rule: Rule,
) -> int:
    """Check one body from year to year; gives how many checks were kept."""
    result = schema.check_result
    count = 0
    reports = _reports(connection, agency_id)
    ids = [report_id for report_id, _ in reports]
    connection.execute(
        sa.delete(result).where(result.c.report_id.in_(ids), result.c.position >= FIRST)
    )
    cells = _cells(connection, ids, keys)
    texts = _texts(connection, ids, sections)
    latest = {year: report_id for report_id, year in reports}
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
        rows = check_rows(connection, interners, checks, FIRST)
        if rows:
            own = [{"report_id": report_id, **row} for row in rows]
            connection.execute(sa.insert(result), own)
        count += len(rows)
    return count


def _bodies_of(connection: sa.Connection, run_id: int) -> Iterator[int]:
    """The bodies of the reports of a run; those that are not resolved are several, perhaps."""
    report, source, agencies = schema.report, schema.source, schema.agencies
    yield from connection.scalars(
        sa.select(report.c.agency_id)
        .join_from(report, source)
        .join(agencies, agencies.c.id == report.c.agency_id)
        .where(source.c.run_id == run_id, agencies.c.resolved == 1)
        .distinct()
        .order_by(report.c.agency_id)
    ).all()


def _reports(connection: sa.Connection, agency_id: int) -> list[tuple[int, int]]:
    report = schema.report
    rows = connection.execute(
        sa.select(report.c.id, report.c.year)
        .where(report.c.agency_id == agency_id, report.c.year.is_not(None))
        .order_by(report.c.year, report.c.id)
    )
    return [(row.id, row.year) for row in rows]


def _cells(
    connection: sa.Connection, ids: Collection[int], keys: Collection[Key]
) -> dict[int, Cells]:
    cell, key = schema.cell, schema.field_key
    found: dict[int, Cells] = defaultdict(dict)
    rows = connection.execute(
        sa.select(cell.c.report_id, key.c.table_id, key.c.row_id, key.c.column_id, cell.c.value)
        .join_from(cell, key)
        .where(cell.c.report_id.in_(ids), cell.c.value.is_not(None), cell.c.flagged == 0)
    )
    wanted = frozenset(keys)
    for row in rows:
        name = Key(row.table_id, row.row_id, row.column_id)
        if name in wanted and row.value is not None:
            found[row.report_id].setdefault(name, row.value)
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
