"""A database to which decisions are added: stored, applied and checked in one transaction."""

from __future__ import annotations

import contextlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from gongkai.database import decision_tables, schema
from gongkai.database.connection import database_errors, open_for_reading, open_for_writing
from gongkai.database.locations import DatabaseLocation
from gongkai.database.sqlite_file import BUSY_TIMEOUT
from gongkai.decisions.apply import DecisionApplier
from gongkai.decisions.backup import DecisionBackup
from gongkai.decisions.queries import file_report_ids
from gongkai.decisions.records import Decision, append_decisions
from gongkai.errors import NotWritable, UsageError
from gongkai.families.family import Family
from gongkai.language import tr
from gongkai.loaders.agencies import drop_unused_agencies
from gongkai.loaders.dimension_keys import DimensionKeys

_log = logging.getLogger(__name__)
_report = schema.report


@dataclass(frozen=True, slots=True)
class AddedDecisions:
    """The result of adding decisions to a database."""

    added: int
    already_known: int  # not added, because the database has them
    elsewhere: int  # added, but about files that are not in this database
    conflicts: int  # decisions that are in conflict, in the whole database


class DecisionStore:
    """A database to which decisions are added. Use as a context manager."""

    def __init__(
        self,
        path: DatabaseLocation,
        families: Iterable[Family],
        *,
        busy_timeout: float = BUSY_TIMEOUT,
        or_read: bool = False,
    ) -> None:
        """Open a database that `gongkai ingest` made, to decide on reports of some families.

        With ``or_read``, one that cannot be written is opened for reading: ``read_only`` says why,
        and no decision can be added.

        Raises UsageError where the file does not exist, and DatabaseError.
        """
        if isinstance(path, Path) and not path.is_file():
            raise UsageError(
                tr("{path} does not exist: name a database that `gongkai ingest` made", path=path)
            )
        self._path = path
        self.families: Mapping[str, Family] = {family.name: family for family in families}
        self._appliers = {name: DecisionApplier(each) for name, each in self.families.items()}
        self._dimensions = DimensionKeys()
        self.read_only: str | None = None  # why the database can only be read
        try:
            self._engine = open_for_writing(path, busy_timeout=busy_timeout, durable=True)
        except NotWritable as error:
            if not or_read:
                raise
            self._engine = open_for_reading(path, busy_timeout=busy_timeout)
            self.read_only = str(error)
        self._backup = DecisionBackup(path)
        self.copy_failure: str | None = None  # why the copy beside the database lacks decisions

    def __enter__(self) -> Self:
        try:
            self._copy_decisions()
        except BaseException:
            self._engine.dispose()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Open a transaction, which any exception rolls back."""
        try:
            with database_errors(self._path), self._engine.begin() as connection:
                yield connection
        except BaseException:
            self._dimensions.clear()
            raise

    def add(self, decisions: Sequence[Decision]) -> AddedDecisions:
        """Add decisions, apply them to their reports, and check these reports again.

        When this returns, they are on the disk, in the database and in the copy beside it.
        Raises UsageError where the family of a report is not among those of the store or the
        database can only be read, and DatabaseError.
        """
        if self.read_only is not None:
            raise UsageError(self.read_only)
        with self.transaction() as connection:
            added = append_decisions(connection, decisions)
            by_family: dict[str, list[Decision]] = defaultdict(list)
            for decision in added:
                by_family[decision.family].append(decision)
            applied = sum(self._apply(connection, *each) for each in by_family.items())
            drop_unused_agencies(connection)
            result = AddedDecisions(
                added=len(added),
                already_known=len(decisions) - len(added),
                elsewhere=len(added) - applied,
                conflicts=_count_conflicts(connection),
            )
        self._copy_decisions()
        return result

    def _copy_decisions(self) -> None:
        """Copy new decisions. The database has them, so that a failure here is only reported."""
        if self._backup.path is None or self.read_only is not None:
            return
        try:
            with self.transaction() as connection:
                self._backup.catch_up(connection)
        except OSError as error:
            self.copy_failure = f"{self._backup.path} cannot be written: {error.strerror or error}"
            _log.warning("%s", self.copy_failure)
        else:
            self.copy_failure = None

    def _apply(self, connection: sa.Connection, family: str, decisions: Sequence[Decision]) -> int:
        """Apply decisions on reports of one family; return how many are on reports stored here."""
        found = list(_report_ids(connection, family, decisions))
        if not found:
            return 0
        if family not in self._appliers:
            raise UsageError(
                tr(
                    "a decision is about a report of the family {family!r}: name it with --family",
                    family=family,
                )
            )
        applier, report_ids = self._appliers[family], dict.fromkeys(found)
        before = _agency_ids(connection, report_ids)
        for report_id in report_ids:
            applier.apply_to_report(connection, self._dimensions, report_id)
        agency_ids = before | _agency_ids(connection, report_ids)
        applier.recheck_agencies(connection, self._dimensions, agency_ids)
        return len(found)


def _report_ids(
    connection: sa.Connection, family: str, decisions: Iterable[Decision]
) -> Iterator[int]:
    """The report of each decision, without those on reports that are not stored here."""
    by_file: dict[str, dict[int, int]] = {}
    for decision in decisions:
        sha256 = decision.file_sha256
        if sha256 not in by_file:
            by_file[sha256] = file_report_ids(connection, sha256, family)
        if decision.report_number in by_file[sha256]:
            yield by_file[sha256][decision.report_number]


def _agency_ids(connection: sa.Connection, report_ids: Iterable[int]) -> set[int]:
    return set(
        connection.scalars(
            sa.select(_report.c.agency_id).where(
                _report.c.id.in_(list(report_ids)), _report.c.agency_id.is_not(None)
            )
        )
    )


def _count_conflicts(connection: sa.Connection) -> int:
    standing = decision_tables.decision_standing
    query = sa.select(sa.func.count()).where(standing.c.standing == "conflict")
    return connection.scalar(query) or 0
