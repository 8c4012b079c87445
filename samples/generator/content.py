"""Build a report from a seed: body, year, numbers and prose."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from . import amounts, forms, tables
from .bodies import Body
from .model import Item, Key, Para, Printed, Report, Section
from .prose import Prose


@dataclass
class Plan:
    """The decisions about a report before its tables are laid out; cases may change any of them."""

    body: Body
    year: int
    form: str = "2021"
    scale: str = "county"
    table_forms: dict[str, str] = field(default_factory=dict)
    single_other: bool = False  # （六）其他处理 as one row in the 2021 form
    split: bool = False  # section 二 as one table for each block
    article_outside: bool = False  # article lines as paragraphs before the tables of section 二
    results: tuple[forms.ResultRow, ...] | None = None  # group 三 in another order
    printed: dict[Key, Printed] = field(default_factory=dict)
    title_lines: list[str] | None = None
    titles: dict[str, str] = field(
        default_factory=dict
    )  # section titles that differ from the official ones
    missing: dict[str, str] = field(
        default_factory=dict
    )  # table id -> the sentence that replaces it
    brief: bool = False  # little prose, for a small file

    def form_of(self, table: str) -> str:
        """Return the form in which a table is printed."""
        return self.table_forms.get(table, self.form)

    def value(self, table: str, row: str, column: str) -> int:
        """Return the count that a cell prints."""
        return int(self.printed[table, row, column].value or 0)


def fill_numbers(plan: Plan, rng: random.Random) -> None:
    """Draw a number for every cell of the plan's forms."""
    plan.printed = amounts.as_printed(
        amounts.disclosure(rng, plan.form_of("proactive_disclosure"), plan.scale)
        | amounts.applications(rng, plan.form_of("applications"), plan.scale, plan.single_other)
        | amounts.review(rng, plan.scale)
    )


def default_title(body: Body, year: int, rng: random.Random) -> list[str]:
    """Return the lines of a title in one of the usual forms."""
    return rng.choice(
        (
            [body.name, f"{year}年政府信息公开工作年度报告"],
            [f"{body.name}{year}年", "政府信息公开工作年度报告"],
            [f"{body.name}", f"{year} 年政府信息公开工作年度报告"],
        )
    )


def build_report(plan: Plan, rng: random.Random) -> Report:
    """Lay out the report of a plan whose cells have numbers."""
    columns = (forms.RECEIVED, forms.CARRIED_IN, forms.PROCESSED, forms.CARRIED_OUT)
    counts = [plan.value("applications", row, "total") for row in columns]
    requests = dict(zip(("received", "carried", "done", "left"), counts, strict=True))
    prose = Prose(rng, plan.body, plan.year, requests)
    single = plan.single_other
    grids: dict[str, list[Item]] = {
        "proactive_disclosure": tables.disclosure(
            plan.form_of("proactive_disclosure"), plan.printed, plan.split, plan.article_outside
        ),
        "applications": [
            tables.applications(plan.form_of("applications"), plan.printed, single, plan.results)
        ],
        "review_litigation": [tables.review(plan.printed)],
    }
    for table, sentence in plan.missing.items():
        grids[table] = [Para(sentence)]
    contents: dict[str, list[Item]] = {
        "一": list(prose.section_one(plan.brief)),
        "二": grids["proactive_disclosure"],
        "三": grids["applications"],
        "四": grids["review_litigation"],
        "五": list(prose.section_five()),
        "六": list(prose.section_six()),
    }
    sections = []
    for number, items in contents.items():
        title = plan.titles.get(number, forms.SECTION_TITLES[number])
        sections.append(Section(number, title, f"{number}、{title}", items))
    intro: list[Item] = list(prose.intro())
    return Report(
        title_lines=plan.title_lines or default_title(plan.body, plan.year, rng),
        agency=plan.body.name,
        year=plan.year,
        form=plan.form,
        table_forms={table: plan.form_of(table) for table in grids if table not in plan.missing},
        preamble=intro,
        sections=sections,
        status="incomplete" if plan.missing else None,
        single_other=single,
    )
