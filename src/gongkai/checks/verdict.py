"""Print or reading: what two independent readers say of a failure, and the report's status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gongkai.model import Cause, Check, Key, Observation, ReportStatus

Seen = Mapping[Key, Observation]


def settle(
    checks: Sequence[Check], first: Seen, second: Seen
) -> tuple[list[Check], dict[Key, Observation]]:
    """Give each failed check its cause, and flag the cells the readers disagree on.

    A failure is the print's where both readers read every cell involved alike; else it
    is the reading's, and the cells in question are flagged.
    """
    settled: list[Check] = []
    flagged: dict[Key, str] = {}
    for check in checks:
        if check.status != "fail" or check.cause is not None:
            settled.append(check)
            continue
        differing = [key for key in check.cells if not _agree(first.get(key), second.get(key))]
        table, proof, _ = check.check_id.split(".")
        cause: Cause = "reading" if differing else "print"
        if proof in ("order", "coverage"):
            cause = "reading"  # what is out of order or left over is for a person to settle
        elif proof == "complete" and _of(table, first) != _of(table, second):
            cause = "reading"
        settled.append(replace(check, cause=cause))
        for key in differing:
            flagged[key] = _difference(first.get(key), second.get(key))
    observations = {
        key: replace(o, flagged=True, doubt=o.doubt or flagged[key]) if key in flagged else o
        for key, o in first.items()
    }
    return settled, observations


def _of(table: str, seen: Seen) -> set[Key]:
    return {key for key in seen if key.table == table}


def _agree(one: Observation | None, other: Observation | None) -> bool:
    return (
        one is not None
        and other is not None
        and (one.state, one.value) == (other.state, other.value)
    )


def _difference(one: Observation | None, other: Observation | None) -> str:
    texts = [f"“{o.raw_text}”（{o.reader}）" if o else "未见" for o in (one, other)]
    return f"两种读法不一致：{texts[0]}与{texts[1]}"


def status_of(checks: Iterable[Check], observations: Iterable[Observation]) -> ReportStatus:
    """The report's status; only ``must`` checks count."""
    failed = [c for c in checks if c.status == "fail" and c.klass == "must"]
    if any(o.flagged for o in observations) or any(c.cause == "reading" for c in failed):
        return "doubtful"
    if any(c.check_id.split(".")[1] == "complete" for c in failed):
        return "incomplete"
    return "print_fault" if failed else "proved"
