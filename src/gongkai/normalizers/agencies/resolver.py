"""Resolves a printed name to an agency; an ambiguous name stays unresolved."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TypedDict

from msgspec.structs import replace

from gongkai.families.divisions import Division, Divisions, division_stem
from gongkai.families.family import Family
from gongkai.model import Agency, Level
from gongkai.normalizers.agencies.names import (
    AgencyType,
    AgencyTypes,
    DivisionPrefix,
    DivisionPrefixes,
    NameGrammar,
)

_BRACKETS = re.compile(r"[（(【\[][^（()）】\]]*[)）】\]]")
_LEVELS: dict[str, Level] = {
    "province": "province",
    "prefecture": "prefecture",
    "county": "county",
    "zone": "functional_zone",
}
_KIND_IN_NAME = re.compile("(?<=.)[省市县区旗州盟]")  # where the name of an unknown place ends
_LEVEL_OF_KIND: dict[str, Level] = {
    "省": "province",
    "州": "prefecture",
    "盟": "prefecture",
    "县": "county",
    "区": "county",
    "旗": "county",
}  # 市 may be a prefecture or a county
_GENERIC = re.compile("^[省市县区旗州盟](?=.{2})")  # 县教育局: does not say which county
# A unified social credit code of a state organ (GB 32100); digits 3 to 8 are its division.
_CREDIT_CODE = re.compile(r"(?<![0-9A-Z])1[1-9](\d{6})[0-9A-HJ-NP-RT-UW-Y]{9}[0-9A-HJ-NP-RT-UW-Y]")
# Characters that NFKC may change: all except ASCII, Chinese and its punctuation, which is kept.
_NOT_NORMAL = re.compile(r"[^\x00-\x7f\u3001-\u301f\u3400-\u9fff，；：？！“”（）]")
_WINDOW = 24  # characters before a name in the text in which its division is looked for
# After a division's name: its government or Party committee.
_LEADERSHIP = "(?:人民)?(?:政府|[省市区州]?委)"


class _PlaceFields(TypedDict):
    """The fields of an Agency about its place."""

    province: str | None
    city: str | None
    county: str | None
    division_code: str | None
    functional_zone: bool
    host_division_code: str | None


class AgencyResolver:
    """Resolves printed names to agencies. Built once for each worker."""

    def __init__(self, family: Family) -> None:
        words = family.country.settings.agencies
        self._known = family.country.divisions
        self._types = AgencyTypes(family.country)
        self._prefixes = DivisionPrefixes(family.country, self._types)
        self.names = NameGrammar(family.country, self._types, self._prefixes)
        self._government = words.government[0]
        self._committees = ("", *words.committee)
        self._speaks_for_government_patterns = [
            re.compile(pattern) for pattern in words.speaks_for_government_patterns
        ]
        self._author_patterns = [
            re.compile(pattern) for pattern in family.settings.title_words.author_patterns
        ]

    def resolve(self, printed: str, text: str, year: int | None) -> Agency:
        """Return the agency with a printed name.

        ``text`` is the report's text, which may have the division that the name lacks. ``year``
        is the report's year: names of divisions that were not in use then are tried last. If
        the name fits several agencies, or no known one, the agency returned has ``resolved``
        false and the reason in Chinese.
        """
        name = _folded(printed)
        if not name:
            return _unresolved("", "标题和正文都没有写明发布机关")
        central = self._types.central(name)
        if central is not None:
            return Agency(
                f"||central|{central.name}",
                central.name,
                level="central",
                body_type="department",
                sector=central.sector,
            )
        system, local = self._types.split_system(name)
        prefixes = list(self._prefixes.find(local, year)) or list(self._prefixes.find(local, None))
        if not prefixes:
            return self._without_division(name, system, local, text, year)
        shortest_rest = min(len(prefix.rest) for prefix in prefixes)
        prefixes = [prefix for prefix in prefixes if len(prefix.rest) == shortest_rest]
        by_code = {
            self._known.present[prefix.division].code: prefix for prefix in reversed(prefixes)
        }
        candidates = list(by_code.values())
        chosen: DivisionPrefix | None = candidates[0]
        if len(candidates) > 1:
            chosen = _choose_by_text(candidates, "".join(text.split()), self._known)
        if chosen is None:
            printed_division = prefixes[0].division.name
            places = "、".join(
                _unique_name(self._known.present[prefix.division], self._known)
                for prefix in candidates
            )
            reason = f"“{printed_division}”不止一处（{places}），正文没有说明是哪一处"
            return _unresolved(name, reason)
        return self._agency(chosen, system, text, year)

    def _without_division(
        self, name: str, system: str, local: str, text: str, year: int | None
    ) -> Agency:
        """The agency of a name without a division, which the text may give."""
        flat = _NOT_NORMAL.sub(_normal, "".join(text.split()))
        wanted = _GENERIC.sub("", local)
        if self._types.find_known(wanted) is not None:
            # Every division has a 教育局, and texts also name that of the superior division. So
            # only an agency that the text names as its author is accepted.
            found = self._named_as_author(wanted, flat, year)
        else:
            found = _places_before(wanted, flat, year, self._prefixes, self._known)
        inner = [
            prefix
            for prefix in found.values()
            if not any(prefix.division.code in other.division.ancestors for other in found.values())
        ]
        if not inner and (division := _division_by_code(flat, self._known)) is not None:
            inner = [DivisionPrefix((division,), wanted)]
        if len(inner) != 1:
            why = (
                "正文里有几个可能的行政区划"
                if inner
                else "名称里没有已知的行政区划，正文也没有说明"
            )
            agency = _unresolved(name, f"{why}，无法确定是哪里的“{local}”")
            return self._with_type(agency, local)
        return self._agency(inner[0], system, text, year)

    def _with_type(self, agency: Agency, local: str) -> Agency:
        """Add type, sector and level, which a name has even if its division is unknown."""
        for found in _KIND_IN_NAME.finditer(local):
            agency_type = self._types.find_known(local[found.end() :])
            if agency_type is not None:
                return replace(
                    agency,
                    body_type=agency_type.type,
                    sector=agency_type.sector,
                    level=_LEVEL_OF_KIND.get(found[0]),
                )
        return agency

    def _named_as_author(
        self, wanted: str, flat: str, year: int | None
    ) -> dict[str, DivisionPrefix]:
        """The divisions of agencies that the text names as its author, by code."""
        return {
            self._known.present[prefix.division].code: prefix
            for pattern in self._author_patterns
            for match in pattern.finditer(flat)
            for prefix in self._prefixes.find(match[1], year)
            if prefix.rest == wanted
        }

    def _agency(self, prefix: DivisionPrefix, system: str, text: str, year: int | None) -> Agency:
        """The agency of a division, with the type given by the rest of the name."""
        place = self._known.present[prefix.division]
        title = _unique_name(place, self._known)
        if place.kind == "zone" and prefix.rest in self._committees:
            found: AgencyType | None = AgencyType("zone_committee", "管理委员会", "")
        else:
            found = self._types.find(prefix.rest)
        if found is None:
            unknown = _unresolved(f"{title}{prefix.rest}", f"不认识的机关名称：{prefix.rest}")
            return replace(unknown, **_place_fields(place, self._known))
        if prefix.printed and (found.type == "vertical_bureau" or found.zone):
            title = prefix.printed  # 杭州海关 is not 杭州市海关
        if found.zone and (zone := _zone_in(place, found.zone, self._known)) is not None:
            place, title, found = zone, zone.name, replace(found, zone="")
        if found.place:
            inner = _place_of_branch(found.place, place, year, self._known)
            if inner is not None:
                place, found = inner, replace(found, place="")
        if found.type == "government_office" and self._speaks_for_government(text):
            found = replace(found, type="government", name=self._government)
        return self._compose(found, place, f"{system}{title}")

    def _compose(self, found: AgencyType, place: Division, before: str) -> Agency:
        fields = _place_fields(place, self._known)
        if found.zone:
            fields["host_division_code"], fields["division_code"] = place.code, None
            fields["functional_zone"] = True
        zone = found.zone or (place.code if place.kind == "zone" else "")
        host = fields["division_code"] or fields["host_division_code"]
        inside = f"{found.township}{zone}"
        level: Level = "township" if found.township else _LEVELS[place.kind]
        return Agency(
            key="|".join(filter(None, (str(host), inside, found.type, found.key, found.place))),
            name=f"{before}{found.township}{found.zone}{found.name}",
            level="functional_zone" if zone else level,
            body_type=found.type,
            sector=found.sector,
            **fields,
        )

    def _speaks_for_government(self, text: str) -> bool:
        flat = "".join(text.split())
        return any(pattern.search(flat) for pattern in self._speaks_for_government_patterns)


def _normal(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _folded(printed: str) -> str:
    """A printed name without white space, brackets and punctuation, in half-width digits."""
    name = "".join(unicodedata.normalize("NFKC", printed).split())
    name = _BRACKETS.sub("", name)
    return name.strip("《》“”\"'、，,。.:：-—")


def _unresolved(name: str, reason: str) -> Agency:
    return Agency(f"?|{name}", name, resolved=False, reason=reason)


def _choose_by_text(
    prefixes: Sequence[DivisionPrefix], text: str, known: Divisions
) -> DivisionPrefix | None:
    """Choose one of several places with the same name by the text; None if still ambiguous.

    ``text`` is without white space.
    """
    for is_named in (_with_parent, _below_parent):
        fitting = [prefix for prefix in prefixes if is_named(prefix, text, known)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            prefixes = fitting
    codes = set(_CREDIT_CODE.findall(text))
    fitting = [prefix for prefix in prefixes if prefix.division.code in codes]
    return fitting[0] if len(fitting) == 1 else None


def _with_parent(prefix: DivisionPrefix, text: str, known: Divisions) -> bool:
    """Is the name of a parent printed directly before the division: 淮安市洪泽区?"""
    first = prefix.path[0]
    return any(
        f"{name}{first.name}" in text
        for parent in _parent_names(first, known)
        for name in (parent, division_stem(parent))
    )


def _below_parent(prefix: DivisionPrefix, text: str, known: Divisions) -> bool:
    """Does the text name the government or Party committee of a parent (浙江省委)?"""
    return any(
        re.search(rf"{parent}{_LEADERSHIP}", text)
        for parent in _parent_names(prefix.path[0], known)
    )


def _division_by_code(text: str, known: Divisions) -> Division | None:
    """The division in the credit codes of a text; None if there is none or more than one."""
    codes = {code for code in _CREDIT_CODE.findall(text) if code in known.by_code}
    return known.by_code[codes.pop()][-1] if len(codes) == 1 else None


def _places_before(
    name: str, text: str, year: int | None, prefixes: DivisionPrefixes, known: Divisions
) -> dict[str, DivisionPrefix]:
    """The divisions printed directly before a name in the text, by code."""
    found: dict[str, DivisionPrefix] = {}
    ends = (match.start() for match in re.finditer(re.escape(name), text))
    for before in dict.fromkeys(text[max(0, end - _WINDOW) : end] for end in ends):
        for start in range(len(before)):
            for prefix in prefixes.find(before[start:], year):
                code = known.present[prefix.division].code
                deeper = code not in found or len(prefix.path) > len(found[code].path)
                if not prefix.rest and deeper:
                    found[code] = replace(prefix, rest=name)
    return found


def _place_fields(place: Division, known: Divisions) -> _PlaceFields:
    """The names of a division and those above it; a zone has the code of its host."""
    above = {d.kind: d.name for code in place.ancestors if (d := known.newest.get(code))}
    names = {**above, place.kind: place.name}
    code: str | None = place.code
    host = None
    if place.kind == "zone":
        code, host = None, next(c for c in reversed(place.ancestors) if c in known.newest)
    return {
        "province": names.get("province"),
        "city": names.get("prefecture"),
        "county": names.get("county"),
        "division_code": code,
        "functional_zone": host is not None,
        "host_division_code": host,
    }


def _unique_name(place: Division, known: Divisions) -> str:
    """A unique name of a division: districts, and counties of one name, get that of their city."""
    if place.kind == "zone":
        return place.name
    parents = [known.newest[code] for code in reversed(place.ancestors) if code in known.newest]
    shared = len({d.code for d in known.by_name[place.name] if d.last is None}) > 1
    if place.kind == "county" and parents and (place.name.endswith("区") or shared):
        return f"{parents[0].name}{place.name}"
    return place.name


def _parent_names(division: Division, known: Divisions) -> list[str]:
    """All names, old ones too, of the divisions above one."""
    names = [d.name for code in division.ancestors for d in known.by_code.get(code, ())]
    return [name for name in names if name != division.name]


def _zone_in(place: Division, zone: str, known: Divisions) -> Division | None:
    """The zone of divisions.csv with a name in a place: 经济技术开发区 of 宿迁市."""
    names = {f"{place.name}{zone}", f"{division_stem(place.name)}{zone}"}
    inside = [z for z in known.zones if z.last is None and place.code in z.ancestors]
    found = [z for z in inside if z.name in names]
    return found[0] if len(found) == 1 else None


def _place_of_branch(
    name: str, place: Division, year: int | None, known: Divisions
) -> Division | None:
    """The county or zone that a branch serves: 桐乡 in 嘉兴市生态环境局桐乡分局."""
    named = [*known.by_name.get(name, ()), *known.by_stem.get(name, ())]
    inside = {
        known.present[d].code: known.present[d]
        for d in named
        if place.code in d.ancestors and (year is None or year in d.years)
    }
    if not inside:
        inside = {z.code: z for z in known.zones if place.code in z.ancestors and name in z.name}
    return next(iter(inside.values())) if len(inside) == 1 else None
