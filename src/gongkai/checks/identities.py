"""Accounting identities: printed numbers proved against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from gongkai.families.family import Family
from gongkai.families.tables import Identity
from gongkai.model import Check, CheckStatus, Key, Observation, Observations

_NOTHING = Decimal(0)


def check_identities(
    seen: Observations, forms: Mapping[str, str], family: Family
) -> Iterator[Check]:
    """Every identity of the pipeline on one report's observations.

    ``forms`` gives the form of each table printed; what a form does not have is not
    asked for. Three results: pass, fail, and skipped with the reason.
    """
    for identity in family.identities:
        for place, alternatives in _instances(
            identity.name, identity.table, forms.get(identity.table), family
        ):
            yield _check(identity, place, _printed_way(alternatives, seen), seen, family)


def terms_of(seen: Observations, forms: Mapping[str, str], family: Family) -> Iterator[Terms]:
    """The signed terms of every sum that must come to nothing, as the report printed it."""
    for identity in family.identities:
        if identity.severity == "must" and identity.relation == "eq":
            form = forms.get(identity.table)
            for _, ways in _instances(identity.name, identity.table, form, family):
                yield _printed_way(ways, seen)


Terms = tuple[tuple[Key, int], ...]


@lru_cache(maxsize=256)
def _instances(
    name: str, table: str, form: str | None, family: Family
) -> tuple[tuple[str, tuple[Terms, ...]], ...]:
    """Each row or column an identity holds for, with the ways its terms may be printed."""
    identity = next(i for i in family.identities if (i.name, i.table) == (name, table))
    return tuple(_placed(identity, form, family))


def _placed(
    identity: Identity, form: str | None, family: Family
) -> Iterator[tuple[str, tuple[Terms, ...]]]:
    over = identity.over
    places: dict[str, None] = {}
    for field in family.fields:
        if field.table_id == identity.table:
            places.setdefault(field.column_id if over == "column" else field.row_id)
    known = family.fields_by_key
    for place in places:

        def keys(terms: Sequence[tuple[str, int]], place: str = place) -> Terms:
            return tuple(
                (Key(identity.table, member, place), sign)
                if over == "column"
                else (Key(identity.table, place, member), sign)
                for member, sign in terms
            )

        always = keys(identity.groups.get("", ()))
        ways = [always + keys(terms) for name, terms in identity.groups.items() if name] or [always]
        ways = [way for way in ways if all(key in known for key, _ in way)]
        if form is not None:
            fitting = [w for w in ways if all(_in_form(k, form, family) for k, _ in w)]
            if not fitting:
                continue
        if ways:
            yield place, tuple(ways)


def _in_form(key: Key, form: str, family: Family) -> bool:
    return any(form in line.forms for line in family.fields_by_key[key])


def _printed_way(ways: Sequence[Terms], seen: Observations) -> Terms:
    """The way of printing the terms that the report chose: the most complete one."""
    if len(ways) == 1:
        return ways[0]
    return max(ways, key=lambda way: sum(key in seen for key, _ in way) / len(way))


def _check(
    identity: Identity, place: str, terms: Terms, seen: Observations, family: Family
) -> Check:
    name = (identity.table, identity.name, place)
    printed = [(key, o, sign) for key, sign in terms if (o := seen.get(key)) is not None]
    cells = tuple([key for key, _, _ in printed])

    def result(
        status: CheckStatus,
        message: str,
        expected: Decimal | None = None,
        actual: Decimal | None = None,
    ) -> Check:
        return Check(*name, status, identity.severity, message, expected, actual, None, cells)

    if len(printed) < len(terms):
        missing = [key for key, _ in terms if key not in seen]
        names = "、".join(short_label(key, family) for key in missing[:3])
        return result("skipped", f"未印出：{names}{'等' if len(missing) > 3 else ''}")
    states = [o.state for _, o, _ in printed]
    if "unreadable" in states:
        unread = (key for key, o, _ in printed if o.state == "unreadable")
        return result("skipped", f"读不出：{'、'.join(short_label(k, family) for k in unread)}")
    sides = [[(key, o) for key, o, sign in printed if sign == wanted] for wanted in (1, -1)]
    if not all(any(o.state == "number" for _, o in side) for side in sides):
        return result("skipped", "格为空或符号，无数可验")
    left, right = (sum([o.value for _, o in side if o.value], _NOTHING) for side in sides)
    holds = left == right if identity.relation == "eq" else left >= right
    text = _formula(identity, sides, left, right, holds, family)
    gaps = states.count("blank") + states.count("mark")
    if gaps:
        text += f"（其中{gaps}格为空或符号，不计入）"
    return result("pass" if holds else "fail", text, left, right)


def _formula(
    identity: Identity,
    sides: Sequence[Sequence[tuple[Key, Observation]]],
    left: Decimal,
    right: Decimal,
    holds: bool,
    family: Family,
) -> str:
    """One Chinese sentence that shows the sum with its printed terms."""
    key = sides[0][0][0]
    where = row_label(key, family) if identity.over == "row" else column_label(key, family)
    texts = []
    for side, total in zip(sides, (left, right), strict=True):
        terms = [(k, o) for k, o in side if o.value] or list(side[:1])
        named = " + ".join(
            f"{column_label(k, family) if identity.over == 'row' else row_label(k, family)}"
            f"{o.value if o.value is not None else 0}"
            for k, o in terms
        )
        texts.append(f"{named} = {total}" if len(terms) > 1 else named)
    relation = "等于" if identity.relation == "eq" else "不小于"
    return f"{where}：{texts[0]}，{'' if holds else '不'}{relation} {texts[1]}".replace(
        "不不小于", "却小于"
    )


@lru_cache(maxsize=1024)
def row_label(key: Key, family: Family) -> str:
    """The form's label of the row, innermost part, without its ordinal."""
    return _inner(family.fields_by_key[key][0].row_label)


@lru_cache(maxsize=1024)
def column_label(key: Key, family: Family) -> str:
    """The form's label of the column, innermost part."""
    return _inner(family.fields_by_key[key][0].column_label)


def short_label(key: Key, family: Family) -> str:
    """Row and column of one cell, for messages."""
    return f"{row_label(key, family)}·{column_label(key, family)}"


def _inner(label: str) -> str:
    inner = label.split("／")[-1]
    return inner.split("（区分")[0]
