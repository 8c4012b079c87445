"""What is proved about each number of a report, and what speaks against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gongkai.database.dictionary import Entry
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.model import Check, Key, Observation
from gongkai.queries.origins import Origin
from gongkai.queries.report_loader import Decided, StoredReport

# fail: a check that must hold fails over it; doubt: the reading is in doubt;
# proved: a sum that must hold does hold over it; read: no sum goes over it
Verdict = Literal["fail", "doubt", "proved", "read"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed number with what is known about it."""

    id: str  # c1, c2, … in the order of the form
    observation: Observation
    entry: Entry | None  # its line in the dictionary; None where the dictionary lost it
    verdict: Verdict
    blamed: bool  # a failing check suspects this very cell
    unusual: bool  # a check that usually holds fails over it
    decided: Decided | None  # by a person, in place of the machine's reading
    checks: tuple[int, ...]  # those of the report's checks that it takes part in, telling first


@dataclass(frozen=True, slots=True)
class Evidence:
    """A report with its cells weighed."""

    stored: StoredReport
    origin: Origin
    cells: tuple[Cell, ...]

    def named_by(self, check: Check) -> tuple[Cell, ...]:
        """The cells of a check: the suspected ones first, then in the order of the sum."""
        by_key = defaultdict(list)
        for cell in self.cells:
            by_key[cell.observation.key].append(cell)
        keys = dict.fromkeys((*check.suspects, *check.cells))
        return tuple(cell for key in keys for cell in by_key[key])

    def failures(self) -> list[int]:
        """Places of the failed checks: those that must hold first."""
        checks = self.stored.report.checks
        failed = [n for n, check in enumerate(checks) if check.status == "fail"]
        return sorted(failed, key=lambda n: checks[n].severity != "must")

    def stops(self) -> list[Cell]:
        """The cells a person should look at, in the order of the print.

        Those in doubt, and of each failing check the suspected ones, else all.
        """
        found = {cell.id for cell in self.cells if is_open(cell.observation)}
        for number in self.failures():
            check = self.stored.report.checks[number]
            if check.severity == "must":
                named = self.named_by(check)
                suspected = [c for c in named if c.observation.key in check.suspects]
                found.update(cell.id for cell in suspected or named)
        return sorted((c for c in self.cells if c.id in found), key=printed_order)


def weigh(stored: StoredReport, origin: Origin, family: Family) -> Evidence:
    """Weigh the cells of a report. ``pipeline`` says which checks are sums that must hold.

    Raises UsageError where another pipeline read the report.
    """
    if family.name != origin.pipeline:
        raise UsageError(
            f"this report was read by the family {origin.pipeline}, not {family.name}: "
            "name it, or its folder, with --pipeline"
        )
    report = stored.report
    sums = {
        (each.table, each.name)
        for each in family.identities
        if each.relation == "eq" and each.severity == "must"
    }
    over: dict[Key, list[int]] = defaultdict(list)
    for number, check in enumerate(report.checks):
        for key in dict.fromkeys((*check.cells, *check.suspects)):
            over[key].append(number)
    cells = []
    for count, observation in enumerate(report.observations, 1):
        numbers = over[observation.key]
        mine = [report.checks[number] for number in numbers]
        failed = [check for check in mine if check.status == "fail"]
        held = any(check.status == "pass" and (check.table, check.rule) in sums for check in mine)
        cells.append(
            Cell(
                id=f"c{count}",
                observation=observation,
                entry=_entry(stored, observation.key),
                verdict=_verdict(observation, failed, held),
                blamed=any(observation.key in c.suspects for c in failed if c.severity == "must"),
                unusual=any(check.severity == "usually" for check in failed),
                decided=stored.decided.get(observation.key),
                checks=tuple(sorted(numbers, key=lambda n: _weight(report.checks[n]))),
            )
        )
    return Evidence(stored, origin, tuple(cells))


def is_open(observation: Observation) -> bool:
    """Is the reading of a cell in doubt?"""
    return observation.flagged or observation.state == "unreadable"


def printed_order(cell: Cell) -> tuple[float, ...]:
    """By page, then down the page, then to the right."""
    box = cell.observation.box
    return (cell.observation.page, round(box.middle[1]), box.x0)


def _verdict(observation: Observation, failed: Iterable[Check], held: bool) -> Verdict:
    if any(check.severity == "must" for check in failed):
        return "fail"
    if is_open(observation):
        return "doubt"
    return "proved" if held else "read"


def _weight(check: Check) -> tuple[int, int]:
    """Failed before held before not tested; short sums before long ones."""
    return ("fail", "pass", "skipped").index(check.status), len(check.message)


def _entry(stored: StoredReport, key: Key) -> Entry | None:
    """The dictionary's line of a cell, in the form its table is printed in."""
    lines = [e for e in stored.dictionary if (e.table_id, e.row_id, e.column_id) == key]
    form = stored.report.table_forms.get(key.table, "")
    return next((e for e in lines if form in e.forms.split()), lines[0] if lines else None)
