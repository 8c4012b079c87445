"""Labels as keys: what is the same label in two prints."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from gongkai.drafting.roles import is_total
from gongkai.families.country import Country
from gongkai.normalizers.tables.labels import LabelFolder

JOINT = "／"  # between the labels of a path
MEMBER = "其中"  # before the label of a part
_UNIT = re.compile(r"[（(]\s*(?:单位\s*[:：]\s*)?(\w{1,4})\s*[)）]$")
_NOTE = re.compile(r"[（(][^（()）]+[)）]$")
_DATE = re.compile(r"(?:20\d{2}[-./年])?\d{1,2}[-./月]\d{1,2}日?")
_CAPTION_UNIT = re.compile(r"单位\s*[:：]\s*(\w{1,4})")


class Labels:
    """Folds labels and finds the units in them. Built once from the country."""

    def __init__(self, country: Country) -> None:
        self._fold = LabelFolder(country.variants).fold
        self._units: Collection[str] = country.units
        words = country.settings.agencies
        places = "|".join(sorted({*words.township, *words.place, *words.zone}))
        self._place = re.compile(rf".{{2,}}(?:{places})|.{{2,}}{words.branch}$")

    def core(self, label: str) -> str:
        """A label without ordinal, unit, punctuation and white space."""
        bare = self.without_unit(label)
        return self._fold(bare).core or bare

    def bare_core(self, label: str) -> str:
        """The core of a label without the note in brackets that ends it."""
        return self.core(_NOTE.sub("", label)) or self.core(label)

    def ordinal(self, label: str) -> str:
        """The ordinal with which a label begins, or ""."""
        return self._fold(label).ordinal

    def key(self, path: Sequence[str]) -> str:
        """What identifies a path of labels."""
        return JOINT.join(map(self.core, path))

    def is_name(self, label: str) -> bool:
        """Is a label a date, or the name of a body after its place: 胜利街道分馆?"""
        return bool(_DATE.fullmatch(label) or self._place.match(label))

    def unit_of(self, label: str) -> str:
        """The unit in the brackets that end a label, or ""."""
        found = _UNIT.search(label)
        return found[1] if found is not None and found[1] in self._units else ""

    def without_unit(self, label: str) -> str:
        """A label without the unit in its brackets."""
        return _UNIT.sub("", label) if self.unit_of(label) else label

    def caption_unit(self, lines: Sequence[str]) -> str:
        """The unit in the lines over a table: 单位：万元."""
        for line in reversed(lines):
            found = _CAPTION_UNIT.search(line)
            if found is not None and found[1] in self._units:
                return found[1]
        return ""


def numbered(keys: Sequence[str]) -> list[str]:
    """The keys, those that come again told apart by their turn."""
    found: list[str] = []
    for position, key in enumerate(keys):
        turn = keys[:position].count(key)
        found.append(f"{key}#{turn + 1}" if turn else key)
    return found


def is_sum(path: Sequence[str]) -> bool:
    """Is the innermost label one of a sum?"""
    return bool(path) and is_total(path[-1])
