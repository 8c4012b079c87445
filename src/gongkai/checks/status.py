"""The status of a report: proved, print_fault, doubtful or incomplete."""

from __future__ import annotations

from collections.abc import Iterable

from gongkai.model import Check, Observation, ReportStatus


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
