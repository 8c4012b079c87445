"""Writes the results of one family into a database: one transaction per file.

The SHA-256 digest identifies a file's content. A second path with the same content gets a row
in ``files``, and its reports are not stored again. When the content of a path changes, the
reports of the old content are deleted, unless another path has it too. Apart from that, a writer
never deletes reports of another family. A failed reading does not replace an earlier success.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.connection import (
    database_errors,
    gather_statistics,
    open_for_writing,
)
from gongkai.database.descriptions import described
from gongkai.database.install_views import has_views, install_views
from gongkai.database.locations import DatabaseLocation
from gongkai.database.refused_values import VALUE_ERRORS, refusal_text, refuses_value
from gongkai.database.sqlite_file import BUSY_TIMEOUT
from gongkai.database.versions import current_versions
from gongkai.loaders import indexing
from gongkai.loaders.agencies import drop_unused_agencies
from gongkai.loaders.derived import DerivedRows
from gongkai.loaders.dimension_keys import DimensionKeys, insert_row
from gongkai.loaders.due import AgencyRules, check_due_agencies, mark_due
from gongkai.loaders.ingest_state import (
    FileRecord,
    Result,
    Stamp,
    begin_run,
    file_records,
    known_contents_query,
    known_files,
    now,
)
from gongkai.loaders.insert import insert_report
from gongkai.loaders.remove import delete_unlinked
from gongkai.loaders.rows import ReportRows, report_rows
from gongkai.model import Outcome, Report
from gongkai.problems import message

if TYPE_CHECKING:
    from gongkai.families.family import Family

_log = logging.getLogger(__name__)

# Called within the transaction that stores a file, after its reports are written, with the
# file's SHA-256. Returns whether it changed stored reports.
AfterStore = Callable[[sa.Connection, DimensionKeys, str], bool]

_source, _path, _runs = schema.source, schema.source_path, schema.runs
_reading = schema.reading
# built once, executed for every file
_BY_CONTENT = sa.select(_source.c.id).where(_source.c.sha256 == sa.bindparam("sha256"))
_BY_PATH = sa.select(_path).where(_path.c.path == sa.bindparam("path"))
_DELETE_READING = sa.delete(_reading).where(
    _reading.c.source_id == sa.bindparam("of_source"),
    _reading.c.family == sa.bindparam("of_family"),
)


class Writer:
    """Writes the files of one run, as one family reads them; a context manager."""

    def __init__(
        self,
        path: DatabaseLocation,
        family: Family,
        *,
        after_store: AfterStore | None = None,
        busy_timeout: float = BUSY_TIMEOUT,
        shared: Writer | None = None,
    ) -> None:
        """Open or create the database and begin a run.

        A family's dictionary and views are installed with its first report, so that a database of
        one family does not hold those of all; a database without reports has those of every run.
        ``after_store`` is called for every file with reports and a known SHA-256 once they are
        written; it applies people's decisions to them. ``shared`` is a writer of another family
        whose connection to the same database this one uses, and which is closed after it.
        Raises NotADatabase, DatabaseBusy, DatabaseTooNew or DatabaseError.
        """
        self.database = path
        self._family = family
        self._after_store = after_store
        self._versions = current_versions(family)
        self._known_contents = known_contents_query(self._versions)
        self._dimensions = DimensionKeys()
        self._derived = DerivedRows()
        self._shares = shared is not None
        self._engine: sa.Engine = (
            shared._engine if shared else open_for_writing(path, busy_timeout=busy_timeout)
        )
        self._is_described = False
        try:
            with self._transaction() as connection:
                self._is_described = has_views(connection, family.name)
                if self._is_described:
                    self._describe_family(connection)
                self._run_id = begin_run(connection, self._versions)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; a run without ``finish`` has no end time."""
        if not self._shares:
            self._engine.dispose()

    @property
    def family(self) -> str:
        """The name of the family whose results this writer stores."""
        return self._versions.pipeline

    @property
    def run_id(self) -> int:
        """The id of this run in ``runs``."""
        return self._run_id

    def known(self, stamps: Mapping[str, Stamp]) -> dict[str, FileRecord]:
        """Return the records of files with unchanged size and time, which need not be read again.

        ``stamps`` gives each path's size in bytes and modification time in nanoseconds.
        """
        with self._transaction() as connection:
            return known_files(connection, stamps, self._versions)

    def known_contents(self, digests: Collection[str]) -> set[str]:
        """Return those ``digests`` (SHA-256) whose files need not be read again.

        These were read by the same code and family. Files that failed because of a fault of the
        program or a missing library are not among them: it may be fixed now.
        """
        with self._transaction() as connection:
            return set(connection.scalars(self._known_contents, {"digests": list(digests)}))

    def link(self, path: str, sha256: str, stamp: Stamp | None = None) -> FileRecord | None:
        """Record that a path has a content that was read before; None if it was not."""
        with self._transaction() as connection:
            found = connection.scalar(_BY_CONTENT, {"sha256": sha256})
            if found is None or (record := self._record(connection, found)) is None:
                return None
            self._link(connection, path, found, stamp)
            return record

    def store(
        self,
        path: str,
        sha256: str | None,
        outcome: Outcome,
        reason: str | None,
        reports: Sequence[Report | ReportRows] = (),
        stamp: Stamp | None = None,
    ) -> FileRecord:
        """Store one file with its reports, replacing the earlier result of its content or path.

        Earlier reports are kept in two cases: the outcome is ``failed`` (a time limit, a crash),
        or ``sha256`` is None because the file could not be opened or received. The returned
        record then has the reason of the failure.

        Where the database refuses a value, as a number beyond the range of its type, the file is
        stored as ``failed``.

        Workers pass reports as ReportRows, already converted. ``stamp`` is the file's size and
        modification time, or None if an equal stamp would not prove that the file is unchanged.
        """
        rows = [r if isinstance(r, ReportRows) else report_rows(r) for r in reports]
        result = Result(outcome, reason, rows)
        with database_errors(self.database):
            try:
                return self._store_at_once(path, sha256, stamp, result)
            except VALUE_ERRORS as error:
                if not refuses_value(error):
                    raise
                _log.exception("%s: not stored", path)
                refused = Result("failed", message("not_stored", error=refusal_text(error)))
            return self._store_at_once(path, sha256, None, refused)

    def _store_at_once(
        self, path: str, sha256: str | None, stamp: Stamp | None, result: Result
    ) -> FileRecord:
        """Store a file in a transaction of its own. Raises errors of the database as they are."""
        with self.transaction() as connection:
            return self.store_within(connection, path, sha256, stamp, result)

    def insert_source(
        self, connection: sa.Connection, path: str, sha256: str | None, stamp: Stamp | None
    ) -> int | None:
        """Insert the row of a content that is new, and link its path; return its id, else None."""
        if sha256 is None or connection.scalar(_BY_CONTENT, {"sha256": sha256}) is not None:
            return None
        source_id = insert_row(connection, _source, {"sha256": sha256, "run_id": self._run_id})
        self._link(connection, path, source_id, stamp)
        return source_id

    def store_within(
        self,
        connection: sa.Connection,
        path: str,
        sha256: str | None,
        stamp: Stamp | None,
        result: Result,
        new: int | None = None,
    ) -> FileRecord:
        """Store a file as ``store`` does, in a ``transaction`` of the caller.

        ``new`` is what ``insert_source`` has returned, if it was called in the same transaction,
        of this writer or another. Raises errors of the database as they are.
        """
        record = self._store(connection, path, sha256, stamp, result, new)
        self._derived.update(connection)
        return record

    def _store(
        self,
        connection: sa.Connection,
        path: str,
        sha256: str | None,
        stamp: Stamp | None,
        result: Result,
        new: int | None,
    ) -> FileRecord:
        outcome, reason, rows = result
        if sha256 is None and (kept := self._keep_path(connection, path, reason)):
            return kept
        source_id = new or self._source_for(connection, path, sha256)
        if source_id is None:
            source_id = insert_row(connection, _source, {"sha256": sha256, "run_id": self._run_id})
        elif new is None:
            if outcome == "failed" and (kept := self._keep(connection, source_id, reason)):
                self._link(connection, path, source_id, stamp)
                return kept
            self._delete_reading(connection, source_id)
        reading = {
            "source_id": source_id,
            "family": self.family,
            "outcome": outcome,
            "reason": reason,
            "run_id": self._run_id,
        }
        insert_row(connection, _reading, reading)
        if new is None:
            self._link(connection, path, source_id, stamp)
        if rows and not self._is_described:
            self._describe_family(connection)
        for number, each in enumerate(rows, 1):
            owner = {"source_id": source_id, "family": self.family, "number": number}
            insert_report(connection, self._dimensions, self._derived, owner, each)
        hook = self._after_store
        if hook and rows and sha256 is not None and hook(connection, self._dimensions, sha256):
            self._mark_due(connection, source_id)
            return file_records(connection, self.family, [source_id])[source_id]
        failed = tuple(severity for each in rows for severity in each.failed)
        return FileRecord(outcome, reason, tuple(each.status for each in rows), failed)

    def compile_views(self) -> None:
        """Get the views of the family ready, while there is nothing to store."""
        if not self._is_described:
            described(self._family, self._engine.dialect)

    def check_due(self, rules: AgencyRules) -> int:
        """Compare the reports of agencies with new ones; return the number of checks stored."""
        count, more = 0, True
        while more:
            with self._transaction() as connection:
                new, more = check_due_agencies(connection, self._dimensions, rules)
            count += new
        return count

    def finish(self, **counts: int) -> None:
        """End the run; ``counts`` are values of columns of ``runs``."""
        with self._transaction() as connection:
            if connection.scalar(sa.select(schema.report.c.id).limit(1)) is None:
                self._describe_family(connection)
            drop_unused_agencies(connection)
            indexing.index_waiting(connection)
            connection.execute(
                sa.update(_runs)
                .where(_runs.c.id == self._run_id)
                .values(finished_at=now(), **counts)
            )
            gather_statistics(connection)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with database_errors(self.database), self.transaction() as connection:
            yield connection

    @contextlib.contextmanager
    def transaction(self, *others: Writer) -> Iterator[sa.Connection]:
        """A transaction of this writer, and of others that share its connection."""
        described = {writer: writer._is_described for writer in (self, *others)}
        try:
            with self._engine.begin() as connection:
                yield connection
        except BaseException:  # what the transaction has added is not there any more
            for writer, is_described in described.items():
                writer._dimensions.clear()
                writer._derived.clear()
                writer._is_described = is_described
            raise

    def _record(self, connection: sa.Connection, source_id: int) -> FileRecord | None:
        """The stored result of this family for a content; None if there is none."""
        return file_records(connection, self.family, [source_id]).get(source_id)

    def _own_reading(self, source_id: int) -> tuple[sa.ColumnElement[bool], ...]:
        return _reading.c.source_id == source_id, _reading.c.family == self.family

    def _keep(
        self, connection: sa.Connection, source_id: int, reason: str | None
    ) -> FileRecord | None:
        """Record that a content could not be read again; None if it has no reports to keep."""
        loaded = _reading.c.outcome == "loaded"
        changed = connection.execute(
            sa.update(_reading)
            .where(*self._own_reading(source_id), loaded)
            .values(failed_again=reason)
        )
        return self._record(connection, source_id) if changed.rowcount else None

    def _keep_path(
        self, connection: sa.Connection, path: str, reason: str | None
    ) -> FileRecord | None:
        """Record that a file could not be opened; None if no family has reports of it to keep."""
        readings = connection.execute(
            sa.select(_reading)
            .join(_path, _path.c.source_id == _reading.c.source_id)
            .where(_path.c.path == path)
        ).all()
        if all(row.outcome != "loaded" for row in readings):
            return None
        source_id = readings[0].source_id
        own = sa.update(_reading).where(*self._own_reading(source_id))
        connection.execute(own.values(failed_again=reason))
        return self._record(connection, source_id)

    def _delete_reading(self, connection: sa.Connection, source_id: int) -> None:
        """Delete this family's result for a content, with its reports."""
        report, own = schema.report, {"of_source": source_id, "of_family": self.family}
        if connection.execute(_DELETE_READING, own).rowcount:
            replaced = report.c.source_id == source_id, report.c.family == self.family
            indexing.unindex(connection, *replaced)
            self._mark_due(connection, source_id)
            connection.execute(sa.delete(report).where(*replaced))

    def _source_for(self, connection: sa.Connection, path: str, sha256: str | None) -> int | None:
        """The id of the content's row; for a file that could not be opened, by its path."""
        if sha256 is not None:
            return connection.scalar(_BY_CONTENT, {"sha256": sha256})
        query = sa.select(_source.c.id).join(_path)
        return connection.scalar(query.where(_path.c.path == path, _source.c.sha256.is_(None)))

    def _link(
        self, connection: sa.Connection, path: str, source_id: int, stamp: Stamp | None
    ) -> None:
        """Point the path at this content; delete its old content if no other path has that."""
        size, mtime_ns = stamp or (None, None)
        link = {
            "source_id": source_id,
            "file_name": path.rpartition("/")[2],
            "size": size,
            "mtime_ns": mtime_ns,
        }
        linked = connection.execute(_BY_PATH, {"path": path}).one_or_none()
        if linked is None:
            insert_row(connection, _path, {"path": path, **link})
            return
        if any(getattr(linked, name) != value for name, value in link.items()):
            connection.execute(sa.update(_path).where(_path.c.id == linked.id).values(link))
        if linked.source_id == source_id:
            return
        delete_unlinked(connection, self._derived, linked.source_id)

    def _mark_due(self, connection: sa.Connection, source_id: int) -> None:
        """Note that a file's reports change, before or after they do."""
        of_file = schema.report.c.source_id == source_id
        mark_due(connection, of_file)
        self._derived.note(connection, of_file)

    def _describe_family(self, connection: sa.Connection) -> None:
        """Store the family's dictionary, views and fields."""
        install_views(connection, self._family)
        self._is_described = True
