"""Keeps what is derived from stored reports in step with them, within the same transaction.

Derived are which of several reports of one body and year is counted, and the stored rows of panels.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.duplicates import Body, choose_counted
from gongkai.database.stored_panel import outdated_reports, refresh_panels

_report = schema.report
_REPORTS = sa.select(
    _report.c.id, _report.c.duplicate_of, _report.c.agency_id, _report.c.family, _report.c.year
)


class DerivedRows:
    """Collects the reports that a transaction changes; ``update`` follows at its end.

    Reports are noted before they are deleted or get another body or year, and after they are
    stored or changed.
    """

    def __init__(self) -> None:
        self._reports: set[int] = set()
        self._of_body: dict[Body, set[int]] = {}

    def note(self, connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> None:
        """Note the reports that meet the conditions on ``schema.report``."""
        for report_id, counted, *body in connection.execute(_REPORTS.where(*conditions)):
            # a panel gives the number of a counted report's duplicates
            self._reports.update(filter(None, (report_id, counted)))
            self._note_body(report_id, *body)

    def note_new(
        self, report_id: int, agency_id: int | None, family: str, year: int | None
    ) -> None:
        """Note a report that was stored just now, by its id, body and year."""
        self._reports.add(report_id)
        self._note_body(report_id, agency_id, family, year)

    def _note_body(
        self, report_id: int, agency_id: int | None, family: str, year: int | None
    ) -> None:
        if agency_id is not None and year is not None:
            self._of_body.setdefault(Body(agency_id, family, year), set()).add(report_id)

    def update(self, connection: sa.Connection) -> None:
        """Choose the counted reports again, then compute the rows that depend on a change."""
        concerned = choose_counted(connection, dict(sorted(self._of_body.items())))
        refresh_panels(connection, sorted(self._reports | concerned))
        self.clear()

    def clear(self) -> None:
        """Forget all that was noted. Needed after a rollback."""
        self._reports.clear()
        self._of_body.clear()


def recount_checks(connection: sa.Connection, agency_ids: Iterable[int]) -> None:
    """Compute the rows of agencies again whose number of failed checks has changed."""
    refresh_panels(connection, outdated_reports(connection, agency_ids))
