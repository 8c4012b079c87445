"""Resolves several decisions on one target: the standing of each, and the one in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gongkai.database.decision_tables import decision_standing
from gongkai.decisions.records import Decision, Standing

Records = Sequence[tuple[int, Decision]]  # decisions on one target with their ids, oldest first


@dataclass(frozen=True, slots=True)
class Resolution:
    """The standings of the decisions on one target, in their order, and the one in force."""

    standings: Sequence[Standing]
    decision_id: int | None = None
    decision: Decision | None = None


def resolve_decisions(records: Records, is_current: Callable[[Decision], bool]) -> Resolution:
    """Resolve the decisions on one target.

    Only the latest decision of each person counts. ``is_current`` says whether the machine
    still reads what a decision was made on.
    """
    decisions = [decision for _, decision in records]
    standings = _standings(decisions, is_current)
    in_force = [n for n, standing in enumerate(standings) if standing == "in_force"]
    if len({decisions[n].conclusion for n in in_force}) > 1:
        return Resolution(["conflict" if s == "in_force" else s for s in standings])
    return Resolution(standings, *records[in_force[-1]]) if in_force else Resolution(standings)


def insert_standings(
    connection: sa.Connection, report_id: int, records: Records, resolution: Resolution
) -> None:
    """Store the standings of the decisions on one target of a report."""
    connection.execute(
        sa.insert(decision_standing),
        [
            {"report_id": report_id, "decision_id": decision_id, "standing": standing}
            for (decision_id, _), standing in zip(records, resolution.standings, strict=True)
        ],
    )


def _standings(
    decisions: Sequence[Decision], is_current: Callable[[Decision], bool]
) -> list[Standing]:
    """Return the standing of each decision, before conflicts."""
    latest = {decision.who: n for n, decision in enumerate(decisions)}
    counting = {n for n in latest.values() if decisions[n].verdict != "withdrawn"}
    ruling = max((n for n in counting if decisions[n].overrules), default=-1)
    standings: list[Standing] = []
    for n, decision in enumerate(decisions):
        if latest[decision.who] != n:
            standings.append("superseded")
        elif decision.verdict == "withdrawn":
            standings.append("withdrawn")
        elif n < ruling:
            standings.append("overruled")
        else:
            standings.append("in_force" if is_current(decision) else "changed")
    return standings
