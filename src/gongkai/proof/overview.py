"""One page for a whole database: what it covers, what the reports get wrong, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gongkai import __version__
from gongkai.database.locations import Server, parse_location
from gongkai.proof.charts import coverage
from gongkai.queries.sql import query_rows
from gongkai.render.html import html_templates
from gongkai.render.messages import STATUSES, outcome_word, status_text, status_word

_MOST_LINES = 200  # of a list; the page says how many more there are

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
        version=__version__,
        totals=totals,
        status_word=status_word,
        statuses=[(s, status_word(s), status_text(s)) for s in STATUSES],
        charts=list(coverage(place).charts()),
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
