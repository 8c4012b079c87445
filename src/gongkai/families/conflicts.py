"""What several families must agree on: who claims a report, and which cells they compare."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations

from gongkai.errors import FamilyError
from gongkai.families.across import ACROSS, read_across
from gongkai.families.family import Family
from gongkai.families.fields import parse_key
from gongkai.families.files import position
from gongkai.families.folders import SETTINGS


def refuse_conflicts(families: Collection[Family]) -> None:
    """Raise FamilyError, naming file and line, if a title would fit two of the families.

    It does if they share a subject word and a report word. Two families cannot have one name
    either, since the database tells their reports apart by it.
    """
    for first, second in combinations(families, 2):
        if problem := _conflict(first, second):
            raise FamilyError(problem)


def refuse_unknown_cells(families: Iterable[Family]) -> None:
    """Raise FamilyError, naming file and line, if an across.csv names a cell that no form has.

    Cells of another family are looked up if that is one of the given families.
    """
    known = {family.name: family for family in families}
    for family in known.values():
        path = family.folder / ACROSS
        for number, line in read_across(family.folder):
            cells = [(family, term.removeprefix("-")) for term in line.terms]
            if other := known.get(line.other_family):
                cells.append((other, line.other_cell))
            for owner, cell in cells:
                if parse_key(cell) not in owner.fields_by_key:
                    raise FamilyError(f"{path}:{number}: {owner.name} has no cell {cell!r}")


def are_distinct(first: Family, second: Family) -> bool:
    """Can one run read reports of both families?"""
    return not _conflict(first, second)


def _conflict(first: Family, second: Family) -> str:
    """Why one run cannot read two families, with the file and line of the second; "" if it can."""
    path = second.folder / SETTINGS
    if first.name == second.name:
        return f"{position(path, ('name',))}: name: {first.folder} has the name {first.name!r} too"
    ours, others = first.settings.title_words, second.settings.title_words
    subjects = set(ours.subject_words) & set(others.subject_words)
    if not subjects or not set(ours.report_words) & set(others.report_words):
        return ""
    where = position(path, ("title_words", "subject_words"))
    return (
        f"{where}: title_words.subject_words: {min(subjects)!r} is a subject word of "
        f"{first.name!r} too: a title would fit both families"
    )
