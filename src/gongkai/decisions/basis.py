"""What a decision rests on: the machine's reading of its target at the time it was made.

A decision records this basis. It is in force only as long as the machine still reads the same.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gongkai.database import decision_tables, views
from gongkai.database.codes import STATES, decimal_text, sqlite_number
from gongkai.decisions.answers import Place
from gongkai.decisions.records import Decision, Target
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.model import Box, Check
from gongkai.queries.report_loader import load_report

_PLACE = ("page", "x0", "top", "x1", "bottom")
_BASIS = (*_PLACE, "read_state", "read_value", "read_text")


def read_basis(
    connection: sa.Connection, report_id: int, target: Target, place: Place | None = None
) -> dict[str, Any]:
    """Return the fields of a Decision that record its basis.

    A cell that was not read has the place that a person marked, and no reading. Raises UsageError
    where the report has no such cell or check, and no place is given.
    """
    basis: dict[str, Any] = dict.fromkeys(_BASIS)
    match target.kind:
        case "cell":
            return basis | _cell_basis(connection, report_id, target, place)
        case "check":
            return basis | {"read_text": _check_basis(connection, report_id, target)}
        case "agency":
            return basis | {"read_text": _printed_agency(connection, report_id) or None}
        case "year":
            title = sa.select(views.reports.c.title).where(views.reports.c.id == report_id)
            return basis | {"read_text": connection.scalar(title) or None}


def has_same_cell(decision: Decision, row: Any) -> bool:
    """Return whether the machine reads the same as at the time of a decision, at the same place.

    ``row`` is the stored row of the cell, with the machine's values. Two boxes are at the same
    place where each contains the centre of the other.
    """
    if decision.read_state is None:  # it was not read then
        return False
    digits = cell_digits(row)
    text = row.raw_text if row.raw_text is not None else digits or ""
    recorded = (
        STATES[decision.read_state or "unreadable"],
        decision.read_value,
        decision.read_text or "",
    )
    if recorded != (row.state, digits, text):
        return False
    box = Box(row.x0 / 100, row.top / 100, row.x1 / 100, row.bottom / 100)
    recorded_box = decision.box
    return (
        decision.page == row.page
        and recorded_box is not None
        and box.contains(*recorded_box.middle)
        and recorded_box.contains(*box.middle)
    )


def cell_digits(row: Any) -> str | None:
    """Return all digits of the value in the stored row of a cell; None where it has no value."""
    if row.value_text is not None:
        return str(row.value_text)
    return None if row.value is None else str(sqlite_number(row.value))


def failure_text(check: Check) -> str:
    """Return the two sides of a failed check, or its message where it compares no numbers."""
    if check.expected is None or check.actual is None:
        return check.message
    return f"{decimal_text(check.expected)} ≠ {decimal_text(check.actual)}"


def machine_text(connection: sa.Connection, report_id: int, target: Target) -> str | None:
    """Return the normalised text that the machine read in a cell; None where it read none."""
    row = _find_observation(connection, report_id, target)
    text = row.text_value if row.decided_by is None else row.machine_text_value
    return None if text is None else str(text)


def _find_observation(connection: sa.Connection, report_id: int, target: Target) -> Any:
    view = views.observations
    assert target.key is not None
    return connection.execute(
        sa.select(view).where(
            view.c.report_id == report_id,
            view.c.table_id == target.key.table,
            view.c.row_id == target.key.row,
            view.c.column_id == target.key.column,
            view.c.occurrence == (target.occurrence or 1),
        )
    ).one_or_none()


def _cell_basis(
    connection: sa.Connection, report_id: int, target: Target, marked: Place | None
) -> dict[str, Any]:
    row = _find_observation(connection, report_id, target)
    if row is None and marked is not None:
        return {"page": marked.page, **dict(zip(_PLACE[1:], marked.box, strict=True))}
    if row is None:
        raise UsageError(tr("the report has no cell {key}", key=target.key))
    place = {name: getattr(row, name) for name in _PLACE}
    for side in _PLACE[1:]:
        place[side] = None if place[side] is None else float(place[side])
    if row.decided_by is None:
        state, text, digits = row.state, row.raw_text, row.value_text
    else:  # a decision is in force: its basis is below it
        state, text = row.machine_state, row.machine_raw_text
        digits = None if row.machine_value is None else decimal_text(row.machine_value)
    return {**place, "read_state": state, "read_value": digits, "read_text": text or None}


def _check_basis(connection: sa.Connection, report_id: int, target: Target) -> str:
    for check in load_report(connection, report_id).report.checks:
        if check.check_id == target.check_id:
            return failure_text(check)
    raise UsageError(tr("the report has no check {check_id}", check_id=target.check_id))


def _printed_agency(connection: sa.Connection, report_id: int) -> str:
    saved, report = decision_tables.machine_report, views.reports
    printed = connection.scalar(sa.select(saved.c.agency).where(saved.c.report_id == report_id))
    if printed is None:
        printed = connection.scalar(sa.select(report.c.agency).where(report.c.id == report_id))
    return str(printed)
