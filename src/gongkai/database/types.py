"""Column types for exact numbers, columns that many tables have, conversions of stored boxes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gongkai.database.codes import decimal_text, sqlite_number
from gongkai.model import Box

_EXACT_DIGITS = 15  # decimal digits that survive SQLite's REAL


# Calculated ids exceed the 32 bits of PostgreSQL's INTEGER.
BigKey = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class ExactNumber(sa.types.TypeDecorator[Decimal]):
    """A decimal number that SQL can compare and add, and that is read as it was written.

    SQLite stores integers as INTEGER and other numbers as REAL, which keeps up to 15
    significant digits (``str(value) == "96171.6"``). For longer numbers only the text
    stored beside the number is exact. PostgreSQL stores an exact NUMERIC.
    """

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_SqliteNumeric())
        return dialect.type_descriptor(sa.Numeric())

    def process_bind_param(self, value: Decimal | int | None, dialect: sa.Dialect) -> Any:
        if value is None or isinstance(value, int):
            return value
        return sqlite_number(value) if dialect.name == "sqlite" else _without_end_zeros(value)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> Decimal | None:
        if value is None:
            return None
        return to_decimal(value)


class _SqliteNumeric(sa.types.UserDefinedType[Any]):
    """NUMERIC affinity, without SQLAlchemy's rounding to ten places."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "NUMERIC"


def to_decimal(value: float | Decimal) -> Decimal:
    """Convert a stored INTEGER, REAL or NUMERIC to a Decimal."""
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(format(value, f".{_EXACT_DIGITS}g"))


def _without_end_zeros(value: Decimal) -> Decimal:
    text = decimal_text(value)
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else value


def owner_column(column: str, *, primary_key: bool = False) -> sa.Column[int]:
    """A reference to the row that this row belongs to, and is deleted with."""
    target = {"report_id": "report.id", "source_id": "source.id"}[column]
    return sa.Column(
        column,
        sa.Integer,
        sa.ForeignKey(target, ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


def place_columns() -> tuple[sa.Column[int], ...]:
    """A page (from 1) and a box in hundredths of a point; NULL without a position."""
    return tuple(sa.Column(name, sa.Integer) for name in ("page", *Box._fields))


def slice_columns(prefix: str = "") -> tuple[sa.Column[int], ...]:
    """Where a text stands within another one: its start, from 1, and its length."""
    return tuple(sa.Column(f"{prefix}{name}", sa.Integer) for name in ("start", "length"))


def slice_of(
    text: sa.ColumnElement[str],
    start: sa.ColumnElement[int],
    length: sa.ColumnElement[int],
    own: sa.ColumnElement[str],
) -> sa.ColumnElement[str]:
    """The part of a text; ``own`` where there is none."""
    return sa.func.coalesce(sa.func.substr(text, start, length), own)


def wording_column() -> sa.Column[int]:
    """The sentence of a check, with EXPECTED and ACTUAL for numbers: the same in many reports."""
    return sa.Column("wording", sa.Integer)  # the id of a term


def stored_box(row: Any) -> Box | None:
    """The box in points of a row that stores hundredths; None if it has no position."""
    if row.x0 is None:
        return None
    return Box(row.x0 / 100, row.top / 100, row.x1 / 100, row.bottom / 100)


def box_columns(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """The four sides of a stored box as columns in points."""
    hundred = sa.literal_column("100.0", sa.Double)
    return [(sa.cast(table.c[side], sa.Double) / hundred).label(side) for side in Box._fields]
