"""Print or reading: what two independent readers say of a failure, and the report's status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from gongkai.model import Cause, Check, Key, Observation, Observations, ReportStatus


def settle(
    checks: Sequence[Check], first: Observations, second: Observations
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
        cause: Cause = "reading" if differing else "print"
        if check.rule in ("order", "coverage"):
            cause = "reading"  # what is out of order or left over is for a person to settle
        elif check.rule == "complete" and _of(check.table, first) != _of(check.table, second):
            cause = "reading"
        settled.append(replace(check, cause=cause))
        for key in differing:
            flagged[key] = _difference(first.get(key), second.get(key))
    lies = implausible(settled)
    if lies:
        # so many sums do not fail in print: the text layer itself is not to be believed
        settled = [replace(c, cause="reading") if c.status == "fail" else c for c in settled]
        flagged = dict.fromkeys(first, "多数勾稽关系不成立，文字层可能与印出的不符") | flagged
    observations = {
        key: replace(o, flagged=True, doubt=o.doubt or flagged[key]) if key in flagged else o
        for key, o in first.items()
    }
    return settled, observations


_MANY = 8  # sums that fail in one report
_MOST = 0.25  # of the sums that could be tested


def implausible(checks: Sequence[Check]) -> bool:
    """Do more sums fail than faults of the print explain?

    A misprinted cell breaks two or three sums of some forty; a text layer whose digits
    are mapped to others breaks most of them, and deceives every reader of text alike.
    """
    tested = [c for c in checks if c.severity == "must" and c.expected is not None]
    failed = sum(c.status == "fail" for c in tested)
    return failed >= _MANY and failed > _MOST * len(tested)


def _of(table: str, seen: Observations) -> set[Key]:
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
    """The report's status; only ``must`` checks count, and whether a table is missing."""
    failed = [c for c in checks if c.status == "fail"]
    must = [c for c in failed if c.severity == "must"]
    gaps = [c for c in failed if c.rule == "complete"]
    seen = list(observations)
    if any(o.flagged for o in seen) or any(c.cause == "reading" for c in must + gaps):
        return "doubtful"
    if gaps:  # a table, or a row that might be a lost one, is not in the print
        return "incomplete"
    return "print_fault" if must else "proved"
