"""Checks the sections of the text, and compares its figures with the tables and their parts.

Every check has severity ``usually``. A figure that agrees with cells is proved by the table; a
whole and its parts that add up prove each other.

A figure may mean one of several things: new requests only, or with those carried over; cases
concluded, or all cases. Each meaning is tried before a contradiction is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from gongkai.checks.identities import last_digit, rounding_of
from gongkai.checks.meanings import Meaning, NamedRows, meaning_of
from gongkai.checks.narrative_ratios import RatioChecks, ValuesOf
from gongkai.families.family import Family
from gongkai.families.lines import Unit
from gongkai.model import Cause, Check, CheckStatus, FigureProof, Key, NarrativeFigure, Observations

# At least this many parts with at least this share of the total are taken for a full list.
_MANY_PARTS = 3
_NEARLY_ALL = Decimal("0.85")
_ZERO, _ONE = Decimal(0), Decimal(1)

PARTS_RULE = "parts_sum"
_Indices = Sequence[int]


class _CellSum(NamedTuple):
    """The value that the printed cells give for one meaning."""

    meaning: str
    value: Decimal
    cells: tuple[Key, ...]
    unit: str | None


class _Stated(NamedTuple):
    """What the text states: one figure, or the sum of figures of several metrics."""

    figures: tuple[NarrativeFigure, ...]
    indices: tuple[int, ...]
    value: Decimal

    @property
    def wording(self) -> str:
        return "、".join(map(_wording, self.figures))

    def equals(self, found: _CellSum, units: Mapping[str, Unit]) -> bool:
        """Do the figures agree with a sum of cells, rounded to their own last digit?"""
        if any(figure.approximate for figure in self.figures):  # 约90, 90余: within a tenth
            return abs(self.value - found.value) <= max(found.value / 10, _ONE)
        factor = _factor(units.get(self.figures[0].unit or ""), units.get(found.unit or ""))
        difference = abs(self.value * factor - found.value)
        if not difference:  # as nearly always
            return True
        step = factor.scaleb(max([last_digit(figure.value) for figure in self.figures]))
        if factor != 1:
            step = max(step, _ONE.scaleb(last_digit(found.value)))
        allowed = rounding_of([found.value]) if len(found.cells) > 1 else _ZERO
        return 2 * difference <= step + 2 * allowed


class SectionChecks:
    """The sections that the forms of one family prescribe."""

    def __init__(self, family: Family) -> None:
        self.free_forms = {form.id for form in family.forms if form.sections == "free"}
        self.titles = {each.number: each.title for each in family.settings.sections}

    def check(self, numbers: Sequence[str], form: str = "") -> Check:
        """Check the ``numbers`` of the sections found, in printed order."""
        name, text = ("sections", "order", ""), f"找到章节{'、'.join(numbers) or '无'}"
        if form in self.free_forms:
            return Check(*name, "skipped", "usually", f"{form}年格式不规定章节；{text}")
        if list(numbers) == list(self.titles):
            return Check(*name, "pass", "usually", text)
        if missing := "、".join(f"{n}（{t}）" for n, t in self.titles.items() if n not in numbers):
            text = f"{text}；未找到{missing}"
        if list(numbers) != [number for number in self.titles if number in numbers]:
            text = f"{text}；次序与格式不同"
        return Check(*name, "fail", "usually", text)


class NarrativeChecks:
    """The comparisons of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        names = {".".join(key): key for key in family.fields_by_key}
        grouped: dict[tuple[str, str], list[Meaning]] = defaultdict(list)
        for line in family.comparisons:
            grouped[line.check, line.metric_id].append(meaning_of(line, names))
        self._comparisons = [
            (rule, dict.fromkeys(metrics.split("+")), meanings)
            for (rule, metrics), meanings in grouped.items()
        ]
        self._rules = frozenset(rule for rule, _ in grouped)
        free = {table.id for table in family.free_tables}
        # rules with nothing but tables at any place apply only if one of these is printed
        self._free = {
            rule: tables
            for rule, _, meanings in self._comparisons
            if (tables := {key.table for each in meanings for key in each.keys}) <= free
        }
        grammar = family.narrative_grammar
        self._each = {line.check for line in family.comparisons if line.figures == "each"}
        self._rows = NamedRows(family)
        self._ratios = RatioChecks(grammar) if grammar.ratios else None
        self._units = family.units
        self._fields = family.fields_by_key
        self._own_agency_words = grammar.own_agency_words
        self._scoped = frozenset(grammar.scoped_metrics)
        self._included = frozenset(grammar.included_metrics)

    def check_and_prove(
        self, figures: Sequence[NarrativeFigure], observations: Observations
    ) -> tuple[list[Check], list[NarrativeFigure]]:
        """Compare the figures of one report with its cells, and parts with their totals.

        Also returns the figures with what proves them.
        """
        checks: list[Check] = []
        proofs: dict[int, FigureProof] = {}
        for check, indices in self._results(figures, observations):
            checks.append(check)
            for index in indices:
                proofs.setdefault(index, "table" if check.rule in self._rules else "sum")
        return checks, [
            figure
            if figure.proof == (proof := proofs.get(k, "text"))
            else replace(figure, proof=proof)
            for k, figure in enumerate(figures)
        ]

    def _results(
        self, figures: Sequence[NarrativeFigure], observations: Observations
    ) -> Iterator[tuple[Check, _Indices]]:
        """Each check, and the figures that it proves."""
        by_metric: dict[str, list[int]] = defaultdict(list)
        for index, figure in enumerate(figures):
            whole = None if figure.part_of is None else figures[figure.part_of].metric_id
            if figure.metric_id and not figure.planned and whole not in self._scoped:
                by_metric[figure.metric_id].append(index)
        printed: set[str] = set()  # tables, found where a rule needs them
        for rule, metrics, meanings in self._comparisons:
            if not by_metric.keys() >= metrics.keys():
                continue
            if rule in self._free:
                printed = printed or {key.table for key in observations}
                if self._free[rule].isdisjoint(printed):
                    continue
            stated = _stated(figures, [by_metric[metric] for metric in metrics])
            if rule in self._each:
                yield from self._compare_each(rule, stated, meanings, observations)
            else:
                yield from self._compare(rule, stated, meanings, observations)
        yield from _part_checks(figures, self._included)
        if self._ratios is not None:
            yield from self._ratios.check(figures, self._values_of(observations))

    def _compare_each(
        self,
        rule: str,
        stated: Sequence[_Stated],
        meanings: Sequence[Meaning],
        observations: Observations,
    ) -> Iterator[tuple[Check, _Indices]]:
        """Does each of the stated numbers agree with one of the meanings?"""
        for place, each in enumerate(stated, 1):
            own = self._rows.meanings(each.figures[0], meanings, observations)
            for check, proved in self._compare(rule, [each], own, observations):
                blank = None if check.cells else _blank(own, observations)
                found = check if blank is None else _beside_blank(check, each, blank)
                yield replace(found, place=f"{place}"), proved

    def _values_of(self, observations: Observations) -> ValuesOf:
        """What the tables print for a metric, in the unit of a figure."""
        by_metric: dict[str, list[Meaning]] = defaultdict(list)
        for _, metrics, meanings in self._comparisons:
            by_metric["+".join(metrics)] += meanings

        def values(metric_id: str, figure: NarrativeFigure) -> list[Decimal]:
            own = self._rows.meanings(figure, by_metric.get(metric_id, ()), observations)
            unit = self._units.get(figure.unit or "")
            sums = filter(None, (self._sum(each, observations) for each in own))
            return [s.value / _factor(unit, self._units.get(s.unit or "")) for s in sums]

        return values

    def _compare(
        self,
        rule: str,
        stated: Sequence[_Stated],
        meanings: Sequence[Meaning],
        observations: Observations,
    ) -> Iterator[tuple[Check, _Indices]]:
        """Does one of the stated numbers agree with one of the meanings?"""
        if not stated:
            return
        name = ("narrative", rule, "")
        sums: list[_CellSum] = []
        agreeing: dict[int, _CellSum] = {}  # by place in ``stated``, the first sum that agrees
        for found in filter(None, (self._sum(each, observations) for each in meanings)):
            sums.append(found)
            for place, each in enumerate(stated):
                if place not in agreeing and each.equals(found, self._units):
                    agreeing[place] = found
            if len(agreeing) == len(stated):
                break
        if agreeing:
            first, found = stated[min(agreeing)], agreeing[min(agreeing)]
            text = f"正文“{first.wording}”与表内{found.meaning}一致"
            values = (found.value, first.value)
            check = Check(*name, "pass", "usually", text, *values, None, found.cells)
            yield check, [index for place in agreeing for index in stated[place].indices]
        elif sums:
            yield self._contradiction(name, stated, sums, observations), ()
        else:
            yield Check(*name, "skipped", "usually", "表内没有可与正文对照的数"), ()

    def _contradiction(
        self,
        name: tuple[str, str, str],
        stated: Sequence[_Stated],
        sums: Sequence[_CellSum],
        observations: Observations,
    ) -> Check:
        """The check of a number that agrees with no meaning; it names every meaning tried."""
        first, (meaning, value, cells, _) = stated[0], sums[0]
        status: CheckStatus = "fail"
        text = f"正文“{first.wording}”，表内{meaning}为{value}"
        figures = [figure for each in stated for figure in each.figures]
        if self._is_about_own_agency(figures) and first.value < value:
            status, text = "skipped", f"{text}：正文只说本级，表为全口径，不能对照"
        elif len(sums) > 1:
            others = "、".join(f"{each.meaning}（{each.value}）" for each in sums[1:])
            text = f"{text}，按{others}也不一致"
        cause: Cause | None = None
        if status == "fail":
            cause = "reading" if any(observations[key].flagged for key in cells) else "print"
        return Check(*name, status, "usually", text, value, first.value, cause, cells)

    def _sum(self, meaning: Meaning, observations: Observations) -> _CellSum | None:
        """The value of a meaning; None if one of its terms has no printed number."""
        total, cells = _ZERO, list[Key]()
        for keys, sign in meaning.terms:
            printed = [(key, cell) for key in keys if (cell := observations.get(key))]
            values = [v for _, cell in printed if (v := cell.value_in_unit) is not None]
            if not values or (len(keys) == 1 and printed[0][1].state != "number"):
                return None
            total += sign * sum(values, _ZERO)
            cells += [key for key, _ in printed]
        return _CellSum(meaning.name, total, tuple(cells), self._fields[cells[0]][0].unit)

    def _is_about_own_agency(self, figures: Sequence[NarrativeFigure]) -> bool:
        """Is a figure about the agency alone, without its subordinate bodies?"""
        return any(word in figure.sentence for word in self._own_agency_words for figure in figures)


def _stated(figures: Sequence[NarrativeFigure], groups: Sequence[Sequence[int]]) -> list[_Stated]:
    """What is compared: each figure of one metric, or the only ones of several metrics together."""
    if len(groups) == 1:
        return [_Stated((figures[k],), (k,), figures[k].value) for k in groups[0]]
    if any(len(group) > 1 for group in groups):
        return []
    indices = tuple(group[0] for group in groups)
    own = tuple(figures[index] for index in indices)
    return [_Stated(own, indices, sum([figure.value for figure in own], _ZERO))]


def _blank(meanings: Sequence[Meaning], observations: Observations) -> Meaning | None:
    """The first meaning whose cells are all printed empty."""
    for each in meanings:
        cells = [observations.get(key) for key in each.keys]
        if cells and all(cell is not None and cell.state == "blank" for cell in cells):
            return each
    return None


def _beside_blank(check: Check, stated: _Stated, blank: Meaning) -> Check:
    """The check of a figure whose cell is empty: 0 is printed so, another number is not."""
    text = f"正文“{stated.wording}”，表内{blank.name}为空"
    cells = tuple(blank.keys)
    if stated.value == 0:
        return replace(check, wording=text, cells=cells)
    return replace(check, status="fail", wording=text, cause="print", cells=cells)


def _factor(source: Unit | None, target: Unit | None) -> Decimal:
    """What converts a number in one unit to another; 1 if that cannot be done."""
    if source is None or target is None or source.quantity != target.quantity:
        return _ONE
    return source.factor / target.factor


def _part_checks(
    figures: Sequence[NarrativeFigure], included: Collection[str]
) -> Iterator[tuple[Check, _Indices]]:
    """The check of each total, and the figures that it proves.

    Parts with a metric in ``included`` are contained in the other parts: 办结38件（含上年结转5件）.
    """
    parts_of: dict[int, list[int]] = defaultdict(list)
    for index, figure in enumerate(figures):
        if figure.part_of is not None:
            parts_of[figure.part_of].append(index)
    counts: dict[str, int] = defaultdict(int)
    for total, parts in parts_of.items():
        section = figures[total].section
        counts[section] += 1
        own = [i for i in parts if figures[i].metric_id not in included] or parts
        divisions = [d for d in _divisions(figures, parts, own) if _adds_up(figures, d, total)]
        check = _check_part_sum(
            figures[total],
            [figures[i] for i in (divisions[0] if divisions else own)],
            f"{section or '前言'}{counts[section]}",
        )
        proved = [total, *(i for d in divisions for i in d)] if check.status == "pass" else ()
        yield check, proved


def _divisions(
    figures: Sequence[NarrativeFigure], parts: _Indices, own: _Indices
) -> list[list[int]]:
    """The groups of parts that can be all of a total, the likeliest first.

    A text can divide a total several times (按渠道分…；按申请人分…), each time completely.
    """
    found = [list(parts)] if len(own) == len(parts) else [list(parts), list(own)]
    by_sentence: dict[str, list[int]] = defaultdict(list)
    for index in own:
        by_sentence[figures[index].sentence].append(index)
    if len(by_sentence) > 1:
        found += by_sentence.values()
    return [*found, *_runs(figures, own)]


def _runs(figures: Sequence[NarrativeFigure], parts: _Indices) -> list[list[int]]:
    """The parts in runs that each add up to the total; none if a part is left over."""
    total, left = figures[figures[parts[0]].part_of or 0].value, _ZERO
    runs: list[list[int]] = []
    for index in parts:
        if left == 0:
            runs.append([])
            left = total
        runs[-1].append(index)
        left -= figures[index].value
    return runs if left == 0 and len(runs) > 1 else []


def _adds_up(figures: Sequence[NarrativeFigure], parts: _Indices, total: int) -> bool:
    values = [figures[i].value for i in parts]
    return len(parts) > 1 and _is_sum(values, figures[total].value)


def _is_sum(values: Sequence[Decimal], total: Decimal) -> bool:
    """Do numbers that are printed rounded add up to their total?"""
    difference = abs(sum(values, _ZERO) - total)
    return not difference or difference <= rounding_of((*values, total))


def _check_part_sum(total: NarrativeFigure, parts: Sequence[NarrativeFigure], place: str) -> Check:
    found = sum((part.value for part in parts), _ZERO)
    terms = " + ".join(str(part.value) for part in parts)
    text = f"“{_wording(total)}”所列各项：{terms} = {found}"
    approximate = total.approximate or any(part.approximate for part in parts)
    holds = _is_sum([part.value for part in parts], total.value)
    status: CheckStatus = "pass" if holds else "fail"
    if holds and found != total.value:
        text = f"{text}，与{total.value}相差在四舍五入之内"
    if approximate or _may_be_incomplete(parts, found, total):
        status, text = "skipped", f"{text}，未必列全"
    elif status == "fail":
        text = f"{text}，不等于{total.value}"
    cause: Cause | None = "print" if status == "fail" else None
    return Check("narrative", PARTS_RULE, place, status, "usually", text, total.value, found, cause)


def _may_be_incomplete(
    parts: Sequence[NarrativeFigure], found: Decimal, total: NarrativeFigure
) -> bool:
    """May the text leave out some of the parts? 其中 often names only the main ones."""
    if found >= total.value or (len(parts) > 1 and _is_sum([p.value for p in parts], total.value)):
        return len(parts) == 1 and found == total.value
    few = len(parts) < _MANY_PARTS or found < _NEARLY_ALL * total.value
    return few or "等" in total.sentence


def _wording(figure: NarrativeFigure) -> str:
    """The words and the number of a figure, as printed, for messages."""
    if figure.stated_as_none:
        return figure.phrase[:40]
    return f"{figure.phrase[-24:]}{figure.raw_text or figure.value}"
