"""The dictionary of checks: what each rule of a family tests, in Chinese and English.

The id of a check is that of its rule and a place: ``applications.row_total.granted``.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

from gongkai.families.across import AcrossLine, read_across
from gongkai.families.fields import parse_key
from gongkai.families.history import HistoryTerm
from gongkai.families.identities import Identity
from gongkai.families.lines import OPEN_ROW, Over
from gongkai.families.measures import Measures, NameKind
from gongkai.families.narrative import Comparison
from gongkai.model import Severity

_ANY = "*."  # in check_rules.csv: a rule of every table
_SEVERITIES: dict[str, Severity] = {"must": "must", "usually": "usually"}


class _Text(NamedTuple):
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """One rule of the checks of a family."""

    check_id: str  # table.rule; the id of a check goes on with its place
    severity: Severity  # the column ``class``
    meaning_zh: str
    meaning_en: str


_PLACES: dict[Over, _Text] = {
    "column": _Text("每列：", "in each column: "),
    "row": _Text("每行：", "in each row: "),
    "tree": _Text("", ""),
    "cells": _Text("", ""),
}
_RELATIONS = {"eq": "=", "ge": "≥"}
_YEAR_BEFORE = _Text("上年报告的", " (report of the year before)")
_TREE = _Text(
    "每列：每个编码等于其下一级各编码之和",
    "in each column: each code is the sum of the codes directly below it",
)
_NO_DATA = _Text("没有数的表注明无数据", "a table without numbers says that there are none")
_LISTED = _Text(
    "正文所列各项合计等于总数", "the items that the text lists add up to the number that it states"
)
_RATIOS = {
    "share": _Text("正文的占比等于部分除以总数", "a percentage is the part divided by the whole"),
    "growth": _Text("正文的增减幅度与前后两数相符", "a growth rate agrees with both numbers"),
}
_JUMP = _Text(
    "与上年相比没有异常变化", "the number is not many times as large or small as the year before"
)
_REPEATED = _Text(
    "没有大段重复上年报告的文字", "little of the text repeats the report of the year before"
)


def check_entries(measures: Measures) -> tuple[CheckEntry, ...]:
    """The rules of a family's checks: of every table, then identities, prose, years, families."""
    found = (
        *_fixed(measures),
        *_identities(measures),
        *_of_prose(measures),
        *_of_years(measures),
        *_across(measures),
    )
    return tuple({entry.check_id: entry for entry in found}.values())


def _fixed(measures: Measures) -> Iterator[CheckEntry]:
    tables = [table.id for table in measures.family.tables]
    with files("gongkai.database").joinpath("check_rules.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        rule = line["rule"].removeprefix(_ANY)
        ids = [f"{table}.{rule}" for table in tables] if rule != line["rule"] else [rule]
        for check_id in ids:
            yield _entry(
                check_id, _SEVERITIES[line["class"]], _Text(line["meaning_zh"], line["meaning_en"])
            )
    if measures.family.settings.no_data_pattern:
        for table in tables:
            yield _entry(f"{table}.no_data", "usually", _NO_DATA)


def _identities(measures: Measures) -> Iterator[CheckEntry]:
    for identity in measures.family.identities:
        text = _TREE if identity.over == "tree" else _sum_of(identity, measures)
        yield _entry(f"{identity.table}.{identity.name}", identity.severity, text)


def _sum_of(identity: Identity, measures: Measures) -> _Text:
    """Each way in which the form may print the terms of an identity."""
    always = identity.groups.get("", ())
    groups = [terms for name, terms in identity.groups.items() if name] or [()]
    ways = [
        _equation(
            ((_member(m, identity, measures), sign) for m, sign in (*always, *terms)),
            identity.relation,
        )
        for terms in groups
    ]
    place = _PLACES[identity.over]
    return _Text(
        place.zh + "，或 ".join(way.zh for way in ways),
        place.en + ", or ".join(way.en for way in ways),
    )


def _member(member: str, identity: Identity, measures: Measures) -> _Text:
    if identity.over == "cells":
        return _cell(member, measures)
    return _line_name(identity.table, identity.over, member, measures)


def _line_name(table: str, over: Over, member: str, measures: Measures) -> _Text:
    """The name of a row that is added over each column, or of a column."""
    kind: NameKind = "row" if over == "column" else "column"
    return _Text(measures.name_zh(table, kind, member), measures.name_en(table, kind, member))


def _cell(name: str, measures: Measures) -> _Text:
    """The cell ``table.row.column``, with its table."""
    table, row, column = parse_key(name)
    any_row = row == OPEN_ROW
    zh = (
        f"《{measures.name_zh(table, 'table', table)}》",
        "" if any_row else measures.name_zh(table, "row", row),
        measures.name_zh(table, "column", column),
    )
    en = (
        "" if any_row else measures.name_en(table, "row", row),
        measures.name_en(table, "column", column),
        f"in {measures.name_en(table, 'table', table)}",
    )
    return _Text(zh[0] + "·".join(filter(None, zh[1:])), " ".join(filter(None, en)))


def _equation(terms: Iterable[tuple[_Text, int]], relation: str) -> _Text:
    """Terms with a positive sign on the left, others on the right."""
    sides: dict[bool, list[_Text]] = {True: [], False: []}
    for name, sign in terms:
        sides[sign > 0].append(name)

    def side(positive: bool) -> _Text:
        names = sides[positive]
        return _Text(
            " + ".join(name.zh for name in names) or "0",
            " + ".join(name.en for name in names) or "0",
        )

    left, right, symbol = side(True), side(False), _RELATIONS[relation]
    return _Text(f"{left.zh} {symbol} {right.zh}", f"{left.en} {symbol} {right.en}")


def _of_prose(measures: Measures) -> Iterator[CheckEntry]:
    family = measures.family
    titles = {m.metric_id: _Text(m.title_zh, m.title_en) for m in reversed(family.metrics)}
    lines: dict[str, list[Comparison]] = defaultdict(list)
    for line in family.comparisons:
        lines[line.check].append(line)
    for rule, own in lines.items():
        metrics = dict.fromkeys(line.metric_id for line in own)
        names = [[titles[each] for each in metric.split("+")] for metric in metrics]
        meanings = list(dict.fromkeys(line.meaning for line in own))
        zh = "、".join("与".join(name.zh for name in some) for some in names)
        en = " or ".join(" and ".join(name.en for name in some) for some in names)
        text = _Text(
            f"正文“{zh}”与表内{'或'.join(meanings)}一致", f"{en}: the text agrees with the tables"
        )
        yield _entry(f"narrative.{rule}", "usually", text)
    for ratio in family.narrative_grammar.ratios:
        yield _entry(f"narrative.{ratio.name}", "usually", _RATIOS[ratio.kind])
    for listed in family.narrative_grammar.sums:
        yield _entry(f"narrative.{listed.name}", "usually", _LISTED)


def _of_years(measures: Measures) -> Iterator[CheckEntry]:
    lines: dict[str, list[HistoryTerm]] = defaultdict(list)
    for line in measures.family.history:
        lines[f"{line.table_id}.{line.identity}"].append(line)
    for check_id, own in lines.items():
        first, place = own[0], _PLACES[own[0].over]
        text = _equation(((_yearly(line, measures), line.sign) for line in own), first.relation)
        yield _entry(check_id, first.severity, _Text(place.zh + text.zh, place.en + text.en))
    settings = measures.family.settings.history
    for cell in settings.jump_cells:
        yield _entry(f"{parse_key(cell).table}.jump", "usually", _JUMP)
    if settings.text_sections:
        yield _entry("narrative.repeated_text", "usually", _REPEATED)


def _yearly(line: HistoryTerm, measures: Measures) -> _Text:
    name = _line_name(line.table_id, line.over, line.member, measures)
    if line.year == 0:
        return name
    return _Text(_YEAR_BEFORE.zh + name.zh, name.en + _YEAR_BEFORE.en)


def _across(measures: Measures) -> Iterator[CheckEntry]:
    lines: dict[str, list[AcrossLine]] = defaultdict(list)
    for _, line in read_across(measures.family.folder):
        table = parse_key(line.terms[0].removeprefix("-")).table
        lines[f"{table}.{line.check}"].append(line)
    for check_id, own in lines.items():
        meanings = "，或 ".join(line.meaning for line in own)
        text = _Text(
            f"{meanings}，与{own[0].other_label}一致",
            f"agrees with {own[0].other_cell} of {own[0].other_family}",
        )
        yield _entry(check_id, "usually", text)


def _entry(check_id: str, severity: Severity, text: _Text) -> CheckEntry:
    return CheckEntry(check_id, severity, text.zh, text.en)
