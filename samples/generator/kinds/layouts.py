"""Kinds of layouts: tables in other shapes, further scripts, and sheets of other sizes."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace

from .. import content, tables
from ..cases import CASES
from ..cases.registry import Job
from ..model import Break, Cell, Item, Para, Printed, Section, Table
from .registry import KINDS, kind

FIRST, LAST = 3, 9  # grid columns of section 三: 自然人 and 总计
GROUP = "layouts"


def _section(job: Job, number: str) -> Section:
    return job.built_report().section(number)


def _narrow_columns(job: Job, ems: float) -> None:
    """Make the number columns of section 三 ``ems`` wide, beside their padding."""
    style = job.style
    number = ems * style.table_size + 2 * style.pad
    table = job.table("applications")
    longest = max(len(cell.text) for cell in table.cells if cell.role == "value")
    number = max(number, longest * style.table_size * 0.56 + 2 * style.pad + 2)
    table.widths = [26.0, 46.0, 475 - 72 - 7 * number, *[number] * 7]


def _no_upright_rules(job: Job) -> None:
    job.style.horizontals_only = True


def _close_headers(job: Job) -> None:
    """Print the headers of section 三 with hardly a gap between their words."""
    _no_upright_rules(job)
    job.style.pad = job.rng.choice((0.6, 1.2))
    _narrow_columns(job, 4.15)


def _two_lines(job: Job) -> None:
    """Make the columns of section 三 so narrow that long numbers and the labels need two lines."""
    most = max(len(cell.text) for cell in job.table("applications").cells if cell.printed)
    _break_numbers(job, (most + 1) // 2, "two-line-cells")


def _digit_by_digit(job: Job) -> None:
    """Print each digit of section 三 on a line of its own, without upright rules."""
    _no_upright_rules(job)
    _break_numbers(job, 1, "digit-by-digit")


def _break_numbers(job: Job, fits: int, kind: str) -> None:
    """Print numbers of section 三 with so many digits on a line, in columns as narrow."""
    style, table = job.style, job.table("applications")
    style.pad = 1.5
    for cell in table.cells:
        if cell.printed and len(cell.text) > fits:
            parts = (cell.text[k : k + fits] for k in range(0, len(cell.text), fits))
            cell.text, cell.kind = "\n".join(parts), kind
    number = max(0.5 * (fits + 0.5), 1.0) * style.table_size + 2 * style.pad
    table.widths = [30, 40, 475 - 70 - 7 * number, *[number] * 7]


def _add_words(words: tuple[str, ...], over: bool) -> Callable[[Job], None]:
    def hook(job: Job) -> None:
        for cell in job.built_report().cells():
            if cell.printed is None and cell.text:
                count = 1 if len(cell.text) < 7 else job.rng.randint(2, 4)
                line = " ".join(job.rng.choice(words) for _ in range(count))
                cell.text = f"{line}\n{cell.text}" if over else f"{cell.text}\n{line}"

    return hook


_ENGLISH = ("Citizens", "Enterprise", "Organization", "Total", "Result", "Pending", "Request")
_ZHUANG = ("Gwnz", "bouxboux", "gozyoz", "cujcangj", "vahneix", "ginghgwz", "yinzminz")
_PINYIN = ("zìránrén", "qǐyè", "jīgòu", "zǔzhī", "jiéguǒ", "shùliàng", "gōngkāi")

_TRADITIONAL = str.maketrans(
    "业机构会组织务总计结维纠审复议经诉后数据关系为项体况动开处请讼问题进报区这属国规稳护权类内过执询无没现补确访举当认获费缴纳条对范许罚强发废单万转办继续",
    "業機構會組織務總計結維糾審復議經訴後數據關係為項體況動開處請訟問題進報區這屬國規穩護權類內過執詢無沒現補確訪舉當認獲費繳納條對範許罰強發廢單萬轉辦繼續",
)


def _traditional(job: Job) -> None:
    """Print labels and headings in traditional characters."""
    for cell in job.built_report().cells():
        if cell.printed is None:
            cell.text = cell.text.translate(_TRADITIONAL)
    for section in job.built_report().sections:
        section.heading = section.heading.translate(_TRADITIONAL)
        section.title = section.title.translate(_TRADITIONAL)


def _halves(job: Job) -> None:
    """Split section 三 by columns into two tables, each with all labels."""
    items, whole = _section(job, "三").items, job.table("applications")
    halves = [_columns(whole, range(3, 7)), _columns(whole, range(7, 10))]
    at = items.index(whole)
    items[at : at + 1] = [halves[0], Para("续表", "note", counted=False), halves[1]]


def _columns(table: Table, columns: range) -> Table:
    """Return the labels and some number columns of section 三 as a table."""
    cells = []
    for cell in table.cells:
        part = copy(cell)
        if cell.mark in ("applicants", "organizations"):
            first = max(cell.col, columns.start)
            part.col = FIRST + first - columns.start
            part.colspan = min(cell.col + cell.colspan, columns.stop) - first
        elif cell.col >= FIRST:
            part.col = FIRST + cell.col - columns.start if cell.col in columns else -1
        if part.col >= 0 and part.colspan > 0:
            cells.append(part)
    widths = [*table.widths[:FIRST], *(1.6 * table.widths[k] for k in columns)]
    return Table(table.table_id, widths, cells, header_rows=table.header_rows)


def _transposed(table_id: str, number: str, widths: list[float]) -> Callable[[Job], None]:
    """Return a change that exchanges rows and columns of a table."""

    def hook(job: Job) -> None:
        items, table = _section(job, number).items, job.table(table_id)
        for cell in table.cells:
            cell.row, cell.col = cell.col, cell.row
            cell.rowspan, cell.colspan = cell.colspan, cell.rowspan
        columns = max(cell.col + cell.colspan for cell in table.cells)
        fill = widths[-1]
        shape = [*widths[:-1], *[fill] * (columns - len(widths) + 1)]
        items[items.index(table)] = Table(table_id, shape, table.cells)

    return hook


def _transposed_applications(job: Job) -> None:
    job.style.table_size, job.style.value_size, job.style.pad = 7.0, 0.0, 0.6
    _section(job, "三").before.append(Break())
    _transposed("applications", "三", [30, 30, 40, 15])(job)


def _total_first(job: Job) -> None:
    """Print 总计 as the first column, in sections 三 and 四."""
    table = job.table("applications")
    for cell in table.cells:
        if cell.col == LAST:
            cell.col = FIRST
        elif FIRST <= cell.col < LAST and cell.mark != "applicants":
            cell.col += 1
    table.widths.insert(FIRST, table.widths.pop())
    for cell in job.table("review_litigation").cells:
        if cell.colspan == 1:
            block, column = divmod(cell.col, 5)
            cell.col = 5 * block + (column + 1) % 5


def _add_column(job: Job, at: int, name: str, header_row: int) -> None:
    table = job.table("applications")
    for cell in table.cells:
        if cell.col >= at:
            cell.col += 1
        elif cell.mark in ("applicants", "organizations") and cell.col + cell.colspan > at:
            cell.colspan += 1
    span = table.header_rows - header_row
    table.cells.append(Cell(name, header_row, at, span, role="header"))
    for row in sorted({cell.row for cell in table.cells if cell.key}):
        number = "0" if header_row else str(job.rng.randint(0, 9))
        table.cells.append(Cell(number, row, at, role="value"))
    table.widths.insert(at, 34.0)


def _extra_columns(job: Job) -> None:
    """Add a local column after 总计, or an empty one among the organisations."""
    if job.rng.random() < 0.5:
        _add_column(job, 10, job.rng.choice(("其中：线上", "网上申请", "备注数")), 0)
    else:
        _add_column(job, 8, job.rng.choice(("外国组织", "港澳台组织")), 2)


def _extra_rows(job: Job) -> None:
    """Add a sub-total after （三）不予公开 and a local row at the end of section 三."""
    table = job.table("applications")
    group = next(cell for cell in table.cells if cell.mark == "（三）不予公开")
    at = group.row + group.rowspan
    sums = dict.fromkeys(range(FIRST, LAST + 1), 0)
    for cell in table.cells:
        if cell.printed and group.row <= cell.row < at:
            sums[cell.col] += int(cell.printed.value or 0)
    for cell in table.cells:
        if cell.row >= at:
            cell.row += 1
        elif cell.row + cell.rowspan > at:
            cell.rowspan += 1
    group.rowspan += 1
    table.cells.append(Cell("小计", at, 2))
    last = table.rows
    table.cells.append(Cell(job.rng.choice(("其中：网络申请", "其中：当面申请")), last, 0, 1, 3))
    for column, total in sums.items():
        table.cells.append(Cell(str(total), at, column, role="value"))
        table.cells.append(Cell(str(job.rng.randint(0, 30)), last, column, role="value"))


def _two_scopes(job: Job) -> None:
    """Print sections 二 to 四 for the body itself, and again for its region."""
    region = replace(job.plan, printed={})
    content.fill_numbers(region, job.rng)
    second: dict[str, list[Item]] = {
        "二": tables.disclosure(region.form_of("proactive_disclosure"), region.printed),
        "三": [tables.applications(region.form_of("applications"), region.printed)],
        "四": [tables.review(region.printed)],
    }
    own, whole = job.rng.choice((("（一）区本级", "（二）全区"), ("本级情况表", "全区汇总表")))
    for number, further in second.items():
        items = _section(job, number).items
        for group, scope in ((items, "own_body"), (further, "whole_region")):
            for item in group:
                if isinstance(item, Table):
                    item.scope = scope
        items[:] = [
            Para(own, counted=False),
            *items,
            Para(whole, counted=False),
            *further,
        ]


def _aligned_left(job: Job) -> None:
    """Print two scopes without upright rules: numbers at the left, blanks, a line of English."""
    _no_upright_rules(job)
    _two_scopes(job)
    job.style.value_align = "left"
    _add_words(_ENGLISH, over=False)(job)
    for cell in job.built_report().cells():
        if cell.printed and cell.printed.raw == "0" and job.rng.random() < 0.5:
            cell.text, cell.kind = "", "aligned-left"
            cell.printed = Printed("", "blank", None)


def _notes(job: Job) -> None:
    for number, text in (
        ("二", "注：规章1件、规范性文件3件已按2022年清理结果调整。"),
        ("三", "注：1.本表不含1月前受理的12件。2.总计中含3件。"),
        ("四", "注：以上数据截至12月31日，另有2件正在审理。"),
    ):
        _section(job, number).items.append(Para(text, "note"))


kind(
    "no-upright-rules",
    GROUP,
    "tables with level rules only",
    slots="layout rules",
    change_report=_no_upright_rules,
)
kind(
    "close-headers",
    GROUP,
    "headers with hardly a gap between their words, without upright rules",
    slots="layout rules widths headers",
    change_report=_close_headers,
)
kind(
    "two-line-cells",
    GROUP,
    "numbers and labels on two lines",
    slots="layout rules widths",
    change_plan=lambda job: setattr(job.plan, "scale", "city"),
    change_report=_two_lines,
)
for _name, _words, _over in (
    ("english-labels", _ENGLISH, False),
    ("zhuang-labels", _ZHUANG, True),
    ("pinyin-labels", _PINYIN, True),
):
    kind(
        _name,
        GROUP,
        f"labels with a line of {_name.removesuffix('-labels').capitalize()}",
        slots="layout headers widths",
        change_report=_add_words(_words, _over),
    )
kind(
    "traditional",
    GROUP,
    "labels and headings in traditional characters",
    slots="layout headers",
    change_report=_traditional,
)
kind("halves", GROUP, "section 三 as two tables by columns", slots="layout", change_report=_halves)
kind(
    "transposed-applications",
    GROUP,
    "section 三 with rows and columns exchanged",
    slots="layout widths",
    change_report=_transposed_applications,
)
kind(
    "transposed-review",
    GROUP,
    "section 四 with rows and columns exchanged",
    slots="layout review",
    change_report=_transposed("review_litigation", "四", [40, 60, 40, 40]),
)
kind(
    "total-first",
    GROUP,
    "总计 as the first column",
    slots="layout review",
    change_report=_total_first,
)
kind(
    "extra-columns",
    GROUP,
    "local columns in section 三",
    slots="layout",
    change_report=_extra_columns,
)
kind("extra-rows", GROUP, "local rows in section 三", slots="layout", change_report=_extra_rows)
kind(
    "two-scopes",
    GROUP,
    "tables for the body itself and for its region",
    slots="layout review form fees notes",
    change_report=_two_scopes,
)
kind("two-up", GROUP, "two pages on one sheet", slots="pages", after="two_up")
kind("tenth-scale", GROUP, "pages of a tenth of the size", slots="pages", after="tenth")
kind("notes-below", GROUP, "notes below the tables", slots="notes", change_report=_notes)
kind(
    "no-rules",
    GROUP,
    CASES["rules-none"].description,
    slots="layout rules",
    **CASES["rules-none"].changes,
)
# each alone in its files
_EVERY_SLOT = " ".join(sorted({slot for each in KINDS.values() for slot in each.case.slots}))
kind(
    "digit-by-digit",
    GROUP,
    "each digit of a number on a line of its own, without upright rules",
    slots=_EVERY_SLOT,
    change_report=_digit_by_digit,
)
kind(
    "aligned-left",
    GROUP,
    "two scopes without upright rules: numbers at the left, blank cells, a line of English",
    slots=_EVERY_SLOT,
    change_report=_aligned_left,
)
