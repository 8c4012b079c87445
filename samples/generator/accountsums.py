"""The sums of final accounts that the printed cells violate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from . import accountcodes as codes
from .accounts import BUDGETS, OWN, THREE_PUBLIC
from .accounttables import FUND_TABLES
from .model import Key, Printed

_IN, _OUT = "revenue_expenditure_summary_income", "revenue_expenditure_summary_expenditure"
_GRANTS, _SPENT = "appropriation_summary_income", "appropriation_summary_expenditure"
_GENERAL, _ECONOMIC = "general_budget_expenditure", "general_budget_basic_expenditure"
_PUBLIC, _REVENUE, _EXPENDITURE = "three_public_expenses", "revenue", "expenditure"
_LINES = [row for _, _, row in codes.FUNCTIONS]
_CARRIED = "opening_appropriation_carryover"
_TREES = (_REVENUE, _EXPENDITURE, _GENERAL, _ECONOMIC, *FUND_TABLES)


class _Sums:
    def __init__(self, cells: Mapping[Key, Printed]) -> None:
        self.cells = cells
        self.failing: list[str] = []

    def test(
        self, check: str, left: Iterable[Key], right: Iterable[Key], *, at_least: bool = False,
        rounded: bool = True,
    ) -> None:  # fmt: skip
        """Compare two sums, if both have a number; blanks count as 0, absent cells are left out."""
        sides = [[self.cells[key] for key in keys if key in self.cells] for keys in (left, right)]
        numbers = [[Decimal(c.value) for c in side if c.value is not None] for side in sides]
        if not all(numbers):
            return
        first, second = (sum(side, Decimal(0)) for side in numbers)
        count = sum(1 for side in numbers for number in side if number)
        allowed = Decimal(min(max(count // 2, 1), 5)).scaleb(-2) if rounded else Decimal(0)
        excess = second - first if at_least else abs(first - second)
        if excess > allowed:
            self.failing.append(check)

    def column(self, table: str, name: str, total: str, parts: Iterable[str]) -> None:
        listed = list(parts)
        for column in dict.fromkeys(k[2] for k in self.cells if k[:2] == (table, total)):
            keys = [(table, part, column) for part in listed]
            self.test(f"{table}.{name}.{column}", [(table, total, column)], keys)

    def rows(self, table: str, name: str, total: str, parts: Iterable[str]) -> None:
        listed = list(parts)
        for row in dict.fromkeys(k[1] for k in self.cells if (k[0], k[2]) == (table, total)):
            keys = [(table, row, part) for part in listed]
            self.test(f"{table}.{name}.{row}", [(table, row, total)], keys)

    def tree(self, table: str) -> None:
        """Compare each code, and the total, with the codes directly below."""
        rows = {row: None for name, row, _ in self.cells if name == table and row.isdigit()}
        columns = dict.fromkeys(k[2] for k in self.cells if k[0] == table)
        for whole in ("total", *rows):
            start = "" if whole == "total" else whole
            length = {0: 3, 3: 5, 5: 7}.get(len(start))
            below = [row for row in rows if len(row) == length and row.startswith(start)]
            for column in columns if below else ():
                keys = [(table, row, column) for row in below]
                if (table, whole, column) in self.cells:
                    self.test(f"{table}.tree.{whole}.{column}", [(table, whole, column)], keys)


def failing_checks(cells: Mapping[Key, Printed]) -> list[str]:
    """Return the ids of all failing ``must`` checks."""
    sums = _Sums(cells)
    _within_tables(sums)
    _across_tables(sums)
    return sums.failing


def _within_tables(sums: _Sums) -> None:
    budgets = [f"{budget}_appropriation" for budget in BUDGETS]
    sums.column(_IN, "revenue_total", "revenue_this_year_total", [*budgets, *OWN])
    sums.column(_IN, "total", "total", [
        "revenue_this_year_total", "use_of_non_appropriation_surplus",
        "opening_carryover_and_surplus"])  # fmt: skip
    sums.column(_OUT, "expenditure_total", "expenditure_this_year_total", _LINES)
    sums.column(_OUT, "total", "total", [
        "expenditure_this_year_total", "surplus_distribution",
        "closing_carryover_and_surplus"])  # fmt: skip
    sums.test(
        f"{_IN}.balance", [(_IN, "total", "actual")], [(_OUT, "total", "actual")], rounded=False
    )
    sums.rows(_REVENUE, "row_total", "revenue_this_year_total", ["appropriation", *OWN])
    sums.rows(_EXPENDITURE, "row_total", "expenditure_this_year_total", [
        "basic", "project", "remittances_to_superior", "business_expenditure",
        "subsidies_to_affiliated_units"])  # fmt: skip
    sums.rows(_GENERAL, "row_total", "total", ["basic", "project"])
    for table in _TREES:
        sums.tree(table)
    sums.column(_ECONOMIC, "personnel", "personnel_funds_total", codes.PERSONNEL)
    sums.column(_ECONOMIC, "operating", "operating_funds_total", codes.OPERATING)
    sums.column(_GRANTS, "revenue_total", "revenue_this_year_total", BUDGETS)
    sums.column(_GRANTS, "opening", _CARRIED, [f"{_CARRIED}_{budget}" for budget in BUDGETS])
    sums.column(_GRANTS, "total", "total", ["revenue_this_year_total", _CARRIED])
    sums.rows(_SPENT, "budgets", "total", BUDGETS)
    sums.column(_SPENT, "expenditure_total", "expenditure_this_year_total", _LINES)
    sums.column(_SPENT, "total", "total", [
        "expenditure_this_year_total", "closing_appropriation_carryover"])  # fmt: skip
    grants = [(_GRANTS, "total", "actual")]
    sums.test(f"{_GRANTS}.balance", grants, [(_SPENT, "total", "total")], rounded=False)
    for budget in BUDGETS:
        parts = [(_GRANTS, row, "actual") for row in (budget, f"{_CARRIED}_{budget}")]
        sums.test(f"{_GRANTS}.balance_{budget}", parts, [(_SPENT, "total", budget)])
    parts3 = ["overseas_visits", "official_vehicles", "official_hospitality"]
    sums.column(_PUBLIC, "total", "total", parts3)
    cars = ["official_vehicles_purchase", "official_vehicles_operation"]
    sums.column(_PUBLIC, "vehicles", "official_vehicles", cars)
    for table in FUND_TABLES:
        sums.rows(table, "expenditure", "expenditure_this_year", ["basic", "project"])
        for row in dict.fromkeys(k[1] for k in sums.cells if k[0] == table):
            plus = [(table, row, c) for c in ("opening_carryover", "revenue_this_year")]
            minus = [(table, row, c) for c in ("expenditure_this_year", "closing_carryover")]
            if all(key in sums.cells for key in plus + minus):
                sums.test(f"{table}.closing.{row}", plus, minus)


def _across_tables(sums: _Sums) -> None:
    def test(check: str, left: Key, right: Key, at_least: bool = False) -> None:
        if left in sums.cells and right in sums.cells:
            sums.test(check, [left], [right], at_least=at_least)

    total = (_REVENUE, "total", "revenue_this_year_total")
    test("revenue.income_total", (_IN, "revenue_this_year_total", "actual"), total)
    budgets = [(_IN, f"{budget}_appropriation", "actual") for budget in BUDGETS]
    grants = (_REVENUE, "total", "appropriation")
    sums.test("revenue.income_appropriation", budgets, [grants])
    for own in OWN:
        test(f"revenue.income_{own}", (_IN, own, "actual"), (_REVENUE, "total", own))
    whole = "expenditure_this_year_total"
    test("expenditure.expenditure_total", (_OUT, whole, "actual"), (_EXPENDITURE, "total", whole))
    test(f"{_GENERAL}.expenditure_total", (_SPENT, whole, BUDGETS[0]), (_GENERAL, "total", "total"))
    for code, _, line in codes.FUNCTIONS:
        test(f"expenditure.function_{code}", (_OUT, line, "actual"), (_EXPENDITURE, code, whole))
        test(f"{_SPENT}.within_{code}", (_OUT, line, "actual"), (_SPENT, line, "total"), True)
        general = (_SPENT, line, BUDGETS[0])
        test(f"{_GENERAL}.function_{code}", general, (_GENERAL, code, "total"))
    for budget, cell in zip(BUDGETS, budgets, strict=True):
        test(f"{_GRANTS}.income_{budget}", (_GRANTS, budget, "actual"), cell)
    test(f"{_GRANTS}.income_total", (_GRANTS, "revenue_this_year_total", "actual"), grants)
    for row in dict.fromkeys(k[1] for k in sums.cells if k[0] == _GENERAL and k[1].isdigit()):
        for column, other in (("total", whole), ("basic", "basic"), ("project", "project")):
            wide, narrow = (_EXPENDITURE, row, other), (_GENERAL, row, column)
            test(f"{_GENERAL}.within_{column}.{row}", wide, narrow, True)
    both = [(_ECONOMIC, f"{kind}_funds_total", "actual") for kind in ("personnel", "operating")]
    sums.test(f"{_ECONOMIC}.basic", both, [(_GENERAL, "total", "basic")])
    for item, code in THREE_PUBLIC:
        test(
            f"{_PUBLIC}.includes_{code}",
            (_PUBLIC, item, "actual"),
            (_ECONOMIC, code, "actual"),
            True,
        )
    for table in FUND_TABLES:
        test(f"{table}.income", (_GRANTS, table, "actual"), (table, "total", "revenue_this_year"))
        carried = (_GRANTS, f"{_CARRIED}_{table}", "actual")
        test(f"{table}.opening", carried, (table, "total", "opening_carryover"))
        test(f"{table}.spent", (_SPENT, whole, table), (table, "total", "expenditure_this_year"))
