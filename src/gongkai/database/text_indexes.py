"""Indexes of texts of any length, such as paths and printed labels.

An entry of PostgreSQL's usual index holds at most 2,704 bytes, so that one longer text would end
every run. A hash index takes any text, and finds equal ones.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint


def unique_text(column: str) -> tuple[sa.Constraint, ...]:
    """The constraint that a column of texts holds no text twice."""
    return (
        sa.UniqueConstraint(column).ddl_if(dialect="sqlite"),
        ExcludeConstraint((column, "="), using="hash").ddl_if(dialect="postgresql"),
    )


def text_index(name: str, column: str, *others: str) -> tuple[sa.Index, ...]:
    """An index by a text, in SQLite also by further columns."""
    return (
        sa.Index(name, column, *others).ddl_if(dialect="sqlite"),
        sa.Index(name, column, postgresql_using="hash").ddl_if(dialect="postgresql"),
    )
