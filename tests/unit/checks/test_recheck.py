"""A stored report is checked again over the cells that people decided."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.checks.recheck import Rechecker
from gongkai.families.family import Family
from gongkai.model import Check, Report
from made import SUM_CELLS, observation, report

TOTAL = SUM_CELLS[-1]
SUM = "review_litigation.row_total.reconsideration"


def stored(family: Family, *texts: str, flagged: bool = False) -> Report:
    """A report with one row of five cells; its failures have the cause ``reading``."""
    cells = [observation(key, text) for key, text in zip(SUM_CELLS, texts, strict=True)]
    cells[-1] = replace(cells[-1], flagged=flagged, doubt="两种读法不一致" if flagged else None)
    forms = {"review_litigation": "2021"}
    checks = [
        replace(check, cause="reading" if check.status == "fail" else None)
        for check in IdentityChecks(family).check({cell.key: cell for cell in cells}, forms)
        if check.check_id == SUM
    ]
    order = Check("review_litigation", "order", "labels", "pass", "must", "")
    return report(table_forms=forms, observations=tuple(cells), checks=(order, *checks), figures=())


def decided(before: Report, text: str) -> Report:
    """The report after a person typed the total."""
    value = replace(before.observations[-1], value=Decimal(text), raw_text=text, flagged=False)
    return replace(before, observations=(*before.observations[:-1], value))


def blamed_on_the_print(before: Report) -> Report:
    """The report after a second reader read the cells of its failures alike."""
    checks = [replace(c, cause="print" if c.status == "fail" else None) for c in before.checks]
    return replace(before, checks=tuple(checks))


def never(_: Check) -> bool:
    return False


def test_without_decisions_every_check_stays(family: Family) -> None:
    before = stored(family, "10", "1", "0", "0", "0", flagged=True)
    again = Rechecker(family).recheck(before, {}, never)
    assert tuple(again.checks) == before.checks
    assert again.implied == {TOTAL: Decimal(11)}
    assert again.status == "doubtful"


def test_a_decided_cell_repairs_its_sum(family: Family) -> None:
    before = decided(stored(family, "10", "1", "0", "0", "0", flagged=True), "11")
    again = Rechecker(family).recheck(before, {TOTAL: False}, never)
    assert [check.status for check in again.checks] == ["pass", "pass"]
    assert again.checks[0] == before.checks[0]  # the order of labels depends on no cell
    assert again.implied == {}
    assert again.status == "proved"


@pytest.mark.parametrize(("agrees", "cause"), [(True, "print"), (False, "reading")])
def test_a_person_who_reads_the_same_blames_the_print(
    family: Family, agrees: bool, cause: str
) -> None:
    before = decided(stored(family, "10", "1", "0", "0", "0", flagged=True), "0")
    again = Rechecker(family).recheck(before, {TOTAL: agrees}, never)
    assert again.checks[1].cause == cause
    assert again.status == ("print_fault" if agrees else "doubtful")


def test_a_failure_of_the_print_stays_one_beside_a_cell_that_a_person_confirms(
    family: Family,
) -> None:
    before = blamed_on_the_print(stored(family, "10", "1", "0", "0", "0"))
    again = Rechecker(family).recheck(before, {SUM_CELLS[0]: True}, never)
    assert tuple(again.checks) == before.checks
    assert again.status == "print_fault"


def test_a_failure_of_the_print_is_doubted_where_a_person_reads_another_number(
    family: Family,
) -> None:
    before = decided(blamed_on_the_print(stored(family, "10", "1", "0", "0", "0")), "12")
    again = Rechecker(family).recheck(before, {TOTAL: False}, never)
    assert (again.checks[1].status, again.checks[1].cause) == ("fail", "reading")
    assert again.status == "doubtful"


def test_a_failure_of_the_print_is_gone_where_a_person_reads_the_sum(family: Family) -> None:
    before = decided(blamed_on_the_print(stored(family, "10", "1", "0", "0", "0")), "11")
    again = Rechecker(family).recheck(before, {TOTAL: False}, never)
    assert (again.checks[1].status, again.checks[1].cause) == ("pass", None)
    assert again.status == "proved"


def test_a_sum_proves_no_cell_that_the_picture_left_open_if_its_digits_can_be_exchanged(
    family: Family,
) -> None:
    before = stored(family, "3", "0", "0", "0", "3")
    undecided = [replace(cell, seen=False) for cell in before.observations]
    again = Rechecker(family).recheck(replace(before, observations=tuple(undecided)), {}, never)
    assert again.checks[1].status == "pass"
    assert again.summed == {*SUM_CELLS[1:-1]}  # a 0 cannot be another digit
    seen = Rechecker(family).recheck(before, {}, never)  # the picture was not asked
    assert seen.summed == {*SUM_CELLS}


def test_a_sum_that_no_exchange_survives_proves_what_the_picture_left_open(
    family: Family,
) -> None:
    before = stored(family, "15", "5", "0", "0", "0", flagged=True)
    undecided = [replace(cell, seen=False) for cell in before.observations]
    again = Rechecker(family).recheck(
        decided(replace(before, observations=tuple(undecided)), "20"), {TOTAL: False}, never
    )
    assert again.summed == {*SUM_CELLS}


def test_a_failure_over_a_flagged_cell_stays_a_fault_of_the_reading(family: Family) -> None:
    before = stored(family, "10", "1", "0", "0", "0", flagged=True)
    again = Rechecker(family).recheck(before, {SUM_CELLS[0]: True}, never)
    assert again.checks[1].cause == "reading"


def test_a_person_may_confirm_a_failure_as_a_print_fault(family: Family) -> None:
    before = stored(family, "10", "1", "0", "0", "0")
    again = Rechecker(family).recheck(before, {}, lambda check: check.check_id == SUM)
    assert again.checks[1].cause == "print"
    assert again.status == "print_fault"
