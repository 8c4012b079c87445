"""A decision of a person, and how several on the same thing stand to each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from gongkai.database.codes import to_hundredths
from gongkai.database.decision_tables import decision as _table
from gongkai.model import Box, Key

Kind = Literal["cell", "check", "agency", "year"]
Verdict = Literal[
    "accepted",  # as the machine read it
    "typed",  # what a person reads: a number or a mark
    "blank",
    "unreadable",
    "print_fault",  # the report itself is wrong: a failed check is none of the reading's
    "set",  # which body, which year
    "withdrawn",  # an earlier decision of the same person is taken back
]
Standing = Literal[
    "in_force",
    "conflict",  # two people decided contrary things: none is in force
    "changed",  # the machine reads something else now than was decided on
    "superseded",  # the same person decided again
    "overruled",  # someone who saw the contrary decisions settled them
    "withdrawn",
]
_SIDES = ("x0", "top", "x1", "bottom")


class Target(NamedTuple):
    """What a decision is about, the same in every database that has the file."""

    file_sha256: str
    report_number: int  # within the file, from 1
    kind: Kind
    key: Key | None = None  # of a cell
    occurrence: int | None = None
    check_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. Values are all their digits as text, the place is in points, and what
    there is not is None, never an empty text."""

    who: str
    at: str  # ISO 8601, UTC
    file_sha256: str
    file_name: str
    report_number: int
    kind: Kind
    table_id: str | None
    row_id: str | None
    column_id: str | None
    occurrence: int | None
    check_id: str | None
    page: int | None
    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None
    read_state: str | None  # what the machine had read when this was decided
    read_value: str | None
    read_text: str | None
    verdict: Verdict
    state: str | None  # what stands in the print, as decided
    value: str | None
    text: str | None  # as the person typed it
    why: str | None
    overrules: bool = False  # made in view of contrary ones, which it settles

    @property
    def target(self) -> Target:
        key = None
        if self.kind == "cell":
            key = Key(self.table_id or "", self.row_id or "", self.column_id or "")
        return Target(
            self.file_sha256, self.report_number, self.kind, key, self.occurrence, self.check_id
        )

    @property
    def box(self) -> Box | None:
        if self.x0 is None or self.top is None or self.x1 is None or self.bottom is None:
            return None
        return Box(self.x0, self.top, self.x1, self.bottom)

    @property
    def uid(self) -> str:
        """A digest of the whole record: the same decision is never kept twice."""
        told = json.dumps(_row(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def outcome(self) -> tuple[object, ...]:
        """What it comes to: equal for decisions that do not contradict each other."""
        if self.kind == "cell":
            if self.verdict == "accepted":
                return (self.read_state, self.read_value)
            return (self.state, self.value)
        return (self.verdict, self.value or self.text)


COLUMNS = tuple(field.name for field in fields(Decision))


def now() -> str:
    """The moment of a decision, in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def append(connection: sa.Connection, decisions: Iterable[Decision]) -> list[Decision]:
    """Keep decisions; gives those that were not known yet."""
    added = []
    for each in decisions:
        known = sa.select(_table.c.id).where(_table.c.uid == each.uid)
        if connection.scalar(known) is None:
            connection.execute(sa.insert(_table).values(uid=each.uid, **_row(each)))
            added.append(each)
    return added


def read(connection: sa.Connection, *conditions: Any) -> list[tuple[int, Decision]]:
    """Decisions with their ids, from the earliest on."""
    query = sa.select(_table).where(*conditions).order_by(_table.c.at, _table.c.uid)
    return [(row.id, _decision(row)) for row in connection.execute(query)]


_ANY = sa.select(_table.c.id).where(_table.c.file_sha256 == sa.bindparam("sha256")).limit(1)


def read_any(connection: sa.Connection, sha256: str) -> bool:
    """Whether anything was ever decided about a file."""
    return connection.scalar(_ANY, {"sha256": sha256}) is not None


def standings(
    decisions: Sequence[Decision], fits: Callable[[Decision], bool]
) -> tuple[list[Standing], int | None]:
    """How decisions on one thing stand, given from the earliest on, and which is in force.

    Of each person the latest counts. ``fits`` says whether what was read is still read.
    """
    latest = {each.who: n for n, each in enumerate(decisions)}
    counting = {n for n in latest.values() if decisions[n].verdict != "withdrawn"}
    ruling = max((n for n in counting if decisions[n].overrules), default=-1)
    found: list[Standing] = []
    for n, each in enumerate(decisions):
        if latest[each.who] != n:
            found.append("superseded")
        elif each.verdict == "withdrawn":
            found.append("withdrawn")
        elif n < ruling:
            found.append("overruled")
        else:
            found.append("in_force" if fits(each) else "changed")
    alive = [n for n, standing in enumerate(found) if standing == "in_force"]
    if len({decisions[n].outcome for n in alive}) > 1:
        for n in alive:
            found[n] = "conflict"
        return found, None
    return found, alive[-1] if alive else None


def _row(each: Decision) -> dict[str, Any]:
    row = asdict(each)
    box = each.box
    row |= dict(zip(_SIDES, to_hundredths(box) if box else (None,) * 4, strict=True))
    row["overrules"] = int(each.overrules)
    return row


def _decision(row: Any) -> Decision:
    values = {name: getattr(row, name) for name in COLUMNS}
    for side in _SIDES:
        values[side] = None if values[side] is None else values[side] / 100
    values["overrules"] = bool(values["overrules"])
    return Decision(**values)
