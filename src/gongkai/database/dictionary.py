"""The data dictionary in two languages: fields of the official forms, rates, metrics of prose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gongkai.families.measures import Measures
from gongkai.families.narrative import NAMED_ROW, Comparison, Metric
from gongkai.families.rates import Formula, Rate
from gongkai.model import Key

if TYPE_CHECKING:
    from gongkai.families.family import Family


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """One field of the dictionary; a field that two forms label differently has two entries."""

    table_id: str
    row_id: str
    column_id: str
    forms: str  # "2019 2021"
    table_label_zh: str
    row_label_zh: str
    column_label_zh: str
    table_label_en: str
    row_label_en: str
    column_label_en: str
    unit: str
    article_zh: str
    value_type: str
    row_name_zh: str  # short, as in the columns of the Chinese views
    column_name_zh: str
    years: str  # report years of the forms that print it: "2019-2020"
    identities: str  # identities it belongs to, as table.rule, joined by spaces
    not_comparable_with: str  # other columns of its row, with the reason


@dataclass(frozen=True, slots=True)
class RateEntry:
    """One rate of the panel, or a sum that rates refer to."""

    id: str
    name_zh: str
    name_en: str
    formula_zh: str  # with the column names of the Chinese panel
    numerator: str  # in canonical names: table.row.column
    denominator: str  # empty for a sum
    unit: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """One metric that numbers in prose can have: ``metric_id`` of ``narrative_figures``."""

    metric_id: str
    metric_group: str  # A disclosure … G fees
    title_zh: str
    title_en: str
    units: str  # the units it is printed with, joined by spaces
    compared_with_zh: str  # the cells of each meaning, in canonical names; empty for most
    compared_with_en: str


def field_entries(measures: Measures) -> tuple[FieldEntry, ...]:
    """The dictionary of a family's printed numbers, in the order of the forms."""
    family = measures.family
    titles = {table.id: table.title for table in family.tables}
    return tuple(
        FieldEntry(
            table_id=line.key.table,
            row_id=line.key.row,
            column_id=line.key.column,
            forms=" ".join(line.forms),
            table_label_zh=titles[line.key.table],
            row_label_zh=line.row_label,
            column_label_zh=line.column_label,
            table_label_en=measures.name_en(line.table_id, "table", line.table_id),
            row_label_en=measures.name_en(line.table_id, "row", line.row_id),
            column_label_en=measures.name_en(line.table_id, "column", line.column_id),
            unit=line.unit,
            article_zh=line.article,
            value_type=line.value_type,
            row_name_zh=measures.name_zh(line.table_id, "row", line.row_id),
            column_name_zh=measures.name_zh(line.table_id, "column", line.column_id),
            years=report_years(line.forms, family),
            identities=" ".join(_identities(line.key, family)),
            not_comparable_with="；".join(_breaks(line.key, measures)),
        )
        for line in family.fields
    )


def rate_entries(measures: Measures) -> tuple[RateEntry, ...]:
    """The rates and sums of a family, in the order of the panel."""
    return tuple(
        RateEntry(
            id=rate.id,
            name_zh=rate.line.name_zh,
            name_en=rate.line.name_en,
            formula_zh=formula_zh(rate, measures),
            numerator=rate.line.numerator,
            denominator=rate.line.denominator,
            unit=rate.line.unit,
            note_zh=rate.line.note_zh,
            note_en=rate.line.note_en,
        )
        for rate in measures.rates
    )


def metric_entries(measures: Measures) -> tuple[MetricEntry, ...]:
    """The metrics of a family's prose, in the order of narrative.csv."""
    family = measures.family
    units: dict[str, dict[str, None]] = {}
    lines: dict[str, Metric] = {}
    for line in family.metrics:
        lines.setdefault(line.metric_id, line)
        own = units.setdefault(line.metric_id, {})
        own.update(dict.fromkeys(unit for unit in line.units if unit != "-"))
    return tuple(
        MetricEntry(
            metric_id=line.metric_id,
            metric_group=line.group,
            title_zh=line.title_zh,
            title_en=line.title_en,
            units=" ".join(units[line.metric_id]),
            compared_with_zh="；".join(
                f"{each.meaning}: {' '.join(each.terms)}"
                for each in comparisons_of(line.metric_id, family)
            ),
            compared_with_en="; ".join(
                f"{meaning_en(each, measures)}: {' '.join(each.terms)}"
                for each in comparisons_of(line.metric_id, family)
            ),
        )
        for line in lines.values()
    )


def formula_zh(rate: Rate, measures: Measures) -> str:
    """A rate's formula in short Chinese names: （予以公开总计 + 部分公开总计）÷ 办结总计."""
    sums = {each.id: each.line.name_zh for each in measures.rates}

    def name(of: Key | str) -> str:
        if isinstance(of, str):
            return sums[of]
        row = measures.name_zh(of.table, "row", of.row)
        return row + measures.name_zh(of.table, "column", of.column)

    def text(formula: Formula) -> str:
        alternatives = []
        for alternative in formula:
            terms = [f"{'-' if t.sign < 0 else '+'} {name(t.operand)}" for t in alternative]
            alternatives.append(" ".join(terms).removeprefix("+ "))
        return "，或 ".join(alternatives)

    if not rate.denominator:
        return text(rate.numerator)
    sides = [
        f"（{text(side)}）" if len(side[0]) > 1 else text(side)
        for side in (rate.numerator, rate.denominator)
    ]
    return " ÷ ".join(sides)


def report_years(forms: Sequence[str], family: Family) -> str:
    """The report years for which some forms are prescribed: 2019-2020, 2021-."""
    spans: list[tuple[str, str]] = []
    for form, after in zip(family.forms, [*family.forms[1:], None], strict=True):
        if form.id not in forms:
            continue
        first, last = form.first_year, "" if after is None else str(after.first_year - 1)
        if spans and spans[-1][1] == str(first - 1):
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((str(first), last))
    return " ".join(f"{first}-{last}" for first, last in spans)


def _identities(key: Key, family: Family) -> list[str]:
    found = []
    for identity in family.identities:
        along = key.row if identity.over == "column" else key.column
        members = {member for terms in identity.groups.values() for member, _ in terms}
        across = key.column if identity.over == "column" else key.row
        if identity.table == key.table and along in members:
            places = [
                Key(key.table, *((m, across) if identity.over == "column" else (across, m)))
                for m, _ in identity.groups.get("", ())
            ]
            if all(place in family.fields_by_key for place in places):
                found.append(f"{identity.table}.{identity.name}")
    return found


def comparisons_of(metric_id: str, family: Family) -> list[Comparison]:
    """The sums of table cells with which a number of this metric is compared."""
    return [line for line in family.comparisons if metric_id in line.metric_id.split("+")]


def meaning_en(comparison: Comparison, measures: Measures) -> str:
    """The cells that a comparison adds and subtracts, by their English names."""
    text = ""
    for term in comparison.terms:
        table, _, rest = term.removeprefix("-").partition(".")
        row, _, column = rest.rpartition(".")  # ids of rows may have points
        name = f"{_row_en(table, row, measures)}, {measures.name_en(table, 'column', column)}"
        text += f" − {name}" if term.startswith("-") else f" + {name}"
    return text.removeprefix(" + ")


def _row_en(table: str, row: str, measures: Measures) -> str:
    if row == NAMED_ROW:
        return "the row that the text names"
    if row.endswith("*"):
        return f"all rows `{row}`"
    return measures.name_en(table, "row", row)


def _breaks(key: Key, measures: Measures) -> list[str]:
    found = []
    for line in measures.breaks:
        if line.table_id != key.table or key.row not in line.rows:
            continue
        if key.column in line.columns:
            others = line.other_columns
        elif key.column in line.other_columns:
            others = line.columns
        else:
            continue
        known = [o for o in others if Key(key.table, key.row, o) in measures.family.fields_by_key]
        if known:
            found.append(f"{' '.join(known)}：{line.reason_zh}")
    return found
