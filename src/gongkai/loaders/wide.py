"""Wide views for people: a line a report, or a report and row of its form.

Made from the pipeline's own names and rates, so that another family of reports has them
without any code. Each stands in English (``panel``) and in Chinese (面板), and each has a
``trusted`` variant in which a cell whose reading is in doubt is as if not printed.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import sqlalchemy as sa

from gongkai.loaders import schema
from gongkai.loaders.measures import Formula, Measures, Rate
from gongkai.model import Key
from gongkai.pipeline import BUILT_IN

Select = sa.Select[Any]
Value = sa.ColumnElement[Any]

TRUSTED, TRUSTED_ZH = "_trusted", "_可信"
RATE_DIGITS = 6

# The columns that say which report a line is about, with their Chinese names.
HEAD_ZH = {
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
}
_PLACE = ("division_code", "province", "city", "county", "level", "body_type", "sector")


@dataclass(frozen=True, slots=True)
class Wide:
    """One wide view in both languages."""

    name: str
    name_zh: str
    table: str | None  # of the form; None for the panel
    trusted: bool
    select: Select
    columns_zh: tuple[str, ...]  # in the order of the select


def wide_views(measures: Measures) -> Iterator[Wide]:
    """Every wide view of a pipeline; those of one that is not built in bear its name."""
    own = measures.pipeline.name
    prefix = "" if own == BUILT_IN else f"{own.replace('-', '_')}_"
    for trusted in (False, True):
        ending, ending_zh = (TRUSTED, TRUSTED_ZH) if trusted else ("", "")
        for table in measures.keys:
            select, names = _of_table(measures, table, trusted)
            yield Wide(
                f"{prefix}{table}_wide{ending}",
                f"{prefix}{measures.name_zh(table, 'table', table)}{ending_zh}",
                table,
                trusted,
                select,
                names,
            )
        if measures.panel:
            select, names = _panel(measures, trusted)
            yield Wide(
                f"{prefix}panel{ending}", f"{prefix}面板{ending_zh}", None, trusted, select, names
            )


def in_chinese(wide: Wide) -> Select:
    """The same view with Chinese names and statuses."""
    view = sa.table(wide.name, *(sa.column(column.name) for column in wide.select.selected_columns))
    return sa.select(
        *(
            (_STATUS_ZH(column) if column.name == "status" else column).label(name)
            for column, name in zip(view.c, wide.columns_zh, strict=True)
        )
    )


def _STATUS_ZH(column: Value) -> Value:  # noqa: N802
    words = {
        "proved": "已核实",
        "print_fault": "原文有误",
        "doubtful": "存疑",
        "incomplete": "不完整",
    }
    return sa.case(words, value=column)


def cell_name(key: Key, measures: Measures) -> tuple[str, str]:
    """What a cell is called among the columns of a line a report: in English ids, in Chinese."""
    row = measures.name_zh(key.table, "row", key.row)
    if measures.is_matrix(key.table):  # of which only the totals stand in such a line
        total = key.column == "total"
        name = key.row if total else f"{key.row}_{key.column}"
    else:
        name = f"{key.row}_{key.column}"
    return name, row + measures.name_zh(key.table, "column", key.column)


def _of_table(
    measures: Measures, table: str, trusted: bool
) -> tuple[Select, tuple[str, ...]]:
    report, forms = schema.report, schema.report_tables
    head: list[Value] = [
        report.c.id.label("report_id"),
        report.c.agency,
        report.c.agency_id,
        report.c.year,
        _form(table).label("form"),
        report.c.status,
    ]
    if measures.is_matrix(table):
        return _rows(measures, table, head, trusted)
    keys = measures.keys[table]
    names = [cell_name(key, measures) for key in keys]
    values = [
        _value(_field_id(key), trusted).label(name)
        for key, (name, _) in zip(keys, names, strict=True)
    ]
    printed = sa.exists().where(forms.c.report_id == report.c.id, forms.c.table_id == _text(table))
    return sa.select(*head, *values).where(printed), (
        *(HEAD_ZH[column.name] for column in head),
        *(name_zh for _, name_zh in names),
    )


def _rows(
    measures: Measures, table: str, head: Sequence[Value], trusted: bool
) -> tuple[Select, tuple[str, ...]]:
    """A line a report and printed row, its columns side by side."""
    key, fields, cell = schema.field_key, schema.fields, schema.cell
    columns = list(dict.fromkeys(k.column for k in measures.keys[table]))
    rows = (
        sa.select(
            fields.c.row_id,
            sa.func.min(fields.c.position).label("row_position"),
            sa.func.min(fields.c.row_label_en).label("row_name_en"),
            sa.func.min(fields.c.row_name_zh).label("row_name_zh"),
            *(
                sa.func.max(sa.case((key.c.column_id == _text(name), key.c.id))).label(name)
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
            fields.c.pipeline == _text(measures.pipeline.name), fields.c.table_id == _text(table)
        )
        .group_by(fields.c.row_id)
        .subquery("form_rows")
    )
    printed = sa.exists().where(
        cell.c.report_id == schema.report.c.id, cell.c.field_id.in_([rows.c[c] for c in columns])
    )
    of_row = [rows.c[n] for n in ("row_position", "row_id", "row_name_en", "row_name_zh")]
    values = [_value(rows.c[name], trusted).label(name) for name in columns]
    return (
        sa.select(*head, *of_row, *values).join_from(schema.report, rows, sa.true()).where(printed),
        (
            *(HEAD_ZH[column.name] for column in (*head, *of_row)),
            *(measures.name_zh(table, "column", name) for name in columns),
        ),
    )


def _panel(measures: Measures, trusted: bool) -> tuple[Select, tuple[str, ...]]:
    """A line a report: whose it is, how far it is proved, its numbers and its rates."""
    shown = {key: cell_name(key, measures) for key in measures.panel}
    asked = [key for rate in measures.rates for key in rate.keys()]
    proofs = {key: measures.proof_of(key) for key in asked}
    base = _panel_cells(measures, shown, dict.fromkeys(asked), proofs, trusted)
    hidden = {f"_{n}": name for n, name in enumerate(_distinct(proofs.values()))}
    passed = {check: name for name, check in hidden.items()}

    def term(key: Key) -> Value:
        """A blank adds nothing, but only where the sum over it holds with it."""
        value = base.c[_column_of(key, shown)]
        check = proofs[key]
        if check is None:
            return value
        return sa.func.coalesce(value, sa.case((base.c[passed[check]] == _number(1), _number(0))))

    sums: dict[str, Value] = {}
    rates: list[Value] = []
    for rate in measures.rates:
        value = _rate(rate, term, sums)
        if not rate.denominator:
            sums[rate.id] = value
        rates.append(value.label(rate.id))
    head = [c for c in base.c if c.name in HEAD_ZH or c.name.startswith("form_")]
    cells = [base.c[name] for name, _ in shown.values()]
    forms_zh = {
        f"form_{table}": f"{measures.name_zh(table, 'table', table)}表式" for table in measures.keys
    }
    return sa.select(*head, *cells, *rates), (
        *({**HEAD_ZH, **forms_zh}[column.name] for column in head),
        *(name_zh for _, name_zh in shown.values()),
        *(rate.line.name_zh for rate in measures.rates),
    )


def _panel_cells(
    measures: Measures,
    shown: dict[Key, tuple[str, str]],
    asked: dict[Key, None],
    proofs: dict[Key, str | None],
    trusted: bool,
) -> sa.Subquery:
    report, cell, result = schema.report, schema.cell, schema.check_result
    flagged = _count(cell, cell.c.report_id == report.c.id, cell.c.flagged == _number(1))
    failed = _count(
        result,
        result.c.report_id == report.c.id,
        result.c.status == _text("fail"),
        result.c.klass == _text("must"),
    )
    values = [_value(_field_id(key), trusted).label(name) for key, (name, _) in shown.items()]
    values += [
        _value(_field_id(key), trusted).label(_column_of(key, shown))
        for key in asked
        if key not in shown
    ]
    passes = [
        _passes(check, trusted).label(f"_{n}") for n, check in enumerate(_distinct(proofs.values()))
    ]
    # DISTINCT keeps the database from copying each look-up into every rate that uses it,
    # and yet lets it look up one agency or year alone. Lines differ by report_id.
    return (
        sa.select(
            report.c.id.label("report_id"),
            report.c.agency,
            report.c.agency_id,
            sa.func.coalesce(_of_body("name"), report.c.agency).label("agency_name"),
            *(_of_body(name).label(name) for name in (*_PLACE, "functional_zone")),
            report.c.year,
            report.c.form,
            *(_form(table).label(f"form_{table}") for table in measures.keys),
            report.c.status,
            flagged.label("flagged_cells"),
            failed.label("failed_checks"),
            *values,
            *passes,
        )
        .select_from(report)
        .distinct()
        .subquery("cells")
    )


def _rate(rate: Rate, term: Any, sums: dict[str, Value]) -> Value:
    def total(formula: Formula) -> Value:
        ways = [
            reduce(
                operator.add,
                (
                    (sums[t.of] if isinstance(t.of, str) else term(t.of)) * _number(t.sign)
                    if t.sign < 0
                    else (sums[t.of] if isinstance(t.of, str) else term(t.of))
                    for t in way
                ),
            )
            for way in formula
        ]
        return ways[0] if len(ways) == 1 else sa.func.coalesce(*ways)

    if not rate.denominator:
        return total(rate.numerator)
    below = total(rate.denominator)
    share = sa.func.round(
        total(rate.numerator) * sa.literal_column("1.0") / below, _number(RATE_DIGITS)
    )
    return sa.case((below > _number(0), share))


def _column_of(key: Key, shown: dict[Key, tuple[str, str]]) -> str:
    return shown[key][0] if key in shown else f"_{key.table}_{key.row}_{key.column}"


def _value(field_id: Any, trusted: bool) -> Value:
    """One cell of the report at hand; NULL unless a number is printed there."""
    cell = schema.cell
    conditions = [
        cell.c.report_id == schema.report.c.id,
        cell.c.field_id == field_id,
        cell.c.occurrence == _number(1),
    ]
    if trusted:
        conditions.append(cell.c.flagged == _number(0))
    return sa.select(cell.c.value).where(*conditions).scalar_subquery()


def _passes(check_id: str, trusted: bool) -> Value:
    """1 where the check passed; for trusted numbers, in a report without doubtful cells."""
    result, term, cell = schema.check_result, schema.term, schema.cell
    term_id = sa.select(term.c.id).where(term.c.text == _text(check_id)).scalar_subquery()
    conditions: list[Value] = [
        result.c.report_id == schema.report.c.id,
        result.c.check_term == term_id,
        result.c.status == _text("pass"),
    ]
    if trusted:
        in_doubt = sa.exists().where(
            cell.c.report_id == schema.report.c.id, cell.c.flagged == _number(1)
        )
        conditions.append(~in_doubt)
    return sa.select(sa.func.max(_number(1))).where(*conditions).scalar_subquery()


def _field_id(key: Key) -> Value:
    fields = schema.field_key
    return (
        sa.select(fields.c.id)
        .where(
            fields.c.table_id == _text(key.table),
            fields.c.row_id == _text(key.row),
            fields.c.column_id == _text(key.column),
        )
        .scalar_subquery()
    )


def _of_body(column: str) -> Value:
    """What is known of the report's body. A join would lose the reports' order of storage."""
    body = schema.agencies
    return (
        sa.select(body.c[column]).where(body.c.id == schema.report.c.agency_id).scalar_subquery()
    )


def _form(table: str) -> Value:
    forms = schema.report_tables
    return (
        sa.select(forms.c.form)
        .where(forms.c.report_id == schema.report.c.id, forms.c.table_id == _text(table))
        .scalar_subquery()
    )


def _count(table: sa.Table, *conditions: Value) -> Value:
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()


def _distinct(checks: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(check for check in checks if check is not None))


def _text(word: str) -> Value:
    """A word as a literal of the view's own text."""
    return sa.literal_column("'{}'".format(word.replace("'", "''")), sa.Text)


def _number(number: int) -> Value:
    return sa.literal_column(str(number), sa.Integer)
