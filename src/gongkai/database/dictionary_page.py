"""DICTIONARY.md: every field and every rate of a family on one page, generated from its data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from gongkai.database.check_dictionary import check_entries
from gongkai.database.dictionary import (
    FieldEntry,
    MetricEntry,
    RateEntry,
    comparisons_of,
    field_entries,
    meaning_en,
    metric_entries,
    rate_entries,
    report_years,
)
from gongkai.database.vocabulary import vocabulary
from gongkai.database.wide import TRUSTED_SUFFIX, TRUSTED_SUFFIX_ZH, wide_views
from gongkai.families.family import Family
from gongkai.families.measures import Measures, read_measures

_INTRO = """\
Made by `make docs` from `pipelines/`; `gongkai fields` prints the numbers, and a database holds
all of it in `fields`, `rates`, `metrics` and `columns`.
本页由 `make docs` 生成；数据库中见 `fields`、`rates`、`metrics`、`columns`。"""
_RATES = """\
In the views `panel` and 面板. A rate is NULL where one of its cells is not printed or not read,
and where there is nothing to divide by; a blank cell adds nothing, but only where the sum over
it holds with it. 有一格未印或读不出、或除数为零时，比率为空；空格不计数，但须勾稽成立。"""


_METRICS = """\
`metric_id` of `narrative_figures`; `gongkai fields --metrics` adds the cells that each is compared
with. 正文数字的指标；与表内何数对照，见 `gongkai fields --metrics`。"""


_CHECKS = """\
The id of a check begins with that of its rule: `applications.row_total.granted` tests the rule
`applications.row_total` in the row `granted`. `must` checks decide the status of a report.
核对编号以规则编号开头，其后为所在行列；`must` 必须成立，决定报告的状态。"""
_CODES = """\
# Codes · 代码

What the codes in columns mean, in every family. Made by `make docs` from
`src/gongkai/database/vocabulary.csv`; `gongkai fields --codes` prints it, a database holds it in
`codes`, and filters take each of these words: `db.panel(level="县级")`.
[Problems](../problems.md) has the codes of problems.
各栏代码的名称与含义，各种报告通用；筛选时代码与各种叫法都可用。"""


def dictionary_page(family: Family) -> str:
    """Render the dictionary page as Markdown."""
    return "\n".join(_page(read_measures(family))) + "\n"


def _page(measures: Measures) -> Iterator[str]:
    family = measures.family
    yield f"# Dictionary · 指标字典: {family.title}"
    yield ""
    yield from (_INTRO, "")
    yield from _views(measures)
    entries = field_entries(measures)
    for table, lines in groupby(entries, key=lambda entry: entry.table_id):
        some = list(lines)
        title = f"{some[0].table_label_en} · {some[0].table_label_zh} (`{table}`)"
        yield from ("", f"## {title}", "")
        if measures.is_matrix(table):
            yield from _matrix(some)
        else:
            yield from _cells(some)
    yield from ("", "## Rates · 比率", "")
    yield from (_RATES, "")
    yield from _rates(rate_entries(measures))
    yield from ("", "## Numbers in prose · 正文数字", "")
    yield from (_METRICS, "")
    yield from _metrics(metric_entries(measures), measures)
    yield from ("", "## Forms · 表式", "")
    yield from _forms(family)
    yield from ("", "## Not comparable · 不可比", "")
    for line in measures.breaks:
        rows = "、".join(measures.name_zh(line.table_id, "row", row) for row in line.rows)
        other = f" and `{' '.join(line.other_columns)}`"
        if line.columns == line.other_columns:
            other = " of one report and of another"
        yield f"- {rows}: `{' '.join(line.columns)}`{other}:"
        yield f"  {line.reason_en}. {line.reason_zh}。"
    yield from ("", "## Checks · 核对", "")
    yield from (_CHECKS, "")
    yield from _table(
        ("rule", "class", "核对", "check"),
        (
            (f"`{e.check_id}`", e.severity, e.meaning_zh, e.meaning_en)
            for e in check_entries(measures)
        ),
    )


def codes_page() -> str:
    """What codes mean, in every family, as Markdown."""
    parts = [_CODES]
    for column, words in vocabulary().items():
        parts += ["", f"## `{column}`", ""]
        parts += _table(
            ("code", "名称", "name", "含义", "meaning", "filters also accept · 筛选也接受"),
            (
                (f"`{code}`", w.name_zh, w.name_en, w.meaning_zh, w.meaning_en, "、".join(w.others))
                for code, w in words.items()
            ),
        )
    return "\n".join(parts) + "\n"


def _forms(family: Family) -> Iterator[str]:
    yield f"Legal basis of the reports · 报告依据：{family.settings.legal_basis}。"
    yield ""
    yield "| form · 表式 | report years · 报告年度 | legal basis · 依据 |"
    yield "|---|---|---|"
    for form in family.forms:
        yield f"| {form.id} | {report_years((form.id,), family)} | {form.legal_basis} |"
    for form in family.forms:
        if form.is_provisional:
            yield ""
            yield f"The form {form.id} is provisional: {form.reason_en}. 暂定：{form.reason_zh}。"
    for table in family.tables:
        if table.provisional:
            yield ""
            yield (
                f"The table {table.title} is provisional: {table.provisional_en}. "
                f"暂定：{table.provisional}。"
            )


def _views(measures: Measures) -> Iterator[str]:
    yield "| view | 视图 | one line for each · 每行 |"
    yield "|---|---|---|"
    for wide in wide_views(measures):
        if wide.trusted:
            continue
        by_row = wide.table is not None and measures.has_line_for_each_row(wide.table)
        what = "report and row · 报告的一项" if by_row else "report · 报告"
        english, chinese = (
            f"`{wide.name}`, `{wide.name}{TRUSTED_SUFFIX}`",
            f"{wide.name_zh}, {wide.name_zh}{TRUSTED_SUFFIX_ZH}",
        )
        yield f"| {english} | {chinese} | {what} |"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _matrix(entries: Sequence[FieldEntry]) -> Iterator[str]:
    """One list of rows and one of columns: every row has every column."""
    rows = {entry.row_id: entry for entry in reversed(entries)}
    columns = {entry.column_id: entry for entry in reversed(entries)}
    yield from _table(
        ("row", "行", "in short", "meaning", "forms", "years", "sums"),
        (
            (
                f"`{e.row_id}`",
                e.row_label_zh,
                e.row_name_zh,
                e.row_label_en,
                e.forms,
                e.years,
                e.identities,
            )
            for e in reversed(rows.values())
        ),
    )
    yield ""
    yield from _table(
        ("column", "列", "in short", "meaning", "unit"),
        (
            (f"`{e.column_id}`", e.column_label_zh, e.column_name_zh, e.column_label_en, e.unit)
            for e in reversed(columns.values())
        ),
    )


def _cells(entries: Sequence[FieldEntry]) -> Iterator[str]:
    yield from _table(
        (
            *("row.column", "行，列", "in short", "meaning", "unit"),
            *("forms", "years", "sums", "not comparable"),
        ),
        (
            (
                f"`{e.row_id}.{e.column_id}`",
                f"{e.row_label_zh}，{e.column_label_zh}",
                e.row_name_zh + e.column_name_zh,
                f"{e.row_label_en}, {e.column_label_en}",
                e.unit,
                e.forms,
                e.years,
                e.identities,
                e.not_comparable_with,
            )
            for e in entries
        ),
    )


def _rates(entries: Sequence[RateEntry]) -> Iterator[str]:
    yield from _table(
        ("rate", "比率", "meaning", "算式", "unit", "注", "note"),
        (
            (f"`{e.id}`", e.name_zh, e.name_en, e.formula_zh, e.unit, e.note_zh, e.note_en)
            for e in entries
        ),
    )


def _metrics(entries: Sequence[MetricEntry], measures: Measures) -> Iterator[str]:
    def cells(entry: MetricEntry) -> tuple[str, str]:
        compared = comparisons_of(entry.metric_id, measures.family)
        english = "; ".join(meaning_en(line, measures) for line in compared)
        return "、".join(line.meaning for line in compared), english

    yield from _table(
        ("metric", "指标", "meaning", "units", "对照", "compared with"),
        ((f"`{e.metric_id}`", e.title_zh, e.title_en, e.units, *cells(e)) for e in entries),
    )
