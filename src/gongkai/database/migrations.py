"""From any older schema to today's, all in the caller's transaction.

Tables change by steps, one for each version; views hold no data and are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from gongkai.database import decision_tables, schema
from gongkai.database.paragraphs import INDEX_DUE, paragraph
from gongkai.database.views import create_views, drop_views
from gongkai.errors import DatabaseTooNew

Step = Callable[[sa.Connection], None]


def _add_agencies(connection: sa.Connection) -> None:
    """Version 2: bodies, which reports refer to. What was read before refers to none yet."""
    schema.agencies.create(connection, checkfirst=True)
    connection.execute(
        sa.text("ALTER TABLE report ADD COLUMN agency_id INTEGER REFERENCES agencies (id)")
    )
    for index in schema.report.indexes:
        index.create(connection, checkfirst=True)


def _add_descriptions(connection: sa.Connection) -> None:
    """Version 3: the dictionary says more, and the database describes its own columns."""
    schema.fields.drop(connection)
    for table in (schema.fields, schema.rates, schema.columns, schema.climbs):
        table.create(connection, checkfirst=True)


def _add_paragraphs(connection: sa.Connection) -> None:
    """Version 4: paragraphs with their index, and more about figures; filled by the next run."""
    for column in ("raw_text", "part_of", "stated_as_none", "planned"):
        ddl = sa.schema.CreateColumn(schema.figure.c[column]).compile(connection)
        connection.execute(sa.text(f"ALTER TABLE figure ADD COLUMN {ddl}"))
    paragraph.create(connection, checkfirst=True)


def _add_stamps_and_decisions(connection: sa.Connection) -> None:
    """Version 5: what tells a known file by its listing, and what people decide."""
    for column in ("size", "mtime_ns"):
        ddl = sa.schema.CreateColumn(schema.source_path.c[column]).compile(connection)
        connection.execute(sa.text(f"ALTER TABLE source_path ADD COLUMN {ddl}"))
    for table in (schema.history_due, *decision_tables.TABLES):
        table.create(connection, checkfirst=True)


def _keep_together(connection: sa.Connection) -> None:
    """Version 6: what is written of a report lies together, so that storing one stays cheap."""
    old = "check_result_old"
    checks = schema.check_result
    names = ", ".join(connection.dialect.identifier_preparer.quote(c.name) for c in checks.c)
    connection.execute(sa.text(f"CREATE TABLE {old} AS SELECT {names} FROM {checks.name}"))
    checks.drop(connection)
    checks.create(connection)
    connection.execute(sa.text(f"INSERT INTO {checks.name} ({names}) SELECT {names} FROM {old}"))
    connection.execute(sa.text(f"DROP TABLE {old}"))
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("DROP INDEX IF EXISTS cell_by_field"))


def _index_later(connection: sa.Connection) -> None:
    """Version 7: words go into SQLite's index for many reports at once; an index less there."""
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("DROP INDEX IF EXISTS figure_by_metric"))
        if not sa.inspect(connection).has_table("index_due"):  # made together with paragraphs
            connection.execute(sa.text(INDEX_DUE))


# STEPS[n] turns the tables of version n into those of version n + 1.
STEPS: Mapping[int, Step] = {
    1: _add_agencies,
    2: _add_descriptions,
    3: _add_paragraphs,
    4: _add_stamps_and_decisions,
    5: _keep_together,
    6: _index_later,
}


def prepare(connection: sa.Connection) -> None:
    """Create the schema in an empty database, or bring an older one up to date.

    Raises DatabaseTooNew for one of a later version.
    """
    version = standing_version(connection)
    if version is None:
        schema.metadata.create_all(connection)
        create_views(connection)
        _note_version(connection)
    elif version < schema.SCHEMA_VERSION:
        # Only here: a database that is current needs neither pipeline nor dictionary.
        from gongkai.database.install_views import describe, drop_wide_views
        from gongkai.families.load import load_family

        drop_wide_views(connection)
        drop_views(connection)  # a view over a table keeps that table from being changed
        for step in range(version, schema.SCHEMA_VERSION):
            STEPS[step](connection)
        create_views(connection)
        describe(connection, load_family())
        _note_version(connection)
    elif version > schema.SCHEMA_VERSION:
        raise DatabaseTooNew(too_new(version))


def too_new(version: int) -> str:
    """What to tell someone whose database is of a later version."""
    return (
        f"written by a later gongkai (schema {version}, this one knows "
        f"{schema.SCHEMA_VERSION}): update gongkai, or ingest into a new file"
    )


def standing_version(connection: sa.Connection) -> int | None:
    """The version of the schema that stands in the database, None where there is none."""
    meta = schema.gongkai_meta
    if not sa.inspect(connection).has_table(meta.name):
        return None
    found = connection.scalar(sa.select(meta.c.value).where(meta.c.name == "schema_version"))
    return None if found is None else int(found)


def _note_version(connection: sa.Connection) -> None:
    meta = schema.gongkai_meta
    connection.execute(sa.delete(meta).where(meta.c.name == "schema_version"))
    connection.execute(
        sa.insert(meta).values(name="schema_version", value=str(schema.SCHEMA_VERSION))
    )
