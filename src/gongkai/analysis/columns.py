"""Columns of pandas frames, in types that keep what was read: exact amounts, missing values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gongkai.errors import DatabaseError

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = 15  # of an amount, unless a value has more
_MOST_DIGITS = 38  # of a decimal in Arrow
_MOST_INTEGER = 2**63 - 1  # of Int64


def counts(values: Sequence[int | None]) -> pd.Series[Any]:
    """Nullable integers."""
    import pandas as pd

    return pd.Series(values, dtype="Int64")


def amounts(values: Iterable[Decimal | None]) -> pd.Series[Any]:
    """Exact decimals, all with as many places as the value with the most.

    Raises DatabaseError if they need more than 38 digits.
    """
    import pandas as pd
    import pyarrow as pa

    given = list(values)
    known = [value for value in given if value is not None]
    scale = max((_places(value) for value in known), default=0)
    whole = max((value.adjusted() + 1 for value in known), default=0)
    digits = max(_DIGITS, whole + scale)
    if digits > _MOST_DIGITS:
        raise DatabaseError(f"an amount of {digits} digits: use db.sql() and value_text")
    return pd.Series(given, dtype=pd.ArrowDtype(pa.decimal128(digits, scale)))


def numbers(values: Sequence[Decimal | None]) -> pd.Series[Any]:
    """Integers where all values are whole numbers, else exact decimals."""
    known = [value for value in values if value is not None]
    if all(value == int(value) and abs(value) <= _MOST_INTEGER for value in known):
        return counts([None if value is None else int(value) for value in values])
    return amounts(values)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
