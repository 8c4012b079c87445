"""A person's decision as a record, and the table of decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.codes import to_hundredths
from gongkai.database.decision_tables import DATABASE_ID, FIRST_FAMILY, NO_DATABASE
from gongkai.database.decision_tables import decision as _table
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.model import Box, Key

DecisionKind = Literal["cell", "check", "agency", "year"]
Verdict = Literal[
    "accepted",  # the machine's reading is right
    "typed",  # the person reads another number, or a mark
    "blank",
    "unreadable",
    "print_fault",  # the report itself is wrong: the check fails although the reading is right
    "set",  # the person names the agency or the year
    "withdrawn",  # the person takes back their earlier decision
]
Standing = Literal[
    "in_force",
    "conflict",  # people decided differently: no decision is in force
    "changed",  # the machine's reading is no longer the one that was decided on
    "superseded",  # the same person decided again
    "overruled",  # a person who saw the conflict decided
    "withdrawn",
]
KEY_COLUMNS = ("table_id", "row_id", "column_id")  # of a cell
_SIDES = ("x0", "top", "x1", "bottom")
_CLOCK_TOLERANCE = timedelta(days=1)  # between the clocks of two machines
# Of decisions, the earliest first.
ORDER = (_table.c.sequence, _table.c.database_id, _table.c.uid)


class Target(NamedTuple):
    """What a decision is about. The same in every database that contains the file."""

    file_sha256: str
    family: str
    report_number: int  # among the reports of the family in the file, from 1
    kind: DecisionKind
    key: Key | None = None  # of a cell
    occurrence: int | None = None  # of a cell: its number among the cells with this key, from 1
    check_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one person.

    Values are decimal digits as text. Coordinates are in PDF points, origin top left. A missing
    value is None, never an empty text.
    """

    who: str
    at: str  # ISO 8601, UTC; for information: decisions are ordered by ``sequence``
    file_sha256: str
    file_name: str
    report_number: int
    kind: DecisionKind
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
    read_state: str | None  # what the machine had read at the time of the decision
    read_value: str | None
    read_text: str | None
    verdict: Verdict
    state: str | None  # what is printed, according to the person
    value: str | None
    text: str | None  # as the person typed it; of a text cell normalised
    why: str | None
    overrules: bool = False  # made while others were in conflict, and resolves it
    family: str = FIRST_FAMILY  # of the report
    # The number that a database gave it and the identity of that database; None until then.
    sequence: int | None = None
    database_id: str | None = None

    @property
    def target(self) -> Target:
        """What the decision is about."""
        key = None
        if self.kind == "cell":
            key = Key(self.table_id or "", self.row_id or "", self.column_id or "")
        return Target(
            self.file_sha256,
            self.family,
            self.report_number,
            self.kind,
            key,
            self.occurrence,
            self.check_id,
        )

    @property
    def box(self) -> Box | None:
        """The place of the cell; None where the decision is not about a cell."""
        if self.x0 is None or self.top is None or self.x1 is None or self.bottom is None:
            return None
        return Box(self.x0, self.top, self.x1, self.bottom)

    @property
    def uid(self) -> str:
        """A digest of all fields. It keeps a database from storing a decision twice.

        The first family is left out, so that decisions from before there were others keep
        their digest; so is the number of a decision that no database numbered when it was made.
        """
        row = _row(self)
        if self.family == FIRST_FAMILY:
            del row["family"]
        if self.database_id in (None, NO_DATABASE):
            del row["sequence"], row["database_id"]
        record = json.dumps(row, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(record.encode()).hexdigest()[:32]

    @property
    def conclusion(self) -> tuple[object, ...]:
        """What the decision says about its target. Two that differ are in conflict."""
        if self.kind == "cell":
            if self.state == "text":
                return (self.state, self.text)
            if self.verdict == "accepted":
                return (self.read_state, self.read_value)
            return (self.state, self.value)
        return (self.verdict, self.value or self.text)

    @property
    def agrees_with_machine(self) -> bool:
        """Whether the person read the same in a cell as the machine."""
        if self.state == "text":
            return self.verdict == "accepted"
        return self.conclusion == (self.read_state, self.read_value)


DECISION_COLUMNS = tuple(field.name for field in fields(Decision))


def utc_now() -> str:
    """Return the current time as a decision records it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def append_decisions(connection: sa.Connection, decisions: Iterable[Decision]) -> list[Decision]:
    """Insert decisions that the database does not have yet, and return these.

    A new decision gets the next number of the database, above those of all decisions that the
    database knows; an imported one keeps its own. So a decision comes after every one that its
    author could have seen, whatever the clocks said, and all databases agree on the order
    (Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978).

    Raises UsageError for a decision whose time is far ahead of this machine's clock.
    """
    added = []
    own = connection.scalar(_IDENTITY)
    last = connection.scalar(_LAST_SEQUENCE) or 0
    for decision in decisions:
        _refuse_later_than_now(decision)
        is_new = decision.database_id is None
        if not is_new and connection.scalar(_BY_UID, {"uid": decision.uid}) is not None:
            continue
        numbered = replace(
            decision,
            sequence=last + 1 if decision.sequence is None else decision.sequence,
            database_id=own if is_new else decision.database_id,
        )
        last = max(last, numbered.sequence or 0)
        connection.execute(sa.insert(_table).values(uid=numbered.uid, **_row(numbered)))
        added.append(numbered)
    return added


def _refuse_later_than_now(decision: Decision) -> None:
    now = datetime.now(UTC)
    if datetime.fromisoformat(decision.at) > now + _CLOCK_TOLERANCE:
        raise UsageError(
            tr(
                "the decision of {who} on {file_name} is dated {at}, but this machine's clock "
                "says {now:%Y-%m-%d %H:%M} UTC: set the clock, or correct the time and empty the "
                "uid",
                who=decision.who,
                file_name=decision.file_name,
                at=decision.at,
                now=now,
            )
        )


def read_decisions(connection: sa.Connection, *conditions: Any) -> list[tuple[int, Decision]]:
    """Return decisions with their ids, the earliest first."""
    query = sa.select(_table).where(*conditions).order_by(*ORDER)
    return [(row["id"], stored_decision(row)) for row in connection.execute(query).mappings()]


_BY_UID = sa.select(_table.c.id).where(_table.c.uid == sa.bindparam("uid"))
_LAST_SEQUENCE = sa.select(sa.func.max(_table.c.sequence))
_IDENTITY = sa.select(schema.gongkai_meta.c.value).where(schema.gongkai_meta.c.name == DATABASE_ID)
_FIRST_OF_FILE = (
    sa.select(_table.c.id)
    .where(
        _table.c.file_sha256 == sa.bindparam("sha256"), _table.c.family == sa.bindparam("family")
    )
    .limit(1)
)


def has_decisions(connection: sa.Connection, sha256: str, family: str) -> bool:
    """Return whether there is any decision about a family's reports in a file."""
    return connection.scalar(_FIRST_OF_FILE, {"sha256": sha256, "family": family}) is not None


def _row(decision: Decision) -> dict[str, Any]:
    row = asdict(decision)
    box = decision.box
    row |= dict(zip(_SIDES, to_hundredths(box) if box else (None,) * 4, strict=True))
    row["overrules"] = int(decision.overrules)
    return row


def stored_decision(row: Mapping[Any, Any]) -> Decision:
    """The decision in a row of the table; a column that the row lacks has its default."""
    values = {name: row[name] for name in DECISION_COLUMNS if name in row}
    for side in _SIDES:
        values[side] = None if values[side] is None else values[side] / 100
    values["overrules"] = bool(values["overrules"])
    return Decision(**values)
