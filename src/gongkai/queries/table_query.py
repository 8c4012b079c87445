"""Select rows of one table or view, with descriptions of its columns."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

import sqlalchemy as sa

from gongkai.database import dictionary_tables, schema
from gongkai.database.catalogue import TYPES, ColumnInfo
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import DatabaseLocation
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.queries.did_you_mean import KnownName, meant, nearest
from gongkai.queries.known_names import is_check, known_values, no_value, value_of

_BATCH = 4000  # rows fetched at a time
_MOST_NAMED = 20  # values in an error message
# Conditions on the report or its agency that work for every table with a report_id.
_REPORT_COLUMNS = ("agency", "year", "form", "status")
_AGENCY_COLUMNS = ("division_code", "province", "city", "county", "level", "body_type", "sector")


@dataclass(frozen=True)
class TableSelection:
    """Columns and rows of a table; iterating reads the rows from the database, once."""

    name_zh: str  # of the table
    columns: tuple[ColumnInfo, ...]
    count: int  # 0 unless counted
    batches: Iterator[Sequence[Sequence[Any]]]  # of rows

    @property
    def rows(self) -> Iterator[Sequence[Any]]:
        """The rows one by one."""
        return chain.from_iterable(self.batches)


@contextlib.contextmanager
def select_table(
    db: DatabaseLocation,
    table: str,
    where: Mapping[str, Any] | None = None,
    *,
    with_report: bool = False,
    counted: bool = False,
) -> Iterator[TableSelection]:
    """Select rows of a table or view; read them within the ``with`` block.

    ``where`` maps columns to a value or several values: columns of the table, or of its
    reports and their agencies (agency, year, province, level, …). ``agency`` matches the name
    as printed and the canonical name. ``with_report`` adds agency and year as first columns
    where the table lacks them; ``counted`` counts the rows.

    Columns and codes may have their Chinese names: ``level="县级"``.

    Raises UsageError for an unknown table, column or value (it names those that exist), and
    DatabaseError.
    """
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        columns = describe_columns(connection, table)
        described = dictionary_tables.columns
        of_table = (described.c.table_name == table) & (described.c.position == 0)
        name_zh = connection.scalar(sa.select(described.c.name_zh).where(of_table)) or table
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
        query = query.where(*_conditions(connection, view, columns, where or {}))
        total = 0
        if counted:
            total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        order = [view.c[n] for n in ("report_id", "row_position", "position") if n in view.c]
        # SQLite's driver reads row by row anyway
        streamed = {} if connection.dialect.name == "sqlite" else {"yield_per": _BATCH}
        result = connection.execute(query.order_by(*order), execution_options=streamed)
        with contextlib.closing(result):
            yield TableSelection(name_zh, (*added, *columns), total, _batches(connection, result))


def _batches(
    connection: sa.Connection, result: sa.CursorResult[Any]
) -> Iterator[Sequence[Sequence[Any]]]:
    """Rows with the types that SQLite returns: fractions as float, exact to 15 digits.

    Those of SQLite come straight from its driver: rows of SQLAlchemy take a third of the time.
    """
    if connection.dialect.name == "sqlite":
        while batch := result.cursor.fetchmany(_BATCH):
            yield batch
        return
    for rows in result.partitions(_BATCH):
        yield [
            [float(value) if isinstance(value, Decimal) else value for value in row] for row in rows
        ]


def describe_columns(connection: sa.Connection, table: str) -> tuple[ColumnInfo, ...]:
    """Describe the columns of a table or view, in order; raises UsageError if unknown."""
    described = dictionary_tables.columns
    rows = connection.execute(
        sa.select(described)
        .where(described.c.table_name == table, described.c.position > 0)
        .order_by(described.c.position)
    ).all()
    if not rows:
        names = table_names(connection)
        close = nearest(table, map(KnownName, names))
        statement = 'gongkai query "SELECT DISTINCT table_name FROM columns"'
        hint = meant(close) if close else tr("`{command}` lists them", command=statement)
        raise UsageError(tr("no table {table!r}: {hint}", table=table, hint=hint))
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
    """The names of all documented tables and views."""
    described = dictionary_tables.columns
    query = sa.select(described.c.table_name).where(described.c.position == 0)
    return list(connection.scalars(query.order_by(described.c.table_name)))


def _conditions(
    connection: sa.Connection,
    view: sa.TableClause,
    columns: Sequence[ColumnInfo],
    where: Mapping[str, Any],
) -> Iterator[Any]:
    """The conditions on the rows of a view, and on its reports and their agencies."""
    report, agency = schema.report, schema.agencies
    of_reports: list[Any] = []
    chinese = {column.name_zh: column.name for column in columns}
    for given, value in where.items():
        if value is None:
            continue
        name = given if given in view.c else chinese.get(given, given)
        match = partial(_matches, connection, view.name, name, value)
        if name == "agency" and "report_id" in view.c:
            of_reports.append(match(report.c.agency, agency.c.name))
        elif name in view.c:
            stored = _STORED.get(name)
            yield match(view.c[name], known_in=() if stored is None else (stored,))
        elif "report_id" in view.c and name in (*_REPORT_COLUMNS, *_AGENCY_COLUMNS):
            of_reports.append(match((report if name in _REPORT_COLUMNS else agency).c[name]))
        else:
            raise UsageError(_no_column(given, view, columns))
    if of_reports:
        wanted = sa.select(report.c.id).join_from(report, agency, isouter=True).where(*of_reports)
        yield view.c.report_id.in_(wanted)


def _no_column(given: str, view: sa.TableClause, columns: Sequence[ColumnInfo]) -> str:
    known = {name: KnownName(name) for name in (*_REPORT_COLUMNS, *_AGENCY_COLUMNS)}
    known |= {column.name: KnownName(column.name, (column.name_zh,)) for column in columns}
    text = tr("{table} cannot be narrowed by {name!r}", table=view.name, name=given)
    close = nearest(given, known.values())
    return tr("{problem}: {hint}", problem=text, hint=meant(close)) if close else text


# Columns with names of places and fields: what none of the reports has is misspelt.
_STORED = {
    **{name: schema.agencies.c[name] for name in ("province", "city", "county", "sector")},
    "form": schema.report.c.form,
}


def _matches(
    connection: sa.Connection,
    table: str,
    name: str,
    value: Any,
    *columns: Any,
    known_in: Sequence[sa.Column[Any]] | None = None,
) -> Any:
    """The condition that one of the columns has the value, or one of several values.

    Raises UsageError for a value that no report has, and for one that is none of a closed list.
    """
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    values = [python_value(each) for each in (value if several else [value])]
    known = known_values(connection.exec_driver_sql, table, name)
    if known is not None:
        values = [_known_value(connection, name, known, each, columns) for each in values]
    elif known_in or (known_in is None and name in ("agency", *_STORED)):
        _refuse_unknown(connection, name, values, known_in or columns)
    return sa.or_(*(column.in_(values) for column in columns))


def _known_value(
    connection: sa.Connection,
    name: str,
    known: Sequence[KnownName],
    value: Any,
    columns: Sequence[Any],
) -> str:
    found = value_of(value, known) if isinstance(value, str) else None
    if found is None:
        if name == "check_id" and is_check(connection.exec_driver_sql, str(value), known):
            return str(value)
        for column in columns:  # reports that another version has read may have it
            if connection.execute(sa.select(column).where(column == value).limit(1)).first():
                return str(value)
        raise UsageError(no_value(name, value, known))
    return found


def _refuse_unknown(
    connection: sa.Connection, name: str, values: Sequence[Any], columns: Sequence[Any]
) -> None:
    for column in columns:
        if connection.execute(sa.select(column).where(column.in_(values)).limit(1)).first():
            return
    known = {each for c in columns for each in connection.scalars(sa.select(c).distinct()) if each}
    if not known:
        return  # nothing is stored that could be meant
    wanted = ", ".join(map(str, values))
    close = difflib.get_close_matches(wanted, known, n=_MOST_NAMED, cutoff=0.4)
    listed = close or sorted(known)[:_MOST_NAMED]
    names = ", ".join(listed)
    hint = tr("there are {names}", names=names)
    if close:
        hint = tr("did you mean {names}", names=names)
    elif len(known) > _MOST_NAMED:
        hint = tr("such as {names}", names=names)
    raise UsageError(
        tr("no {name} {wanted!r} in this database: {hint}", name=name, wanted=wanted, hint=hint)
    )


def python_value(value: Any) -> Any:
    """Convert a number of numpy or pandas to a Python number; SQLite would store a blob."""
    item = getattr(value, "item", None)
    return item() if callable(item) else value
