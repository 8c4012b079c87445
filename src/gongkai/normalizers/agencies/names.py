"""Reads the parts of an agency's name: the divisions at its beginning, and its type from the rest.

淮安市洪泽区教育局 has the divisions 淮安市 and 洪泽区, and the type of 教育局. A text without such
parts in this order is not a name but part of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.country import Country
from gongkai.families.divisions import Division
from gongkai.families.sectors import Sector
from gongkai.model import BodyType

_CONJUNCTIONS = re.compile("[和与及、]")
_CACHE_SIZE = 4096  # names: the reports of a folder repeat a few types of agencies
_STEM_LIMIT = 8  # characters; the name of a division without its kind (洪泽) has fewer
_HAN = "\u3400-\u9fff〇"
_CHINESE = re.compile(f"[{_HAN}]*")
_LETTERS = re.compile(rf"(?:[{_HAN}]|第\d+)+")  # the characters allowed in names: 第101中学
_SECOND_NAME = re.compile("[（(][^（()）]+[)）]")  # 市场监督管理局（知识产权局）
_MAX_PLACES = 3  # nested places at the beginning of a name: 云泽市青溪县桃源镇
_MAX_PLACE = 6  # characters of a place without its ending
_MAX_STEM = 14  # characters of a field of work, or of a zone
_MAX_DISTRICT_PREFIX = 2  # characters: 湖滨新城区 is unknown though it ends with 新城区
_MAX_TOWNSHIP = 7  # characters of a township's name


class AgencyType(Struct, frozen=True):
    """The type of an agency: all that identifies it except its division."""

    type: BodyType
    name: str  # canonical, without the division
    key: str  # the same for every spelling of the name
    sector: str | None = None
    township: str = ""  # 荫子镇
    zone: str = ""  # 湖滨新区
    place: str = ""  # the place that a branch serves: 净月


class AgencyTypes:
    """Finds the types of agencies of one country by their names. Built once for each worker."""

    def __init__(self, country: Country) -> None:
        words = country.settings.agencies
        self._words = words
        self._central = {
            name: line
            for line in reversed(country.sectors)
            if line.kind == "central"
            for name in (line.stem, *line.spellings)
        }
        self._systems = [line.stem for line in country.sectors if line.kind == "prefix"]
        self._vertical = {
            line.stem: line for line in reversed(country.sectors) if line.kind == "vertical"
        }
        self._sectors: dict[str, Sector] = {}
        for line in country.sectors:
            if line.kind not in ("prefix", "central"):
                for spelling in (line.stem, *line.spellings):
                    self._sectors.setdefault(_CONJUNCTIONS.sub("", spelling), line)
        self._endings = _longest_first((*words.department, *words.institution))
        self._branch = re.compile(rf"(.+?局)(.{{2,12}}?){words.branch}")
        self._township = re.compile(
            rf"(?P<name>.{{1,14}}?(?:{'|'.join(words.township)}))"
            rf"(?:(?P<office>{'|'.join(_longest_first(words.office))}"
            r"|街道办|办事处办公室|党政办公室)"
            rf"|(?P<government>{'|'.join(words.government)}|办事处)?)"
        )
        zone = "|".join(_longest_first(words.zone))
        committee = "|".join(_longest_first(words.committee))
        self._zone = re.compile(rf"(.{{0,20}}(?:{zone}))(?:{committee})?(.*)")
        self._generic_zone = re.compile(rf"(?:{'|'.join(words.zone_work)})*(?:{zone})")
        self.find = lru_cache(maxsize=_CACHE_SIZE)(self._find)
        self.find_known = lru_cache(maxsize=_CACHE_SIZE)(self._find_known)

    def central(self, name: str) -> AgencyType | None:
        """Return the agency of the State Council with this name; None if there is none."""
        line = self._central.get(name)
        return AgencyType("department", line.stem, "", line.sector or None) if line else None

    def split_system(self, name: str) -> tuple[str, str]:
        """Split a name into its national system (国家税务总局; "" if none) and the rest."""
        for system in self._systems:
            if name.startswith(system) and len(name) > len(system) + 2:
                return system, name.removeprefix(system)
        return "", name

    def is_generic_zone(self, name: str) -> bool:
        """Return whether a zone has no name of its own: 开发区 has none, 滨湖新区 has one."""
        return self._generic_zone.fullmatch(name) is not None

    def _find(self, name: str) -> AgencyType | None:
        """The type of the agency with this name (without its division); None if unknown."""
        return (
            self._of_government(name or self._words.government[0])
            or self._of_branch(name)
            or self._of_township(self._without_government(name))
            or self._of_zone(name)
            or self._department(self._without_government(name))
        )

    def _find_known(self, name: str) -> AgencyType | None:
        """As ``find``, but only for governments, zones and departments of sectors.csv.

        An ending such as 局 alone is not enough: it may be the end of another word.
        """
        if not name:
            return None
        if (government := self._of_government(name)) is not None:
            return government
        found = self._of_branch(name) or self._of_township(name) or self._of_zone(name)
        if found is not None:
            return found if found.sector or found.zone else None
        return self._department(self._without_government(name), known_only=True)

    def _without_government(self, name: str) -> str:
        """外事办公室 for 人民政府外事办公室."""
        for government in self._words.government:
            if name.startswith(government) and len(name) > len(government) + 1:
                return name.removeprefix(government)
        return name

    def _of_government(self, name: str) -> AgencyType | None:
        """A government or its office."""
        if name in self._words.government:
            return AgencyType("government", self._words.government[0], "")
        if name not in self._words.office:
            return None
        full = "人民政府办公厅" if name.endswith("厅") else "人民政府办公室"
        return AgencyType("government_office", full, "")

    def _of_branch(self, name: str) -> AgencyType | None:
        """公安局西湖分局, 生态环境局净月分局: a bureau and the place that its branch serves."""
        found = self._branch.fullmatch(name)
        bureau = None if found is None else self._department(found[1])
        if found is None or bureau is None:
            return None
        full = f"{bureau.name}{found[2]}{self._words.branch}"
        return replace(bureau, type="sub_bureau", name=full, place=found[2])

    def _of_township(self, name: str) -> AgencyType | None:
        found = self._township.fullmatch(name)
        if found is None or len(township := found["name"]) < 2:
            return None
        if found["office"] not in (None, "街道办"):
            return AgencyType("government_office", "人民政府办公室", "", township=township)
        full = "办事处" if township.endswith("街道") else "人民政府"
        return AgencyType("government", full, "", township=township)

    def _of_zone(self, name: str) -> AgencyType | None:
        """The committee of a functional zone, or one of its departments."""
        found = self._zone.fullmatch(name)
        if found is None or len(zone := found[1]) < 3:
            return None
        if not found[2]:
            return AgencyType("zone_committee", "管理委员会", "", zone=zone)
        department = self._department(found[2])
        return None if department is None else replace(department, zone=zone)

    def _department(self, name: str, *, known_only: bool = False) -> AgencyType | None:
        """A department, institution or vertical bureau of sectors.csv.

        Without ``known_only``, a known ending of the name is enough.
        """
        endings = [ending for ending in self._endings if name.endswith(ending)]
        for ending in endings:
            stem = name.removesuffix(ending)
            if not stem or (line := self._sectors.get(_CONJUNCTIONS.sub("", stem))) is None:
                continue
            written_out = line.stem if is_short_for(stem, line.stem) else stem
            full = f"{written_out}{self._words.abbreviations.get(ending, ending)}"
            if line.kind == "vertical":
                return AgencyType("vertical_bureau", full, line.stem, line.sector)
            if ending in self._words.institution:
                return AgencyType("institution", full, f"{line.stem}{ending}", line.sector)
            return AgencyType("department", full, line.stem, line.sector)
        if (vertical := self._vertical.get(name)) is not None:
            return AgencyType("vertical_bureau", name, name, vertical.sector)
        for ending in () if known_only else endings:
            stem = name.removesuffix(ending)
            if len(stem) > 1:
                if ending in self._words.institution:
                    return AgencyType("institution", name, _CONJUNCTIONS.sub("", name))
                full = f"{stem}{self._words.abbreviations.get(ending, ending)}"
                return AgencyType("department", full, _CONJUNCTIONS.sub("", stem))
        return None


def is_short_for(spelling: str, stem: str) -> bool:
    """Return whether a spelling is short for a stem: 发改 for 发展和改革, not 招商 for 投资促进."""
    rest = iter(stem)
    return all(character in rest for character in _CONJUNCTIONS.sub("", spelling))


class DivisionPrefix(Struct, frozen=True):
    """The divisions at the beginning of a name, outermost first, and the rest of the name."""

    path: tuple[Division, ...]
    rest: str
    printed: str = ""  # the innermost division as printed, if it is shortened

    @property
    def division(self) -> Division:
        """The innermost division."""
        return self.path[-1]


class DivisionPrefixes:
    """Finds divisions at the beginning of names. Built once for each worker."""

    def __init__(self, country: Country, types: AgencyTypes) -> None:
        self._known = country.divisions
        self._government = country.settings.agencies.government[0]
        self._types = types

    def find(self, name: str, year: int | None) -> list[DivisionPrefix]:
        """Return every way to read nested divisions at the beginning of a name.

        A shorter path of divisions comes before its extensions. ``year`` is the year of the
        report: names that were not in use then are left out. With None, all names count.
        """
        if name[:2] not in self._known.beginnings:
            return []
        found: list[DivisionPrefix] = []
        unread = [DivisionPrefix((), name)]
        while unread:
            outer = unread.pop()
            path, rest = outer.path, outer.rest
            if path:
                found.append(outer)
            inner = [
                DivisionPrefix((*path, division), rest[length:])
                for length in range(min(self._known.longest, len(rest)), 1, -1)
                for division in self._known.by_name.get(rest[:length], ())
                if _fits(division, path, year)
            ]
            # A division without its kind (文登人民政府, 金华海关, 江苏 for 江苏省) counts only if
            # the name of an agency follows: otherwise it may be part of another word.
            inner += [
                DivisionPrefix((*path, division), rest[length:], rest[:length])
                for length in range(2, min(_STEM_LIMIT, len(rest) - 1))
                for division in self._known.by_stem.get(rest[:length], ())
                if division.kind != "zone"
                and _fits(division, path, year)
                and self._may_follow(rest[length:], division, path)
            ]
            unread += reversed(inner)
        return found

    def _may_follow(self, rest: str, division: Division, within: Sequence[Division]) -> bool:
        """May the rest of a name follow a division that is named without its kind?"""
        is_government = rest.startswith(self._government) and within
        if is_government or (division.kind == "province" and self._begins_inside(rest, division)):
            return True
        agency = self._types.find_known(rest)
        if agency is None or division.kind != "county":
            return agency is not None
        return bool(agency.sector) or self._types.is_generic_zone(agency.zone)

    def _begins_inside(self, name: str, province: Division) -> bool:
        """Does a name begin with a prefecture or county of the province?"""
        return any(
            province.code in division.ancestors
            for length in range(2, min(self._known.longest, len(name)) + 1)
            for division in self._known.by_name.get(name[:length], ())
        )


class NameForm(Struct, frozen=True, order=True):
    """How complete and how certain the name of an agency is; the better form is greater."""

    has_place: bool  # the name has its place, or is that of an agency of the State Council
    is_known: bool  # its type and field of work are in the country's data


class NameGrammar:
    """Distinguishes names of agencies from other text. Built once for each worker.

    A name consists of a place, a field of work and a kind of agency: 青溪县, 水利, 局. Places and
    fields of work need not be in the country's data: a place is any word with the ending of one
    (县), a field of work is any word between the place and the kind of agency.
    """

    def __init__(self, country: Country, types: AgencyTypes, prefixes: DivisionPrefixes) -> None:
        words = country.settings.agencies
        self._types = types
        self._prefixes = prefixes
        self.government = words.government[-1]
        self._divisions = country.divisions.by_name
        self._zones, self._institutions = tuple(words.zone), tuple(words.institution)
        self._kinds = {*words.committee, *words.department, *words.institution}
        self._places = _longest_first(words.place)
        self._short = re.compile(rf"[{_HAN}]{{1,2}}(?:{'|'.join(words.abbreviations)})")
        place = words.generic_place_pattern
        # no names of places: 我街道, 市委, 州区 (the end of 蓟州区), 我局在省
        ends = rf"(?:$|委|{'|'.join(words.place)})"
        self._unnamed = re.compile(rf"(?:{place}){ends}|.*[{words.not_in_places}]")
        self._generic = re.compile(rf"(?:{place})(?=.{{2}})")
        self.form = lru_cache(maxsize=_CACHE_SIZE)(self._form)

    def without_generic_place(self, name: str) -> str:
        """Return a name without a generic place at its beginning: 教育局 for 县教育局."""
        found = self._generic.match(name)
        return name[found.end() :] if found else name

    def types_of(self, name: str) -> set[AgencyType]:
        """Return the types of agency that a name, with or without its place, can mean."""
        return {found for _, rest in self._rests(name) if (found := self._types.find(rest))}

    def is_township(self, name: str) -> bool:
        """Return whether a name is that of a township, without the county in which it lies."""
        found = self._types.find(name)
        return bool(found and found.township) and not any(place for place, _ in self._rests(name))

    def _form(self, name: str) -> NameForm | None:
        """The form of a printed name without white space; None if it is not a name."""
        core = _SECOND_NAME.sub("", name)
        if self._types.central(core) is not None:
            return NameForm(True, True)
        system, local = self._types.split_system(core)
        forms = [
            form
            for has_place, rest in (self._rests(local) if _LETTERS.fullmatch(core) else ())
            if (form := self._form_of_rest(rest, has_place or bool(system))) is not None
        ]
        return max(forms, default=None)

    def _rests(self, name: str) -> Iterator[tuple[bool, str]]:
        """The rests of a name after the places at its beginning, each with: are there any?"""
        yield False, self.without_generic_place(name)
        rests = {prefix.rest for prefix in self._prefixes.find(name, None)}
        yield from ((True, rest) for rest in rests)
        if self._types.find_known(name) is not None:
            return  # 城市管理局 has no place
        unread = {name, *rests}
        for _ in range(_MAX_PLACES):
            unread = {
                rest[end:]
                for rest in unread
                for ending in self._places
                if (end := _end_of_place(rest, ending)) and self._may_be_place(rest[:end])
            }
            yield from ((True, rest) for rest in unread)

    def _may_be_place(self, word: str) -> bool:
        """May a word be an unknown place? Not one that ends with a known place or zone."""
        if word.endswith(self._zones) or self._unnamed.match(word):
            return False
        first = _MAX_DISTRICT_PREFIX + 1 if word.endswith("区") else 1
        return not any(word[start:] in self._divisions for start in range(first, len(word) - 2))

    def _form_of_rest(self, rest: str, has_place: bool) -> NameForm | None:
        """The form of a name, from its part after the places; None if it is not a name."""
        if not rest:
            return NameForm(True, False) if has_place else None
        found = self._types.find_known(rest)
        if found is not None and not found.zone:
            return NameForm(has_place, True)
        found = self._types.find(rest)
        if found is not None and (found.township or found.zone):
            return self._form_inside(found, has_place)
        inner = self.without_generic_place(rest)
        if inner != rest and self._types.find_known(inner) is not None:
            return None  # the place is longer: 贺州市, not 贺州, in 贺州市教育局
        if found is None:  # 农委: too short to be written out
            return NameForm(True, False) if has_place and self._short.fullmatch(rest) else None
        may_be_open = has_place or (rest.endswith(self._institutions) and rest not in self._kinds)
        return NameForm(has_place, False) if may_be_open and len(rest) <= _MAX_STEM else None

    def _form_inside(self, found: AgencyType, has_place: bool) -> NameForm | None:
        """The form of the name of a township or zone."""
        if found.township:
            is_long = len(found.township) > _MAX_TOWNSHIP
            return None if is_long or self._unnamed.match(found.township) else NameForm(True, True)
        if len(found.zone) > _MAX_STEM:
            return None
        return NameForm(has_place or not self._types.is_generic_zone(found.zone), True)


def _fits(division: Division, within: Sequence[Division], year: int | None) -> bool:
    is_printed = year is None or year in division.years
    return is_printed and (not within or within[-1].code in division.ancestors)


def _end_of_place(name: str, ending: str) -> int:
    """The length of the place with an ending at the beginning of a name; 0 if there is none."""
    at = name.find(ending, 1, _MAX_PLACE + len(ending))
    return at + len(ending) if at > 0 and _CHINESE.fullmatch(name, 0, at) else 0


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)
