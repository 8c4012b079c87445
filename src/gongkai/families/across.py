"""Comparisons with reports of another family about the same body and year: across.csv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field as Column

from gongkai.errors import FamilyError
from gongkai.families.fields import parse_key
from gongkai.families.files import DataLine, WordList, read_optional_lines
from gongkai.families.folders import SETTINGS, pipelines_folder

ACROSS = "across.csv"


class AcrossLine(DataLine):
    """A line of across.csv: one meaning that a cell of the other report can have in this one."""

    check: str
    other_family: str
    other_cell: str  # table.row.column
    other_label: str = Column(alias="other_label_zh")  # names the cell and its report in messages
    meaning: str = Column(alias="meaning_zh")
    terms: WordList  # cells of one table, added or (with "-") subtracted
    source: str = ""  # for people


def read_across(folder: Path) -> list[tuple[int, AcrossLine]]:
    """The lines of a family's across.csv with their numbers; none if there is no such file.

    Raises FamilyError, naming file and line, if a cell is not ``table.row.column``, or if the
    terms of a comparison are of several tables.
    """
    path = folder / ACROSS
    found = list(read_optional_lines(path, AcrossLine))
    tables: dict[str, str] = {}
    for number, line in found:
        for cell in (*line.terms, line.other_cell):
            if cell.count(".") < 2:
                raise FamilyError(f"{path}:{number}: {cell!r} is not table.row.column")
        for term in line.terms:
            table = parse_key(term.removeprefix("-")).table
            if tables.setdefault(line.check, table) != table:
                raise FamilyError(f"{path}:{number}: the terms of {line.check!r} change the table")
        if not line.terms:
            raise FamilyError(f"{path}:{number}: terms: no cells")
    return found


def families_across(name: str, folder: Path) -> Iterator[tuple[str, list[AcrossLine]]]:
    """Each family that is compared with others, if a given one has a part in it.

    That is the family itself, and the built-in ones that refer to it: name and lines.
    """
    own = [line for _, line in read_across(folder)]
    if own:
        yield name, own
    for settings in sorted(pipelines_folder().glob(f"*/{SETTINGS}")):
        other = settings.parent
        lines = [line for _, line in read_across(other)]
        if other.name != name and any(line.other_family == name for line in lines):
            yield other.name, lines
