"""Stored rows of the panel: computed once for each report, and again when the report changes.

A family's panel consists of the table ``panel_all`` and the view ``panel_all_computed``, from which
its rows come. Whoever changes what a report's row is computed from calls ``refresh_panels`` in the
same transaction, so that both always agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateIndex, CreateTable, ExecutableDDLElement

from gongkai.database import schema
from gongkai.database.subqueries import count_failed_checks

STORED_PANEL = "panel_all"
COMPUTED_SUFFIX = "_computed"
_PANEL_OF = "panel of "  # and a family, in gongkai_meta: the name of its table


def create_panel(
    name: str, select: sa.Select[Any] | sa.CompoundSelect[Any]
) -> list[ExecutableDDLElement]:
    """Statements that create the table for the rows of a panel, which ``select`` computes."""
    report_id, *columns = select.selected_columns
    table = sa.Table(
        name,
        sa.MetaData(),
        sa.Column(
            report_id.name,
            sa.Integer,
            sa.ForeignKey(schema.report.c.id, ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        *(sa.Column(column.name, column.type) for column in columns),
        # names of any length: see text_indexes
        sa.Index(f"{name}_by_name", "agency_name", postgresql_using="hash"),
        sa.Index(f"{name}_by_agency", "agency", postgresql_using="hash"),
        sa.Index(f"{name}_by_body", "agency_id"),
    )
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    return [CreateTable(table), *map(CreateIndex, indexes)]


def fill_panel(connection: sa.Connection, family: str, table: str) -> None:
    """Compute all rows of a new table, which is a family's panel from now on."""
    connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM {table}{COMPUTED_SUFFIX}")
    forget_panel(connection, family)
    meta = schema.gongkai_meta
    connection.execute(sa.insert(meta).values(name=f"{_PANEL_OF}{family}", value=table))


def panel_of(connection: sa.Connection, family: str) -> str | None:
    """The name of the table of a family; None if it has none."""
    meta = schema.gongkai_meta
    return connection.scalar(sa.select(meta.c.value).where(meta.c.name == f"{_PANEL_OF}{family}"))


def forget_panel(connection: sa.Connection, family: str) -> None:
    """Forget the table of a family, before or after it is dropped."""
    meta = schema.gongkai_meta
    connection.execute(sa.delete(meta).where(meta.c.name == f"{_PANEL_OF}{family}"))


def refresh_panels(connection: sa.Connection, report_ids: Iterable[int]) -> None:
    """Compute the rows of some reports in the panels of their families again."""
    ids_of: dict[str, list[dict[str, int]]] = defaultdict(list)
    for report_id in report_ids:
        # a family without a panel, or a report that is deleted, has none
        if table := connection.scalar(_PANEL_OF_REPORT, {"report_id": report_id}):
            ids_of[table].append({"report_id": report_id})
    for table, rows in ids_of.items():
        for statement in _statements(table):
            connection.execute(statement, rows)


def outdated_reports(connection: sa.Connection, agency_ids: Iterable[int]) -> set[int]:
    """The reports of some agencies whose stored number of failed checks is not the true one."""
    report, meta = schema.report, schema.gongkai_meta
    of_panels = sa.select(meta.c.value).where(meta.c.name.startswith(_PANEL_OF))
    ids = list(agency_ids)
    found: set[int] = set()
    for name in connection.scalars(of_panels).all() if ids else ():
        stored = sa.table(name, sa.column("report_id"), sa.column("failed_checks"))
        outdated = (
            sa.select(report.c.id)
            .join(stored, stored.c.report_id == report.c.id)
            .where(report.c.agency_id.in_(ids), stored.c.failed_checks != count_failed_checks())
        )
        found.update(connection.scalars(outdated))
    return found


_PANEL_OF_REPORT = (
    sa.select(schema.gongkai_meta.c.value)
    .join(
        schema.report, schema.gongkai_meta.c.name == sa.literal(_PANEL_OF) + schema.report.c.family
    )
    .where(schema.report.c.id == sa.bindparam("report_id"))
)


@lru_cache(maxsize=64)
def _statements(table: str) -> tuple[sa.TextClause, sa.TextClause]:
    one = "report_id = :report_id"
    return (
        sa.text(f"DELETE FROM {table} WHERE {one}"),
        sa.text(f"INSERT INTO {table} SELECT * FROM {table}{COMPUTED_SUFFIX} WHERE {one}"),
    )
