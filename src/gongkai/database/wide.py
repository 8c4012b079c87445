"""Wide views: one row per report, or per report and row of a table.

They are generated from the family's names and rates, so a new family needs no code. Each has
an English version (``panel``) and a Chinese one (面板), and each has a variant ``trusted`` in
which cells whose reading is in doubt count as not printed. Of several reports of one body and year
they show the counted one; ``panel_all`` shows all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gongkai.database import dictionary_tables, schema, subqueries
from gongkai.database.panel import cell_content, panel_view
from gongkai.database.stored_panel import STORED_PANEL
from gongkai.database.subqueries import Value, text_literal
from gongkai.database.vocabulary import vocabulary
from gongkai.errors import FamilyError
from gongkai.families.folders import BUILT_IN
from gongkai.families.measures import Measures
from gongkai.language import tr
from gongkai.model import Key

Select = sa.Select[Any] | sa.CompoundSelect[Any]

_LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer names
TRUSTED_SUFFIX, TRUSTED_SUFFIX_ZH = "_trusted", "_可信"

# Columns about the report or row, with their Chinese names.
REPORT_COLUMNS_ZH = {
    "report_id": "报告",
    "agency": "机关",
    "agency_id": "机关编号",
    "year": "年度",
    "form": "表式",
    "status": "状态",
    "row_position": "行序",
    "row_id": "行",
    "row_name_en": "英文名",
    "row_name_zh": "事项",
    "agency_name": "机关全称",
    "division_code": "区划代码",
    "province": "省",
    "city": "市",
    "county": "县",
    "level": "层级",
    "body_type": "机关类型",
    "sector": "领域",
    "functional_zone": "功能区",
    "flagged_cells": "存疑格数",
    "failed_checks": "未通过核对",
    "decided_cells": "核定格数",
    "duplicates": "重复报告数",
    "duplicate_of": "计入的报告",
}


# Columns of Chinese views that have words in place of codes -> the column of codes.
CHINESE_COLUMNS = {REPORT_COLUMNS_ZH[name]: name for name in ("status", "level", "body_type")}


@dataclass(frozen=True, slots=True)
class WideView:
    """One wide view with its names in both languages."""

    name: str
    name_zh: str
    table: str | None  # None: the panel
    trusted: bool
    select: Select
    columns_zh: tuple[str, ...]  # in the order of the columns of ``select``
    has_duplicates: bool = False  # shows also reports that are not counted
    is_stored: bool = False  # a table with the rows of ``select``, not a view


def wide_views(measures: Measures) -> Iterator[WideView]:
    """All wide views of a family; only the first built-in family needs no prefix.

    Raises FamilyError for a column whose name is longer than a database allows.
    """
    for view in _views(measures):
        for column in (*view.columns_zh, *view.select.selected_columns.keys()):
            if len(column.encode()) > _LONGEST_NAME:
                raise FamilyError(
                    tr(
                        "{folder}: the column {column!r} of {name} needs a name of at most "
                        "{longest_name} bytes: a Chinese character has three",
                        folder=measures.family.folder / "names.csv",
                        column=column,
                        name=view.name,
                        longest_name=_LONGEST_NAME,
                    )
                )
        yield view


def _views(measures: Measures) -> Iterator[WideView]:
    name = measures.family.name
    prefix = "" if name == BUILT_IN else f"{name.replace('-', '_')}_"
    for trusted in (False, True):
        ending, ending_zh = (TRUSTED_SUFFIX, TRUSTED_SUFFIX_ZH) if trusted else ("", "")
        for table in measures.keys:
            select, names = _of_table(measures, table, trusted)
            yield WideView(
                _view_name(f"{prefix}{table}") + ending,
                f"{prefix}{measures.name_zh(table, 'table', table)}{ending_zh}",
                table,
                trusted,
                select,
                names,
            )
        if measures.panel:
            yield from _panels(measures, trusted, prefix, (ending, ending_zh))


def _panels(
    measures: Measures, trusted: bool, prefix: str, endings: tuple[str, str]
) -> Iterator[WideView]:
    """The panel of all reports, and that of the counted ones."""
    computed = panel_view(measures, trusted)
    names = tuple(_panel_zh(computed, measures))
    stored = _table(f"{prefix}{STORED_PANEL}", computed)
    every: Select = computed
    if trusted:  # the rows of other reports are the same in both variants
        certain = sa.select(stored).where(stored.c.flagged_cells == subqueries.number_literal(0))
        every = sa.union_all(certain, computed)
    ending, ending_zh = endings
    yield WideView(
        f"{prefix}{STORED_PANEL}{ending}",
        f"{prefix}面板_全部{ending_zh}",
        None,
        trusted,
        every,
        names,
        has_duplicates=True,
        is_stored=not trusted,
    )
    all_reports = _table(f"{prefix}{STORED_PANEL}{ending}", computed)
    shown = [column for column in all_reports.c if column.name != "duplicate_of"]
    yield WideView(
        f"{prefix}panel{ending}",
        f"{prefix}面板{ending_zh}",
        None,
        trusted,
        sa.select(*shown).where(all_reports.c.duplicate_of.is_(None)),
        tuple(zh for zh, c in zip(names, all_reports.c, strict=True) if c.name != "duplicate_of"),
    )


def _view_name(table: str) -> str:
    """The name of a table's view; a long one goes without the word wide."""
    name = f"{table}_wide"
    return name if len(name + TRUSTED_SUFFIX) <= _LONGEST_NAME else table


def chinese_view(wide: WideView) -> Select:
    """The same view with Chinese column names, statuses, levels and types of bodies."""
    view = _table(wide.name, wide.select)
    return sa.select(
        *(
            (_in_chinese(column) if name in CHINESE_COLUMNS else column).label(name)
            for column, name in zip(view.c, wide.columns_zh, strict=True)
        )
    )


def _table(name: str, select: Select) -> sa.TableClause:
    """A table or view with the columns of a query."""
    return sa.table(name, *(sa.column(c.name, c.type) for c in select.selected_columns))


def _in_chinese(column: sa.ColumnClause[str]) -> sa.Case[str]:
    """A column of codes as Chinese words; a code without one stays."""
    words = vocabulary()[column.name].items()
    return sa.case(
        {text_literal(code): text_literal(word.name_zh) for code, word in words},
        value=column,
        else_=column,
    )


def _of_table(measures: Measures, table: str, trusted: bool) -> tuple[Select, tuple[str, ...]]:
    report, forms = schema.report, schema.report_tables
    head: list[Value] = [
        report.c.id.label("report_id"),
        report.c.agency,
        report.c.agency_id,
        report.c.year,
        subqueries.table_form(table).label("form"),
        report.c.status,
        subqueries.count_decided_cells().label("decided_cells"),
    ]
    if measures.family.table(table).is_open:
        return _coded_rows(measures, table, head, trusted)
    if measures.is_matrix(table):
        return _rows(measures, table, head, trusted)
    keys = measures.keys[table]
    names = [measures.cell_name(key) for key in keys]
    values = [
        cell_content(measures, key, trusted).label(name)
        for key, (name, _) in zip(keys, names, strict=True)
    ]
    printed = sa.exists().where(
        forms.c.report_id == report.c.id, forms.c.table_id == subqueries.text_literal(table)
    )
    own = report.c.family == subqueries.text_literal(measures.family.name)
    return sa.select(*head, *values).where(own, printed, subqueries.is_counted()), (
        *(REPORT_COLUMNS_ZH[column.name] for column in head),
        *_distinct(measures, keys, [name_zh for _, name_zh in names]),
    )


def _distinct(measures: Measures, keys: Sequence[Key], names: Sequence[str]) -> Iterator[str]:
    """Chinese names of columns, with the outer labels where several rows have one name."""
    counts = Counter(names)
    for key, name in zip(keys, names, strict=True):
        if counts[name] == 1:
            yield name
        else:
            outer = measures.family.field(key).row_label.split("／")[:-1]
            yield "".join([*outer, name])


def _rows(
    measures: Measures, table: str, head: Sequence[Value], trusted: bool
) -> tuple[Select, tuple[str, ...]]:
    """One row per report and printed row of the table."""
    key, fields, cell = schema.field_key, dictionary_tables.fields, schema.cell
    columns = list(dict.fromkeys(k.column for k in measures.keys[table]))
    rows = (
        sa.select(
            fields.c.row_id,
            sa.func.min(fields.c.position).label("row_position"),
            sa.func.min(fields.c.row_label_en).label("row_name_en"),
            sa.func.min(fields.c.row_name_zh).label("row_name_zh"),
            *(
                sa.func.max(
                    sa.case((key.c.column_id == subqueries.text_literal(name), key.c.id))
                ).label(name)
                for name in columns
            ),
        )
        .join_from(
            fields,
            key,
            sa.and_(
                key.c.table_id == fields.c.table_id,
                key.c.row_id == fields.c.row_id,
                key.c.column_id == fields.c.column_id,
            ),
        )
        .where(
            fields.c.family == subqueries.text_literal(measures.family.name),
            fields.c.table_id == subqueries.text_literal(table),
        )
        .group_by(fields.c.row_id)
        .subquery("form_rows")
    )
    printed = sa.exists().where(
        cell.c.report_id == schema.report.c.id, cell.c.field_id.in_([rows.c[c] for c in columns])
    )
    own = schema.report.c.family == subqueries.text_literal(measures.family.name)
    row_columns = [rows.c[n] for n in ("row_position", "row_id", "row_name_en", "row_name_zh")]
    values = [subqueries.cell_value(rows.c[name], trusted).label(name) for name in columns]
    return (
        sa.select(*head, *row_columns, *values)
        .join_from(schema.report, rows, sa.true())
        .where(own, printed, subqueries.is_counted()),
        (
            *(REPORT_COLUMNS_ZH[column.name] for column in (*head, *row_columns)),
            *(measures.name_zh(table, "column", name) for name in columns),
        ),
    )


def _coded_rows(
    measures: Measures, table: str, head: Sequence[Value], trusted: bool
) -> tuple[Select, tuple[str, ...]]:
    """One row per report and printed row of a table whose rows are codes, such as 2010601."""
    report, cell, key, term = schema.report, schema.cell, schema.field_key, schema.term
    columns = measures.family.table(table).columns
    number = subqueries.value_in_unit()
    if trusted:
        number = sa.case((cell.c.flagged == subqueries.number_literal(0), number))
    values = [
        sa.func.max(sa.case((key.c.column_id == subqueries.text_literal(name), number))).label(name)
        for name in columns
    ]
    row = [key.c.row_id.label("row_id"), sa.func.min(term.c.text).label("row_name_zh")]
    own = report.c.family == subqueries.text_literal(measures.family.name)
    select = (
        sa.select(*head, *row, *values)
        .join_from(report, cell, cell.c.report_id == report.c.id)
        .join(key, key.c.id == cell.c.field_id)
        .join(term, term.c.id == cell.c.row_term)
        .where(
            own,
            key.c.table_id == subqueries.text_literal(table),
            cell.c.occurrence == subqueries.number_literal(1),
            subqueries.is_counted(),
        )
        .group_by(report.c.id, key.c.row_id)
    )
    return select, (
        *(REPORT_COLUMNS_ZH[column.name] for column in (*head, *row)),
        *(measures.name_zh(table, "column", name) for name in columns),
    )


def _panel_zh(select: Select, measures: Measures) -> Iterator[str]:
    names = dict(measures.cell_name(key) for key in measures.panel)
    names |= {rate.id: rate.line.name_zh for rate in measures.rates}
    for table in measures.keys:
        names[f"form_{table}"] = f"{measures.name_zh(table, 'table', table)}表式"
    for column in select.selected_columns:
        yield REPORT_COLUMNS_ZH.get(column.name) or names[column.name]
