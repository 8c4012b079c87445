"""Columns of pandas frames, in types that keep what was read: exact amounts, missing values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_MOST_INTEGER = 2**63 - 1  # of Int64


def counts(values: Sequence[int | None]) -> pd.Series[Any]:
    """Nullable integers."""
    import pandas as pd

    return pd.Series(values, dtype="Int64")


def amounts(values: Iterable[Decimal | None]) -> pd.Series[Any]:
    """Exact decimals: Python's ``Decimal``, None where there is no value."""
    import pandas as pd

    return pd.Series(list(values), dtype="object")


def numbers(values: Sequence[Decimal | None]) -> pd.Series[Any]:
    """Integers where all values are whole numbers, else exact decimals."""
    known = [value for value in values if value is not None]
    if all(value == int(value) and abs(value) <= _MOST_INTEGER for value in known):
        return counts([None if value is None else int(value) for value in values])
    return amounts(values)
