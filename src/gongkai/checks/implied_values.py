"""What the sums need where exactly one of their terms was not read with certainty.

Offered beside the cell, never as its value: numbers come from the print.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from gongkai.checks.identities import terms_of
from gongkai.families.family import Family
from gongkai.model import Key, Observation, Observations


def with_implied(
    seen: Observations, forms: Mapping[str, str], family: Family
) -> dict[Key, Observation]:
    """The cells, those in doubt with the value their sums imply, where all of them agree."""
    if all(cell.state == "number" and not cell.flagged for cell in seen.values()):
        return dict(seen)
    found: dict[Key, set[Decimal]] = {}
    for terms in terms_of(seen, forms, family):
        if any(key not in seen for key, _ in terms):
            continue
        in_doubt = [(key, sign) for key, sign in terms if _is_open(seen[key])]
        gaps = [(key, sign) for key, sign in terms if seen[key].value is None]
        total = sum((sign * (seen[key].value or Decimal(0)) for key, sign in terms), Decimal(0))
        if not in_doubt and total:
            in_doubt = gaps  # a sum that fails for want of a number
        if len(in_doubt) != 1:
            continue
        key, sign = in_doubt[0]
        rest = total - sign * (seen[key].value or Decimal(0))
        found.setdefault(key, set()).add(-sign * rest)
    implied = {
        key: value
        for key, values in found.items()
        if len(values) == 1 and (value := values.pop()) >= 0
    }
    return {
        key: replace(cell, implied_value=implied[key]) if key in implied else cell
        for key, cell in seen.items()
    }


def _is_open(cell: Observation) -> bool:
    return cell.state == "unreadable" or cell.flagged
