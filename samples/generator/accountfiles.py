"""Make final accounts (部门决算) with their expected results: ``python -m generator accounts``."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pikepdf

from . import (
    accountprose,
    accounts,
    accounttables,
    accounttext,
    bodies,
    browser,
    drawn,
    office,
    postprocess,
    truth,
)
from .accountsums import failing_checks
from .accounttables import Look
from .drawer import Positions
from .model import Break, Cell, Document, Item, Para, Printed, Table
from .style import Style

FAMILY, FORM = "final-accounts", "2024"
_TWO_SIDED = ("revenue_expenditure_summary", "appropriation_summary")
_WIDE = {"revenue", "expenditure", "appropriation_summary", "three_public_expenses",
         "government_managed_funds", "state_capital_operations"}  # fmt: skip


@dataclass
class Plan:
    """What one file is made of."""

    name: str
    seed: int
    engine: str  # drawn, browser or office
    look: Look = field(default_factory=Look)
    style: Style = field(default_factory=Style)
    year: int = 2024
    body: bodies.Body | None = None  # drawn from the seed if not given
    extras: tuple[str, ...] = ()  # beside the general public budget: own, funds, capital
    public: str = "all"
    notes: bool = True
    no_data: str = "说明"  # the first word of the sentence below empty tables; "" for none
    order: tuple[str, ...] = tuple(accounttext.CAPTIONS)
    captions: Mapping[str, str] = field(default_factory=dict)  # others than the usual ones
    numbered: str = ""  # before each caption, for example 表{n}：
    unknown: tuple[str, ...] = ()  # captions of tables that no form has
    tables_last: bool = False  # after the prose
    higher_body: bool = False  # the heading of the tables names the body above
    dotted: bool = False  # the contents have page numbers
    fault: str = ""  # a print fault: digit, slide or cell
    cases: tuple[str, ...] = ()
    prose: str = "shanghai"  # the style of the explanations: or sichuan, xinjiang, central
    prose_unit: str = "万元"
    contradictions: tuple[str, ...] = ()  # of the explanations to the tables


_BUILDERS: dict[str, Callable[[accounts.Accounts, Look, random.Random], Table]] = {
    "revenue_expenditure_summary": accounttables.summary,
    "revenue": accounttables.revenue,
    "expenditure": accounttables.expenditure,
    "appropriation_summary": accounttables.appropriations,
    "general_budget_expenditure": accounttables.general_expenditure,
    "general_budget_basic_expenditure": accounttables.economic,
    "three_public_expenses": accounttables.three_public,
}


def make(plan: Plan, out: Path) -> Path:
    """Make one file and its expected results in the folder ``out``; returns its path."""
    rng = random.Random(plan.seed)
    body = plan.body or bodies.make(rng, "office")
    figures = accounts.draw(rng, plan.extras, plan.public, plan.look.missing_codes)
    tables = {
        name: build(figures, plan.look, rng)
        if (build := _BUILDERS.get(name))
        else accounttables.funds(name, figures, plan.look, rng)
        for name in plan.order
    }
    if plan.fault:
        _FAULTS[plan.fault](tables, rng)
    printed = {c.key: c.printed for t in tables.values() for c in t.cells if c.key and c.printed}
    teller = accountprose.Teller(
        random.Random(plan.seed), body.name, plan.year, printed, plan.prose_unit, plan.look.unit,
        plan.prose, list(plan.contradictions),
    )  # fmt: skip
    items = _items(plan, body, tables, accountprose.explanations(teller))
    path = out / f"{plan.name}.pdf"
    positions = _render(plan, items, path, f"{body.name}{plan.year}年度部门决算")
    _write_truth(plan, teller, tables, path, positions)
    return path


def _items(
    plan: Plan, body: bodies.Body, tables: Mapping[str, Table], prose: list[Item]
) -> list[Item]:
    captions = {name: plan.captions.get(name, accounttext.CAPTIONS[name]) for name in tables}
    above = f"{body.place}政务局" if plan.higher_body else body.name
    head = f"第二部分  {above}{plan.year}年度部门决算表"
    listed = [*captions.values(), *plan.unknown]
    items = accounttext.cover(body.name, plan.year)
    items += [Break(), *accounttext.contents(listed, head, plan.dotted), Break()]
    items += [*accounttext.overview(body.name, _units(body.name)), Break()]
    parts: list[Item] = [Para(head, "heading")]
    is_wide = False
    printed: list[tuple[str, Table]] = [*((captions[n], t) for n, t in tables.items())]
    printed += [(text, _other()) for text in plan.unknown]
    for number, (caption, table) in enumerate(printed, start=1):
        wide = table.table_id in _WIDE
        if wide != is_wide:
            parts.append(Break(landscape=wide))
        elif number > 1:
            parts.append(Break())
        is_wide = wide
        parts.append(Para(plan.numbered.format(n=number) + caption, "center"))
        parts.append(Para(f"单位：{plan.look.unit}", "sign"))
        parts += [table, *_below(plan, body.name, table)]
    parts.append(Break(landscape=False) if is_wide else Break())
    if plan.tables_last:
        return [*items, *prose, *accounttext.terms(), Break(), *parts[:-1]]
    return [*items, *parts, *prose, *accounttext.terms()]


def _below(plan: Plan, body: str, table: Table) -> list[Item]:
    """Return the notes below a table."""
    below: list[Item] = []
    if plan.notes and (note := accounttext.NOTES.get(table.table_id)):
        below.append(Para(f"注：{note}", "note"))
    empty = all(c.printed is None or c.printed.value is None for c in table.cells)
    if plan.no_data and empty and (what := accounttext.NO_DATA.get(table.table_id)):
        sentence = f"{plan.no_data}：{body}本年度没有{what}，故本表无数据。"
        below.append(Para(sentence, "note"))
    return below


def _units(body: str) -> Table:
    """Return the ruled list of the units whose accounts are included."""
    rows = [
        ("序号", "单位名称", "备注"),
        ("1", f"{body}（本级）", ""),
        ("2", f"{body}服务中心", ""),
    ]
    cells = [
        Cell(text, row, col, role="label" if row and col == 1 else "header")
        for row, texts in enumerate(rows)
        for col, text in enumerate(texts)
    ]
    return Table("units", [1.0, 5.0, 2.0], cells, header_rows=1)


def _other() -> Table:
    """Return a table that no form has, with labels that official tables have too."""
    texts = [("项目", "合计", "基本支出", "项目支出"), ("货物", "12.00", "2.00", "10.00"),
             ("服务", "30.50", "0.50", "30.00"), ("合计", "42.50", "2.50", "40.00")]  # fmt: skip
    cells = [
        Cell(text, row, col, role="header" if not row else "label" if not col else "value")
        for row, line in enumerate(texts)
        for col, text in enumerate(line)
    ]
    return Table("other", [3.0, 1.0, 1.0, 1.0], cells, header_rows=1)


def _render(plan: Plan, items: list[Item], path: Path, title: str) -> Positions | None:
    document = Document([items])
    if plan.engine == "drawn":
        return drawn.render(document, plan.style, path, title)
    if plan.engine == "browser":
        browser.render(document, plan.style, path, title, tagged=False)
    else:
        office.render(document, plan.style, path, title)
    postprocess.make_reproducible(path)
    return None


def _write_truth(
    plan: Plan,
    teller: accountprose.Teller,
    tables: Mapping[str, Table],
    path: Path,
    positions: Positions | None,
) -> None:
    body = teller.body
    cells = [cell for table in tables.values() for cell in table.cells]
    printed = {cell.key: cell.printed for cell in cells if cell.key and cell.printed}
    fails = failing_checks(printed)
    ids = [
        f"{name}_{half}" if name in _TWO_SIDED else name
        for name in tables
        for half in (("income", "expenditure") if name in _TWO_SIDED else ("",))
    ]
    with pikepdf.open(path) as pdf:
        pages = len(pdf.pages)
    report = {
        "page_first": 1,
        "page_last": pages,
        "title": truth.fold(f"{body}{plan.year}年度部门决算"),
        "agency": body,
        "year": plan.year,
        "form": FORM,
        "table_forms": dict.fromkeys(ids, FORM),
        "status": "print_fault" if fails else "proved",
        "observations": truth.observations(cells, positions.cells if positions else {}),
        "sections": [],
        "figures": [[told.metric, told.raw, told.agrees] for told in teller.told],
        "failing_checks": [{"check_id": check, "cause": "print"} for check in fails],
    }
    cases = list(plan.cases or ("accounts",))
    head = {"file": path.name, "family": FAMILY, "engine": plan.engine, "cases": cases}
    truth.write_reports(path.with_suffix(".expected.json"), head, [report])


# -- print faults ---------------------------------------------------------------------------------
def _reprint(cell: Cell, value: Decimal) -> None:
    assert cell.printed is not None
    separated = "," in cell.printed.raw
    cell.text = f"{value:,}" if separated else str(value)
    cell.printed = Printed(cell.text, value=str(value))


def _numbers(table: Table, column: str) -> list[Cell]:
    cells = [c for c in table.cells if c.key and c.key[2] == column and c.printed]
    return sorted((c for c in cells if c.printed and c.printed.value), key=lambda c: c.row)


def _lost_digit(tables: Mapping[str, Table], _rng: random.Random) -> None:
    """A 款 of 03 loses a digit."""
    cells = [
        c for c in _numbers(tables["expenditure"], "basic") if c.key and c.key[1][4:5].isdigit()
    ]
    cell = max(cells, key=lambda c: Decimal(c.printed.value or 0) if c.printed else Decimal(0))
    digits = str(cell.printed.value) if cell.printed else ""
    _reprint(cell, Decimal(digits[:1] + digits[2:]))


def _slide(tables: Mapping[str, Table], _rng: random.Random) -> None:
    """The numbers of 05's column 基本支出 stand one row too high."""
    table = tables["general_budget_expenditure"]
    cells = sorted((c for c in table.cells if c.key and c.key[2] == "basic"), key=lambda c: c.row)
    texts = [(c.text, c.printed) for c in cells]
    for cell, (text, printed) in zip(cells, [*texts[1:], texts[0]], strict=True):
        cell.text, cell.printed = text, printed


def _wrong_cell(tables: Mapping[str, Table], rng: random.Random) -> None:
    """A function line of 01 is wrong."""
    cells = _numbers(tables["revenue_expenditure_summary"], "actual")
    lines = [c for c in cells if c.key and c.key[0].endswith("expenditure") and c.row < 26]
    cell = rng.choice([c for c in lines if c.printed and Decimal(c.printed.value or 0)])
    _reprint(cell, Decimal(cell.printed.value or 0) + Decimal("10.00"))  # type: ignore[union-attr]


_FAULTS: dict[str, Callable[[Mapping[str, Table], random.Random], None]] = {
    "digit": _lost_digit,
    "slide": _slide,
    "cell": _wrong_cell,
}
