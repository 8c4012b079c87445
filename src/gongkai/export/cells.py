"""Values on their way into files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.codes import decimal_text
from gongkai.database.types import to_decimal

_STEP = 500  # rows between two words of progress


def number_text(value: float | Decimal) -> str:
    """All digits of a number, without exponent or binary noise."""
    return decimal_text(to_decimal(value))


def column_label(column: ColumnInfo, language: str) -> str:
    """The name a column has in a file."""
    return column.name_zh if language == "zh" else column.name


def with_progress(
    rows: Iterator[Sequence[Any]],
    table: str,
    total: int,
    progress: Callable[[str, int, int], None],
) -> Iterator[Sequence[Any]]:
    """The same rows, told as they go by."""
    done = 0
    progress(table, 0, total)
    for row in rows:
        yield row
        done += 1
        if done % _STEP == 0:
            progress(table, done, total)
    progress(table, done, total)
