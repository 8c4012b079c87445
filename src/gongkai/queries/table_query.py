"""Rows of one table or view, of all reports or of some, with what each column holds."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.catalogue import TYPES, ColumnInfo
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import DatabaseLocation
from gongkai.errors import UsageError

_BATCH = 2000  # rows fetched at a time
# What may be asked of the reports, whatever the table.
_OF_REPORT = ("agency", "year", "form", "status")
_OF_BODY = ("division_code", "province", "city", "county", "level", "body_type", "sector")


@dataclass(frozen=True)
class Selection:
    """Columns and rows. Rows are read from the database as they are taken."""

    columns: tuple[ColumnInfo, ...]
    count: int
    rows: Iterator[Sequence[Any]]


@contextlib.contextmanager
def select_table(
    db: DatabaseLocation,
    table: str,
    where: Mapping[str, Any] | None = None,
    *,
    with_report: bool = False,
    counted: bool = False,
) -> Iterator[Selection]:
    """Read a table or view; the rows are there within the ``with`` block.

    ``where`` names columns of the table, or what is known of the reports (agency, year,
    province, level, …), with a value or several; agency is a name as printed or canonical.
    ``with_report`` puts agency and year first where the table lacks them.

    Raises UsageError for a table or column that is not there, and DatabaseError.
    """
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        columns = describe_columns(connection, table)
        view = sa.table(table, *(sa.column(column.name) for column in columns))
        added: list[ColumnInfo] = []
        source: Any = view
        if with_report and "report_id" in view.c and "year" not in view.c:
            report = schema.report
            source = view.join(report, report.c.id == view.c.report_id)
            added = [
                c for c in describe_columns(connection, "reports") if c.name in ("agency", "year")
            ]
        query = sa.select(*(schema.report.c[c.name] for c in added), *view.c).select_from(source)
        query = query.where(*_conditions(view, where or {}))
        total = 0
        if counted:
            total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        order = [view.c[n] for n in ("report_id", "row_position", "position") if n in view.c]
        result = connection.execution_options(yield_per=_BATCH).execute(query.order_by(*order))
        with contextlib.closing(result):
            yield Selection((*added, *columns), total, _as_floats(connection, result))


def _as_floats(connection: sa.Connection, rows: sa.Result[Any]) -> Iterator[Sequence[Any]]:
    """Rows with the numbers SQLite would give: a broken one as float, good for 15 digits."""
    if connection.dialect.name == "sqlite":
        yield from rows
        return
    for row in rows:
        yield [float(value) if isinstance(value, Decimal) else value for value in row]


def describe_columns(connection: sa.Connection, table: str) -> tuple[ColumnInfo, ...]:
    """The columns of a table or view, in order, as the database describes them."""
    described = schema.columns
    rows = connection.execute(
        sa.select(described)
        .where(described.c.table_name == table, described.c.position > 0)
        .order_by(described.c.position)
    ).all()
    if not rows:
        names = table_names(connection)
        close = difflib.get_close_matches(table, names, n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(names)}"
        raise UsageError(f"no table {table!r}: {hint}")
    return tuple(
        ColumnInfo(
            row.table_name,
            row.column_name,
            row.name_zh,
            TYPES[row.type],
            row.unit,
            row.description_en,
            row.description_zh,
        )
        for row in rows
    )


def table_names(connection: sa.Connection) -> list[str]:
    """The tables and views that people read, by name."""
    described = schema.columns
    query = sa.select(described.c.table_name).where(described.c.position == 0)
    return list(connection.scalars(query.order_by(described.c.table_name)))


def _conditions(view: sa.TableClause, where: Mapping[str, Any]) -> Iterator[Any]:
    report, body = schema.report, schema.agencies
    of_reports: list[Any] = []
    for name, value in where.items():
        if value is None:
            continue
        if name == "agency" and "report_id" in view.c:
            of_reports.append(sa.or_(_is(report.c.agency, value), _is(body.c.name, value)))
        elif name in view.c:
            yield _is(view.c[name], value)
        elif "report_id" in view.c and name in _OF_REPORT:
            of_reports.append(_is(report.c[name], value))
        elif "report_id" in view.c and name in _OF_BODY:
            of_reports.append(_is(body.c[name], value))
        else:
            raise UsageError(f"{view.name} cannot be narrowed by {name!r}")
    if of_reports:
        wanted = sa.select(report.c.id).join_from(report, body, isouter=True).where(*of_reports)
        yield view.c.report_id.in_(wanted)


def _is(column: Any, value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return column.in_([python_value(each) for each in value])
    return column == python_value(value)


def python_value(value: Any) -> Any:
    """A number of numpy or pandas as Python's own: SQLite would take it for a blob."""
    item = getattr(value, "item", None)
    return item() if callable(item) else value
