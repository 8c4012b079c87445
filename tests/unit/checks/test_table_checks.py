"""All checks of the tables of one report."""

from __future__ import annotations

from gongkai.checks.table_checks import TableChecks
from gongkai.families.family import Family
from gongkai.model import Box
from gongkai.normalizers.tables.table_reading import Leftover, TableReading
from helpers.forms import application_values, expected
from made import observation


def test_printed_and_missing_tables(family: Family) -> None:
    cells = {key: observation(key, text) for key, text in expected(application_values(1)).items()}
    readings = {
        "applications": TableReading("applications"),
        "review_litigation": TableReading(
            "review_litigation", leftovers=(Leftover(2, Box(0, 0, 1, 1), "7"),)
        ),
    }
    checks = TableChecks(family).check(readings, {"applications": "2021"}, cells)
    status = {check.check_id: check.status for check in checks}
    assert status["applications.complete.cells"] == "pass"
    assert status["review_litigation.complete.cells"] == "fail"  # not printed, but …
    assert status["review_litigation.coverage.numbers"] == "fail"  # … a number is in its place
    assert status["proactive_disclosure.complete.cells"] == "fail"
    assert "proactive_disclosure.coverage.numbers" not in status
    own = [check for check in checks if check.rule == "row_total" and check.status != "skipped"]
    assert own and all(check.status == "pass" for check in own)
