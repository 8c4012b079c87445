"""Code lists: classifications whose codes are the rows of a table, such as 功能分类科目.

The row id of a code is the code itself. A code that the list does not have, but that has the
length of its codes, is a row too: lists change from year to year.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gongkai.errors import FamilyError
from gongkai.families.files import read_lines
from gongkai.families.lines import CodeLine

NAMES = "names"  # instead of a code list: the rows are named bodies


@dataclass(frozen=True, eq=False)
class CodeList:
    """One classification; the codes below a code begin with it."""

    name: str
    lines: Mapping[str, CodeLine]  # by code

    @cached_property
    def lengths(self) -> frozenset[int]:
        """The numbers of digits that its codes have."""
        return frozenset(map(len, self.lines))

    def is_code(self, text: str) -> bool:
        """Is a text a code of this list, or one that the list may come to have?"""
        return text.isdecimal() and text.isascii() and len(text) in self.lengths

    def label(self, code: str) -> str:
        """The name of a code; of an unknown code, the code itself."""
        line = self.lines.get(code)
        return line.name if line else code

    def children(self, codes: Iterable[str]) -> dict[str, list[str]]:
        """The codes directly below each of the given codes, which may leave out levels.

        Those below none of the others are under "". A code without any is not among the keys.
        """
        known = set(codes)
        found: dict[str, list[str]] = {}
        for code in sorted(known):
            found.setdefault(_listed_above(code, known), []).append(code)
        return found


class NameList(CodeList):
    """Rows that are named bodies: any name is a row, and none is below another."""

    def __init__(self) -> None:
        super().__init__(NAMES, {})

    def is_code(self, text: str) -> bool:
        """Is a text a name?"""
        return text != ""

    def children(self, codes: Iterable[str]) -> dict[str, list[str]]:
        """No name is below another."""
        return {"": list(codes)}


def code_list_file(rows: str) -> str:
    """The file of the code list that tables.csv names in ``rows``; "" if it names none."""
    return "" if rows in ("", NAMES) else f"codes-{rows}.csv"


def read_code_list(folder: Path, name: str) -> CodeList:
    """Load codes-<name>.csv; raises FamilyError naming file and line.

    A code must be listed once, below its parent, and begin with the digits of the parent. So
    there are no cycles. A code that begins with another listed one must name its parent.
    """
    path = folder / code_list_file(name)
    lines: dict[str, CodeLine] = {}
    for number, line in read_lines(path, CodeLine):
        if line.code in lines:
            raise FamilyError(f"{path}:{number}: {line.code} is listed twice")
        if line.parent and line.parent not in lines:
            raise FamilyError(f"{path}:{number}: the parent {line.parent!r} is not listed above")
        if not line.code.startswith(line.parent) or line.code == line.parent:
            raise FamilyError(f"{path}:{number}: {line.code} does not begin with {line.parent}")
        if not line.parent and (above := _listed_above(line.code, lines)):
            raise FamilyError(f"{path}:{number}: {line.code} names no parent, such as {above}")
        lines[line.code] = line
    if not lines:
        raise FamilyError(f"{path}:1: no codes")
    return CodeList(name, lines)


def _listed_above(code: str, codes: Container[str]) -> str:
    """The longest listed code that a code begins with; "" if there is none."""
    return next((code[:k] for k in range(len(code) - 1, 0, -1) if code[:k] in codes), "")


def read_code_lists(folder: Path, names: Sequence[str]) -> dict[str, CodeList]:
    """The code lists that tables.csv names; each is read once."""
    return {
        name: NameList() if name == NAMES else read_code_list(folder, name)
        for name in dict.fromkeys(names)
        if name
    }
