"""The tables of the dictionary, in the database itself: numbers, rates, metrics, codes, columns."""

from __future__ import annotations

import sqlalchemy as sa

from gongkai.database import schema

_KEYS = {"class": "severity"}


def _entries(name: str, *columns: str) -> sa.Table:
    """A table of the dictionary: texts, by family and position."""
    return sa.Table(
        name,
        schema.metadata,
        sa.Column("family", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        *_texts(*columns),
    )


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(n, sa.Text, nullable=False, key=_KEYS.get(n, n)) for n in names)


fields = _entries(
    "fields", "table_id", "row_id", "column_id", "forms", "table_label_zh", "row_label_zh",
    "column_label_zh", "table_label_en", "row_label_en", "column_label_en", "unit", "article_zh",
    "value_type", "row_name_zh", "column_name_zh", "years", "identities", "not_comparable_with",
)  # fmt: skip
rates = _entries(
    "rates", "id", "name_zh", "name_en", "formula_zh", "numerator", "denominator", "unit",
    "note_zh", "note_en",
)  # fmt: skip
# What numbers in prose count; narrative_figures.metric_id refers to them.
metrics = _entries(
    "metrics", "metric_id", "metric_group", "title_zh", "title_en", "units", "compared_with_zh",
    "compared_with_en",
)  # fmt: skip

# Descriptions of the columns of documented tables and views.
columns = sa.Table(
    "columns",
    schema.metadata,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),  # 0: the table itself
    *_texts("column_name", "name_zh", "type", "unit", "description_en", "description_zh"),
)

# What the checks of a family test; an id of a check begins with that of its rule.
check_rules = _entries("check_rules", "check_id", "class", "meaning_zh", "meaning_en")

# What people call the codes that columns hold.
codes = sa.Table(
    "codes",
    schema.metadata,
    sa.Column("table_name", sa.Text, primary_key=True),  # *: the column of this name in any table
    sa.Column("column_name", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    *_texts("name_zh", "name_en", "meaning_zh", "meaning_en"),
)

# Tables that people read directly, without a view.
DOCUMENTED_TABLES = {
    table.name
    for table in (
        schema.agencies, schema.report_tables, fields, rates, metrics, check_rules,
        codes, columns, schema.runs
    )
}  # fmt: skip
