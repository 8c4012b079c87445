"""The tables of the database; people read the views over them (views.py).

A number takes about forty bytes: cells, printed labels and checks have surrogate keys, boxes
are in whole hundredths of a point, and text that follows from the value is not stored. Only
options named ``sqlite_…`` are specific to SQLite; other databases ignore them.
"""

from __future__ import annotations

import sqlalchemy as sa

from gongkai.database.text_indexes import text_index, unique_text
from gongkai.database.types import (
    ExactNumber,
    owner_column,
    place_columns,
    slice_columns,
    wording_column,
)

metadata = sa.MetaData()


gongkai_meta = sa.Table(
    "gongkai_meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

# One row per family and call of ``ingest``.
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("started_at", sa.Text, nullable=False),  # ISO 8601, UTC
    sa.Column("finished_at", sa.Text),  # NULL: still running, or interrupted
    sa.Column("code_version", sa.Text, nullable=False),
    sa.Column("code_digest", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),  # the family
    sa.Column("pipeline_digest", sa.Text, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("python_version", sa.Text, nullable=False),
    sa.Column("libraries", sa.Text, nullable=False),  # JSON: name -> version
    sa.Column("files_offered", sa.Integer, nullable=False, default=0),
    sa.Column("files_known", sa.Integer, nullable=False, default=0),
    sa.Column("files_loaded", sa.Integer, nullable=False, default=0),
    sa.Column("files_refused", sa.Integer, nullable=False, default=0),
    sa.Column("reports_loaded", sa.Integer, nullable=False, default=0),
)

# One row per content, however many paths have it.
source = sa.Table(
    "source",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.Text, unique=True),  # NULL if the file could not be opened
    sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),  # the first one
)

# The result of offering a content to one family.
reading = sa.Table(
    "reading",
    metadata,
    owner_column("source_id", primary_key=True),
    sa.Column("family", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    # Why a later run failed to read a content whose earlier reports are kept.
    sa.Column("failed_again", sa.Text),
    sqlite_with_rowid=False,
)

source_path = sa.Table(
    "source_path",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    owner_column("source_id"),
    # In bytes and nanoseconds, when the digest was taken; NULL if equal values prove nothing.
    sa.Column("size", sa.BigInteger),
    sa.Column("mtime_ns", sa.BigInteger),
    sa.Index("source_path_by_source", "source_id"),
    *unique_text("path"),
)

# One row per agency, however its name is printed.
agencies = sa.Table(
    "agencies",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("agency_key", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text),
    sa.Column("province", sa.Text),
    sa.Column("city", sa.Text),
    sa.Column("county", sa.Text),
    sa.Column("level", sa.Text),
    sa.Column("body_type", sa.Text),
    sa.Column("sector", sa.Text),
    sa.Column("functional_zone", sa.Integer, nullable=False),
    sa.Column("host_division_code", sa.Text),
    sa.Column("resolved", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("name_year", sa.Integer, nullable=False),  # year of the report with this name
    sa.Index("agencies_by_division", "division_code", "sector"),
    *text_index("agencies_by_name", "name"),
    *unique_text("agency_key"),
)

report = sa.Table(
    "report",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    owner_column("source_id"),
    # Among the reports of the family in the file, from 1; decisions name a report by it.
    sa.Column("number", sa.Integer, nullable=False, server_default="1"),
    sa.Column("page_first", sa.Integer, nullable=False),
    sa.Column("page_last", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("year", sa.Integer),
    sa.Column("form", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("agency_id", sa.Integer, sa.ForeignKey("agencies.id")),
    sa.Column("family", sa.Text, nullable=False, server_default=""),
    sa.Column("scope", sa.Text),  # own_body or whole_region, where the print has both; else NULL
    sa.Column("edition", sa.Text),  # when the file was last changed, as it says itself: ISO 8601
    # The report that is counted in place of this one (duplicates.py); NULL: this one is counted.
    sa.Column("duplicate_of", sa.Integer),
    sa.Index("report_by_source", "source_id"),
    *text_index("report_by_agency", "agency", "year"),
    sa.Index("report_by_year", "year"),
    sa.Index("report_by_body", "agency_id", "year", "duplicate_of"),
)
_is_duplicate = report.c.duplicate_of.is_not(None)
sa.Index(
    "report_duplicates",
    report.c.duplicate_of,
    sqlite_where=_is_duplicate,
    postgresql_where=_is_duplicate,
)

report_tables = sa.Table(
    "report_tables",
    metadata,
    owner_column("report_id", primary_key=True),
    sa.Column("table_id", sa.Text, primary_key=True),
    sa.Column("form", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

# Canonical ids of cells. Never deleted: a family that drops a field keeps its old cells.
field_key = sa.Table(
    "field_key",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("table_id", sa.Text, nullable=False),
    sa.Column("row_id", sa.Text, nullable=False),
    sa.Column("column_id", sa.Text, nullable=False),
    sa.UniqueConstraint("table_id", "row_id", "column_id"),
)

# Texts that recur from report to report: printed labels.
term = sa.Table(
    "term",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    *unique_text("text"),
)

# What checks test. ``check_id`` is made from the other three columns.
check_key = sa.Table(
    "check_key",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("check_id", sa.Text, nullable=False),
    sa.Column("table_id", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),  # a row or column; empty: the whole table
    *unique_text("check_id"),
)

cell = sa.Table(
    "cell",
    metadata,
    owner_column("report_id", primary_key=True),
    sa.Column(
        "field_id",
        sa.Integer,
        sa.ForeignKey("field_key.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # above 1 only where a report prints the same row twice
    sa.Column("occurrence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("value", ExactNumber),
    sa.Column("value_text", sa.Text),  # NULL if the value is a whole number
    sa.Column("raw_text", sa.Text),  # NULL if equal to the value's text, or empty
    sa.Column("unit", sa.Text),
    sa.Column("row_term", sa.Integer, sa.ForeignKey("term.id"), nullable=False),
    sa.Column("column_term", sa.Integer, sa.ForeignKey("term.id"), nullable=False),
    sa.Column("label_match", sa.Integer, nullable=False),
    *place_columns(),
    sa.Column("reader", sa.Integer, nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("flagged", sa.Integer, nullable=False),
    sa.Column("doubt", sa.Text),
    sa.Column("implied_value", ExactNumber),
    sa.Column("converted", ExactNumber),  # the value in the field's unit, if printed in another
    sa.Column("in_sum", sa.Integer),  # 1: a sum over it holds, which proves it; NULL: none does
    # 1: the page shows it; 0: the page was compared and does not decide; NULL: not compared
    sa.Column("seen", sa.Integer),
    sa.Column("text_value", sa.Text),  # the normalised text of a cell that holds no number
    sqlite_with_rowid=False,
)
# SQLite finds one field of all reports by a skip-scan of the primary key; an index by field
# would cost the writing of one page per cell. PostgreSQL needs the index.
sa.Index("cell_by_field", cell.c.field_id, cell.c.report_id).ddl_if(dialect="postgresql")
sa.Index(
    "cell_flagged",
    cell.c.report_id,
    sqlite_where=cell.c.flagged == 1,
    postgresql_where=cell.c.flagged == 1,
)

sections = sa.Table(
    "section",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    owner_column("report_id"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("page_first", sa.Integer, nullable=False),
    sa.Column("page_last", sa.Integer, nullable=False),
    sa.UniqueConstraint("report_id", "position"),
)

# The cells of an identity are the same in every report of a form, so each set is stored once.
cell_set = sa.Table(
    "cell_set",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("members", sa.Text, nullable=False),  # field ids, "12 13 14"
    *unique_text("members"),
)

cell_set_member = sa.Table(
    "cell_set_member",
    metadata,
    sa.Column(
        "set_id", sa.Integer, sa.ForeignKey("cell_set.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("field_id", sa.Integer, sa.ForeignKey("field_key.id"), nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("cell_set_by_field", cell_set_member.c.field_id)

check_result = sa.Table(
    "check_result",
    metadata,
    owner_column("report_id"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("check_key_id", sa.Integer, sa.ForeignKey("check_key.id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("expected", ExactNumber),
    sa.Column("actual", ExactNumber),
    sa.Column("class", sa.Text, nullable=False, key="severity"),
    sa.Column("cause", sa.Text),
    sa.Column("message", sa.Text, nullable=False),  # empty: see wording
    sa.Column("cells", sa.Integer, sa.ForeignKey("cell_set.id")),
    sa.Column("suspects", sa.Integer, sa.ForeignKey("cell_set.id")),
    wording_column(),
    sa.PrimaryKeyConstraint("report_id", "check_key_id", "position"),  # skip-scan
    sqlite_with_rowid=False,
)
sa.Index("check_result_by_check", check_result.c.check_key_id, check_result.c.report_id).ddl_if(
    dialect="postgresql"
)
sa.Index(
    "check_result_failed",
    check_result.c.report_id,
    sqlite_where=check_result.c.status == "fail",
    postgresql_where=check_result.c.status == "fail",
)

# Which further readers were asked about a report's tables, and the outcome.
fallback_attempts = sa.Table(
    "fallback_attempts",
    metadata,
    owner_column("report_id", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("table_id", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

problem = sa.Table(
    "problem",
    metadata,
    owner_column("report_id", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    *place_columns(),
    sqlite_with_rowid=False,
)

# Sentences with figures, as slices of their section's text; one sentence often has many figures.
sentence = sa.Table(
    "sentence",
    metadata,
    owner_column("report_id", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),  # empty if it is a slice
    sa.Column("section_position", sa.Integer),
    *slice_columns(),
    sqlite_with_rowid=False,
)

figure = sa.Table(
    "figure",
    metadata,
    owner_column("report_id", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("phrase", sa.Text, nullable=False),  # empty if it is a slice of the sentence
    sa.Column("metric_id", sa.Text),
    sa.Column("value", ExactNumber, nullable=False),
    sa.Column("unit", sa.Text),
    sa.Column("approximate", sa.Integer, nullable=False),
    sa.Column("sentence", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("raw_text", sa.Text, nullable=False, server_default=""),
    sa.Column("part_of", sa.Integer),  # position of the figure it is a part of
    sa.Column("stated_as_none", sa.Integer, nullable=False, server_default="0"),
    sa.Column("planned", sa.Integer, nullable=False, server_default="0"),
    sa.Column("proof", sa.Text, nullable=False, server_default="text"),
    *slice_columns("phrase_"),
    sa.ForeignKeyConstraint(
        ["report_id", "sentence"], ["sentence.report_id", "sentence.position"], ondelete="CASCADE"
    ),
    sqlite_with_rowid=False,
)
sa.Index("figure_by_metric", figure.c.metric_id).ddl_if(dialect="postgresql")

# Agencies with new reports whose years are not compared yet: empty after a finished run.
history_due = sa.Table(
    "history_due",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("agency_id", sa.Integer, nullable=False),
    sa.Column("family", sa.Text, nullable=False, server_default=""),
)
