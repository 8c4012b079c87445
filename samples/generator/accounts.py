"""The figures of made final accounts (部门决算): exact amounts that agree across all tables.

Amounts are in 万元 with four more digits than the print has, so the printed sums differ from
their printed parts by a unit now and then, as in published accounts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from . import accountcodes as codes

ZERO = Decimal(0)
BUDGETS = ("general_public_budget", "government_managed_funds", "state_capital_operations")
OWN = ("subsidies_from_superior", "institution_revenue", "business_revenue",
       "remittances_from_affiliated_units", "other_revenue")  # fmt: skip
THREE_PUBLIC = (
    ("overseas_visits", "30212"),
    ("official_vehicles_purchase", "31013"),
    ("official_vehicles_operation", "30231"),
    ("official_hospitality", "30217"),
)


@dataclass
class Duty:
    """The money of one 项 from one source: a budget, or own income (``source`` of OWN)."""

    code: str
    source: str
    basic: Decimal = ZERO
    project: Decimal = ZERO
    income: Decimal = ZERO
    opening: Decimal = ZERO
    closing: Decimal = ZERO

    @property
    def spent(self) -> Decimal:
        return self.basic + self.project


@dataclass
class Accounts:
    """The exact figures of a body's year."""

    duties: list[Duty]
    economic: dict[str, Decimal]  # 款 of basic expenditure from the general public budget
    public: dict[tuple[str, str], Decimal]  # three public expenses by item and budget or actual
    surplus_used: Decimal = ZERO
    surplus_distributed: Decimal = ZERO
    sources: Sequence[str] = field(default=BUDGETS)

    def total(self, attribute: str, sources: Iterable[str], prefix: str = "") -> Decimal:
        """Return the sum of one amount over some sources and the codes that begin with a prefix."""
        wanted = tuple(sources)
        return sum(
            (
                getattr(duty, attribute)
                for duty in self.duties
                if duty.source in wanted and duty.code.startswith(prefix)
            ),
            ZERO,
        )

    def codes(self, sources: Iterable[str]) -> list[str]:
        """Return the 类, 款 and 项 that have money from some sources, in printed order."""
        wanted = tuple(sources)
        found = {duty.code for duty in self.duties if duty.source in wanted}
        return sorted({code[:length] for code in found for length in (3, 5, 7)})

    def economic_total(self, prefixes: Iterable[str]) -> Decimal:
        """Return the basic expenditure of some economic classes."""
        starts = tuple(prefixes)
        return sum((v for code, v in self.economic.items() if code.startswith(starts)), ZERO)


def draw(
    rng: random.Random,
    extras: Sequence[str] = (),
    public: str = "all",
    without: Sequence[str] = (),
) -> Accounts:
    """Draw the accounts of a body.

    ``extras`` names what it has beside the general public budget: own, funds, capital.
    ``public`` says which three public expenses it has: all, some or none. It spends nothing on
    the economic classes ``without``.
    """
    scale = Decimal(rng.choice((40, 300, 2500)))

    def amount(most: Decimal) -> Decimal:
        return Decimal(rng.randint(100, 1_000_000)).scaleb(-6) * most

    duties = []
    for code in dict.fromkeys((*rng.choice(codes.DUTIES), *codes.SHARED_DUTIES)):
        duty = Duty(code, BUDGETS[0])
        is_project = code[-2:] not in ("01", "50", "05", "06") and code[:3] not in ("208", "221")
        duty.project = amount(scale) if is_project or code[-2:] == "01" else ZERO
        duty.basic = ZERO if is_project else amount(scale * 3)
        duties.append(duty)
    for code in rng.sample(codes.FUND_DUTIES, 2) if "funds" in extras else ():
        duties.append(Duty(code, BUDGETS[1], project=amount(scale)))
    if "capital" in extras:
        duties.append(Duty(codes.CAPITAL_DUTY, BUDGETS[2], project=amount(scale)))
    for source in rng.sample(OWN, 2) if "own" in extras else ():
        first = duties[0]
        duties.append(Duty(first.code, source, amount(scale / 50), amount(scale / 20)))
    for duty in duties:
        duty.income = duty.spent
        if duty is duties[0] or (duty.source != BUDGETS[0] and rng.random() < 0.3):
            duty.opening, duty.closing = amount(duty.spent / 10), amount(duty.spent / 10)
            duty.income = duty.spent + duty.closing - duty.opening
    accounts = Accounts(duties, {}, {})
    _spread(rng, accounts, without)
    _public(rng, accounts, public)
    if "own" in extras:
        accounts.surplus_used = amount(scale / 10)
        accounts.surplus_distributed = accounts.surplus_used
    return accounts


def _spread(rng: random.Random, accounts: Accounts, without: Sequence[str]) -> None:
    """Spread the basic expenditure from the general public budget over economic classes."""
    rest = accounts.total("basic", BUDGETS[:1])
    chosen = [c for c in codes.ECONOMIC if len(c) == 5 and rng.random() < 0.6] + ["30201"]
    chosen = [c for c in dict.fromkeys(chosen) if c not in (*dict(THREE_PUBLIC).values(), *without)]
    for code in chosen[1:]:
        share = Decimal(rng.randint(1, 1000)) / 1000 / len(chosen)
        accounts.economic[code] = (rest * share).quantize(Decimal("0.000001"))
    left = rest - sum(accounts.economic.values(), ZERO)
    accounts.economic[chosen[0]] = left


def _public(rng: random.Random, accounts: Accounts, kind: str) -> None:
    """Give the body three public expenses; a part of them is basic expenditure."""
    for item, code in THREE_PUBLIC:
        has = kind == "all" or (kind == "some" and rng.random() < 0.5)
        budget = Decimal(rng.randint(5, 900)).scaleb(-1) if has else ZERO
        actual = budget * Decimal(rng.randint(0, 1100)) / 1000 if has else ZERO
        accounts.public[item, "budget"], accounts.public[item, "actual"] = budget, actual
        donor = max(accounts.economic, key=lambda each: accounts.economic[each])
        part = min(actual, accounts.economic[donor] / 10)
        if part:
            accounts.economic[donor] -= part
            accounts.economic[code] = part
    for column in ("budget", "actual"):
        vehicles = sum(
            accounts.public[f"official_vehicles_{part}", column]
            for part in ("purchase", "operation")
        )
        accounts.public["official_vehicles", column] = Decimal(vehicles)
        accounts.public["total", column] = (
            Decimal(vehicles)
            + accounts.public["overseas_visits", column]
            + accounts.public["official_hospitality", column]
        )
