"""Names of departments, national systems and central agencies: sectors.csv."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from gongkai.errors import FamilyError
from gongkai.families.files import DataLine, WordList, read_lines


class Sector(DataLine):
    """A line of sectors.csv: one field of government work and the names of its departments."""

    kind: Literal["department", "institution", "vertical", "prefix", "central"]
    sector: str
    stem: str  # without 局, 委员会, …; a whole name for kinds prefix and central
    spellings: WordList


def read_sectors(path: Path) -> tuple[Sector, ...]:
    """Load sectors.csv; raises FamilyError if one spelling has two meanings."""
    seen: dict[str, str] = {}
    found = []
    for number, line in read_lines(path, Sector):
        for spelling in (line.stem, *line.spellings):
            if seen.setdefault(spelling, line.stem) != line.stem:
                raise FamilyError(f"{path}:{number}: {spelling!r} already means {seen[spelling]!r}")
        found.append(line)
    return tuple(found)
