"""The registry of cases: what each shows, which engines can make it, what it changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from ..content import Plan
from ..model import Cell, Document, Report, Table
from ..style import Style

ALL = ("drawn", "browser", "office")


@dataclass
class Job:
    """One report in the making; the hooks of its cases change it step by step."""

    engine: str
    rng: random.Random
    plan: Plan
    style: Style
    report: Report | None = None
    document: Document | None = None
    after_print: list[str] = field(default_factory=list)  # turn:90, lock

    def built(self) -> Report:
        assert self.report is not None
        return self.report

    def table(self, table_id: str) -> Table:
        return next(t for t in self.built().tables() if t.table_id == table_id)

    def headers(self) -> list[Cell]:
        return [cell for cell in self.built().cells() if cell.role == "header"]

    def marked(self, mark: str) -> list[Cell]:
        return [cell for cell in self.built().cells() if cell.mark == mark]


Hook = Callable[[Job], None]


@dataclass(frozen=True)
class Case:
    """A case.  ``setup`` runs before the numbers, ``filled`` after them, ``built`` after the grids,
    ``whole`` when the file is put together."""

    name: str
    shows: str
    group: str
    engines: tuple[str, ...] = ALL
    slots: frozenset[str] = frozenset()
    setup: Hook | None = None
    filled: Hook | None = None
    built: Hook | None = None
    whole: Hook | None = None
    expects: str = "every cell right"

    def run(self, step: str, job: Job) -> None:
        hook: Hook | None = getattr(self, step)
        if hook:
            hook(job)


CASES: dict[str, Case] = {}


def add(
    name: str,
    group: str,
    shows: str,
    *,
    engines: tuple[str, ...] = ALL,
    slots: str = "",
    setup: Hook | None = None,
    filled: Hook | None = None,
    built: Hook | None = None,
    whole: Hook | None = None,
    expects: str = "every cell right",
) -> None:
    """Registers a case; two cases with a slot in common are never combined."""
    if name in CASES:
        raise ValueError(f"two cases are called {name}")
    taken = frozenset(slots.split())
    CASES[name] = Case(name, shows, group, engines, taken, setup, filled, built, whole, expects)
