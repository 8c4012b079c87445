"""Names and codes of the division that an agency belongs to, as the database stores them."""

from __future__ import annotations

from typing import TypedDict

from gongkai.families.divisions import Division, Divisions, division_stem


class PlaceFields(TypedDict):
    """The fields of an Agency about its place."""

    province: str | None
    city: str | None
    county: str | None
    division_code: str | None
    functional_zone: bool
    host_division_code: str | None


def place_fields(place: Division, known: Divisions) -> PlaceFields:
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


def unique_name(place: Division, known: Divisions) -> str:
    """A name that no other division has: a district with its city, others as they are."""
    if place.kind == "zone":
        return place.name
    parents = [known.newest[code] for code in reversed(place.ancestors) if code in known.newest]
    parents = [p for p in parents if p.code != place.code]
    shared = len({d.code for d in known.by_name[place.name] if d.last is None}) > 1
    if place.kind == "county" and parents and (place.name.endswith("区") or shared):
        return f"{parents[0].name}{place.name}"
    return place.name


def parent_names(division: Division, known: Divisions) -> list[str]:
    """All names, old ones too, of the divisions above one."""
    names = [d.name for code in division.ancestors for d in known.by_code.get(code, ())]
    return [name for name in names if name != division.name]


def zone_in(place: Division, zone: str, known: Divisions) -> Division | None:
    """The zone of divisions.csv that a name means in a place: 经济技术开发区 of 宿迁市."""
    names = {f"{place.name}{zone}", f"{division_stem(place.name)}{zone}"}
    found = [z for z in known.zones if z.last is None and z.within(place) and z.name in names]
    return found[0] if len(found) == 1 else None


def place_of_branch(
    name: str, place: Division, year: int | None, known: Divisions
) -> Division | None:
    """The county or zone that a branch serves: 桐乡 in 嘉兴市生态环境局桐乡分局."""
    named = [*known.by_name.get(name, ()), *known.by_stem.get(name, ())]
    inside = {
        known.present(d).code: known.present(d)
        for d in named
        if d.within(place) and d.existed_in(year)
    }
    if not inside:
        inside = {z.code: z for z in known.zones if z.within(place) and name in z.name}
    return next(iter(inside.values())) if len(inside) == 1 else None
