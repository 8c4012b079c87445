"""What a desk asks of the database: what was decided on a thing, and how a report stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from gongkai.database import schema, views
from gongkai.database.decision_tables import decision, decision_standing
from gongkai.decisions.queue import Item
from gongkai.decisions.records import Decision, Standing, Target, read

Connection = sa.Connection


class Stand(NamedTuple):
    """A report's status, and the status and cause of each of its checks."""

    status: str
    checks: dict[str, tuple[str, str | None]]


def stand_of(connection: Connection, report_id: int) -> Stand | None:
    """How a report stands; None where there is no such report."""
    report, view = schema.report, views.checks
    status = connection.scalar(sa.select(report.c.status).where(report.c.id == report_id))
    if status is None:
        return None
    rows = connection.execute(sa.select(view).where(view.c.report_id == report_id))
    return Stand(str(status), {row.check_id: (row.status, row.cause) for row in rows})


def data_version(connection: Connection) -> int:
    """A number that changes when another process has written to the database."""
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar() or 0)


def earlier(connection: Connection, item: Item) -> Iterator[tuple[Decision, Standing]]:
    """Decisions on an item with how they stand, those taken back or made anew left out."""
    standing = decision_standing
    rows = connection.execute(sa.select(standing).where(standing.c.report_id == item.report_id))
    how = {row.decision_id: row.standing for row in rows}
    kind = "check" if item.kind == "order" else item.kind
    for decision_id, each in read(
        connection, decision.c.kind == kind, decision.c.id.in_(list(how))
    ):
        same = (each.target.key, each.check_id) == (item.key, item.check_id)
        if same and how[decision_id] in ("conflict", "changed", "overruled", "in_force"):
            yield each, how[decision_id]


def latest_of(connection: Connection, who: str, target: Target) -> Decision | None:
    """A person's decision on a thing that counts; None where there is none."""
    told = read(
        connection,
        decision.c.who == who,
        decision.c.file_sha256 == target.file_sha256,
        decision.c.report_number == target.report_number,
        decision.c.kind == target.kind,
    )
    own = [each for _, each in told if each.target == target]
    return own[-1] if own and own[-1].verdict != "withdrawn" else None
