"""Failed checks, doubtful cells, problems and refused files, with page and position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from gongkai.database import schema, views
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import DatabaseLocation
from gongkai.model import Box, Check, Key, Observation, Report, bounding_box
from gongkai.queries.report_loader import find_report, load_report

FindingKind = Literal["check", "cell", "problem", "file"]


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a page of the file (from 1) in PDF points; None means the whole page."""

    page: int
    box: Box | None

    def __str__(self) -> str:
        if self.box is None:
            return f"p. {self.page}"
        return f"p. {self.page} ({', '.join(f'{side:.1f}' for side in self.box)})"


@dataclass(frozen=True, slots=True)
class Finding:
    """A failed check, a doubtful cell, a problem, or a refused file."""

    kind: FindingKind
    code: str  # check id, cell, code of the problem, or outcome of the file
    severity: str  # check: must or usually; cell: doubt; problem: note; file: refused
    cause: str | None  # of a failed check or doubtful cell: print or reading
    message: str
    file_name: str
    report_id: int | None = None
    agency: str | None = None
    year: int | None = None
    places: tuple[Place, ...] = ()


def check(db: DatabaseLocation, report: str | None = None) -> Iterator[Finding]:
    """Yield the findings of all reports in order, then the refused files; or of one report.

    ``report`` names one as in ``report_loader.show``. Raises UsageError if it does not name
    exactly one report, and DatabaseError.
    """
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        if report is not None:
            yield from _of_report(connection, find_report(connection, report))
            return
        for report_id in connection.scalars(_reports_with_findings()).all():
            yield from _of_report(connection, report_id)
        yield from _refused(connection)


def _reports_with_findings() -> sa.Select[Any]:
    """Query for the ids of the reports that have findings."""
    cell, result, problem = schema.cell, schema.check_result, schema.problem
    observations = views.observations
    found = sa.union(
        sa.select(cell.c.report_id).where(cell.c.flagged == 1),
        sa.select(observations.c.report_id).where(observations.c.state == "unreadable"),
        sa.select(result.c.report_id).where(result.c.status == "fail"),
        sa.select(problem.c.report_id),
    ).subquery()
    return sa.select(found.c.report_id).order_by(found.c.report_id)


def _of_report(connection: sa.Connection, report_id: int) -> Iterator[Finding]:
    stored = load_report(connection, report_id)
    report = stored.report
    common: dict[str, Any] = {
        "file_name": stored.file_name,
        "report_id": stored.id,
        "agency": report.agency,
        "year": report.year,
    }
    cells = {observation.key: observation for observation in report.observations}
    for failure in report.failures():
        yield Finding(
            kind="check",
            code=failure.check_id,
            severity=failure.severity,
            cause=failure.cause,
            message=failure.message,
            places=_places(failure, cells, report),
            **common,
        )
    for observation in report.observations:
        if observation.flagged or observation.state == "unreadable":
            yield Finding(
                kind="cell",
                code=str(observation.key),
                severity="doubt",
                cause="reading",
                message=_doubt(observation),
                places=(Place(observation.page, observation.box),),
                **common,
            )
    for problem in report.problems:
        yield Finding(
            kind="problem",
            code=problem.code,
            severity="note",
            cause=None,
            message=problem.message,
            places=() if problem.page is None else (Place(problem.page, problem.box),),
            **common,
        )


def _places(failure: Check, cells: dict[Key, Observation], report: Report) -> tuple[Place, ...]:
    """The suspected cells; without suspects, the area of all involved cells on each page."""
    involved = [cells[key] for key in failure.suspects or failure.cells if key in cells]
    if failure.suspects and involved:
        return tuple(Place(cell.page, cell.box) for cell in involved)
    if not involved:  # the check is about the whole report, not about cells
        return (Place(report.page_first, None),)
    pages: dict[int, list[Box]] = {}
    for cell in involved:
        pages.setdefault(cell.page, []).append(cell.box)
    return tuple(Place(page, bounding_box(boxes)) for page, boxes in sorted(pages.items()))


def _doubt(observation: Observation) -> str:
    where = f"{observation.row_label}／{observation.column_label}"
    implied = observation.implied_value
    return "".join(
        (
            f"{where}：印作“{observation.raw_text}”",
            "" if observation.state != "unreadable" else "，读不成数字",
            f"，{observation.doubt}" if observation.doubt else "",
            f"（按勾稽关系应为 {implied:f}）" if implied is not None else "",
        )
    )


def _refused(connection: sa.Connection) -> Iterator[Finding]:
    files = views.files
    for row in connection.execute(
        sa.select(files).where(files.c.outcome != "loaded").order_by(files.c.path)
    ):
        yield Finding(
            kind="file",
            code=row.outcome,
            severity="refused",
            cause=None,
            message=row.reason or "",
            file_name=row.path,
        )


def fallback_stats(db: DatabaseLocation) -> list[tuple[object, ...]]:
    """How often each further reader was asked: run, reader, table, outcome, number of reports.

    The row with the reader "none" counts the reports of a run that needed no further reader.
    Raises DatabaseError.
    """
    report, attempts, reading = schema.report, schema.fallback_attempts, schema.reading
    same = (reading.c.source_id == report.c.source_id) & (reading.c.family == report.c.family)
    of_run = sa.select(report.c.id, reading.c.run_id).join(reading, same)
    reports = of_run.subquery()
    without_fallback = (
        sa.select(reports.c.run_id, sa.func.count())
        .where(~sa.exists().where(attempts.c.report_id == reports.c.id))
        .group_by(reports.c.run_id)
    )
    with_fallback = (
        sa.select(
            reports.c.run_id,
            attempts.c.reader,
            attempts.c.table_id,
            attempts.c.outcome,
            sa.func.count(),
        )
        .join(attempts, attempts.c.report_id == reports.c.id)
        .group_by(reports.c.run_id, attempts.c.reader, attempts.c.table_id, attempts.c.outcome)
    )
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        rows: list[tuple[object, ...]] = [
            (run, "none", None, None, count) for run, count in connection.execute(without_fallback)
        ]
        rows += [tuple(row) for row in connection.execute(with_fallback)]
    return sorted(rows, key=lambda row: tuple(str(part or "") for part in row[:4]))
