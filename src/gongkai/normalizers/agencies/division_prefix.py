"""Where a body sits: the divisions that its name begins with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from gongkai.families.divisions import Division, Divisions
from gongkai.families.family import Family
from gongkai.normalizers.agencies.agency_type import body_of


class Seat(Struct, frozen=True):
    """Where a body sits: the divisions its name begins with, innermost last."""

    path: tuple[Division, ...]
    rest: str
    printed: str = ""  # the divisions as printed, where one is shortened

    @property
    def division(self) -> Division:
        return self.path[-1]


def seats(
    name: str, year: int | None, family: Family, within: tuple[Division, ...] = ()
) -> Iterator[Seat]:
    """Every way the name begins with divisions, each within the one before it."""
    known = family.country.divisions
    if name[:2] not in known.beginnings:
        return
    for length in range(min(known.longest, len(name)), 1, -1):
        for division in known.by_name.get(name[:length], ()):
            if _fits(division, within, year):
                path = (*within, division)
                yield Seat(path, name[length:])
                yield from seats(name[length:], year, family, path)
    for division, rest in _shortened(name, within, family):
        if _fits(division, within, year):
            yield Seat((*within, division), rest, name.removesuffix(rest))
            yield from seats(rest, year, family, (*within, division))


def _fits(division: Division, within: Sequence[Division], year: int | None) -> bool:
    return division.existed_in(year) and (not within or division.within(within[-1]))


def _shortened(
    name: str, within: Sequence[Division], family: Family
) -> Iterator[tuple[Division, str]]:
    """A division named without what it is: 文登人民政府, 金华海关, 江苏省's 江苏.

    Only where what follows is the name of a body, so that no word is torn apart.
    """
    known = family.country.divisions
    words = family.country.settings.agencies
    for length in range(2, min(8, len(name) - 1)):
        short, rest = name[:length], name[length:]
        for division in known.by_stem.get(short, ()):
            if division.kind == "zone":
                continue
            body = body_of(rest, family, known_only=True)
            if (
                (rest.startswith(words.government[0]) and within)
                or (division.kind == "province" and any(_starts(rest, division, known)))
                or (body is not None and (body.sector or division.kind != "county"))
            ):
                yield division, rest


def _starts(rest: str, province: Division, known: Divisions) -> Iterator[bool]:
    """Does a city or county of the province follow?"""
    for length in range(2, min(known.longest, len(rest)) + 1):
        yield any(d.within(province) for d in known.by_name.get(rest[:length], ()))
