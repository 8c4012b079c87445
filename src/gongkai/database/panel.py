"""The panel: a line a report, with whose it is, how far it is proved, numbers and rates."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

import sqlalchemy as sa

from gongkai.database import schema, subqueries
from gongkai.database.rates import Formula, Measures, Rate
from gongkai.database.subqueries import Value
from gongkai.model import CheckKey, Key

_RATE_DIGITS = 6
_PLACE = ("division_code", "province", "city", "county", "level", "body_type", "sector")


def panel_view(measures: Measures, trusted: bool) -> sa.Select[Any]:
    """The panel of a pipeline; with ``trusted``, cells in doubt are as if not printed.

    A rate is NULL where a cell of it is not printed or not read, and where there is nothing
    to divide by. A blank cell adds nothing, but only where the sum over it holds with it.
    """
    shown = {key: measures.cell_name(key)[0] for key in measures.panel}
    asked = list(dict.fromkeys(key for rate in measures.rates for key in rate.cells()))
    names = shown | {key: f"_{'_'.join(key)}" for key in asked if key not in shown}
    vouching = {key: measures.proof_of(key) for key in asked}
    checks = {check: f"_{n}" for n, check in enumerate(dict.fromkeys(vouching.values())) if check}
    printed = {key: f"_printed_{key.row}" for key in asked if measures.is_one_way(key)}
    base = _cells(names, checks, printed, list(measures.keys), trusted)

    def term(key: Key) -> Value:
        value = base.c[names[key]]
        check = vouching[key]
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
    told = [column for column in base.c if not column.name.startswith("_")]
    return sa.select(*told, *rates)


def _cells(
    names: Mapping[Key, str],
    checks: Mapping[CheckKey, str],
    printed: Mapping[Key, str],
    tables: Iterable[str],
    trusted: bool,
) -> sa.Subquery:
    """All that is looked up, each once."""
    report, cell, result = schema.report, schema.cell, schema.check_result
    flagged = subqueries.count_rows(
        cell, cell.c.report_id == report.c.id, cell.c.flagged == subqueries.number_literal(1)
    )
    failed = subqueries.count_rows(
        result,
        result.c.report_id == report.c.id,
        result.c.status == subqueries.text_literal("fail"),
        result.c.severity == subqueries.text_literal("must"),
    )
    # DISTINCT keeps the database from copying each look-up into every rate that uses it,
    # and yet lets it look up one agency or year alone. Lines differ by report_id.
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
            *(subqueries.table_form(table).label(f"form_{table}") for table in tables),
            report.c.status,
            flagged.label("flagged_cells"),
            failed.label("failed_checks"),
            subqueries.count_decided_cells().label("decided_cells"),
            *(
                subqueries.cell_value(subqueries.field_id(key), trusted).label(names[key])
                for key in names
            ),
            *(
                subqueries.check_passes(check, trusted).label(name)
                for check, name in checks.items()
            ),
            *(subqueries.is_printed(key, trusted).label(name) for key, name in printed.items()),
        )
        .select_from(report)
        .distinct()
        .subquery("cells")
    )


def _rate(rate: Rate, term: Callable[[Key], Value], sums: Mapping[str, Value]) -> Value:
    def total(formula: Formula) -> Value:
        ways = [_signed((t.sign, _of(t.of, term, sums)) for t in way) for way in formula]
        return ways[0] if len(ways) == 1 else sa.func.coalesce(*ways)

    if not rate.denominator:
        return total(rate.numerator)
    below = total(rate.denominator)
    share = total(rate.numerator) * sa.literal_column("1.0") / below
    rounded = sa.cast(sa.func.round(share, subqueries.number_literal(_RATE_DIGITS)), sa.Double)
    return sa.case((below > subqueries.number_literal(0), rounded))


def _of(of: Key | str, term: Callable[[Key], Value], sums: Mapping[str, Value]) -> Value:
    return sums[of] if isinstance(of, str) else term(of)


def _signed(terms: Iterable[tuple[int, Value]]) -> Value:
    return reduce(
        operator.add,
        (value if sign > 0 else value * subqueries.number_literal(-1) for sign, value in terms),
    )
