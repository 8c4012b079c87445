"""The explanations (情况说明) of made final accounts, and what each of their figures means.

The wording is drawn from four styles: that of Shanghai's template, of Sichuan, of Xinjiang, and of
central departments. Some figures contradict the tables, as in published accounts.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from . import accountcodes as codes
from .accounts import BUDGETS, OWN
from .model import Item, Key, Para, Printed

_CENT = Decimal("0.01")
_IN, _OUT = "revenue_expenditure_summary_income", "revenue_expenditure_summary_expenditure"
_GENERAL, _BASIC = "general_budget_expenditure", "general_budget_basic_expenditure"
_PUBLIC = "three_public_expenses"
_BUDGET_NAMES = dict(
    zip(BUDGETS, ("一般公共预算", "政府性基金预算", "国有资本经营预算"), strict=True)
)
_OWN_NAMES = dict(
    zip(OWN, ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"), strict=True)
)
_REASONS = ("人员变动", "项目进度调整", "厉行节约、压减一般性支出", "年中追加经费", "政策性调整")
_PURPOSES = ("保障机构正常运转", "业务工作的开展", "在职人员经费", "退休人员经费", "专项工作支出")
_NUMERALS = "一二三四五六七八九十"
_VEHICLES = ("主要领导干部用车", "机要通信用车", "应急保障用车", "执法执勤用车", "其他用车")


@dataclass
class Told:
    """One figure of the text: the metric, what is printed, and whether tables and text agree."""

    metric: str  # of narrative.csv, or share, growth, completion
    raw: str
    agrees: bool = True


@dataclass
class Teller:
    """Writes sentences, and notes their figures in order."""

    rng: random.Random
    body: str
    year: int
    cells: Mapping[Key, Printed]
    unit: str  # of the text
    table_unit: str
    style: str
    wrong: list[str] = field(default_factory=list)  # which contradictions to make
    told: list[Told] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.separated = self.rng.random() < 0.4
        self.short = self.rng.random() < 0.5  # without trailing zeros

    def cell(self, table: str, row: str, column: str) -> Decimal:
        """Return a printed amount in the unit of the text, rounded to two decimals."""
        printed = self.cells.get((table, row, column))
        value = Decimal(printed.value) if printed is not None and printed.value else Decimal(0)
        if self.table_unit == "元" and self.unit == "万元":
            value = (value / 10_000).quantize(_CENT, ROUND_HALF_UP)
        return value

    def amount(self, metric: str, value: Decimal, fault: str = "") -> str:
        """Return an amount as printed, and note it; a fault of this name changes it."""
        agrees = True
        if fault and fault in self.wrong and value:
            self.wrong.remove(fault)
            value, agrees = (
                value + self.rng.choice((Decimal(1), Decimal(90), Decimal("0.30"))),
                False,
            )
        text = f"{value:,}" if self.separated else f"{value}"
        if self.short and "." in text:
            text = text.rstrip("0").rstrip(".")
        self.told.append(Told(metric, text + self.unit, agrees))
        return text + self.unit

    def percent(self, kind: str, part: Decimal, whole: Decimal, fault: str = "") -> str:
        """Return a percentage as printed, and note it."""
        value = (100 * part / whole).quantize(_CENT, ROUND_HALF_UP)
        agrees = True
        if fault and fault in self.wrong and part:
            self.wrong.remove(fault)
            value, agrees = value + self.rng.choice((Decimal("0.08"), Decimal("5.5"))), False
        text = f"{value}"
        if self.short:
            text = text.rstrip("0").rstrip(".")
        self.told.append(Told(kind, text + "%", agrees))
        return text + "%"

    def share(self, part: Decimal, whole: Decimal, fault: str = "") -> str:
        return f"，占{self.percent('share', part, whole, fault)}" if whole else ""

    def change(self, value: Decimal, subject: str = "", fault: str = "") -> str:
        """Return a comparison of an amount with the year before."""
        against = self.rng.choice(
            (f"与{self.year - 1}年度相比，", "与上年相比，", "比上年", "较上年度")
        )
        earlier = (value * Decimal(self.rng.randint(60, 150)) / 100).quantize(_CENT)
        if not value or not earlier or earlier == value or self.rng.random() < 0.1:
            return f"{against}{subject}持平。"
        word, rate = ("增加", "增长") if value > earlier else ("减少", "下降")
        moved = abs(value - earlier)
        text = f"{against}{subject}{word}{self.amount('change', moved)}"
        text += f"，{rate}{self.percent('growth', moved, earlier, fault)}。"
        return f"{text}主要原因是{self.rng.choice(_REASONS)}。"

    def head(self, text: str) -> None:
        self.items.append(Para(text, "heading"))

    def say(self, text: str) -> None:
        self.items.append(Para(text))


def explanations(teller: Teller) -> list[Item]:
    """Return the explanations of one body; the teller notes their figures."""
    teller.head("第三部分  决算情况说明")
    for section in (_totals, _revenue, _expenditure, _appropriations, _general, _basic, _public):
        section(teller)
    _funds(teller)
    _others(teller)
    return teller.items


def _totals(t: Teller) -> None:
    t.head("一、收入支出决算总体情况说明")
    total = t.cell(_IN, "total", "actual")
    if t.style == "xinjiang":
        text = (
            f"{t.year}年度收入总计{t.amount('accounts_total', total, 'total')}，其中：本年收入合计"
        )
        text += t.amount("revenue_total", t.cell(_IN, "revenue_this_year_total", "actual"))
        for row, name in (("use_of_non_appropriation_surplus", "使用非财政拨款结余"),
                          ("opening_carryover_and_surplus", "年初结转和结余")):  # fmt: skip
            text += f"，{name}{t.amount(row, t.cell(_IN, row, 'actual'))}"
        text += f"。{t.year}年度支出总计{t.amount('accounts_total', total)}，其中：本年支出合计"
        text += t.amount("expenditure_total", t.cell(_OUT, "expenditure_this_year_total", "actual"))
        for row, name in (("surplus_distribution", "结余分配"),
                          ("closing_carryover_and_surplus", "年末结转和结余")):  # fmt: skip
            text += f"，{name}{t.amount(row, t.cell(_OUT, row, 'actual'))}"
        t.say(f"{text}。收入支出总体{t.change(total)}")
    elif t.style == "sichuan":
        t.say(f"{t.year}年度收、支总计均为{t.amount('accounts_total', total, 'total')}。"
              + t.change(total, "收、支总计各"))  # fmt: skip
    elif t.style == "central":
        t.say(f"{t.body}{t.year}年度收入、支出总计{t.amount('accounts_total', total, 'total')}。"
              + t.change(total, "收、支总计各"))  # fmt: skip
    else:
        t.say(f"{t.body}{t.year}年度收入支出总计{t.amount('accounts_total', total, 'total')}。"
              + t.change(total, "收入支出总计"))  # fmt: skip


def _revenue(t: Teller) -> None:
    t.head("二、收入决算情况说明")
    whole = t.cell("revenue", "total", "revenue_this_year_total")
    lead = {
        "sichuan": f"{t.year}年本年收入合计",
        "xinjiang": f"{t.year}年度本年收入",
        "central": f"{t.year}年度，本单位收入为",
    }.get(t.style, "本年收入合计")
    text = f"{lead}{t.amount('revenue_total', whole)}，其中："
    parts = []
    if t.style == "sichuan":
        for budget, name in _BUDGET_NAMES.items():
            value = t.cell(_IN, f"{budget}_appropriation", "actual")
            if value:
                told = t.amount(f"revenue_{budget}", value)
                parts.append(f"{name}财政拨款收入{told}{t.share(value, whole)}")
    else:
        value = t.cell("revenue", "total", "appropriation")
        told = t.amount("revenue_appropriation", value, "revenue")
        parts.append(f"财政拨款收入{told}{t.share(value, whole, 'revenue_share')}")
    for own, name in _OWN_NAMES.items():
        value = t.cell("revenue", "total", own)
        if value or t.style == "central":
            parts.append(f"{name}{t.amount(own, value)}{t.share(value, whole)}")
    t.say(text + "；".join(parts) + "。")


def _expenditure(t: Teller) -> None:
    t.head("三、支出决算情况说明")
    whole = t.cell("expenditure", "total", "expenditure_this_year_total")
    lead = {
        "sichuan": f"{t.year}年本年支出合计",
        "xinjiang": f"{t.year}年度本年支出",
        "central": f"{t.year}年度，本单位支出为",
    }.get(t.style, "本年支出合计")
    text = f"{lead}{t.amount('expenditure_total', whole)}，其中："
    parts = []
    for column, name in (("basic", "基本支出"), ("project", "项目支出")):
        value = t.cell("expenditure", "total", column)
        told = t.amount(f"expenditure_{column}", value, f"expenditure_{column}")
        parts.append(f"{name}{told}{t.share(value, whole, 'expenditure_share')}")
    t.say(text + "；".join(parts) + "。")


def _appropriations(t: Teller) -> None:
    t.head("四、财政拨款收入支出决算总体情况说明")
    total = t.cell("appropriation_summary_income", "total", "actual")
    told = t.amount("appropriation_total", total, "appropriation")
    words = {"sichuan": "财政拨款收、支总计均为", "central": "财政拨款收入、支出总计"}
    subject = "财政拨款收入支出总计" if t.style == "shanghai" else "财政拨款收、支总计各"
    t.say(f"{t.body}{t.year}年度{words.get(t.style, '财政拨款收入支出总计')}{told}。"
          + t.change(total, subject, "growth"))  # fmt: skip


def _general(t: Teller) -> None:
    t.head("五、一般公共预算财政拨款支出决算情况说明")
    total = t.cell(_GENERAL, "total", "total")
    whole = t.cell("expenditure", "total", "expenditure_this_year_total")
    t.head("（一）一般公共预算财政拨款支出决算总体情况")
    text = f"一般公共预算财政拨款支出{t.amount('general_expenditure', total)}"
    if whole:
        text += f"，占本年支出合计的{t.percent('share', total, whole)}"
    t.say(f"{text}。{t.change(total, '一般公共预算财政拨款支出')}")
    t.head("（二）一般公共预算财政拨款支出决算结构情况")
    told = t.amount("general_expenditure", total)
    text = f"一般公共预算财政拨款支出{told}，主要用于以下方面："
    parts = []
    rows = sorted({key[1] for key in t.cells if key[0] == _GENERAL and key[1].isdigit()})
    for code in (row for row in rows if len(row) == 3):
        value, name = t.cell(_GENERAL, code, "total"), codes.NAMES[code]
        mark = "" if t.style in ("sichuan", "central") else "（类）"
        told = t.amount("function_expenditure", value, "function")
        parts.append(f"{name}{mark}{told}{t.share(value, total, 'function_share')}")
    t.say(text + "；".join(parts) + "。")
    t.head("（三）一般公共预算财政拨款支出决算具体情况")
    items = [row for row in rows if len(row) == 7]
    budgets = {
        code: (t.cell(_GENERAL, code, "total") * t.rng.choice((80, 100, 100, 104, 130)) / 100)
        .quantize(_CENT) for code in items
    }  # fmt: skip
    budget = sum(budgets.values(), Decimal(0))
    if t.style == "sichuan":
        text = f"{t.year}年一般公共预算财政拨款支出决算数为{t.amount('general_expenditure', total)}"
        t.say(f"{text}。其中：")
    else:
        text = f"一般公共预算财政拨款支出年初预算为{t.amount('general_budget', budget, 'budget')}，"
        text += f"支出决算为{t.amount('general_expenditure', total)}"
        if budget:
            text += f"，完成年初预算的{t.percent('completion', total, budget, 'completion')}"
        t.say(f"{text}。决算数小于预算数的主要原因：{t.rng.choice(_REASONS)}。其中：")
    for number, code in enumerate(items, start=1):
        _item(t, number, code, budgets[code])


def _item(t: Teller, number: int, code: str, budget: Decimal) -> None:
    value = t.cell(_GENERAL, code, "total")
    own = [codes.NAMES[code[:k]] for k in (3, 5, 7)]
    name = f"{own[0]}（类）{own[1]}（款）{own[2]}（项）"
    mark = "、" if t.style == "shanghai" else "."
    if t.style == "sichuan":
        text = f"{number}{mark}{name}：支出决算为{t.amount('item_expenditure', value, 'item')}。"
    elif t.style == "central":
        text = f"{number}{mark}{name}。年初预算为{t.amount('item_budget', budget)}，"
        text += f"支出决算为{t.amount('item_expenditure', value, 'item')}"
        if budget:
            text += f"，完成年初预算的{t.percent('completion', value, budget, 'item_completion')}"
        text += f"。决算数与年初预算数的差异，主要是{t.rng.choice(_REASONS)}。"
    else:
        text = f"{number}{mark}{name}。主要用于：{t.rng.choice(_PURPOSES)}。"
        text += f"年初预算为{t.amount('item_budget', budget)}，"
        text += f"支出决算为{t.amount('item_expenditure', value, 'item')}。"
        text += (
            "决算数与预算数基本持平。"
            if value == budget
            else "主要原因：" + t.rng.choice(_REASONS) + "。"
        )
    t.say(text)


def _names(t: Teller, prefixes: tuple[str, ...]) -> str:
    """Return the names of the economic classes with money."""
    rows = [row for row in codes.ECONOMIC if len(row) == 5 and row.startswith(prefixes)]
    return "、".join(codes.ECONOMIC[row] for row in rows if t.cell(_BASIC, row, "actual"))


def _basic(t: Teller) -> None:
    t.head("六、一般公共预算财政拨款基本支出决算情况说明")
    total = t.cell(_GENERAL, "total", "basic")
    text = f"一般公共预算财政拨款基本支出{t.amount('general_basic_expenditure', total, 'basic')}"
    text += "。其中：" if t.style == "shanghai" else "，其中："
    for n, (row, name, prefixes) in enumerate((
        ("personnel_funds_total", "人员经费", codes.PERSONNEL),
        ("operating_funds_total", "公用经费", codes.OPERATING),
    )):  # fmt: skip
        told = t.amount(f"{row.removesuffix('_total')}", t.cell(_BASIC, row, "actual"), row)
        text += f"{name}{told}，主要包括：{_names(t, prefixes)}{'。' if n else '；'}"
    t.say(text)


def _public(t: Teller) -> None:
    t.head("七、财政拨款“三公”经费支出决算情况说明")
    t.head("（一）“三公”经费财政拨款支出决算总体情况说明")
    budget, actual = (t.cell(_PUBLIC, "total", c) for c in ("budget", "actual"))
    parts = []
    text = f"“三公”经费财政拨款支出年初预算为{t.amount('three_public_budget', budget)}，"
    text += f"支出决算为{t.amount('three_public_expenditure', actual, 'public')}"
    if budget:
        text += f"，完成预算的{t.percent('completion', actual, budget)}"
    named = (("overseas_visits", "因公出国（境）费"),
             ("official_vehicles", "公务用车购置及运行维护费"),
             ("official_hospitality", "公务接待费"))  # fmt: skip
    for item, name in named:
        value, planned = t.cell(_PUBLIC, item, "actual"), t.cell(_PUBLIC, item, "budget")
        part = f"{name}支出决算为{t.amount(f'{item}_expenditure', value, item)}"
        if t.style == "sichuan":
            part += t.share(value, actual)
        elif planned:
            part += f"，完成预算的{t.percent('completion', value, planned)}"
        parts.append(part)
    t.say(f"{text}，其中：{'；'.join(parts)}。")
    if actual:
        t.say(f"{t.year}年度“三公”经费财政拨款支出决算数{t.change(actual)}")
    t.head("（二）“三公”经费财政拨款支出决算具体情况说明")
    for number, (item, name) in enumerate(named, start=1):
        value = t.cell(_PUBLIC, item, "actual")
        text = f"{number}.{name}支出{t.amount(f'{item}_expenditure', value)}。"
        if item == "official_vehicles":
            text += "其中："
            for kind, called in (
                ("purchase", "公务用车购置支出"),
                ("operation", "公务用车运行维护费支出"),
            ):
                told = t.amount(
                    f"{item}_{kind}_expenditure", t.cell(_PUBLIC, f"{item}_{kind}", "actual")
                )
                text += f"{called}{told}{'，' if kind == 'purchase' else '。'}"
        t.say(text)


def _funds(t: Teller) -> None:
    for numeral, budget in (("八", BUDGETS[1]), ("九", BUDGETS[2])):
        name = _BUDGET_NAMES[budget]
        t.head(f"{numeral}、{name}财政拨款收入支出决算情况说明")
        spent = t.cell("appropriation_summary_expenditure", "expenditure_this_year_total", budget)
        if not spent:
            t.say(f"{t.body}{t.year}年度无{name}财政拨款收入和支出。")
            continue
        income = t.cell("appropriation_summary_income", budget, "actual")
        text = f"{t.year}年度{name}财政拨款收入{t.amount(f'revenue_{budget}', income)}，"
        t.say(f"{text}支出{t.amount(f'{budget}_expenditure', spent)}。")
        rows = sorted({k[1] for k in t.cells if k[0] == budget and len(k[1]) == 7})
        for number, code in enumerate((row for row in rows if row.isdigit()), start=1):
            value = t.cell(budget, code, "expenditure_this_year")
            own = [codes.NAMES[code[:k]] for k in (3, 5, 7)]
            text = f"{number}、{own[0]}（类）{own[1]}（款）{own[2]}（项）。"
            t.say(f"{text}支出决算为{t.amount(f'{budget}_item_expenditure', value)}。")


def _others(t: Teller) -> None:
    t.head("十、其他重要事项的情况说明")
    t.head("（一）机关运行经费支出情况")
    value = t.cell(_BASIC, "operating_funds_total", "actual")
    text = f"机关运行经费支出{t.amount('agency_operating_funds', value)}，"
    t.say(text + t.change(value))
    t.head("（二）政府采购支出情况")
    goods, works, services = (Decimal(t.rng.randint(0, 90_000)).scaleb(-2) for _ in range(3))
    total = goods + works + services
    text = (
        f"{t.year}年度政府采购支出总额{t.amount('procurement_total', total, 'procurement')}，其中："
    )
    text += f"政府采购货物支出{t.amount('procurement_goods', goods)}、"
    text += f"政府采购工程支出{t.amount('procurement_works', works)}、"
    t.say(f"{text}政府采购服务支出{t.amount('procurement_services', services)}。")
    t.head("（三）国有资产占用情况")
    counts = [t.rng.randint(0, 9) for _ in _VEHICLES]
    t.told.append(Told("vehicles", f"{sum(counts)}辆"))
    t.told += [Told("vehicles_of_a_kind", f"{count}辆") for count in counts]
    kinds = "、".join(f"{name}{count}辆" for name, count in zip(_VEHICLES, counts, strict=True))
    t.say(f"截至{t.year}年12月31日，{t.body}共有车辆{sum(counts)}辆，其中：{kinds}。")
