"""Identities: pass, fail and not testable; the suspect of a failure; implied values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.families.family import Family
from gongkai.model import Box, Check, CheckStatus, Key, Observation, State
from helpers.forms import BLOCKS, COLUMNS, RESULT_COLUMNS, application_values, expected, row_ids


def observation(key: Key, text: str) -> Observation:
    state: State = (
        "unreadable"
        if text == "?"
        else "blank"
        if text == ""
        else "mark"
        if text in "/—"
        else "number"
    )
    value = Decimal(text) if state == "number" else None
    return Observation(
        key, state, value, text, None, key.row, key.column, "exact", 1, Box(0, 0, 1, 1), "pdfium"
    )


def seen(texts: Mapping[Key, str]) -> dict[Key, Observation]:
    return {key: observation(key, text) for key, text in texts.items()}


def run(texts: Mapping[Key, str], form: str, family: Family) -> dict[str, Check]:
    forms = {key.table: form for key in texts}
    identities = IdentityChecks(family)
    checks = list(identities.check(seen(texts), forms))
    return {check.check_id: check for check in identities.with_suspects(checks)}


def cell(row: str, column: str = "total") -> Key:
    return Key("applications", row, column)


def test_every_identity_of_a_complete_form_holds(family: Family) -> None:
    for form, rows in (("2019", 23), ("2021", 25)):
        checks = run(expected(application_values(3, form)), form, family)
        own = {k: c for k, c in checks.items() if k.startswith("applications")}
        must = [c for c in own.values() if c.severity == "must"]
        # one row （六）is known in both forms; where three are printed it cannot be tested
        skipped = [c.check_id for c in must if c.status == "skipped"]
        assert skipped == ([] if form == "2019" else ["applications.row_total.other"])
        assert not any(c.status == "fail" for c in must)
        assert sum(".row_total." in c.check_id and c.status == "pass" for c in must) == rows
        for name in ("column_balance", "results_sum", "carry_limit"):
            assert {f"applications.{name}.{column}" for column in COLUMNS} <= own.keys()


def test_one_row_for_other_results_in_a_form_of_2021(family: Family) -> None:
    checks = run(expected(application_values(3, "2019")), "2021", family)
    assert checks["applications.results_sum.total"].status == "pass"
    assert checks["applications.row_total.other"].status == "pass"
    split = checks.get("applications.row_total.other_misc")
    assert split is None or split.status == "skipped"


def test_a_wrong_number_fails_its_row_and_its_column(family: Family) -> None:
    right = expected(application_values(8))
    for key in right:
        checks = run(right | {key: str(int(right[key]) + 1)}, "2021", family)
        failed = [c for c in checks.values() if c.status == "fail" and c.severity == "must"]
        assert len(failed) >= 2, key
        assert all(key in c.cells for c in failed), key
        assert {s for c in failed for s in c.suspects} == {key}


def test_a_failure_shows_its_sum_in_one_sentence(family: Family) -> None:
    keys = [Key("review_litigation", "reconsideration", c) for c in RESULT_COLUMNS]
    texts = dict(zip(keys, ("10", "1", "0", "0", "0"), strict=True))
    check = run(texts, "2021", family)["review_litigation.row_total.reconsideration"]
    assert (check.status, check.severity) == ("fail", "must")
    assert (check.expected, check.actual) == (11, 0)
    assert check.cells == tuple(keys)
    for word in ("行政复议", "结果维持10", "结果纠正1", "11", "不等于", "总计0"):
        assert word in check.message


def test_a_sum_that_holds_has_one_wording_for_all_reports(family: Family) -> None:
    keys = [Key("review_litigation", "reconsideration", c) for c in RESULT_COLUMNS]
    wordings, formulas = set(), []
    for numbers in (("10", "1", "0", "0", "11"), ("0", "2", "3", "0", "5")):
        texts = dict(zip(keys, numbers, strict=True))
        check = run(texts, "2021", family)["review_litigation.row_total.reconsideration"]
        wordings.add(check.wording)
        assert check.message == f"行政复议：各项之和{numbers[-1]}，等于 总计{numbers[-1]}"
        found = IdentityChecks(family).formulas(seen(texts), {"review_litigation": "2021"})
        formulas.append(found[check.key])
    assert len(wordings) == 1
    assert formulas == [
        "行政复议：结果维持10 + 结果纠正1 = 11，等于 总计11",
        "行政复议：结果纠正2 + 其他结果3 = 5，等于 总计5",
    ]


def test_blanks_and_marks_add_nothing_and_are_mentioned(family: Family) -> None:
    keys = [Key("review_litigation", "litigation_direct", c) for c in RESULT_COLUMNS]
    for texts, status in (
        (("3", "", "/", "—", "3"), "pass"),
        (("3", "", "/", "—", "4"), "fail"),
    ):
        made = dict(zip(keys, texts, strict=True))
        check = run(made, "2021", family)["review_litigation.row_total.litigation_direct"]
        assert check.status == status
        assert "3格为空或符号" in check.message


def test_a_side_without_numbers_is_not_zero(family: Family) -> None:
    """Totals left out: nothing to test, and no fault either."""
    keys = [Key("review_litigation", "litigation_direct", c) for c in RESULT_COLUMNS]
    for texts in (("1", "2", "0", "0", ""), ("", "", "", "", "3"), ("", "", "", "", "")):
        made = dict(zip(keys, texts, strict=True))
        check = run(made, "2021", family)["review_litigation.row_total.litigation_direct"]
        assert check.status == "skipped"
        assert check.message


def test_missing_and_unreadable_cells_are_not_tested(family: Family) -> None:
    right = expected(application_values(3))
    lost = {k: v for k, v in right.items() if k.row != "total_processed"}
    checks = run(lost, "2021", family)
    assert checks["applications.column_balance.total"].status == "skipped"
    assert "总计" in checks["applications.column_balance.total"].message
    doubtful = right | {cell("granted"): "?"}
    checks = run(doubtful, "2021", family)
    assert checks["applications.results_sum.total"].status == "skipped"
    assert "读不出" in checks["applications.row_total.granted"].message
    assert checks["applications.results_sum.natural_person"].status == "pass"


def test_more_carried_over_than_processed_fails(family: Family) -> None:
    texts = expected(application_values(3)) | {cell("carried_over_out"): "100000"}
    checks = run(texts, "2021", family)
    assert checks["applications.carry_limit.total"].status == "fail"


def test_a_stock_below_what_was_disclosed_this_year_fails(family: Family) -> None:
    keys = [
        Key("proactive_disclosure", "rules", c)
        for c in ("made_this_year", "disclosed_this_year", "disclosed_total")
    ]
    for texts, status in (
        (("3", "3", "4"), "pass"),
        (("0", "8", "8"), "pass"),
        (("1", "5", "4"), "fail"),
    ):
        made = dict(zip(keys, texts, strict=True))
        check = run(made, "2019", family)["proactive_disclosure.disclosed_within_total.rules"]
        assert (check.status, check.severity) == (status, "must")


def test_an_identity_is_tested_only_in_its_forms(family: Family) -> None:
    checks = run(expected(application_values(1, "2019")), "2019", family)
    assert "applications.row_total.other_misc" not in checks
    keys = {Key("proactive_disclosure", "rules", "in_force"): "3"}
    assert not any("disclosed_within_total" in k for k in run(keys, "2021", family))


def test_an_inequality_clears_no_cell(family: Family) -> None:
    """1 + 0 ≥ 1 also holds for a wrong 1: only an equation can clear its cells."""
    values = dict.fromkeys(expected(application_values(1)), "0")
    for column in ("natural_person", "total"):
        values[cell("received_new", column)] = "1"
        values[cell("granted", column)] = "1"
        values[cell("total_processed", column)] = "1"
    wrong = cell("carried_over_out", "natural_person")
    checks = run(values | {wrong: "1"}, "2021", family)
    assert checks["applications.carry_limit.natural_person"].status == "pass"
    failed = [c for c in checks.values() if c.status == "fail"]
    assert {s for c in failed for s in c.suspects} == {wrong}


def test_two_wrong_cells_are_not_blamed_on_a_third(family: Family) -> None:
    """10 + 1 = 0 and no other sum fails: there is no suspect."""
    keys = [Key("review_litigation", "reconsideration", c) for c in RESULT_COLUMNS]
    texts = dict(zip(keys, ("10", "1", "0", "0", "0"), strict=True))
    check = run(texts, "2021", family)["review_litigation.row_total.reconsideration"]
    assert check.suspects == ()


def test_the_helper_has_the_rows_and_blocks_of_the_family(family: Family) -> None:
    rows = {f.row_id for f in family.fields if f.table_id == "applications"}
    assert rows == {*row_ids("2019"), *row_ids("2021")}
    assert {f.row_id for f in family.fields if f.table_id == "review_litigation"} == set(BLOCKS)


# ------------------------------------------------------------------- suspects

ROW = "applications.row_total.granted"
COLUMN = "applications.results_sum.total"
CROSSING = Key("applications", "granted", "total")
IN_ROW = Key("applications", "granted", "natural_person")
IN_COLUMN = Key("applications", "granted_in_part", "total")


@pytest.fixture(scope="module")
def identities(family: Family) -> IdentityChecks:
    return IdentityChecks(family)


def sum_check(check_id: str, status: CheckStatus, *cells: Key) -> Check:
    one, other = Decimal(1), Decimal(2 if status == "fail" else 1)
    return Check(*check_id.split("."), status, "must", "", one, other, cells=cells)


def test_the_cell_in_two_failing_sums_is_the_suspect(identities: IdentityChecks) -> None:
    checks = [
        sum_check(ROW, "fail", CROSSING, IN_ROW),
        sum_check(COLUMN, "fail", CROSSING, IN_COLUMN),
    ]
    assert [check.suspects for check in identities.with_suspects(checks)] == [(CROSSING,)] * 2


def test_one_failing_sum_has_no_suspect(identities: IdentityChecks) -> None:
    checks = [sum_check(ROW, "fail", CROSSING, IN_ROW), sum_check(COLUMN, "pass", IN_COLUMN)]
    assert [check.suspects for check in identities.with_suspects(checks)] == [(), ()]


def test_two_cells_in_both_sums_are_no_suspects(identities: IdentityChecks) -> None:
    checks = [sum_check(ROW, "fail", CROSSING, IN_ROW), sum_check(COLUMN, "fail", CROSSING, IN_ROW)]
    assert [check.suspects for check in identities.with_suspects(checks)] == [(), ()]


def test_a_sum_that_holds_clears_its_cells(identities: IdentityChecks) -> None:
    checks = [
        sum_check(ROW, "fail", CROSSING, IN_ROW),
        sum_check(COLUMN, "fail", CROSSING, IN_COLUMN),
        sum_check("applications.row_total.granted_in_part", "pass", CROSSING),
    ]
    assert not any(check.suspects for check in identities.with_suspects(checks))


# -------------------------------------------------------------- implied values

FORMS = {"review_litigation": "2021"}
RECONSIDERATION = [Key("review_litigation", "reconsideration", c) for c in RESULT_COLUMNS]


def cells_with(*values: int | None) -> dict[Key, Observation]:
    return {
        key: Observation(
            key, "unreadable" if value is None else "number",
            None if value is None else Decimal(value), str(value), None, "", "", "exact", 1,
            Box(0, 0, 9, 9), "ocr", 0.9, value is None,
        )
        for key, value in zip(RECONSIDERATION, values, strict=True)
    }  # fmt: skip


def with_implied(seen: dict[Key, Observation], family: Family) -> dict[Key, Observation]:
    return IdentityChecks(family).with_implied_values(seen, FORMS)


def implied(seen: dict[Key, Observation], family: Family) -> list[Decimal | None]:
    return [cell.implied_value for cell in with_implied(seen, family).values()]


def test_one_missing_term_is_implied(family: Family) -> None:
    assert implied(cells_with(10, None, 0, 0, 11), family) == [None, 1, None, None, None]
    assert implied(cells_with(10, 1, 0, 0, None), family) == [None, None, None, None, 11]


def test_two_missing_terms_are_not_implied(family: Family) -> None:
    assert implied(cells_with(10, None, None, 0, 11), family) == [None] * 5


def test_a_flagged_cell_keeps_its_value(family: Family) -> None:
    seen = cells_with(10, 7, 0, 0, 11)
    key = RECONSIDERATION[1]
    seen[key] = replace(seen[key], flagged=True)
    cell = with_implied(seen, family)[key]
    assert (cell.value, cell.implied_value) == (7, 1)


def test_a_blank_total_is_implied_by_its_terms(family: Family) -> None:
    seen = cells_with(10, 1, 0, 0, 0)
    key = RECONSIDERATION[-1]
    seen[key] = replace(seen[key], state="blank", value=None, raw_text="")
    assert with_implied(seen, family)[key].implied_value == 11


def test_a_negative_value_is_not_implied(family: Family) -> None:
    assert implied(cells_with(10, None, 0, 0, 3), family) == [None] * 5


def test_a_report_without_doubtful_cells_is_unchanged(family: Family) -> None:
    seen = cells_with(10, 1, 0, 0, 11)
    assert with_implied(seen, family) == seen


def test_sums_that_hold_with_two_digits_exchanged_do_not_tell_them_apart(family: Family) -> None:
    identities = IdentityChecks(family)
    columns = "granted", "unavailable_not_held", "total_processed"

    def exchangeable(*printed: str) -> set[frozenset[str]]:
        texts = {cell(row, "natural_person"): "0" for row in row_ids("2021")}
        for row, text in zip(columns, printed, strict=True):
            texts[cell(row, "natural_person")] = text
        texts[cell("received_new", "natural_person")] = printed[-1]
        return {*identities.exchangeable_digits(seen(texts), {"applications": "2021"})}

    assert exchangeable("3", "0", "3") == {frozenset("123456789")}
    assert exchangeable("1", "2", "3") == {frozenset("12"), frozenset("456789")}
    assert exchangeable("12", "11", "23") == {frozenset("456789")}
    assert exchangeable("120.5", "30.7", "151.2") == {frozenset("4689")}
