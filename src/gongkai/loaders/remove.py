"""Remove reports and files from a database. Decisions on them stay, and return with the file."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.loaders import indexing
from gongkai.loaders.derived import DerivedRows
from gongkai.loaders.due import mark_due
from gongkai.problems import message

_report, _source, _path, _reading = (
    schema.report,
    schema.source,
    schema.source_path,
    schema.reading,
)


def remove_paths(connection: sa.Connection, derived: DerivedRows, paths: Collection[str]) -> None:
    """Remove files by their paths, with the reports of contents that no other path has."""
    for path in paths:
        at_path = _path.c.path == path
        source_id = connection.scalar(sa.select(_path.c.source_id).where(at_path))
        if source_id is not None:
            connection.execute(sa.delete(_path).where(at_path))
            delete_unlinked(connection, derived, source_id)


def delete_unlinked(connection: sa.Connection, derived: DerivedRows, source_id: int) -> None:
    """Delete a content with its reports if no path has it any more."""
    held = sa.select(_path.c.id).where(_path.c.source_id == source_id)
    if connection.execute(held.limit(1)).one_or_none() is None:
        _forget(connection, derived, _report.c.source_id == source_id)
        connection.execute(sa.delete(_source).where(_source.c.id == source_id))


def remove_report(connection: sa.Connection, derived: DerivedRows, report_id: int) -> None:
    """Remove one report; the file of the last one goes with it.

    A file that keeps other reports is read again by the next run, as is one that returns.
    """
    is_report = _report.c.id == report_id
    query = sa.select(_report.c.source_id, _report.c.family).where(is_report)
    source_id, family = connection.execute(query).one()
    _forget(connection, derived, is_report)
    connection.execute(sa.delete(_report).where(is_report))
    others = sa.select(_report.c.id).where(_report.c.source_id == source_id).limit(1)
    if connection.scalar(others) is None:
        connection.execute(sa.delete(_source).where(_source.c.id == source_id))
        return
    again = sa.update(_reading).where(
        _reading.c.source_id == source_id, _reading.c.family == family
    )
    connection.execute(again.values(failed_again=message("removed")))


def _forget(
    connection: sa.Connection, derived: DerivedRows, *conditions: sa.ColumnElement[bool]
) -> None:
    """Take reports that are about to be deleted out of all that depends on them."""
    indexing.unindex(connection, *conditions)
    mark_due(connection, *conditions)
    derived.note(connection, *conditions)
