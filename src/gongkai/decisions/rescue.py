"""Reads decisions from a damaged database: by SQL, from its pages, and from the copy beside it.

Each decision has a digest of all its fields (``uid``), which proves that it was read right.
"""

from __future__ import annotations

import contextlib
import mmap
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.database.decision_tables import NO_DATABASE, decision
from gongkai.database.locations import DatabaseLocation, decisions_copy
from gongkai.database.pages import leaf_records
from gongkai.database.sqlite_file import connect_unchecked
from gongkai.decisions.backup import read_copy
from gongkai.decisions.records import Decision, stored_decision
from gongkai.errors import UsageError
from gongkai.language import tr

_COLUMNS = tuple(column.name for column in decision.c)
_FIRST_COLUMNS = _COLUMNS.index("overrules") + 1  # of the first version with decisions


@dataclass(frozen=True, slots=True)
class Rescued:
    """What was read of a database's decisions."""

    decisions: list[Decision]  # the earliest first
    in_database: int  # of them read from the database itself
    is_damaged: bool  # whether the database could not be read whole


def rescue_decisions(db: DatabaseLocation) -> Rescued:
    """Read every decision that can be read of a SQLite database, and of the copy beside it.

    Changes nothing. Raises UsageError where there is neither, and for a database on a server.
    """
    if not isinstance(db, Path):
        raise UsageError(tr("{db} is on a server: restore the server's backup", db=db))
    copy = decisions_copy(db)
    if not db.is_file() and not copy.is_file():
        raise UsageError(
            tr("{db} does not exist, and there is no {name} beside it", db=db, name=copy.name)
        )
    found: dict[str, Decision] = {}
    is_damaged = True
    if db.is_file():
        try:
            _add(found, _by_sql(db))
            is_damaged = False
        except (sqlite3.Error, UnicodeDecodeError):
            _add(found, _from_pages(db))
    in_database = len(found)
    if copy.is_file():
        _add(found, read_copy(copy))
    ordered = sorted(found.values(), key=lambda d: (d.sequence or 0, d.database_id or "", d.at))
    return Rescued(ordered, in_database, is_damaged)


def _add(found: dict[str, Decision], more: Iterable[Decision]) -> None:
    """Add decisions; of two that are the same, the one with a number stays."""
    for each in more:
        known = found.get(each.uid)
        if known is None or (known.sequence or 0) < (each.sequence or 0):
            found[each.uid] = each


def _by_sql(db: Path) -> list[Decision]:
    """Read the table. Raises sqlite3.Error where any part of it is damaged."""
    with contextlib.closing(connect_unchecked(db)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM decision NOT INDEXED")]
    proved = [each for row in rows if (each := _proved(row)) is not None]
    if len(proved) < len(rows):
        raise sqlite3.DatabaseError(tr("a decision does not match its digest"))
    return proved


def _from_pages(db: Path) -> Iterator[Decision]:
    """Read every record in the file and its write-ahead log that is a decision by its digest."""
    for path in (db, db.with_name(f"{db.name}-wal")):
        if not path.is_file() or not path.stat().st_size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for record in leaf_records(memoryview(data)):
                if _FIRST_COLUMNS <= len(record) <= len(_COLUMNS):
                    each = _proved(dict(zip(_COLUMNS, record, strict=False)))
                    if each is not None:
                        yield each


def _proved(row: Mapping[str, Any]) -> Decision | None:
    """The decision in a row of any version; None where its digest is not that of its fields."""
    try:
        each = stored_decision({"database_id": NO_DATABASE, "sequence": None, **row})
        return each if each.uid == row["uid"] else None
    except (KeyError, TypeError, ValueError):
        return None
