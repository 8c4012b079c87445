"""The printed tables of made final accounts, in the looks that published accounts have."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from . import accountcodes as codes
from .accounts import BUDGETS, OWN, ZERO, Accounts
from .model import Cell, Key, Printed, Table

_NUMERALS = "一二三四五六七八九十"
_BUDGET_NAMES = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
_OWN_NAMES = ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
_REVENUE = ("revenue_this_year_total", "appropriation", *OWN)
_SPENDING = ("expenditure_this_year_total", "basic", "project", "remittances_to_superior",
             "business_expenditure", "subsidies_to_affiliated_units")  # fmt: skip
FUND_TABLES = ("government_managed_funds", "state_capital_operations")


@dataclass
class Look:
    """What differs between the printed accounts of one year."""

    code_columns: str = "one"  # one, three, or glued: the code and the name in one cell
    total_in_header: bool = False  # 合计 in the row of 类, 款, 项
    fund_total: str = "header"  # of 08 and 09: header or last
    function_lines: int = 24
    zero: str = "blank"  # blank, 0, 0.00 or mixed
    separators: str = "yes"  # yes, no or mixed
    justified: bool = False  # spaces between the characters of long labels
    numbering: bool = False  # a row 栏次 below the header
    short_vehicles: bool = False  # 公务用车运行费; an additional empty header row
    empty_rows: frozenset[str] = frozenset()  # tables with a row of empty cells at the end
    general_total: str = "last"  # of 05: last or first
    unit: str = "万元"
    missing_codes: tuple[str, ...] = ()  # economic classes that the form leaves out
    broken: bool = False  # names broken over lines in their cells
    three_blocks: bool = False  # of 06: one for personnel, two for operation
    budget_first: bool = False  # 07: a block of budgets, and one of actual amounts
    line_numbers: bool = False  # a column 行次 in both halves of 01 and 04


@dataclass
class Sheet:
    """Collects the cells of one printed table."""

    name: str
    look: Look
    rng: random.Random
    cells: list[Cell] = field(default_factory=list)
    row: int = 0

    def put(self, text: str, row: int, col: int, role: str = "header", **spans: int) -> None:
        self.cells.append(Cell(text, row, col, role=role, **spans))  # type: ignore[arg-type]

    def label(self, text: str, col: int, **spans: int) -> None:
        """Put a label of the current row; long ones may be broken or justified."""
        if self.look.justified and len(text) > 9 and self.rng.random() < 0.3:
            text = " ".join(text)
        elif self.look.broken and len(text) > 8 and not text[0].isdigit():
            at = self.rng.randint(len(text) // 2, len(text) - 1)
            text = text[:at] + "\n" + text[at:]
        self.put(text, self.row, col, "label", **spans)

    def value(self, col: int, key: Key, amount: Decimal) -> None:
        """Put the number of the current row."""
        printed = print_amount(amount, self.look, self.rng)
        self.cells.append(Cell(printed.raw, self.row, col, role="value", key=key, printed=printed))

    def blanks(self, cols: Sequence[int]) -> None:
        for col in cols:
            self.put("", self.row, col, "value")

    def table(self, widths: Sequence[float], header_rows: int) -> Table:
        if self.name in self.look.empty_rows:
            self.blanks(range(len(widths)))
            self.row += 1
        return Table(self.name, list(widths), self.cells, header_rows=header_rows)


def print_amount(amount: Decimal, look: Look, rng: random.Random) -> Printed:
    """Print an amount in 万元, in the unit and with the zeros and separators of a look."""
    exact = amount * (10_000 if look.unit == "元" else 1)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not rounded:
        raw = look.zero if look.zero != "mixed" else rng.choice(("blank", "0", "0.00"))
        return Printed("", "blank") if raw == "blank" else Printed(raw, value=raw)
    separated = look.separators == "yes" or (look.separators == "mixed" and rng.random() < 0.5)
    return Printed(f"{rounded:,}" if separated else str(rounded), value=str(rounded))


def ordinal(number: int) -> str:
    """Return 一、 for 1, 二十四、 for 24."""
    tens, ones = divmod(number, 10)
    first = ("" if tens < 2 else _NUMERALS[tens - 1]) + ("十" if tens else "")
    return f"{first}{_NUMERALS[ones - 1] if ones else ''}、"


def _numbering(sheet: Sheet, labels: int, columns: int) -> None:
    if sheet.look.numbering:
        sheet.put("栏次", sheet.row, 0, colspan=labels)
        for col in range(columns):
            sheet.put(str(col + 1), sheet.row, labels + col)
        sheet.row += 1


_Side = list[tuple[str, str, list[tuple[Key, Decimal]] | None]]  # role, label, values


def _two_sides(sheet: Sheet, sides: tuple[_Side, _Side], counts: tuple[int, int]) -> None:
    """Put two independent lists of rows side by side; the shorter one gets empty cells."""
    more = int(sheet.look.line_numbers)
    longest = max(map(len, sides))
    for row in range(longest):
        col = 0
        for side, count in zip(sides, counts, strict=True):
            role, text, values = side[row] if row < len(side) else ("label", "", None)
            if role == "label":
                sheet.label(text, col)
            else:
                sheet.put(text, sheet.row, col, role)
            if more:
                number = row + 1 + (longest if col else 0)
                sheet.put(str(number), sheet.row, col + 1)
            if values:
                for at, (key, amount) in enumerate(values):
                    sheet.value(col + 1 + more + at, key, amount)
            else:
                sheet.blanks(range(col + 1 + more, col + 1 + more + count))
            col += 1 + more + count
        sheet.row += 1


def _two_sided_header(sheet: Sheet, left: Sequence[str], right: Sequence[str]) -> None:
    """Put the header of two halves, whose columns are named."""
    col = 0
    numbers = ["行次"] if sheet.look.line_numbers else []
    for text, (first, *others) in (("收入", left), ("支出", right)):
        names = [first, *numbers, *others]
        sheet.put(text, 0, col, colspan=len(names))
        for at, name in enumerate(names):
            sheet.put(name, 1, col + at)
        col += len(names)
    sheet.row = 2
    if sheet.look.numbering and sheet.look.line_numbers:
        sheet.put("栏次", 2, 0)
        sheet.put("", 2, 1)
        width = len(left) + 1
        for at in range(1, len(left)):
            sheet.put(str(at), 2, at + 1)
        sheet.put("栏次", 2, width)
        sheet.put("", 2, width + 1)
        for at in range(1, len(right)):
            sheet.put(str(at + len(left) - 1), 2, width + 1 + at)
        sheet.row = 3


def _function_rows(look: Look) -> list[tuple[str, str, str]]:
    """Return the code, the label and the id of each function line."""
    lines = [f for f in codes.FUNCTIONS if look.function_lines == 26 or f[0] not in
             codes.OPTIONAL_FUNCTIONS]  # fmt: skip
    return [(code, ordinal(n) + name, row) for n, (code, name, row) in enumerate(lines, start=1)]


def summary(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 01 收入支出决算总表."""
    sheet = Sheet("revenue_expenditure_summary", look, rng)
    incomes, spending = f"{sheet.name}_income", f"{sheet.name}_expenditure"
    sources = (*BUDGETS, *OWN)

    def row(table: str, row_id: str, text: str, amount: Decimal, role: str = "label") -> None:
        side = left if table == incomes else right
        side.append((role, text, [((table, row_id, "actual"), amount)]))

    left: _Side = []
    right: _Side = []
    names = [f"{name}收入" for name in _BUDGET_NAMES] + list(_OWN_NAMES)
    ids = [f"{budget}_appropriation" for budget in BUDGETS] + list(OWN)
    for n, (source, row_id, name) in enumerate(zip(sources, ids, names, strict=True), start=1):
        row(incomes, row_id, ordinal(n) + name, accounts.total("income", [source]))
    functions = _function_rows(look)
    for code, text, row_id in functions:
        row(spending, row_id, text, accounts.total("spent", sources, code))
    left += [("label", "", None)] * (len(right) - len(left))
    income, spent = accounts.total("income", sources), accounts.total("spent", sources)
    opening, closing = accounts.total("opening", sources), accounts.total("closing", sources)
    used = "使用非财政拨款结余" + ("（含专用结余）" if look.function_lines == 26 else "")
    row(incomes, "revenue_this_year_total", "本年收入合计", income, "group")
    row(incomes, "use_of_non_appropriation_surplus", used, accounts.surplus_used)
    row(incomes, "opening_carryover_and_surplus", "年初结转和结余", opening)
    row(incomes, "total", "总计", income + opening + accounts.surplus_used, "group")
    row(spending, "expenditure_this_year_total", "本年支出合计", spent, "group")
    row(spending, "surplus_distribution", "结余分配", accounts.surplus_distributed)
    row(spending, "closing_carryover_and_surplus", "年末结转和结余", closing)
    row(spending, "total", "总计", spent + closing + accounts.surplus_distributed, "group")
    _two_sided_header(sheet, ("项目", "决算数"), ("项目", "决算数"))
    header = sheet.row
    _two_sides(sheet, (left, right), (1, 1))
    widths = (17, 3, 9, 18, 3, 9) if look.line_numbers else (17, 9, 18, 9)
    return sheet.table(widths, header)


def appropriations(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 04 财政拨款收入支出决算总表."""
    sheet = Sheet("appropriation_summary", look, rng)
    incomes, spending = f"{sheet.name}_income", f"{sheet.name}_expenditure"
    left: _Side = []
    right: _Side = []

    def income(row_id: str, text: str, amount: Decimal, role: str = "label") -> None:
        left.append((role, text, [((incomes, row_id, "actual"), amount)]))

    def spent(
        row_id: str, text: str, amount: Callable[[Sequence[str]], Decimal], role: str = "label"
    ) -> None:
        values = [((spending, row_id, "total"), amount(BUDGETS))]
        values += [((spending, row_id, budget), amount([budget])) for budget in BUDGETS]
        right.append((role, text, values))

    named = list(zip(BUDGETS, _BUDGET_NAMES, strict=True))
    total, opening = accounts.total("income", BUDGETS), accounts.total("opening", BUDGETS)
    for n, (budget, name) in enumerate(named, start=1):
        income(budget, ordinal(n) + name, accounts.total("income", [budget]))
    for code, text, row_id in _function_rows(look):
        spent(row_id, text, lambda b, c=code: accounts.total("spent", b, c))  # type: ignore[misc]
    left += [("label", "", None)] * (len(right) - len(left))
    income("revenue_this_year_total", "本年收入合计", total, "group")
    income("opening_appropriation_carryover", "年初财政拨款结转和结余", opening)
    for n, (budget, name) in enumerate(named, start=1):
        row_id = f"opening_appropriation_carryover_{budget}"
        income(row_id, ordinal(n) + name, accounts.total("opening", [budget]))
    income("total", "总计", total + opening, "group")
    spent(
        "expenditure_this_year_total", "本年支出合计", lambda b: accounts.total("spent", b), "group"
    )
    spent("closing_appropriation_carryover", "年末财政拨款结转和结余",
          lambda b: accounts.total("closing", b))  # fmt: skip
    right += [("label", "", None)] * 3
    spent(
        "total",
        "总计",
        lambda b: accounts.total("spent", b) + accounts.total("closing", b),
        "group",
    )
    _two_sided_header(sheet, ("项目", "决算数"), ("项目", "合计", *_BUDGET_NAMES))
    header = sheet.row
    _two_sides(sheet, (left, right), (1, 4))
    widths = (22, 11, 22, 11, 12, 12, 12)
    if look.line_numbers:
        widths = (22, 4, 11, 22, 4, 11, 12, 12, 12)  # type: ignore[assignment]
    return sheet.table(widths, header)


Columns = Sequence[tuple[str, str]]  # id and label
Amount = Callable[[str, str], Decimal]  # column id, prefix of codes ("" for all)


def coded(
    name: str, look: Look, rng: random.Random, columns: Columns, rows: Sequence[str],
    amount: Amount, total: str,
) -> Table:  # fmt: skip
    """Return a table with a row for each code; ``total`` says where 合计 stands."""
    sheet = Sheet(name, look, rng)
    labels = {"one": 2, "three": 4, "glued": 1}[look.code_columns]
    depth = {"one": 2, "three": 3, "glued": 1}[look.code_columns]
    in_header = total == "header" and look.code_columns == "three"
    sheet.put("项目", 0, 0, colspan=labels)
    if look.code_columns == "one":
        sheet.put("功能分类科目编码", 1, 0)
        sheet.put("科目名称", 1, 1)
    if look.code_columns == "three":
        sheet.put("支出功能分类科目编码", 1, 0, colspan=3)
        sheet.put("科目名称", 1, 3, rowspan=1 if in_header else 2)
        for col, text in enumerate("类款项"):
            sheet.put(text, 2, col)
    for at, (_, text) in enumerate(columns):
        sheet.put(text, 0, labels + at, rowspan=depth - in_header)
    sheet.row = depth
    _numbering(sheet, labels, len(columns))

    def values(code: str) -> None:
        for at, (column, _) in enumerate(columns):
            sheet.value(labels + at, (name, code or "total", column), amount(column, code))

    def put_total() -> None:
        if in_header:
            sheet.row = 2
            sheet.put("合计", 2, 3)
        else:
            sheet.put("合计", sheet.row, 0, "group", colspan=labels)
        values("")
        sheet.row += 1

    if total != "last":
        put_total()
    for code in rows:
        _code_cells(sheet, code, codes.NAMES[code])
        values(code)
        sheet.row += 1
    if total == "last":
        put_total()
    code_widths = {"one": (11.0, 24.0), "three": (5.0, 4.5, 4.5, 24.0), "glued": (30.0,)}
    widths = [*code_widths[look.code_columns], *[10.0] * len(columns)]
    return sheet.table(widths, depth)


def _code_cells(sheet: Sheet, code: str, name: str) -> None:
    if sheet.look.code_columns == "glued":
        sheet.put(code + name, sheet.row, 0, "label")
        return
    if sheet.look.code_columns == "one":
        sheet.put(code, sheet.row, 0, "label")
        sheet.label(name, 1)
        return
    for col, part in enumerate((code[:3], code[3:5], code[5:])):
        sheet.put(part, sheet.row, col, "label")
    sheet.label(name, 3)


def revenue(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 02 收入决算表."""
    sources = (*BUDGETS, *OWN)
    of_column = {"revenue_this_year_total": sources, "appropriation": BUDGETS}
    labels = ("本年收入合计", "财政拨款收入", *_OWN_NAMES)

    def amount(column: str, code: str) -> Decimal:
        return accounts.total("income", of_column.get(column, (column,)), code)

    columns = list(zip(_REVENUE, labels, strict=True))
    where = "header" if look.total_in_header else "first"
    return coded("revenue", look, rng, columns, accounts.codes(sources), amount, where)


def expenditure(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 03 支出决算表."""
    sources = (*BUDGETS, *OWN)
    labels = (
        "本年支出合计",
        "基本支出",
        "项目支出",
        "上缴上级支出",
        "经营支出",
        "对附属单位补助支出",
    )
    attributes = {"expenditure_this_year_total": "spent", "basic": "basic", "project": "project"}

    def amount(column: str, code: str) -> Decimal:
        attribute = attributes.get(column)
        return accounts.total(attribute, sources, code) if attribute else ZERO

    columns = list(zip(_SPENDING, labels, strict=True))
    where = "header" if look.total_in_header else "first"
    return coded("expenditure", look, rng, columns, accounts.codes(sources), amount, where)


def general_expenditure(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 05 一般公共预算财政拨款支出决算表."""
    columns = (("total", "合计"), ("basic", "基本支出"), ("project", "项目支出"))

    def amount(column: str, code: str) -> Decimal:
        return accounts.total("spent" if column == "total" else column, BUDGETS[:1], code)

    rows = accounts.codes(BUDGETS[:1])
    where = look.general_total
    return coded("general_budget_expenditure", look, rng, columns, rows, amount, where)


def economic(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 06 一般公共预算财政拨款基本支出决算表."""
    if look.three_blocks:
        return _economic_in_blocks(accounts, look, rng)
    name = "general_budget_basic_expenditure"
    sheet = Sheet(name, look, rng)
    split = look.code_columns == "three"
    labels = {"one": 2, "three": 3, "glued": 1}[look.code_columns]
    width = labels + 1
    for first in (0, width):
        if split:
            sheet.put("经济分类科目编码", 0, first, colspan=2)
            sheet.put("类", 1, first)
            sheet.put("款", 1, first + 1)
        else:
            sheet.put("经济分类科目" + ("" if labels == 1 else "编码"), 0, first)
        if labels > 1:
            sheet.put("科目名称", 0, first + labels - 1, rowspan=2 if split else 1)
        sheet.put("决算数", 0, first + labels, rowspan=2 if split else 1)
    header = sheet.row = 2 if split else 1
    listed = [code for code in codes.ECONOMIC if code not in look.missing_codes]
    halves = [[c for c in listed if c[:3] in kinds] for kinds in (codes.PERSONNEL, codes.OPERATING)]
    for row in range(max(map(len, halves))):
        for half, first in zip(halves, (0, width), strict=True):
            if row >= len(half):
                sheet.blanks(range(first, first + width))
                continue
            code, text = half[row], codes.ECONOMIC[half[row]]
            if labels == 1:
                sheet.put(code + text, sheet.row, first, "label")
            elif split:
                sheet.put(code[:3], sheet.row, first, "label")
                sheet.put(code[3:], sheet.row, first + 1, "label")
            else:
                sheet.put(code, sheet.row, first, "label")
            if labels > 1:
                sheet.label(text, first + labels - 1)
            sheet.value(first + labels, (name, code, "actual"), accounts.economic_total([code]))
        sheet.row += 1
    totals = (("personnel_funds_total", "人员经费合计", codes.PERSONNEL),
              ("operating_funds_total", "公用经费合计", codes.OPERATING))  # fmt: skip
    for (row_id, text, prefixes), first in zip(totals, (0, width), strict=True):
        sheet.put(text, sheet.row, first, "group", colspan=labels)
        sheet.value(first + labels, (name, row_id, "actual"), accounts.economic_total(prefixes))
    sheet.row += 1
    widths = {"one": (9, 19, 11), "three": (5, 4, 19, 11), "glued": (26, 11)}[look.code_columns]
    return sheet.table([float(w) for w in (*widths, *widths)], header)


def _economic_in_blocks(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 06 in three blocks side by side: personnel, and operation in two."""
    name = "general_budget_basic_expenditure"
    sheet = Sheet(name, look, rng)
    sheet.put("人员经费", 0, 0, colspan=3)
    sheet.put("公用经费", 0, 3, colspan=6)
    for col, text in enumerate(("科目编码", "科目名称", "决算数") * 3):
        sheet.put(text, 1, col)
    sheet.row = 2
    listed = [code for code in codes.ECONOMIC if code not in look.missing_codes]
    personnel = [c for c in listed if c[:3] in codes.PERSONNEL]
    operating = [c for c in listed if c[:3] in codes.OPERATING]
    cut = max(len(personnel), (len(operating) + 1) // 2)
    blocks = (personnel, operating[:cut], operating[cut:])
    for row in range(max(map(len, blocks))):
        for block, first in zip(blocks, (0, 3, 6), strict=True):
            if row >= len(block):
                sheet.blanks(range(first, first + 3))
                continue
            sheet.put(block[row], sheet.row, first, "label")
            sheet.label(codes.ECONOMIC[block[row]], first + 1)
            key = (name, block[row], "actual")
            sheet.value(first + 2, key, accounts.economic_total([block[row]]))
        sheet.row += 1
    sheet.put("人员经费合计", sheet.row, 0, "group", colspan=2)
    total = accounts.economic_total(codes.PERSONNEL)
    sheet.value(2, (name, "personnel_funds_total", "actual"), total)
    sheet.put("公用经费合计", sheet.row, 3, "group", colspan=5)
    total = accounts.economic_total(codes.OPERATING)
    sheet.value(8, (name, "operating_funds_total", "actual"), total)
    sheet.row += 1
    return sheet.table((7, 16, 10) * 3, 2)


def _public_in_blocks(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 07 with a block of budgets and one of actual amounts."""
    name = "three_public_expenses"
    sheet = Sheet(name, look, rng)
    items = ("total", "overseas_visits", "official_vehicles", "official_vehicles_purchase",
             "official_vehicles_operation", "official_hospitality")  # fmt: skip
    for first, column, text in ((0, "budget", "预算数"), (6, "actual", "决算数")):
        sheet.put(text, 0, first, colspan=6)
        for col, item in ((0, "合计"), (1, "因公出国（境）费"), (5, "公务接待费")):
            sheet.put(item, 1, first + col, rowspan=2)
        sheet.put("公务用车购置及运行维护费", 1, first + 2, colspan=3)
        for col, item in ((2, "小计"), (3, "公务用车购置费"), (4, "公务用车运行维护费")):
            sheet.put(item, 2, first + col)
        for col, item in enumerate(items):
            sheet.row = 3 + look.numbering
            if look.numbering:
                sheet.put(str(first + col + 1), 3, first + col)
            sheet.value(first + col, (name, item, column), accounts.public[item, column])
    sheet.row += 1
    return sheet.table([1.0] * 12, 3 + look.numbering)


def three_public(accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 07 财政拨款“三公”经费支出决算表."""
    if look.budget_first:
        return _public_in_blocks(accounts, look, rng)
    name = "three_public_expenses"
    sheet = Sheet(name, look, rng)
    vehicles = "公务用车购置及运行费" if look.short_vehicles else "公务用车购置及运行维护费"
    running = "公务用车运行费" if look.short_vehicles else "公务用车运行维护费"
    more = int(look.short_vehicles)
    sheet.put("财政拨款“三公”经费", 0, 0, colspan=12)
    for col, text in ((0, "合计"), (2, "因公出国（境）费"), (10, "公务接待费")):
        sheet.put(text, 1, col, rowspan=2 + more, colspan=2)
    sheet.put(vehicles, 1, 4, colspan=6)
    for col, text in ((4, "小计"), (6, "公务用车购置费"), (8, running)):
        sheet.put(text, 2, col, colspan=2, rowspan=1)
        if more:
            sheet.put("", 3, col, colspan=2)
    items = ("total", "overseas_visits", "official_vehicles", "official_vehicles_purchase",
             "official_vehicles_operation", "official_hospitality")  # fmt: skip
    sheet.row = 4 + more
    for at, item in enumerate(items):
        for offset, (column, text) in enumerate((("budget", "预算数"), ("actual", "决算数"))):
            sheet.put(text, 3 + more, 2 * at + offset)
            sheet.value(2 * at + offset, (name, item, column), accounts.public[item, column])
    sheet.row += 1
    return sheet.table([1.0] * 12, 4 + more)


def funds(name: str, accounts: Accounts, look: Look, rng: random.Random) -> Table:
    """Return 08 or 09, the income and expenditure of one budget."""
    sheet = Sheet(name, look, rng)
    split = look.code_columns == "three"
    glued = look.code_columns == "glued"
    labels = 4 if split else 1 if glued else 2
    columns = (("opening_carryover", "年初结转和结余"), ("revenue_this_year", "本年收入"),
               ("expenditure_this_year", "小计" if look.fund_total == "last" else "合计"),
               ("basic", "基本支出"), ("project", "项目支出"),
               ("closing_carryover", "年末结转和结余"))  # fmt: skip
    attributes = ("opening", "income", "spent", "basic", "project", "closing")
    in_header = look.fund_total == "header" and not split
    depth = 3
    sheet.put("项目", 0, 0, colspan=labels, rowspan=3 if glued else 1)
    if split:
        sheet.put("支出功能分类科目编码", 1, 0, colspan=3)
        sheet.put("科目名称", 1, 3, rowspan=2)
        for col, text in enumerate("类款项"):
            sheet.put(text, 2, col)
    elif not glued:
        deep = 1 if in_header else 2
        sheet.put("功能分类科目编码", 1, 0, rowspan=deep)
        sheet.put("科目名称", 1, 1, rowspan=deep)
    for at in (0, 1, 5):
        sheet.put(columns[at][1], 0, labels + at, rowspan=2 if in_header else 3)
    sheet.put("本年支出", 0, labels + 2, colspan=3, rowspan=2)
    for at in (2, 3, 4):
        sheet.put(columns[at][1], 2, labels + at)

    def values(code: str, which: Sequence[int]) -> None:
        for at in which:
            amount = accounts.total(attributes[at], [name], code)
            sheet.value(labels + at, (name, code or "total", columns[at][0]), amount)

    sheet.row = depth
    if in_header:
        sheet.row = 2
        sheet.put("合计", 2, 0, "group", colspan=2)
        values("", (0, 1, 5))
        sheet.row = 3
    rows = accounts.codes([name])
    for code in rows:
        _code_cells(sheet, code, codes.NAMES[code])
        values(code, range(6))
        sheet.row += 1
    for _ in range(0 if rows else 3):
        sheet.blanks(range(labels + 6))
        sheet.row += 1
    if not in_header:
        sheet.put("合计", sheet.row, 0, "group", colspan=labels)
        values("", range(6))
        sheet.row += 1
    widths = [5.0, 4.5, 4.5, 22.0] if split else [30.0] if glued else [11.0, 24.0]
    return sheet.table([*widths, *[11.0] * 6], depth)
