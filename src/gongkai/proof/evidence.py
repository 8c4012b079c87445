"""Decides for each cell of a report what proves it and what contradicts it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from msgspec import structs

from gongkai.checks.identities import IdentityChecks
from gongkai.database.dictionary import FieldEntry
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.language import tr
from gongkai.model import Check, Key, Observation, Proof
from gongkai.queries.origins import Origin
from gongkai.queries.report_loader import DecidedCell, StoredReport

CellStatus = Literal[
    "fail",  # a check of severity `must` over the cell fails
    "doubt",  # the reading is doubtful
    "decided",  # a person decided on the cell
    "proved",  # a sum of severity `must` over the cell passes
    "seen",  # the picture of the page shows the same digits
    "read",  # nothing but the text layer, or one recogniser, says so
]
_STATUS_OF_PROOF: Mapping[Proof, CellStatus] = MappingProxyType(
    {"person": "decided", "sum": "proved", "sight": "seen", "text": "read"}
)


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """One printed cell with its checks and its status."""

    id: str  # c1, c2, … in the order of the form
    observation: Observation
    entry: FieldEntry | None  # entry of the field in the dictionary; None where it has none
    status: CellStatus
    suspected: bool  # a failed check of severity `must` suspects this cell
    unusual: bool  # a check of severity `usually` over the cell fails
    decided: DecidedCell | None  # a person's decision that replaces the machine's reading
    checks: tuple[int, ...]  # indices of its checks in the report, the most relevant first


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """A report with the evidence for each of its cells."""

    stored: StoredReport
    origin: Origin
    family: Family  # that read it
    cells: tuple[CellEvidence, ...]

    def cells_of(self, check: Check) -> tuple[CellEvidence, ...]:
        """Return the cells of a check: first its suspects, then the others in its own order."""
        by_key = defaultdict(list)
        for cell in self.cells:
            by_key[cell.observation.key].append(cell)
        keys = dict.fromkeys((*check.suspects, *check.cells))
        return tuple(cell for key in keys for cell in by_key[key])

    def failed_checks(self) -> list[int]:
        """Return the indices of the failed checks, those of severity `must` first."""
        checks = self.stored.report.checks
        failed = [n for n, check in enumerate(checks) if check.status == "fail"]
        return sorted(failed, key=lambda n: checks[n].severity != "must")

    def cells_to_review(self) -> list[CellEvidence]:
        """Return the cells that a person should look at, in reading order.

        These are the doubtful cells, and of each failed check of severity `must` its suspects,
        or all its cells where it has none.
        """
        ids = {cell.id for cell in self.cells if is_doubtful(cell.observation)}
        for number in self.failed_checks():
            check = self.stored.report.checks[number]
            if check.severity == "must":
                cells = self.cells_of(check)
                suspects = [c for c in cells if c.observation.key in check.suspects]
                ids.update(cell.id for cell in suspects or cells)
        return sorted((c for c in self.cells if c.id in ids), key=reading_order)


def collect_evidence(stored: StoredReport, origin: Origin, family: Family) -> ReportEvidence:
    """Collect the evidence for every cell of a report.

    ``family`` is the family that read the report. Its identities say which checks are sums.
    Raises UsageError where another family read the report.
    """
    if family.name != origin.pipeline:
        raise UsageError(
            tr(
                "this report was read by the family {pipeline}, not {name}: name it, or its "
                "folder, with --family",
                pipeline=origin.pipeline,
                name=family.name,
            )
        )
    stored = _with_formulas(stored, family)
    report = stored.report
    sums = {
        (identity.table, identity.name)
        for identity in family.identities
        if identity.relation == "eq" and identity.severity == "must"
    }
    checks_by_key: dict[Key, list[int]] = defaultdict(list)
    for number, check in enumerate(report.checks):
        for key in dict.fromkeys((*check.cells, *check.suspects)):
            checks_by_key[key].append(number)
    cells = []
    for count, observation in enumerate(report.observations, 1):
        numbers = checks_by_key[observation.key]
        checks = [report.checks[number] for number in numbers]
        failed = [check for check in checks if check.status == "fail"]
        summed = any(c.status == "pass" and (c.table, c.rule) in sums for c in checks)
        cells.append(
            CellEvidence(
                id=f"c{count}",
                observation=observation,
                entry=_dictionary_entry(stored, observation.key),
                status=_cell_status(observation, failed, passed_a_sum=summed),
                suspected=any(
                    observation.key in check.suspects
                    for check in failed
                    if check.severity == "must"
                ),
                unusual=any(check.severity == "usually" for check in failed),
                decided=stored.decided.get(observation.key),
                checks=tuple(sorted(numbers, key=lambda n: _relevance(report.checks[n]))),
            )
        )
    return ReportEvidence(stored, origin, family, tuple(cells))


def _with_formulas(stored: StoredReport, family: Family) -> StoredReport:
    """The report with the numbers of each sum that holds; the database stores only their total."""
    report = stored.report
    observations = {each.key: each for each in reversed(report.observations)}
    formulas = IdentityChecks(family).formulas(observations, report.table_forms)
    checks = [
        structs.replace(check, wording=formulas[check.key])
        if check.status == "pass" and check.key in formulas
        else check
        for check in report.checks
    ]
    return replace(stored, report=structs.replace(report, checks=tuple(checks)))


def is_doubtful(observation: Observation) -> bool:
    """Return whether the reading of a cell is doubtful."""
    return observation.flagged or observation.state == "unreadable"


def reading_order(cell: CellEvidence) -> tuple[float, ...]:
    """Return a sort key: by page, from top to bottom, from left to right."""
    box = cell.observation.box
    return (cell.observation.page, round(box.middle[1]), box.x0)


def _cell_status(
    observation: Observation, failed: Iterable[Check], *, passed_a_sum: bool
) -> CellStatus:
    if any(check.severity == "must" for check in failed):
        return "fail"
    if is_doubtful(observation):
        return "doubt"
    if observation.proof is None:  # no value; the sum counts an empty cell as 0
        return "proved" if passed_a_sum else "read"
    return _STATUS_OF_PROOF[observation.proof]


def _relevance(check: Check) -> tuple[int, int]:
    """Return a sort key: failed, passed, skipped checks; among these short messages first."""
    return ("fail", "pass", "skipped").index(check.status), len(check.message)


def _dictionary_entry(stored: StoredReport, key: Key) -> FieldEntry | None:
    """Return the dictionary entry of a field in the form that the report uses."""
    entries = [e for e in stored.dictionary if (e.table_id, e.row_id, e.column_id) == key]
    form = stored.report.table_forms.get(key.table, "")
    return next((e for e in entries if form in e.forms.split()), entries[0] if entries else None)
