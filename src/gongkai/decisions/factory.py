"""Makes a decision from a person's answer, with the machine's reading that it rests on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gongkai.database import decision_tables, schema, views
from gongkai.decisions.answers import Answer
from gongkai.decisions.basis import machine_text, read_basis
from gongkai.decisions.queries import file_report_ids
from gongkai.decisions.records import KEY_COLUMNS, Decision, Target, utc_now
from gongkai.errors import UsageError
from gongkai.language import tr


def make_decision(connection: sa.Connection, target: Target, answer: Answer) -> Decision:
    """Return the decision that an answer makes about a target.

    Where others' decisions on the target are in conflict, or the answer says so, the new one
    overrules them. Raises UsageError where the database does not have the target.
    """
    report_id = find_report_id(connection, target)
    basis = read_basis(connection, report_id, target, answer.place)
    state, value, text = answer.state, answer.value, answer.text
    if answer.verdict == "accepted" and target.kind == "cell":
        state, value = basis["read_state"], basis["read_value"]
        if state == "text":
            text = machine_text(connection, report_id, target)
    overrules = answer.overrules or _is_in_conflict(connection, report_id, target)
    key = target.key
    return Decision(
        who=answer.who,
        at=utc_now(),
        file_sha256=target.file_sha256,
        file_name=_file_name(connection, report_id),
        family=target.family,
        report_number=target.report_number,
        kind=target.kind,
        table_id=key.table if key else None,
        row_id=key.row if key else None,
        column_id=key.column if key else None,
        occurrence=target.occurrence,
        check_id=target.check_id,
        verdict=answer.verdict,
        state=state,
        value=value,
        text=text or None,
        why=answer.why or None,
        overrules=answer.verdict != "withdrawn" and overrules,
        **basis,
    )


def find_report_id(connection: sa.Connection, target: Target) -> int:
    """Return the id of the report of a target. Raises UsageError where it is not stored."""
    ids = file_report_ids(connection, target.file_sha256, target.family)
    if target.report_number not in ids:
        raise UsageError(tr("the report is not in this database any more: begin again"))
    return ids[target.report_number]


def find_target(connection: sa.Connection, report_id: int, **fields: Any) -> Target:
    """Return a target in the report of this id. ``fields`` are the other fields of Target."""
    report, source = schema.report, schema.source
    row = connection.execute(
        sa.select(source.c.sha256, report.c.family, report.c.number)
        .join_from(source, report)
        .where(report.c.id == report_id, source.c.sha256.is_not(None))
    ).one_or_none()
    if row is None:
        raise UsageError(tr("no report {report_id} of a known file", report_id=report_id))
    return Target(row.sha256, row.family, row.number, **fields)


def _file_name(connection: sa.Connection, report_id: int) -> str:
    report = views.reports
    name = connection.scalar(sa.select(report.c.file_name).where(report.c.id == report_id))
    return str(name)


def _is_in_conflict(connection: sa.Connection, report_id: int, target: Target) -> bool:
    """Return whether the decisions on a target are in conflict."""
    table, standing = decision_tables.decision, decision_tables.decision_standing
    same = [table.c.kind == target.kind]
    if target.key is not None:
        same += [table.c[name] == part for name, part in zip(KEY_COLUMNS, target.key, strict=True)]
    if target.check_id is not None:
        same.append(table.c.check_id == target.check_id)
    query = (
        sa.select(table.c.id)
        .join(standing)
        .where(standing.c.report_id == report_id, standing.c.standing == "conflict", *same)
        .limit(1)
    )
    return connection.scalar(query) is not None
