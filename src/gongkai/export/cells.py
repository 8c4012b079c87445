"""Convert values, column names and progress for exported files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.codes import decimal_text
from gongkai.database.types import to_decimal

_STEP = 500  # rows between two calls of progress


def number_text(value: float | Decimal) -> str:
    """All digits of a number, without exponent and without binary rounding errors."""
    return decimal_text(to_decimal(value))


def column_label(column: ColumnInfo, language: str) -> str:
    """The name of a column in a language (``en`` or ``zh``)."""
    return column.name_zh if language == "zh" else column.name


def with_progress(
    rows: Iterator[Sequence[Any]],
    table: str,
    total: int,
    progress: Callable[[str, int, int], None],
) -> Iterator[Sequence[Any]]:
    """Yield the rows unchanged and report how many have passed."""
    done = 0
    progress(table, 0, total)
    for row in rows:
        yield row
        done += 1
        if done % _STEP == 0:
            progress(table, done, total)
    progress(table, done, total)
