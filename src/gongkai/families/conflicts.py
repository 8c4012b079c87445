"""Which families would claim the same reports: refuses them, or tells who else may claim one."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from gongkai.errors import FamilyError
from gongkai.families.family import Family
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
