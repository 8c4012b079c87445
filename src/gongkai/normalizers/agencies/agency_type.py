"""What a body is, from the part of its name after the place: government, bureau, township, zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.sectors import Sector
from gongkai.model import BodyType

_JOINTS = re.compile("[和与及、]")


class Body(Struct, frozen=True):
    """One body of some place."""

    type: BodyType
    name: str  # canonical, without the place
    key: str  # the same for every spelling of the name
    sector: str | None = None
    township: str = ""  # 荫子镇
    zone: str = ""  # 湖滨新区
    place: str = ""  # what a branch is for: 净月


@lru_cache(maxsize=4096)
def body_of(rest: str, family: Family, known_only: bool = False) -> Body | None:
    """The body that the rest of a name means; None where it is none that is known.

    With ``known_only`` a department must be one of sectors.csv.
    """
    words = family.country.settings.agencies
    if rest in ("", *words.government):
        return None if known_only and not rest else Body("government", words.government[0], "")
    if rest in words.office:
        return Body("government_office", _office_name(rest), "")
    for parse in (_branch, _township, _zone):
        found = parse(rest, family)
        if found is not None:
            return None if known_only and not (found.sector or found.zone) else found
    for government in words.government:  # 人民政府外事办公室
        if rest.startswith(government) and len(rest) > len(government) + 1:
            rest = rest.removeprefix(government)
            break
    return _department(rest, family, known_only)


def central_body(name: str, family: Family) -> Body | None:
    """A body of the State Council by its name."""
    for line in _lines(family, "central"):
        if name in (line.stem, *line.spellings):
            return Body("department", line.stem, "", line.sector or None)
    return None


def without_prefix(name: str, family: Family) -> tuple[str, str]:
    """The name of a national system (国家税务总局) and what follows it; "" where there is none."""
    for line in _lines(family, "prefix"):
        if name.startswith(line.stem) and len(name) > len(line.stem) + 2:
            return line.stem, name.removeprefix(line.stem)
    return "", name


def _lines(family: Family, kind: str) -> Iterator[Sector]:
    return (line for line in family.country.sectors if line.kind == kind)


def _office_name(rest: str) -> str:
    return "人民政府办公厅" if rest.endswith("厅") else "人民政府办公室"


def _branch(rest: str, family: Family) -> Body | None:
    """公安局西湖分局, 生态环境局净月分局: a bureau and what its branch is for."""
    branch = family.country.settings.agencies.branch
    found = re.fullmatch(rf"(.+?局)(.{{2,12}}?){branch}", rest)
    if found is None:
        return None
    bureau = _department(found[1], family, known_only=False)
    if bureau is None:
        return None
    return replace(bureau, type="sub_bureau", name=f"{bureau.name}{found[2]}{branch}",
                   place=found[2])  # fmt: skip


def _township(rest: str, family: Family) -> Body | None:
    words = family.country.settings.agencies
    kinds = "|".join(words.township)
    office = "|".join(sorted(words.office, key=len, reverse=True))
    government = "|".join(words.government)
    found = re.fullmatch(
        rf"(?P<name>.{{1,14}}?(?:{kinds}))(?:(?P<office>{office}|街道办|办事处办公室|党政办公室)"
        rf"|(?P<government>{government}|办事处)?)",
        rest,
    )
    if found is None or len(found["name"]) < 2:
        return None
    township = found["name"]
    if found["office"] not in (None, "街道办"):
        return Body("government_office", "人民政府办公室", "", township=township)
    name = "办事处" if township.endswith("街道") else "人民政府"
    return Body("government", name, "", township=township)


def _zone(rest: str, family: Family) -> Body | None:
    words = family.country.settings.agencies
    kinds = "|".join(sorted(words.zone, key=len, reverse=True))
    found = re.fullmatch(rf"(.{{0,20}}(?:{kinds}))(.*)", rest)
    if found is None or len(found[1]) < 3:
        return None
    zone, inside = found[1], found[2]
    for committee in sorted(words.committee, key=len, reverse=True):
        if inside.startswith(committee):
            inside = inside.removeprefix(committee)
            break
    if not inside:
        return Body("zone_committee", "管理委员会", "", zone=zone)
    department = _department(inside, family, known_only=False)
    return None if department is None else replace(department, zone=zone)


def _department(rest: str, family: Family, known_only: bool) -> Body | None:
    words = family.country.settings.agencies
    endings = sorted((*words.department, *words.institution), key=len, reverse=True)
    for ending in endings:
        if not rest.endswith(ending) or len(rest) == len(ending):
            continue
        line = _sector(rest.removesuffix(ending), family)
        if line is None:
            continue
        full = words.short.get(ending, ending)
        type_: BodyType = "department"
        if line.kind == "vertical":
            type_ = "vertical_bureau"
        elif ending in words.institution:
            type_ = "institution"
        key = line.stem if type_ != "institution" else f"{line.stem}{full}"
        return Body(type_, f"{line.stem}{full}", key, line.sector)
    vertical = next((s for s in _lines(family, "vertical") if s.stem == rest), None)
    if vertical is not None:
        return Body("vertical_bureau", rest, rest, vertical.sector)
    if known_only:
        return None
    for ending in endings:
        if rest.endswith(ending) and len(rest) > len(ending) + 1:
            stem = rest.removesuffix(ending)
            full = words.short.get(ending, ending)
            if ending in words.institution:
                return Body("institution", rest, _JOINTS.sub("", rest))
            return Body("department", f"{stem}{full}", _JOINTS.sub("", stem))
    return None


def _sector(stem: str, family: Family) -> Sector | None:
    """The line of sectors.csv that a stem belongs to; 和, 与 and 及 make no difference."""
    return _spellings(family).get(_JOINTS.sub("", stem))


@lru_cache(maxsize=4)
def _spellings(family: Family) -> dict[str, Sector]:
    found: dict[str, Sector] = {}
    for line in family.country.sectors:
        if line.kind not in ("prefix", "central"):
            for spelling in (line.stem, *line.spellings):
                found.setdefault(_JOINTS.sub("", spelling), line)
    return found
