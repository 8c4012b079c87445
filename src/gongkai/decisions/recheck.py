"""Runs the checks of a stored report again over decided cells, and stores what changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from gongkai.checks.recheck import Rechecker
from gongkai.database import schema
from gongkai.decisions.basis import failure_text
from gongkai.decisions.machine_values import (
    CHECK_COLUMNS,
    placed_tables,
    save_check,
    save_report,
)
from gongkai.decisions.resolution import Records, Resolution, insert_standings, resolve_decisions
from gongkai.families.family import Family
from gongkai.loaders.dimension_keys import ConnectedKeys, DimensionKeys
from gongkai.loaders.history import FIRST_HISTORY_POSITION
from gongkai.loaders.rows import COLUMNS, check_row
from gongkai.model import Check, Key, NarrativeFigure, Report
from gongkai.queries.report_loader import load_report

_cell, _report, _result = schema.cell, schema.report, schema.check_result


class StoredRechecker:
    """Checks stored reports of one family again. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._rechecker = Rechecker(family)

    def recheck(
        self,
        connection: sa.Connection,
        dimensions: DimensionKeys,
        machine_row: Any,
        agreement: Mapping[Key, bool],
        confirmations: Mapping[str, Records],
        settled: Mapping[str, Resolution],
    ) -> None:
        """Check a report over its decided cells; store changed checks, proofs, values and status.

        ``machine_row`` is the row of the report before any decision. ``agreement`` says for
        each decided cell whether the person read the same as the machine. ``confirmations`` are
        the decisions on checks, by id; ``settled`` the resolutions that name the agency or the
        year, by the id of their check.
        """
        report_id = machine_row.id
        # sums prove cells anew; until then a cell is seen on the page, decided, or unproved
        of_report = sa.update(_cell).where(_cell.c.report_id == report_id)
        connection.execute(of_report.values(in_sum=None))
        report = load_report(connection, report_id).report
        positions = connection.scalars(
            sa.select(_result.c.position)
            .where(_result.c.report_id == report_id)
            .order_by(_result.c.position)
        ).all()
        own = [n for n, position in enumerate(positions) if position < FIRST_HISTORY_POSITION]
        before = [report.checks[n] for n in own]
        resolutions: dict[str, Resolution] = {}  # of the checks that fail

        def is_confirmed(check: Check) -> bool:
            records = confirmations.get(check.check_id)
            if records is None:
                return False
            basis = failure_text(check)
            resolution = resolve_decisions(records, lambda d: d.read_text == basis)
            resolutions[check.check_id] = resolution
            return resolution.decision is not None

        again = self._rechecker.recheck(
            replace(report, checks=tuple(before)),
            agreement,
            is_confirmed,
            settled,
            placed_tables(connection, report_id),
        )
        for n, old, new in zip(own, before, again.checks, strict=True):
            resolution = resolutions.get(new.check_id) or settled.get(new.check_id)
            decision_id = resolution.decision_id if resolution else None
            if old != new or decision_id is not None:
                values = check_row(ConnectedKeys(connection, dimensions), new)
                _update_check(connection, report_id, positions[n], values, decision_id)
        for check_id, records in confirmations.items():
            # A check that does not fail any more has nothing to confirm.
            found = resolutions.get(check_id) or resolve_decisions(records, lambda _: False)
            insert_standings(connection, report_id, records, found)
        _update_implied_values(connection, dimensions, report_id, report, again.implied)
        _update_sums(connection, dimensions, report_id, again.summed)
        _update_figures(connection, report_id, report.figures, again.figures)
        if agreement or confirmations or settled:
            save_report(connection, machine_row)
            query = sa.update(_report).where(_report.c.id == report_id)
            connection.execute(query.values(status=again.status))


def _update_check(
    connection: sa.Connection,
    report_id: int,
    position: int,
    values: Sequence[object],
    decision_id: int | None,
) -> None:
    """Save the machine's result of a check, then replace it.

    ``values`` are the columns of check_result without the position.
    """
    same = (_result.c.report_id == report_id, _result.c.position == position)
    save_check(connection, connection.execute(sa.select(_result).where(*same)).one(), decision_id)
    row = dict(zip(COLUMNS[_result.name][1:], values, strict=True))
    connection.execute(
        sa.update(_result).where(*same).values({name: row[name] for name in CHECK_COLUMNS})
    )


def _update_sums(
    connection: sa.Connection, dimensions: DimensionKeys, report_id: int, summed: Collection[Key]
) -> None:
    """Store which cells a sum proves now."""
    fields = [dimensions.field(connection, key) for key in summed]
    is_summed = (_cell.c.report_id == report_id, _cell.c.field_id.in_(fields))
    connection.execute(sa.update(_cell).where(*is_summed).values(in_sum=1))


def _update_figures(
    connection: sa.Connection,
    report_id: int,
    before: Sequence[NarrativeFigure],
    after: Sequence[NarrativeFigure],
) -> None:
    """Store what proves each figure now: the decided cells may agree with it, or not any more."""
    figure = schema.figure
    for position, (old, new) in enumerate(zip(before, after, strict=True)):
        if old.proof != new.proof:
            same = (figure.c.report_id == report_id, figure.c.position == position)
            connection.execute(sa.update(figure).where(*same).values(proof=new.proof))


def _update_implied_values(
    connection: sa.Connection,
    dimensions: DimensionKeys,
    report_id: int,
    report: Report,
    implied: Mapping[Key, Decimal],
) -> None:
    for observation in report.observations:
        value = implied.get(observation.key)
        if observation.implied_value != value:
            field = dimensions.field(connection, observation.key)
            connection.execute(
                sa.update(_cell)
                .where(_cell.c.report_id == report_id, _cell.c.field_id == field)
                .values(implied_value=value)
            )
