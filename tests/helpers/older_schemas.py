"""SQL that undoes steps of the schema, for SQLite and PostgreSQL alike."""

from __future__ import annotations

import sqlalchemy as sa

from gongkai.database.install_views import drop_wide_views
from gongkai.database.views import drop_views

UNDO_MACHINE_TEXTS = ("ALTER TABLE machine_cell DROP COLUMN text_value",)  # from version 16 to 15
UNDO_SLICES = (  # from version 20 to 19
    "UPDATE check_result SET message = (SELECT message FROM (SELECT replace(replace(text, "
    "'{expected}', coalesce(CAST(expected AS TEXT), '')), "
    "'{actual}', coalesce(CAST(actual AS TEXT), '')) AS message "
    "FROM term WHERE term.id = wording) AS filled) WHERE wording IS NOT NULL",
    "UPDATE sentence SET text = (SELECT substr(section.text, start, length) FROM section "
    "WHERE section.report_id = sentence.report_id AND section.position = section_position) "
    "WHERE start IS NOT NULL",
    "UPDATE figure SET phrase = (SELECT substr(text, phrase_start, phrase_length) FROM sentence "
    "WHERE sentence.report_id = figure.report_id AND sentence.position = figure.sentence) "
    "WHERE phrase_start IS NOT NULL",
    *(
        f"ALTER TABLE {table} DROP COLUMN {column}"
        for table, column in (
            ("check_result", "wording"), ("machine_check", "wording"),
            ("sentence", "section_position"), ("sentence", "start"), ("sentence", "length"),
            ("figure", "phrase_start"), ("figure", "phrase_length"),
        )
    ),
)  # fmt: skip
UNDO_VOCABULARY = ("DROP TABLE codes", "DROP TABLE check_rules")  # from version 19 to 18
UNDO_BODY_INDEX = (  # from version 21 to 20
    "DROP INDEX report_by_body",
    "CREATE INDEX report_by_body ON report (agency_id, year)",
)
UNDO_COUNTED = (  # from version 18 to 17
    "DROP INDEX report_duplicates",
    "ALTER TABLE report DROP COLUMN number",
    "ALTER TABLE report DROP COLUMN edition",
    "ALTER TABLE report DROP COLUMN duplicate_of",
)
UNDO_TEXT_INDEXES = (  # from version 17 to 16, on PostgreSQL only
    *(
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_excl, ADD UNIQUE ({column})"
        for table, column in (
            ("source_path", "path"), ("agencies", "agency_key"), ("term", "text"),
            ("check_key", "check_id"), ("cell_set", "members"),
        )
    ),
    "DROP INDEX agencies_by_name, report_by_agency",
    "CREATE INDEX agencies_by_name ON agencies (name)",
    "CREATE INDEX report_by_agency ON report (agency, year)",
)  # fmt: skip
UNDO_SEQUENCE = (  # from version 15 to 14
    "DROP INDEX decision_by_sequence",
    "ALTER TABLE decision DROP COLUMN sequence",
    "ALTER TABLE decision DROP COLUMN database_id",
    "DELETE FROM gongkai_meta WHERE name = 'database_id'",
)
UNDO_TO_14 = (
    *UNDO_BODY_INDEX,
    *UNDO_SLICES,
    *UNDO_VOCABULARY,
    *UNDO_COUNTED,
    *UNDO_MACHINE_TEXTS,
    *UNDO_SEQUENCE,
)  # from today's version
UNDO_SCOPE = ("ALTER TABLE report DROP COLUMN scope",)  # from version 11 to 10
UNDO_FAMILIES = (  # from version 10 to 9
    "ALTER TABLE section RENAME TO sections",
    "ALTER TABLE fields RENAME COLUMN family TO pipeline",
    "ALTER TABLE rates RENAME COLUMN family TO pipeline",
    "ALTER TABLE report DROP COLUMN family",
    "ALTER TABLE history_due DROP COLUMN family",
    "ALTER TABLE decision DROP COLUMN family",
    "ALTER TABLE source ADD COLUMN outcome TEXT NOT NULL DEFAULT 'loaded'",
    "ALTER TABLE source ADD COLUMN reason TEXT",
    "DROP TABLE reading",
    "ALTER TABLE figure DROP COLUMN proof",
    "DROP TABLE metrics",
)


def undo_to_14(connection: sa.Connection) -> None:
    """Bring a database of today's version back to version 14, which has no sequence."""
    drop_wide_views(connection)
    drop_views(connection)
    on_server = UNDO_TEXT_INDEXES if connection.dialect.name == "postgresql" else ()
    for statement in (*on_server, *UNDO_TO_14):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("UPDATE gongkai_meta SET value = '14' WHERE name = 'schema_version'")
