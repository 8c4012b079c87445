"""The printed name of a body to one stable body; left open where it is not clear, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TypedDict

from msgspec.structs import replace

from gongkai.families.divisions import Division, Divisions, division_stem
from gongkai.families.family import Family
from gongkai.model import Agency, Level
from gongkai.normalizers.agencies.agency_type import Body, body_of, central_body, without_prefix
from gongkai.normalizers.agencies.division_prefix import Seat, seats

_USCC = re.compile(r"(?<![0-9A-Z])1[1-9](\d{6})[0-9A-HJ-NP-RT-UW-Y]{9}[0-9A-HJ-NP-RT-UW-Y]")
_BRACKETS = re.compile(r"[（(【\[][^（()）】\]]*[)）】\]]")
_LEVELS: dict[str, Level] = {
    "province": "province",
    "prefecture": "prefecture",
    "county": "county",
    "zone": "functional_zone",
}
_UNKNOWN_PLACE = re.compile("(?<=.)[省市县区旗州盟]")
_BY_LAST: dict[str, Level] = {
    "省": "province",
    "州": "prefecture",
    "盟": "prefecture",
    "县": "county",
    "区": "county",
    "旗": "county",
}
_BEFORE = 24  # characters before a name in the text in which its division is looked for
_GENERIC = re.compile("^[省市县区旗州盟](?=.{2})")  # 县教育局: some county's
# After a division's name: it is spoken of as a superior, not as some other place.
_SUPERIOR = "(?:人民)?(?:政府|[省市区州]?委)"


def resolve(printed: str, text: str, year: int | None, family: Family) -> Agency:
    """The body that a printed name means; ``text`` is the report's, for what the name leaves out.

    A name that fits several bodies, or none that is known, gives an agency with ``resolved``
    false and the reason in Chinese.
    """
    name = _folded(printed)
    if not name:
        return _open("", "标题和正文都没有写明发布机关")
    central = central_body(name, family)
    if central is not None:
        return Agency(f"||central|{central.name}", central.name, level="central",
                      body_type="department", sector=central.sector)  # fmt: skip
    prefix, bare = without_prefix(name, family)
    found = list(seats(bare, year, family)) or list(seats(bare, None, family))
    if not found:
        return _from_text(name, prefix, bare, text, year, family)
    longest = max(len(bare) - len(seat.rest) for seat in found)
    found = [seat for seat in found if len(bare) - len(seat.rest) == longest]
    known = family.country.divisions
    by_code = {known.present(seat.division).code: seat for seat in reversed(found)}
    if len(by_code) > 1:
        chosen = _by_text(list(by_code.values()), text, known)
        if chosen is None:
            places = "、".join(
                _full_name(known.present(s.division), known) for s in by_code.values()
            )
            return _open(
                name, f"“{found[0].division.name}”不止一处（{places}），正文没有说明是哪一处"
            )
        by_code = {known.present(chosen.division).code: chosen}
    (seat,) = by_code.values()
    return _agency(seat, prefix, text, year, family)


def _folded(printed: str) -> str:
    name = "".join(unicodedata.normalize("NFKC", printed).split())
    name = _BRACKETS.sub("", name)
    return name.strip("《》“”\"'、，,。.:：-—")


def _by_text(several: Sequence[Seat], text: str, known: Divisions) -> Seat | None:
    """Of several places of one name, the one that the text speaks of, if it is one alone."""
    flat = "".join(text.split())
    for told in (_adjacent, _mentioned):
        fitting = [seat for seat in several if told(seat, flat, known)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            several = fitting
    codes = set(_USCC.findall(flat))
    fitting = [seat for seat in several if seat.division.code in codes]
    return fitting[0] if len(fitting) == 1 else None


def _parents(division: Division, known: Divisions) -> list[str]:
    names = [d.name for code in division.ancestors for d in known.by_code.get(code, ())]
    return [n for n in names if n != division.name]


def _adjacent(seat: Seat, flat: str, known: Divisions) -> bool:
    """淮安市洪泽区: a parent's name right before the division's."""
    first = seat.path[0]
    for parent in _parents(first, known):
        if any(f"{p}{first.name}" in flat for p in (parent, division_stem(parent))):
            return True
    return False


def _mentioned(seat: Seat, flat: str, known: Divisions) -> bool:
    """浙江省委, 舟山市人民政府: a parent as the superior that it is."""
    return any(re.search(rf"{parent}{_SUPERIOR}", flat) for parent in _parents(seat.path[0], known))


def _from_text(
    name: str, prefix: str, bare: str, text: str, year: int | None, family: Family
) -> Agency:
    """A body whose name says no division: its full name may stand in the text."""
    flat = "".join(unicodedata.normalize("NFKC", text).split())
    known = family.country.divisions
    wanted = _GENERIC.sub("", bare)
    if body_of(wanted, family, known_only=True) is not None:
        # Every place has an 教育局, and texts name the superior's: only the author's name counts.
        found = _authors(wanted, flat, year, family)
    else:
        found = _places_before(wanted, flat, year, family)
    inner = [
        seat
        for seat in found.values()
        if not any(other.division.within(seat.division) for other in found.values())
    ]
    codes = {code for code in _USCC.findall(flat) if code in known.by_code}
    if not inner and len(codes) == 1:
        inner = [Seat((known.by_code[codes.pop()][-1],), wanted)]
    if len(inner) != 1:
        why = "正文里有几个可能的行政区划" if inner else "名称里没有已知的行政区划，正文也没有说明"
        return _sketch(_open(name, f"{why}，无法确定是哪里的“{bare}”"), bare, family)
    return _agency(inner[0], prefix, text, year, family)


def _sketch(agency: Agency, bare: str, family: Family) -> Agency:
    """What the name of a body says even where its division is unknown: 鹤溪县教育局."""
    for found in _UNKNOWN_PLACE.finditer(bare):
        body = body_of(bare[found.end() :], family, known_only=True)
        if body is not None:
            level: Level | None = None if found[0] == "市" else _BY_LAST[found[0]]
            return replace(agency, body_type=body.type, sector=body.sector, level=level)
    return agency


def _authors(wanted: str, flat: str, year: int | None, family: Family) -> dict[str, Seat]:
    """The divisions of the bodies that the text names as its author."""
    found = {}
    for pattern in family.settings.title_words.author:
        for match in re.finditer(pattern, flat):
            for seat in seats(match[1], year, family):
                if seat.rest == wanted:
                    found[family.country.divisions.present(seat.division).code] = seat
    return found


def _places_before(wanted: str, flat: str, year: int | None, family: Family) -> dict[str, Seat]:
    """The divisions named right before a name wherever it stands in the text."""
    known = family.country.divisions
    found: dict[str, Seat] = {}
    ends = (match.start() for match in re.finditer(re.escape(wanted), flat))
    for before in dict.fromkeys(flat[max(0, end - _BEFORE) : end] for end in ends):
        for start in range(len(before)):
            for seat in seats(before[start:], year, family):
                code = known.present(seat.division).code
                if not seat.rest and (code not in found or len(seat.path) > len(found[code].path)):
                    found[code] = replace(seat, rest=wanted)
    return found


# -------------------------------------------------------------------- what it is


def _agency(seat: Seat, prefix: str, text: str, year: int | None, family: Family) -> Agency:
    known = family.country.divisions
    place = known.present(seat.division)
    title = _full_name(place, known)
    if place.kind == "zone" and seat.rest in ("", *family.country.settings.agencies.committee):
        body: Body | None = Body("zone_committee", "管理委员会", "")
    else:
        body = body_of(seat.rest, family)
    if body is None:
        unknown = _open(f"{title}{seat.rest}", f"不认识的机关名称：{seat.rest}")
        return replace(unknown, **_where(place, known))
    if seat.printed and (body.type == "vertical_bureau" or body.zone):
        title = seat.printed  # 杭州海关 is not 杭州市海关
    if body.zone and (listed := _listed_zone(body.zone, place, known)) is not None:
        place, title, body = listed, listed.name, replace(body, zone="")
    if body.place and (inner := _branch_place(body, place, year, known)) is not None:
        place, body = inner, replace(body, place="")
    if body.type == "government_office" and _speaks_for(text, family):
        body = replace(body, type="government", name=family.country.settings.agencies.government[0])
    where = _where(place, known)
    if body.zone:
        where["host_division_code"], where["division_code"] = place.code, None
        where["functional_zone"] = True
    zone = body.zone or (place.code if place.kind == "zone" else "")
    host = where["division_code"] or where["host_division_code"]
    inside = f"{body.township}{zone}"
    return Agency(
        key="|".join(filter(None, (str(host), inside, body.type, body.key, body.place))),
        name=f"{prefix}{title}{body.township}{body.zone}{body.name}",
        level="functional_zone" if zone else "township" if body.township else _LEVELS[place.kind],
        body_type=body.type,
        sector=body.sector,
        **where,
    )


def _speaks_for(text: str, family: Family) -> bool:
    flat = "".join(text.split())
    return any(re.search(pattern, flat) for pattern in family.country.settings.agencies.speaks_for)


def _branch_place(
    body: Body, place: Division, year: int | None, known: Divisions
) -> Division | None:
    """The county or zone that a branch is for: 桐乡 in 嘉兴市生态环境局桐乡分局."""
    named = [*known.by_name.get(body.place, ()), *known.by_stem.get(body.place, ())]
    inside = {
        known.present(d).code: known.present(d)
        for d in named
        if d.within(place) and d.existed_in(year)
    }
    if not inside:
        inside = {z.code: z for z in known.zones if z.within(place) and body.place in z.name}
    return next(iter(inside.values())) if len(inside) == 1 else None


def _listed_zone(zone: str, place: Division, known: Divisions) -> Division | None:
    """The zone of divisions.csv that is meant: 经济技术开发区 of 宿迁市."""
    names = {f"{place.name}{zone}", f"{division_stem(place.name)}{zone}"}
    found = [z for z in known.zones if z.last is None and z.within(place) and z.name in names]
    return found[0] if len(found) == 1 else None


def _full_name(place: Division, known: Divisions) -> str:
    """A name that no other division shares: a district with its city, others as they are."""
    if place.kind == "zone":
        return place.name
    parents = [known.newest[code] for code in reversed(place.ancestors) if code in known.newest]
    parents = [p for p in parents if p.code != place.code]
    shared = len({d.code for d in known.by_name[place.name] if d.last is None}) > 1
    if place.kind == "county" and parents and (place.name.endswith("区") or shared):
        return f"{parents[0].name}{place.name}"
    return place.name


class _Where(TypedDict):
    province: str | None
    city: str | None
    county: str | None
    division_code: str | None
    functional_zone: bool
    host_division_code: str | None


def _where(place: Division, known: Divisions) -> _Where:
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


def _open(name: str, reason: str) -> Agency:
    return Agency(f"?|{name}", name, resolved=False, reason=reason)
