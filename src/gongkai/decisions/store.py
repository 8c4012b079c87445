"""The one way decisions get into a database: kept, put in force, checked, all at once."""

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
from gongkai.database.locations import Location
from gongkai.decisions.apply import check_years_of, reports_of, settle_report
from gongkai.decisions.callbacks import Rules
from gongkai.decisions.records import Decision, append
from gongkai.errors import UsageError
from gongkai.loaders.agencies import drop_unused
from gongkai.loaders.dimension_keys import Interners

_report, _source, _runs = schema.report, schema.source, schema.runs


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of decisions that were offered."""

    added: int
    known: int  # stood in the database already
    elsewhere: int  # of those added: on files that are not in this database
    conflicts: int  # decisions that contradict others, in the whole database
    report_ids: tuple[int, ...]  # reports that were settled and checked again


class DecisionBook:
    """A database whose decisions may grow. Use as a context manager."""

    def __init__(self, path: Location, rules: Rules, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        """Open a database that `gongkai ingest` has made.

        Raises DatabaseError, also where there is none: decisions are about files it has.
        """
        if isinstance(path, Path) and not path.is_file():
            raise UsageError(f"{path} does not exist: name a database that `gongkai ingest` made")
        self._path = path
        self._rules = rules
        self._interners = Interners()
        self._engine = open_for_writing(path, busy_timeout=busy_timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction; whatever ends it early leaves nothing behind."""
        try:
            with database_errors(self._path), self._engine.begin() as connection:
                yield connection
        except BaseException:
            self._interners.forget()
            raise

    def keep(self, decisions: Sequence[Decision]) -> Kept:
        """Keep decisions, put them in force and check their reports again.

        Raises UsageError where a report was read with another pipeline, and DatabaseError.
        """
        with self.transaction() as connection:
            added = append(connection, decisions)
            here = self._here(connection, added)
            before = self._bodies(connection, here)
            for report_id in here:
                settle_report(connection, self._interners, report_id, self._rules)
            bodies = {*before, *self._bodies(connection, here)}
            check_years_of(connection, self._interners, bodies, self._rules)
            drop_unused(connection)
            standing = decision_tables.decision_standing
            return Kept(
                added=len(added),
                known=len(decisions) - len(added),
                elsewhere=len(added) - sum(map(len, here.values())),
                conflicts=connection.scalar(
                    sa.select(sa.func.count()).where(standing.c.standing == "conflict")
                )
                or 0,
                report_ids=tuple(here),
            )

    def _here(
        self, connection: sa.Connection, decisions: Iterable[Decision]
    ) -> dict[int, list[Decision]]:
        """The reports of this database that are decided on."""
        by_file: dict[str, list[Decision]] = defaultdict(list)
        for each in decisions:
            by_file[each.file_sha256].append(each)
        found: dict[int, list[Decision]] = defaultdict(list)
        for sha256, own in by_file.items():
            self._refuse_other_pipeline(connection, sha256)
            ids = reports_of(connection, sha256)
            for each in own:
                if 1 <= each.report_number <= len(ids):
                    found[ids[each.report_number - 1]].append(each)
        return found

    def _refuse_other_pipeline(self, connection: sa.Connection, sha256: str) -> None:
        family = connection.scalar(
            sa.select(_runs.c.pipeline).join_from(_source, _runs).where(_source.c.sha256 == sha256)
        )
        if family not in (None, self._rules.pipeline):
            raise UsageError(f"a report was read with the family {family!r}: name it with --family")

    def _bodies(self, connection: sa.Connection, reports: Iterable[int]) -> set[int]:
        return set(
            connection.scalars(
                sa.select(_report.c.agency_id).where(
                    _report.c.id.in_(list(reports)), _report.c.agency_id.is_not(None)
                )
            )
        )
