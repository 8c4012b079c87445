"""Look-ups of one thing for the report at hand, as the wide views are made of them.

Each is a subquery of its own: a report's cells stand together in the table, so that fifty
look-ups cost less than turning millions of rows on their side.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.decision_tables import machine_cell
from gongkai.model import CheckKey, Key

Value = sa.ColumnElement[Any]


def cell_value(field_id: Any, trusted: bool) -> Value:
    """One cell of the report at hand; NULL unless a number is printed there."""
    cell = schema.cell
    conditions = [
        cell.c.report_id == schema.report.c.id,
        cell.c.field_id == field_id,
        cell.c.occurrence == number_literal(1),
    ]
    if trusted:
        conditions.append(cell.c.flagged == number_literal(0))
    return sa.select(cell.c.value).where(*conditions).scalar_subquery()


def is_printed(key: Key, trusted: bool) -> Value:
    """1 where a cell is printed, whatever stands in it."""
    cell = schema.cell
    conditions = [cell.c.report_id == schema.report.c.id, cell.c.field_id == field_id(key)]
    if trusted:
        conditions.append(cell.c.flagged == number_literal(0))
    return sa.select(sa.func.max(number_literal(1))).where(*conditions).scalar_subquery()


def check_passes(check: CheckKey, trusted: bool) -> Value:
    """1 where the check passed; for trusted numbers, in a report without doubtful cells."""
    result, key, cell = schema.check_result, schema.check_key, schema.cell
    key_id = sa.select(key.c.id).where(key.c.check_id == text_literal(str(check))).scalar_subquery()
    conditions: list[Value] = [
        result.c.report_id == schema.report.c.id,
        result.c.check_key_id == key_id,
        result.c.status == text_literal("pass"),
    ]
    if trusted:
        in_doubt = sa.exists().where(
            cell.c.report_id == schema.report.c.id, cell.c.flagged == number_literal(1)
        )
        conditions.append(~in_doubt)
    return sa.select(sa.func.max(number_literal(1))).where(*conditions).scalar_subquery()


def field_id(key: Key) -> Value:
    """The stored number of a canonical name, which differs from database to database."""
    fields = schema.field_key
    return (
        sa.select(fields.c.id)
        .where(
            fields.c.table_id == text_literal(key.table),
            fields.c.row_id == text_literal(key.row),
            fields.c.column_id == text_literal(key.column),
        )
        .scalar_subquery()
    )


def agency_column(column: str) -> Value:
    """What is known of the report's body. A join would lose the reports' order of storage."""
    body = schema.agencies
    return sa.select(body.c[column]).where(body.c.id == schema.report.c.agency_id).scalar_subquery()


def table_form(table: str) -> Value:
    """The form of one of the report's tables."""
    forms = schema.report_tables
    return (
        sa.select(forms.c.form)
        .where(forms.c.report_id == schema.report.c.id, forms.c.table_id == text_literal(table))
        .scalar_subquery()
    )


def count_rows(table: sa.Table, *conditions: Value) -> Value:
    """How many rows of a table fit."""
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()


def count_decided_cells() -> Value:
    """How many cells of the report at hand show what a person read, not the machine."""
    return count_rows(machine_cell, machine_cell.c.report_id == schema.report.c.id)


def text_literal(word: str) -> Value:
    """A word as a literal of the view's own text."""
    return sa.literal_column("'{}'".format(word.replace("'", "''")), sa.Text)


def number_literal(number: int) -> Value:
    """A number as a literal of the view's own text."""
    return sa.literal_column(str(number), sa.Integer)
