"""Finds the agency that a printed name means; an ambiguous name stays unresolved."""

from __future__ import annotations

import re
import unicodedata

from msgspec.structs import replace

from gongkai.families.divisions import Division
from gongkai.families.family import Family
from gongkai.model import Agency, Level
from gongkai.normalizers.agencies.agency_type import AgencyType, AgencyTypes
from gongkai.normalizers.agencies.division_prefix import DivisionPrefix, DivisionPrefixes
from gongkai.normalizers.agencies.place_evidence import (
    choose_by_text,
    division_by_code,
    places_before,
)
from gongkai.normalizers.agencies.places import (
    place_fields,
    place_of_branch,
    unique_name,
    zone_in,
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
_GENERIC = re.compile("^[省市县区旗州盟](?=.{2})")  # 县教育局: of some county


class AgencyResolver:
    """Finds the agencies that printed names mean. Built once for each worker."""

    def __init__(self, family: Family) -> None:
        words = family.country.settings.agencies
        self._known = family.country.divisions
        self._types = AgencyTypes(family.country)
        self._prefixes = DivisionPrefixes(family.country, self._types)
        self._government = words.government[0]
        self._committees = ("", *words.committee)
        self._speaks_for_government_patterns = [
            re.compile(pattern) for pattern in words.speaks_for_government_patterns
        ]
        self._author_patterns = [
            re.compile(pattern) for pattern in family.settings.title_words.author_patterns
        ]

    def resolve(self, printed: str, text: str, year: int | None) -> Agency:
        """The agency that a printed name means.

        ``text`` is the report's text: it may have the division that the name lacks. ``year`` is
        the report's year; names of divisions that were not in use then are tried last. A name
        that fits several agencies, or no known one, gives an agency with ``resolved`` false and
        the reason in Chinese.
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
            self._known.present(prefix.division).code: prefix for prefix in reversed(prefixes)
        }
        candidates = list(by_code.values())
        chosen: DivisionPrefix | None = candidates[0]
        if len(candidates) > 1:
            chosen = choose_by_text(candidates, "".join(text.split()), self._known)
        if chosen is None:
            printed_division = prefixes[0].division.name
            places = "、".join(
                unique_name(self._known.present(prefix.division), self._known)
                for prefix in candidates
            )
            reason = f"“{printed_division}”不止一处（{places}），正文没有说明是哪一处"
            return _unresolved(name, reason)
        return self._agency(chosen, system, text, year)

    def _without_division(
        self, name: str, system: str, local: str, text: str, year: int | None
    ) -> Agency:
        """An agency whose name has no division: the text may have its full name."""
        flat = "".join(unicodedata.normalize("NFKC", text).split())
        wanted = _GENERIC.sub("", local)
        if self._types.find_known(wanted) is not None:
            # Every place has an 教育局, and texts also name that of the superior division:
            # only the agency named as the author is accepted.
            found = self._named_as_author(wanted, flat, year)
        else:
            found = places_before(wanted, flat, year, self._prefixes, self._known)
        inner = [
            prefix
            for prefix in found.values()
            if not any(other.division.within(prefix.division) for other in found.values())
        ]
        if not inner and (division := division_by_code(flat, self._known)) is not None:
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
        """Adds what a name says even if its division is unknown: 鹤溪县教育局."""
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
            self._known.present(prefix.division).code: prefix
            for pattern in self._author_patterns
            for match in pattern.finditer(flat)
            for prefix in self._prefixes.find(match[1], year)
            if prefix.rest == wanted
        }

    def _agency(self, prefix: DivisionPrefix, system: str, text: str, year: int | None) -> Agency:
        """The agency of a division with the type that the rest of the name means."""
        place = self._known.present(prefix.division)
        title = unique_name(place, self._known)
        if place.kind == "zone" and prefix.rest in self._committees:
            found: AgencyType | None = AgencyType("zone_committee", "管理委员会", "")
        else:
            found = self._types.find(prefix.rest)
        if found is None:
            unknown = _unresolved(f"{title}{prefix.rest}", f"不认识的机关名称：{prefix.rest}")
            return replace(unknown, **place_fields(place, self._known))
        if prefix.printed and (found.type == "vertical_bureau" or found.zone):
            title = prefix.printed  # 杭州海关 is not 杭州市海关
        if found.zone and (zone := zone_in(place, found.zone, self._known)) is not None:
            place, title, found = zone, zone.name, replace(found, zone="")
        if found.place:
            inner = place_of_branch(found.place, place, year, self._known)
            if inner is not None:
                place, found = inner, replace(found, place="")
        if found.type == "government_office" and self._speaks_for_government(text):
            found = replace(found, type="government", name=self._government)
        return self._compose(found, place, f"{system}{title}")

    def _compose(self, found: AgencyType, place: Division, before: str) -> Agency:
        fields = place_fields(place, self._known)
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


def _folded(printed: str) -> str:
    """A printed name without white space, brackets and punctuation, in half-width digits."""
    name = "".join(unicodedata.normalize("NFKC", printed).split())
    name = _BRACKETS.sub("", name)
    return name.strip("《》“”\"'、，,。.:：-—")


def _unresolved(name: str, reason: str) -> Agency:
    return Agency(f"?|{name}", name, resolved=False, reason=reason)
