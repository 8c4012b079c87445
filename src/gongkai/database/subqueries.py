"""Scalar subqueries that look up one value of a report; the wide views consist of them.

The cells of a report are adjacent in the table, so fifty look-ups per report cost less than
a pivot over millions of rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.decision_tables import machine_cell
from gongkai.model import CheckKey, Key

Value = sa.ColumnElement[Any]

_FIELD_ID = re.compile(r"\[field ([^]]+)\]")


def is_main() -> Value:
    """Is a report not one of a further scope? Those are left out where reports are counted."""
    return sa.func.coalesce(schema.report.c.scope, text_literal("own_body")) == text_literal(
        "own_body"
    )


def is_counted() -> Value:
    """Is a report the one that counts among those of its body, family, year?"""
    return sa.and_(is_main(), schema.report.c.duplicate_of.is_(None))


def value_in_unit() -> Value:
    """The number of a row of ``cell`` in the unit of its field."""
    return sa.func.coalesce(schema.cell.c.converted, schema.cell.c.value)


def cell_value(field_id: Any, trusted: bool) -> Value:
    """The number in one cell of the report, in the unit of its field; NULL if there is none.

    With ``trusted``, also NULL if the reading of the cell is in doubt.
    """
    return _of_cell(value_in_unit(), field_id, trusted)


def _of_cell(value: Any, field_id: Any, trusted: bool) -> Value:
    """One value of the first cell with a field; with ``trusted``, NULL if it is in doubt."""
    cell = schema.cell
    conditions = [
        cell.c.report_id == schema.report.c.id,
        cell.c.field_id == field_id,
        cell.c.occurrence == number_literal(1),
    ]
    if trusted:
        conditions.append(cell.c.flagged == number_literal(0))
    return sa.select(value).where(*conditions).scalar_subquery()


def cell_text(field_id: Any, trusted: bool) -> Value:
    """The text in one cell of the report; NULL if there is none."""
    return _of_cell(schema.cell.c.text_value, field_id, trusted)


def is_printed(key: Key, trusted: bool) -> Value:
    """1 if a cell is printed, whatever its content, else NULL."""
    cell = schema.cell
    conditions = [cell.c.report_id == schema.report.c.id, cell.c.field_id == field_id(key)]
    if trusted:
        conditions.append(cell.c.flagged == number_literal(0))
    return sa.select(sa.func.max(number_literal(1))).where(*conditions).scalar_subquery()


def check_passes(check: CheckKey, trusted: bool) -> Value:
    """1 if a check passed, else NULL; with ``trusted``, only in reports without doubtful cells."""
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
    """The surrogate key of a field in the SQL of a view: ``with_field_ids`` puts the number."""
    return sa.literal_column(f"[field {'.'.join(key)}]", sa.Integer)


def with_field_ids(statement: str, ids: Mapping[str, int]) -> str:
    """The SQL of a view for a database in which fields, as table.row.column, have these ids.

    A look-up in their place takes half the time of computing a panel's row.
    """
    return _FIELD_ID.sub(lambda match: str(ids[match[1]]), statement)


def agency_column(column: str) -> Value:
    """A column of the report's agency. A join would lose the reports' order of storage."""
    body = schema.agencies
    return sa.select(body.c[column]).where(body.c.id == schema.report.c.agency_id).scalar_subquery()


def table_form(table: str) -> Value:
    """The form of one table of the report."""
    forms = schema.report_tables
    return (
        sa.select(forms.c.form)
        .where(forms.c.report_id == schema.report.c.id, forms.c.table_id == text_literal(table))
        .scalar_subquery()
    )


def count_rows(table: sa.Table, *conditions: Value) -> Value:
    """The number of rows of a table that meet the conditions."""
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()


def count_failed_checks() -> Value:
    """The number of failed checks of the report that must pass."""
    result = schema.check_result
    return count_rows(
        result,
        result.c.report_id == schema.report.c.id,
        result.c.status == text_literal("fail"),
        result.c.severity == text_literal("must"),
    )


def count_decided_cells() -> Value:
    """The number of cells of the report that people decided."""
    return count_rows(machine_cell, machine_cell.c.report_id == schema.report.c.id)


def count_duplicates() -> Value:
    """The number of reports that are not counted because this one is."""
    other = schema.report.alias("other")
    return (
        sa.select(sa.func.count())
        .select_from(other)
        .where(other.c.duplicate_of == schema.report.c.id)
        .scalar_subquery()
    )


def text_literal(word: str) -> Value:
    """A string as a literal in the SQL of a view."""
    return sa.literal_column("'{}'".format(word.replace("'", "''")), sa.Text)


def number_literal(number: int) -> Value:
    """An integer as a literal in the SQL of a view."""
    return sa.literal_column(str(number), sa.Integer)
