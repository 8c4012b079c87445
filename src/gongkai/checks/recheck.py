"""Checks a stored report again after people decided some of its cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from gongkai.checks.identities import proved_by_sums
from gongkai.checks.narrative import NarrativeChecks
from gongkai.checks.table_checks import (
    PROOF_RULE,
    TableChecks,
    check_identity,
    status_of,
    with_renewed_proof,
)
from gongkai.families.family import Family
from gongkai.model import (
    Cause,
    Check,
    Key,
    NarrativeFigure,
    Observation,
    Observations,
    Report,
    ReportStatus,
)

_PLACED = "未归入任何一格的数已由人补录"
# For each decided cell: did the person read the same as the machine?
Agreement = Mapping[Key, bool]
# Did a person confirm that a failed check is a fault of the print?
IsConfirmed = Callable[[Check], bool]


class Recheck(Struct, frozen=True):
    """The result: the report's checks with the decided cells, in their former order."""

    checks: list[Check]
    implied: dict[Key, Decimal]  # the values that the sums imply for doubtful cells
    summed: frozenset[Key]  # the cells of sums that hold
    figures: list[NarrativeFigure]  # in their former order, with what proves them now
    status: ReportStatus


class Rechecker:
    """Checks reports of one family again. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._tables = TableChecks(family)
        self._narrative = NarrativeChecks(family)

    def recheck(
        self,
        report: Report,
        agreement: Agreement,
        is_confirmed: IsConfirmed,
        settled: Collection[str] = (),
        placed: Collection[str] = (),
    ) -> Recheck:
        """Check a report again after people decided some of its cells, its agency or its year.

        ``report`` has the cells as decided, but the checks of the cells as the machine read
        them. Only checks that involve a decided cell are run again. ``settled`` are the ids of the
        checks of the agency and the year that a person named; ``placed`` the tables in which people
        put cells that were not read.
        """
        cells: dict[Key, Observation] = {}
        for observation in report.observations:
            cells.setdefault(observation.key, observation)
        checks = [
            check_identity(check.rule, "人工核定") if check.check_id in settled else check
            for check in report.checks
        ]
        narrative_checks, figures = self._narrative.check_and_prove(report.figures, cells)
        if agreement:
            renewed = self._renewed(report, cells, narrative_checks)
            checks = [_updated(old, renewed.get(old.check_id), agreement, cells) for old in checks]
            checks = self._with_suspects(checks)
        checks = self._with_coverage(checks, placed, report, cells)
        confirmed = {
            check.key
            for check in checks
            if check.status == "fail" and check.cause == "reading" and is_confirmed(check)
        }
        checks = [replace(c, cause="print") if c.key in confirmed else c for c in checks]
        summed, _ = proved_by_sums(checks, self._tables.identities.is_equation)
        summed -= self._exchangeable(report, cells)
        looked_at = {key for check in checks if check.key in confirmed for key in check.cells}
        proved = with_renewed_proof(cells, summed, looked_at)
        checks = [
            self._tables.check_proof(check.table, proved) if check.rule == PROOF_RULE else check
            for check in checks
        ]
        return Recheck(
            checks,
            self._implied(report, cells),
            frozenset(summed),
            figures,
            status_of((c for c in checks if not _is_narrative(c)), report.observations),
        )

    def _with_coverage(
        self, checks: list[Check], placed: Collection[str], report: Report, cells: Observations
    ) -> list[Check]:
        """Return the checks, tested again for the completeness of tables with placed cells.

        Where people have completed a table, numbers that belonged to no cell belong to one.
        """
        complete: dict[str, Check] = {}
        for check in checks:
            if check.table in placed and check.rule == "complete" and check.status == "fail":
                form = report.table_forms[check.table]
                new = self._tables.check_complete(check.table, form, cells)
                is_left = new.status == "fail"
                complete[check.table] = replace(new, cause=check.cause) if is_left else new
        return [
            complete[check.table]
            if check.rule == "complete" and check.table in complete
            else replace(check, status="pass", wording=_PLACED, cause=None)
            if check.rule == "coverage"
            and check.table in complete
            and complete[check.table].status == "pass"
            else check
            for check in checks
        ]

    def _exchangeable(self, report: Report, cells: Observations) -> set[Key]:
        """Return the cells that the picture did not decide and sums may not prove.

        A wrong character map may exchange their digits, and every sum holds all the same.
        """
        undecided = {k: {*f"{cell.value}"} for k, cell in cells.items() if cell.seen is False}
        if not undecided:
            return set()
        groups = self._tables.identities.exchangeable_digits(cells, report.table_forms)
        digits = frozenset(chain(*groups))
        return {key for key, shown in undecided.items() if shown & digits}

    def _renewed(
        self, report: Report, cells: Observations, narrative_checks: Sequence[Check]
    ) -> dict[str, Check]:
        """The checks that depend on cells alone, by id."""
        checks = [
            *self._tables.identities.check(cells, report.table_forms),
            *(self._tables.check_counts(table, cells) for table in report.table_forms),
            *narrative_checks,
        ]
        return {check.check_id: check for check in checks}

    def _with_suspects(self, checks: list[Check]) -> list[Check]:
        of_tables = [check for check in checks if not _is_narrative(check)]
        with_new = iter(self._tables.identities.with_suspects(of_tables))
        return [check if _is_narrative(check) else next(with_new) for check in checks]

    def _implied(self, report: Report, cells: Observations) -> dict[Key, Decimal]:
        without = {key: replace(cell, implied_value=None) for key, cell in cells.items()}
        implied = self._tables.identities.with_implied_values(without, report.table_forms)
        return {
            key: cell.implied_value
            for key, cell in implied.items()
            if cell.implied_value is not None
        }


def _updated(old: Check, new: Check | None, agreement: Agreement, cells: Observations) -> Check:
    """The new check with its cause if it involves a decided cell, else the old one."""
    if new is None:  # names, order and leftovers depend on the page, not on cells
        return old
    if not any(key in agreement for key in (*old.cells, *new.cells)):
        return old
    if new.status != "fail" or new.cause is not None:
        return new
    return replace(new, cause=_cause(old, new, agreement, cells))


def _cause(old: Check, new: Check, agreement: Agreement, cells: Observations) -> Cause:
    """``print`` if two readers, or a reader and a person, read every cell alike."""
    if any(cells[key].flagged for key in new.cells):
        return "reading"
    same = (old.status, old.expected, old.actual) == (new.status, new.expected, new.actual)
    if same and all(agreement.get(key, True) for key in new.cells):
        return "print"
    return "reading"


def _is_narrative(check: Check) -> bool:
    return check.table == "narrative"
