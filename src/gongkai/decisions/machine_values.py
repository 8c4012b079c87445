"""Saves what the machine read before a decision replaces it, and restores it.

A decision in force changes the rows of cells, checks and reports themselves, so that every view
shows it. The ``machine_…`` tables hold the values that these rows had before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gongkai.database import decision_tables, schema

CELL_COLUMNS = ("state", "value", "value_text", "raw_text", "flagged", "doubt", "text_value")
CELL_ID = ("report_id", "field_id", "occurrence")
CHECK_COLUMNS = ("status", "expected", "actual", "cause", "message", "suspects", "wording")
REPORT_COLUMNS = ("agency", "agency_id", "year", "status")
NOT_READ = -1  # state of a cell that only a decision put there; the views show none
_saved_cell = decision_tables.machine_cell
_saved_check = decision_tables.machine_check
_saved_report = decision_tables.machine_report


def save_cell(connection: sa.Connection, row: Any, decision_id: int | None) -> None:
    """Save the row of a cell that a decision is about to change."""
    values = {name: getattr(row, name) for name in (*CELL_ID, *CELL_COLUMNS)}
    connection.execute(sa.insert(_saved_cell).values(**values, decision_id=decision_id))


def save_missing_cell(
    connection: sa.Connection, cell_id: Mapping[str, int], decision_id: int | None
) -> None:
    """Save that the machine read no such cell, where a decision puts one. ``cell_id``: CELL_ID."""
    values = {**cell_id, "state": NOT_READ, "flagged": 0, "decision_id": decision_id}
    connection.execute(sa.insert(_saved_cell).values(values))


def placed_tables(connection: sa.Connection, report_id: int) -> set[str]:
    """Return the tables of a report in which decisions put cells that were not read."""
    key, saved = schema.field_key, _saved_cell
    query = sa.select(key.c.table_id).join_from(saved, key, key.c.id == saved.c.field_id)
    placed = query.where(saved.c.report_id == report_id, saved.c.state == NOT_READ)
    return set(connection.scalars(placed))


def save_check(connection: sa.Connection, row: Any, decision_id: int | None) -> None:
    """Save the row of a check. ``decision_id`` names the decision that confirms its failure."""
    values = {name: getattr(row, name) for name in ("report_id", "position", *CHECK_COLUMNS)}
    connection.execute(sa.insert(_saved_check).values(**values, decision_id=decision_id))


def save_report(connection: sa.Connection, row: Any) -> None:
    """Save the row of a report, unless it is saved already."""
    known = sa.select(_saved_report.c.report_id).where(_saved_report.c.report_id == row.id)
    if connection.scalar(known) is None:
        values = {name: getattr(row, name) for name in REPORT_COLUMNS}
        connection.execute(sa.insert(_saved_report).values(report_id=row.id, **values))


def restore_machine_values(connection: sa.Connection, report_id: int) -> bool:
    """Restore everything that decisions changed in a report; return whether there was anything.

    Deletes the saved rows and the standings of the decisions.
    """
    cells = _restore_cells(connection, report_id)
    checks = _restore_checks(connection, report_id)
    report = _restore_report(connection, report_id)
    for table in (_saved_cell, _saved_check, _saved_report, decision_tables.decision_standing):
        connection.execute(sa.delete(table).where(table.c.report_id == report_id))
    return cells or checks or report


def _restore_cells(connection: sa.Connection, report_id: int) -> bool:
    cell = schema.cell
    rows = _saved_rows(connection, _saved_cell, report_id)
    _remove_placed_cells(connection, report_id)
    for row in rows:
        same = (cell.c[name] == getattr(row, name) for name in CELL_ID)
        values = {name: getattr(row, name) for name in CELL_COLUMNS}
        connection.execute(sa.update(cell).where(*same).values(values))
    return bool(rows)


def _remove_placed_cells(connection: sa.Connection, report_id: int) -> None:
    """Delete the cells that only decisions put there, and the forms of tables without others."""
    placed = placed_tables(connection, report_id)
    if not placed:
        return
    cell, key, forms, saved = schema.cell, schema.field_key, schema.report_tables, _saved_cell
    not_read = [saved.c[name] == cell.c[name] for name in CELL_ID]
    connection.execute(
        sa.delete(cell).where(
            cell.c.report_id == report_id,
            sa.exists().where(*not_read, saved.c.state == NOT_READ),
        )
    )
    left = sa.select(key.c.table_id).join_from(cell, key).where(cell.c.report_id == report_id)
    empty = placed - set(connection.scalars(left.distinct()))
    connection.execute(
        sa.delete(forms).where(forms.c.report_id == report_id, forms.c.table_id.in_(empty))
    )


def _restore_checks(connection: sa.Connection, report_id: int) -> bool:
    result = schema.check_result
    rows = _saved_rows(connection, _saved_check, report_id)
    for row in rows:
        same = (result.c.report_id == report_id, result.c.position == row.position)
        values = {name: getattr(row, name) for name in CHECK_COLUMNS}
        connection.execute(sa.update(result).where(*same).values(values))
    return bool(rows)


def _restore_report(connection: sa.Connection, report_id: int) -> bool:
    report = schema.report
    rows = _saved_rows(connection, _saved_report, report_id)
    for row in rows:
        values = {name: getattr(row, name) for name in REPORT_COLUMNS}
        connection.execute(sa.update(report).where(report.c.id == report_id).values(values))
    return bool(rows)


def _saved_rows(connection: sa.Connection, table: sa.Table, report_id: int) -> list[Any]:
    return list(connection.execute(sa.select(table).where(table.c.report_id == report_id)))
