"""Sums that do not hold in the print itself."""

from __future__ import annotations

from .. import forms
from ..model import Key, Printed
from .registry import Job, add


def _bump(job: Job, *keys: Key, by: int = 1) -> None:
    for key in keys:
        printed = job.plan.printed[key]
        number = str(int(printed.value or 0) + by)
        job.plan.printed[key] = Printed(number, value=number)


def _row_total(job: Job) -> None:
    row = job.rng.choice(("granted", "unavailable_not_held", "not_processed_petition"))
    _bump(job, ("applications", row, "total"), by=job.rng.choice((1, 2, 10)))


def _received_total(job: Job) -> None:
    _bump(job, ("applications", forms.RECEIVED, "total"), by=job.rng.choice((1, 3, 9)))


def _column(job: Job) -> None:
    """One column and the total column no longer balance, every row total holds."""
    column = job.rng.choice(("natural_person", "commercial_enterprise"))
    row = job.rng.choice((forms.CARRIED_OUT, forms.CARRIED_IN))
    _bump(job, ("applications", row, column), ("applications", row, "total"))


def _results(job: Job) -> None:
    """The results no longer sum to （七）, everything else holds."""
    for row in (forms.PROCESSED, forms.RECEIVED):
        for column in ("natural_person", "total"):
            _bump(job, ("applications", row, column), by=2)


def _detail(job: Job) -> None:
    """One number inside the table is wrong: row and column fail."""
    column = job.rng.choice(
        ("natural_person", "commercial_enterprise", "legal_service_organization")
    )
    row = job.rng.choice(("granted", "denied_law_prohibits", "unavailable_needs_creation"))
    _bump(job, ("applications", row, column), by=job.rng.choice((1, 4)))


def _review(job: Job) -> None:
    row = job.rng.choice([row for row, _ in forms.DISPUTES])
    _bump(job, ("review_litigation", row, job.rng.choice(("upheld", "total"))))


def _review_zero(job: Job) -> None:
    """Cases are told, the totals print 0, as in a real district report."""
    for row, cases in (("reconsideration", 10), ("litigation_after_reconsideration", 5)):
        _bump(job, ("review_litigation", row, "upheld"), by=cases)
        job.plan.printed["review_litigation", row, "total"] = Printed("0", value="0")


def _several(job: Job) -> None:
    _row_total(job)
    _column(job)
    _review(job)


def _swapped_digits(job: Job) -> None:
    """A total with two digits in each other's place."""
    key = ("applications", forms.RECEIVED, "total")
    digits = job.plan.printed[key].raw
    if len(digits) < 2 or digits[0] == digits[1]:
        _bump(job, key, by=18)
        return
    turned = digits[1] + digits[0] + digits[2:]
    turned = turned.lstrip("0") or "0"
    job.plan.printed[key] = Printed(turned, value=turned)


F = "faults faults-only cells groups review"
G = "print faults"
E = "print_fault"
add(
    "fault-row-total",
    G,
    "the total of a result row is wrong",
    slots=F,
    filled=_row_total,
    expects=E,
)
add(
    "fault-received-total",
    G,
    "the total of 本年新收 is wrong",
    slots=F,
    filled=_received_total,
    expects=E,
)
add(
    "fault-column",
    G,
    "received and carried in do not balance in one column",
    slots=F,
    filled=_column,
    expects=E,
)
add(
    "fault-results-sum",
    G,
    "the results do not sum to （七）总计",
    slots=F,
    filled=_results,
    expects=E,
)
add("fault-detail", G, "one number inside table three is wrong", slots=F, filled=_detail, expects=E)
add("fault-review", G, "a total of table four is wrong", slots=F, filled=_review, expects=E)
add(
    "fault-review-zero",
    G,
    "table four counts cases and prints 0 as totals",
    slots=F,
    filled=_review_zero,
    expects=E,
)
add("fault-several", G, "several sums are wrong at a time", slots=F, filled=_several, expects=E)
add(
    "fault-swapped-digits",
    G,
    "a total with two digits swapped",
    slots=F,
    filled=_swapped_digits,
    expects=E,
)
