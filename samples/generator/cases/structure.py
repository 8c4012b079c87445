"""Cases of tables: their forms, missing tables and rows, and the order of rows."""

from __future__ import annotations

from collections.abc import Callable

from .. import forms
from ..model import Cell
from .registry import Job, add


def plan_changes(**changes: object) -> Callable[[Job], None]:
    """Return a change that sets attributes of the plan."""

    def hook(job: Job) -> None:
        for name, value in changes.items():
            setattr(job.plan, name, value)

    return hook


def _old_form_late(job: Job) -> None:
    job.plan.form = "2019"
    job.plan.year = job.rng.choice((2021, 2022, 2023))


def _new_form(job: Job) -> None:
    job.plan.form = "2021"
    job.plan.year = max(job.plan.year, 2021)


def _mixed_section(job: Job) -> None:
    _new_form(job)
    job.plan.table_forms = {"proactive_disclosure": "mixed"}


def _mixed_tables(job: Job) -> None:
    _new_form(job)
    job.plan.table_forms = {"proactive_disclosure": "2019"}


def _single_other(job: Job) -> None:
    _new_form(job)
    job.plan.single_other = True


def _row_numbers(job: Job, row: forms.ResultRow) -> list[str]:
    columns = [column for column, _ in forms.APPLICANTS]
    return [job.plan.printed["applications", row.row_id, column].raw for column in columns]


def _swap(distance: int, renumber: bool) -> Callable[[Job], None]:
    """Return a change that swaps two rows of one group, with their numbers.

    Their ordinals stay with their labels, unless ``renumber`` makes them follow the new order.
    """

    def hook(job: Job) -> None:
        plan = job.plan
        rows = list(forms.result_rows(plan.form_of("applications"), plan.single_other))
        pairs = [
            (i, i + distance)
            for i in range(len(rows) - distance)
            if rows[i].leaf and rows[i].group == rows[i + distance].group
        ]
        distinguishable = [
            pair
            for pair in pairs
            if _row_numbers(job, rows[pair[0]]) != _row_numbers(job, rows[pair[1]])
        ]
        first, second = job.rng.choice(distinguishable or pairs)
        a, b = rows[first], rows[second]
        if renumber:
            a = forms.ResultRow(a.row_id, a.group, b.leaf[:2] + a.leaf[2:])
            b = forms.ResultRow(b.row_id, b.group, rows[first].leaf[:2] + b.leaf[2:])
        rows[first], rows[second] = b, a
        plan.results = tuple(rows)
        for key, printed in plan.printed.items():
            if key[0] == "applications" and key[1] in (a.row_id, b.row_id):
                printed.expect = "flag"

    return hook


def _missing(table: str, *sentences: str) -> Callable[[Job], None]:
    """Return a change that replaces a table by one of several sentences."""

    def hook(job: Job) -> None:
        if table == "applications":
            job.plan.scale = "none"
        job.plan.missing = {table: job.rng.choice(sentences).format(year=job.plan.year)}

    return hook


def _leave_out_rules_row(job: Job) -> None:
    """Leave out the row 规章, as bodies do that issue none.

    A reader cannot tell such a row from one that it has lost, so the report counts as incomplete.
    """
    job.built_report().status = "incomplete"
    table = job.table("proactive_disclosure")
    left_out = next(cell.row for cell in table.cells if cell.mark == "rules")
    kept: list[Cell] = []
    for cell in table.cells:
        if cell.row != left_out:
            cell.row -= cell.row > left_out
            kept.append(cell)
    table.cells = kept


GROUP = "tables and forms"
add(
    "disclosure-split",
    GROUP,
    "section two as four or five tables",
    slots="section-two",
    change_plan=plan_changes(split=True),
)
add(
    "disclosure-article-outside",
    GROUP,
    "article lines as paragraphs outside the tables",
    slots="section-two",
    change_plan=plan_changes(split=True, article_outside=True),
)
add(
    "form-2019-late",
    GROUP,
    "the 2019 form in a later year",
    slots="form",
    change_plan=_old_form_late,
)
add(
    "form-mixed-section",
    GROUP,
    "2019 columns in block （一）, 2021 columns in the others",
    slots="form section-two",
    change_plan=_mixed_section,
)
add(
    "form-mixed-tables",
    GROUP,
    "section two in the 2019 form, section three in the 2021 form",
    slots="form section-two",
    change_plan=_mixed_tables,
)
add(
    "other-single",
    GROUP,
    "（六）其他处理 as one row in a 2021 form",
    slots="form groups",
    change_plan=_single_other,
)
add(
    "rows-swapped",
    GROUP,
    "two neighbouring rows swapped",
    slots="order labels groups",
    change_plan=plan_changes(scale="county"),
    change_cells=_swap(1, False),
    expects="both rows flagged",
)
add(
    "rows-swapped-renumbered",
    GROUP,
    "two neighbouring rows swapped, with ordinals in the new order",
    slots="order labels groups",
    change_plan=plan_changes(scale="county"),
    change_cells=_swap(1, True),
    expects="both rows flagged",
)
add(
    "rows-swapped-apart",
    GROUP,
    "two rows swapped that are not neighbours",
    slots="order labels groups",
    change_plan=plan_changes(scale="county"),
    change_cells=_swap(2, False),
    expects="both rows flagged",
)
add(
    "missing-applications",
    GROUP,
    "a sentence instead of the table in section three",
    slots="missing pages cells faults groups headers over margins widths turn order labels",
    expects="status incomplete",
    change_plan=_missing(
        "applications",
        "本年度未收到政府信息公开申请。",
        "{year}年，本机关未收到政府信息公开申请，无上年结转申请。",
    ),
)
add(
    "missing-review",
    GROUP,
    "a sentence instead of the table in section four",
    slots="missing pages review faults headers over margins widths turn order labels cells",
    expects="status incomplete",
    change_plan=_missing(
        "review_litigation",
        "本年度未发生因政府信息公开引起的行政复议、行政诉讼。",
        "{year}年没有政府信息公开行政复议和行政诉讼案件。",
    ),
)
add(
    "missing-disclosure",
    GROUP,
    "a sentence instead of the table in section two",
    slots="missing section-two form pages headers over margins widths turn order labels cells",
    expects="status incomplete",
    change_plan=_missing(
        "proactive_disclosure", "本单位无规章、行政规范性文件，也无行政许可、行政处罚事项。"
    ),
)
add(
    "row-left-out",
    GROUP,
    "the row 规章 is not printed",
    slots="section-two",
    expects="status incomplete",
    change_report=_leave_out_rules_row,
)
