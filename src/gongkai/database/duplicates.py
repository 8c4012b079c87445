"""Which of several reports of one body, family and year is counted; the view ``duplicates``.

The same report is often published or downloaded twice. Panels and rates count the best reading of
it: one that is proved before one that is not, one with a text layer before a scan, then the later
edition. ``report.duplicate_of`` names the counted report in all others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
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


class Body(NamedTuple):
    """The reports among which one is counted."""

    agency_id: int
    family: str
    year: int


_OF_BODY = (
    _report.c.agency_id == sa.bindparam("agency_id"),
    _report.c.family == sa.bindparam("family"),
    _report.c.year == sa.bindparam("year"),
    is_main(),
)
_REPORTS = (
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
    .where(*_OF_BODY)
)
_FIRST_TWO = sa.select(_report.c.duplicate_of).where(*_OF_BODY).limit(2)
_CHANGED: sa.BindParameter[Any] = sa.bindparam("changed", expanding=True)
# The counted reports, those that changed, and the duplicates of these: each by an index.
_TO_COMPARE = sa.union(
    _REPORTS.where(_report.c.duplicate_of.is_(None)),
    _REPORTS.where(_report.c.id.in_(_CHANGED)),
    _REPORTS.where(_report.c.duplicate_of.in_(_CHANGED)),
)
_DUPLICATES_OF = _REPORTS.where(_report.c.duplicate_of.in_(sa.bindparam("counted", expanding=True)))
_first, _second = _cell.alias("first"), _cell.alias("second")
# Of the cells of two reports that have a number in both: how many are not 0, and how many of those
# are equal.
_EQUAL_NUMBERS = (
    sa.select(
        sa.func.count(), sa.func.sum(sa.case((_first.c.value == _second.c.value, 1), else_=0))
    )
    .join_from(
        _first,
        _second,
        sa.and_(
            _first.c.field_id == _second.c.field_id, _first.c.occurrence == _second.c.occurrence
        ),
    )
    .where(
        _first.c.report_id == sa.bindparam("first"),
        _second.c.report_id == sa.bindparam("second"),
        _first.c.value.is_not(None),
        _second.c.value.is_not(None),
        sa.or_(_first.c.value != 0, _second.c.value != 0),
    )
)
_SET = (
    sa.update(_report)
    .where(_report.c.id == sa.bindparam("report_id"))
    .values(duplicate_of=sa.bindparam("counted"))
)


def bodies_with_duplicates(connection: sa.Connection) -> set[Body]:
    """The bodies that have several reports of one family and year."""
    columns = (_report.c.agency_id, _report.c.family, _report.c.year)
    known = [column.is_not(None) for column in columns]
    several = sa.select(*columns).where(*known).group_by(*columns).having(sa.func.count() > 1)
    return {Body(*row) for row in connection.execute(several)}


def choose_counted(
    connection: sa.Connection, changed: Mapping[Body, Collection[int] | None]
) -> set[int]:
    """Decide again which reports of some bodies are counted.

    ``changed`` gives, for each body, the ids of the reports that were stored, changed or deleted
    since the last choice; None means that any of them may have changed. The other reports are not
    compared again, so that each of many copies is compared only with the counted one.

    Returns the reports that are concerned by a change: the duplicates and the counted ones, before
    and after it.
    """
    concerned: set[int] = set()
    for body, ids in changed.items():
        own = body._asdict()
        if connection.scalars(_FIRST_TWO, own).all() in ([], [None]):
            continue  # as for almost every report
        if ids is None:
            rows = connection.execute(_REPORTS, own).all()
        else:
            rows = connection.execute(_TO_COMPARE, {**own, "changed": sorted(ids)}).all()
        if not rows or (len(rows) == 1 and rows[0].duplicate_of is None):
            continue
        groups = _groups(connection, rows)
        if ids is not None and (behind := _behind_new(groups, ids)):
            more = connection.execute(_DUPLICATES_OF, {**own, "counted": behind}).all()
            groups = _groups(connection, {row.id: row for row in (*rows, *more)}.values())
        for first, *others in groups:
            for row, counted in ((first, None), *((other, first.id) for other in others)):
                if row.duplicate_of != counted:
                    connection.execute(_SET, {"report_id": row.id, "counted": counted})
                    concerned |= {row.id, *filter(None, (row.duplicate_of, counted))}
    return concerned


def _behind_new(groups: Sequence[Sequence[Any]], changed: Collection[int]) -> list[int]:
    """The reports that were counted and come after a newly counted one: a duplicate of theirs may
    be one of that. Groups, and reports within a group, are in the order of their rank."""
    is_new = [group[0].duplicate_of is not None or group[0].id in changed for group in groups]
    if not any(is_new):
        return []
    rows = [row for group in groups[is_new.index(True) :] for row in group]
    return [row.id for row in rows if row.duplicate_of is None and row.id not in changed]


def _groups(connection: sa.Connection, rows: Collection[Any]) -> list[list[Any]]:
    """Group reports of a body and year that are the same; the first of each is the counted one."""
    ids = [row.id for row in rows]
    scanned = set(connection.scalars(_scanned().where(_cell.c.report_id.in_(ids)).distinct()))
    ranked = sorted(rows, key=lambda row: (row.sha256 or "", row.page_first, row.id))
    ranked.sort(key=lambda row: (bool(_REVISED.search(row.title)), row.edition or ""), reverse=True)
    ranked.sort(key=lambda row: (_STATUSES.index(row.status), row.id in scanned))
    return [ranked] if all(row.resolved for row in rows) else _same_numbers(connection, ranked)


def _scanned() -> sa.Select[tuple[int]]:
    return sa.select(_cell.c.report_id).where(_cell.c.reader == READERS["ocr"])


def _same_numbers(connection: sa.Connection, ranked: Sequence[Any]) -> list[list[Any]]:
    """Group reports of an unresolved name, which may be that of several bodies.

    Two of them are the same report if most of their numbers other than 0 are equal: a scan may be
    misread in places, and a later edition corrects some.
    """
    groups: list[list[Any]] = []
    for row in ranked:
        for members in groups:
            of_both = {"first": members[0].id, "second": row.id}
            count, equal = connection.execute(_EQUAL_NUMBERS, of_both).one()
            if count and equal > count * _SAME_SHARE:
                members.append(row)
                break
        else:
            groups.append([row])
    return groups


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
