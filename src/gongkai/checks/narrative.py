"""Text against table, and text against itself. All of class ``usually``.

Prose gives a number one of several meanings: new requests only, or with those carried in;
cases concluded, or all. Each is tried, and the one that fits is named, before a
contradiction is reported.
"""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from gongkai.families.family import Family
from gongkai.families.narrative import Comparison
from gongkai.model import Cause, Check, CheckStatus, Key, NarrativeFigure, Observations

_MANY = 3  # parts
_NEARLY = Decimal("0.85")

Terms = tuple[tuple[tuple[Key, ...], int], ...]


def check_prose(
    figures: Sequence[NarrativeFigure], seen: Observations, family: Family
) -> Iterator[Check]:
    """Every comparison of told figures with printed cells and with each other."""
    by_metric: dict[str, list[NarrativeFigure]] = defaultdict(list)
    for figure in figures:
        if figure.metric_id and not figure.planned:
            by_metric[figure.metric_id].append(figure)
    for name, metric_id, meanings in _meanings(family):
        told = by_metric.get(metric_id)
        if told:
            yield _against_table(name, told, meanings, seen, family)
    yield from _parts(figures)


# ------------------------------------------------------------ text against table


@lru_cache(maxsize=4)
def _meanings(
    family: Family,
) -> tuple[tuple[str, str, tuple[tuple[Comparison, Terms], ...]], ...]:
    """Each check with its metric and the meanings to try, cells looked up."""
    keys = {f"{f.table_id}.{f.row_id}.{f.column_id}": f.key for f in family.fields}
    grouped: dict[tuple[str, str], list[tuple[Comparison, Terms]]] = defaultdict(list)
    for line in family.comparisons:
        terms = tuple(
            (
                tuple(keys[name] for name in fnmatch.filter(keys, term.removeprefix("-"))),
                -1 if term.startswith("-") else 1,
            )
            for term in line.terms
        )
        grouped[line.check, line.metric_id].append((line, terms))
    return tuple((name, metric, tuple(lines)) for (name, metric), lines in grouped.items())


def _against_table(
    name: str,
    told: Sequence[NarrativeFigure],
    meanings: Sequence[tuple[Comparison, Terms]],
    seen: Observations,
    family: Family,
) -> Check:
    check = ("narrative", name, "")
    values = []
    for line, terms in meanings:
        value = _value(terms, seen)
        if value is not None:
            involved = tuple(key for keys, _ in terms for key in keys if key in seen)
            values.append((line.meaning, value, involved))
    if not values:
        return Check(*check, "skipped", "usually", "表内没有可与正文对照的数")
    for figure in told:
        for meaning, value, cells in values:
            if _equal(figure, value):
                text = f"正文“{_said(figure)}”与表内{meaning}一致"
                return Check(*check, "pass", "usually", text, value, figure.value, None, cells)
    figure = told[0]
    meaning, value, cells = values[0]
    status: CheckStatus = "fail"
    text = f"正文“{_said(figure)}”，表内{meaning}为{value}"
    own = family.narrative_grammar.own_agency_words
    if any(w in f.sentence for w in own for f in told) and figure.value < value:
        status, text = "skipped", f"{text}：正文只说本级，表为全口径，不能对照"
    elif len(values) > 1:
        text = f"{text}，按{'、'.join(m for m, _, _ in values[1:])}也不一致"
    flagged = any(seen[key].flagged for key in cells)
    cause: Cause | None = None if status != "fail" else "reading" if flagged else "print"
    return Check(*check, status, "usually", text, value, figure.value, cause, cells)


def _value(terms: Terms, seen: Observations) -> Decimal | None:
    """The signed sum of the cells; None where one that is asked for by name has no number."""
    total = Decimal(0)
    for keys, sign in terms:
        printed = [seen[key] for key in keys if key in seen]
        if not printed or (len(keys) == 1 and printed[0].state != "number"):
            return None
        if not any(o.value is not None for o in printed):
            return None
        total += sign * sum((o.value or Decimal(0) for o in printed), Decimal(0))
    return total


def _equal(figure: NarrativeFigure, value: Decimal) -> bool:
    if figure.approximate:  # 约90, 90余: within a tenth
        return abs(figure.value - value) <= max(value / 10, Decimal(1))
    return figure.value == value


def _said(figure: NarrativeFigure) -> str:
    """The words and the number as they are told."""
    if figure.stated_as_none:
        return figure.phrase[:40]
    return f"{figure.phrase[-24:]}{figure.raw_text or figure.value}"


# ----------------------------------------------------------- text against itself


def _parts(figures: Sequence[NarrativeFigure]) -> Iterator[Check]:
    """Parts against the whole that the text says they are parts of."""
    parts: dict[int, list[NarrativeFigure]] = defaultdict(list)
    for figure in figures:
        if figure.part_of is not None:
            parts[figure.part_of].append(figure)
    counts: dict[str, int] = defaultdict(int)
    for index, own in parts.items():
        whole = figures[index]
        counts[whole.section] += 1
        place = f"{whole.section or '前言'}{counts[whole.section]}"
        total = sum((p.value for p in own), Decimal(0))
        shown = " + ".join(str(p.value) for p in own)
        text = f"“{_said(whole)}”所列各项：{shown} = {total}"
        rough = whole.approximate or any(p.approximate for p in own)
        status: CheckStatus = "pass" if total == whole.value else "fail"
        if rough or _need_not_be_all(own, total, whole):
            status, text = "skipped", f"{text}，未必列全"
        elif status == "fail":
            text = f"{text}，不等于{whole.value}"
        cause: Cause | None = "print" if status == "fail" else None
        yield Check(
            "narrative", "parts_sum", place, status, "usually", text, whole.value, total, cause
        )


def _need_not_be_all(
    own: Sequence[NarrativeFigure], total: Decimal, whole: NarrativeFigure
) -> bool:
    """Do parts that leave a rest leave it on purpose? 其中 often names only the chief ones.

    Three parts or more that come near the whole were meant to be all of it.
    """
    if total >= whole.value:
        return len(own) == 1 and total == whole.value
    return len(own) < _MANY or total < _NEARLY * whole.value or "等" in whole.sentence
