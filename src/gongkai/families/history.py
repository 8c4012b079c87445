"""Identities over two years of one agency: history.csv."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from gongkai.errors import FamilyError
from gongkai.families.files import DataLine, read_optional_lines
from gongkai.families.tables import Table
from gongkai.model import Severity


class HistoryTerm(DataLine):
    """A line of history.csv: one signed term of an identity over two years of one agency."""

    identity: str
    severity: Severity
    table_id: str
    over: Literal["row", "column"]
    relation: Literal["eq", "ge"]
    member: str
    year: Annotated[Literal[0, -1], BeforeValidator(int)]  # -1: the year before
    sign: Annotated[Literal[1, -1], BeforeValidator(int)]
    source: str  # for people


def read_history(path: Path, find_table: Callable[[str], Table | None]) -> tuple[HistoryTerm, ...]:
    """Load history.csv, if there is one.

    Raises FamilyError if it names a row or column that no form has.
    """
    found = []
    for number, line in read_optional_lines(path, HistoryTerm):
        table = find_table(line.table_id)
        known = () if table is None else table.rows if line.over == "column" else table.columns
        if line.member not in known:
            raise FamilyError(f"{path}:{number}: fields.csv has no {line.member!r}")
        found.append(line)
    return tuple(found)
