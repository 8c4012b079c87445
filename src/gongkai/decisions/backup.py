"""The copy of all decisions beside a database: lines of JSON that are only ever appended.

It is the second place of what only people know. A decision is in both places, synced, before the
program answers. Databases on a server have the backups of the server instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gongkai.database.decision_tables import DATABASE_ID, decision
from gongkai.database.locations import DatabaseLocation, decisions_copy
from gongkai.database.schema import gongkai_meta
from gongkai.decisions.records import DECISION_COLUMNS, Decision, read_decisions
from gongkai.whole_files import append_lines

_COPIED_FROM, _ROW = "copied_from", "row"  # identity of the database, and id of the row there


class DecisionBackup:
    """The copy beside one database. The first addition makes the file."""

    def __init__(self, db: DatabaseLocation) -> None:
        self.path = decisions_copy(db) if isinstance(db, Path) else None
        self._last: int | None = None  # id of the last row that is in the copy

    def catch_up(self, connection: sa.Connection) -> None:
        """Append the decisions that the copy lacks, also those of other processes.

        Raises OSError where the copy cannot be read or written.
        """
        if self.path is None:
            return
        query = sa.select(gongkai_meta.c.value).where(gongkai_meta.c.name == DATABASE_ID)
        own = connection.scalar(query)
        if self._last is None:
            copied = (line for line in _lines(self.path) if line.get(_COPIED_FROM) == own)
            self._last = max((line[_ROW] for line in copied), default=0)
        new = read_decisions(connection, decision.c.id > self._last)
        if new:
            append_lines(self.path, (_line(own, key, each) for key, each in new))
            self._last = max(key for key, _ in new)


def read_copy(path: Path) -> list[Decision]:
    """Return the decisions in a copy, each once, in the order of its lines.

    A line that was cut off or changed is left out. Raises OSError where there is no such file.
    """
    found: dict[str, Decision] = {}
    for line in _lines(path, must_exist=True):
        try:
            each = Decision(**{name: line[name] for name in DECISION_COLUMNS})
        except (KeyError, TypeError):
            continue
        if each.uid == line.get("uid"):
            found.setdefault(each.uid, each)
    return list(found.values())


def _line(own: str | None, key: int, each: Decision) -> str:
    record = {_COPIED_FROM: own, _ROW: key, **asdict(each), "uid": each.uid}
    return json.dumps(record, ensure_ascii=False)


def _lines(path: Path, *, must_exist: bool = False) -> Iterator[dict[str, Any]]:
    """Yield the lines of a copy that are whole."""
    if not must_exist and not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:  # cut off by a power cut
                continue
            if isinstance(record, dict) and isinstance(record.get(_ROW), int):
                yield record
