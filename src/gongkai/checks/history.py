"""Compares a report with the report of the year before. Every check has severity ``usually``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.families.fields import parse_key
from gongkai.families.history import HistoryTerm
from gongkai.model import ACTUAL, EXPECTED, Check, CheckStatus, Key, Severity

_NOT_COMPARED = re.compile(r"[\s\d]+")  # white space and numbers


class YearlyReport(Struct, frozen=True):
    """The part of one agency's report that is compared with other years."""

    report_id: int
    year: int
    cells: Mapping[Key, Decimal]  # printed numbers
    texts: Mapping[str, str] = {}  # by number of the section


class _Term(NamedTuple):
    key: Key
    year: int  # 0: of the report, -1: of the report before it
    sign: int


class _Identity(NamedTuple):
    """An identity over two years in one row or column."""

    table: str
    rule: str
    place: str
    severity: Severity
    over: str
    relation: str
    terms: tuple[_Term, ...]


class HistoryChecks:
    """The year-on-year checks of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._settings = family.settings.history
        self._identities = list(_identities(family))
        self._labels = family.short_labels
        self._jump_cells = [parse_key(name) for name in self._settings.jump_cells]
        self.sections = self._settings.text_sections  # numbers of the sections that are compared
        terms = (term.key for identity in self._identities for term in identity.terms)
        self.cells = frozenset((*terms, *self._jump_cells))  # the cells that are compared

    def compare(self, before: YearlyReport, report: YearlyReport) -> Iterator[Check]:
        """Compare a report with the report of the year before."""
        for identity in self._identities:
            check = self._test(identity, before, report)
            if check is not None:
                yield check
        yield from self._jumps(before, report)
        yield from self._repeated_texts(before, report)

    def _test(
        self, identity: _Identity, before: YearlyReport, report: YearlyReport
    ) -> Check | None:
        """One identity; None if one of the reports does not print its cells."""
        over_column = identity.over == "column"
        left = right = Decimal(0)
        sides: tuple[list[str], list[str]] = ([], [])
        for key, year, sign in identity.terms:
            source = report if year == 0 else before
            value = source.cells.get(key)
            if value is None:
                return None
            labels = self._labels[key]
            member = labels.row if over_column else labels.column
            sides[sign < 0].append(f"{source.year}年{member}{value}")
            if sign > 0:
                left += value
            else:
                right += value
        if identity.relation == "eq":
            holds = left == right
            word = "等于" if holds else "不等于"
        else:
            holds = left >= right
            word = "不小于" if holds else "小于"
        labels = self._labels[identity.terms[0].key]
        where = labels.column if over_column else labels.row
        text = f"{where}：{' + '.join(sides[0])}，{word}{' + '.join(sides[1])}"
        cells = tuple(key for key, year, _ in identity.terms if year == 0)
        return Check(
            identity.table, identity.rule, identity.place, "pass" if holds else "fail",
            identity.severity, text, right, left, None if holds else "print", cells,
        )  # fmt: skip

    def _jumps(self, before: YearlyReport, report: YearlyReport) -> Iterator[Check]:
        """Numbers that are many times as large or as small as the year before."""
        factor = Decimal(str(self._settings.jump_factor))
        for key in self._jump_cells:
            old, new = before.cells.get(key), report.cells.get(key)
            if old is None or new is None:
                continue
            low, high = sorted((old, new))
            jumps = high - low >= self._settings.jump_min_difference and high >= factor * low
            text = f"{self._labels[key].cell}：{before.year}年{EXPECTED}，{report.year}年{ACTUAL}"
            text += "，变化异常" if jumps else ""
            status: CheckStatus = "fail" if jumps else "pass"
            yield Check(
                key.table, "jump", key.row, status, "usually", text, old, new,
                "print" if jumps else None, (key,),
            )  # fmt: skip

    def _repeated_texts(self, before: YearlyReport, report: YearlyReport) -> Iterator[Check]:
        """The share of each section's text that repeats the year before."""
        max_share = Decimal(str(self._settings.max_repeated_share))
        for number in self.sections:
            old, new = before.texts.get(number, ""), report.texts.get(number, "")
            share = repeated_share(old, new, self._settings.shingle_length)
            if share is None:
                continue
            fails = share > max_share
            text = f"第{number}部分有{share:.0%}的文字与{before.year}年报告相同（数字不计）"
            yield Check(
                "narrative", "repeated_text", number, "fail" if fails else "pass", "usually",
                text, max_share, share, "print" if fails else None,
            )  # fmt: skip


def _identities(family: Family) -> Iterator[_Identity]:
    """Each identity in each row or column in which the form has all of its cells."""
    grouped: dict[tuple[str, str], list[HistoryTerm]] = defaultdict(list)
    for line in family.history:
        grouped[line.table_id, line.identity].append(line)
    for (table_id, rule), lines in grouped.items():
        first, table = lines[0], family.table(table_id)
        for place in table.columns if first.over == "column" else table.rows:
            terms = tuple(_Term(_key(line, place), line.year, line.sign) for line in lines)
            if all(term.key in table.fields_by_key for term in terms):
                yield _Identity(
                    table_id, rule, place, first.severity, first.over, first.relation, terms
                )


def _key(line: HistoryTerm, place: str) -> Key:
    row, column = (line.member, place) if line.over == "column" else (place, line.member)
    return Key(line.table_id, row, column)


def repeated_share(old: str, new: str, shingle: int) -> Decimal | None:
    """The share (0 to 1, two decimals) of the new text that repeats the old text.

    A run of at least ``shingle`` equal characters counts as repeated; white space and digits
    are ignored. None if one of the texts is too short.
    """
    old, new = _NOT_COMPARED.sub("", old), _NOT_COMPARED.sub("", new)
    if min(len(old), len(new)) < 4 * shingle:
        return None
    known = {old[k : k + shingle] for k in range(len(old) - shingle + 1)}
    repeated = end = 0
    for k in range(len(new) - shingle + 1):
        if new[k : k + shingle] in known:
            repeated += k + shingle - max(k, end)
            end = k + shingle
    return (Decimal(repeated) / len(new)).quantize(Decimal("0.01"))
