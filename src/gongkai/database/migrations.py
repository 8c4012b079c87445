"""Migrate a database of any older schema, within the caller's transaction.

One step per version changes the tables. Views hold no data: they are dropped and created again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from gongkai.database import decision_tables, dictionary_tables, schema, sqlite_file
from gongkai.database.codes import READERS
from gongkai.database.duplicates import bodies_with_duplicates, choose_counted
from gongkai.database.paragraphs import INDEX_DUE, paragraph
from gongkai.database.views import create_views, drop_views
from gongkai.errors import DatabaseTooNew

Step = Callable[[sa.Connection], None]


def _add_agencies(connection: sa.Connection) -> None:
    """Version 2: agencies. Reports read before refer to none until they are read again."""
    schema.agencies.create(connection, checkfirst=True)
    connection.execute(
        sa.text("ALTER TABLE report ADD COLUMN agency_id INTEGER REFERENCES agencies (id)")
    )
    for index in _first_indexes(schema.report):
        index.create(connection, checkfirst=True)


def _first_indexes(table: sa.Table) -> list[sa.Index]:
    """The indexes of a table without those of duplicates, whose column comes with version 18."""
    return [index for index in table.indexes if "duplicate_of" not in index.columns]


def _add_descriptions(connection: sa.Connection) -> None:
    """Version 3: a longer dictionary, rates, descriptions of columns, fallback attempts."""
    dictionary_tables.fields.drop(connection)
    dictionary = (dictionary_tables.fields, dictionary_tables.rates, dictionary_tables.columns)
    for table in (*dictionary, schema.fallback_attempts):
        table.create(connection, checkfirst=True)


def _add_paragraphs(connection: sa.Connection) -> None:
    """Version 4: paragraphs, their index, more columns of figures; the next run fills them."""
    for column in ("raw_text", "part_of", "stated_as_none", "planned"):
        _add_column(connection, schema.figure.c[column])
    paragraph.create(connection, checkfirst=True)


def _add_stamps_and_decisions(connection: sa.Connection) -> None:
    """Version 5: size and modification time of files, due agencies, and people's decisions."""
    for column in ("size", "mtime_ns"):
        _add_column(connection, schema.source_path.c[column])
    for table in (schema.history_due, *decision_tables.DECISION_TABLES):
        table.create(connection, checkfirst=True)


def _drop_index_by_field(connection: sa.Connection) -> None:
    """Version 6: SQLite needs no index of cells by field. It also gave check_result another
    primary key; the step to version 8 rebuilds that table anyway."""
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("DROP INDEX IF EXISTS cell_by_field"))


def _index_later(connection: sa.Connection) -> None:
    """Version 7: SQLite indexes words of many reports at once, and drops an unused index."""
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("DROP INDEX IF EXISTS figure_by_metric"))
        if not sa.inspect(connection).has_table("index_due"):  # step 3 may create it
            connection.execute(sa.text(INDEX_DUE))


def _split_check_ids(connection: sa.Connection) -> None:
    """Version 8: checks refer to check_key (table, rule, place) instead of an id among the terms,
    and the table climbs becomes fallback_attempts."""
    schema.check_key.create(connection)
    ids = connection.scalars(
        sa.text(
            "SELECT text FROM term WHERE id IN (SELECT check_term FROM check_result) ORDER BY id"
        )
    )
    keys = [{"check_id": check_id, **_parts_of_check_id(check_id)} for check_id in ids.all()]
    if keys:
        connection.execute(sa.insert(schema.check_key), keys)
    connection.execute(
        sa.text(
            "CREATE TABLE check_result_old AS SELECT check_result.*, check_key.id AS check_key_id "
            "FROM check_result JOIN term ON term.id = check_term "
            "JOIN check_key ON check_key.check_id = term.text"
        )
    )
    connection.execute(sa.text("DROP TABLE check_result"))
    _create_from(connection, schema.check_result, "check_result_old")
    if sa.inspect(connection).has_table("climbs"):  # since version 3
        renamed = {"reader": "rung", "outcome": "settled"}
        _create_from(connection, schema.fallback_attempts, "climbs", renamed)


def _add_proof(connection: sa.Connection) -> None:
    """Version 9: what proves each value, and values in their field's unit; the next run fills
    them."""
    for name in ("converted", "in_sum", "seen"):
        _add_column(connection, schema.cell.c[name])


def _add_families(connection: sa.Connection) -> None:
    """Version 10: several families in one database, each with its own result for every file;
    what proves a figure; the dictionary of metrics."""
    _add_missing_column(connection, schema.figure.c.proof)
    dictionary_tables.metrics.create(connection, checkfirst=True)
    for name in ("fields", "rates"):
        if any(c["name"] == "pipeline" for c in sa.inspect(connection).get_columns(name)):
            connection.execute(sa.text(f"ALTER TABLE {name} RENAME COLUMN pipeline TO family"))
    connection.execute(sa.text("ALTER TABLE sections RENAME TO section"))
    schema.reading.create(connection)
    connection.execute(
        sa.text(
            "INSERT INTO reading (source_id, family, outcome, reason, run_id) "
            "SELECT source.id, runs.pipeline, outcome, reason, run_id "
            "FROM source JOIN runs ON runs.id = source.run_id"
        )
    )
    for name in ("outcome", "reason"):
        connection.execute(sa.text(f"ALTER TABLE source DROP COLUMN {name}"))
    for table in (schema.report, schema.history_due, decision_tables.decision):
        _add_missing_column(connection, table.c.family)
    connection.execute(
        sa.text(
            "UPDATE report SET family = "
            "(SELECT family FROM reading WHERE reading.source_id = report.source_id)"
        )
    )
    connection.execute(
        sa.text(
            "UPDATE history_due SET family = "
            "(SELECT family FROM report WHERE report.agency_id = history_due.agency_id LIMIT 1)"
        )
    )


def _add_missing_column(connection: sa.Connection, column: sa.Column[Any]) -> None:
    """Add a column, unless an earlier step created its table with it."""
    existing = sa.inspect(connection).get_columns(column.table.name)
    if all(c["name"] != column.name for c in existing):
        _add_column(connection, column)


def _add_scope(connection: sa.Connection) -> None:
    """Version 11: tables for a further scope are a report of their own, which the next run adds."""
    _add_column(connection, schema.report.c.scope)


def _show_proof_of_heads(connection: sa.Connection) -> None:
    """Version 12: the view ``reports`` says what proves agency and year. Views are made anew."""


def _store_undecided(connection: sa.Connection) -> None:
    """Version 13: ``cell.seen`` is 0 where the picture was compared and did not decide.

    Until the next run, this is taken to be so for each number of a text layer that nothing
    proves.
    """
    cell = schema.cell.c
    unproved = (cell.value != 0, cell.in_sum.is_(None), cell.seen.is_(None), cell.flagged == 0)
    connection.execute(
        sa.update(schema.cell).where(*unproved, cell.reader != READERS["ocr"]).values(seen=0)
    )


def _add_text_values(connection: sa.Connection) -> None:
    """Version 14: ``cell.text_value`` has the text of cells that hold no number."""
    _add_missing_column(connection, schema.cell.c.text_value)


def _number_decisions(connection: sa.Connection) -> None:
    """Version 15: decisions are ordered by a sequence, not by their times, and the database has
    an identity. Decisions of older versions keep the order that they had."""
    decision = decision_tables.decision
    for column in (decision.c.sequence, decision.c.database_id):
        _add_missing_column(connection, column)
    connection.execute(
        sa.text(
            "UPDATE decision SET sequence = place FROM "
            "(SELECT id AS key, ROW_NUMBER() OVER (ORDER BY at, uid) AS place FROM decision) "
            "AS ordered WHERE decision.id = key"
        )
    )
    for index in decision.indexes:
        index.create(connection, checkfirst=True)
    _store_identity(connection)


def _keep_machine_texts(connection: sa.Connection) -> None:
    """Version 16: decisions on text keep the text that the machine read."""
    _add_missing_column(connection, decision_tables.machine_cell.c.text_value)


def _index_texts_of_any_length(connection: sa.Connection) -> None:
    """Version 17: PostgreSQL's indexes of printed texts and paths take texts of any length."""
    if connection.dialect.name == "sqlite":
        return
    inspector = sa.inspect(connection)
    for table in schema.metadata.tables.values():
        columns = {
            next(iter(c.columns)).name
            for c in table.constraints
            if isinstance(c, ExcludeConstraint)
        }
        for old in inspector.get_unique_constraints(table.name) if columns else ():
            if columns.issuperset(old["column_names"]):
                connection.execute(
                    sa.text(f"ALTER TABLE {table.name} DROP CONSTRAINT {old['name']}")
                )
                connection.execute(
                    sa.text(
                        f"ALTER TABLE {table.name} "
                        f"ADD EXCLUDE USING hash ({old['column_names'][0]} WITH =)"
                    )
                )
    for index in (*schema.agencies.indexes, *_first_indexes(schema.report)):
        connection.execute(sa.text(f"DROP INDEX IF EXISTS {index.name}"))
    for index in (*schema.agencies.indexes, *_first_indexes(schema.report)):
        index.create(connection, checkfirst=True)


def _count_each_report_once(connection: sa.Connection) -> None:
    """Version 18: of several reports of one body, family and year, one is counted; the rows of the
    panel are stored. The next run fills the dates of the files."""
    for name in ("number", "edition", "duplicate_of"):
        _add_missing_column(connection, schema.report.c[name])
    connection.execute(
        sa.text(
            "UPDATE report SET number = place FROM "
            "(SELECT id AS key, ROW_NUMBER() OVER (PARTITION BY source_id, family ORDER BY id) "
            "AS place FROM report) AS ordered WHERE report.id = key"
        )
    )
    for index in schema.report.indexes:
        index.create(connection, checkfirst=True)
    choose_counted(connection, dict.fromkeys(bodies_with_duplicates(connection)))


def _add_vocabulary(connection: sa.Connection) -> None:
    """Version 19: dictionaries of codes and checks. The Chinese views call codes what it calls
    them; views are made anew."""
    for table in (dictionary_tables.codes, dictionary_tables.check_rules):
        table.create(connection, checkfirst=True)


def _store_texts_once(connection: sa.Connection) -> None:
    """Version 20: sentences and phrases of figures are slices of the text, and checks that passed
    share their sentences. Rows of older versions keep their texts until the next run."""
    result, saved = schema.check_result, decision_tables.machine_check
    for column in (
        *(table.c.wording for table in (result, saved)),
        *(schema.sentence.c[name] for name in ("section_position", "start", "length")),
        *(schema.figure.c[name] for name in ("phrase_start", "phrase_length")),
    ):
        _add_missing_column(connection, column)


def _find_counted_reports(connection: sa.Connection) -> None:
    """Version 21: the counted report of a body and year is found by the index of bodies."""
    connection.execute(sa.text("DROP INDEX IF EXISTS report_by_body"))
    for index in schema.report.indexes:
        index.create(connection, checkfirst=True)


def _compare_metrics_in_english(connection: sa.Connection) -> None:
    """Version 22: the dictionary says in English, too, with what a metric is compared."""
    dictionary_tables.metrics.drop(connection, checkfirst=True)
    dictionary_tables.metrics.create(connection)  # filled with the views


def _add_column(connection: sa.Connection, column: sa.Column[Any]) -> None:
    ddl = sa.schema.CreateColumn(column).compile(connection)
    connection.execute(sa.text(f"ALTER TABLE {column.table.name} ADD COLUMN {ddl}"))


def _parts_of_check_id(check_id: str) -> dict[str, str]:
    """Split ``applications.row_total.granted``; an id of two parts has no place."""
    table, rule, place = (*check_id.split(".", 2), "", "")[:3]
    return {"table_id": table, "rule": rule, "place": place}


def _create_from(
    connection: sa.Connection,
    table: sa.Table,
    old: str,
    old_names: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Create a table with the rows of the table ``old``, and drop that one.

    ``old_names`` gives the old name of each column that is renamed; later versions add others.
    """
    existing = {column["name"] for column in sa.inspect(connection).get_columns(old)}
    table.create(connection)
    quote = connection.dialect.identifier_preparer.quote
    old_of = {c.name: old_names.get(c.name, c.name) for c in table.c}
    copied = {name: old for name, old in old_of.items() if old in existing}
    names, old_columns = (", ".join(map(quote, each)) for each in (copied, copied.values()))
    connection.execute(
        sa.text(f"INSERT INTO {table.name} ({names}) SELECT {old_columns} FROM {old}")
    )
    connection.execute(sa.text(f"DROP TABLE {old}"))


# STEPS[n] turns the tables of version n into those of version n + 1.
STEPS: Mapping[int, Step] = {
    1: _add_agencies,
    2: _add_descriptions,
    3: _add_paragraphs,
    4: _add_stamps_and_decisions,
    5: _drop_index_by_field,
    6: _index_later,
    7: _split_check_ids,
    8: _add_proof,
    9: _add_families,
    10: _add_scope,
    11: _show_proof_of_heads,
    12: _store_undecided,
    13: _add_text_values,
    14: _number_decisions,
    15: _keep_machine_texts,
    16: _index_texts_of_any_length,
    17: _count_each_report_once,
    18: _add_vocabulary,
    19: _store_texts_once,
    20: _find_counted_reports,
    21: _compare_metrics_in_english,
}


def create_or_migrate(connection: sa.Connection) -> None:
    """Create the schema in an empty database, or migrate an older one.

    Raises DatabaseTooNew for a schema of a later version.
    """
    version = stored_version(connection)
    if version is None:
        schema.metadata.create_all(connection)
        create_views(connection)
        _store_identity(connection)
        _store_version(connection)
    elif version < sqlite_file.SCHEMA_VERSION:
        # Imported here: a database that is up to date needs neither family nor dictionary.
        from gongkai.database.install_views import (
            drop_wide_views,
            install_views,
            installed_families,
        )
        from gongkai.families.folders import BUILT_IN, built_in_families
        from gongkai.families.load import load_family

        families = installed_families(connection)
        drop_wide_views(connection)
        drop_views(connection)  # a table cannot be altered under a view
        for step in range(version, sqlite_file.SCHEMA_VERSION):
            STEPS[step](connection)
        create_views(connection)
        families |= set(connection.scalars(sa.select(schema.report.c.family).distinct()))
        for name in built_in_families():
            if name in (families or (BUILT_IN,)):  # others follow with their next run
                install_views(connection, load_family(name))
        _store_version(connection)
    elif version > sqlite_file.SCHEMA_VERSION:
        raise DatabaseTooNew(sqlite_file.too_new_message(version))


def stored_version(connection: sa.Connection) -> int | None:
    """The version of the database's schema, or None if it has none."""
    meta = schema.gongkai_meta
    if not sa.inspect(connection).has_table(meta.name):
        return None
    found = connection.scalar(sa.select(meta.c.value).where(meta.c.name == "schema_version"))
    return None if found is None else int(found)


def _store_identity(connection: sa.Connection) -> None:
    """Name the database, so that decisions from it can be told from those of others."""
    meta = schema.gongkai_meta
    connection.execute(sa.insert(meta).values(name=decision_tables.DATABASE_ID, value=uuid4().hex))


def _store_version(connection: sa.Connection) -> None:
    meta = schema.gongkai_meta
    connection.execute(sa.delete(meta).where(meta.c.name == "schema_version"))
    connection.execute(
        sa.insert(meta).values(name="schema_version", value=str(sqlite_file.SCHEMA_VERSION))
    )
