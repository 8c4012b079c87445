"""A decision as it is made: with what the machine reads and where, as the database has it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gongkai.database import decision_tables, schema, views
from gongkai.database.codes import decimal_text
from gongkai.decisions.apply import basis_of, reports_of
from gongkai.decisions.records import Decision, Target, Verdict, now
from gongkai.errors import UsageError
from gongkai.queries.report_loader import read_stored

_PLACE = ("page", "x0", "top", "x1", "bottom")


def draft(
    connection: sa.Connection,
    target: Target,
    *,
    who: str,
    verdict: Verdict,
    state: str | None = None,
    value: str | None = None,
    text: str | None = None,
    why: str | None = None,
) -> Decision:
    """A decision on what the target is now. One made where others contradict each other
    settles them. Raises UsageError where the database has no such thing.
    """
    report_id = report_of(connection, target)
    view = views.reports
    head = connection.execute(sa.select(view).where(view.c.id == report_id)).one()
    basis = _basis(connection, report_id, target, head)
    if verdict == "accepted" and target.kind == "cell":
        state, value = basis["read_state"], basis["read_value"]
    key = target.key
    return Decision(
        who=who,
        at=now(),
        file_sha256=target.file_sha256,
        file_name=head.file_name,
        report_number=target.report_number,
        kind=target.kind,
        table_id=key.table if key else None,
        row_id=key.row if key else None,
        column_id=key.column if key else None,
        occurrence=target.occurrence,
        check_id=target.check_id,
        verdict=verdict,
        state=state,
        value=value,
        text=text or None,
        why=why or None,
        overrules=verdict != "withdrawn" and _contradicted(connection, report_id, target),
        **basis,
    )


def report_of(connection: sa.Connection, target: Target) -> int:
    """The report that a target is about. Raises UsageError where it is not here."""
    ids = reports_of(connection, target.file_sha256)
    if not 1 <= target.report_number <= len(ids):
        raise UsageError("the report is not in this database any more: begin again")
    return ids[target.report_number - 1]


def target_of(connection: sa.Connection, report_id: int, **what: Any) -> Target:
    """What is decided on, of a report by its id; ``what`` as the fields of Target."""
    report, source = schema.report, schema.source
    sha256 = connection.scalar(
        sa.select(source.c.sha256).join(report).where(report.c.id == report_id)
    )
    if sha256 is None:
        raise UsageError(f"no report {report_id} of a known file")
    return Target(sha256, reports_of(connection, sha256).index(report_id) + 1, **what)


def _basis(connection: sa.Connection, report_id: int, target: Target, head: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys((*_PLACE, "read_state", "read_value", "read_text"))
    match target.kind:
        case "cell":
            return _cell(connection, report_id, target)
        case "check":
            report = read_stored(connection, report_id).report
            for check in report.checks:
                if check.check_id == target.check_id:
                    return nothing | {"read_text": basis_of(check)}
            raise UsageError(f"the report has no check {target.check_id}")
        case "agency":
            return nothing | {"read_text": _printed_agency(connection, report_id, head) or None}
        case "year":
            return nothing | {"read_text": head.title or None}


def _printed_agency(connection: sa.Connection, report_id: int, head: Any) -> str:
    kept = decision_tables.machine_report
    found = connection.scalar(sa.select(kept.c.agency).where(kept.c.report_id == report_id))
    return str(head.agency if found is None else found)


def _cell(connection: sa.Connection, report_id: int, target: Target) -> dict[str, Any]:
    view = views.observations
    assert target.key is not None
    row = connection.execute(
        sa.select(view).where(
            view.c.report_id == report_id,
            view.c.table_id == target.key.table,
            view.c.row_id == target.key.row,
            view.c.column_id == target.key.column,
            view.c.occurrence == (target.occurrence or 1),
        )
    ).one_or_none()
    if row is None:
        raise UsageError(f"the report has no cell {target.key}")
    if row.machine_state is not None:
        read = (row.machine_state, row.machine_value, row.machine_raw_text)
        value = None if read[1] is None else decimal_text(read[1])
    else:
        read = (row.state, row.value, row.raw_text)
        value = row.value_text
    place = {name: getattr(row, name) for name in _PLACE}
    for side in _PLACE[1:]:
        place[side] = None if place[side] is None else float(place[side])
    return {**place, "read_state": read[0], "read_value": value, "read_text": read[2] or None}


def _contradicted(connection: sa.Connection, report_id: int, target: Target) -> bool:
    """Do others' decisions on the same contradict each other?"""
    table, standing = decision_tables.decision, decision_tables.decision_standing
    same = [table.c.kind == target.kind]
    if target.key is not None:
        names = ("table_id", "row_id", "column_id")
        same += [table.c[name] == part for name, part in zip(names, target.key, strict=True)]
    if target.check_id is not None:
        same.append(table.c.check_id == target.check_id)
    query = (
        sa.select(table.c.id)
        .join(standing)
        .where(standing.c.report_id == report_id, standing.c.standing == "conflict", *same)
        .limit(1)
    )
    return connection.scalar(query) is not None
