"""Puts the decisions on a report in force: on top of what the machine read, always anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gongkai.database import decision_tables, schema
from gongkai.database.codes import STATES, decimal_text, to_sqlite
from gongkai.decisions.callbacks import Rules
from gongkai.decisions.records import Decision, Standing, Target, read, read_any, standings
from gongkai.loaders.agencies import agency_row
from gongkai.loaders.dimension_keys import Bound, Interners
from gongkai.loaders.history import FIRST, check_body
from gongkai.loaders.rows import COLUMNS, check_row, value_columns
from gongkai.model import Box, Check, Key, Report
from gongkai.queries.report_loader import read_stored

_cell, _report, _result = schema.cell, schema.report, schema.check_result
_KEPT = ("state", "value", "value_text", "raw_text", "flagged", "doubt")
_KEPT_OF_CHECK = ("status", "expected", "actual", "cause", "message", "suspects")
_Settled = tuple[list[Standing], Decision | None, int | None]


def settle_report(
    connection: sa.Connection, interners: Interners, report_id: int, rules: Rules
) -> None:
    """Let the report show what is decided now: cells, body, year, then checks and status."""
    restored = _restore(connection, report_id)
    sha256, number = _identity(connection, report_id)
    told = read(
        connection,
        decision_tables.decision.c.file_sha256 == sha256,
        decision_tables.decision.c.report_number == number,
    )
    if not told and not restored:
        return
    on: dict[Target, list[tuple[int, Decision]]] = defaultdict(list)
    for pair in told:
        on[pair[1].target].append(pair)
    machine = connection.execute(sa.select(_report).where(_report.c.id == report_id)).one()
    agreed: dict[Key, bool] = {}
    used = False
    chosen: Decision | None
    decision_id: int | None
    for target, several in on.items():
        if target.kind == "cell":
            row = _cell_row(connection, report_id, target)
            found, chosen, decision_id = _settled(
                several, lambda d, row=row: row is not None and _still_read(d, row)
            )
            if chosen is not None and target.key is not None:
                _decide_cell(connection, row, chosen, decision_id)
                agreed[target.key] = chosen.outcome == (chosen.read_state, chosen.read_value)
        elif target.kind in ("agency", "year"):
            basis = machine.agency if target.kind == "agency" else machine.title
            found, chosen, decision_id = _settled(
                several, lambda d, basis=basis: (d.read_text or "") == basis
            )
            if chosen is not None:
                _keep_report(connection, machine)
                _decide_report(connection, report_id, chosen, rules)
        else:
            continue
        used = used or chosen is not None
        _note(connection, report_id, several, found)
    confirmations = {t.check_id: several for t, several in on.items() if t.kind == "check"}
    _check_again(connection, interners, machine, rules, agreed, confirmations, used or restored)


def settle_file(connection: sa.Connection, interners: Interners, sha256: str, rules: Rules) -> bool:
    """The same for every report of a file that was just read; whether anything is decided."""
    if not read_any(connection, sha256):
        return False
    for report_id in reports_of(connection, sha256):
        settle_report(connection, interners, report_id, rules)
    return True


def reports_of(connection: sa.Connection, sha256: str) -> list[int]:
    """The ids of a file's reports, the first one first."""
    source = schema.source
    return list(
        connection.scalars(
            sa.select(_report.c.id)
            .join(source)
            .where(source.c.sha256 == sha256)
            .order_by(_report.c.id)
        )
    )


def check_years_of(
    connection: sa.Connection, interners: Interners, agencies: Iterable[int | None], rules: Rules
) -> None:
    """Compare the reports of bodies from year to year, after their numbers were settled."""
    body = schema.agencies
    known = sa.select(body.c.id).where(body.c.id.in_(set(agencies) - {None}), body.c.resolved == 1)
    for agency_id in connection.scalars(known).all():
        check_body(connection, interners, agency_id, rules.keys, rules.sections, rules.years)


# ------------------------------------------------------------------ back to the machine


def _restore(connection: sa.Connection, report_id: int) -> bool:
    """Put back what the machine read and found; whether there was anything to put back."""
    restored = False
    kept, cell = decision_tables.machine_cell, _cell
    for row in connection.execute(sa.select(kept).where(kept.c.report_id == report_id)).all():
        connection.execute(
            sa.update(cell)
            .where(
                cell.c.report_id == report_id,
                cell.c.field_id == row.field_id,
                cell.c.occurrence == row.occurrence,
            )
            .values({name: getattr(row, name) for name in _KEPT})
        )
        restored = True
    check = decision_tables.machine_check
    for row in connection.execute(sa.select(check).where(check.c.report_id == report_id)).all():
        connection.execute(
            sa.update(_result)
            .where(_result.c.report_id == report_id, _result.c.position == row.position)
            .values({name: getattr(row, name) for name in _KEPT_OF_CHECK})
        )
        restored = True
    whole = decision_tables.machine_report
    found = connection.execute(sa.select(whole).where(whole.c.report_id == report_id)).one_or_none()
    if found is not None:
        names = ("agency", "agency_id", "year", "status")
        connection.execute(
            sa.update(_report)
            .where(_report.c.id == report_id)
            .values({name: getattr(found, name) for name in names})
        )
        restored = True
    for table in (kept, check, whole, decision_tables.decision_standing):
        connection.execute(sa.delete(table).where(table.c.report_id == report_id))
    return restored


# ------------------------------------------------------------------ what is in force


def _identity(connection: sa.Connection, report_id: int) -> tuple[str | None, int]:
    """The digest of the report's file, and which report of it this is, from 1."""
    source = schema.source
    row = connection.execute(
        sa.select(source.c.sha256, source.c.id)
        .join_from(_report, source)
        .where(_report.c.id == report_id)
    ).one()
    before = sa.select(sa.func.count()).where(
        _report.c.source_id == row.id, _report.c.id <= report_id
    )
    return row.sha256, int(connection.scalar(before) or 0)


def _settled(several: Sequence[tuple[int, Decision]], fits: Any) -> _Settled:
    found, index = standings([each for _, each in several], fits)
    if index is None:
        return found, None, None
    return found, several[index][1], several[index][0]


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


def _still_read(decision: Decision, row: Any) -> bool:
    """Does the machine read the same as when this was decided, in the same place?"""
    value = _digits(row)
    text = row.raw_text if row.raw_text is not None else value or ""
    if (
        STATES[decision.read_state or "unreadable"],
        decision.read_value,
        decision.read_text or "",
    ) != (
        row.state,
        value,
        text,
    ):
        return False
    now = Box(row.x0 / 100, row.top / 100, row.x1 / 100, row.bottom / 100)
    box = decision.box
    return (
        decision.page == row.page
        and box is not None
        and now.holds(*box.middle)
        and box.holds(*now.middle)
    )


def _digits(row: Any) -> str | None:
    """The value of a cell's row, all its digits."""
    if row.value_text is not None:
        return str(row.value_text)
    return None if row.value is None else str(to_sqlite(row.value))


def _decide_cell(
    connection: sa.Connection, row: Any, chosen: Decision, decision_id: int | None
) -> None:
    kept = {name: getattr(row, name) for name in _KEPT}
    where = {name: getattr(row, name) for name in ("report_id", "field_id", "occurrence")}
    connection.execute(
        sa.insert(decision_tables.machine_cell).values(**where, **kept, decision_id=decision_id)
    )
    values: dict[str, Any] = {"flagged": 0, "doubt": None}
    if chosen.verdict != "accepted":
        state = chosen.state or "unreadable"
        value = None if chosen.value is None else Decimal(chosen.value)
        text = row.raw_text if state == "unreadable" else chosen.text or ""
        if text is None:  # it stood for the value's digits, which no longer stand there
            text = _digits(row)
        columns = value_columns(value, text or "")
        stored = zip(("value", "value_text", "raw_text"), columns, strict=True)
        values |= {"state": STATES[state], **dict(stored)}
    connection.execute(
        sa.update(_cell)
        .where(*(_cell.c[name] == value for name, value in where.items()))
        .values(values)
    )


def _decide_report(
    connection: sa.Connection, report_id: int, chosen: Decision, rules: Rules
) -> None:
    if chosen.verdict != "set":
        return  # left open as it is
    values: dict[str, Any]
    if chosen.kind == "year":
        values = {"year": int(chosen.value or 0)}
    else:
        name = chosen.text or ""
        report = read_stored(connection, report_id).report
        body = rules.body(name, report)
        values = {"agency_id": agency_row(connection, body, report.year)}
        if not report.agency:
            values["agency"] = name
    connection.execute(sa.update(_report).where(_report.c.id == report_id).values(values))


def _keep_report(connection: sa.Connection, row: Any) -> None:
    table = decision_tables.machine_report
    known = sa.select(table.c.report_id).where(table.c.report_id == row.id)
    if connection.scalar(known) is None:
        connection.execute(
            sa.insert(table).values(
                report_id=row.id,
                agency=row.agency,
                agency_id=row.agency_id,
                year=row.year,
                status=row.status,
            )
        )


def _note(
    connection: sa.Connection,
    report_id: int,
    several: Sequence[tuple[int, Decision]],
    found: Sequence[Standing],
) -> None:
    connection.execute(
        sa.insert(decision_tables.decision_standing),
        [
            {"report_id": report_id, "decision_id": decision_id, "standing": standing}
            for (decision_id, _), standing in zip(several, found, strict=True)
        ],
    )


# ------------------------------------------------------------------ checks again


def _check_again(
    connection: sa.Connection,
    interners: Interners,
    machine: Any,  # the report's row as the machine left it
    rules: Rules,
    agreed: dict[Key, bool],
    confirmations: dict[str | None, list[tuple[int, Decision]]],
    touched: bool,
) -> None:
    report_id = machine.id
    report = read_stored(connection, report_id).report
    positions = connection.scalars(
        sa.select(_result.c.position)
        .where(_result.c.report_id == report_id)
        .order_by(_result.c.position)
    ).all()
    own = [n for n, position in enumerate(positions) if position < FIRST]
    before = [report.checks[n] for n in own]
    notes: dict[str, tuple[list[Standing], Decision | None, int | None]] = {}

    def confirmed(check: Check) -> bool:
        several = confirmations.get(check.check_id)
        if several is None:
            return False
        basis = basis_of(check)
        notes[check.check_id] = _settled(several, lambda d: d.read_text == basis)
        return notes[check.check_id][1] is not None

    if not (touched or agreed or confirmations):
        return
    again = rules.recheck(_with_checks(report, before), agreed, confirmed)
    for n, old, new in zip(own, before, again.checks, strict=True):
        decision_id = notes.get(new.check_id, ([], None, None))[2]
        if old == new and decision_id is None:
            continue
        _keep_check(connection, interners, report_id, positions[n], new, decision_id)
    for check_id, several in confirmations.items():
        found = notes[check_id][0] if check_id in notes else _unasked(several)
        _note(connection, report_id, several, found)
    for observation in report.observations:
        if observation.implied_value != (implied := again.implied.get(observation.key)):
            field = interners.field(connection, observation.key)
            connection.execute(
                sa.update(_cell)
                .where(_cell.c.report_id == report_id, _cell.c.field_id == field)
                .values(implied_value=implied)
            )
    if agreed or notes or confirmations:
        _keep_report(connection, machine)
        connection.execute(
            sa.update(_report).where(_report.c.id == report_id).values(status=again.status)
        )


def _with_checks(report: Report, checks: Sequence[Check]) -> Report:
    from msgspec.structs import replace

    return replace(report, checks=tuple(checks))


def _unasked(several: Sequence[tuple[int, Decision]]) -> list[Standing]:
    """Of a check that does not fail any more: nothing to confirm."""
    return standings([each for _, each in several], lambda _: False)[0]


def basis_of(check: Check) -> str:
    """What of a failed check a decision on it rests on."""
    if check.expected is None or check.actual is None:
        return check.message
    return f"{decimal_text(check.expected)} ≠ {decimal_text(check.actual)}"


def _keep_check(
    connection: sa.Connection,
    interners: Interners,
    report_id: int,
    position: int,
    new: Check,
    decision_id: int | None,
) -> None:
    mine = (_result.c.report_id == report_id, _result.c.position == position)
    old = connection.execute(sa.select(_result).where(*mine)).one()
    connection.execute(
        sa.insert(decision_tables.machine_check).values(
            report_id=report_id,
            position=position,
            decision_id=decision_id,
            **{name: getattr(old, name) for name in _KEPT_OF_CHECK},
        )
    )
    columns = COLUMNS[_result.name][1:]  # all but the position
    row = dict(zip(columns, check_row(Bound(connection, interners), new), strict=True))
    connection.execute(
        sa.update(_result).where(*mine).values({name: row[name] for name in _KEPT_OF_CHECK})
    )
