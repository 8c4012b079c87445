"""Reads the parts of an agency's name: the divisions at its beginning, and its type from the rest.

淮安市洪泽区教育局 has the divisions 淮安市 and 洪泽区, and the type of 教育局.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.country import Country
from gongkai.families.divisions import Division
from gongkai.families.sectors import Sector
from gongkai.model import BodyType

_CONJUNCTIONS = re.compile("[和与及、]")
_CACHE_SIZE = 4096  # names: most reports of a folder are by agencies of a few types
_STEM_LIMIT = 8  # a division without its kind (洪泽) has fewer characters


class AgencyType(Struct, frozen=True):
    """What an agency is, apart from the division that it belongs to."""

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
        self._committees = _longest_first(words.committee)
        self._branch = re.compile(rf"(.+?局)(.{{2,12}}?){words.branch}")
        self._township = re.compile(
            rf"(?P<name>.{{1,14}}?(?:{'|'.join(words.township)}))"
            rf"(?:(?P<office>{'|'.join(_longest_first(words.office))}"
            r"|街道办|办事处办公室|党政办公室)"
            rf"|(?P<government>{'|'.join(words.government)}|办事处)?)"
        )
        self._zone = re.compile(rf"(.{{0,20}}(?:{'|'.join(_longest_first(words.zone))}))(.*)")
        self.find = lru_cache(maxsize=_CACHE_SIZE)(self._find)
        self.find_known = lru_cache(maxsize=_CACHE_SIZE)(self._find_known)

    def central(self, name: str) -> AgencyType | None:
        """The agency of the State Council with this name."""
        line = self._central.get(name)
        return (
            None if line is None else AgencyType("department", line.stem, "", line.sector or None)
        )

    def split_system(self, name: str) -> tuple[str, str]:
        """The national system that a name begins with (国家税务总局; "" if none), and the rest."""
        for system in self._systems:
            if name.startswith(system) and len(name) > len(system) + 2:
                return system, name.removeprefix(system)
        return "", name

    def _find(self, name: str) -> AgencyType | None:
        """The type of the agency with this name (without its division); None if unknown."""
        words = self._words
        if name in ("", *words.government):
            return AgencyType("government", words.government[0], "")
        return (
            self._office(name)
            or self._of_branch(name)
            or self._of_township(name)
            or self._of_zone(name)
            or self._department(self._without_government(name))
        )

    def _find_known(self, name: str) -> AgencyType | None:
        """As ``find``, but only governments, zones and departments of sectors.csv.

        Other names can be parts of words that end like an agency.
        """
        words = self._words
        if name in words.government:
            return AgencyType("government", words.government[0], "")
        if not name:
            return None
        if (office := self._office(name)) is not None:
            return office
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

    def _office(self, name: str) -> AgencyType | None:
        """The office of a government."""
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
        if found is None or len(found["name"]) < 2:
            return None
        township = found["name"]
        if found["office"] not in (None, "街道办"):
            return AgencyType("government_office", "人民政府办公室", "", township=township)
        full = "办事处" if township.endswith("街道") else "人民政府"
        return AgencyType("government", full, "", township=township)

    def _of_zone(self, name: str) -> AgencyType | None:
        """The committee of a functional zone, or one of its departments."""
        found = self._zone.fullmatch(name)
        if found is None or len(found[1]) < 3:
            return None
        zone, inside = found[1], found[2]
        for committee in self._committees:
            if inside.startswith(committee):
                inside = inside.removeprefix(committee)
                break
        if not inside:
            return AgencyType("zone_committee", "管理委员会", "", zone=zone)
        department = self._department(inside)
        return None if department is None else replace(department, zone=zone)

    def _department(self, name: str, *, known_only: bool = False) -> AgencyType | None:
        """A department, institution or vertical bureau of sectors.csv.

        Unless ``known_only``, also one recognised by the ending of its name alone.
        """
        words = self._words
        endings = [ending for ending in self._endings if name.endswith(ending)]
        for ending in endings:
            stem = name.removesuffix(ending)
            line = self._sectors.get(_CONJUNCTIONS.sub("", stem)) if stem else None
            if line is None:
                continue
            full = f"{line.stem}{words.abbreviations.get(ending, ending)}"
            if line.kind == "vertical":
                return AgencyType("vertical_bureau", full, line.stem, line.sector)
            if ending in words.institution:
                return AgencyType("institution", full, full, line.sector)
            return AgencyType("department", full, line.stem, line.sector)
        vertical = self._vertical.get(name)
        if vertical is not None:
            return AgencyType("vertical_bureau", name, name, vertical.sector)
        for ending in () if known_only else endings:
            stem = name.removesuffix(ending)
            if len(stem) < 2:
                continue
            if ending in words.institution:
                return AgencyType("institution", name, _CONJUNCTIONS.sub("", name))
            full = f"{stem}{words.abbreviations.get(ending, ending)}"
            return AgencyType("department", full, _CONJUNCTIONS.sub("", stem))
        return None


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
        """Every way to read divisions at the beginning of a name, each within the one before it.

        Each way is before those that read a further division in its rest. ``year`` is the year
        of the report: names that were not in use then are left out.
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
            # A division named without its kind: 文登人民政府, 金华海关, 江苏 for 江苏省. Only if
            # the name of an agency follows, so that no word is cut in two.
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
        if rest.startswith(self._government) and within:
            return True
        if division.kind == "province" and self._begins_inside(rest, division):
            return True
        agency = self._types.find_known(rest)
        return agency is not None and bool(agency.sector or division.kind != "county")

    def _begins_inside(self, name: str, province: Division) -> bool:
        """Whether a name begins with a prefecture or county of the province."""
        return any(
            province.code in division.ancestors
            for length in range(2, min(self._known.longest, len(name)) + 1)
            for division in self._known.by_name.get(name[:length], ())
        )


def _fits(division: Division, within: Sequence[Division], year: int | None) -> bool:
    is_printed = year is None or year in division.years
    return is_printed and (not within or within[-1].code in division.ancestors)


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)
