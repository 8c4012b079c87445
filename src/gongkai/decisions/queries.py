"""Reads what was decided about a target, and the state of a report and its checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from gongkai.database import schema, views
from gongkai.database.decision_tables import decision, decision_standing
from gongkai.decisions.queue import QueueItem
from gongkai.decisions.records import Decision, Standing, Target, read_decisions

Connection = sa.Connection  # for packages that do not import SQLAlchemy
# Standings of decisions that still matter to the next person who decides.
_RELEVANT = ("conflict", "changed", "overruled", "in_force")


class ReportState(NamedTuple):
    """The status of a report, and status and cause of each of its checks by id."""

    status: str
    checks: dict[str, tuple[str, str | None]]


class IncompleteReport(NamedTuple):
    """A report that lacks tables or cells of its form."""

    id: int
    agency: str
    year: int | None
    file_name: str
    message: str  # what is missing; one Chinese sentence


def read_incomplete_reports(
    connection: sa.Connection, families: Collection[str]
) -> list[IncompleteReport]:
    """Return the reports of some families that lack tables or cells, in the order of their ids."""
    report, check = views.reports, views.checks
    query = (
        sa.select(report.c.id, report.c.agency, report.c.year, report.c.file_name, check.c.message)
        .join_from(report, check, check.c.report_id == report.c.id)
        .where(
            report.c.family.in_(families),
            check.c.status == "fail",
            check.c.check_id.like("%.complete.cells"),
        )
        .order_by(report.c.id, check.c.check_id)
    )
    return [IncompleteReport(*row) for row in connection.execute(query)]


def read_report_state(connection: sa.Connection, report_id: int) -> ReportState | None:
    """Return the state of a report; None where there is no such report."""
    report, view = schema.report, views.checks
    status = connection.scalar(sa.select(report.c.status).where(report.c.id == report_id))
    if status is None:
        return None
    rows = connection.execute(sa.select(view).where(view.c.report_id == report_id))
    return ReportState(str(status), {row.check_id: (row.status, row.cause) for row in rows})


def file_report_ids(connection: sa.Connection, sha256: str, family: str) -> dict[int, int]:
    """Return the ids of a family's reports in a file by their numbers, in the order of the file."""
    report, source = schema.report, schema.source
    rows = connection.execute(
        sa.select(report.c.number, report.c.id)
        .join(source)
        .where(source.c.sha256 == sha256, report.c.family == family)
        .order_by(report.c.number)
    )
    return {row.number: row.id for row in rows}


def data_version(connection: sa.Connection) -> tuple[int, ...]:
    """Return numbers that change when another process has written to the database.

    A server has no such number: runs, reports and decisions are counted, this process's, too.
    """
    if connection.dialect.name == "sqlite":
        return (int(connection.exec_driver_sql("PRAGMA data_version").scalar() or 0),)
    counts = (
        sa.select(sa.func.coalesce(sa.func.max(column), 0)).scalar_subquery()
        for column in (schema.runs.c.id, schema.report.c.id, decision.c.sequence)
    )
    reports = sa.select(sa.func.count()).select_from(schema.report).scalar_subquery()
    return tuple(connection.execute(sa.select(*counts, reports)).one())


def earlier_decisions(
    connection: sa.Connection, item: QueueItem
) -> Iterator[tuple[Decision, Standing]]:
    """Yield the decisions on an item with their standings, the earliest first.

    Leaves out decisions that were withdrawn or superseded.
    """
    table = decision_standing
    rows = connection.execute(sa.select(table).where(table.c.report_id == item.report_id))
    standings = {row.decision_id: row.standing for row in rows}
    for decision_id, each in read_decisions(
        connection, decision.c.kind == item.decision_kind, decision.c.id.in_(list(standings))
    ):
        same = (each.target.key, each.check_id) == (item.key, item.check_id)
        if same and standings[decision_id] in _RELEVANT:
            yield each, standings[decision_id]


def latest_decision(connection: sa.Connection, who: str, target: Target) -> Decision | None:
    """Return a person's latest decision on a target; None where it is withdrawn or missing."""
    own = _decisions_on(connection, target, decision.c.who == who)
    return own[-1] if own and own[-1].verdict != "withdrawn" else None


def is_known(connection: sa.Connection, decision: Decision) -> bool:
    """Return whether a person's latest decision on a target says the same, on the same reading."""
    latest = latest_decision(connection, decision.who, decision.target)
    same = ("conclusion", "page", "box", "read_state", "read_value", "read_text", "why")
    return latest is not None and all(
        getattr(latest, name) == getattr(decision, name) for name in same
    )


def others_in_force(connection: sa.Connection, who: str, target: Target) -> list[Decision]:
    """Return the decisions of other people on a target that are in force, the earliest first."""
    standing = decision_standing
    in_force = sa.select(standing.c.decision_id).where(standing.c.standing == "in_force")
    return _decisions_on(connection, target, decision.c.who != who, decision.c.id.in_(in_force))


def _decisions_on(connection: sa.Connection, target: Target, *conditions: Any) -> list[Decision]:
    """Return the decisions on a target that meet conditions, the earliest first."""
    candidates = read_decisions(
        connection,
        decision.c.file_sha256 == target.file_sha256,
        decision.c.family == target.family,
        decision.c.report_number == target.report_number,
        decision.c.kind == target.kind,
        *conditions,
    )
    return [each for _, each in candidates if each.target == target]
