"""Which agencies have new reports, so that their reports are compared with each other again.

The reports of an agency are compared from year to year within a family, and in one year with
those of other families.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gongkai.checks.across import AcrossChecks
from gongkai.database import schema
from gongkai.loaders.across import check_across
from gongkai.loaders.derived import recount_checks
from gongkai.loaders.dimension_keys import DimensionKeys
from gongkai.loaders.history import HistoryRules, check_history

_BATCH = 200  # agencies checked in one transaction


@dataclass(frozen=True, slots=True)
class AgencyRules:
    """How new reports of a family are compared with others of their agency."""

    history: HistoryRules
    across: Sequence[AcrossChecks] = ()  # the comparisons in which the family has a part


# An agency may be listed twice: looking for duplicates takes longer the more are listed.
def mark_due(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> None:
    """Mark the agencies of the reports that meet the conditions as due to be checked."""
    report = schema.report
    agencies = sa.select(report.c.agency_id, report.c.family).where(
        report.c.agency_id.is_not(None), *conditions
    )
    connection.execute(
        sa.insert(schema.history_due).from_select(["agency_id", "family"], agencies.distinct())
    )


def check_due_agencies(
    connection: sa.Connection, dimensions: DimensionKeys, rules: AgencyRules
) -> tuple[int, bool]:
    """Check the next agencies that have new reports of a family.

    Returns the number of checks stored, and whether further agencies are due. The batch is
    small, so that no transaction locks a large database for minutes. Agencies stay due until
    they are checked: the next run makes up for an interrupted one.
    """
    due, family = schema.history_due, rules.history.family
    agency_ids = _due_agencies(connection, family, _BATCH)
    count = check_agencies(connection, dimensions, rules, agency_ids)
    more = len(agency_ids) == _BATCH
    done = sa.delete(due).where(due.c.family == family)
    connection.execute(done.where(due.c.agency_id.in_(agency_ids)) if more else done)
    return count, more


def check_agencies(
    connection: sa.Connection,
    dimensions: DimensionKeys,
    rules: AgencyRules,
    agency_ids: Iterable[int],
) -> int:
    """Compare the reports of each agency; returns the number of checks stored."""
    count, checked = 0, list(agency_ids)
    for agency_id in checked:
        count += check_history(connection, dimensions, rules.history, agency_id)
        for checks in rules.across:
            count += check_across(connection, dimensions, checks, agency_id)
    recount_checks(connection, checked)
    return count


def _due_agencies(connection: sa.Connection, family: str, most: int) -> list[int]:
    """Agencies that are due. Leaves out unresolved names, which may mean several agencies."""
    due, agencies = schema.history_due, schema.agencies
    return list(
        connection.scalars(
            sa.select(due.c.agency_id)
            .join(agencies, agencies.c.id == due.c.agency_id)
            .where(agencies.c.resolved == 1, due.c.family == family)
            .distinct()
            .order_by(due.c.agency_id)
            .limit(most)
        )
    )
