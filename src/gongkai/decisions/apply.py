"""Applies decisions to the stored reports, always to the values that the machine read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from gongkai.checks.table_checks import REPORT
from gongkai.database import decision_tables, schema
from gongkai.database.codes import STATES
from gongkai.decisions.agency_rules import agency_rules
from gongkai.decisions.basis import cell_digits, has_same_cell
from gongkai.decisions.factory import find_target
from gongkai.decisions.machine_values import (
    CELL_ID,
    restore_machine_values,
    save_cell,
    save_report,
)
from gongkai.decisions.placed_cells import PlacedCells
from gongkai.decisions.queries import file_report_ids
from gongkai.decisions.recheck import StoredRechecker
from gongkai.decisions.records import Decision, Target, has_decisions, read_decisions
from gongkai.decisions.resolution import Records, Resolution, insert_standings, resolve_decisions
from gongkai.families.family import Family
from gongkai.loaders.agencies import store_agency
from gongkai.loaders.derived import DerivedRows
from gongkai.loaders.dimension_keys import DimensionKeys
from gongkai.loaders.due import check_agencies
from gongkai.loaders.rows import value_columns
from gongkai.model import Agency, Key, Report
from gongkai.normalizers.agencies.resolver import AgencyResolver
from gongkai.queries.report_loader import load_report

_cell, _report = schema.cell, schema.report


class DecisionApplier:
    """Applies decisions to reports of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self.family_name = family.name
        self._family = family
        self._placed_cells = PlacedCells(family)
        self.rules = agency_rules(family)

    @cached_property
    def _rechecker(self) -> StoredRechecker:
        """Loads the rules of prose, so it is created for the first decision."""
        return StoredRechecker(self._family)

    @cached_property
    def _agency_resolver(self) -> AgencyResolver:
        """Loads all divisions, so it is created when a decision first names an agency."""
        return AgencyResolver(self._family)

    def apply_to_file(
        self, connection: sa.Connection, dimensions: DimensionKeys, sha256: str
    ) -> bool:
        """Apply the decisions about a file's reports of this family; return if there are any."""
        if not has_decisions(connection, sha256, self.family_name):
            return False
        for report_id in file_report_ids(connection, sha256, self.family_name).values():
            self.apply_to_report(connection, dimensions, report_id)
        return True

    def apply_to_report(
        self, connection: sa.Connection, dimensions: DimensionKeys, report_id: int
    ) -> None:
        """Restore what the machine read in a report, then apply all decisions about it.

        Decisions change cells, the agency and the year. Then the checks that depend on them are
        run again, and the status of the report is set. Which report of its body is counted, and the
        rows of panels, follow.
        """
        derived, is_report = DerivedRows(), _report.c.id == report_id
        derived.note(connection, is_report)
        self._apply(connection, dimensions, derived, report_id)
        derived.note(connection, is_report)
        derived.update(connection)

    def _apply(
        self,
        connection: sa.Connection,
        dimensions: DimensionKeys,
        derived: DerivedRows,
        report_id: int,
    ) -> None:
        restored = restore_machine_values(connection, report_id)
        by_target = _decisions_by_target(connection, report_id)
        if not by_target and not restored:
            return
        query = sa.select(_report).where(_report.c.id == report_id)
        machine_row = connection.execute(query).one()
        agreement: dict[Key, bool] = {}
        settled: dict[str, Resolution] = {}
        changed = restored
        for target, records in by_target.items():
            if target.kind == "check":
                continue  # after the cells are decided
            if target.kind == "cell":
                resolution = self._apply_to_cell(connection, dimensions, report_id, target, records)
                if resolution.decision is not None and target.key is not None:
                    agreement[target.key] = resolution.decision.agrees_with_machine
            else:
                resolution = self._apply_to_head(connection, derived, machine_row, target, records)
                if resolution.decision is not None and resolution.decision.verdict == "set":
                    settled[f"{REPORT}.{target.kind}"] = resolution
            changed = changed or resolution.decision is not None
            insert_standings(connection, report_id, records, resolution)
        confirmations = {t.check_id or "": r for t, r in by_target.items() if t.kind == "check"}
        if changed or confirmations:
            self._rechecker.recheck(
                connection, dimensions, machine_row, agreement, confirmations, settled
            )

    def _apply_to_cell(
        self,
        connection: sa.Connection,
        dimensions: DimensionKeys,
        report_id: int,
        target: Target,
        records: Records,
    ) -> Resolution:
        """Apply the decisions on a cell, which is put there where it was not read."""
        row = _cell_row(connection, report_id, target)

        def is_current(decision: Decision) -> bool:
            return decision.read_state is None if row is None else has_same_cell(decision, row)

        resolution = resolve_decisions(records, is_current)
        decision, decision_id = resolution.decision, resolution.decision_id
        if decision is not None and row is None:
            self._placed_cells.insert(connection, dimensions, report_id, decision, decision_id)
        elif decision is not None:
            save_cell(connection, row, decision_id)
            same = (_cell.c[name] == getattr(row, name) for name in CELL_ID)
            values = _decided_cell_values(row, decision)
            connection.execute(sa.update(_cell).where(*same).values(values))
        return resolution

    def recheck_agencies(
        self, connection: sa.Connection, dimensions: DimensionKeys, agency_ids: Iterable[int]
    ) -> None:
        """Compare the reports of agencies with each other again."""
        agency = schema.agencies
        known = sa.select(agency.c.id).where(
            agency.c.id.in_(set(agency_ids)), agency.c.resolved == 1
        )
        check_agencies(connection, dimensions, self.rules, connection.scalars(known).all())

    def _apply_to_head(
        self,
        connection: sa.Connection,
        derived: DerivedRows,
        machine_row: Any,
        target: Target,
        records: Records,
    ) -> Resolution:
        """Apply the decisions on a report's agency or year."""
        basis = machine_row.agency if target.kind == "agency" else machine_row.title
        resolution = resolve_decisions(
            records, lambda decision: (decision.read_text or "") == basis
        )
        decision = resolution.decision
        if decision is None:
            return resolution
        save_report(connection, machine_row)
        if decision.verdict == "set":  # otherwise the person leaves it open
            values = (
                {"year": int(decision.value or 0)}
                if decision.kind == "year"
                else self._agency_values(connection, derived, machine_row.id, decision.text or "")
            )
            query = sa.update(_report).where(_report.c.id == machine_row.id)
            connection.execute(query.values(values))
        return resolution

    def _agency_values(
        self, connection: sa.Connection, derived: DerivedRows, report_id: int, name: str
    ) -> dict[str, Any]:
        report = load_report(connection, report_id).report
        agency = self._resolve_agency(name, report)
        agency_id = store_agency(connection, derived, agency, report.year)
        values: dict[str, Any] = {"agency_id": agency_id}
        if not report.agency:
            values["agency"] = name
        return values

    def _resolve_agency(self, name: str, report: Report) -> Agency:
        """Return the agency that a person named, as a known one where that is possible."""
        text = "\n".join((name, *(section.text for section in report.sections)))
        agency = self._agency_resolver.resolve(name, text, report.year)
        if agency.resolved:
            return agency
        # A person named it: the name is that of one agency, even if its division is unknown.
        return replace(agency, key=f"!|{agency.name}", resolved=True, reason=None)


def _decisions_by_target(
    connection: sa.Connection, report_id: int
) -> dict[Target, list[tuple[int, Decision]]]:
    target = find_target(connection, report_id, kind="cell")
    table = decision_tables.decision
    by_target: dict[Target, list[tuple[int, Decision]]] = defaultdict(list)
    for decision_id, decision in read_decisions(
        connection,
        table.c.file_sha256 == target.file_sha256,
        table.c.family == target.family,
        table.c.report_number == target.report_number,
    ):
        by_target[decision.target].append((decision_id, decision))
    return by_target


def _cell_row(connection: sa.Connection, report_id: int, target: Target) -> Any:
    key = schema.field_key
    assert target.key is not None
    return connection.execute(
        sa.select(_cell)
        .join(key)
        .where(
            _cell.c.report_id == report_id,
            key.c.table_id == target.key.table,
            key.c.row_id == target.key.row,
            key.c.column_id == target.key.column,
            _cell.c.occurrence == (target.occurrence or 1),
        )
    ).one_or_none()


def _decided_cell_values(row: Any, decision: Decision) -> dict[str, Any]:
    """Return the columns of a cell's row that a decision changes."""
    cleared: dict[str, Any] = {"flagged": 0, "doubt": None}
    if decision.verdict == "accepted":
        return cleared
    state = decision.state or "unreadable"
    value = None if decision.value is None else Decimal(decision.value)
    text = row.raw_text if state == "unreadable" else decision.text or ""
    if text is None:  # the row has no text where it equals the digits, which are replaced
        text = cell_digits(row)
    columns = value_columns(value, text or "")
    stored = zip(("value", "value_text", "raw_text"), columns, strict=True)
    text_value = decision.text if state == "text" else None
    return {**cleared, "state": STATES[state], "text_value": text_value, **dict(stored)}
