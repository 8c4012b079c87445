"""The value that the sums imply for a doubtful cell.

It is shown beside the cell and never replaces its value: values come only from the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from gongkai.families.tables import SignedCells
from gongkai.model import Key, Observation, Observations

_ZERO = Decimal(0)


def with_implied_values(
    observations: Observations, sums: Iterable[SignedCells]
) -> dict[Key, Observation]:
    """Add to doubtful cells the value that their sums imply, if all of these sums agree.

    A sum implies a value if exactly one of its cells is doubtful, or if it fails and exactly
    one of its cells has no number.
    """
    if all(cell.state == "number" and not cell.flagged for cell in observations.values()):
        return dict(observations)
    candidates: dict[Key, set[Decimal]] = defaultdict(set)
    for terms in sums:
        if all(key in observations for key, _ in terms):
            for key, value in _implied_by(terms, observations):
                candidates[key].add(value)
    implied = {
        key: value
        for key, values in candidates.items()
        if len(values) == 1 and (value := values.pop()) >= 0
    }
    return {
        key: replace(cell, implied_value=implied[key]) if key in implied else cell
        for key, cell in observations.items()
    }


def _implied_by(terms: SignedCells, observations: Observations) -> list[tuple[Key, Decimal]]:
    """The cell for which a sum implies a value, with the value; or none."""
    total = sum([sign * (observations[key].value or _ZERO) for key, sign in terms], _ZERO)
    uncertain = [(key, sign) for key, sign in terms if _is_doubtful(observations[key])]
    if not uncertain and total:
        uncertain = [(key, sign) for key, sign in terms if observations[key].value is None]
    if len(uncertain) != 1:
        return []
    [(key, sign)] = uncertain
    rest = total - sign * (observations[key].value or _ZERO)
    return [(key, -sign * rest)]


def _is_doubtful(cell: Observation) -> bool:
    return cell.state == "unreadable" or cell.flagged
