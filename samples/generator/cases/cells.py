"""Cases of cell contents: blanks, marks, units and other spellings of numbers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..model import Key, Printed
from .registry import Job, add

Selector = Callable[[Key, Printed], bool]
_FULL = str.maketrans("0123456789.-+", "０１２３４５６７８９．－＋")


def _zero(_: Key, printed: Printed) -> bool:
    return printed.value == "0"


def _zero_detail(key: Key, printed: Printed) -> bool:
    return _zero(key, printed) and key[2] != "total"


def _zero_in(table: str, *rows: str) -> Selector:
    """Return a selector of zeros in a table, or in some of its rows."""
    return lambda key, p: key[0] == table and (not rows or key[1] in rows) and _zero(key, p)


def _replace_text(
    raw: str, state: str, selects: Selector, share: float = 1.0
) -> Callable[[Job], None]:
    """Return a change that prints ``raw`` in a share of the selected cells.

    The selected cells are 0, so no sum changes.
    """

    def hook(job: Job) -> None:
        for key, printed in job.plan.printed.items():
            if selects(key, printed) and job.rng.random() < share:
                printed.raw, printed.state, printed.value = raw, state, None

    return hook


def _respell(respell: Callable[[str], str], selects: Selector) -> Callable[[Job], None]:
    """Return a change that respells the selected numbers."""

    def hook(job: Job) -> None:
        for key, printed in job.plan.printed.items():
            if printed.state == "number" and selects(key, printed):
                printed.raw = respell(printed.raw)

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


def _no_requests(job: Job) -> None:
    job.plan.scale = "none"


def _set_disclosure(job: Job, row: str, column: str, raw: str, value: str) -> None:
    job.plan.printed["proactive_disclosure", row, column] = Printed(raw, value=value)


def _money(job: Job) -> None:
    amount = str(Decimal(job.rng.randint(20_000, 900_000)))
    _set_disclosure(job, "centralized_procurement", "procurement_items", "3项", "3")
    _set_disclosure(job, "centralized_procurement", "procurement_amount", f"{amount}元", amount)


def _fees(job: Job) -> None:
    amount = str(Decimal(job.rng.randint(100_000, 999_999)) / 10)
    _set_disclosure(job, "administrative_fees", "fees_collected", f"{amount}万元", amount)


def _signs(job: Job) -> None:
    for row, raw in (
        ("administrative_licensing", "-417"),
        ("other_external_services", "+2"),
        ("administrative_penalties", "－3"),
        ("administrative_coercion", "+0"),
        ("administrative_fees", "-1"),
    ):
        value = raw.replace("+", "").replace("－", "-")
        _set_disclosure(job, row, "items_change", raw, value)


def _decimals(job: Job) -> None:
    raw = job.rng.choice(("18.8710", "59237.2449", "2.02", "0.5000", "282.10"))
    _set_disclosure(job, "administrative_fees", "fees_collected", raw, raw)


def _thousands(raw: str) -> str:
    return f"{int(raw):,}"


def _is_big(_: Key, printed: Printed) -> bool:
    return printed.raw.isdigit() and len(printed.raw) > 3


def _break_numbers(job: Job) -> None:
    """Break numbers of four digits and more after the third digit, in cells three digits wide."""
    job.style.table_size, job.style.value_size = 10.5, 0.0
    for (table, _, _), printed in job.plan.printed.items():
        if table == "applications" and len(printed.raw) >= 4:
            printed.lines = printed.raw[:3] + "\n" + printed.raw[3:]


def _narrow_number_columns(job: Job) -> None:
    job.table("applications").widths = [36, 54, 150, 27, 27, 27, 27, 27, 27, 27]


def _two_numbers(job: Job) -> None:
    for key in (
        ("proactive_disclosure", "normative_documents", _last_document_column(job)),
        ("review_litigation", "reconsideration", "other"),
        ("applications", "not_processed_duplicate", "natural_person"),
    ):
        first = job.plan.printed[key].raw
        second = str(job.rng.randint(1, 30))
        raw = job.rng.choice((f"{first} {second}", f"{first}（{second}）", f"{first}/{second}"))
        lines = raw.replace(" ", "\n") if " " in raw else None
        job.plan.printed[key] = Printed(raw, "unreadable", None, "flag", lines)


def _last_document_column(job: Job) -> str:
    return "disclosed_total" if job.plan.form == "2019" else "in_force"


def _is_count(key: Key, printed: Printed) -> bool:
    return key[0] != "proactive_disclosure" and printed.raw.isdigit()


def _leading_spaces(job: Job) -> None:
    for printed in job.plan.printed.values():
        if job.rng.random() < 0.3:
            printed.lines = job.rng.choice(("　", "  ")) + printed.raw


def _in_turn(*hooks: Callable[[Job], None]) -> Callable[[Job], None]:
    """Return a change that applies several changes in turn."""

    def hook(job: Job) -> None:
        for change in hooks:
            change(job)

    return hook


GROUP = "contents of cells"
add(
    "blank-zeros",
    GROUP,
    "every zero left blank",
    slots="cells review",
    change_cells=_replace_text("", "blank", _zero),
)
add(
    "blank-details",
    GROUP,
    "zeros blank, but 0 in the total columns",
    slots="cells review",
    change_cells=_replace_text("", "blank", _zero_detail),
)
add(
    "blank-some",
    GROUP,
    "blank cells and 0 mixed",
    slots="cells review",
    change_cells=_replace_text("", "blank", _zero, 0.5),
)
add(
    "blank-all",
    GROUP,
    "all cells of all tables empty",
    slots="cells review faults",
    change_plan=_no_requests,
    change_cells=_all_blank,
)
add(
    "mark-slash",
    GROUP,
    "/ in the row 规章 and in table four",
    slots="cells review",
    change_cells=_in_turn(
        _replace_text("/", "mark", _zero_in("proactive_disclosure", "rules")),
        _replace_text("/", "mark", _zero_in("review_litigation")),
    ),
)
add(
    "mark-em-dash",
    GROUP,
    "— for every zero",
    slots="cells review",
    change_cells=_replace_text("—", "mark", _zero),
)
add(
    "mark-hyphen",
    GROUP,
    "- for every zero of section three",
    slots="cells",
    change_cells=_replace_text("-", "mark", _zero_in("applications")),
)
add(
    "mark-double-dash",
    GROUP,
    "—— and -- in section two",
    slots="cells",
    change_cells=_in_turn(
        _replace_text(
            "——", "mark", _zero_in("proactive_disclosure", "rules", "administrative_coercion")
        ),
        _replace_text("--", "mark", _zero_in("proactive_disclosure")),
    ),
)
add(
    "mark-none",
    GROUP,
    "无 for every zero of sections two and four",
    slots="cells review",
    change_cells=_in_turn(
        _replace_text("无", "mark", _zero_in("proactive_disclosure")),
        _replace_text("无", "mark", _zero_in("review_litigation")),
    ),
)
add(
    "mark-not-applicable",
    GROUP,
    "不适用 in the row 规章, / elsewhere",
    slots="cells",
    change_cells=_in_turn(
        _replace_text("不适用", "mark", _zero_in("proactive_disclosure", "rules")),
        _replace_text("/", "mark", _zero_in("proactive_disclosure")),
    ),
)
add(
    "digits-full-width",
    GROUP,
    "full-width digits",
    slots="cells",
    change_cells=_respell(lambda raw: raw.translate(_FULL), lambda _, p: bool(p.raw)),
)
add(
    "thousands",
    GROUP,
    "thousands separators",
    slots="cells",
    change_plan=_scale("city"),
    change_cells=_respell(_thousands, _is_big),
)
add(
    "unit-pieces",
    GROUP,
    "3件 in the cells of sections three and four",
    slots="cells review",
    change_cells=_respell(lambda raw: raw + "件", _is_count),
)
add(
    "unit-yuan",
    GROUP,
    "3项 and 251000元 in a 2019 form",
    slots="cells form section-two",
    change_plan=_form("2019", 2020),
    change_cells=_money,
)
add(
    "unit-wan",
    GROUP,
    "96171.6万元 in the cell of the fees",
    slots="cells form section-two",
    change_plan=_form("2021", 2023),
    change_cells=_fees,
)
add(
    "signed",
    GROUP,
    "+2, -417, －3 in a 2019 form",
    slots="cells form section-two",
    change_plan=_form("2019", 2019),
    change_cells=_signs,
)
add(
    "decimals",
    GROUP,
    "18.8710 and other long decimals",
    slots="cells form section-two",
    change_plan=_form("2021", 2022),
    change_cells=_decimals,
)
add(
    "number-broken",
    GROUP,
    "long numbers broken over two lines in narrow cells",
    slots="cells widths",
    change_plan=_scale("city"),
    change_cells=_break_numbers,
    change_report=_narrow_number_columns,
)
add(
    "two-numbers",
    GROUP,
    "two numbers in one cell",
    slots="cells faults review section-two",
    change_cells=_two_numbers,
    expects="the three cells flagged as unreadable",
)
add(
    "leading-blanks",
    GROUP,
    "spaces and full-width spaces before numbers",
    slots="cells",
    change_cells=_leading_spaces,
)
add(
    "large-numbers",
    GROUP,
    "a large city with thousands of applications and hundreds of thousands of decisions",
    slots="cells",
    change_plan=_scale("city"),
)
