"""Finds divisions at the beginning of an agency's name: 淮安市, 洪泽区 in 淮安市洪泽区教育局."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from gongkai.families.country import Country
from gongkai.families.divisions import Division
from gongkai.normalizers.agencies.agency_type import AgencyTypes

_STEM_LIMIT = 8  # a division without its kind (洪泽) has fewer characters


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

    def find(
        self, name: str, year: int | None, within: tuple[Division, ...] = ()
    ) -> Iterator[DivisionPrefix]:
        """Every way to read divisions at the beginning of a name, each within the one before it.

        ``year`` is the year of the report: names that were not in use then are left out.
        """
        if name[:2] not in self._known.beginnings:
            return
        for length in range(min(self._known.longest, len(name)), 1, -1):
            for division in self._known.by_name.get(name[:length], ()):
                if _fits(division, within, year):
                    path = (*within, division)
                    yield DivisionPrefix(path, name[length:])
                    yield from self.find(name[length:], year, path)
        for division, rest in self._shortened(name, within):
            if _fits(division, within, year):
                path = (*within, division)
                yield DivisionPrefix(path, rest, name.removesuffix(rest))
                yield from self.find(rest, year, path)

    def _shortened(self, name: str, within: Sequence[Division]) -> Iterator[tuple[Division, str]]:
        """A division named without its kind: 文登人民政府, 金华海关, 江苏 for 江苏省.

        Only if the name of an agency follows, so that no word is cut in two.
        """
        for length in range(2, min(_STEM_LIMIT, len(name) - 1)):
            stem, rest = name[:length], name[length:]
            for division in self._known.by_stem.get(stem, ()):
                if division.kind != "zone" and self._may_follow(rest, division, within):
                    yield division, rest

    def _may_follow(self, rest: str, division: Division, within: Sequence[Division]) -> bool:
        if rest.startswith(self._government) and within:
            return True
        if division.kind == "province" and self._begins_inside(rest, division):
            return True
        agency = self._types.find_known(rest)
        return agency is not None and bool(agency.sector or division.kind != "county")

    def _begins_inside(self, name: str, province: Division) -> bool:
        """Whether a name begins with a prefecture or county of the province."""
        return any(
            division.within(province)
            for length in range(2, min(self._known.longest, len(name)) + 1)
            for division in self._known.by_name.get(name[:length], ())
        )


def _fits(division: Division, within: Sequence[Division], year: int | None) -> bool:
    return division.existed_in(year) and (not within or division.within(within[-1]))
