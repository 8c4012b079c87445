"""Cases of print faults: sums that are wrong in the published report itself."""

from __future__ import annotations

from .. import forms
from ..model import Key, Printed
from .registry import Job, add


def _add_to(job: Job, *keys: Key, by: int = 1) -> None:
    """Add ``by`` to the numbers of some cells."""
    for key in keys:
        printed = job.plan.printed[key]
        number = str(int(printed.value or 0) + by)
        job.plan.printed[key] = Printed(number, value=number)


def _row_total(job: Job) -> None:
    row = job.rng.choice(("granted", "unavailable_not_held", "not_processed_petition"))
    _add_to(job, ("applications", row, "total"), by=job.rng.choice((1, 2, 10)))


def _received_total(job: Job) -> None:
    _add_to(job, ("applications", forms.RECEIVED, "total"), by=job.rng.choice((1, 3, 9)))


def _column(job: Job) -> None:
    """Unbalance one column and the total column; every row total stays correct."""
    column = job.rng.choice(("natural_person", "commercial_enterprise"))
    row = job.rng.choice((forms.CARRIED_OUT, forms.CARRIED_IN))
    _add_to(job, ("applications", row, column), ("applications", row, "total"))


def _results(job: Job) -> None:
    """Make the results no longer sum to （七）总计; every other sum stays correct."""
    for row in (forms.PROCESSED, forms.RECEIVED):
        for column in ("natural_person", "total"):
            _add_to(job, ("applications", row, column), by=2)


def _detail(job: Job) -> None:
    """Change one number inside the table; the sums of its row and its column fail."""
    column = job.rng.choice(
        ("natural_person", "commercial_enterprise", "legal_service_organization")
    )
    row = job.rng.choice(("granted", "denied_law_prohibits", "unavailable_needs_creation"))
    _add_to(job, ("applications", row, column), by=job.rng.choice((1, 4)))


def _review(job: Job) -> None:
    row = job.rng.choice([row for row, _ in forms.DISPUTES])
    _add_to(job, ("review_litigation", row, job.rng.choice(("upheld", "total"))))


def _review_zero(job: Job) -> None:
    """Print cases in table four but totals of 0, as a real district report does."""
    for row, cases in (("reconsideration", 10), ("litigation_after_reconsideration", 5)):
        _add_to(job, ("review_litigation", row, "upheld"), by=cases)
        job.plan.printed["review_litigation", row, "total"] = Printed("0", value="0")


def _several(job: Job) -> None:
    _row_total(job)
    _column(job)
    _review(job)


def _swapped_digits(job: Job) -> None:
    """Swap the first two digits of a total."""
    key = ("applications", forms.RECEIVED, "total")
    digits = job.plan.printed[key].raw
    if len(digits) < 2 or digits[0] == digits[1]:
        _add_to(job, key, by=18)
        return
    swapped = digits[1] + digits[0] + digits[2:]
    swapped = swapped.lstrip("0") or "0"
    job.plan.printed[key] = Printed(swapped, value=swapped)


SLOTS = "faults faults-only cells groups review"
GROUP = "print faults"
EXPECTED = "print_fault"
add(
    "fault-row-total",
    GROUP,
    "the total of a result row is wrong",
    slots=SLOTS,
    change_cells=_row_total,
    expects=EXPECTED,
)
add(
    "fault-received-total",
    GROUP,
    "the total of 本年新收 is wrong",
    slots=SLOTS,
    change_cells=_received_total,
    expects=EXPECTED,
)
add(
    "fault-column",
    GROUP,
    "one column does not balance: received and carried in against processed and carried out",
    slots=SLOTS,
    change_cells=_column,
    expects=EXPECTED,
)
add(
    "fault-results-sum",
    GROUP,
    "the results do not sum to （七）总计",
    slots=SLOTS,
    change_cells=_results,
    expects=EXPECTED,
)
add(
    "fault-detail",
    GROUP,
    "one number inside table three is wrong",
    slots=SLOTS,
    change_cells=_detail,
    expects=EXPECTED,
)
add(
    "fault-review",
    GROUP,
    "a total of table four is wrong",
    slots=SLOTS,
    change_cells=_review,
    expects=EXPECTED,
)
add(
    "fault-review-zero",
    GROUP,
    "table four prints cases, but 0 as their totals",
    slots=SLOTS,
    change_cells=_review_zero,
    expects=EXPECTED,
)
add(
    "fault-several",
    GROUP,
    "several sums are wrong at once",
    slots=SLOTS,
    change_cells=_several,
    expects=EXPECTED,
)
add(
    "fault-swapped-digits",
    GROUP,
    "a total with two digits swapped",
    slots=SLOTS,
    change_cells=_swapped_digits,
    expects=EXPECTED,
)
