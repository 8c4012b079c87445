"""Load reports from a database."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gongkai.database import dictionary_tables, schema, views
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.dictionary import FieldEntry
from gongkai.database.locations import DatabaseLocation
from gongkai.database.paragraphs import read_paragraphs
from gongkai.database.subqueries import is_counted
from gongkai.database.types import stored_box
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.loaders.agencies import read_agency
from gongkai.model import (
    Box,
    Check,
    Key,
    NarrativeFigure,
    Observation,
    Problem,
    Report,
    Section,
    State,
)

_MAX_CANDIDATES = 10  # named in a message
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:年度|年)?")


@dataclass(frozen=True, slots=True)
class DecidedCell:
    """A person's decision on a cell, and what the program had read there."""

    who: str
    state: State | None  # None where it had read no such cell
    raw_text: str


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as the database holds it."""

    id: int
    file_name: str
    file_sha256: str | None
    report: Report
    dictionary: tuple[FieldEntry, ...]  # of the family that read it, in the order of the form
    decided: Mapping[Key, DecidedCell] = field(default_factory=dict)  # cells with a decision
    family: str = ""  # that read it


def show(db: DatabaseLocation, report: str) -> StoredReport:
    """Load one report by its id, a part of its agency's name, or agency and year.

    Raises UsageError if no report or more than one matches (the message lists them), and
    DatabaseError if the database cannot be read.
    """
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        return load_report(connection, find_report(connection, report))


def find_report(connection: sa.Connection, wanted: str) -> int:
    """The id of the one report that matches; raises UsageError if none or several match."""
    listed = find_reports(connection, wanted)
    if len(listed) == 1:
        return int(listed[0].id)
    if not listed:
        total = connection.scalar(sa.select(sa.func.count()).select_from(schema.report))
        raise UsageError(
            tr(
                "no report matches {wanted!r} among the {total} of this database: name an id, an "
                'agency, or agency and year, as in `gongkai query "SELECT id, agency, year FROM '
                'reports"`',
                wanted=wanted,
                total=total,
            )
        )
    names = "; ".join(
        f"{row.id} {row.agency} {row.year or '?'}" for row in listed[:_MAX_CANDIDATES]
    )
    more = len(listed) - _MAX_CANDIDATES
    if more > 0:
        names = tr("{names}; and {count} more", names=names, count=more)
    raise UsageError(
        tr(
            "{count} reports match {wanted!r}, name one by its id: {names}",
            count=len(listed),
            wanted=wanted,
            names=names,
        )
    )


def find_reports(connection: sa.Connection, wanted: str) -> Sequence[sa.Row[Any, Any, Any]]:
    """Rows (id, agency, year) that match an id, or a part of an agency's name and a year.

    A report of a further scope, or one that is not counted, matches only its id.
    """
    report = schema.report
    query = sa.select(report.c.id, report.c.agency, report.c.year).order_by(report.c.id)
    words = unicodedata.normalize("NFKC", wanted).strip()
    if words.isdecimal():
        by_id = connection.execute(query.where(report.c.id == int(words))).all()
        if by_id:
            return by_id
    query = query.where(is_counted())
    year = _YEAR.search(words)
    name = "".join((words[: year.start()] + words[year.end() :] if year else words).split())
    if year:
        query = query.where(report.c.year == int(year[1]))
    exact = connection.execute(query.where(report.c.agency == name)).all()
    if exact:
        return exact
    part = query.where(report.c.agency.icontains(name, autoescape=True))
    return connection.execute(part).all() if name or year else ()


def load_report(connection: sa.Connection, report_id: int) -> StoredReport:
    """Load one report by its id; its cells are in the order of the form."""
    of_report = {"report_id": report_id}
    head = connection.execute(sa.select(views.reports).where(views.reports.c.id == report_id)).one()
    tables = schema.report_tables
    forms = connection.execute(
        sa.select(tables.c.table_id, tables.c.form).where(tables.c.report_id == report_id)
    )
    cells = connection.execute(_CELLS, of_report).all()
    report = Report(
        page_first=head.page_first,
        page_last=head.page_last,
        title=head.title,
        agency=head.agency,
        year=head.year,
        form=head.form,
        status=head.status,
        table_forms={row.table_id: row.form for row in forms},
        observations=tuple(map(_observation, cells)),
        sections=tuple(
            Section(row.number, row.title, row.text, row.page_first, row.page_last)
            for row in connection.execute(_of(schema.sections, "position"), of_report)
        ),
        checks=_checks(connection, report_id),
        problems=tuple(
            Problem(row.code, row.message, row.page, stored_box(row))
            for row in connection.execute(_of(schema.problem, "position"), of_report)
        ),
        figures=tuple(map(_figure, connection.execute(_FIGURES, of_report))),
        paragraphs=tuple(read_paragraphs(connection, report_id)),
        agency_ref=read_agency(connection, head.agency_id),
        scope=head.scope,
        edition=head.edition,
    )
    decided = {
        _key(row): DecidedCell(row.decided_by, row.machine_state, row.machine_raw_text)
        for row in cells
        if row.decided_by is not None
    }
    dictionary = _dictionary(connection, report_id)
    return StoredReport(
        report_id, head.file_name, head.file_sha256, report, dictionary, decided, head.family
    )


def _of(table: sa.Table | sa.TableClause, *order: str) -> sa.Select[Any]:
    """Query for the rows of one report, sorted by the columns of ``order``."""
    own = table.c.report_id == sa.bindparam("report_id")
    return sa.select(table).where(own).order_by(*(table.c[name] for name in order))


def _cells() -> sa.Select[Any]:
    cells, dictionary = views.observations, dictionary_tables.fields
    same = [cells.c[name] == dictionary.c[name] for name in ("table_id", "row_id", "column_id")]
    position = sa.select(sa.func.min(dictionary.c.position)).where(*same).scalar_subquery()
    return _of(cells).order_by(position, cells.c.occurrence)


_CELLS = _cells()
_FIGURES = _of(views.narrative_figures, "position")


def _dictionary(connection: sa.Connection, report_id: int) -> tuple[FieldEntry, ...]:
    report, table = schema.report, dictionary_tables.fields
    family = sa.select(report.c.family).where(report.c.id == report_id).scalar_subquery()
    names = [field.name for field in dataclasses.fields(FieldEntry)]
    rows = connection.execute(
        sa.select(*(table.c[name] for name in names))
        .where(table.c.family == family)
        .order_by(table.c.position)
    )
    return tuple(FieldEntry(*row) for row in rows)


def _key(row: Any) -> Key:
    return Key(row.table_id, row.row_id, row.column_id)


def _observation(row: Any) -> Observation:
    return Observation(
        key=_key(row),
        state=row.state,
        value=None if row.value_text is None else Decimal(row.value_text),
        raw_text=row.raw_text,
        unit=row.unit,
        row_label=row.row_label,
        column_label=row.column_label,
        label_match=row.label_match,
        page=row.page,
        box=Box(float(row.x0), float(row.top), float(row.x1), float(row.bottom)),
        reader=row.reader,
        confidence=row.confidence,
        flagged=bool(row.flagged),
        doubt=row.doubt,
        implied_value=row.implied_value,
        proof=row.proof,
        seen=None if row.seen is None else bool(row.seen),
        text_value=row.text_value,
        converted=None if row.value_in_unit == row.value else row.value_in_unit,
    )


def _checks(connection: sa.Connection, report_id: int) -> tuple[Check, ...]:
    result, key, wording = schema.check_result, schema.check_key, schema.term
    rows = connection.execute(
        sa.select(
            result, key.c.table_id, key.c.rule, key.c.place, wording.c.text.label("wording_text")
        )
        .join(key)
        .join(wording, wording.c.id == result.c.wording, isouter=True)
        .where(result.c.report_id == report_id)
        .order_by(result.c.position)
    ).all()
    sets = load_cell_sets(connection, {s for row in rows for s in (row.cells, row.suspects) if s})
    return tuple(
        Check(
            table=row.table_id,
            rule=row.rule,
            place=row.place,
            status=row.status,
            severity=row.severity,
            wording=row.message or row.wording_text,
            expected=row.expected,
            actual=row.actual,
            cause=row.cause,
            cells=sets.get(row.cells, ()),
            suspects=sets.get(row.suspects, ()),
        )
        for row in rows
    )


def load_cell_sets(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[Key, ...]]:
    """The cells of each set, by the ids of the sets."""
    member, key = schema.cell_set_member, schema.field_key
    found: dict[int, list[Key]] = defaultdict(list)
    for row in connection.execute(
        sa.select(member.c.set_id, key.c.table_id, key.c.row_id, key.c.column_id)
        .join_from(member, key)
        .where(member.c.set_id.in_(ids))
        .order_by(member.c.set_id, member.c.position)
    ):
        found[row.set_id].append(Key(row.table_id, row.row_id, row.column_id))
    return {set_id: tuple(keys) for set_id, keys in found.items()}


def _figure(row: Any) -> NarrativeFigure:
    return NarrativeFigure(
        section=row.section,
        phrase=row.phrase,
        metric_id=row.metric_id,
        value=row.value,
        unit=row.unit,
        approximate=bool(row.approximate),
        sentence=row.sentence,
        page=row.page,
        raw_text=row.raw_text,
        part_of=row.part_of,
        stated_as_none=bool(row.stated_as_none),
        planned=bool(row.planned),
        proof=row.proof,
    )
