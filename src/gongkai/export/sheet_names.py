"""Names of sheets as Excel takes them: short, without some characters, each once."""

from __future__ import annotations

import re

from gongkai.families.folders import built_in_families
from gongkai.families.titles import family_title
from gongkai.language import in_language

LONGEST = 31  # characters
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_RESERVED = "history"  # Excel keeps it for itself


class SheetNames:
    """Hands out the names of the sheets of one workbook."""

    def __init__(self) -> None:
        self._taken = {_RESERVED}

    def new(self, title: str) -> str:
        """A name for a sheet, as near to the title as Excel takes it; a second one has a number."""
        plain = _FORBIDDEN.sub(" ", title).strip("' ") or "-"
        number = 1
        while True:
            ending = f" {number}" if number > 1 else ""
            name = plain[: LONGEST - len(ending)].rstrip("' ") + ending
            if name.lower() not in self._taken:
                self._taken.add(name.lower())
                return name
            number += 1


def chinese_title(name_zh: str) -> str:
    """The Chinese name of a table or view, with the title of a family in place of its id."""
    for family in built_in_families():
        prefix = f"{family.replace('-', '_')}_"
        if name_zh.startswith(prefix):
            with in_language("zh"):
                return f"{family_title(family)}_{name_zh.removeprefix(prefix)}"
    return name_zh
