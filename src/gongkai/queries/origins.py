"""The origin of a report: paths and digest of its file, and the versions that read it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import DatabaseLocation
from gongkai.queries.report_loader import StoredReport, find_report, load_report


@dataclass(frozen=True, slots=True)
class Origin:
    """The file of a report, and the versions of code and family that read it."""

    sha256: str
    paths: tuple[str, ...]  # as recorded, in the order of their first ingest
    read_at: str  # when the run began, ISO 8601, UTC
    code_version: str
    code_digest: str
    pipeline: str
    pipeline_digest: str


def trace(db: DatabaseLocation, report: str) -> tuple[StoredReport, Origin]:
    """Load one report with its origin; ``report`` and errors as in ``report_loader.show``."""
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        report_id = find_report(connection, report)
        return load_report(connection, report_id), read_origin(connection, report_id)


def read_origin(connection: sa.Connection, report_id: int) -> Origin:
    """Read the origin of the report with this id."""
    source, path, runs = schema.source, schema.source_path, schema.runs
    report, reading = schema.report, schema.reading
    of_report = (reading.c.source_id == report.c.source_id) & (reading.c.family == report.c.family)
    row = connection.execute(
        sa.select(source, runs)
        .join_from(source, report)
        .join(reading, of_report)
        .join(runs, runs.c.id == reading.c.run_id)
        .where(report.c.id == report_id)
    ).one()
    paths = connection.scalars(
        sa.select(path.c.path).where(path.c.source_id == row[0]).order_by(path.c.id)
    )
    return Origin(
        sha256=row.sha256,
        paths=tuple(paths),
        read_at=row.started_at,
        code_version=row.code_version,
        code_digest=row.code_digest,
        pipeline=row.pipeline,
        pipeline_digest=row.pipeline_digest,
    )
