"""The registry of kinds, and the choice of the cells that show a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack

from ..cases.registry import ALL, Case, Changes, Job
from ..model import Cell, Piece

DRAWN_AND_BROWSER = ("drawn", "browser")
DRAWN_AND_CAIRO = ("drawn", "cairo")


@dataclass(frozen=True)
class Kind:
    """One kind: the case that prints it, and what is done with the printed file.

    ``case.engines`` may name ``cairo``: a file of the engine ``drawn``, printed again by cairo.
    """

    case: Case
    after: str = ""  # a function of ``kinds.pages``
    readable: bool = True  # the text layer can be read without OCR
    apart: bool = False  # shares files only with kinds that are apart, too


KINDS: dict[str, Kind] = {}


class NotShownError(Exception):
    """The numbers of a report cannot show one of its kinds."""


def kind(
    name: str,
    group: str,
    description: str,
    *,
    slots: str,
    engines: tuple[str, ...] = ALL,
    after: str = "",
    readable: bool = True,
    apart: bool = False,
    **changes: Unpack[Changes],
) -> None:
    """Register a kind; kinds with a slot in common never share a file."""
    case = Case(name, group, description, engines, frozenset(slots.split()), "", changes)
    KINDS[name] = Kind(case, after, readable, apart)


Display = Callable[[Job, str], tuple[Piece, ...]]  # the number of a cell in pieces


def displayed(
    name: str, display: Display, expect: str = "either", digits: int = 1
) -> Callable[[Job], None]:
    """Return a change that displays some numbers of at least so many digits in pieces."""

    def hook(job: Job) -> None:
        cells = chosen(job, digits=digits)
        if not cells:
            raise NotShownError
        for cell in cells:
            assert cell.printed is not None
            cell.pieces, cell.kind = display(job, cell.printed.raw), name
            cell.printed.expect = expect
            if expect == "flag":
                cell.printed.state, cell.printed.value = "unreadable", None

    return hook


def chosen(job: Job, outside: int = 2, inside: int = 2, digits: int = 1) -> list[Cell]:
    """Choose cells with a number but 0 that no other kind has: some of section 二, which no sum
    covers, and some of the other sections."""
    free = [
        cell
        for cell in job.built_report().cells()
        if cell.printed and cell.key and cell.printed.raw.isdigit() and cell.printed.raw != "0"
        if not cell.kind and len(cell.printed.raw) >= digits
    ]
    job.rng.shuffle(free)
    first = [c for c in free if c.key and c.key[0] == "proactive_disclosure"]
    others = [c for c in free if c.key and c.key[0] != "proactive_disclosure"]
    return [*first[:outside], *others[:inside]]


def another(job: Job, number: str) -> str:
    """Draw a number that differs from the given one and has as many digits."""
    while True:
        first = job.rng.choice("123456789")
        other = first + "".join(job.rng.choice("0123456789") for _ in number[1:])
        if other != number:
            return other
