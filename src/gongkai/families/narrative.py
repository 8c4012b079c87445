"""What is known about figures in prose: grammar, metrics, and comparisons with table cells."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from gongkai.errors import FamilyError
from gongkai.families.files import DataLine, Words, read_lines, read_toml

Alternatives = Annotated[
    tuple[str, ...], BeforeValidator(lambda v: tuple(filter(None, v.split("|"))))
]
Groups = Annotated[
    tuple[tuple[str, ...], ...],
    BeforeValidator(lambda v: tuple(tuple(g.split("|")) for g in filter(None, v.split("&")))),
]


class Metric(DataLine):
    """A line of narrative.csv: one way in which prose states a metric.

    A figure gets the metric of the first line that fits.
    """

    metric_id: str
    group: str  # A disclosure … G fees, for people who read the file
    zh: str
    units: Words  # "-" is a number without a unit
    phrase: Alternatives  # one of these is in the words about the figure
    context: Groups  # and one of each group there, or elsewhere in the sentence or sub-heading
    never: Words  # none of these is in the words about the figure
    zero: bool  # whether a text may state that there was none: 未收到申请
    unless: Words  # names of patterns of figures.toml that the sentence must not match


class Comparison(DataLine):
    """A line of comparisons.csv: one possible meaning of a stated figure, as cells of the form."""

    check: str
    metric_id: str
    meaning: str
    terms: Words  # cells, added or (with "-") subtracted; denied_* is each such row printed


class Prose(DataLine):
    """figures.toml: how prose states numbers."""

    # Compared by identity: caches that are keyed by it would compare every field otherwise.
    __eq__, __hash__ = object.__eq__, object.__hash__

    units: tuple[str, ...]
    rough_before: tuple[str, ...]
    rough_near: tuple[str, ...]
    rough_between: tuple[str, ...]
    rough_after: tuple[str, ...]
    starts: str
    skip: tuple[str, ...]
    ends: str
    no_unit_after: tuple[str, ...]
    lead: tuple[str, ...]
    when: tuple[str, ...]
    rest: tuple[str, ...]
    same: tuple[str, ...]
    not_behind: tuple[str, ...]
    open: tuple[str, ...]
    no_level: tuple[str, ...]
    changed: str
    channels: tuple[str, ...]
    entities: tuple[str, ...]
    relations: tuple[str, ...]
    thin: tuple[str, ...]
    about_before: tuple[str, ...]
    part_marks: tuple[str, ...]
    apart: tuple[str, ...]
    beside: tuple[str, ...]
    outcomes: tuple[str, ...]
    planned: tuple[str, ...]
    none_signs: tuple[str, ...]
    none_firm: str
    none: str
    none_joints: tuple[str, ...]
    own_body: tuple[str, ...]
    unless: dict[str, str]  # patterns by name; a metric names those that exclude it


def read_prose(path: Path) -> Prose:
    """Load figures.toml; raises FamilyError also for a pattern that does not compile."""
    found = read_toml(path, Prose)
    try:
        for pattern in (f"[{found.starts}]", *found.skip, *found.unless.values()):
            re.compile(pattern)
    except re.error as error:
        raise FamilyError(f"{path}: {error}") from error
    return found


def read_metrics(path: Path, exclusions: Collection[str]) -> tuple[Metric, ...]:
    """Load narrative.csv; ``exclusions`` are the names of patterns in figures.toml."""
    lines = []
    for number, line in read_lines(path, Metric):
        if unknown := set(line.unless) - set(exclusions):
            raise FamilyError(f"{path}:{number}: figures.toml has no [unless] {unknown.pop()!r}")
        lines.append(line)
    return tuple(lines)


def read_comparisons(
    path: Path, cells: Collection[str], metric_ids: Collection[str]
) -> tuple[Comparison, ...]:
    """Load comparisons.csv; ``cells`` are the form's, as table.row.column."""
    found = []
    for number, line in read_lines(path, Comparison):
        if line.metric_id not in metric_ids:
            raise FamilyError(f"{path}:{number}: narrative.csv has no metric {line.metric_id!r}")
        for term in line.terms:
            if not fnmatch.filter(cells, term.removeprefix("-")):
                raise FamilyError(f"{path}:{number}: fields.csv has no cell {term!r}")
        found.append(line)
    return tuple(found)
