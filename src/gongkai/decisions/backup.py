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

from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.decision_tables import decision
from gongkai.database.locations import DatabaseLocation, decisions_copy
from gongkai.decisions.records import DECISION_COLUMNS, Decision, read_decisions
from gongkai.whole_files import append_lines


class DecisionBackup:
    """The copy beside one database. The first addition makes the file."""

    def __init__(self, db: DatabaseLocation) -> None:
        self.path = decisions_copy(db) if isinstance(db, Path) else None
        self._last: int | None = None  # id of the last row that was compared with the copy

    def catch_up(self, connection: sa.Connection) -> None:
        """Append the decisions that the copy lacks, also those of other processes.

        Raises OSError where the copy cannot be read or written.
        """
        if self.path is None:
            return
        rows = sa.select(decision.c.id, decision.c.uid)
        if self._last is None:
            copied = {line["uid"] for line in _lines(self.path)} if self.path.exists() else set()
        else:
            copied = set()
            rows = rows.where(decision.c.id > self._last)
        uids = {row.id: row.uid for row in connection.execute(rows)}
        missing = {key for key, uid in uids.items() if uid not in copied}
        if missing:
            found = read_decisions(connection, decision.c.id >= min(missing))
            append_lines(self.path, (_line(each) for key, each in found if key in missing))
        self._last = max(uids, default=self._last or 0)


def unknown_decisions(db: DatabaseLocation) -> int:
    """Return how many decisions in the copy beside a database the database does not have.

    There are some after a database was deleted and made anew. Raises DatabaseError.
    """
    if not isinstance(db, Path) or not decisions_copy(db).is_file():
        return 0
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        known = set(connection.scalars(sa.select(decision.c.uid)))
    return sum(each.uid not in known for each in read_copy(decisions_copy(db)))


def read_copy(path: Path) -> list[Decision]:
    """Return the decisions in a copy, each once, in the order of its lines.

    A line that was cut off or changed is left out. Raises OSError where there is no such file.
    """
    found: dict[str, Decision] = {}
    for line in _lines(path):
        try:
            each = Decision(**{name: line[name] for name in DECISION_COLUMNS if name in line})
        except (KeyError, TypeError):
            continue
        if each.uid == line["uid"]:
            found.setdefault(each.uid, each)
    return list(found.values())


def _line(each: Decision) -> str:
    return json.dumps({**asdict(each), "uid": each.uid}, ensure_ascii=False)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a copy that are whole."""
    with path.open("rb") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:  # cut off by a power cut
                continue
            if isinstance(record, dict) and "uid" in record:
                yield record
