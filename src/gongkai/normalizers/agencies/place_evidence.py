"""Finds the place of an agency in the text of its report, if its name does not give the place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from gongkai.families.divisions import Division, Divisions, division_stem
from gongkai.normalizers.agencies.division_prefix import DivisionPrefix, DivisionPrefixes
from gongkai.normalizers.agencies.places import parent_names

# A unified social credit code of a state organ (GB 32100); digits 3 to 8 are its division.
_CREDIT_CODE = re.compile(r"(?<![0-9A-Z])1[1-9](\d{6})[0-9A-HJ-NP-RT-UW-Y]{9}[0-9A-HJ-NP-RT-UW-Y]")
_WINDOW = 24  # characters before a name in the text in which its division is looked for
# After a division's name: its government or Party committee.
_LEADERSHIP = "(?:人民)?(?:政府|[省市区州]?委)"


def choose_by_text(
    prefixes: Sequence[DivisionPrefix], text: str, known: Divisions
) -> DivisionPrefix | None:
    """The one of several places with the same name that the text means; None if still ambiguous.

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
    """淮安市洪泽区: the name of a parent right before that of the division."""
    first = prefix.path[0]
    return any(
        f"{name}{first.name}" in text
        for parent in parent_names(first, known)
        for name in (parent, division_stem(parent))
    )


def _below_parent(prefix: DivisionPrefix, text: str, known: Divisions) -> bool:
    """浙江省委, 舟山市人民政府: the leadership of a parent."""
    return any(
        re.search(rf"{parent}{_LEADERSHIP}", text) for parent in parent_names(prefix.path[0], known)
    )


def division_by_code(text: str, known: Divisions) -> Division | None:
    """The division of the credit codes in a text; None if there is none or more than one."""
    codes = {code for code in _CREDIT_CODE.findall(text) if code in known.by_code}
    return known.by_code[codes.pop()][-1] if len(codes) == 1 else None


def places_before(
    name: str, text: str, year: int | None, prefixes: DivisionPrefixes, known: Divisions
) -> dict[str, DivisionPrefix]:
    """The divisions printed directly before a name in the text, by code."""
    found: dict[str, DivisionPrefix] = {}
    ends = (match.start() for match in re.finditer(re.escape(name), text))
    for before in dict.fromkeys(text[max(0, end - _WINDOW) : end] for end in ends):
        for start in range(len(before)):
            for prefix in prefixes.find(before[start:], year):
                code = known.present(prefix.division).code
                deeper = code not in found or len(prefix.path) > len(found[code].path)
                if not prefix.rest and deeper:
                    found[code] = replace(prefix, rest=name)
    return found
