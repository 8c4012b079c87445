"""Completes the name of an agency from the text: 应急管理局 to 梅河口市应急管理局."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gongkai.families.family import Family
from gongkai.normalizers.agencies.names import AgencyType, NameGrammar, is_short_for

MAX_NAME = 40  # characters
_MAX_PLACE = 20  # characters of the places before an agency's name
_LEAST_NAME = 4  # characters of a name with its place
_LISTED = tuple("、和与及")  # between names that are listed
# not within 自由贸易, 向阳 and 经济
_CLAUSE_START = re.compile(
    "[，。；：！？（）()《》“”]|年度?|(?<!自)由|请与|联系|简称|向(?!阳)|经(?!济)"
    "|(?:更名|重组|改组|组建|变更|调整|合并)(?:成立|设立)?为"
)
_ABBREVIATED = re.compile(r"[（(](?:以下)?简称[为：:]?[“\"「]?([^（()）“”\"「」]+)[”\"」]?[)）]")


class NameCompleter:
    """Finds the full names of agencies in texts. Built once for each worker."""

    def __init__(self, family: Family, names: NameGrammar) -> None:
        self._names = names
        self._variants = family.variants
        self._bodies = (family.country.settings.agencies.government[0], "办事处")  # of townships

    def is_full(self, name: str) -> bool:
        """Return whether a name says where its agency is."""
        form = self._names.form(name.translate(self._variants)) if name else None
        return form is not None and form.has_place and len(name) <= MAX_NAME

    def begins_clause(self, name: str, texts: Sequence[str]) -> bool:
        """Return whether a clause of the texts begins with a name, so that it is a whole one."""
        clauses = (clause for text in texts for clause in _CLAUSE_START.split(text))
        return any(clause.startswith(name) for clause in clauses)

    def completed(self, name: str, texts: Sequence[str]) -> str:
        """Return the full name in the texts of a name without its place; "" if none or several.

        Texts also name the same department of the superior division. So the full name must
        begin a clause and must not be followed by another name in a list.
        """
        found = (
            set(self._defined(name, texts))
            or set(self._with_place(name, texts))
            or set(self._respelt(name, texts))
        )
        return found.pop() if len(found) == 1 else ""

    def located(self, name: str, texts: Sequence[str]) -> str:
        """Return the name of a township with its county, if the texts have it; else the name.

        An address may have the county, and the texts the body: 矮寨镇 in 吉首市矮寨镇人民政府.
        """
        places = {found.township for found in self._names.types_of(name)} - {name}
        for wanted in (name, *places):
            found = {n for n in self._with_place(wanted, texts) if not self._names.is_township(n)}
            if len(found) == 1:
                full = f"{found.pop().removesuffix(wanted)}{name}"
                bodies = [b for b in self._bodies if any(f"{full}{b}" in text for text in texts)]
                return f"{full}{bodies[0]}" if len(bodies) == 1 else full
        return name

    def _defined(self, name: str, texts: Sequence[str]) -> Iterator[str]:
        """The full names for which a name stands: 诸暨市教育局（以下简称“市教育局”）."""
        for text in texts:
            for match in _ABBREVIATED.finditer(text):
                full = _CLAUSE_START.split(text[: match.start()])[-1]
                if match[1] == name and self.is_full(full):
                    yield full

    def _with_place(self, name: str, texts: Sequence[str]) -> Iterator[str]:
        """The full names in which a name occurs as it is spelt."""
        wanted = self._names.without_generic_place(name)
        generic = name.removesuffix(wanted)
        for text in texts:
            for match in re.finditer(re.escape(wanted), text):
                start, end = match.span()
                if text[end : end + 1] not in _LISTED:
                    full = self._to_clause_start(text, start, end)
                    if full and full.removesuffix(wanted).endswith(generic):
                        yield full

    def _to_clause_start(self, text: str, start: int, end: int) -> str:
        """The agency's name with its place, from the start of a clause to ``end``; else ""."""
        clause = _CLAUSE_START.split(text[:start])[-1]
        for k in range(len(clause) - 1 if len(clause) <= _MAX_PLACE else 0):
            full = f"{clause[k:]}{text[start:end]}"
            if self.is_full(full):
                return full if k == 0 else ""
        return ""

    def _respelt(self, name: str, texts: Sequence[str]) -> Iterator[str]:
        """The full names of the same type of agency, in another spelling.

        肥东县人民政府办公室 for 县政府办公室, 临清经济开发区管理委员会 for 开发区管委会.
        """
        wanted = self._names.types_of(self._names.without_generic_place(name))
        for clause in (clause for text in texts for clause in _CLAUSE_START.split(text)):
            for end in range(min(len(clause), MAX_NAME), _LEAST_NAME - 1, -1):
                full = clause[:end]
                if self.is_full(full) and _is_same(self._names.types_of(full), wanted):
                    if clause[end : end + 1] not in _LISTED:
                        yield full
                    break


def _is_same(found: set[AgencyType], wanted: set[AgencyType]) -> bool:
    """Is one of the types wanted?

    A department may have another form (发改委, 发展和改革局), and words may stand before the kind
    of a zone or township (经济 in 经济开发区).
    """
    return any(
        (one.type, one.sector or one.name, one.place)
        == (other.type, other.sector or other.name, other.place)
        and one.township.endswith(other.township)
        and (one.zone.endswith(other.zone) or is_short_for(other.zone, one.zone))
        and (bool(one.township), bool(one.zone)) == (bool(other.township), bool(other.zone))
        for one in found
        for other in wanted
    )
