"""Which cells a sum proves."""

from __future__ import annotations

from decimal import Decimal

from gongkai.checks.proved_cells import proved_by_sums
from gongkai.model import Check, CheckStatus, Key, Severity


def check(
    rule: str,
    total: int | None,
    *rows: str,
    status: CheckStatus = "pass",
    severity: Severity = "must",
) -> Check:
    value = None if total is None else Decimal(total)
    return Check("t", rule, "", status, severity, "", value, value, cells=keys(*rows))


def keys(*rows: str) -> tuple[Key, ...]:
    return tuple(Key("t", row, "c") for row in rows)


def proved(*checks: Check) -> tuple[set[Key], set[Key]]:
    return proved_by_sums(checks, lambda check: check.rule != "at_most")


def test_a_sum_that_holds_proves_its_cells_with_the_zeros_among_them() -> None:
    assert proved(check("sum", 3, "a", "b")) == ({*keys("a", "b")}, set())


def test_a_sum_of_zeros_proves_nothing() -> None:
    assert proved(check("sum", 0, "a", "b")) == (set(), {*keys("a", "b")})
    assert proved(check("sum", 0, "a", "b"), check("other", 2, "b")) == (
        {*keys("b")},
        {*keys("a")},
    )


def test_a_cell_of_a_failing_sum_is_not_proved() -> None:
    checks = check("sum", 3, "a", "b"), check("other", 4, "b", "c", status="fail")
    assert proved(*checks) == ({*keys("a")}, set())


def test_inequalities_and_what_usually_holds_and_untested_checks_prove_nothing() -> None:
    checks = (
        check("at_most", 3, "a"),
        check("sum", 3, "b", severity="usually"),
        check("sum", None, "c", status="skipped"),
    )
    assert proved(*checks) == (set(), set())
