"""What stands in a cell instead of a plain number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..model import Key, Printed
from .registry import Job, add

Pick = Callable[[Key, Printed], bool]
_FULL = str.maketrans("0123456789.-+", "０１２３４５６７８９．－＋")


def _zero(_: Key, printed: Printed) -> bool:
    return printed.value == "0"


def _zero_detail(key: Key, printed: Printed) -> bool:
    return _zero(key, printed) and key[2] != "total"


def _in(table: str, *rows: str) -> Pick:
    return lambda key, p: key[0] == table and (not rows or key[1] in rows) and _zero(key, p)


def _instead(raw: str, state: str, pick: Pick, share: float = 1.0) -> Callable[[Job], None]:
    """Prints ``raw`` in the picked cells; they hold 0, so the sums stay whole."""

    def hook(job: Job) -> None:
        for key, printed in job.plan.printed.items():
            if pick(key, printed) and job.rng.random() < share:
                printed.raw, printed.state, printed.value = raw, state, None

    return hook


def _spell(spell: Callable[[str], str], pick: Pick) -> Callable[[Job], None]:
    def hook(job: Job) -> None:
        for key, printed in job.plan.printed.items():
            if printed.state == "number" and pick(key, printed):
                printed.raw = spell(printed.raw)

    return hook


def _scale(scale: str) -> Callable[[Job], None]:
    def hook(job: Job) -> None:
        job.plan.scale = scale

    return hook


def _form(form: str, year: int) -> Callable[[Job], None]:
    def hook(job: Job) -> None:
        job.plan.form, job.plan.year = form, year

    return hook


def _all_blank(job: Job) -> None:
    for printed in job.plan.printed.values():
        printed.raw, printed.state, printed.value = "", "blank", None


def _none_and_blank(job: Job) -> None:
    job.plan.scale = "none"


def _set(job: Job, row: str, column: str, raw: str, value: str) -> None:
    job.plan.printed["proactive_disclosure", row, column] = Printed(raw, value=value)


def _money(job: Job) -> None:
    amount = str(Decimal(job.rng.randint(20_000, 900_000)))
    _set(job, "centralized_procurement", "procurement_items", "3项", "3")
    _set(job, "centralized_procurement", "procurement_amount", f"{amount}元", amount)


def _fees(job: Job) -> None:
    amount = str(Decimal(job.rng.randint(100_000, 999_999)) / 10)
    _set(job, "administrative_fees", "fees_collected", f"{amount}万元", amount)


def _signed(job: Job) -> None:
    for row, raw in (
        ("administrative_licensing", "-417"),
        ("other_external_services", "+2"),
        ("administrative_penalties", "－3"),
        ("administrative_coercion", "+0"),
        ("administrative_fees", "-1"),
    ):
        value = raw.replace("+", "").replace("－", "-")
        _set(job, row, "items_change", raw, value)


def _decimals(job: Job) -> None:
    raw = job.rng.choice(("18.8710", "59237.2449", "2.02", "0.5000", "282.10"))
    _set(job, "administrative_fees", "fees_collected", raw, raw)


def _thousands(raw: str) -> str:
    return f"{int(raw):,}"


def _is_big(_: Key, printed: Printed) -> bool:
    return printed.raw.isdigit() and len(printed.raw) > 3


def _broken(job: Job) -> None:
    """Numbers of four digits stand in two lines of cells that hold three digits in one."""
    job.style.table_size, job.style.value_size = 10.5, 0.0
    for (table, _, _), printed in job.plan.printed.items():
        if table == "applications" and len(printed.raw) >= 4:
            printed.lines = printed.raw[:3] + "\n" + printed.raw[3:]


def _narrow_numbers(job: Job) -> None:
    job.table("applications").widths = [36, 54, 150, 27, 27, 27, 27, 27, 27, 27]


def _two_numbers(job: Job) -> None:
    for key in (
        ("proactive_disclosure", "normative_documents", _last(job)),
        ("review_litigation", "reconsideration", "other"),
        ("applications", "not_processed_duplicate", "natural_person"),
    ):
        first = job.plan.printed[key].raw
        other = str(job.rng.randint(1, 30))
        raw = job.rng.choice((f"{first} {other}", f"{first}（{other}）", f"{first}/{other}"))
        lines = raw.replace(" ", "\n") if " " in raw else None
        job.plan.printed[key] = Printed(raw, "unreadable", None, "flag", lines)


def _last(job: Job) -> str:
    return "disclosed_total" if job.plan.form == "2019" else "in_force"


def _counts(key: Key, printed: Printed) -> bool:
    return key[0] != "proactive_disclosure" and printed.raw.isdigit()


def _spaced(job: Job) -> None:
    for printed in job.plan.printed.values():
        if job.rng.random() < 0.3:
            printed.lines = job.rng.choice(("　", "  ")) + printed.raw


def _each(*hooks: Callable[[Job], None]) -> Callable[[Job], None]:
    def hook(job: Job) -> None:
        for one in hooks:
            one(job)

    return hook


G = "contents of cells"
add(
    "blank-zeros",
    G,
    "every zero left blank",
    slots="cells review",
    filled=_instead("", "blank", _zero),
)
add(
    "blank-details",
    G,
    "zeros blank, but 0 in the total columns",
    slots="cells review",
    filled=_instead("", "blank", _zero_detail),
)
add(
    "blank-some",
    G,
    "blank and 0 mixed",
    slots="cells review",
    filled=_instead("", "blank", _zero, 0.5),
)
add(
    "blank-all",
    G,
    "all cells of all tables empty",
    slots="cells review faults",
    setup=_none_and_blank,
    filled=_all_blank,
)
add(
    "mark-slash",
    G,
    "/ in the row 规章 and in table four",
    slots="cells review",
    filled=_each(
        _instead("/", "mark", _in("proactive_disclosure", "rules")),
        _instead("/", "mark", _in("review_litigation")),
    ),
)
add(
    "mark-em-dash", G, "— for every zero", slots="cells review", filled=_instead("—", "mark", _zero)
)
add(
    "mark-hyphen",
    G,
    "- for every zero of section three",
    slots="cells",
    filled=_instead("-", "mark", _in("applications")),
)
add(
    "mark-double-dash",
    G,
    "—— and -- in section two",
    slots="cells",
    filled=_each(
        _instead("——", "mark", _in("proactive_disclosure", "rules", "administrative_coercion")),
        _instead("--", "mark", _in("proactive_disclosure")),
    ),
)
add(
    "mark-none",
    G,
    "无 for every zero of sections two and four",
    slots="cells review",
    filled=_each(
        _instead("无", "mark", _in("proactive_disclosure")),
        _instead("无", "mark", _in("review_litigation")),
    ),
)
add(
    "mark-not-applicable",
    G,
    "不适用 in the row 规章, / elsewhere",
    slots="cells",
    filled=_each(
        _instead("不适用", "mark", _in("proactive_disclosure", "rules")),
        _instead("/", "mark", _in("proactive_disclosure")),
    ),
)
add(
    "digits-full-width",
    G,
    "full-width digits",
    slots="cells",
    filled=_spell(lambda raw: raw.translate(_FULL), lambda _, p: bool(p.raw)),
)
add(
    "thousands",
    G,
    "thousands separators",
    slots="cells",
    setup=_scale("city"),
    filled=_spell(_thousands, _is_big),
)
add(
    "unit-pieces",
    G,
    "3件 in the cells of sections three and four",
    slots="cells review",
    filled=_spell(lambda raw: raw + "件", _counts),
)
add(
    "unit-yuan",
    G,
    "3项 and 251000元 in a 2019 form",
    slots="cells form section-two",
    setup=_form("2019", 2020),
    filled=_money,
)
add(
    "unit-wan",
    G,
    "96171.6万元 as fee",
    slots="cells form section-two",
    setup=_form("2021", 2023),
    filled=_fees,
)
add(
    "signed",
    G,
    "+2, -417, －3 in a 2019 form",
    slots="cells form section-two",
    setup=_form("2019", 2019),
    filled=_signed,
)
add(
    "decimals",
    G,
    "18.8710 and other long decimals",
    slots="cells form section-two",
    setup=_form("2021", 2022),
    filled=_decimals,
)
add(
    "number-broken",
    G,
    "long numbers broken over two lines in narrow cells",
    slots="cells widths",
    setup=_scale("city"),
    filled=_broken,
    built=_narrow_numbers,
)
add(
    "two-numbers",
    G,
    "cells with two numbers",
    slots="cells faults review section-two",
    filled=_two_numbers,
    expects="the three cells flagged, unreadable",
)
add(
    "leading-blanks",
    G,
    "blanks and full-width blanks before numbers",
    slots="cells",
    filled=_spaced,
)
add(
    "large-numbers",
    G,
    "a large city: thousands of requests, decisions by the hundred thousand",
    slots="cells",
    setup=_scale("city"),
)
