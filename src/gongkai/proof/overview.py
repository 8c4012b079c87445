"""One page for a whole database: what it covers, what the reports get wrong, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai import __version__
from gongkai.database.locations import DatabaseLocation, Server, parse_location
from gongkai.database.vocabulary import word_of
from gongkai.language import current_language, tr
from gongkai.queries.sql import query_rows
from gongkai.render.html import html_templates
from gongkai.render.messages import STATUSES, outcome_word, status_text, status_word

_MOST_LINES = 200  # of a list; the page says how many more there are
_WIDTH = 100.0  # of a bar, in units of the drawing

_STATUSES = """
SELECT family, year, status, COUNT(*) FROM reports GROUP BY family, year, status"""
_PLACES = """
SELECT agencies.{column}, reports.status, COUNT(*) FROM reports
LEFT JOIN agencies ON agencies.id = agency_id GROUP BY 1, 2"""
_REFUSED = """
SELECT outcome, file_name, reason FROM files WHERE outcome <> 'loaded' ORDER BY file_name"""
_FAULTS = """
SELECT reports.id, agency, year, file_name, check_id, message FROM checks
JOIN reports ON reports.id = checks.report_id
WHERE checks.status = 'fail' AND class = 'must' AND cause = 'print'
ORDER BY agency, year, checks.position"""
_WAITING = """
SELECT reports.id, agency, year, file_name,
       (SELECT COUNT(*) FROM observations WHERE report_id = reports.id AND flagged = 1),
       (SELECT COUNT(*) FROM checks WHERE report_id = reports.id AND status = 'fail'
        AND class = 'must' AND cause = 'reading')
FROM reports WHERE reports.status = 'doubtful' ORDER BY 5 DESC, 6 DESC, agency, year"""
_TOTALS = """
SELECT (SELECT COUNT(*) FROM reports), (SELECT COUNT(*) FROM observations),
       (SELECT COUNT(*) FROM observations WHERE flagged = 1),
       (SELECT COUNT(*) FROM checks WHERE status = 'pass'),
       (SELECT MAX(finished_at) FROM runs)"""


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
    count: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Chart:
    """A titled chart of bars."""

    title: str
    bars: tuple[Bar, ...]


def overview_page(db: str | Path | Server, *, proofs: Mapping[int, str] | None = None) -> str:
    """The page of a database as one HTML file that needs no network and prints well.

    ``proofs`` maps ids of reports to the addresses of their proof pages, which the faults link
    to. The language is that of the context. Raises DatabaseError.
    """
    place = parse_location(db)
    [totals] = query_rows(place, _TOTALS)
    faults, waiting = query_rows(place, _FAULTS), query_rows(place, _WAITING)
    template = html_templates("gongkai.proof").get_template("overview.html")
    return template.render(
        tr=tr,
        language="zh-CN" if current_language() == "zh" else "en",
        version=__version__,
        totals=totals,
        statuses=[(s, status_word(s), status_text(s)) for s in STATUSES],
        charts=list(_charts(place)),
        faults=faults[:_MOST_LINES],
        more_faults=max(0, len(faults) - _MOST_LINES),
        waiting=waiting[:_MOST_LINES],
        more_waiting=max(0, len(waiting) - _MOST_LINES),
        refused=[
            (outcome_word(o), name, reason) for o, name, reason in query_rows(place, _REFUSED)
        ],
        proofs=proofs or {},
    )


def proof_files(db: str | Path | Server, page: Path) -> dict[int, Path]:
    """Where the proof pages of reports with faults belong: in a folder beside ``page``, by id."""
    folder = page.with_name(f"{page.stem}-proofs")
    faults = query_rows(parse_location(db), _FAULTS)[:_MOST_LINES]
    return {row[0]: folder / f"{row[0]}.html" for row in faults}


def _charts(db: DatabaseLocation) -> Iterator[Chart]:
    by_year = query_rows(db, _STATUSES)
    yield Chart(tr("By family"), _bars((f, status, n) for f, _, status, n in by_year))
    for family in sorted({row[0] for row in by_year}):
        counts = ((year, status, n) for f, year, status, n in by_year if f == family)
        yield Chart(tr("{family} by year", family=family), _bars(counts))
    levels = query_rows(db, _PLACES.format(column="level"))
    yield Chart(
        tr("By level"),
        _bars((level and word_of("level", level), status, n) for level, status, n in levels),
    )
    yield Chart(tr("By province"), _bars(query_rows(db, _PLACES.format(column="province"))))


def _bars(counts: Iterator[tuple[Any, str, int]] | Sequence[tuple[Any, ...]]) -> tuple[Bar, ...]:
    """Bars from label, status and count; a label of None is not known."""
    by_label: dict[str, dict[str, int]] = {}
    for label, status, count in counts:
        own = by_label.setdefault(tr("not known") if label is None else str(label), {})
        own[status] = own.get(status, 0) + count
    longest = max((sum(own.values()) for own in by_label.values()), default=1)
    return tuple(_bar(label, by_label[label], longest) for label in sorted(by_label))


def _bar(label: str, counts: Mapping[str, int], longest: int) -> Bar:
    segments: list[Segment] = []
    x = 0.0
    for status in STATUSES:
        if count := counts.get(status, 0):
            width = _WIDTH * count / longest
            segments.append(Segment(status, count, round(x, 2), round(width, 2)))
            x += width
    return Bar(label, sum(counts.values()), tuple(segments))
