"""Which made final accounts there are: the committed ones, and any number from a seed."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from .accountfiles import Plan, make
from .accounttables import Look
from .accounttext import CAPTIONS
from .style import Style

_USUAL = tuple(CAPTIONS)
# central departments and other provinces print the three public expenses last
_PUBLIC_LAST = (*(name for name in _USUAL if name != "three_public_expenses"),
                "three_public_expenses")  # fmt: skip
_DETAILED = {"general_budget_basic_expenditure": "一般公共预算财政拨款基本支出决算明细表"}
_PLAIN = {
    "revenue_expenditure_summary": "收入支出决算表",
    "appropriation_summary": "财政拨款收入支出决算表",
}
_UNKNOWN = ("政府采购情况表", "财政拨款支出决算明细表", "项目支出决算表", "政府购买服务支出情况表")
_CONTRADICTIONS = (
    "total", "revenue", "revenue_share", "expenditure_basic", "expenditure_share", "appropriation",
    "growth", "function", "function_share", "budget", "completion", "item", "item_completion",
    "basic", "personnel_funds_total", "public", "official_vehicles", "official_hospitality",
    "procurement",
)  # fmt: skip
_FONTS = ("song", "kai", "uming", "hei", "micro", "serif_cjk", "sans_cjk")


def _look(rng: random.Random, kind: str) -> Look:
    """Return the look of the published accounts A, B or C, with its small choices drawn."""
    if kind == "A":
        return Look("one", fund_total="header", function_lines=26, separators="no",
                    zero=rng.choice(("blank", "0.00")), broken=rng.random() < 0.5)  # fmt: skip
    if kind == "B":
        return Look("three", total_in_header=True, fund_total="last", function_lines=26,
                    short_vehicles=True, justified=True, missing_codes=("30306",),
                    empty_rows=frozenset(["appropriation_summary"]))  # fmt: skip
    if kind == "C":
        return Look("one", separators=rng.choice(("yes", "no", "mixed")),
                    zero=rng.choice(("blank", "mixed", "0")),
                    justified=rng.random() < 0.5)  # fmt: skip
    if kind == "glued":
        return Look("glued", fund_total="last", separators=rng.choice(("yes", "mixed")),
                    zero=rng.choice(("blank", "0.00", "mixed")))  # fmt: skip
    return Look(  # central departments and other provinces
        rng.choice(("one", "three")), fund_total="last",
        general_total=rng.choice(("first", "last")),
        numbering=rng.random() < 0.6, zero=rng.choice(("blank", "0.00", "0", "mixed")),
        function_lines=rng.choice((24, 26)), unit=rng.choice(("万元", "万元", "元")),
        broken=rng.random() < 0.3, three_blocks=rng.random() < 0.5,
        budget_first=rng.random() < 0.5, line_numbers=rng.random() < 0.4,
    )  # fmt: skip


def _style(rng: random.Random) -> Style:
    size = rng.choice((9.0, 9.5, 10.0, 10.5))
    margin = rng.choice((40.0, 50.0, 60.0))
    return Style(
        body_font=rng.choice(_FONTS), heading_font=rng.choice(("hei", "micro", "sans_cjk")),
        title_font=rng.choice(_FONTS), table_font=rng.choice(_FONTS),
        latin_font=rng.choice(("serif", "sans", "")), body_size=rng.choice((12.0, 14.0)),
        leading=rng.choice((20.0, 22.0, 24.0)), table_size=size,
        margins=(margin, rng.choice((60.0, 72.0)), margin, 60.0),
        row_height=size + rng.choice((5.0, 7.0, 9.0, 11.0)), pad=rng.choice((2.5, 3.5, 5.2)),
        value_align=rng.choice(("center", "right")), table_align=rng.choice(("middle", "top")),
        rule_width=rng.choice((0.4, 0.5, 0.75)), rules=rng.choice(("stroke", "fill")),
        header_shade=rng.choice((None, None, (0.9, 0.92, 0.96))),
        repeat_header=rng.random() < 0.25, close_at_break=rng.random() < 0.8,
        page_number=rng.choice(("{n}", "- {n} -", "— {n} —", "第 {n} 页 / 共 {total} 页")),
        running_header=rng.choice(("", "", "部门决算公开")),
    )  # fmt: skip


def draw_plans(seed: int, count: int) -> list[Plan]:
    """Draw plans of accounts in all looks and by all engines."""
    plans = []
    for number in range(count):
        rng = random.Random(seed * 1000 + number)
        kind = ("A", "B", "C", "glued", "other", "other")[number % 6]
        engine = ("drawn", "browser", "office")[number // 6 % 3 if number % 2 else number % 3]
        plan = Plan(
            f"accounts-{seed}-{number:02d}-{kind}-{engine}", seed * 1000 + number, engine,
            _look(rng, kind), _style(rng), year=rng.randint(2020, 2025),
            extras=tuple(
                extra
                for extra, share in (("own", 0.6), ("funds", 0.4), ("capital", 0.2))
                if rng.random() < share
            ),
            public=rng.choice(("all", "some", "none")), notes=rng.random() < 0.8 and kind != "B",
            no_data=rng.choice(("说明", "注", "说明", "")), higher_body=rng.random() < 0.2,
            dotted=rng.random() < 0.5,
            fault=("", "", "digit", "", "cell", "", "", "slide")[number % 8],
            prose=("shanghai", "sichuan", "central", "shanghai", "xinjiang")[number % 5],
            contradictions=tuple(rng.sample(_CONTRADICTIONS, number % 4)),
        )  # fmt: skip
        if plan.look.unit == "元" and rng.random() < 0.5:
            plan.prose_unit = "元"
        plans.append(_of_other_places(plan, rng) if kind == "other" else plan)
    return plans


def _of_other_places(plan: Plan, rng: random.Random) -> Plan:
    captions = rng.choice(({}, _DETAILED, _PLAIN, _DETAILED | _PLAIN))
    return replace(
        plan,
        order=rng.choice((_USUAL, _PUBLIC_LAST)),
        captions=captions,
        numbered=rng.choice(("", "表{n}：", "公开{n:02d}表 ", "附表{n} ", "表 {n}：")),
        unknown=_UNKNOWN[: rng.choice((0, 1, 4))],
        tables_last=rng.random() < 0.4,
    )


_A = Look("one", function_lines=26, separators="no", broken=True)
_B = Look("three", total_in_header=True, fund_total="last", function_lines=26, justified=True,
          short_vehicles=True, missing_codes=("30306",),
          empty_rows=frozenset(["appropriation_summary"]))  # fmt: skip
_C = Look("one", separators="mixed", zero="mixed")
_GLUED = Look("glued", fund_total="last", zero="0.00")
_OTHER = Look("one", fund_total="last", general_total="first", numbering=True, zero="0.00")


def _style_of(table_font: str, heading_font: str = "hei", **more: object) -> Style:
    return Style(
        body_font=table_font, table_font=table_font, title_font=heading_font,
        heading_font=heading_font, body_size=12.0, leading=22.0, table_size=9.5, row_height=17.0,
        margins=(50.0, 60.0, 50.0, 60.0), page_number="- {n} -", **more,  # type: ignore[arg-type]
    )  # fmt: skip


COMMITTED = (
    Plan("look-a", 11, "drawn", _A, _style_of("song"), public="none", higher_body=True,
         contradictions=("appropriation", "function_share"),
         cases=("accounts-look-a", "accounts-prose-contradicts")),
    Plan("look-b", 12, "office", _B, _style_of("song", value_align="right"), extras=("own",),
         public="some", notes=False, no_data="注", prose="central", cases=("accounts-look-b",)),
    Plan("look-c", 13, "browser", _C, _style_of("song"), extras=("own", "funds", "capital"),
         dotted=True, prose="sichuan", cases=("accounts-look-c",)),
    Plan("codes-glued", 14, "drawn", _GLUED,
         _style_of("kai", repeat_header=True, value_align="right"), extras=("funds",), no_data="",
         fault="digit", prose="xinjiang",
         cases=("accounts-codes-glued", "accounts-fault-digit")),
    Plan("other-province", 15, "browser", _OTHER, _style_of("song"), order=_PUBLIC_LAST,
         captions=_DETAILED | _PLAIN, numbered="表{n}：", unknown=_UNKNOWN, tables_last=True,
         prose="sichuan", cases=("accounts-other-province",)),
    Plan("column-slid", 17, "office", _A, _style_of("song", "song"), fault="slide",
         cases=("accounts-fault-slide",)),
    Plan("wrong-cell", 18, "browser", _B, _style_of("song", "song"), extras=("funds",),
         fault="cell", prose="central", contradictions=("growth", "item", "public"),
         cases=("accounts-fault-cell", "accounts-prose-contradicts")),
)  # fmt: skip


def make_all(out: Path, seed: int | None = None, count: int = 36, only: str = "") -> list[Path]:
    """Make accounts in the folder ``out``: the committed ones, or ``count`` from a seed."""
    plans = COMMITTED if seed is None else draw_plans(seed, count)
    return [make(plan, out) for plan in plans if only in plan.name]
