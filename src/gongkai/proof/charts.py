"""Charts of what a database covers: reports by family, year, level and province, by status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gongkai.database.locations import DatabaseLocation
from gongkai.database.vocabulary import word_of
from gongkai.families.titles import family_title
from gongkai.language import tr
from gongkai.queries.sql import query_rows
from gongkai.render.messages import STATUSES

ChartKind = Literal["family", "year", "level", "province"]

_WIDTH = 100.0  # of a bar, in units of the drawing
_COUNTS = """
SELECT family, year, level, province, reports.status, COUNT(*) FROM reports
LEFT JOIN agencies ON agencies.id = agency_id GROUP BY 1, 2, 3, 4, 5"""


@dataclass(frozen=True)
class Segment:
    """A part of a bar: the reports of one status."""

    status: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A line of a chart: a label and its reports by status; the longest bar is 100 wide."""

    label: str
    value: object  # of the column that the label names; None if it is not known
    count: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Chart:
    """A titled chart of bars."""

    kind: ChartKind
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Coverage:
    """The reports of a database, counted by family, year, level, province and status."""

    counts: tuple[tuple[Any, ...], ...]  # family, year, level, province, status, reports

    @property
    def families(self) -> dict[str, int]:
        """The number of reports of each family."""
        return _totals((family, n) for family, *_, n in self.counts)

    @property
    def statuses(self) -> dict[str, int]:
        """The number of reports of each status, in the order of STATUSES; without zeros."""
        found = _totals((status, n) for *_, status, n in self.counts)
        return {status: found[status] for status in STATUSES if status in found}

    @property
    def reports(self) -> int:
        """The number of reports."""
        return sum(n for *_, n in self.counts)

    def of_family(self, family: str) -> Coverage:
        """The reports of one family."""
        return Coverage(tuple(row for row in self.counts if row[0] == family))

    def charts(self) -> Iterator[Chart]:
        """Charts by family and, for each, by year; then by level and province."""
        titles = {family: family_title(family) for family in self.families}
        yield Chart("family", tr("By family"), self._bars(0, titles))
        for family in self.families:
            title = tr("{family} by year", family=family_title(family))
            yield Chart("year", title, self.of_family(family)._bars(1))
        yield from self._places()

    def charts_of_family(self) -> Iterator[Chart]:
        """Charts by year, level and province."""
        yield Chart("year", tr("By year"), self._bars(1))
        yield from self._places()

    def _places(self) -> Iterator[Chart]:
        levels = {level: word_of("level", level) for _, _, level, *_ in self.counts if level}
        yield Chart("level", tr("By level"), self._bars(2, levels))
        yield Chart("province", tr("By province"), self._bars(3))

    def _bars(self, place: int, words: Mapping[str, str] = {}) -> tuple[Bar, ...]:
        """One bar for each value at a place of the counts; a value of None is not known."""
        by_value: dict[Any, dict[str, int]] = {}
        for row in self.counts:
            own = by_value.setdefault(row[place], {})
            own[row[-2]] = own.get(row[-2], 0) + row[-1]
        longest = max((sum(own.values()) for own in by_value.values()), default=1)
        bars = (
            _bar(tr("not known") if v is None else words.get(v, str(v)), v, own, longest)
            for v, own in by_value.items()
        )
        return tuple(sorted(bars, key=lambda bar: bar.label))


def coverage(db: DatabaseLocation) -> Coverage:
    """Count the reports of a database. Raises DatabaseError."""
    return Coverage(tuple(query_rows(db, _COUNTS)))


def _totals(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for name, count in sorted(counts):
        totals[name] = totals.get(name, 0) + count
    return totals


def _bar(label: str, value: object, counts: Mapping[str, int], longest: int) -> Bar:
    segments: list[Segment] = []
    x = 0.0
    for status in STATUSES:
        if count := counts.get(status, 0):
            width = _WIDTH * count / longest
            segments.append(Segment(status, count, round(x, 2), round(width, 2)))
            x += width
    return Bar(label, value, sum(counts.values()), tuple(segments))
