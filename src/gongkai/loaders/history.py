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
from gongkai.loaders.interning import Bound, Interners, insert_rows
from gongkai.loaders.rows import COLUMNS, check_rows
from gongkai.model import Check, Key

FIRST = 100_000  # position of the first check over years among a report's checks

Cells = dict[Key, Decimal]
Texts = dict[str, str]
# Gives the checks of a body's report (id, year, cells, texts) against the one before it.
Rule = Callable[[tuple[int, int, Cells, Texts], tuple[int, int, Cells, Texts]], Iterable[Check]]


def write_history(
    connection: sa.Connection,
    interners: Interners,
    keys: Collection[Key],
    sections: Collection[str],
    rule: Rule,
) -> int:
    """Check every body that has new reports; gives how many checks were kept.

    New since the last run that came to its end: what a broken run left is made good.
    """
    count = sum(
        check_body(connection, interners, agency_id, keys, sections, rule)
        for agency_id in _bodies_due(connection)
    )
    connection.execute(sa.delete(schema.history_due))
    return count


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
        rows = check_rows(Bound(connection, interners), checks, FIRST)
        own = [(report_id, *row) for row in rows]
        insert_rows(connection, result, ("report_id", *COLUMNS[result.name]), own)
        count += len(rows)
    return count


# A body may be noted several times: to look whether it is would take longer, the more there are.
_NOTE_DUE = sa.insert(schema.history_due).from_select(
    ["agency_id"],
    sa.select(schema.report.c.agency_id)
    .where(schema.report.c.source_id == sa.bindparam("source_id"))
    .where(schema.report.c.agency_id.is_not(None))
    .distinct(),
)


def note_due(connection: sa.Connection, source_id: int) -> None:
    """Keep in mind that the bodies of a file's reports have something new."""
    connection.execute(_NOTE_DUE, {"source_id": source_id})


def _bodies_due(connection: sa.Connection) -> Iterator[int]:
    """Bodies with new reports; those that are not resolved are several, perhaps."""
    due, agencies = schema.history_due, schema.agencies
    yield from connection.scalars(
        sa.select(due.c.agency_id)
        .join(agencies, agencies.c.id == due.c.agency_id)
        .where(agencies.c.resolved == 1)
        .distinct()
        .order_by(due.c.agency_id)
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
