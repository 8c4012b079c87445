"""Finds cells and checks whose decisions are not in force: in conflict, or out of date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from gongkai.database import decision_tables, schema
from gongkai.decisions.records import KEY_COLUMNS, ORDER, DecisionKind

TargetStanding = Literal["in_force", "conflict", "changed"]
_RANK: Mapping[TargetStanding, int] = {"in_force": 0, "conflict": 1, "changed": 2}

Within = list[int] | sa.Select[tuple[int]]  # ids of reports, or a query for them


class StoredTarget(NamedTuple):
    """What a decision is about: a cell, a check, or a fact of one stored report."""

    report_id: int
    kind: DecisionKind
    # of a cell: table, row, column, occurrence; of a check: its id; otherwise (None,)
    identity: tuple[Any, ...]


def read_target_standings(
    connection: sa.Connection, within: Within
) -> dict[StoredTarget, TargetStanding]:
    """Return the standing of each decided target in some reports.

    Of several decisions on a target the best standing counts: in force, conflict, changed.
    """
    table, standing = decision_tables.decision, decision_tables.decision_standing
    query = (
        sa.select(
            standing.c.report_id,
            standing.c.standing,
            table.c.kind,
            *(table.c[name] for name in KEY_COLUMNS),
            table.c.occurrence,
            table.c.check_id,
        )
        .join_from(standing, table)
        .where(standing.c.standing.in_(list(_RANK)), standing.c.report_id.in_(within))
    )
    standings: dict[StoredTarget, TargetStanding] = {}
    for row in connection.execute(query):
        identity: tuple[Any, ...] = (row.check_id,)
        if row.kind == "cell":
            identity = (row.table_id, row.row_id, row.column_id, row.occurrence)
        target = StoredTarget(row.report_id, row.kind, identity)
        if target not in standings or _RANK[row.standing] < _RANK[standings[target]]:
            standings[target] = row.standing
    return standings


def outdated_cells(
    connection: sa.Connection,
    report_ids: Collection[int],
    standings: Mapping[StoredTarget, TargetStanding],
) -> Iterator[tuple[StoredTarget, TargetStanding]]:
    """Yield the decided cells of some reports whose decisions are not in force.

    The reason is "conflict" (people disagree) or "changed": gongkai now reads the cell
    differently, or a file of the same name has replaced the one that was decided on.
    ``standings`` is the result of read_target_standings.
    """
    outdated = {
        target: standing
        for target, standing in standings.items()
        if standing != "in_force" and target.kind == "cell"
    }
    for target in _cells_of_changed_files(connection, report_ids):
        if target not in standings:
            outdated[target] = "changed"
    for target, standing in outdated.items():
        if _is_stored(connection, target):
            yield target, standing


def _cells_of_changed_files(
    connection: sa.Connection, report_ids: Collection[int]
) -> Iterator[StoredTarget]:
    """Yield the cells that were decided in an earlier file of the same name."""
    verdicts: dict[StoredTarget, str] = {}
    rows = _decisions_on_replaced_files(connection)
    ids_by_source = _report_ids_by_source(connection, {row.source_id for row in rows})
    for row in rows:
        ids = ids_by_source[row.source_id, row.family]
        if row.report_number <= len(ids) and ids[row.report_number - 1] in report_ids:
            identity = (row.table_id, row.row_id, row.column_id, row.occurrence)
            target = StoredTarget(ids[row.report_number - 1], "cell", identity)
            verdicts[target] = row.verdict  # the latest one counts
    yield from (target for target, verdict in verdicts.items() if verdict != "withdrawn")


def _decisions_on_replaced_files(connection: sa.Connection) -> Sequence[Any]:
    """Return decisions on cells of files that are gone, oldest first.

    Each row has the id of the stored file (``source_id``) that now has the same name.
    """
    table, source, path = decision_tables.decision, schema.source, schema.source_path
    replaced = ~sa.exists().where(source.c.sha256 == table.c.file_sha256)
    return connection.execute(
        sa.select(
            table.c.family,
            table.c.report_number,
            table.c.verdict,
            table.c.occurrence,
            *(table.c[name] for name in KEY_COLUMNS),
            path.c.source_id,
        )
        .join_from(table, path, path.c.file_name == table.c.file_name)
        .where(table.c.kind == "cell", replaced)
        .order_by(*ORDER)
    ).all()


def _report_ids_by_source(
    connection: sa.Connection, sources: Collection[int]
) -> Mapping[tuple[int, str], list[int]]:
    """Return the ids of the reports of each source and family."""
    ids: dict[tuple[int, str], list[int]] = defaultdict(list)
    if not sources:
        return ids
    report = schema.report
    for row in connection.execute(
        sa.select(report.c.id, report.c.source_id, report.c.family)
        .where(report.c.source_id.in_(sources))
        .order_by(report.c.id)
    ):
        ids[row.source_id, row.family].append(row.id)
    return ids


def _is_stored(connection: sa.Connection, target: StoredTarget) -> bool:
    """Return whether the database still has the cell."""
    cell, key = schema.cell, schema.field_key
    *parts, occurrence = target.identity
    same = [key.c[name] == part for name, part in zip(KEY_COLUMNS, parts, strict=True)]
    query = (
        sa.select(cell.c.report_id)
        .join_from(cell, key)
        .where(cell.c.report_id == target.report_id, cell.c.occurrence == occurrence, *same)
    )
    return connection.scalar(query) is not None
