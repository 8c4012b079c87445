"""All identities of the drafted tables, without those that follow from others."""

from __future__ import annotations

from collections.abc import Iterable

from gongkai.drafting.across import AcrossTables
from gongkai.drafting.bounds import find_bounds
from gongkai.drafting.evidence import Identity, Judge
from gongkai.drafting.keys import MEMBER, Labels
from gongkai.drafting.sums import find_sums
from gongkai.drafting.values import CellKey, Values
from gongkai.normalizers.tables.labels import printed_ordinal

_PRIME = (1 << 61) - 1  # ranks are taken modulo a prime
_LEVELS = {"chinese": 1, "bracket": 2, "arabic": 3}  # of ordinals, by the name of their style


def discover(values: Values, labels: Labels) -> list[Identity]:
    """The identities that the samples support, the best first; none follows from those before."""
    judge = Judge(values)
    sums = {number: find_sums(table, judge, level_of) for number, table in values.tables.items()}
    within = [identity for own in sums.values() for identity in own.identities]
    across = AcrossTables(values, judge, labels).find(sums)
    equalities = minimal([*within, *across], values)
    bounds = [
        bound
        for number, table in values.tables.items()
        for bound in find_bounds(table, sums[number], judge)
    ]
    return [*equalities, *bounds]


def level_of(label: str) -> int:
    """The level of the ordinal with which a label begins; 0 without one."""
    ordinal = printed_ordinal(label.removeprefix(MEMBER).lstrip("：:"))
    level = _LEVELS.get(ordinal.style, 0) if ordinal is not None else 0
    return level + 1 if level and label.startswith(MEMBER) else level


def minimal(found: Iterable[Identity], values: Values) -> list[Identity]:
    """The identities, best first, without those that follow from better ones by addition.

    Inequalities and those without data are kept.
    """
    ordered = sorted(found, key=_order)
    span = Span()
    kept = []
    for identity in ordered:
        candidate = identity.candidate
        if candidate.relation == "ge" or identity.rank == "unproved":
            kept.append(identity)
            continue
        rows = [
            row
            for instance in candidate.instances
            if (row := {key: sign for key, sign in instance.items() if any(values.of(key))})
        ]
        if sum([span.add(row) for row in rows]):
            kept.append(identity)
    return kept


def _order(identity: Identity) -> tuple[bool, bool, bool, bool, bool, float]:
    candidate = identity.candidate
    return (
        candidate.relation == "ge",
        identity.rank != "strong",
        not identity.is_within_table,
        len(candidate.instances) > 1 and not identity.is_within_table,  # totals first
        bool(identity.failures),
        -identity.trust,
    )


class Span:
    """Sums of cells, and all that follow from them by addition and subtraction."""

    def __init__(self) -> None:
        self._basis: dict[CellKey, dict[CellKey, int]] = {}

    def add(self, row: dict[CellKey, int]) -> bool:
        """Add a sum; is it new?"""
        rest = self._rest(row)
        if not rest:
            return False
        lead = min(rest)
        inverse = pow(rest[lead], -1, _PRIME)
        self._basis[lead] = {key: value * inverse % _PRIME for key, value in rest.items()}
        return True

    def has(self, row: dict[CellKey, int]) -> bool:
        """Does a sum follow from those that were added?"""
        return not self._rest(row)

    def _rest(self, row: dict[CellKey, int]) -> dict[CellKey, int]:
        """What remains of a sum after subtracting those that were added."""
        row = {key: value % _PRIME for key, value in row.items()}
        done: set[CellKey] = set()
        while lead := min(
            (key for key in row if key in self._basis and key not in done), default=None
        ):
            factor = row[lead]
            for key, value in self._basis[lead].items():
                row[key] = (row.get(key, 0) - factor * value) % _PRIME
                if not row[key]:
                    del row[key]
            done.add(lead)
        return row
