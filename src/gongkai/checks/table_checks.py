"""All checks of the official tables of one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gongkai.checks.completeness import CompletenessChecks, check_leftovers
from gongkai.checks.identities import IdentityChecks
from gongkai.checks.implied_values import with_implied_values
from gongkai.checks.ocr_confidence import uncertain_cells
from gongkai.checks.suspects import with_suspects
from gongkai.families.family import Family
from gongkai.model import Check, Key, Observation, Observations
from gongkai.normalizers.tables.table_reading import TableReading


class TableChecks:
    """The checks of one family's tables. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self.identities = IdentityChecks(family)
        self.completeness = CompletenessChecks(family)
        self._table_ids = [table.id for table in family.tables]

    def check(
        self,
        readings: Mapping[str, TableReading],
        forms: Mapping[str, str],
        observations: Observations,
    ) -> list[Check]:
        """Check the tables of one report, without causes.

        ``readings`` and ``forms`` are by table id; a table without a form is not printed.
        """
        checks = list(self.identities.check(observations, forms))
        for table_id in self._table_ids:
            if table_id in forms:
                reading = readings[table_id]
                checks += self.completeness.check(reading, forms[table_id], observations)
            else:
                checks.append(self.completeness.missing_table(table_id))
                if table_id in readings:
                    checks.append(check_leftovers(readings[table_id]))
        return with_suspects(checks, self.identities)

    def uncertain_cells(
        self, observations: Observations, checks: Sequence[Check], second: Observations
    ) -> dict[Key, str]:
        """The cells read by OCR that are not certain, each with the reason in Chinese."""
        return uncertain_cells(observations, checks, self.identities, second)

    def with_implied_values(
        self, observations: Observations, forms: Mapping[str, str]
    ) -> dict[Key, Observation]:
        """Add to doubtful cells the value that their sums imply."""
        return with_implied_values(observations, self.identities.sums(observations, forms))
