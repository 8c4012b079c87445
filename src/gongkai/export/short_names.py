"""Names and labels of variables that Stata, SPSS and R take.

Stata takes names of 32 characters and labels of 80; SPSS takes names of 64 bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.vocabulary import words_of

_LONGEST = 32  # characters of a name
_LONGEST_BYTES = 64
_LONGEST_LABEL = 80
_DIGEST = 4  # hexadecimal digits that make a shortened name unique
# words of Stata, SPSS and R that no variable may have as its name
_RESERVED = frozenset((
    "all", "and", "break", "by", "byte", "double", "else", "eq", "false", "float", "function",
    "ge", "gt", "if", "in", "inf", "int", "le", "long", "lt", "na", "nan", "ne", "next", "not",
    "null", "or", "repeat", "str", "strl", "to", "true", "using", "while", "with",
))  # fmt: skip


def short_names(columns: Sequence[str]) -> dict[str, str]:
    """A valid, unique name for each column; the same column always has the same name.

    A name that is too long, or has another character than letters, digits and ``_``, is cut and
    ends in four digits of its digest. ``names.csv`` leads back.
    """
    found = {column: _short(column) for column in columns}
    if len(set(found.values())) != len(set(columns)):
        raise ValueError("two columns have the same digest: use longer ones")
    return found


def _short(column: str) -> str:
    clean = re.sub(r"\W", "_", column)
    if not re.match("[^\\W\\d_]", clean):
        clean = f"v_{clean}"
    if clean == column and _fits(clean) and clean.lower() not in _RESERVED:
        return clean
    ending = "_" + hashlib.sha256(column.encode()).hexdigest()[:_DIGEST]
    while not _fits(clean + ending):
        clean = clean[:-1]
    return clean + ending


def _fits(name: str) -> bool:
    return len(name) <= _LONGEST and len(name.encode()) <= _LONGEST_BYTES


def label_of(column: ColumnInfo) -> str:
    """The Chinese name of a column with its unit, as the label of a variable."""
    unit = f"（{column.unit}）" if column.unit else ""
    return f"{column.name_zh or column.name}{unit}"[:_LONGEST_LABEL]


def value_labels(column: ColumnInfo) -> Mapping[str, str]:
    """Chinese labels of a column's codes; empty if it has none."""
    words = words_of(column.table, column.name) or {}
    return {code: word.name_zh for code, word in words.items()}
