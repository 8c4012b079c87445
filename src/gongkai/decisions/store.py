"""A database to which decisions are added: stored, applied and checked in one transaction."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from gongkai.database import decision_tables, schema
from gongkai.database.connection import BUSY_TIMEOUT, database_errors, open_for_writing
from gongkai.database.locations import DatabaseLocation
from gongkai.decisions.apply import DecisionApplier
from gongkai.decisions.queries import file_report_ids
from gongkai.decisions.records import Decision, append_decisions
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.loaders.agencies import drop_unused_agencies
from gongkai.loaders.dimension_keys import DimensionKeys

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
        self, path: DatabaseLocation, family: Family, *, busy_timeout: float = BUSY_TIMEOUT
    ) -> None:
        """Open a database that `gongkai ingest` made.

        Raises UsageError where the file does not exist, and DatabaseError.
        """
        if isinstance(path, Path) and not path.is_file():
            raise UsageError(f"{path} does not exist: name a database that `gongkai ingest` made")
        self._path = path
        self._applier = DecisionApplier(family)
        self._dimensions = DimensionKeys()
        self._engine = open_for_writing(path, busy_timeout=busy_timeout)

    def __enter__(self) -> Self:
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

        Raises UsageError where a report was read with another family, and DatabaseError.
        """
        with self.transaction() as connection:
            added = append_decisions(connection, decisions)
            by_report = self._by_report(connection, added)
            before = _agency_ids(connection, by_report)
            for report_id in by_report:
                self._applier.apply_to_report(connection, self._dimensions, report_id)
            agency_ids = before | _agency_ids(connection, by_report)
            self._applier.recheck_history(connection, self._dimensions, agency_ids)
            drop_unused_agencies(connection)
            return AddedDecisions(
                added=len(added),
                already_known=len(decisions) - len(added),
                elsewhere=len(added) - sum(map(len, by_report.values())),
                conflicts=_count_conflicts(connection),
            )

    def _by_report(
        self, connection: sa.Connection, decisions: Iterable[Decision]
    ) -> dict[int, list[Decision]]:
        """Group decisions by the id of their report, without those on reports not stored here."""
        family = self._applier.family_name
        by_file: dict[str, list[Decision]] = defaultdict(list)
        for decision in decisions:
            if decision.family != family:
                raise UsageError(
                    f"a decision is about a report of the family {decision.family!r}: "
                    "name it with --family"
                )
            by_file[decision.file_sha256].append(decision)
        by_report: dict[int, list[Decision]] = defaultdict(list)
        for sha256, of_file in by_file.items():
            ids = file_report_ids(connection, sha256, family)
            for decision in of_file:
                if 1 <= decision.report_number <= len(ids):
                    by_report[ids[decision.report_number - 1]].append(decision)
        return by_report


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
