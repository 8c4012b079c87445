"""One body's report against its report of the year before. All of class ``usually``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from gongkai.checks.identities import column_label, row_label, short_label
from gongkai.families.family import Family
from gongkai.families.years import HistoryMember
from gongkai.model import Check, CheckStatus, Key

_NOT_TEXT = re.compile(r"[\s\d]+")


@dataclass(frozen=True, slots=True)
class YearBook:
    """What of one report is compared with the next year's."""

    report_id: int
    year: int
    cells: Mapping[Key, Decimal]  # numbers only
    texts: Mapping[str, str] = field(default_factory=dict)  # section -> text


def cells_needed(family: Family) -> frozenset[Key]:
    """The cells that any comparison over years looks at."""
    keys = {key for _, _, terms in _identities(family) for key, _, _ in terms}
    return frozenset(keys | set(_watched(family)))


def check_years(before: YearBook, book: YearBook, family: Family) -> Iterator[Check]:
    """Every comparison of a year's report with that of the year before."""
    for name, members, terms in _identities(family):
        check = _identity(name, members[0], terms, before, book, family)
        if check is not None:
            yield check
    yield from _jumps(before, book, family)
    yield from _repeated(before, book, family)


CheckName = tuple[str, str, str]  # table, rule, place
Terms = tuple[tuple[Key, int, int], ...]  # cell, year, sign


@lru_cache(maxsize=4)
def _identities(
    family: Family,
) -> tuple[tuple[CheckName, tuple[HistoryMember, ...], Terms], ...]:
    """Each identity at each place it holds for."""
    grouped: dict[tuple[str, str], list[HistoryMember]] = defaultdict(list)
    for line in family.history:
        grouped[line.table_id, line.identity].append(line)
    found = []
    for (table, name), lines in grouped.items():
        over = lines[0].over
        own = [f for f in family.fields if f.table_id == table]
        places = dict.fromkeys(f.column_id if over == "column" else f.row_id for f in own)
        for place in places:
            terms = tuple(
                (
                    Key(table, m.member, place)
                    if over == "column"
                    else Key(table, place, m.member),
                    m.year,
                    m.sign,
                )
                for m in lines
            )
            if all(key in family.fields_by_key for key, _, _ in terms):
                found.append(((table, name, place), tuple(lines), terms))
    return tuple(found)


def _key(table: str, line: HistoryMember, place: str) -> Key:
    return (
        Key(table, line.member, place) if line.over == "column" else Key(table, place, line.member)
    )


def _identity(
    name: CheckName,
    line: HistoryMember,
    terms: Terms,
    before: YearBook,
    book: YearBook,
    family: Family,
) -> Check | None:
    """One identity; None where one of the reports does not print its cells."""
    left = right = Decimal(0)
    sides: tuple[list[str], list[str]] = ([], [])
    for key, year, sign in terms:
        source = book if year == 0 else before
        value = source.cells.get(key)
        if value is None:
            return None
        label = row_label(key, family) if line.over == "column" else column_label(key, family)
        sides[sign < 0].append(f"{source.year}年{label}{value}")
        if sign > 0:
            left += value
        else:
            right += value
    holds = left == right if line.relation == "eq" else left >= right
    place = terms[0][0]
    where = column_label(place, family) if line.over == "column" else row_label(place, family)
    word = ("等于" if line.relation == "eq" else "不小于") if holds else (
        "不等于" if line.relation == "eq" else "小于"
    )  # fmt: skip
    text = f"{where}：{' + '.join(sides[0])}，{word}{' + '.join(sides[1])}"
    cells = tuple(key for key, year, _ in terms if year == 0)
    status: CheckStatus = "pass" if holds else "fail"
    cause = None if holds else "print"
    return Check(*name, status, line.severity, text, right, left, cause, cells)  # type: ignore[arg-type]


def _watched(family: Family) -> Sequence[Key]:
    return [Key(*name.split(".")) for name in family.settings.history.jumps]


def _jumps(before: YearBook, book: YearBook, family: Family) -> Iterator[Check]:
    """Numbers many times as large or as small as the year before."""
    limits = family.settings.history
    for key in _watched(family):
        old, new = before.cells.get(key), book.cells.get(key)
        if old is None or new is None:
            continue
        low, high = sorted((old, new))
        jump = high - low >= limits.least and high >= Decimal(str(limits.times)) * low
        text = f"{short_label(key, family)}：{before.year}年{old}，{book.year}年{new}"
        status: CheckStatus = "fail" if jump else "pass"
        text += "，变化异常" if jump else ""
        yield Check(
            key.table, "jump", key.row, status, "usually", text, old, new,
            "print" if jump else None, (key,),
        )  # fmt: skip


def _repeated(before: YearBook, book: YearBook, family: Family) -> Iterator[Check]:
    """How much of a section's text is that of the year before, numbers apart."""
    limits = family.settings.history
    for number in limits.sections:
        old, new = before.texts.get(number, ""), book.texts.get(number, "")
        share = repeated_share(old, new, limits.shingle)
        if share is None:
            continue
        much = share > Decimal(str(limits.repeated))
        text = f"第{number}部分有{share:.0%}的文字与{before.year}年报告相同（数字不计）"
        yield Check(
            "narrative", "repeated_text", number, "fail" if much else "pass", "usually", text,
            Decimal(str(limits.repeated)), share, "print" if much else None,
        )  # fmt: skip


def repeated_share(old: str, new: str, shingle: int) -> Decimal | None:
    """The share (0..1, two places) of the new text's characters that lie in runs of at least
    ``shingle`` characters of the old text; None where one is too short to say."""
    old, new = _NOT_TEXT.sub("", old), _NOT_TEXT.sub("", new)
    if min(len(old), len(new)) < 4 * shingle:
        return None
    known = {old[k : k + shingle] for k in range(len(old) - shingle + 1)}
    covered = end = 0
    for k in range(len(new) - shingle + 1):
        if new[k : k + shingle] in known:
            covered += k + shingle - max(k, end)
            end = k + shingle
    return (Decimal(covered) / len(new)).quantize(Decimal("0.01"))
