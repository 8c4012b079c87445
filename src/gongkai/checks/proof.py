"""What proves each value (a sum, the picture of the page, or its text alone), and the report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from msgspec.structs import replace

from gongkai.model import Check, Key, Observation, Observations, Proof, ReportStatus


def proved_by_sums(
    checks: Iterable[Check], is_equation: Callable[[Check], bool]
) -> tuple[set[Key], set[Key]]:
    """Return the cells that ``must`` equations prove, and those in equations of zeros only.

    An equation proves its cells if it holds and its sum is not zero; 0 = 0 + 0 would hold if
    no number were printed. A cell that is also in a ``must`` equation that fails is in neither
    set. ``is_equation`` tells equations from inequalities, which leave room for errors.
    """
    proved: set[Key] = set()
    zeros: set[Key] = set()
    failed: set[Key] = set()
    for check in checks:
        if check.severity != "must" or check.expected is None or not is_equation(check):
            continue
        if check.status == "pass":
            (proved if check.expected else zeros).update(check.cells)
        elif check.status == "fail":
            failed.update(check.cells)
    return proved - failed, zeros - proved - failed


def with_proof(
    observations: Observations, summed: Collection[Key], seen: Collection[Key] = ()
) -> dict[Key, Observation]:
    """Say for each value what proves it; ``seen`` are the cells that the picture confirms.

    A sum does not prove a value whose reading is in doubt.
    """
    return {
        key: cell
        if cell.value is None
        else replace(cell, proof=_proof(cell, key in summed, key in seen))
        for key, cell in observations.items()
    }


def with_renewed_proof(
    observations: Observations, summed: Collection[Key], confirmed: Collection[Key]
) -> dict[Key, Observation]:
    """Say again what proves each value, after decisions changed which sums hold.

    ``confirmed`` are the cells of failed sums that a person confirmed as printed.
    """
    seen = {key for key, cell in observations.items() if cell.proof == "sight"}
    renewed = with_proof(observations, summed, seen)
    for key, cell in observations.items():
        if cell.proof == "person" or (key in confirmed and cell.value is not None):
            renewed[key] = replace(cell, proof="person")
    return renewed


def _proof(cell: Observation, is_summed: bool, is_seen: bool) -> Proof:
    if cell.flagged:
        return "text"
    if is_summed:
        return "sum"
    return "sight" if is_seen else "text"


def status_of(checks: Iterable[Check], observations: Iterable[Observation]) -> ReportStatus:
    """Return the status of a report with these checks and cells.

    Only failures of severity ``must`` count, and failures of the rule ``complete``: a table
    that is missing. A flagged cell or a failure caused by the reading makes the report
    doubtful; otherwise a missing table makes it incomplete, and any other failure is a
    print fault.
    """
    failed = [check for check in checks if check.status == "fail"]
    must = [check for check in failed if check.severity == "must"]
    missing = [check for check in failed if check.rule == "complete"]
    if any(cell.flagged for cell in observations):
        return "doubtful"
    if any(check.cause == "reading" for check in (*must, *missing)):
        return "doubtful"
    if missing:
        return "incomplete"
    return "print_fault" if must else "proved"
