"""Begins a run of a family, and looks up the results of earlier ones, to skip what is known."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.sqlite_file import SCHEMA_VERSION
from gongkai.database.versions import Versions
from gongkai.loaders.dimension_keys import insert_row
from gongkai.loaders.rows import ReportRows
from gongkai.model import Outcome, ReportStatus, Severity

Stamp = tuple[int, int]  # a file's size in bytes and modification time in nanoseconds

_source, _path, _runs = schema.source, schema.source_path, schema.runs
_reading, _report = schema.reading, schema.report
_BATCH = 500  # ids or paths in one statement


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The stored result of one file."""

    outcome: Outcome
    reason: str | None = None  # with "loaded": why reading it again failed
    statuses: tuple[ReportStatus, ...] = ()  # of its reports, in printed order
    failed: tuple[Severity, ...] = ()  # the severity of each failed check


class Result(NamedTuple):
    """What reading a file as one family gave."""

    outcome: Outcome
    reason: str | None
    rows: Sequence[ReportRows] = ()


def begin_run(connection: sa.Connection, run: Versions) -> int:
    """Store a run that begins now, and return its id."""
    values = {
        **asdict(run),
        "libraries": libraries_json(run),
        "schema_version": SCHEMA_VERSION,
        "started_at": now(),
    }
    return insert_row(connection, _runs, values)


def now() -> str:
    """The time as the table of runs stores it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def known_contents_query(run: Versions) -> sa.Select[tuple[str]]:
    """Build the query for the SHA-256 digests whose stored result is final for these versions.

    The parameter ``digests`` is the list of digests to look up.
    """
    among = _source.c.sha256.in_(sa.bindparam("digests", expanding=True))
    return (
        sa.select(_source.c.sha256)
        .join_from(_source, _reading)
        .join(_runs, _runs.c.id == _reading.c.run_id)
        .where(among, *_is_final(run))
    )


def known_files(
    connection: sa.Connection, stamps: Mapping[str, Stamp], run: Versions
) -> dict[str, FileRecord]:
    """Return the stored results of the files that are unchanged and need not be read again.

    ``stamps`` gives each path's size and modification time; the result is keyed by path.
    """
    sources: dict[str, int] = {}
    paths = list(stamps)
    for start in range(0, len(paths), _BATCH):
        batch = paths[start : start + _BATCH]
        query = (
            sa.select(_path.c.path, _path.c.source_id, _path.c.size, _path.c.mtime_ns)
            .select_from(_path)
            .join(_source, _source.c.id == _path.c.source_id)
            .join(_reading, _reading.c.source_id == _source.c.id)
            .join(_runs, _runs.c.id == _reading.c.run_id)
            .where(_path.c.path.in_(batch), _source.c.sha256.is_not(None), *_is_final(run))
        )
        for path, source_id, size, mtime_ns in connection.execute(query):
            if stamps[path] == (size, mtime_ns):
                sources[path] = source_id
    found = file_records(connection, run.pipeline, set(sources.values()))
    return {path: found[source_id] for path, source_id in sources.items()}


def file_records(
    connection: sa.Connection, family: str, source_ids: Collection[int]
) -> dict[int, FileRecord]:
    """Return a family's stored results of some files, by the id of their row in ``source``."""
    report, check = _report, schema.check_result
    own = report.c.family == family
    records: dict[int, FileRecord] = {}
    ids = sorted(source_ids)
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        statuses, failed = defaultdict(list), defaultdict(list)
        for source_id, status in connection.execute(
            sa.select(report.c.source_id, report.c.status)
            .where(report.c.source_id.in_(batch), own)
            .order_by(report.c.id)
        ):
            statuses[source_id].append(status)
        for source_id, severity in connection.execute(
            sa.select(report.c.source_id, check.c.severity)
            .join_from(check, report)
            .where(report.c.source_id.in_(batch), own, check.c.status == "fail")
            .order_by(report.c.id, check.c.position)
        ):
            failed[source_id].append(severity)
        of_family = sa.select(_reading).where(_reading.c.family == family)
        for row in connection.execute(of_family.where(_reading.c.source_id.in_(batch))):
            key = row.source_id
            records[key] = FileRecord(
                row.outcome,
                row.failed_again or row.reason,
                tuple(statuses[key]),
                tuple(failed[key]),
            )
    return records


def libraries_json(run: Versions) -> str:
    """Return the library versions of a run as JSON, as ``runs.libraries`` stores them."""
    return json.dumps(run.libraries, sort_keys=True)


def _is_final(run: Versions) -> tuple[sa.ColumnElement[bool], ...]:
    """Build the conditions for a result that reading the file again would not change.

    The same code and family produced it. It is not ``failed``: a crash or time limit may not
    recur. If it is ``unreadable``, the same libraries were installed: a missing one may have
    been the cause.
    """
    return (
        _reading.c.outcome != "failed",
        _reading.c.failed_again.is_(None),
        (_reading.c.outcome != "unreadable") | (_runs.c.libraries == libraries_json(run)),
        _runs.c.code_version == run.code_version,
        _runs.c.code_digest == run.code_digest,
        _reading.c.family == run.pipeline,
        _runs.c.pipeline_digest == run.pipeline_digest,
    )
