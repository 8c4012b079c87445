"""The larger knowledge of a pipeline: bodies, divisions, and what prose tells figures about.

Loaded when it is first asked for, once a process, and validated then; ``require`` loads
all of it, so that a run can stop at a typo before it begins.
"""

from __future__ import annotations

import csv
import fnmatch
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, ValidationError

from gongkai.errors import FamilyError
from gongkai.families.declared import Family
from gongkai.families.files import DataLine, Words, read_lines, why
from gongkai.model import Severity

_SLACK = 3  # years a name lives on after its division was renamed, and before the first edition
_KINDS = ("province", "prefecture", "county", "zone")


@dataclass(frozen=True, slots=True)
class Division:
    """A line of divisions.csv: one name of one GB/T 2260 code, in the editions that have it."""

    code: str
    name: str
    kind: Literal["province", "prefecture", "county", "zone"]
    first: int  # year of the first edition with this name
    last: int | None  # year of the last one; None where the name still stands
    successor: str  # the code that the division has now, "" where it has none or the same

    @property
    def ancestors(self) -> tuple[str, ...]:
        return (f"{self.code[:2]}0000", f"{self.code[:4]}00")

    def within(self, other: Division) -> bool:
        """Whether it lies in the other division."""
        return self.code != other.code and other.code in self.ancestors

    def stands_in(self, year: int | None) -> bool:
        if year is None:
            return True
        return self.first - _SLACK <= year and (self.last is None or year <= self.last + _SLACK)


class Divisions:
    """All divisions, by name and by code."""

    def __init__(self, divisions: tuple[Division, ...]) -> None:
        self.all = divisions
        self.by_name: dict[str, list[Division]] = defaultdict(list)
        self.now: dict[str, Division] = {}
        self.by_code: dict[str, list[Division]] = defaultdict(list)
        for each in divisions:
            self.by_name[each.name].append(each)
            self.by_code[each.code].append(each)
            if each.last is None:
                self.now[each.code] = each
        self.zones = tuple(d for d in divisions if d.kind == "zone")
        self.longest = max(map(len, self.by_name))
        self.by_stem: dict[str, list[Division]] = defaultdict(list)
        for each in divisions:
            if (short := stem(each.name)) != each.name:
                self.by_stem[short].append(each)
        # the first two characters of all of them: few words begin so
        self.beginnings = frozenset(name[:2] for name in (*self.by_name, *self.by_stem))

    def present(self, division: Division) -> Division:
        """The division as it stands now: a district that was a county is the same body's seat."""
        return self.now.get(division.successor or division.code, division)


def stem(name: str) -> str:
    """A division's name without what it is: 洪泽 for 洪泽区, 广西 for 广西壮族自治区."""
    short = _KIND_OF_DIVISION.sub("", name)
    return short if len(short) > 1 else name


_KIND_OF_DIVISION = re.compile(
    "(?:(?:维吾尔|壮族|回族)?自治区|特别行政区|(?:[\u4e00-\u9fff]{1,3}族)*(?:蒙古|哈萨克|柯尔克孜)?自治[州县旗]"
    "|地区|林区|特区|新区|[省市县区旗盟州])$"
)


class Sector(DataLine):
    """A line of sectors.csv: what departments are called."""

    kind: Literal["department", "institution", "vertical", "prefix", "central"]
    sector: str
    stem: str  # without 局, 委员会, …; a whole name for kinds prefix and central
    spellings: Words


Alternatives = Annotated[
    tuple[str, ...], BeforeValidator(lambda v: tuple(filter(None, v.split("|"))))
]


Groups = Annotated[
    tuple[tuple[str, ...], ...],
    BeforeValidator(lambda v: tuple(tuple(g.split("|")) for g in filter(None, v.split("&")))),
]


class Metric(DataLine):
    """A line of narrative.csv: a way in which prose tells one measure.

    The first line that fits a figure names it.
    """

    metric_id: str
    group: str  # A disclosure … G fees, for people who read the file
    zh: str
    units: Words  # "-" stands for none printed
    phrase: Alternatives  # one of these stands in the words about the figure
    context: Groups  # and one of each of these there, or elsewhere in the sentence or sub-heading
    never: Words  # none of these stands in the words about the figure
    zero: bool  # whether a text says of it that there was none: 未收到申请
    unless: Words  # patterns of figures.toml, by name, that its sentence must not have


class Comparison(DataLine):
    """A line of comparisons.csv: one meaning a told figure may have, as cells of the form."""

    check: str
    metric_id: str
    meaning: str
    terms: Words  # cells, added or (with "-") taken off; denied_* is each such row printed


class HistoryMember(DataLine):
    """A line of history.csv: one signed term of an identity over two years of one body."""

    identity: str
    severity: Severity
    table_id: str
    over: Literal["row", "column"]
    relation: Literal["eq", "ge"]
    member: str
    year: Annotated[Literal[0, -1], BeforeValidator(int)]  # -1: the year before
    sign: Annotated[Literal[1, -1], BeforeValidator(int)]
    source: str


class Prose(DataLine):
    """figures.toml: how numbers are told. There is one a pipeline: it is equal to itself only."""

    __eq__, __hash__ = object.__eq__, object.__hash__  # what is cached for it asks often

    units: tuple[str, ...]
    rough_before: tuple[str, ...]
    rough_near: tuple[str, ...]
    rough_between: tuple[str, ...]
    rough_after: tuple[str, ...]
    starts: str
    skip: tuple[str, ...]
    ends: str
    no_unit_after: tuple[str, ...]
    lead: tuple[str, ...]
    when: tuple[str, ...]
    rest: tuple[str, ...]
    same: tuple[str, ...]
    not_behind: tuple[str, ...]
    open: tuple[str, ...]
    no_level: tuple[str, ...]
    changed: str
    channels: tuple[str, ...]
    entities: tuple[str, ...]
    relations: tuple[str, ...]
    thin: tuple[str, ...]
    about_before: tuple[str, ...]
    part_marks: tuple[str, ...]
    apart: tuple[str, ...]
    beside: tuple[str, ...]
    outcomes: tuple[str, ...]
    planned: tuple[str, ...]
    none_signs: tuple[str, ...]
    none_firm: str
    none: str
    none_joints: tuple[str, ...]
    own_body: tuple[str, ...]
    unless: dict[str, str]  # what holds a metric back: patterns by name


@lru_cache(maxsize=4)
def divisions(family: Family) -> Divisions:
    """divisions.csv."""
    path = family.folder / "divisions.csv"
    if not path.is_file():
        raise FamilyError(f"{path}: missing")
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        # thousands of lines: checked by hand, since a model for each would cost tenths of a second
        for number, row in enumerate(csv.reader(file), 1):
            if number == 1:
                if row != ["code", "name", "kind", "first", "last", "successor"]:
                    raise FamilyError(f"{path}:1: other columns than expected")
                continue
            if len(row) != 6 or not re.fullmatch(r"\d{6}", row[0]) or row[2] not in _KINDS:
                raise FamilyError(f"{path}:{number}: not a division: {','.join(row)}")
            code, name, kind, first, last, successor = row
            found.append(
                Division(
                    code,
                    name,
                    kind,  # type: ignore[arg-type]  # one of _KINDS
                    int(first[:4]),
                    int(last[:4]) if last else None,
                    successor,
                )
            )
    return Divisions(tuple(found))


@lru_cache(maxsize=4)
def sectors(family: Family) -> tuple[Sector, ...]:
    """sectors.csv."""
    path = family.folder / "sectors.csv"
    seen: dict[str, str] = {}
    found = []
    for number, line in read_lines(path, Sector):
        for spelling in (line.stem, *line.spellings):
            if seen.setdefault(spelling, line.stem) != line.stem:
                raise FamilyError(
                    f"{path}:{number}: {spelling!r} already stands for {seen[spelling]!r}"
                )
        found.append(line)
    return tuple(found)


@lru_cache(maxsize=4)
def metrics(family: Family) -> tuple[Metric, ...]:
    """narrative.csv."""
    path = family.folder / "narrative.csv"
    known = prose(family).unless
    lines = []
    for number, line in read_lines(path, Metric):
        if unknown := set(line.unless) - known.keys():
            raise FamilyError(f"{path}:{number}: figures.toml has no [unless] {unknown.pop()!r}")
        lines.append(line)
    return tuple(lines)


@lru_cache(maxsize=4)
def comparisons(family: Family) -> tuple[Comparison, ...]:
    """comparisons.csv."""
    path = family.folder / "comparisons.csv"
    rows = {f"{f.table_id}.{f.row_id}.{f.column_id}" for f in family.fields}
    names = {metric.metric_id for metric in metrics(family)}
    found = []
    for number, line in read_lines(path, Comparison):
        if line.metric_id not in names:
            raise FamilyError(f"{path}:{number}: narrative.csv has no metric {line.metric_id!r}")
        for term in line.terms:
            if not fnmatch.filter(rows, term.removeprefix("-")):
                raise FamilyError(f"{path}:{number}: fields.csv has no cell {term!r}")
        found.append(line)
    return tuple(found)


@lru_cache(maxsize=4)
def history(family: Family) -> tuple[HistoryMember, ...]:
    """history.csv."""
    path = family.folder / "history.csv"
    found = []
    for number, line in read_lines(path, HistoryMember):
        own = [f for f in family.fields if f.table_id == line.table_id]
        if line.member not in {f.row_id if line.over == "column" else f.column_id for f in own}:
            raise FamilyError(f"{path}:{number}: fields.csv has no {line.member!r}")
        found.append(line)
    return tuple(found)


@lru_cache(maxsize=4)
def prose(family: Family) -> Prose:
    """figures.toml."""
    path = family.folder / "figures.toml"
    try:
        found = Prose.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for pattern in (f"[{found.starts}]", *found.skip, *found.unless.values()):
            re.compile(pattern)
    except (OSError, tomllib.TOMLDecodeError, ValidationError, re.error) as error:
        raise FamilyError(f"{path}: {why(error)}") from error
    return found


def require(family: Family) -> None:
    """Load all of it; raises FamilyError where it does not hold together."""
    divisions(family)
    sectors(family)
    comparisons(family)
    history(family)
    prose(family)
