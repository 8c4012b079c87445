"""The suspect is the one cell that alone explains every sum that fails."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gongkai.checks.identities import IdentityChecks
from gongkai.checks.suspects import with_suspects
from gongkai.families.family import Family
from gongkai.model import Check, CheckStatus, Key

ROW = "applications.row_total.granted"
COLUMN = "applications.results_sum.total"
CROSSING = Key("applications", "granted", "total")
IN_ROW = Key("applications", "granted", "natural_person")
IN_COLUMN = Key("applications", "granted_in_part", "total")


@pytest.fixture(scope="module")
def identities(family: Family) -> IdentityChecks:
    return IdentityChecks(family)


def made(check_id: str, status: CheckStatus, *cells: Key) -> Check:
    one, other = Decimal(1), Decimal(2 if status == "fail" else 1)
    return Check(*check_id.split("."), status, "must", "", one, other, cells=cells)


def test_the_cell_in_two_failing_sums_is_the_suspect(identities: IdentityChecks) -> None:
    checks = [made(ROW, "fail", CROSSING, IN_ROW), made(COLUMN, "fail", CROSSING, IN_COLUMN)]
    assert [check.suspects for check in with_suspects(checks, identities)] == [(CROSSING,)] * 2


def test_one_failing_sum_has_no_suspect(identities: IdentityChecks) -> None:
    checks = [made(ROW, "fail", CROSSING, IN_ROW), made(COLUMN, "pass", IN_COLUMN)]
    assert [check.suspects for check in with_suspects(checks, identities)] == [(), ()]


def test_two_cells_in_both_sums_are_no_suspects(identities: IdentityChecks) -> None:
    checks = [made(ROW, "fail", CROSSING, IN_ROW), made(COLUMN, "fail", CROSSING, IN_ROW)]
    assert [check.suspects for check in with_suspects(checks, identities)] == [(), ()]


def test_a_sum_that_holds_clears_its_cells(identities: IdentityChecks) -> None:
    checks = [
        made(ROW, "fail", CROSSING, IN_ROW),
        made(COLUMN, "fail", CROSSING, IN_COLUMN),
        made("applications.row_total.granted_in_part", "pass", CROSSING),
    ]
    assert not any(check.suspects for check in with_suspects(checks, identities))
