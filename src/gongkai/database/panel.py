"""The panel: one row per report with agency, status, numbers and rates.

Its rows are computed here, and stored by ``stored_panel``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

import sqlalchemy as sa

from gongkai.database import schema, subqueries
from gongkai.database.subqueries import Value
from gongkai.families.lines import TEXTS
from gongkai.families.measures import Measures
from gongkai.families.rates import Formula, Rate
from gongkai.model import CheckKey, Key

_RATE_DIGITS = 6
_PLACE = ("division_code", "province", "city", "county", "level", "body_type", "sector")


def panel_view(measures: Measures, trusted: bool) -> sa.Select[Any]:
    """The panel of a family, of all its reports that are not of a further scope.

    With ``trusted``, doubtful cells count as not printed; only reports that have any are in it.

    A rate is NULL if one of its cells is not printed or not readable, or if its denominator
    is 0. A blank cell counts as 0 only if the identity over it holds with 0.
    """
    shown = {key: measures.cell_name(key)[0] for key in measures.panel}
    needed = list(dict.fromkeys(key for rate in measures.rates for key in rate.cells()))
    names = shown | {key: f"_{'_'.join(key)}" for key in needed if key not in shown}
    covering = {key: measures.covering_check(key) for key in needed}
    checks = {check: f"_{n}" for n, check in enumerate(dict.fromkeys(covering.values())) if check}
    printed = {key: f"_printed_{key.row}" for key in needed if measures.is_in_alternative(key)}
    base = _cells(measures, names, checks, printed, trusted)

    def term(key: Key) -> Value:
        value = base.c[names[key]]
        check = covering[key]
        if check is None:
            return value
        holds = base.c[checks[check]] == subqueries.number_literal(1)
        if key in printed:
            holds = holds & (base.c[printed[key]] == subqueries.number_literal(1))
        return sa.func.coalesce(value, sa.case((holds, subqueries.number_literal(0))))

    sums: dict[str, Value] = {}
    rates: list[Value] = []
    for rate in measures.rates:
        value = _rate(rate, term, sums)
        if not rate.denominator:
            sums[rate.id] = value
        rates.append(value.label(rate.id))
    columns = [column for column in base.c if not column.name.startswith("_")]
    return sa.select(*columns, *rates)


def _cells(
    measures: Measures,
    names: Mapping[Key, str],
    checks: Mapping[CheckKey, str],
    printed: Mapping[Key, str],
    trusted: bool,
) -> sa.Subquery:
    """A subquery that looks up every cell and check once."""
    report, cell = schema.report, schema.cell
    flagged = subqueries.count_rows(
        cell, cell.c.report_id == report.c.id, cell.c.flagged == subqueries.number_literal(1)
    )
    own = [
        report.c.family == subqueries.text_literal(measures.family.name),
        subqueries.is_main(),
    ]
    if trusted:
        doubtful = sa.select(cell.c.report_id).where(cell.c.flagged == subqueries.number_literal(1))
        own.append(report.c.id.in_(doubtful))
    # DISTINCT keeps the database from copying each look-up into every rate that uses it, but
    # still allows it to compute one agency or year only. Rows are distinct by report_id.
    return (
        sa.select(
            report.c.id.label("report_id"),
            report.c.agency,
            report.c.agency_id,
            sa.func.coalesce(subqueries.agency_column("name"), report.c.agency).label(
                "agency_name"
            ),
            *(subqueries.agency_column(name).label(name) for name in (*_PLACE, "functional_zone")),
            report.c.year,
            report.c.form,
            *(subqueries.table_form(table).label(f"form_{table}") for table in measures.keys),
            report.c.status,
            flagged.label("flagged_cells"),
            subqueries.count_failed_checks().label("failed_checks"),
            subqueries.count_decided_cells().label("decided_cells"),
            subqueries.count_duplicates().label("duplicates"),
            report.c.duplicate_of,
            *(cell_content(measures, key, trusted).label(names[key]) for key in names),
            *(
                subqueries.check_passes(check, trusted).label(name)
                for check, name in checks.items()
            ),
            *(subqueries.is_printed(key, trusted).label(name) for key, name in printed.items()),
        )
        .select_from(report)
        .where(*own)
        .distinct()
        .subquery("cells")
    )


def cell_content(measures: Measures, key: Key, trusted: bool) -> Value:
    """The number in a cell of the report, or the text in a cell of text."""
    is_text = measures.family.field(key).value_type in TEXTS
    find = subqueries.cell_text if is_text else subqueries.cell_value
    return find(subqueries.field_id(key), trusted)


def _rate(rate: Rate, term: Callable[[Key], Value], sums: Mapping[str, Value]) -> Value:
    def total(formula: Formula) -> Value:
        values = [_signed((t.sign, _of(t.operand, term, sums)) for t in terms) for terms in formula]
        return values[0] if len(values) == 1 else sa.func.coalesce(*values)

    if not rate.denominator:
        return total(rate.numerator)
    denominator = total(rate.denominator)
    share = total(rate.numerator) * sa.literal_column("1.0") / denominator
    rounded = sa.cast(sa.func.round(share, subqueries.number_literal(_RATE_DIGITS)), sa.Double)
    return sa.case((denominator > subqueries.number_literal(0), rounded))


def _of(of: Key | str, term: Callable[[Key], Value], sums: Mapping[str, Value]) -> Value:
    return sums[of] if isinstance(of, str) else term(of)


def _signed(terms: Iterable[tuple[int, Value]]) -> Value:
    return reduce(
        operator.add,
        (value if sign > 0 else value * subqueries.number_literal(-1) for sign, value in terms),
    )
