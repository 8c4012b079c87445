"""Removes reports and files from a database, and compares what is left of their agencies again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.connection import database_errors, open_for_reading, open_for_writing
from gongkai.database.decision_tables import decision
from gongkai.database.locations import DatabaseLocation
from gongkai.decisions.agency_rules import agency_rules
from gongkai.errors import UsageError
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family
from gongkai.language import tr
from gongkai.loaders.agencies import drop_unused_agencies
from gongkai.loaders.derived import DerivedRows
from gongkai.loaders.dimension_keys import DimensionKeys
from gongkai.loaders.due import check_due_agencies
from gongkai.loaders.remove import remove_paths, remove_report
from gongkai.queries.report_loader import find_report

_report, _path, _source = schema.report, schema.source_path, schema.source
IsGone = Callable[[str], bool]  # whether there is no file any more at a stored path


@dataclass(frozen=True, slots=True)
class RemovedReport:
    """A report that was removed, or would be."""

    id: int
    agency: str
    year: int | None
    family: str
    file: str  # a path of its file
    decisions: int  # of people on it, which stay in the database


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed, or would be."""

    files: tuple[str, ...]  # paths
    reports: tuple[RemovedReport, ...]


@dataclass(frozen=True, slots=True)
class WantedRemoval:
    """What to remove."""

    reports: Sequence[str]  # ids, agencies, or agencies with a year
    files: Sequence[tuple[str, ...]]  # each as a path, a base name or a digest: the first one found
    is_gone: IsGone | None = None  # also all files that are gone by this


def remove_from(db: DatabaseLocation, wanted: WantedRemoval, *, dry_run: bool) -> Removal:
    """Remove reports and files in one transaction; with ``dry_run`` only find them.

    Raises UsageError for a report or file that is not in the database, and DatabaseError.
    """
    engine = open_for_writing(db)
    try:
        with database_errors(db), engine.begin() as connection:
            ids = [find_report(connection, each) for each in wanted.reports]
            paths = [path for each in wanted.files for path in _paths_of(connection, each)]
            if wanted.is_gone is not None:
                paths += filter(wanted.is_gone, connection.scalars(_ALL_PATHS).all())
            paths = list(dict.fromkeys(paths))
            removal = Removal(tuple(paths), tuple(_described(connection, ids, paths)))
            if not dry_run:
                _remove(connection, ids, paths)
            return removal
    finally:
        engine.dispose()


def paths_below(db: DatabaseLocation, folders: Sequence[str]) -> list[str]:
    """The stored paths below some folders, which are given as stored paths."""
    starts = (_path.c.path.startswith(f"{each.rstrip('/')}/", autoescape=True) for each in folders)
    with database_errors(db), open_for_reading(db).connect() as connection:
        return list(connection.scalars(_ALL_PATHS.where(sa.or_(sa.false(), *starts))))


_ALL_PATHS = sa.select(_path.c.path).order_by(_path.c.path)


def _paths_of(connection: sa.Connection, names: Sequence[str]) -> Sequence[str]:
    """The stored paths that a path, base name or digest means."""
    query = _ALL_PATHS.join(_source)
    for column in (_path.c.path, _path.c.file_name, _source.c.sha256):
        if found := connection.scalars(query.where(column.in_(names))).all():
            return found
    raise UsageError(
        tr(
            'no file {name!r} in this database: see `gongkai query "SELECT path FROM files"`',
            name=names[0],
        )
    )


def _described(
    connection: sa.Connection, ids: Sequence[int], paths: Sequence[str]
) -> Iterator[RemovedReport]:
    """The reports that go: those named, and those of contents that have no other path."""
    leaving = _path.c.path.in_(paths)
    staying = sa.select(_path.c.source_id).where(~leaving)
    contents = sa.select(_path.c.source_id).where(leaving, _path.c.source_id.not_in(staying))
    first = (
        sa.select(sa.func.min(_path.c.path))
        .where(_path.c.source_id == _report.c.source_id)
        .scalar_subquery()
    )
    decided = (
        sa.select(sa.func.count())
        .where(
            decision.c.file_sha256 == _source.c.sha256,
            decision.c.family == _report.c.family,
            decision.c.report_number == _report.c.number,
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(_report.c.id, _report.c.agency, _report.c.year, _report.c.family, first, decided)
        .join_from(_report, _source)
        .where(sa.or_(_report.c.id.in_(ids), _report.c.source_id.in_(contents)))
        .order_by(_report.c.id)
    )
    return (RemovedReport(*row) for row in rows)


def _remove(connection: sa.Connection, ids: Iterable[int], paths: Sequence[str]) -> None:
    derived = DerivedRows()
    for report_id in dict.fromkeys(ids):
        remove_report(connection, derived, report_id)
    remove_paths(connection, derived, paths)
    derived.update(connection)
    dimensions = DimensionKeys()
    for name in built_in_families():  # those of another family are compared by its next run
        due = schema.history_due.c.family == name
        while connection.scalar(sa.select(schema.history_due.c.id).where(due).limit(1)):
            check_due_agencies(connection, dimensions, agency_rules(load_family(name)))
    drop_unused_agencies(connection)
