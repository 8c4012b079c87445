"""How files stand in a database, and which of them need not be read again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.versions import Versions
from gongkai.model import Outcome, ReportStatus, Severity

Stamp = tuple[int, int]  # a file's size in bytes and time of change in nanoseconds

_source, _path, _runs = schema.source, schema.source_path, schema.runs
_AT_A_TIME = 500  # ids or paths in one statement


@dataclass(frozen=True, slots=True)
class FileRecord:
    """How a file stands in the database."""

    outcome: Outcome
    reason: str | None = None
    statuses: tuple[ReportStatus, ...] = ()  # of its reports, in printed order
    failed: tuple[Severity, ...] = ()  # the class of each failed check


def known_contents_query(run: Versions) -> sa.Select[tuple[str]]:
    """Asks which contents (``some``, by SHA-256) were read before and need not be again."""
    some = _source.c.sha256.in_(sa.bindparam("some", expanding=True))
    return sa.select(_source.c.sha256).join(_runs).where(some, *_settled(run))


def known_files(
    connection: sa.Connection, stamps: Mapping[str, Stamp], run: Versions
) -> dict[str, FileRecord]:
    """Those of the files, by path, that have not changed and need not be read again."""
    sources: dict[str, int] = {}
    paths = list(stamps)
    for start in range(0, len(paths), _AT_A_TIME):
        some = paths[start : start + _AT_A_TIME]
        query = (
            sa.select(_path.c.path, _path.c.source_id, _path.c.size, _path.c.mtime_ns)
            .select_from(_path)
            .join(_source, _source.c.id == _path.c.source_id)
            .join(_runs, _runs.c.id == _source.c.run_id)
            .where(_path.c.path.in_(some), _source.c.sha256.is_not(None), *_settled(run))
        )
        for path, source_id, size, mtime_ns in connection.execute(query):
            if stamps[path] == (size, mtime_ns):
                sources[path] = source_id
    found = file_records(connection, set(sources.values()))
    return {path: found[source_id] for path, source_id in sources.items()}


def file_records(connection: sa.Connection, source_ids: Collection[int]) -> dict[int, FileRecord]:
    """How contents stand, by their ids."""
    report, check = schema.report, schema.check_result
    made: dict[int, FileRecord] = {}
    ids = sorted(source_ids)
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        statuses, failed = defaultdict(list), defaultdict(list)
        for source_id, status in connection.execute(
            sa.select(report.c.source_id, report.c.status)
            .where(report.c.source_id.in_(some))
            .order_by(report.c.id)
        ):
            statuses[source_id].append(status)
        for source_id, severity in connection.execute(
            sa.select(report.c.source_id, check.c.severity)
            .join_from(check, report)
            .where(report.c.source_id.in_(some), check.c.status == "fail")
            .order_by(report.c.id, check.c.position)
        ):
            failed[source_id].append(severity)
        for row in connection.execute(sa.select(_source).where(_source.c.id.in_(some))):
            made[row.id] = FileRecord(
                row.outcome, row.reason, tuple(statuses[row.id]), tuple(failed[row.id])
            )
    return made


def libraries_json(run: Versions) -> str:
    """The libraries of a run, as its row tells them."""
    return json.dumps(run.libraries, sort_keys=True)


def _settled(run: Versions) -> tuple[sa.ColumnElement[bool], ...]:
    """Read by the same pipeline and code, and not failed through a fault of ours, which may
    be over, nor for want of a library that may be there now."""
    return (
        _source.c.outcome != "failed",
        (_source.c.outcome != "unreadable") | (_runs.c.libraries == libraries_json(run)),
        _runs.c.code_version == run.code_version,
        _runs.c.code_digest == run.code_digest,
        _runs.c.pipeline == run.pipeline,
        _runs.c.pipeline_digest == run.pipeline_digest,
    )
