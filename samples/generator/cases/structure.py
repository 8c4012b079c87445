"""Which tables are printed, in which form, in which order."""

from __future__ import annotations

from collections.abc import Callable

from .. import forms
from ..model import Cell
from .registry import Job, add


def _plan(**changes: object) -> Callable[[Job], None]:
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


def _mixed(job: Job) -> None:
    _new_form(job)
    job.plan.table_forms = {"proactive_disclosure": "mixed"}


def _mixed_tables(job: Job) -> None:
    _new_form(job)
    job.plan.table_forms = {"proactive_disclosure": "2019"}


def _single_other(job: Job) -> None:
    _new_form(job)
    job.plan.single_other = True


def _numbers(job: Job, row: forms.ResultRow) -> list[str]:
    columns = [column for column, _ in forms.APPLICANTS]
    return [job.plan.printed["applications", row.row_id, column].raw for column in columns]


def _swap(distance: int, renumber: bool) -> Callable[[Job], None]:
    """Two rows of one group trade places, their numbers with them."""

    def hook(job: Job) -> None:
        plan = job.plan
        rows = list(forms.result_rows(plan.form_of("applications"), plan.single_other))
        pairs = [
            (i, i + distance)
            for i in range(len(rows) - distance)
            if rows[i].leaf and rows[i].group == rows[i + distance].group
        ]
        telling = [
            pair for pair in pairs if _numbers(job, rows[pair[0]]) != _numbers(job, rows[pair[1]])
        ]
        first, second = job.rng.choice(telling or pairs)
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
    def hook(job: Job) -> None:
        if table == "applications":
            job.plan.scale = "none"
        job.plan.missing = {table: job.rng.choice(sentences).format(year=job.plan.year)}

    return hook


def _empty_rows(job: Job) -> None:
    """The bodies without 规章 leave that row out of the table.

    A row that the form has and the print lacks might as well be lost: the report is not whole.
    """
    job.built().status = "incomplete"
    table = job.table("proactive_disclosure")
    gone = next(cell.row for cell in table.cells if cell.mark == "rules")
    kept: list[Cell] = []
    for cell in table.cells:
        if cell.row != gone:
            cell.row -= cell.row > gone
            kept.append(cell)
    table.cells = kept


G = "tables and forms"
add(
    "disclosure-split",
    G,
    "section two as four or five tables",
    slots="section-two",
    setup=_plan(split=True),
)
add(
    "disclosure-article-outside",
    G,
    "block lines as paragraphs outside the tables",
    slots="section-two",
    setup=_plan(split=True, article_outside=True),
)
add("form-2019-late", G, "the 2019 form in a later year", slots="form", setup=_old_form_late)
add(
    "form-mixed-section",
    G,
    "2019 columns in block （一）, 2021 columns in the others",
    slots="form section-two",
    setup=_mixed,
)
add(
    "form-mixed-tables",
    G,
    "section two in the 2019 form, section three in the 2021 form",
    slots="form section-two",
    setup=_mixed_tables,
)
add(
    "other-single",
    G,
    "（六）其他处理 as one row in a 2021 form",
    slots="form groups",
    setup=_single_other,
)
add(
    "rows-swapped",
    G,
    "two neighbouring rows printed in each other's place",
    slots="order labels groups",
    setup=_plan(scale="county"),
    filled=_swap(1, False),
    expects="both rows flagged",
)
add(
    "rows-swapped-renumbered",
    G,
    "the same, their ordinals following the new places",
    slots="order labels groups",
    setup=_plan(scale="county"),
    filled=_swap(1, True),
    expects="both rows flagged",
)
add(
    "rows-swapped-apart",
    G,
    "two rows apart from each other trade places",
    slots="order labels groups",
    setup=_plan(scale="county"),
    filled=_swap(2, False),
    expects="both rows flagged",
)
add(
    "missing-applications",
    G,
    "section three is a sentence, without a table",
    slots="missing pages cells faults groups headers over margins widths turn order labels",
    expects="status incomplete",
    setup=_missing(
        "applications",
        "本年度未收到政府信息公开申请。",
        "{year}年，本机关未收到政府信息公开申请，无上年结转申请。",
    ),
)
add(
    "missing-review",
    G,
    "section four is a sentence, without a table",
    slots="missing pages review faults headers over margins widths turn order labels cells",
    expects="status incomplete",
    setup=_missing(
        "review_litigation",
        "本年度未发生因政府信息公开引起的行政复议、行政诉讼。",
        "{year}年没有政府信息公开行政复议和行政诉讼案件。",
    ),
)
add(
    "missing-disclosure",
    G,
    "section two is a sentence, without a table",
    slots="missing section-two form pages headers over margins widths turn order labels cells",
    expects="status incomplete",
    setup=_missing(
        "proactive_disclosure", "本单位无规章、行政规范性文件，也无行政许可、行政处罚事项。"
    ),
)
add(
    "row-left-out",
    G,
    "the row 规章 is not printed",
    slots="section-two",
    expects="status incomplete",
    built=_empty_rows,
)
