"""Loads divisions.csv: administrative divisions by name and by GB/T 2260 code."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import Literal

from msgspec import Struct

from gongkai.errors import FamilyError

# Reports may print a name this many years before its first edition or after its last one.
_GRACE_YEARS = 3
_NO_END = 10_000
_KINDS = ("province", "prefecture", "county", "zone")
_HEADER = ["code", "name", "kind", "first", "last", "successor"]
_SUFFIX = re.compile(
    "(?:(?:维吾尔|壮族|回族)?自治区|特别行政区|(?:[\u4e00-\u9fff]{1,3}族)*(?:蒙古|哈萨克|柯尔克孜)?自治[州县旗]"
    "|地区|林区|特区|新区|[省市县区旗盟州])$"
)


class Division(Struct, frozen=True, eq=False):
    """A line of divisions.csv: one name of one code, and the editions of GB/T 2260 with it."""

    code: str
    name: str
    kind: Literal["province", "prefecture", "county", "zone"]
    first: int  # year of the first edition with this name
    last: int | None  # year of the last one; None if the newest edition has it
    successor: str  # its present code; "" if the code is unchanged or the division is gone
    ancestors: tuple[str, ...]  # the codes of its province and its prefecture, if it has them
    years: range  # of the reports that may print this name


class Divisions:
    """All divisions, by name and by code."""

    def __init__(self, divisions: tuple[Division, ...]) -> None:
        self.all = divisions
        self.by_name: dict[str, list[Division]] = defaultdict(list)
        self.by_stem: dict[str, list[Division]] = defaultdict(list)  # 洪泽 for 洪泽区
        self.by_code: dict[str, list[Division]] = defaultdict(list)
        self.newest: dict[str, Division] = {}
        for each in divisions:
            self.by_name[each.name].append(each)
            self.by_code[each.code].append(each)
            if each.last is None:
                self.newest[each.code] = each
            if (short := division_stem(each.name)) != each.name:
                self.by_stem[short].append(each)
        self.zones = tuple(d for d in divisions if d.kind == "zone")
        self.longest = max(map(len, self.by_name))
        # The division of today at the place of each: a county may be a district by now.
        self.present = {d: self.newest.get(d.successor or d.code, d) for d in divisions}
        # First two characters of every name and stem, so that callers can skip other words.
        self.beginnings = frozenset(name[:2] for name in (*self.by_name, *self.by_stem))


def division_stem(name: str) -> str:
    """Return a division's name without its kind: 洪泽 for 洪泽区, 广西 for 广西壮族自治区."""
    short = _SUFFIX.sub("", name)
    return short if len(short) > 1 else name


def read_divisions(path: Path) -> Divisions:
    """Load divisions.csv. Raises FamilyError with the file and line of a mistake."""
    if not path.is_file():
        raise FamilyError(f"{path}: missing")
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        # Validated without pydantic, which takes tenths of a second for the 3,800 lines.
        for number, row in enumerate(csv.reader(file), 1):
            if number == 1:
                if row != _HEADER:
                    raise FamilyError(f"{path}:1: other columns than expected")
                continue
            if len(row) != 6 or not _is_code(row[0]) or row[2] not in _KINDS:
                raise FamilyError(f"{path}:{number}: not a division: {','.join(row)}")
            code, name, kind, first, last, successor = row
            province, prefecture = f"{code[:2]}0000", f"{code[:4]}00"
            ancestors = (province, prefecture) if code != prefecture else (province,)
            found.append(
                Division(
                    code,
                    name,
                    kind,  # type: ignore[arg-type]  # one of _KINDS
                    int(first[:4]),
                    int(last[:4]) if last else None,
                    successor,
                    ancestors if code != province else (),
                    range(
                        int(first[:4]) - _GRACE_YEARS,
                        int(last[:4]) + _GRACE_YEARS + 1 if last else _NO_END,
                    ),
                )
            )
    return Divisions(tuple(found))


def _is_code(text: str) -> bool:
    return len(text) == 6 and text.isdecimal()
