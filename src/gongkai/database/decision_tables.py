"""The tables of people's decisions, and of what the program had read before them.

A decision in force changes the rows of cells, checks and reports, so that every view shows
it. The tables ``machine_…`` keep the values that the program read, as long as a decision
replaces them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.types import BigKey, ExactNumber, wording_column

_PLACE = ("page", "x0", "top", "x1", "bottom")
FIRST_FAMILY = "ogi-annual-report"  # of decisions made before a database could hold several
DATABASE_ID = "database_id"  # a row of gongkai_meta: names the database among all others
NO_DATABASE = "none"  # database_id of decisions that no database numbered when they were made

# Append-only. Rows do not refer to other tables: files may be removed and return.
decision = sa.Table(
    "decision",
    schema.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uid", sa.Text, nullable=False, unique=True),  # digest of the columns below
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),  # ISO 8601, UTC; orders nothing
    sa.Column("file_sha256", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    # Among the reports of the family in the file, from 1.
    sa.Column("report_number", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("table_id", sa.Text),
    sa.Column("row_id", sa.Text),
    sa.Column("column_id", sa.Text),
    sa.Column("occurrence", sa.Integer),
    sa.Column("check_id", sa.Text),
    *(sa.Column(name, sa.Integer) for name in _PLACE),  # hundredths of a point
    sa.Column("read_state", sa.Text),
    sa.Column("read_value", sa.Text),  # all digits
    sa.Column("read_text", sa.Text),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("state", sa.Text),
    sa.Column("value", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("why", sa.Text),
    sa.Column("overrules", sa.Integer, nullable=False),
    sa.Column("family", sa.Text, nullable=False, server_default=FIRST_FAMILY),
    # The order of decisions: each number is above all that its database knew (records.py).
    sa.Column("sequence", BigKey, nullable=False, server_default="0"),
    sa.Column("database_id", sa.Text, nullable=False, server_default=NO_DATABASE),
    sa.Index("decision_by_file", "file_sha256", "report_number"),
    sa.Index("decision_by_name", "file_name"),
    sa.Index("decision_by_sequence", "sequence"),
)


def _of_report(*others: sa.Column[Any]) -> list[sa.Column[Any]]:
    owner = sa.Column(
        "report_id",
        sa.Integer,
        sa.ForeignKey("report.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    return [owner, *others]


def _key(name: str, target: str | None = None) -> sa.Column[int]:
    where = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, sa.Integer, *where, primary_key=True, autoincrement=False)


def _decision_id() -> sa.Column[int]:
    return sa.Column("decision_id", sa.Integer, sa.ForeignKey("decision.id"))


# The state of each decision on a stored report: in_force, conflict, changed …; derived data.
decision_standing = sa.Table(
    "decision_standing",
    schema.metadata,
    *_of_report(_key("decision_id", "decision.id"), sa.Column("standing", sa.Text, nullable=False)),
    sqlite_with_rowid=False,
)
sa.Index("decision_standing_by_decision", decision_standing.c.decision_id)

machine_cell = sa.Table(
    "machine_cell",
    schema.metadata,
    *_of_report(
        _key("field_id", "field_key.id"),
        _key("occurrence"),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("value", ExactNumber),
        sa.Column("value_text", sa.Text),
        sa.Column("raw_text", sa.Text),
        sa.Column("flagged", sa.Integer, nullable=False),
        sa.Column("doubt", sa.Text),
        _decision_id(),
        sa.Column("text_value", sa.Text),
    ),
    sqlite_with_rowid=False,
)

machine_check = sa.Table(
    "machine_check",
    schema.metadata,
    *_of_report(
        _key("position"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("expected", ExactNumber),
        sa.Column("actual", ExactNumber),
        sa.Column("cause", sa.Text),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("suspects", sa.Integer, sa.ForeignKey("cell_set.id")),
        _decision_id(),  # confirmed a print fault; NULL: result of decided cells
        wording_column(),
    ),
    sqlite_with_rowid=False,
)

machine_report = sa.Table(
    "machine_report",
    schema.metadata,
    *_of_report(
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Integer, sa.ForeignKey("agencies.id")),
        sa.Column("year", sa.Integer),
        sa.Column("status", sa.Text, nullable=False),
    ),
)

DECISION_TABLES = (decision, decision_standing, machine_cell, machine_check, machine_report)


def decisions_view() -> sa.Select[Any]:
    """The view ``decisions``: every decision ever made, with its state."""
    standing = (
        sa.select(decision_standing.c.standing)
        .where(decision_standing.c.decision_id == decision.c.id)
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )
    report_id = (
        sa.select(decision_standing.c.report_id)
        .where(decision_standing.c.decision_id == decision.c.id)
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )
    shown = [c for c in decision.c if c.name not in ("id", "uid", *_PLACE)]
    return sa.select(
        report_id.label("report_id"),
        sa.func.coalesce(standing, sa.literal_column("'elsewhere'")).label("standing"),
        *shown,
        decision.c.page,
        *(
            (decision.c[side] / sa.literal_column("100.0")).label(side)
            for side in ("x0", "top", "x1", "bottom")
        ),
        decision.c.uid,
    )
