"""Which of several reports of one body, family and year is counted; the view ``duplicates``.

The same report is often published or downloaded twice. Panels and rates count the best reading of
it: one that is proved before one that is not, one with a text layer before a scan, then the later
edition. ``report.duplicate_of`` names the counted report in all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, get_args

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.codes import READERS
from gongkai.database.subqueries import is_main, number_literal, text_literal
from gongkai.model import ReportStatus

_report, _cell, _source, _agencies = schema.report, schema.cell, schema.source, schema.agencies

_STATUSES: tuple[ReportStatus, ...] = get_args(ReportStatus)
# In titles of later editions. Otherwise the date that a file gives itself tells the editions apart.
_REVISED = re.compile("修订|更正|修改|更新")
_SAME_SHARE = 0.5  # of the numbers of two reports with one name: bodies differ in nearly all
_Numbers = Mapping[tuple[int, int], Decimal]  # by field and occurrence


class Body(NamedTuple):
    """The reports among which one is counted."""

    agency_id: int
    family: str
    year: int


_OF_BODY = (
    sa.select(
        _report.c.id,
        _report.c.status,
        _report.c.title,
        _report.c.edition,
        _report.c.page_first,
        _report.c.duplicate_of,
        _source.c.sha256,
        _agencies.c.resolved,
    )
    .join_from(_report, _source)
    .join(_agencies, _agencies.c.id == _report.c.agency_id)
    .where(
        _report.c.agency_id == sa.bindparam("agency_id"),
        _report.c.family == sa.bindparam("family"),
        _report.c.year == sa.bindparam("year"),
        is_main(),
    )
)
_BODIES = sa.select(_report.c.agency_id, _report.c.family, _report.c.year).where(
    _report.c.agency_id.is_not(None), _report.c.year.is_not(None)
)
_SET = (
    sa.update(_report)
    .where(_report.c.id == sa.bindparam("report_id"))
    .values(duplicate_of=sa.bindparam("counted"))
)


def bodies_of(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> set[Body]:
    """The bodies of the reports that meet the conditions, without those that are not known."""
    return {Body(*row) for row in connection.execute(_BODIES.where(*conditions))}


def bodies_with_duplicates(connection: sa.Connection) -> set[Body]:
    """The bodies that have several reports of one family and year."""
    columns = _BODIES.selected_columns
    several = _BODIES.group_by(*columns).having(sa.func.count() > 1)
    return {Body(*row) for row in connection.execute(several)}


def choose_counted(connection: sa.Connection, bodies: Iterable[Body]) -> set[int]:
    """Decide again which reports of some bodies are counted.

    Returns the reports that are concerned by a change: the duplicates and the counted ones, before
    and after it.
    """
    concerned: set[int] = set()
    for body in bodies:
        rows = connection.execute(_OF_BODY, body._asdict()).all()
        if not rows or (len(rows) == 1 and rows[0].duplicate_of is None):
            continue  # as for almost every report
        counted_of = dict(_counted(connection, rows))
        changed = [row for row in rows if row.duplicate_of != counted_of[row.id]]
        for row in changed:
            counted = counted_of[row.id]
            connection.execute(_SET, {"report_id": row.id, "counted": counted})
            concerned |= {row.id, *filter(None, (row.duplicate_of, counted))}
    return concerned


def _counted(connection: sa.Connection, rows: Sequence[Any]) -> Iterator[tuple[int, int | None]]:
    """Yield each report of a body and year with the one that is counted for it; None: itself."""
    ids = [row.id for row in rows]
    scanned = set(connection.scalars(_scanned().where(_cell.c.report_id.in_(ids)).distinct()))
    ranked = sorted(rows, key=lambda row: (row.sha256 or "", row.page_first, row.id))
    ranked.sort(key=lambda row: (bool(_REVISED.search(row.title)), row.edition or ""), reverse=True)
    ranked.sort(key=lambda row: (_STATUSES.index(row.status), row.id in scanned))
    is_known = all(row.resolved for row in rows)
    groups = [ranked] if is_known else _same_numbers(connection, ranked)
    for first, *others in groups:
        yield first.id, None
        for other in others:
            yield other.id, first.id


def _scanned() -> sa.Select[tuple[int]]:
    return sa.select(_cell.c.report_id).where(_cell.c.reader == READERS["ocr"])


def _same_numbers(connection: sa.Connection, ranked: Iterable[Any]) -> list[list[Any]]:
    """Group reports of an unresolved name, which may be that of several bodies.

    Two of them are the same report if most of their numbers other than 0 are equal: a scan may be
    misread in places, and a later edition corrects some.
    """
    groups: list[tuple[_Numbers, list[Any]]] = []
    for row in ranked:
        numbers = _numbers(connection, row.id)
        for first, members in groups:
            both = [(first[key], numbers[key]) for key in first.keys() & numbers.keys()]
            equal = [one == other for one, other in both if one or other]
            if sum(equal) > len(equal) * _SAME_SHARE:
                members.append(row)
                break
        else:
            groups.append((numbers, [row]))
    return [members for _, members in groups]


def _numbers(connection: sa.Connection, report_id: int) -> _Numbers:
    query = sa.select(_cell.c.field_id, _cell.c.occurrence, _cell.c.value)
    own = query.where(_cell.c.report_id == report_id, _cell.c.value.is_not(None))
    return {(row.field_id, row.occurrence): row.value for row in connection.execute(own)}


def duplicates_view() -> sa.Select[Any]:
    """The view ``duplicates``: each report that is not counted, with the one that is."""
    counted, body = _report.alias("counted"), _agencies

    def is_scanned(report: sa.FromClause) -> sa.ColumnElement[bool]:
        of_ocr = _cell.c.reader == number_literal(READERS["ocr"])
        return sa.exists().where(_cell.c.report_id == report.c.id, of_ocr)

    def edition(report: sa.FromClause) -> sa.ColumnElement[str]:
        return sa.func.coalesce(report.c.edition, text_literal(""))

    def file_name(report: sa.FromClause) -> sa.ScalarSelect[str]:
        path = schema.source_path
        found = sa.select(path.c.file_name).where(path.c.source_id == report.c.source_id)
        return found.order_by(path.c.id).limit(number_literal(1)).scalar_subquery()

    reason = sa.case(
        (_report.c.status != counted.c.status, text_literal("status")),
        (is_scanned(_report) != is_scanned(counted), text_literal("scan")),
        (edition(_report) != edition(counted), text_literal("edition")),
        else_=text_literal("equal"),
    )
    name = sa.select(body.c.name).where(body.c.id == _report.c.agency_id).scalar_subquery()
    return sa.select(
        _report.c.id.label("report_id"),
        _report.c.duplicate_of,
        reason.label("reason"),
        name.label("agency_name"),
        _report.c.year,
        _report.c.family,
        _report.c.status,
        counted.c.status.label("counted_status"),
        file_name(_report).label("file_name"),
        file_name(counted).label("counted_file_name"),
        _report.c.page_first,
        counted.c.page_first.label("counted_page_first"),
    ).join_from(_report, counted, counted.c.id == _report.c.duplicate_of)
