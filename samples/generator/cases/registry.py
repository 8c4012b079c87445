"""The registry of test cases.

A case names one peculiarity of printed reports, the engines that can print it, and the changes that
produce it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypedDict, Unpack

from ..content import Plan
from ..model import Cell, Document, Report, Table
from ..style import Style

ALL = ("drawn", "browser", "office")


@dataclass
class Job:
    """A report while it is made; the cases change it step by step."""

    engine: str
    rng: random.Random
    plan: Plan
    style: Style
    report: Report | None = None
    document: Document | None = None
    after_print: list[str] = field(default_factory=list)  # "rotate:90" or "encrypt"

    def built_report(self) -> Report:
        """Return the report; only steps after ``change_cells`` may call this."""
        assert self.report is not None
        return self.report

    def table(self, table_id: str) -> Table:
        return next(t for t in self.built_report().tables() if t.table_id == table_id)

    def headers(self) -> list[Cell]:
        return [cell for cell in self.built_report().cells() if cell.role == "header"]

    def marked(self, mark: str) -> list[Cell]:
        """Return the cells whose ``mark`` is the given one."""
        return [cell for cell in self.built_report().cells() if cell.mark == mark]


Change = Callable[[Job], None]


class Changes(TypedDict, total=False):
    """What a case changes, in the order in which the generator applies it."""

    change_plan: Change  # before the numbers are drawn
    change_cells: Change  # after the numbers are drawn, before the tables are laid out
    change_report: Change  # after the tables are laid out; also the style
    change_document: Change  # after the report is put into its file


Step = Literal["change_plan", "change_cells", "change_report", "change_document"]


@dataclass(frozen=True)
class Case:
    """One peculiarity of printed reports that the corpus covers."""

    name: str
    group: str
    description: str
    engines: tuple[str, ...]
    slots: frozenset[str]  # cases that share a slot are never combined
    expects: str
    changes: Changes

    def run(self, step: Step, job: Job) -> None:
        """Apply the change of one step to the job, if the case has one."""
        change = self.changes.get(step)
        if change:
            change(job)


CASES: dict[str, Case] = {}


def add(
    name: str,
    group: str,
    description: str,
    *,
    slots: str,
    engines: tuple[str, ...] = ALL,
    expects: str = "every cell right",
    **changes: Unpack[Changes],
) -> None:
    """Register a case.

    ``slots`` are words, separated by spaces, for the parts of a report that the case occupies.  Two
    cases with a slot in common are never combined in one file.  ``expects`` says in the list of
    cases how a reader must treat the file.
    """
    if name in CASES:
        raise ValueError(f"two cases are called {name}")
    CASES[name] = Case(
        name, group, description, engines, frozenset(slots.split()), expects, changes
    )
