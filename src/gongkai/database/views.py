"""The documented views over the internal tables.

Views hold no data, so they are created again whenever the schema is created or migrated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView, DropView

from gongkai.database import schema
from gongkai.database.codes import LABEL_MATCHES, READERS, STATES
from gongkai.database.decision_tables import (
    decision,
    decisions_view,
    machine_cell,
    machine_check,
    machine_report,
)
from gongkai.database.duplicates import duplicates_view
from gongkai.database.paragraphs import paragraphs_view
from gongkai.database.subqueries import number_literal, text_literal
from gongkai.database.types import box_columns, slice_of
from gongkai.model import ACTUAL, EXPECTED, OUTCOMES_BY_RANK
from gongkai.problems import message

_CELL_ID = ("report_id", "field_id", "occurrence")


def _code_name(column: sa.ColumnElement[int], words: Mapping[str, int]) -> sa.ColumnElement[str]:
    """The name of a stored code."""
    return sa.case({code: word for word, code in words.items()}, value=column)


def _text_of(column: sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
    """The text of a term. Unlike a join it costs nothing if the column is not selected."""
    return sa.select(schema.term.c.text).where(schema.term.c.id == column).scalar_subquery()


def _family_of(report_id: sa.Column[int]) -> sa.ColumnElement[str]:
    """The family of a report. Unlike a join it costs nothing if the column is not selected."""
    report = schema.report
    query = sa.select(report.c.family).where(report.c.id == report_id)
    return query.scalar_subquery().label("family")


def _files() -> sa.Select[Any]:
    """One row per path: the best result that any family has for its content.

    Of several reasons for a refusal, the first one that says more than that there is no report.
    """
    path, source, reading = schema.source_path, schema.source, schema.reading
    rank = sa.case(
        {outcome: rank for rank, outcome in enumerate(OUTCOMES_BY_RANK)}, value=reading.c.outcome
    )

    plain = text_literal(message("not_a_report"))
    is_plain = sa.case((reading.c.reason == plain, number_literal(1)), else_=number_literal(0))

    def best(column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
        return (
            sa.select(column)
            .where(reading.c.source_id == source.c.id)
            .order_by(rank, is_plain, reading.c.family)
            .limit(sa.literal_column("1"))
            .scalar_subquery()
        )

    families = (
        sa.select(sa.func.aggregate_strings(reading.c.family, ", "))
        .where(
            reading.c.source_id == source.c.id,
            reading.c.outcome == sa.literal_column("'loaded'"),
        )
        .scalar_subquery()
    )
    return sa.select(
        path.c.path,
        path.c.file_name,
        source.c.sha256,
        best(reading.c.outcome).label("outcome"),
        best(sa.func.coalesce(reading.c.failed_again, reading.c.reason)).label("reason"),
        best(reading.c.run_id).label("run_id"),
        families.label("family"),
    ).join_from(path, source)


def _reports() -> sa.Select[Any]:
    report, source, path = schema.report, schema.source, schema.source_path
    # Several paths may have the same content: the first one gives the file name.
    file_name = (
        sa.select(path.c.file_name)
        .where(path.c.source_id == report.c.source_id)
        .order_by(path.c.id)
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )
    return sa.select(
        report.c.id,
        file_name.label("file_name"),
        source.c.sha256.label("file_sha256"),
        report.c.page_first,
        report.c.page_last,
        report.c.title,
        report.c.agency,
        report.c.year,
        report.c.form,
        report.c.status,
        report.c.agency_id,
        *(
            _of_machine(
                machine_report, machine_report.c[name], machine_report.c.report_id == report.c.id
            )
            for name in ("status", "agency_id", "year")
        ),
        report.c.family,
        report.c.scope,
        *(_head_proof(name).label(f"{name}_proof") for name in ("agency", "year")),
        report.c.duplicate_of,
        report.c.edition,
    ).join_from(report, source)


def _head_proof(name: str) -> sa.ScalarSelect[Any]:
    """What proves the agency or the year of a report: its check passes, or a person named it."""
    result, key, machine = schema.check_result, schema.check_key, machine_check
    same = [machine.c[n] == result.c[n] for n in ("report_id", "position")]
    proof = sa.case(
        (result.c.status != sa.literal_column("'pass'"), sa.literal_column("'text'")),
        (sa.exists().where(*same), sa.literal_column("'person'")),
        else_=sa.literal_column("'print'"),
    )
    return (
        sa.select(proof)
        .join_from(result, key)
        .where(
            result.c.report_id == schema.report.c.id,
            key.c.check_id == sa.literal_column(f"'report.{name}'"),
        )
        .scalar_subquery()
    )


def _observations() -> sa.Select[Any]:
    cell, key = schema.cell, schema.field_key
    value_text = sa.func.coalesce(cell.c.value_text, sa.cast(cell.c.value, sa.Text))
    return sa.select(
        cell.c.report_id,
        key.c.table_id,
        key.c.row_id,
        key.c.column_id,
        cell.c.value,
        value_text.label("value_text"),
        _code_name(cell.c.state, STATES).label("state"),
        sa.func.coalesce(cell.c.raw_text, value_text, sa.literal_column("''")).label("raw_text"),
        cell.c.unit,
        _text_of(cell.c.row_term).label("row_label"),
        _text_of(cell.c.column_term).label("column_label"),
        _code_name(cell.c.label_match, LABEL_MATCHES).label("label_match"),
        cell.c.page,
        *box_columns(cell),
        _code_name(cell.c.reader, READERS).label("reader"),
        cell.c.confidence,
        cell.c.flagged,
        cell.c.doubt,
        cell.c.implied_value,
        cell.c.occurrence,
        *_decided_cell(),
        sa.func.coalesce(cell.c.converted, cell.c.value).label("value_in_unit"),
        _proof().label("proof"),
        cell.c.seen,
        cell.c.text_value,
        _family_of(cell.c.report_id),
    ).join_from(cell, key)


def _proof() -> sa.Case[str]:
    """What proves the value of a cell; NULL if it has none."""
    cell, machine = schema.cell, machine_cell
    is_decided = sa.exists().where(*(machine.c[name] == cell.c[name] for name in _CELL_ID))
    return sa.case(
        (cell.c.value.is_(None), sa.null()),
        (is_decided, sa.literal_column("'person'")),
        (cell.c.flagged == sa.literal_column("1"), sa.literal_column("'text'")),
        (cell.c.in_sum.is_not(None), sa.literal_column("'sum'")),
        (cell.c.seen == sa.literal_column("1"), sa.literal_column("'sight'")),
        else_=sa.literal_column("'text'"),
    )


def _checks() -> sa.Select[Any]:
    result, key = schema.check_result, schema.check_key
    return sa.select(
        result.c.report_id,
        key.c.check_id,
        result.c.status,
        result.c.expected,
        result.c.actual,
        result.c.severity.label("class"),
        result.c.cause,
        _message().label("message"),
        result.c.position,
        *_decided_check(),
        _family_of(result.c.report_id),
    ).join_from(result, key)


def _message() -> sa.ColumnElement[str]:
    """The sentence of a check: its own, or the shared wording with its numbers."""
    result, term = schema.check_result, schema.term
    text: sa.ColumnElement[str] = term.c.text
    for place, number in ((EXPECTED, result.c.expected), (ACTUAL, result.c.actual)):
        digits = sa.func.coalesce(sa.cast(number, sa.Text), sa.literal_column("''"))
        text = sa.func.replace(text, text_literal(place), digits)
    wording = sa.select(text).where(term.c.id == result.c.wording).scalar_subquery()
    return sa.func.coalesce(wording, result.c.message)


def _of_machine(
    table: sa.Table, column: sa.ColumnElement[Any], *same: sa.ColumnElement[bool]
) -> sa.ColumnElement[Any]:
    """The value that the program read, where people decided; else NULL."""
    name = column.name if isinstance(column, sa.Column) else "state"
    found = sa.select(column).select_from(table).where(*same).scalar_subquery()
    return found.label(f"machine_{name}")


def _decided_by(table: sa.Table, *same: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    return (
        sa.select(decision.c.who)
        .join_from(table, decision, decision.c.id == table.c.decision_id)
        .where(*same)
        .scalar_subquery()
        .label("decided_by")
    )


def _decided_cell() -> Iterator[sa.ColumnElement[Any]]:
    """Who decided a cell, and what the program had read there."""
    cell, machine = schema.cell, machine_cell
    same = [machine.c[name] == cell.c[name] for name in _CELL_ID]
    text = sa.func.coalesce(machine.c.value_text, sa.cast(machine.c.value, sa.Text))
    raw = sa.func.coalesce(machine.c.raw_text, text, sa.literal_column("''"))
    yield _decided_by(machine, *same)
    yield _of_machine(machine, _code_name(machine.c.state, STATES), *same)
    yield _of_machine(machine, machine.c.value, *same)
    yield sa.select(raw).where(*same).scalar_subquery().label("machine_raw_text")
    yield _of_machine(machine, machine.c.text_value, *same)


def _decided_check() -> Iterator[sa.ColumnElement[Any]]:
    """Who confirmed a print fault, the number of decided cells, and the program's own result."""
    result, machine = schema.check_result, machine_check
    member, cell = schema.cell_set_member, machine_cell
    same = [machine.c[n] == result.c[n] for n in ("report_id", "position")]
    decided = (
        sa.select(sa.func.count())
        .select_from(member.join(cell, cell.c.field_id == member.c.field_id))
        .where(member.c.set_id == result.c.cells, cell.c.report_id == result.c.report_id)
    )
    yield _decided_by(machine, *same)
    yield decided.scalar_subquery().label("decided_cells")
    for name in ("status", "cause"):
        yield _of_machine(machine, machine.c[name], *same)


def _check_cells() -> sa.CompoundSelect[Any]:
    """The cells that a check involves and suspects."""
    result, check = schema.check_result, schema.check_key
    member, key = schema.cell_set_member, schema.field_key

    def role(name: str, column: sa.Column[int]) -> sa.Select[Any]:
        return sa.select(
            result.c.report_id,
            check.c.check_id,
            sa.literal_column(f"'{name}'").label("role"),
            key.c.table_id,
            key.c.row_id,
            key.c.column_id,
        ).select_from(
            result.join(check)
            .join(member, member.c.set_id == column)
            .join(key, key.c.id == member.c.field_id)
        )

    return sa.union_all(role("involved", result.c.cells), role("suspect", result.c.suspects))


def _narrative_figures() -> sa.Select[Any]:
    figure, sentence, section = schema.figure, schema.sentence, schema.sections
    text = slice_of(section.c.text, sentence.c.start, sentence.c.length, sentence.c.text)
    return sa.select(
        figure.c.report_id,
        figure.c.section,
        slice_of(text, figure.c.phrase_start, figure.c.phrase_length, figure.c.phrase).label(
            "phrase"
        ),
        figure.c.metric_id,
        figure.c.value,
        figure.c.unit,
        figure.c.approximate,
        text.label("sentence"),
        figure.c.page,
        figure.c.position,
        figure.c.part_of,
        figure.c.stated_as_none,
        figure.c.planned,
        figure.c.raw_text,
        figure.c.proof,
        _family_of(figure.c.report_id),
    ).select_from(
        figure.join(
            sentence,
            (sentence.c.report_id == figure.c.report_id)
            & (sentence.c.position == figure.c.sentence),
        ).join(
            section,
            (section.c.report_id == sentence.c.report_id)
            & (section.c.position == sentence.c.section_position),
            isouter=True,
        )
    )


def _sections() -> sa.Select[Any]:
    section = schema.sections
    return sa.select(*section.c, _family_of(section.c.report_id))


def _problems() -> sa.Select[Any]:
    problem = schema.problem
    return sa.select(
        problem.c.report_id,
        problem.c.code,
        problem.c.message,
        problem.c.page,
        *box_columns(problem),
        problem.c.position,
    )


_catalogue = sa.MetaData()
_creations = [
    CreateView(select, name, metadata=_catalogue)
    for name, select in (
        ("files", _files()),
        ("reports", _reports()),
        ("observations", _observations()),
        ("checks", _checks()),
        ("check_cells", _check_cells()),
        ("sections", _sections()),
        ("narrative_figures", _narrative_figures()),
        ("problems", _problems()),
        ("paragraphs", paragraphs_view()),
        ("decisions", decisions_view()),
        ("duplicates", duplicates_view()),
    )
]

(
    files,
    reports,
    observations,
    checks,
    check_cells,
    sections,
    narrative_figures,
    problems,
    paragraphs,
    decisions,
    duplicates,
) = (creation.table for creation in _creations)

all_views = tuple(creation.table for creation in _creations)


def create_views(connection: sa.Connection) -> None:
    """Create all views; none of them may exist yet."""
    for creation in _creations:
        connection.execute(creation)


def drop_views(connection: sa.Connection) -> None:
    """Drop the views of create_views that exist; a user's own views stay."""
    existing = set(sa.inspect(connection).get_view_names())
    for creation in _creations:
        if creation.table.name in existing:
            connection.execute(DropView(creation.table))
