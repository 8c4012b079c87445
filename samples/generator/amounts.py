"""Draw random numbers for the three tables of a form, such that every sum of the form holds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

from . import forms
from .model import Key, Printed
from .truth import exact

# The least and the most new applications of a body in a year.
SCALES = {"none": (0, 0), "few": (1, 9), "town": (3, 40), "county": (30, 260), "city": (600, 4200)}
# Share of each kind of applicant, in the order of forms.PARTS.
_COLUMN_SHARE = (0.9, 0.06, 0.003, 0.012, 0.015, 0.01)


def _split_at_random(rng: random.Random, total: int, weights: list[float]) -> list[int]:
    """Split a total at random by weights; the parts add up to the total."""
    out = [0] * len(weights)
    for index in rng.choices(range(len(weights)), weights, k=total):
        out[index] += 1
    return out


def applications(
    rng: random.Random,
    form: str,
    scale: str,
    single_other: bool,
    total: int | None = None,
    carried_in: Sequence[int] | None = None,
) -> dict[Key, int]:
    """Draw the cells of section 三: applications by applicant and result.

    Draws the number of new applications and those carried in by applicant, where not given.
    """
    low, high = SCALES[scale]
    if total is None:
        total = rng.randint(low, high)
    received = _split_at_random(rng, total, list(_COLUMN_SHARE))
    if carried_in is None:
        carried_in = _split_at_random(rng, rng.randint(0, high // 20), list(_COLUMN_SHARE))
    results = [r.row_id for r in forms.result_rows(form, single_other)]
    weights = [rng.choice((0.05, 0.3, 1.0)) for _ in results]
    weights[0] = 12.0
    weights[1] = 2.0
    weights[results.index("unavailable_not_held")] = 9.0
    out: dict[Key, int] = {}
    for index, column in enumerate(forms.PARTS):
        to_process = received[index] + carried_in[index]
        carried_out = min(to_process, _split_at_random(rng, to_process, [0.96, 0.04])[1])
        out["applications", forms.RECEIVED, column] = received[index]
        out["applications", forms.CARRIED_IN, column] = carried_in[index]
        for row, count in zip(
            results, _split_at_random(rng, to_process - carried_out, weights), strict=True
        ):
            out["applications", row, column] = count
        out["applications", forms.PROCESSED, column] = to_process - carried_out
        out["applications", forms.CARRIED_OUT, column] = carried_out
    for row in forms.application_rows(form, single_other):
        out["applications", row, "total"] = sum(out["applications", row, c] for c in forms.PARTS)
    return out


def review(rng: random.Random, scale: str) -> dict[Key, int]:
    """Draw the cells of section 四: reconsideration and litigation."""
    high = SCALES[scale][1] // 12
    out: dict[Key, int] = {}
    for row, _ in forms.DISPUTES:
        cases = _split_at_random(rng, rng.randint(0, high), [8, 1.5, 2, 1])
        columns = [column for column, _ in forms.OUTCOMES]
        for column, count in zip(columns, [*cases, sum(cases)], strict=True):
            out["review_litigation", row, column] = count
    return out


def disclosure(rng: random.Random, form: str, scale: str) -> dict[Key, Decimal]:
    """Draw the cells of section 二; only city governments issue 规章."""
    out: dict[Key, Decimal] = {}
    large = scale == "city"
    for block in forms.blocks(form):
        for row, _ in block.rows:
            for column, value in _disclosure_row(rng, row, large, scale).items():
                if column in dict(block.columns):
                    out["proactive_disclosure", row, column] = Decimal(value)
    return out


def _disclosure_row(
    rng: random.Random, row: str, large: bool, scale: str
) -> Mapping[str, int | Decimal]:
    """Draw the numbers of one row, by column id of either form."""
    if row in ("rules", "normative_documents"):
        top = (60 if large else 6) if row == "normative_documents" else (9 if large else 0)
        issued = rng.randint(0, top)
        in_force = issued + rng.randint(0, 4 * top)
        repealed = rng.randint(0, top // 2)
        return {
            "made_this_year": issued,
            "disclosed_this_year": issued,
            "disclosed_total": in_force,
            "issued_this_year": issued,
            "repealed_this_year": repealed,
            "in_force": in_force,
        }
    if row == "administrative_fees":
        amount = Decimal(rng.randint(1, 9_000_000)) / 100 if rng.random() < 0.7 else Decimal(0)
        if large:
            amount = Decimal(rng.randint(10_000_000, 99_999_999)) / 1000
        return {
            "items_last_year": rng.randint(0, 9),
            "items_change": rng.choice((0, 0, -1, 1)),
            "fees_collected": amount,
        }
    if row == "centralized_procurement":
        items = rng.choice((0, 0, rng.randint(1, 40)))
        return {
            "procurement_items": items,
            "procurement_amount": rng.randint(20_000, 900_000) * items,
        }
    top = {"none": 9, "few": 60, "town": 400, "county": 9_000, "city": 800_000}[scale]
    if row == "administrative_coercion":
        top = max(1, top // 20)
    return {
        "items_last_year": rng.randint(0, 300),
        "items_change": rng.choice((0, 0, 0, 2, -3, rng.randint(-40, 40))),
        "decisions": rng.choice((0, rng.randint(1, top), rng.randint(1, top))),
    }


def as_printed(values: Mapping[Key, int | Decimal]) -> dict[Key, Printed]:
    """Return each number as a cell that prints it without separators or units."""
    return {key: Printed(exact(value), value=exact(value)) for key, value in values.items()}
