"""Counts of read cells against their truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from gongkai.checks.table_checks import PROOF_RULE
from gongkai.model import Report
from helpers.truth import Truth


@dataclass
class Tally:
    """Counts over the cells of some reports.

    A cell is ``right`` if its state and value equal the truth. A ``silent`` error is a wrong,
    missing or invented cell that is neither flagged nor under a failing must check. That a table is
    said to be incomplete, which is no must check, excuses no missing cell.
    """

    reports: int = 0
    cells: int = 0
    numbers: int = 0  # numbers but 0 that are read and not flagged
    proved: int = 0  # those that a sum, the picture of the page or a person proves
    right: int = 0
    asked: int = 0  # cells that must be flagged, and are
    needless: int = 0  # right cells flagged without need
    wrong: int = 0
    missing: int = 0
    invented: int = 0
    silent: int = 0
    faults: int = 0  # print faults put into the reports on purpose
    found: int = 0  # print faults that were found with the right cause
    alarms: int = 0  # failing must checks that the truth does not have

    def __iadd__(self, other: Tally) -> Tally:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def row(self, name: str) -> str:
        faults = f"{self.found}/{self.faults}" if self.faults else ""
        cells = [name, self.reports, self.cells, self.right, self.asked, self.needless, self.wrong]
        cells += [self.missing, self.invented, self.silent, f"{self.proved}/{self.numbers}"]
        cells += [faults, self.alarms]
        return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def tally(reports: Sequence[Report], truths: Sequence[Truth]) -> Tally:
    """Count one file's reports against its truths; a report not found misses all its cells."""
    total = Tally()
    for k, truth in enumerate(truths):
        total += _one(reports[k] if k < len(reports) else None, truth)
    return total


def tally_contents(reports: Sequence[Report], contents: Mapping[str, str | None]) -> Tally:
    """Count a report of texts and numbers against the content of each row; None is a blank."""
    seen = {o.key.row: o for report in reports[:1] for o in report.observations}
    read = {row: o.text_value if o.value is None else str(o.value) for row, o in seen.items()}
    proofs = [o.proof for o in seen.values() if o.value and not o.flagged]
    wrong = [row for row in contents if row in seen and read[row] != contents[row]]
    missing, invented = contents.keys() - seen.keys(), seen.keys() - contents.keys()
    silent = [row for row in (*wrong, *invented) if not seen[row].flagged]
    right = [row for row in contents if row in seen and read[row] == contents[row]]
    return Tally(
        reports=1,
        cells=len(contents),
        numbers=len(proofs),
        proved=sum(proof != "text" for proof in proofs),
        right=len(right),
        needless=sum(seen[row].flagged for row in right),
        wrong=len(wrong),
        missing=len(missing),
        invented=len(invented),
        silent=len(silent) + len(missing),
    )


def _one(report: Report | None, truth: Truth) -> Tally:
    count = Tally(reports=1, cells=len(truth.cells), faults=len(truth.failing))
    if report is None:
        count.missing = len(truth.cells)
        count.silent = sum(not cell.either for cell in truth.cells.values())
        return count
    seen = {o.key: o for o in report.observations}
    proofs = [o.proof for o in report.observations if o.value and not o.flagged]
    count.numbers, count.proved = len(proofs), sum(proof != "text" for proof in proofs)
    # that nothing proves a number says nothing of the print, and excuses no error
    failed = {c.check_id: c for c in report.failures("must") if c.rule != PROOF_RULE}
    covered = {key for check in failed.values() for key in check.cells}
    uncovered = {check.table for check in failed.values() if check.rule == "coverage"}
    for key, cell in truth.cells.items():
        got = seen.get(key)
        if got is None:
            count.missing += 1
            count.silent += key.table not in uncovered
        elif cell.flag or (cell.either and got.flagged):
            count.asked += got.flagged
            count.silent += not got.flagged and key not in covered
        elif (got.state, got.value) == (cell.state, cell.value):
            count.right += 1
            count.needless += got.flagged
        else:
            count.wrong += 1
            count.silent += not got.flagged and key not in covered
    for key in seen.keys() - truth.cells.keys():
        count.invented += 1
        count.silent += not seen[key].flagged and key not in covered
    count.found = sum(
        name in failed and failed[name].cause == cause for name, cause in truth.failing.items()
    )
    if not any(cell.flag or cell.either for cell in truth.cells.values()):
        count.alarms = len(failed.keys() - truth.failing.keys())
    return count
